/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_dump.c - messages and batches as JSON.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "tests/wire/schema.h"
#include "tests/wire/suites.h"
#include "wire/dump.h"
#include "wire/msg_metadata.h"
#include "wire/msg_sasl_authenticate.h"
#include "wire/record_batch.h"

struct rig {
	struct gw_alloc		 alloc;
	struct gw_arena		 arena;
	struct gw_buf		 text, scratch, bytes;
	struct gw_json_out	 out;
};

static void
rig_init(struct rig *g)
{
	*g = (struct rig){ .alloc = gw_alloc_libc(0) };
	gw_arena_init(&g->arena, &g->alloc, 0);
	gw_buf_init(&g->text, &g->alloc, 0);
	gw_buf_init(&g->scratch, &g->alloc, 1 << 20);
	gw_buf_init(&g->bytes, &g->alloc, 0);
	gw_json_begin(&g->out, &g->text);
}

static void
rig_fini(struct rig *g)
{
	gw_arena_fini(&g->arena);
	gw_buf_fini(&g->text);
	gw_buf_fini(&g->scratch);
	gw_buf_fini(&g->bytes);
	ck_assert_uint_eq(g->alloc.used, 0);
}

static struct gw_json *
parsed(struct rig *g)
{
	struct gw_json *v = NULL;
	struct gw_err err = { 0 };

	ck_assert_int_eq(g->text.err, 0);
	ck_assert_msg(gw_json_parse(gw_buf_slice(&g->text), &g->arena, &v, &err) == 0, "%s: %.*s",
	    err.msg, (int)g->text.len, (const char *)g->text.ptr);
	return v;
}

static void
dumps_as_json(const struct gw_api *api, bool request, int16_t v, struct gw_rng *rng)
{
	struct gw_err err = { 0 };
	struct schema s;
	struct rig g;
	char name[64];
	int32_t id;
	void *body;

	rig_init(&g);
	snprintf(name, sizeof(name), "%s%s", api->name, request ? "Request" : "Response");
	schema_load(&s, name);
	gw_buf_put(&g.bytes, "\0\0\0\1", 4);
	if (!request && gw_api_flexible(api, v) && api->key != GW_API_API_VERSIONS)
		gw_buf_putc(&g.bytes, 0);
	if (request) {		/* key, version, id, client id, tags */
		gw_buf_clear(&g.bytes);
		gw_buf_putc(&g.bytes, (char)(api->key >> 8));
		gw_buf_putc(&g.bytes, (char)api->key);
		gw_buf_putc(&g.bytes, 0);
		gw_buf_putc(&g.bytes, (char)v);
		gw_buf_put(&g.bytes, "\0\0\0\1\377\377", 6);
		if (gw_api_flexible(api, v))
			gw_buf_putc(&g.bytes, 0);
	}
	schema_body(&s, v, rng, &g.bytes);
	if (request) {
		struct gw_request_header h;
		size_t at;

		ck_assert_int_eq(
		    gw_request_header_decode(gw_buf_slice(&g.bytes), &h, &at, &err), 0);
		ck_assert_int_eq(gw_request_decode(gw_buf_slice(&g.bytes), at, &h, &g.arena, &body,
		    &err), 0);
	} else
		ck_assert_int_eq(gw_response_decode(gw_buf_slice(&g.bytes), api->key, v, &g.arena,
		    &id, &body, &err), 0);
	gw_message_dump(api, request, v, body, &g.out, &g.scratch);
	/*
	 * Every untagged field of the top level that the version has is there, and none it lacks.
	 */
	for (size_t i = 0; i < s.n_fields; i++) {
		const struct schema_field *f = &s.fields[i];
		bool here = v >= f->since && v <= f->until;

		if (f->depth == 0 && f->tag < 0)
			ck_assert_msg((gw_json_get(parsed(&g), f->name) != NULL) == here,
			    "%s v%d: %s", name, v, f->name);
	}
	schema_fini(&s);
	rig_fini(&g);
}

START_TEST(every_message_in_every_version_dumps_its_fields)
{
	const struct gw_api *api = &gw_apis[_i];
	struct gw_rng rng;

	gw_rng_seed(&rng, (uint64_t)_i);
	for (int16_t v = api->min; v <= api->max; v++)
		for (int n = 0; n < 6; n++) {
			dumps_as_json(api, true, v, &rng);
			dumps_as_json(api, false, v, &rng);
		}
}
END_TEST

START_TEST(a_message_reads_as_kafka_names_it)
{
	struct gw_metadata_request_topic t = { .name = GW_LIT("plays") };
	struct gw_metadata_request rq = { .topics = &t, .n_topics = 1 };
	struct rig g;

	rig_init(&g);
	gw_message_dump(gw_api_find(GW_API_METADATA), true, 12, &rq, &g.out, &g.scratch);
	gw_buf_putc(&g.text, '\0');
	ck_assert_str_eq((const char *)g.text.ptr,
	    "{\"Topics\":[{\"TopicId\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"Name\":\"plays\"}],"
	    "\"AllowAutoTopicCreation\":false,\"IncludeTopicAuthorizedOperations\":false}");
	rig_fini(&g);
}
END_TEST

START_TEST(a_password_is_not_shown)
{
	struct gw_sasl_authenticate_request rq = { .auth_bytes = GW_LIT("\0alice\0secret") };
	struct rig g;

	rig_init(&g);
	gw_message_dump(gw_api_find(GW_API_SASL_AUTHENTICATE), true, 1, &rq, &g.out, &g.scratch);
	gw_buf_putc(&g.text, '\0');
	ck_assert_str_eq((const char *)g.text.ptr, "{\"AuthBytes\":{\"hidden\":13}}");
	rig_fini(&g);
}
END_TEST

/* Two records, gzip. */
static void
put_batch(struct rig *g)
{
	struct gw_batch_stamp stamp = { .compression = GW_GZIP, .producer_id = 7,
		.producer_epoch = 1, .base_sequence = 3 };
	struct gw_header h = { GW_LIT("h"), { NULL, 0 } };
	struct gw_batch_writer w;

	gw_batch_begin(&w, &g->bytes);
	ck_assert_int_eq(gw_batch_append(&w, 5, GW_LIT("k"), GW_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), &h, 1), 0);
	ck_assert_int_eq(
	    gw_batch_append(&w, 6, (struct gw_slice){ NULL, 0 }, GW_LIT("\377"), NULL, 0), 0);
	ck_assert_int_eq(gw_batch_finish(&w, &stamp, &g->scratch), 0);
}

START_TEST(a_batch_is_shown_with_its_records)
{
	const struct gw_json *b, *r;
	struct rig g;

	rig_init(&g);
	put_batch(&g);
	ck_assert_uint_eq(gw_batch_dump(gw_buf_slice(&g.bytes), &g.out, &g.scratch), g.bytes.len);
	b = parsed(&g);
	ck_assert(gw_slice_is(gw_json_get(b, "codec")->text, "gzip"));
	ck_assert(gw_json_get(b, "crcOk")->boolean);
	ck_assert_int_eq((int)gw_json_get(b, "producerId")->number, 7);
	r = gw_json_get(b, "records");
	ck_assert_uint_eq(r->n, 2);
	ck_assert(gw_slice_is(gw_json_get(r->child, "key")->text, "k"));
	ck_assert_int_eq(gw_json_get(gw_json_get(r->child->next, "value"), "b64")->type,
	    GW_JSON_STRING);
	rig_fini(&g);
}
END_TEST

START_TEST(damage_to_a_batch_is_told_and_never_more)
{
	struct gw_rng rng;
	struct rig g;

	gw_rng_seed(&rng, 1);
	for (size_t i = 0; i < 3000; i++) {
		size_t len;

		rig_init(&g);
		put_batch(&g);
		len = i % 2 ? g.bytes.len : gw_rng_below(&rng, (uint32_t)g.bytes.len);
		g.bytes.ptr[gw_rng_below(&rng, (uint32_t)g.bytes.len)] ^= (uint8_t)(1 << i % 8);
		gw_batches_dump(
		    (struct gw_slice){ (const char *)g.bytes.ptr, len }, &g.out, &g.scratch);
		(void)parsed(&g);
		rig_fini(&g);
	}
}
END_TEST

Suite *
check_dump_suite(void)
{
	Suite *s = suite_create("dump");
	TCase *tc = tcase_create("messages");

	tcase_add_loop_test(tc, every_message_in_every_version_dumps_its_fields, 0, (int)gw_n_apis);
	tcase_add_test(tc, a_message_reads_as_kafka_names_it);
	tcase_add_test(tc, a_password_is_not_shown);
	suite_add_tcase(s, tc);
	tc = tcase_create("batches");
	tcase_add_test(tc, a_batch_is_shown_with_its_records);
	tcase_add_test(tc, damage_to_a_batch_is_told_and_never_more);
	suite_add_tcase(s, tc);
	return s;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_roundtrip.c - random frames of every API and version, made from Apache's
 * schemas: what is decoded and encoded again is the same, byte for byte; what is not whole is
 * refused.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "tests/wire/schema.h"
#include "tests/wire/suites.h"
#include "wire/api.h"
#include "wire/msg_group_protocol.h"

#define FRAMES		24	/* a version */
#define PREFIXED	6	/* of them: all prefixes are tried */
#define MUTATIONS	12	/* a frame */
#define ARENA_CAP	((size_t)1 << 20)

struct trip {
	const struct gw_api	*api;
	int16_t			 version;
	bool			 request;
	struct gw_alloc		 alloc;
	struct gw_arena		 arena;
	struct gw_buf		 frame, again;
	struct gw_rng		 rng;
	struct gw_err		 err;
};

static void
trip_init(struct trip *t, const struct gw_api *api, bool request)
{
	*t = (struct trip){ .api = api, .request = request, .alloc = gw_alloc_libc(0) };
	gw_arena_init(&t->arena, &t->alloc, ARENA_CAP);
	gw_buf_init(&t->frame, &t->alloc, 0);
	gw_buf_init(&t->again, &t->alloc, 0);
	gw_rng_seed(&t->rng, (uint64_t)api->key * 2 + request);
}

static void
trip_fini(struct trip *t)
{
	gw_arena_fini(&t->arena);
	gw_buf_fini(&t->frame);
	gw_buf_fini(&t->again);
	ck_assert_uint_eq(t->alloc.used, 0);
}

static void
put16(struct gw_buf *b, int v)
{
	gw_buf_putc(b, (char)(v >> 8));
	gw_buf_putc(b, (char)v);
}

/* Size, header and random body, by hand. */
static void
make_frame(struct trip *t, const struct schema *s)
{
	bool flexible = t->version >= s->flexible_since;
	struct gw_buf *b = &t->frame;

	gw_buf_clear(b);
	gw_buf_put(b, "\0\0\0\0", 4);
	if (t->request) {
		put16(b, t->api->key);
		put16(b, t->version);
	}
	gw_buf_put(b, "\0\1\2\3", 4);		/* correlation id */
	if (t->request && gw_rng_below(&t->rng, 2) == 0)
		put16(b, -1);
	else if (t->request) {
		put16(b, 2);
		gw_buf_puts(b, "me");
	}
	if (flexible && (t->request || t->api->key != GW_API_API_VERSIONS))
		gw_buf_putc(b, '\0');
	schema_body(s, t->version, &t->rng, b);
	ck_assert_int_eq(b->err, 0);
	b->ptr[2] = (uint8_t)((b->len - 4) >> 8);
	b->ptr[3] = (uint8_t)(b->len - 4);
	ck_assert_uint_lt(b->len, 65536);
}

/* Decode what follows the size, and encode it into t->again. 0, or decoding's error. */
static int
decode_encode(struct trip *t, struct gw_slice frame)
{
	struct gw_request_header h;
	int32_t correlation_id;
	size_t at;
	void *body;
	int rc;

	gw_arena_reset(&t->arena);
	if (t->request) {
		rc = gw_request_header_decode(frame, &h, &at, &t->err);
		if (rc == 0)
			rc = gw_request_decode(frame, at, &h, &t->arena, &body, &t->err);
	} else
		rc = gw_response_decode(frame, t->api->key, t->version, &t->arena,
		    &correlation_id, &body, &t->err);
	if (rc != 0)
		return rc;
	gw_buf_clear(&t->again);
	if (t->request)
		rc = gw_request_encode(&t->again, &h, body, &t->err);
	else
		rc = gw_response_encode(&t->again, t->api->key, t->version, correlation_id, body,
		    &t->err);
	ck_assert_msg(rc == 0, "decoded but cannot be encoded: %s", t->err.msg);
	return 0;
}

static struct gw_slice
behind_size(const struct gw_buf *b)
{
	return (struct gw_slice){ (const char *)b->ptr + 4, b->len - 4 };
}

static void
comes_back_the_same(struct trip *t)
{
	int rc = decode_encode(t, behind_size(&t->frame));

	ck_assert_msg(rc == 0, "%s", t->err.msg);
	ck_assert_uint_eq(t->again.len, t->frame.len);
	ck_assert_mem_eq(t->again.ptr, t->frame.ptr, t->frame.len);
}

/* Each in a block of its own size, so that the sanitizer sees a read past the end. */
static void
prefixes_are_refused(struct trip *t)
{
	struct gw_slice frame = behind_size(&t->frame);
	char *copy;
	size_t len;
	int rc;

	for (len = 0; len < frame.len; len++) {
		copy = gw_alloc_bytes(&t->alloc, len);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, frame.ptr, len);
		rc = decode_encode(t, (struct gw_slice){ copy, len });
		ck_assert_msg(rc == GW_EPROTO, "%s v%d: %zu bytes of %zu: %d", t->api->name,
		    t->version, len, frame.len, rc);
		gw_alloc_free(&t->alloc, copy);
	}
}

static void
trailing_bytes_are_refused(struct trip *t)
{
	gw_buf_putc(&t->frame, '\0');
	ck_assert_int_eq(decode_encode(t, behind_size(&t->frame)), GW_EPROTO);
	t->frame.len--;
}

/* Whatever the bytes: no crash; and if they decode, the second encoding equals the first. */
static void
mutations_are_survived(struct trip *t)
{
	size_t body_at = t->request ? 12 : 8, i, n;
	struct gw_buf first;

	if (t->frame.len <= body_at)
		return;
	gw_buf_init(&first, &t->alloc, 0);
	for (i = 0; i < MUTATIONS; i++) {
		gw_buf_clear(&first);
		gw_buf_put(&first, t->frame.ptr, t->frame.len);
		for (n = 1 + gw_rng_below(&t->rng, 3); n > 0; n--)
			first.ptr[body_at + gw_rng_below(&t->rng, first.len - body_at)] =
			    (uint8_t)gw_rng_u64(&t->rng);
		if (decode_encode(t, behind_size(&first)) != 0)
			continue;
		gw_buf_clear(&first);
		gw_buf_put(&first, t->again.ptr, t->again.len);
		ck_assert_int_eq(decode_encode(t, behind_size(&first)), 0);
		ck_assert_uint_eq(t->again.len, first.len);
		ck_assert_mem_eq(t->again.ptr, first.ptr, first.len);
	}
	gw_buf_fini(&first);
}

static void
all_versions(const struct gw_api *api, bool request)
{
	struct schema s;
	struct trip t;
	char name[64];
	int i;

	snprintf(name, sizeof(name), "%s%s", api->name, request ? "Request" : "Response");
	schema_load(&s, name);
	trip_init(&t, api, request);
	for (t.version = api->min; t.version <= api->max; t.version++)
		for (i = 0; i < FRAMES; i++) {
			make_frame(&t, &s);
			comes_back_the_same(&t);
			trailing_bytes_are_refused(&t);
			mutations_are_survived(&t);
			if (i < PREFIXED)
				prefixes_are_refused(&t);
		}
	trip_fini(&t);
	schema_fini(&s);
}

START_TEST(every_request_comes_back_the_same_in_every_version)
{
	all_versions(&gw_apis[_i], true);
}
END_TEST

START_TEST(every_response_comes_back_the_same_in_every_version)
{
	all_versions(&gw_apis[_i], false);
}
END_TEST

static void
blob_round_trip(const char *name, void (*visit)(struct gw_codec *, void *), void *msg)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf blob, again;
	struct gw_arena arena;
	struct gw_rng rng;
	struct schema s;
	struct gw_err err;
	int16_t v;
	int i;

	schema_load(&s, name);
	gw_arena_init(&arena, &alloc, ARENA_CAP);
	gw_buf_init(&blob, &alloc, 0);
	gw_buf_init(&again, &alloc, 0);
	gw_rng_seed(&rng, 848);
	for (v = 0; v <= 3; v++)
		for (i = 0; i < FRAMES; i++) {
			size_t len;

			gw_buf_clear(&blob);
			gw_buf_clear(&again);
			gw_arena_reset(&arena);
			put16(&blob, v);
			schema_body(&s, v, &rng, &blob);
			ck_assert_int_eq(gw_visit_decode(gw_buf_slice(&blob), visit, msg, 3, false,
			    &arena, &err), 0);
			ck_assert_int_eq(gw_visit_encode(&again, visit, msg, v, false, &err), 0);
			ck_assert_uint_eq(again.len, blob.len);
			ck_assert_mem_eq(again.ptr, blob.ptr, blob.len);
			for (len = 0; len < blob.len; len++)
				ck_assert_int_eq(gw_visit_decode(
				    (struct gw_slice){ (const char *)blob.ptr, len }, visit, msg,
				    3, false, &arena, &err), GW_EPROTO);
		}
	gw_buf_fini(&blob);
	gw_buf_fini(&again);
	gw_arena_fini(&arena);
	schema_fini(&s);
	ck_assert_uint_eq(alloc.used, 0);
}

START_TEST(the_consumer_protocol_comes_back_the_same)
{
	struct gw_consumer_protocol_subscription subscription;
	struct gw_consumer_protocol_assignment assignment;

	blob_round_trip("ConsumerProtocolSubscription", gw_consumer_protocol_subscription_visit,
	    &subscription);
	blob_round_trip("ConsumerProtocolAssignment", gw_consumer_protocol_assignment_visit,
	    &assignment);
}
END_TEST

START_TEST(a_newer_subscription_is_read_as_far_as_it_is_known)
{
	static const char blob[] = "\0\7" "\0\0\0\1\0\1t" "\377\377\377\377" "\0\0\0\0"
	    "\0\0\0\5" "\377\377" "what comes later";
	struct gw_consumer_protocol_subscription sub;
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_arena arena;
	struct gw_err err;

	gw_arena_init(&arena, &alloc, 0);
	ck_assert_int_eq(gw_visit_decode(GW_LIT(blob), gw_consumer_protocol_subscription_visit,
	    &sub, 3, false, &arena, &err), 0);
	ck_assert_uint_eq(sub.n_topics, 1);
	ck_assert(gw_slice_is(sub.topics[0], "t"));
	ck_assert_ptr_null(sub.user_data.ptr);
	ck_assert_int_eq(sub.generation_id, 5);
	/* and by one who knows only version 0 */
	ck_assert_int_eq(gw_visit_decode(GW_LIT(blob), gw_consumer_protocol_subscription_visit,
	    &sub, 0, false, &arena, &err), 0);
	ck_assert_int_eq(sub.generation_id, -1);
	gw_arena_fini(&arena);
}
END_TEST

Suite *
check_roundtrip_suite(void)
{
	Suite *s = suite_create("roundtrip");
	TCase *tc = tcase_create("all versions");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, every_request_comes_back_the_same_in_every_version, 0,
	    (int)gw_n_apis);
	tcase_add_loop_test(tc, every_response_comes_back_the_same_in_every_version, 0,
	    (int)gw_n_apis);
	tcase_add_test(tc, the_consumer_protocol_comes_back_the_same);
	tcase_add_test(tc, a_newer_subscription_is_read_as_far_as_it_is_known);
	suite_add_tcase(s, tc);
	return s;
}

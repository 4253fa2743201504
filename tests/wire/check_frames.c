/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_frames.c - frames as real brokers took and gave them, the newest in every
 * version of every API and the oldest in those that it has: decoded without complaint and encoded
 * again to the same bytes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"
#include "tests/wire/hex.h"
#include "tests/wire/suites.h"
#include "wire/api.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_fetch.h"
#include "wire/msg_metadata.h"
#include "wire/msg_produce.h"

struct golden {
	bool		request;
	int16_t		version;
	struct gw_buf	frame;
};

struct golden_file {
	char		*text;
	struct gw_slice	 rest;
};

static void
golden_open(struct golden_file *f, const char *api)
{
	char path[128], full[TEST_PATH_MAX];
	size_t len;

	snprintf(path, sizeof(path), "tests/data/frames/%s.txt", api);
	test_source_path(path, full);
	f->text = test_read(full, &len);
	f->rest = (struct gw_slice){ f->text, len };
}

/* The next line "request 9 00ff..." into g, whose frame is cleared first. */
static bool
golden_next(struct golden_file *f, struct golden *g)
{
	struct gw_slice line, kind, version;
	int64_t v;

	do {
		if (f->rest.ptr == NULL || f->rest.len == 0)
			return false;
		line = gw_slice_cut(f->rest, '\n', &f->rest);
	} while (gw_slice_starts(line, "#"));
	kind = gw_slice_cut(line, ' ', &line);
	version = gw_slice_cut(line, ' ', &line);
	g->request = gw_slice_is(kind, "request");
	ck_assert(g->request || gw_slice_is(kind, "response"));
	ck_assert_int_eq(gw_slice_i64(version, &v), 0);
	g->version = (int16_t)v;
	gw_buf_clear(&g->frame);
	hex_put(&g->frame, line);
	return true;
}

/* The file's first frame of this kind and version, decoded. The caller frees all three. */
static void *
golden_body(const char *name, bool request, int16_t version, struct gw_arena *arena,
    struct golden *g)
{
	struct gw_request_header h;
	struct golden_file f;
	struct gw_err err;
	void *body = NULL;
	int32_t id;
	size_t at;
	int rc = 0;

	golden_open(&f, name);
	while (golden_next(&f, g))
		if (g->request == request && g->version == version)
			break;
	free(f.text);
	ck_assert(g->request == request && g->version == version);
	if (request) {
		rc = gw_request_header_decode(gw_buf_slice(&g->frame), &h, &at, &err);
		ck_assert_int_eq(rc, 0);
		rc = gw_request_decode(gw_buf_slice(&g->frame), at, &h, arena, &body, &err);
	} else {
		size_t i;

		for (i = 0; i < gw_n_apis; i++)
			if (strcmp(gw_apis[i].name, name) == 0)
				rc = gw_response_decode(gw_buf_slice(&g->frame), gw_apis[i].key,
				    version, arena, &id, &body, &err);
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_ptr_nonnull(body);
	return body;
}

/* One golden frame with all memory from a; 0 or the error. */
static int
once(const struct gw_api *api, const struct golden *g, struct gw_alloc *a)
{
	struct gw_slice frame = gw_buf_slice(&g->frame);
	struct gw_request_header h;
	struct gw_arena arena;
	struct gw_buf again;
	struct gw_err err;
	void *body = NULL;
	int32_t id;
	size_t at;
	int rc;

	gw_arena_init(&arena, a, 0);
	gw_buf_init(&again, a, 0);
	if (g->request) {
		rc = gw_request_header_decode(frame, &h, &at, &err);
		ck_assert_msg(rc == 0, "%s", err.msg);
		ck_assert_int_eq(h.api_key, api->key);
		rc = gw_request_decode(frame, at, &h, &arena, &body, &err);
		if (rc == 0)
			rc = gw_request_encode(&again, &h, body, &err);
	} else {
		rc = gw_response_decode(frame, api->key, g->version, &arena, &id, &body, &err);
		if (rc == 0)
			rc = gw_response_encode(&again, api->key, g->version, id, body, &err);
	}
	ck_assert_msg(rc == 0 || rc == GW_ENOMEM, "%s", err.msg);
	if (rc == 0) {
		ck_assert_uint_eq(again.len, frame.len + 4);
		ck_assert_int_eq(gw_frame_size(again.ptr, again.len, 1 << 20), (int64_t)frame.len);
		ck_assert_mem_eq(again.ptr + 4, frame.ptr, frame.len);
	}
	gw_buf_fini(&again);
	gw_arena_fini(&arena);
	return rc;
}

START_TEST(frames_of_real_brokers_come_back_the_same)
{
	const struct gw_api *api = &gw_apis[_i];
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct golden g = { 0 };
	struct golden_file f;
	bool seen[2][32] = { { false } };
	int16_t v;

	golden_open(&f, api->name);
	gw_buf_init(&g.frame, &alloc, 0);
	while (golden_next(&f, &g)) {
		ck_assert_int_eq(once(api, &g, &alloc), 0);
		seen[g.request][g.version] = true;
	}
	for (v = api->min; v <= api->max; v++)
		ck_assert_msg(seen[0][v] && seen[1][v], "%s v%d has no golden frame", api->name, v);
	gw_buf_fini(&g.frame);
	free(f.text);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

struct sweep {
	const struct gw_api	*api;
	const struct golden	*golden;
};

static int
sweep_once(struct gw_alloc *a, void *arg)
{
	const struct sweep *s = arg;

	return once(s->api, s->golden, a);
}

START_TEST(memory_that_runs_out_is_an_ordinary_error)
{
	const struct gw_api *api = &gw_apis[_i];
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct golden g = { 0 };
	struct golden_file f;

	golden_open(&f, api->name);
	gw_buf_init(&g.frame, &alloc, 0);
	while (golden_next(&f, &g))
		(void)fail_alloc_sweep_lenient(sweep_once, &(struct sweep){ api, &g });
	gw_buf_fini(&g.frame);
	free(f.text);
}
END_TEST

/* ---- what some of them say ---- */

static struct gw_alloc alloc;
static struct gw_arena arena;
static struct golden golden;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 0);
	memset(&golden, 0, sizeof(golden));
	gw_buf_init(&golden.frame, &alloc, 0);
}

static void
teardown(void)
{
	gw_buf_fini(&golden.frame);
	gw_arena_fini(&arena);
	ck_assert_uint_eq(alloc.used, 0);
}

START_TEST(metadata_v12_tells_topic_ids_and_partitions)
{
	struct gw_metadata_response *r = golden_body("Metadata", false, 12, &arena, &golden);
	static const struct gw_uuid zero;

	ck_assert_uint_eq(r->n_brokers, 1);
	ck_assert(gw_slice_is(r->brokers[0].host, "127.0.0.1"));
	ck_assert_uint_eq(r->n_topics, 2);
	ck_assert(gw_slice_is(r->topics[0].name, "golden"));
	ck_assert_mem_ne(&r->topics[0].topic_id, &zero, sizeof(zero));
	ck_assert_uint_eq(r->topics[0].n_partitions, 2);
	ck_assert_uint_eq(r->topics[0].partitions[1].n_replica_nodes, 1);
	ck_assert_int_eq(r->topics[1].error_code, GW_K_UNKNOWN_TOPIC_OR_PARTITION);
}
END_TEST

START_TEST(metadata_v1_has_defaults_for_what_it_lacks)
{
	struct gw_metadata_response *r = golden_body("Metadata", false, 1, &arena, &golden);

	ck_assert_ptr_null(r->cluster_id.ptr);
	ck_assert_int_eq(r->topics[0].partitions[0].leader_epoch, -1);
	ck_assert_int_eq(r->cluster_authorized_operations, INT32_MIN);
}
END_TEST

START_TEST(api_versions_v3_tells_features_in_tagged_fields)
{
	struct gw_api_versions_response *r = golden_body("ApiVersions", false, 3, &arena, &golden);
	bool found = false;
	size_t i;

	ck_assert_uint_gt(r->n_api_keys, 40);
	ck_assert_int_ge(r->finalized_features_epoch, 0);
	for (i = 0; i < r->n_finalized_features; i++)
		if (gw_slice_is(r->finalized_features[i].name, "transaction.version")) {
			ck_assert_int_eq(r->finalized_features[i].max_version_level, 2);
			found = true;
		}
	ck_assert(found);
}
END_TEST

START_TEST(fetch_v12_without_leader_hint_says_minus_one)
{
	struct gw_fetch_response *r = golden_body("Fetch", false, 12, &arena, &golden);
	struct gw_fetch_partition_response *p = &r->responses[0].partitions[0];

	ck_assert_int_eq(p->error_code, 0);
	ck_assert_uint_gt(p->records.len, 61);
	ck_assert_int_eq(p->current_leader.leader_id, -1);
	ck_assert_int_eq(p->diverging_epoch.end_offset, -1);
	ck_assert_int_eq(p->snapshot_id.epoch, -1);
	ck_assert_int_eq(r->responses[0].partitions[1].error_code, GW_K_OFFSET_OUT_OF_RANGE);
}
END_TEST

START_TEST(produce_v3_request_holds_one_batch)
{
	struct gw_produce_request *r = golden_body("Produce", true, 3, &arena, &golden);

	ck_assert_ptr_null(r->transactional_id.ptr);
	ck_assert_int_eq(r->acks, -1);
	ck_assert_uint_eq(r->n_topic_data, 2);
	ck_assert_int_eq(r->topic_data[0].partition_data[0].records.ptr[16], 2);
}
END_TEST

Suite *
check_frames_suite(void)
{
	Suite *s = suite_create("frames");
	TCase *tc = tcase_create("golden"), *what = tcase_create("content");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, frames_of_real_brokers_come_back_the_same, 0, (int)gw_n_apis);
	tcase_add_loop_test(tc, memory_that_runs_out_is_an_ordinary_error, 0, (int)gw_n_apis);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(what, setup, teardown);
	tcase_add_test(what, metadata_v12_tells_topic_ids_and_partitions);
	tcase_add_test(what, metadata_v1_has_defaults_for_what_it_lacks);
	tcase_add_test(what, api_versions_v3_tells_features_in_tagged_fields);
	tcase_add_test(what, fetch_v12_without_leader_hint_says_minus_one);
	tcase_add_test(what, produce_v3_request_holds_one_batch);
	suite_add_tcase(s, what);
	return s;
}

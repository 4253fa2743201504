/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_api.c - the table, the headers of frames, and what errors say.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/files.h"
#include "tests/wire/hex.h"
#include "tests/wire/suites.h"
#include "wire/api.h"
#include "wire/msg_api_versions.h"
#include "wire/msg_find_coordinator.h"
#include "wire/msg_heartbeat.h"
#include "wire/msg_metadata.h"
#include "wire/msg_produce.h"

static struct gw_alloc alloc;
static struct gw_arena arena;
static struct gw_buf buf;
static struct gw_err err;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 1 << 20);
	gw_buf_init(&buf, &alloc, 0);
}

static void
teardown(void)
{
	gw_arena_fini(&arena);
	gw_buf_fini(&buf);
	ck_assert_uint_eq(alloc.used, 0);
}

static struct gw_slice
frame(const char *hex)
{
	gw_buf_clear(&buf);
	hex_put(&buf, gw_str(hex));
	return gw_buf_slice(&buf);
}

static void
expect_frame(const char *hex)
{
	struct gw_buf want;

	gw_buf_init(&want, &alloc, 0);
	hex_put(&want, gw_str(hex));
	ck_assert_uint_eq(buf.len, want.len);
	ck_assert_mem_eq(buf.ptr, want.ptr, want.len);
	gw_buf_fini(&want);
}

START_TEST(the_table_is_sorted_and_complete)
{
	size_t i;

	ck_assert_uint_eq(gw_n_apis, 38);
	for (i = 0; i < gw_n_apis; i++) {
		const struct gw_api *a = &gw_apis[i];

		ck_assert(i == 0 || gw_apis[i - 1].key < a->key);
		ck_assert_int_le(a->min, a->max);
		ck_assert_ptr_eq(gw_api_find(a->key), a);
		ck_assert(a->request != NULL && a->response != NULL);
		ck_assert(!gw_api_flexible(a, (int16_t)(a->flexible_since - 1)));
	}
	ck_assert_ptr_null(gw_api_find(-1));
	ck_assert_ptr_null(gw_api_find(4));
	ck_assert_ptr_null(gw_api_find(INT16_MAX));
	ck_assert(!gw_api_flexible(gw_api_find(GW_API_SASL_HANDSHAKE), 1));
	ck_assert(gw_api_flexible(gw_api_find(GW_API_DESCRIBE_CLUSTER), 0));
}
END_TEST

START_TEST(the_protocol_page_tells_the_versions_of_every_api)
{
	char path[TEST_PATH_MAX], row[128], never[] = "never", since[16];
	size_t len;
	char *page;

	test_source_path("doc/protocol.md", path);
	page = test_read(path, &len);
	for (size_t i = 0; i < gw_n_apis; i++) {
		const struct gw_api *a = &gw_apis[i];
		char range[16];

		if (a->min == a->max)
			snprintf(range, sizeof(range), "%d", a->min);
		else
			snprintf(range, sizeof(range), "%d-%d", a->min, a->max);
		snprintf(since, sizeof(since), "%d", a->flexible_since);
		snprintf(row, sizeof(row), "| %d | %s | %s | %s |", a->key, a->name, range,
		    a->flexible_since == GW_NEVER ? never : since);
		ck_assert_msg(strstr(page, row) != NULL, "doc/protocol.md lacks: %s", row);
	}
	free(page);
}
END_TEST

/* ---- headers ---- */

static const struct gw_heartbeat_request heartbeat = { .group_id = { "g", 1 },
	.generation_id = 5, .member_id = { "m", 1 } };

START_TEST(a_request_header_v1_has_no_tags)
{
	const struct gw_request_header h = { GW_API_HEARTBEAT, 2, 9, { "me", 2 }, NULL };

	ck_assert_int_eq(gw_request_encode(&buf, &h, &heartbeat, &err), 0);
	expect_frame("00000016 000c 0002 00000009 0002 6d65  0001 67 00000005 0001 6d");
}
END_TEST

START_TEST(a_request_header_v2_has_tags_but_no_compact_client_id)
{
	const struct gw_request_header h = { GW_API_HEARTBEAT, 4, 9, { "me", 2 }, NULL };

	ck_assert_int_eq(gw_request_encode(&buf, &h, &heartbeat, &err), 0);
	expect_frame("00000017 000c 0004 00000009 0002 6d65 00  02 67 00000005 02 6d 00 00");
}
END_TEST

START_TEST(a_client_id_may_be_null)
{
	struct gw_request_header h = { GW_API_HEARTBEAT, 4, 9, { NULL, 0 }, NULL };
	size_t at;

	ck_assert_int_eq(gw_request_encode(&buf, &h, &heartbeat, &err), 0);
	memset(&h, 0x5a, sizeof(h));
	ck_assert_int_eq(gw_request_header_decode((struct gw_slice){ (char *)buf.ptr + 4,
	    buf.len - 4 }, &h, &at, &err), 0);
	ck_assert_int_eq(h.api_key, GW_API_HEARTBEAT);
	ck_assert_int_eq(h.api_version, 4);
	ck_assert_int_eq(h.correlation_id, 9);
	ck_assert_ptr_null(h.client_id.ptr);
	ck_assert_uint_eq(at, 11);
}
END_TEST

START_TEST(tags_in_a_header_are_read_over)
{
	struct gw_request_header h;
	struct gw_heartbeat_request *r;
	void *body;
	size_t at;

	frame("000c 0004 00000009 0002 6d65 02 00 01 ff 07 02 ffff  02 67 00000005 02 6d 00 00");
	ck_assert_int_eq(gw_request_header_decode(gw_buf_slice(&buf), &h, &at, &err), 0);
	ck_assert_int_eq(gw_request_decode(gw_buf_slice(&buf), at, &h, &arena, &body, &err), 0);
	r = body;
	ck_assert_int_eq(r->generation_id, 5);
	ck_assert_ptr_null(r->group_instance_id.ptr);
}
END_TEST

START_TEST(a_response_header_v1_has_tags)
{
	const struct gw_heartbeat_response r = { .error_code = 27 };

	ck_assert_int_eq(gw_response_encode(&buf, GW_API_HEARTBEAT, 3, 9, &r, &err), 0);
	expect_frame("0000000a 00000009 00000000 001b");
	gw_buf_clear(&buf);
	ck_assert_int_eq(gw_response_encode(&buf, GW_API_HEARTBEAT, 4, 9, &r, &err), 0);
	expect_frame("0000000c 00000009 00 00000000 001b 00");
}
END_TEST

START_TEST(the_header_of_an_api_versions_response_never_has_tags)
{
	struct gw_api_versions_response r = { .error_code = 35, .finalized_features_epoch = -1 };
	void *body;
	int32_t id;

	ck_assert_int_eq(gw_response_encode(&buf, GW_API_API_VERSIONS, 3, 9, &r, &err), 0);
	expect_frame("0000000c 00000009 0023 01 00000000 00");
	ck_assert_int_eq(gw_response_decode((struct gw_slice){ (char *)buf.ptr + 4, buf.len - 4 },
	    GW_API_API_VERSIONS, 3, &arena, &id, &body, &err), 0);
	ck_assert_int_eq(id, 9);
	ck_assert_int_eq(((struct gw_api_versions_response *)body)->error_code, 35);
}
END_TEST

START_TEST(an_unknown_api_or_version_can_still_be_answered)
{
	struct gw_request_header h;
	size_t at;

	frame("0012 0063 00000007 0002 6d65 00 01 01 00");
	ck_assert_int_eq(gw_request_header_decode(gw_buf_slice(&buf), &h, &at, &err), GW_EVERSION);
	ck_assert_str_eq(err.msg, "ApiVersions v99 is not known here, only 0 to 4");
	ck_assert_int_eq(h.api_key, GW_API_API_VERSIONS);
	ck_assert_int_eq(h.api_version, 99);
	ck_assert_int_eq(h.correlation_id, 7);
	frame("03e7 0000 00000008 ffff");
	ck_assert_int_eq(gw_request_header_decode(gw_buf_slice(&buf), &h, &at, &err), GW_EVERSION);
	ck_assert_str_eq(err.msg, "API key 999 is not known here");
	ck_assert_int_eq(h.correlation_id, 8);
	frame("0012 ffff 00000007 ffff");
	ck_assert_int_eq(gw_request_header_decode(gw_buf_slice(&buf), &h, &at, &err), GW_EVERSION);
}
END_TEST

START_TEST(a_header_that_is_cut_off_is_refused)
{
	struct gw_request_header h;
	size_t at, len;

	frame("000c 0004 00000009 0002 6d65 00");
	for (len = 0; len < buf.len; len++)
		ck_assert_int_eq(gw_request_header_decode((struct gw_slice){ (char *)buf.ptr, len },
		    &h, &at, &err), GW_EPROTO);
	ck_assert_int_eq(gw_request_header_decode(gw_buf_slice(&buf), &h, &at, &err), 0);
	ck_assert_uint_eq(at, buf.len);
}
END_TEST

/* ---- what errors say ---- */

START_TEST(an_error_in_decoding_names_message_field_and_byte)
{
	void *body;
	int32_t id;

	/* one broker with a host of five bytes, of which two are there */
	frame("00000009 00 00000000 03 00000001 02 61 00002384 00 00 00000002 06 6162");
	ck_assert_int_eq(gw_response_decode(gw_buf_slice(&buf), GW_API_METADATA, 9, &arena, &id,
	    &body, &err), GW_EPROTO);
	ck_assert_int_eq(err.code, GW_EPROTO);
	ck_assert_str_eq(err.msg, "MetadataResponse v9: Brokers[1].Host: cut off at byte 27 of 29");
}
END_TEST

START_TEST(metadata_v9_null_name_is_rejected)
{
	static const char v9[] = "00000009 00 00000000 01 00 00000001 02 0003 00 00 01 80000000 00"
	    " 80000000 00";
	static const char v12[] = "00000009 00 00000000 01 00 00000001 02 0003 00"
	    " 00112233445566778899aabbccddeeff 00 01 80000000 00 00";
	void *body;
	int32_t id;

	frame(v9);
	ck_assert_int_eq(gw_response_decode(gw_buf_slice(&buf), GW_API_METADATA, 9, &arena, &id,
	    &body, &err), GW_EPROTO);
	ck_assert_str_eq(err.msg,
	    "MetadataResponse v9: Topics[0].Name: null is not allowed at byte 19 of 31");
	frame(v12);
	ck_assert_int_eq(gw_response_decode(gw_buf_slice(&buf), GW_API_METADATA, 12, &arena, &id,
	    &body, &err), 0);
	ck_assert_ptr_null(((struct gw_metadata_response *)body)->topics[0].name.ptr);
}
END_TEST

START_TEST(bytes_behind_a_message_are_refused)
{
	void *body;
	int32_t id;

	frame("00000009 00000000 0000 00");
	ck_assert_int_eq(gw_response_decode(gw_buf_slice(&buf), GW_API_HEARTBEAT, 1, &arena, &id,
	    &body, &err), GW_EPROTO);
	ck_assert_str_eq(err.msg,
	    "HeartbeatResponse v1: bytes behind the message at byte 10 of 11");
}
END_TEST

START_TEST(an_error_in_encoding_names_the_field_and_leaves_the_buffer)
{
	const struct gw_request_header h = { GW_API_FIND_COORDINATOR, 0, 1, { NULL, 0 }, NULL };
	struct gw_find_coordinator_request r = { .key = { "tx", 2 }, .key_type = 1 };

	gw_buf_puts(&buf, "before");
	ck_assert_int_eq(gw_request_encode(&buf, &h, &r, &err), GW_EVERSION);
	ck_assert_str_eq(err.msg,
	    "FindCoordinatorRequest v0: KeyType: set, but this version has no such field");
	ck_assert_uint_eq(buf.len, 6);
	ck_assert_int_eq(buf.err, 0);
}
END_TEST

START_TEST(a_leader_hint_in_a_version_without_it_is_refused)
{
	struct gw_produce_partition_response p = { .log_append_time_ms = -1,
		.log_start_offset = -1, .current_leader = { 3, 7 } };
	struct gw_produce_topic_response t = { .name = { "t", 1 }, .partition_responses = &p,
		.n_partition_responses = 1 };
	struct gw_produce_response r = { .responses = &t, .n_responses = 1 };

	ck_assert_int_eq(gw_response_encode(&buf, GW_API_PRODUCE, 9, 1, &r, &err), GW_EVERSION);
	ck_assert_str_eq(err.msg, "ProduceResponse v9: Responses[0].PartitionResponses[0]."
	    "CurrentLeader.LeaderId: set, but this version has no such field");
	ck_assert_int_eq(gw_response_encode(&buf, GW_API_PRODUCE, 10, 1, &r, &err), 0);
	gw_buf_clear(&buf);
	p.current_leader.leader_id = p.current_leader.leader_epoch = -1;
	ck_assert_int_eq(gw_response_encode(&buf, GW_API_PRODUCE, 9, 1, &r, &err), 0);
}
END_TEST

START_TEST(a_frame_larger_than_the_buffer_may_get_is_a_limit)
{
	const struct gw_request_header h = { GW_API_HEARTBEAT, 2, 9, { "me", 2 }, NULL };
	size_t max;

	for (max = 1; max < 26; max++) {
		gw_buf_fini(&buf);
		gw_buf_init(&buf, &alloc, max);
		ck_assert_int_eq(gw_request_encode(&buf, &h, &heartbeat, &err), GW_ELIMIT);
		ck_assert_uint_eq(buf.len, 0);
	}
	gw_buf_fini(&buf);
	gw_buf_init(&buf, &alloc, 26);
	ck_assert_int_eq(gw_request_encode(&buf, &h, &heartbeat, &err), 0);
}
END_TEST

START_TEST(encoding_never_writes_into_the_message)
{
	const struct gw_request_header h = { GW_API_HEARTBEAT, 2, 9, { "me", 2 }, NULL };
	struct gw_heartbeat_request copy = heartbeat;

	ck_assert_int_eq(gw_request_encode(&buf, &h, &heartbeat, NULL), 0);
	ck_assert_mem_eq(&copy, &heartbeat, sizeof(copy));
}
END_TEST

/* ---- sizes ---- */

START_TEST(frame_sizes_are_checked)
{
	ck_assert_int_eq(gw_frame_size((const uint8_t *)"\0\0\1", 3, 1000), -1);
	ck_assert_int_eq(gw_frame_size((const uint8_t *)"\0\0\1\0", 4, 1000), 256);
	ck_assert_int_eq(gw_frame_size((const uint8_t *)"\0\0\1\0", 4, 255), GW_ELIMIT);
	ck_assert_int_eq(gw_frame_size((const uint8_t *)"\0\0\0\0", 4, 255), 0);
	ck_assert_int_eq(gw_frame_size((const uint8_t *)"\200\0\0\0", 4, SIZE_MAX), GW_ELIMIT);
	ck_assert_int_eq(gw_frame_size((const uint8_t *)"GET ", 4, 100 << 20), GW_ELIMIT);
}
END_TEST

Suite *
check_api_suite(void)
{
	Suite *s = suite_create("api");
	TCase *tc = tcase_create("frames");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_table_is_sorted_and_complete);
	tcase_add_test(tc, the_protocol_page_tells_the_versions_of_every_api);
	tcase_add_test(tc, a_request_header_v1_has_no_tags);
	tcase_add_test(tc, a_request_header_v2_has_tags_but_no_compact_client_id);
	tcase_add_test(tc, a_client_id_may_be_null);
	tcase_add_test(tc, tags_in_a_header_are_read_over);
	tcase_add_test(tc, a_response_header_v1_has_tags);
	tcase_add_test(tc, the_header_of_an_api_versions_response_never_has_tags);
	tcase_add_test(tc, an_unknown_api_or_version_can_still_be_answered);
	tcase_add_test(tc, a_header_that_is_cut_off_is_refused);
	tcase_add_test(tc, an_error_in_decoding_names_message_field_and_byte);
	tcase_add_test(tc, metadata_v9_null_name_is_rejected);
	tcase_add_test(tc, bytes_behind_a_message_are_refused);
	tcase_add_test(tc, an_error_in_encoding_names_the_field_and_leaves_the_buffer);
	tcase_add_test(tc, a_leader_hint_in_a_version_without_it_is_refused);
	tcase_add_test(tc, a_frame_larger_than_the_buffer_may_get_is_a_limit);
	tcase_add_test(tc, encoding_never_writes_into_the_message);
	tcase_add_test(tc, frame_sizes_are_checked);
	suite_add_tcase(s, tc);
	return s;
}

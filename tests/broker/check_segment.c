/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/segment.h"

#include <stdio.h>

#include "tests/broker/rig.h"
#include "tests/broker/suites.h"

START_TEST(segment_names_read_back)
{
	char name[GW_SEGMENT_NAME_MAX];

	gw_segment_name(name, 123456789012, "log");
	ck_assert_str_eq(name, "00000000123456789012.log");
	ck_assert_int_eq(gw_segment_parse_name(name), 123456789012);
	gw_segment_name(name, 0, "producers");
	ck_assert_str_eq(name, "00000000000000000000.producers");
}
END_TEST

START_TEST(other_file_names_are_no_segments)
{
	static const char *const names[] = { "", "x", "00000000000000000000.index",
		"0000000000000000000.log", "-0000000000000000001.log", "+0000000000000000001.log",
		"0000000000000000000x.log", "99999999999999999999.log",
		"00000000000000000000.log~" };

	for (size_t i = 0; i < GW_N(names); i++)
		ck_assert_msg(gw_segment_parse_name(names[i]) == -1, "%s", names[i]);
}
END_TEST

/* A file of n batches of 3 records each, 1000 ms apart, opened as a segment at base. */
static void
write_segment(struct rig *r, struct gw_segment *s, int64_t base, int n, size_t padding)
{
	struct gw_fs *fs = r->env.fs;
	struct gw_buf out;

	gw_buf_init(&out, &r->alloc.alloc, 0);
	for (int i = 0; i < n; i++) {
		struct batch_spec b = {
			.n = 3, .timestamp_ms = 5000 + 1000 * i, .padding = padding, NO_PRODUCER
		};
		size_t at = out.len;

		make_batch(&r->alloc.alloc, &b, &out);
		gw_batch_place(out.ptr + at, base + 3 * i, 7);
	}
	*s = (struct gw_segment){ .base = base, .next = base, .max_ts = INT64_MIN };
	s->h = fs->open(
	    fs->ctx, "/segment", GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE | GW_FS_TRUNC, NULL);
	ck_assert_int_ge(s->h, 0);
	ck_assert_int_eq(fs->pwrite(fs->ctx, s->h, out.ptr, out.len, 0), (ssize_t)out.len);
	gw_buf_fini(&out);
}

static int64_t
scan(struct rig *r, struct gw_segment *s, const char **why)
{
	struct gw_scan scan = { .fs = r->env.fs, .alloc = &r->alloc.alloc, .check_crc = true };

	ck_assert_int_eq(gw_segment_scan(s, &scan, r->env.fs->size(r->env.fs->ctx, s->h)), 0);
	*why = scan.why;
	return scan.bad_at;
}

START_TEST(a_scan_finds_every_batch_and_its_times)
{
	struct gw_segment s;
	const char *why;
	struct rig r;

	rig_init(&r, 1);
	write_segment(&r, &s, 100, 50, 200);
	ck_assert_int_eq(scan(&r, &s, &why), r.env.fs->size(r.env.fs->ctx, s.h));
	ck_assert_ptr_null(why);
	ck_assert_int_eq(s.next, 250);
	ck_assert_int_eq(s.max_ts, 5000 + 49000 + 2);
	ck_assert_uint_gt(s.n_index, 5);
	for (size_t i = 1; i < s.n_index; i++)
		ck_assert_int_ge(s.index[i].pos - s.index[i - 1].pos, GW_SEGMENT_INDEX_BYTES);
	gw_segment_unload(&s, &r.env);
	rig_fini(&r);
}
END_TEST

START_TEST(seeking_lands_at_or_before_the_batch)
{
	struct gw_segment s;
	const char *why;
	struct rig r;

	rig_init(&r, 1);
	write_segment(&r, &s, 100, 50, 200);
	scan(&r, &s, &why);
	for (int64_t offset = 100; offset < 250; offset++) {
		struct gw_batch_header h;
		int64_t pos = gw_segment_seek_offset(&s, offset),
			size = gw_segment_header(&s, r.env.fs, pos, &h);

		ck_assert_int_gt(size, 0);
		ck_assert_int_le(h.base_offset, offset);
		ck_assert_int_lt(pos, s.size);
		/* Not farther than the index is sparse. */
		ck_assert_int_lt(
		    (offset - h.base_offset) / 3 * size, GW_SEGMENT_INDEX_BYTES + size);
		pos = gw_segment_seek_time(&s, 5000 + (offset - 100) / 3 * 1000);
		ck_assert_int_gt(gw_segment_header(&s, r.env.fs, pos, &h), 0);
		ck_assert_int_le(h.base_offset, offset);
	}
	gw_segment_unload(&s, &r.env);
	rig_fini(&r);
}
END_TEST

START_TEST(every_flipped_bit_of_a_batch_is_found)
{
	struct gw_segment s;
	const char *why;
	struct rig r;
	int64_t size, one;

	rig_init(&r, 1);
	write_segment(&r, &s, 0, 3, 0);
	size = scan(&r, &s, &why);
	one = size / 3;
	for (int64_t byte = one; byte < 2 * one; byte++) {
		/* The leader epoch is not covered by the checksum, and any value is one. */
		if (byte >= one + 12 && byte < one + 16)
			continue;
		for (unsigned bit = 0; bit < 8; bit += 3) {
			ck_assert_int_eq(mem_fs_flip(r.fs, "/segment", byte, bit), 0);
			s.size = s.next = 0;
			s.n_index = 0;
			ck_assert_int_eq(scan(&r, &s, &why), one);
			ck_assert_ptr_nonnull(why);
			ck_assert_int_eq(s.next, 3);
			ck_assert_int_eq(mem_fs_flip(r.fs, "/segment", byte, bit), 0);
		}
	}
	gw_segment_unload(&s, &r.env);
	rig_fini(&r);
}
END_TEST

START_TEST(an_index_file_reads_back_the_same)
{
	struct gw_segment s, t = { .base = 100, .h = -1 };
	const char *why;
	struct rig r;

	rig_init(&r, 1);
	write_segment(&r, &s, 100, 50, 200);
	scan(&r, &s, &why);
	ck_assert_int_eq(gw_segment_index_save(&s, &r.env, "/index"), 0);
	ck_assert_int_eq(gw_segment_index_load(&t, &r.env, "/index"), 0);
	ck_assert_int_eq(t.next, s.next);
	ck_assert_int_eq(t.size, s.size);
	ck_assert_int_eq(t.max_ts, s.max_ts);
	ck_assert_uint_eq(t.n_index, s.n_index);
	ck_assert_mem_eq(t.index, s.index, s.n_index * sizeof(*s.index));
	gw_segment_unload(&t, &r.env);
	gw_segment_unload(&s, &r.env);
	rig_fini(&r);
}
END_TEST

START_TEST(a_damaged_or_foreign_index_file_is_not_used)
{
	struct gw_segment s, t = { .base = 100, .h = -1 };
	const char *why;
	struct rig r;

	rig_init(&r, 1);
	write_segment(&r, &s, 100, 50, 200);
	scan(&r, &s, &why);
	ck_assert_int_eq(gw_segment_index_load(&t, &r.env, "/index"), GW_ENOENT);
	ck_assert_int_eq(gw_segment_index_save(&s, &r.env, "/index"), 0);
	for (int64_t byte = 0; byte < 60; byte++) {
		ck_assert_int_eq(mem_fs_flip(r.fs, "/index", byte, 2), 0);
		ck_assert_int_lt(gw_segment_index_load(&t, &r.env, "/index"), 0);
		ck_assert_int_eq(mem_fs_flip(r.fs, "/index", byte, 2), 0);
	}
	t.base = 99;
	ck_assert_int_eq(gw_segment_index_load(&t, &r.env, "/index"), GW_ECORRUPT);
	ck_assert_ptr_null(t.index);
	gw_segment_unload(&s, &r.env);
	rig_fini(&r);
}
END_TEST

Suite *
check_segment_suite(void)
{
	Suite *s = suite_create("segment");
	TCase *tc = tcase_create("segment");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, segment_names_read_back);
	tcase_add_test(tc, other_file_names_are_no_segments);
	tcase_add_test(tc, a_scan_finds_every_batch_and_its_times);
	tcase_add_test(tc, seeking_lands_at_or_before_the_batch);
	tcase_add_test(tc, every_flipped_bit_of_a_batch_is_found);
	tcase_add_test(tc, an_index_file_reads_back_the_same);
	tcase_add_test(tc, a_damaged_or_foreign_index_file_is_not_used);
	suite_add_tcase(s, tc);
	return s;
}

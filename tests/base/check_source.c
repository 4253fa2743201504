/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_source.c - files, plain and gzip, whole and broken.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/csv.h"
#include "base/rng.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"

#define PLAIN_LEN 200000

static char		dir[TEST_PATH_MAX], path[TEST_PATH_MAX], plain[PLAIN_LEN];
static unsigned char	packed[2 * PLAIN_LEN];
static struct gw_fs    *fs;
static struct fail_alloc f;
static struct gw_err	err;

static void
set_up(void)
{
	struct gw_rng r;

	test_tmp_new(dir);
	test_path(dir, "x.gz", path);
	fs = gw_fs_posix_new(false, NULL);
	ck_assert_ptr_nonnull(fs);
	fail_alloc_init(&f, 0);
	gw_rng_seed(&r, 8);
	for (size_t i = 0; i < PLAIN_LEN; i++)
		plain[i] = (char)('a' + gw_rng_below(&r, 26));
}

static void
tear_down(void)
{
	ck_assert_uint_eq(f.blocks, 0);
	gw_fs_posix_free(fs);
	test_tmp_free(dir);
}

/* A gzip member of n bytes at to. */
static size_t
pack(const char *from, size_t n, unsigned char *to)
{
	z_stream z = { .next_out = to, .avail_out = 2 * PLAIN_LEN };
	unsigned char *in = (unsigned char *)(uintptr_t)from;

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = in;
	z.avail_in = (uInt)n;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	ck_assert_int_eq(deflateEnd(&z), Z_OK);
	return z.total_out;
}

/* Read the file to its end in pieces of step: how many bytes, or the error. */
static ssize_t
read_all(char *to, size_t step)
{
	struct gw_source s;
	ssize_t n, at = 0;
	int rc = gw_source_file(&s, &f.alloc, fs, path, &err);

	if (rc != 0)
		return rc;
	while ((n = s.read(s.ctx, to + at, step, &err)) > 0) {
		at += n;
		ck_assert_int_le(at, 3 * PLAIN_LEN);
	}
	s.close(s.ctx);
	return n < 0 ? n : at;
}

static char got[4 * PLAIN_LEN];

static void
assert_plain(size_t len)
{
	static const size_t steps[] = { 1000, 65536, 70001, PLAIN_LEN };

	for (size_t i = 0; i < GW_N(steps); i++) {
		ck_assert_int_eq(read_all(got, steps[i]), (ssize_t)len);
		ck_assert_mem_eq(got, plain, len);
	}
}

START_TEST(a_plain_file_comes_as_it_is)
{
	set_up();
	test_write(path, plain, PLAIN_LEN);
	assert_plain(PLAIN_LEN);
	test_write(path, plain, 1);
	assert_plain(1);
	test_write(path, "", 0);
	ck_assert_int_eq(read_all(got, 100), 0);
	tear_down();
}
END_TEST

START_TEST(gzip_is_inflated)
{
	set_up();
	test_write(path, packed, pack(plain, PLAIN_LEN, packed));
	assert_plain(PLAIN_LEN);
	test_write(path, packed, pack(plain, 0, packed));
	ck_assert_int_eq(read_all(got, 100), 0);
	tear_down();
}
END_TEST

START_TEST(members_follow_each_other_and_zeros_may_end_them)
{
	size_t n;

	set_up();
	n = pack(plain, 1000, packed);
	n += pack(plain + 1000, 0, packed + n);
	n += pack(plain + 1000, PLAIN_LEN - 1000, packed + n);
	test_write(path, packed, n);
	assert_plain(PLAIN_LEN);
	memset(packed + n, 0, 100000);
	test_write(path, packed, n + 100000);
	assert_plain(PLAIN_LEN);
	tear_down();
}
END_TEST

START_TEST(every_cut_of_a_gzip_file_is_noticed)
{
	char want[2 * TEST_PATH_MAX];
	size_t n;

	set_up();
	n = pack(plain, 300, packed);
	for (size_t len = 2; len < n; len++) {
		test_write(path, packed, len);
		ck_assert_int_eq(read_all(got, 100), GW_EDATA);
		(void)snprintf(want, sizeof(want), "%s: gzip ends early at byte %zu", path, len);
		ck_assert_str_eq(err.msg, want);
	}
	tear_down();
}
END_TEST

START_TEST(a_cut_second_member_is_noticed)
{
	size_t n;

	set_up();
	n = pack(plain, 300, packed);
	n += pack(plain, 300, packed + n);
	test_write(path, packed, n - 1);
	ck_assert_int_eq(read_all(got, 100), GW_EDATA);
	tear_down();
}
END_TEST

/* A bit of each byte behind the header: it is noticed, or is one that deflate leaves unused. */
START_TEST(no_damage_goes_unnoticed)
{
	ssize_t rc;
	size_t n;

	set_up();
	n = pack(plain, 300, packed);
	for (size_t i = 10; i < n; i++) {
		packed[i] ^= 0x40;
		test_write(path, packed, n);
		rc = read_all(got, 100);
		ck_assert_msg(rc == GW_ECORRUPT || rc == GW_EDATA ||
		    (rc == 300 && memcmp(got, plain, 300) == 0), "byte %zu: %zd", i, rc);
		packed[i] ^= 0x40;
	}
	packed[n - 6] ^= 1;	/* the checksum itself */
	test_write(path, packed, n);
	ck_assert_int_eq(read_all(got, 100), GW_ECORRUPT);
	ck_assert_ptr_nonnull(strstr(err.msg, "x.gz: gzip is damaged near byte "));
	tear_down();
}
END_TEST

START_TEST(something_else_behind_gzip_is_refused)
{
	char want[2 * TEST_PATH_MAX];
	size_t n;

	set_up();
	n = pack(plain, 300, packed);
	memcpy(packed + n, "more", 4);
	test_write(path, packed, n + 4);
	ck_assert_int_eq(read_all(got, 100), GW_EDATA);
	(void)snprintf(want, sizeof(want), "%s: what follows at byte %zu is not gzip", path, n);
	ck_assert_str_eq(err.msg, want);
	tear_down();
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	char want[2 * TEST_PATH_MAX];

	set_up();
	ck_assert_int_eq(read_all(got, 100), GW_ENOENT);
	(void)snprintf(want, sizeof(want), "%s: no such file or folder", path);
	ck_assert_str_eq(err.msg, want);
	tear_down();
}
END_TEST

START_TEST(bytes_are_a_source_too)
{
	struct gw_slice left = GW_LIT("abcdef");
	struct gw_source s = gw_source_bytes(&left);
	char to[4];

	ck_assert_int_eq(s.read(s.ctx, to, 4, NULL), 4);
	ck_assert_mem_eq(to, "abcd", 4);
	ck_assert_int_eq(s.read(s.ctx, to, 4, NULL), 2);
	ck_assert_int_eq(s.read(s.ctx, to, 4, NULL), 0);
	ck_assert_uint_eq(left.len, 0);
}
END_TEST

Suite *
check_source_suite(void)
{
	Suite *s = suite_create("base/source");
	TCase *tc = tcase_create("source");

	tcase_add_test(tc, a_plain_file_comes_as_it_is);
	tcase_add_test(tc, gzip_is_inflated);
	tcase_add_test(tc, members_follow_each_other_and_zeros_may_end_them);
	tcase_add_test(tc, every_cut_of_a_gzip_file_is_noticed);
	tcase_add_test(tc, a_cut_second_member_is_noticed);
	tcase_add_test(tc, no_damage_goes_unnoticed);
	tcase_add_test(tc, something_else_behind_gzip_is_refused);
	tcase_add_test(tc, a_missing_file_is_named);
	tcase_add_test(tc, bytes_are_a_source_too);
	suite_add_tcase(s, tc);
	return s;
}

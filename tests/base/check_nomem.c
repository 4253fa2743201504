/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_nomem.c - each allocation of the module failing in turn.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdio.h>
#include <zlib.h>

#include "base/csv.h"
#include "base/json.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"

static int
use_json(struct gw_alloc *a, void *arg)
{
	const char *text = "{\"a\":[1,2,3,\"x\\n\"],\"b\":{\"c\":\"some text with \\u20ac\"}}";
	struct gw_arena arena;
	struct gw_json *v;
	struct gw_err err = { 0 };
	int rc;

	(void)arg;
	gw_arena_init(&arena, a, 0);
	rc = gw_json_parse(gw_str(text), &arena, &v, &err);
	ck_assert_int_eq(rc, err.code);
	for (size_t i = 0; rc == 0 && i < 50; i++)	/* into a second chunk */
		if (gw_arena_printf(&arena, "%0200d", 1) == NULL)
			rc = GW_ENOMEM;
	gw_arena_fini(&arena);
	return rc;
}

static int
use_writer(struct gw_alloc *a, void *arg)
{
	struct gw_json_out w;
	struct gw_buf buf;
	int rc;

	(void)arg;
	gw_buf_init(&buf, a, 0);
	gw_json_begin(&w, &buf);
	gw_json_array(&w);
	for (int i = 0; i < 100; i++) {
		gw_json_str(&w, gw_str("text with \x01 and more of it"));
		gw_json_str(&w, gw_str("\xff\xfe"));
		gw_json_num(&w, i / 7.0);
	}
	gw_json_array_end(&w);
	rc = buf.err;
	gw_buf_fini(&buf);
	return rc;
}

/* A record longer than the first window, and more fields than the first array of them. */
static int
use_csv(struct gw_alloc *a, void *arg)
{
	struct gw_slice left = gw_buf_slice(arg);
	struct gw_csv *csv = gw_csv_new(a, gw_source_bytes(&left), "x.csv");
	const struct gw_slice *fields;
	struct gw_err err;
	int n;

	if (csv == NULL)
		return GW_ENOMEM;
	while ((n = gw_csv_next(csv, &fields, &err)) > 0)
		ck_assert_int_eq(n, 40);
	ck_assert(n == 0 || (n == GW_ENOMEM && err.code == GW_ENOMEM));
	gw_csv_free(csv);
	return n;
}

static int
use_gzip(struct gw_alloc *a, void *arg)
{
	struct gw_source s;
	struct gw_fs *fs = gw_fs_posix_new(false, NULL);
	char buf[100];
	ssize_t n;
	int rc;

	rc = gw_source_file(&s, a, fs, arg, NULL);
	if (rc == 0) {
		while ((n = s.read(s.ctx, buf, sizeof(buf), NULL)) > 0)
			;
		rc = (int)n;
		s.close(s.ctx);
	}
	gw_fs_posix_free(fs);
	return rc;
}

static int
use_read_file(struct gw_alloc *a, void *arg)
{
	struct gw_fs *fs = gw_fs_posix_new(false, NULL);
	struct gw_err err = { 0 };
	struct gw_buf buf;
	int rc;

	gw_buf_init(&buf, a, 0);
	rc = gw_fs_read_file(fs, arg, &buf, &err);
	ck_assert_int_eq(rc, err.code);
	gw_buf_fini(&buf);
	gw_fs_posix_free(fs);
	return rc;
}

START_TEST(json_survives_every_failure)
{
	ck_assert_uint_ge(fail_alloc_sweep(use_json, NULL), 2);
	ck_assert_uint_ge(fail_alloc_sweep(use_writer, NULL), 5);
}
END_TEST

START_TEST(csv_survives_every_failure)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf text;

	gw_buf_init(&text, &alloc, 0);
	for (int row = 0; row < 3; row++) {
		for (int i = 0; i < 40; i++)
			gw_buf_printf(&text, "%s%0*d", i == 0 ? "" : ",", row == 1 ? 12000 : 3, i);
		gw_buf_putc(&text, '\n');
	}
	ck_assert_uint_ge(fail_alloc_sweep(use_csv, &text), 6);
	gw_buf_fini(&text);
}
END_TEST

START_TEST(files_survive_every_failure)
{
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
	gzFile f;

	test_tmp_new(dir);
	test_path(dir, "x.gz", path);
	f = gzopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(gzputs(f, "some text"), 9);
	ck_assert_int_eq(gzclose(f), Z_OK);
	ck_assert_uint_ge(fail_alloc_sweep(use_gzip, path), 3);
	ck_assert_uint_ge(fail_alloc_sweep(use_read_file, path), 1);
	test_tmp_free(dir);
}
END_TEST

Suite *
check_nomem_suite(void)
{
	Suite *s = suite_create("base/nomem");
	TCase *tc = tcase_create("nomem");

	tcase_add_test(tc, json_survives_every_failure);
	tcase_add_test(tc, csv_survives_every_failure);
	tcase_add_test(tc, files_survive_every_failure);
	suite_add_tcase(s, tc);
	return s;
}

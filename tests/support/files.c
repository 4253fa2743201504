/* SPDX-License-Identifier: MIT
 *
 * tests/support/files.c - files of tests, by libc alone.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/support/files.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
test_path(const char *dir, const char *name, char out[TEST_PATH_MAX])
{
	int n = snprintf(out, TEST_PATH_MAX, "%s/%s", dir, name);

	ck_assert_int_gt(n, 0);
	ck_assert_int_lt(n, TEST_PATH_MAX);
}

void
test_source_path(const char *path, char out[TEST_PATH_MAX])
{
	const char *dir = getenv("GW_SRCDIR");

	test_path(dir == NULL || *dir == '\0' ? "." : dir, path, out);
}

void
test_tmp_new(char out[TEST_PATH_MAX])
{
	const char *dir = getenv("TMPDIR");

	test_path(dir == NULL || *dir == '\0' ? "/tmp" : dir, "gw-test-XXXXXX", out);
	ck_assert_msg(mkdtemp(out) != NULL, "cannot make %s", out);
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void
test_tmp_free(const char *dir)
{
	ck_assert_int_eq(nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

char *
test_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *data;
	long size;

	ck_assert_msg(f != NULL, "cannot open %s", path);
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	ck_assert_int_ge(size, 0);
	rewind(f);
	data = malloc((size_t)size + 1);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(fread(data, 1, (size_t)size, f), (size_t)size);
	ck_assert_int_eq(fclose(f), 0);
	data[size] = '\0';
	if (len != NULL)
		*len = (size_t)size;
	return data;
}

void
test_write(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "wb");

	ck_assert_msg(f != NULL, "cannot write %s", path);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

void
test_page_range(const char *page, int first, int n, int min, int max)
{
	char path[TEST_PATH_MAX], begin[16], want[32];
	const char *at, *end;
	size_t len;
	char *text;

	test_source_path(page, path);
	text = test_read(path, &len);
	(void)snprintf(begin, sizeof(begin), "\n| %d |", first);
	(void)snprintf(want, sizeof(want), min > max ? "-" : min == max ? "%d" : "%d-%d", min, max);
	at = strstr(text, begin);
	ck_assert_msg(at != NULL, "%s has no row %d", page, first);
	for (at++; n > 1; n--)
		at = strchr(at + 1, '|');
	end = strchr(at + 1, '|');
	ck_assert_msg((size_t)(end - at) == strlen(want) + 3 &&
	    strncmp(at + 2, want, strlen(want)) == 0,
	    "%s, row %d: \"%.*s\" is not %s", page, first, (int)(end - at - 1), at + 1, want);
	free(text);
}

/* SPDX-License-Identifier: MIT
 *
 * tests/support/files.h - where tests read and write.
 */
#ifndef GW_TEST_FILES_H
#define GW_TEST_FILES_H

#include <stddef.h>

#define TEST_PATH_MAX 1024

/* A path of the source tree: $GW_SRCDIR, or the current folder. */
void	test_source_path(const char *path, char out[TEST_PATH_MAX]);
/* A new folder under $TMPDIR or /tmp. */
void	test_tmp_new(char out[TEST_PATH_MAX]);
void	test_tmp_free(const char *dir);		/* with all that is in it */
/* dir + "/" + name. */
void	test_path(const char *dir, const char *name, char out[TEST_PATH_MAX]);
/* Whole files, without the code under test. read: NUL-terminated, to be freed; asserts success. */
char	*test_read(const char *path, size_t *len);
void	test_write(const char *path, const void *data, size_t len);
/*
 * Of a page of the source tree: in the table row that begins with "| first |", cell n, from 1;
 * asserts that it is "-" where min is above max, else min, or "min-max".
 */
void	test_page_range(const char *page, int first, int n, int min, int max);

#endif

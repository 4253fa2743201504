/* SPDX-License-Identifier: MIT
 *
 * tests/wire/hex.c - hexadecimal text.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/wire/hex.h"

#include <check.h>
#include <stdlib.h>

#include "base/slice.h"
#include "tests/support/files.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	ck_assert_msg(c >= 'a' && c <= 'f', "not hexadecimal: %c", c);
	return c - 'a' + 10;
}

void
hex_put(struct gw_buf *out, struct gw_slice text)
{
	size_t i = 0;

	while (i < text.len) {
		if (text.ptr[i] == ' ' || text.ptr[i] == '\n') {
			i++;
			continue;
		}
		ck_assert_uint_lt(i + 1, text.len);
		gw_buf_putc(out, (char)(digit(text.ptr[i]) << 4 | digit(text.ptr[i + 1])));
		i += 2;
	}
	ck_assert_int_eq(out->err, 0);
}

void
hex_file(struct gw_buf *out, const char *path)
{
	char full[TEST_PATH_MAX], *text;
	struct gw_slice rest, line;
	size_t len;

	test_source_path(path, full);
	text = test_read(full, &len);
	rest = (struct gw_slice){ text, len };
	while (rest.ptr != NULL) {
		line = gw_slice_cut(rest, '\n', &rest);
		if (!gw_slice_starts(line, "#"))
			hex_put(out, line);
	}
	free(text);
}

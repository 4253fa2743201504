/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn_passer.h"

#include <string.h>

#include "base/slice.h"

/* Where it begins in s, or s.len. */
static size_t
find(struct gw_slice s, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= s.len; i++)
		if (memcmp(s.ptr + i, what, len) == 0)
			return i;
	return s.len;
}

/* "12-G.Minshew II" is "II", which will do: his others are, too. */
static struct gw_slice
last_word(struct gw_slice s)
{
	size_t from = s.len;

	while (from > 0 && s.ptr[from - 1] != ' ' && s.ptr[from - 1] != '.' &&
	    s.ptr[from - 1] != '-')
		from--;
	return (struct gw_slice){ s.ptr + from, s.len - from };
}

struct gw_slice
gw_espn_passer(struct gw_slice text)
{
	static const char from[] = " pass from ";
	size_t at = find(text, from);

	if (at < text.len) {
		at += sizeof(from) - 1;
		text.ptr += at;
		text.len -= at;
		text.len = find(text, " (");
		return last_word(gw_slice_trim(text));
	}
	if ((at = find(text, " pass ")) == text.len && (at = find(text, " sacked ")) == text.len)
		return (struct gw_slice){ "", 0 };
	return last_word((struct gw_slice){ text.ptr, at });
}

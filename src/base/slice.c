/* SPDX-License-Identifier: MIT
 *
 * base/slice.c - comparing and cutting borrowed text. Numbers are in number.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/slice.h"

bool
gw_slice_eq(struct gw_slice a, struct gw_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
gw_slice_is(struct gw_slice a, const char *s)
{
	return gw_slice_eq(a, gw_str(s));
}

bool
gw_slice_starts(struct gw_slice a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && (n == 0 || memcmp(a.ptr, prefix, n) == 0);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct gw_slice
gw_slice_trim(struct gw_slice a)
{
	while (a.len > 0 && is_blank(a.ptr[0])) {
		a.ptr++;
		a.len--;
	}
	while (a.len > 0 && is_blank(a.ptr[a.len - 1]))
		a.len--;
	return a;
}

struct gw_slice
gw_slice_cut(struct gw_slice a, char c, struct gw_slice *rest)
{
	const char *at = a.len == 0 ? NULL : memchr(a.ptr, c, a.len);
	size_t before;

	if (at == NULL) {
		*rest = (struct gw_slice){ NULL, 0 };
		return a;
	}
	before = (size_t)(at - a.ptr);
	*rest = (struct gw_slice){ at + 1, a.len - before - 1 };
	a.len = before;
	return a;
}

static struct gw_slice
without(struct gw_slice a, char last)
{
	if (a.len > 0 && a.ptr[a.len - 1] == last)
		a.len--;
	return a;
}

struct gw_slice
gw_slice_line(struct gw_slice *rest)
{
	return without(gw_slice_cut(*rest, '\n', rest), '\r');
}

struct gw_slice
gw_slice_chomp(struct gw_slice a)
{
	return without(without(a, '\n'), '\r');
}

#define WORD_MAX 64

/* Edit distance where a swap of neighbours is one step (optimal string alignment). */
static size_t
distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *spare;

	for (size_t j = 0; j <= m; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

const char *
gw_nearest(const char *word, const void *names, size_t stride, size_t n)
{
	size_t len = strlen(word), best = SIZE_MAX;
	const char *nearest = NULL;

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const char *name;
		size_t name_len, d, near;

		memcpy(&name, (const char *)names + i * stride, sizeof(name));
		name_len = name == NULL ? 0 : strlen(name);
		if (name_len == 0 || name_len > WORD_MAX)
			continue;
		/* Nearer than a third of the shorter word, or it is no likely slip of the hand. */
		near = (name_len < len ? name_len : len) / 3;
		d = distance(word, len, name, name_len);
		if (d <= (near == 0 ? 1 : near) && d < best) {
			best = d;
			nearest = name;
		}
	}
	return nearest;
}

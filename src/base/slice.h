/* SPDX-License-Identifier: MIT
 *
 * base/slice.h - questions about borrowed text, and numbers out of it.
 */
#ifndef GW_SLICE_H
#define GW_SLICE_H

#include <stdbool.h>

#include <gridwire/types.h>
#include "base/compiler.h"

#define GW_LIT(s)	((struct gw_slice){ (s), sizeof(s) - 1 })
#define GW_FMT(s)	(int)(s).len, (s).ptr	/* for "%.*s" */

bool	gw_slice_eq(struct gw_slice a, struct gw_slice b);
bool	gw_slice_is(struct gw_slice a, const char *s);
bool	gw_slice_starts(struct gw_slice a, const char *prefix);
struct gw_slice gw_slice_trim(struct gw_slice a);		/* blanks and tabs at both ends */
/* Cut at the first c: returns what is before, and in *rest what is after it (ptr NULL: no c). */
struct gw_slice gw_slice_cut(struct gw_slice a, char c, struct gw_slice *rest);
/* The next line without its end, "\n" or "\r\n"; *rest is what follows (ptr NULL: no more). */
struct gw_slice gw_slice_line(struct gw_slice *rest);
/* Without one line end, of a file that holds one word. */
struct gw_slice gw_slice_chomp(struct gw_slice a);

/*
 * The whole slice must be the number: 0, or GW_EDATA (empty, blanks, a plus sign, hexadecimal, nan,
 * inf, out of range). The double is the nearest one; digits on one side of the point are enough.
 */
int	gw_slice_i64(struct gw_slice a, int64_t *out) GW_CHECK_RESULT;
int	gw_slice_double(struct gw_slice a, double *out) GW_CHECK_RESULT;

/*
 * The fewest digits that read back exactly, as a JSON number; nan and inf give "null". buf holds
 * GW_DOUBLE_MAX and is NUL-terminated. Returns the length.
 */
#define GW_DOUBLE_MAX	32
size_t	gw_double_text(double v, char *buf);

/*
 * The nearest of n names by edit distance for "did you mean", or NULL when none is near. name(i)
 * comes from names + i * stride, so that any table's first member can be used.
 */
const char *gw_nearest(const char *word, const void *names, size_t stride, size_t n);

#endif

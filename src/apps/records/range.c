/* SPDX-License-Identifier: MIT
 *
 * apps/records/range.c - kcat's -o, and --speed.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/range.h"

#include "base/slice.h"

static const struct {
	const char	*name;
	enum gw_from	 from;
} words[] = {
	{ "beginning",	GW_FROM_BEGINNING },
	{ "earliest",	GW_FROM_BEGINNING },
	{ "end",	GW_FROM_END },
	{ "latest",	GW_FROM_END },
	{ "stored",	GW_FROM_STORED },
};

static int
wrong(const char *text, struct gw_err *err)
{
	return gw_err_set(err, GW_EINVAL,
	    "-o %s: beginning, end, stored, N, -N (N before the end), s@MS or e@MS "
	    "(milliseconds since 1970) is wanted",
	    text);
}

int
gw_range_add(struct gw_range *r, const char *text, struct gw_err *err)
{
	struct gw_slice s = gw_str(text);
	int64_t n;
	size_t i;

	for (i = 0; i < GW_N(words); i++)
		if (strcmp(text, words[i].name) == 0) {
			r->from = words[i].from;
			return 0;
		}
	if (gw_slice_starts(s, "s@") || gw_slice_starts(s, "e@")) {
		if (gw_slice_i64((struct gw_slice){ text + 2, s.len - 2 }, &n) != 0 || n < 0)
			return wrong(text, err);
		if (text[0] == 's') {
			r->from = GW_FROM_TIME;
			r->n = n;
		} else {
			r->has_until = true;
			r->until_ms = n;
		}
		return 0;
	}
	if (gw_slice_i64(s, &n) != 0 || n == INT64_MIN)
		return wrong(text, err);
	r->from = text[0] == '-' ? GW_FROM_TAIL : GW_FROM_OFFSET;
	r->n = n < 0 ? -n : n;
	return 0;
}

int
gw_speed_parse(const char *text, double *out, struct gw_err *err)
{
	struct gw_slice s = gw_str(text);
	double speed;

	if (s.len > 0 && s.ptr[s.len - 1] == 'x')
		s.len--;
	if (gw_slice_double(s, &speed) != 0 || speed < 0)
		return gw_err_set(err, GW_EINVAL,
		    "--speed %s: a number of times such as 60x is wanted", text);
	*out = speed;
	return 0;
}

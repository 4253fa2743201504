/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn_json.h"

#include <stdio.h>

#include "base/slice.h"

#define WHOLE_MAX 9007199254740992.0 /* 2^53 */

const struct gw_json *
gw_espn_get(const struct gw_json *obj, const char *a, const char *b)
{
	const struct gw_json *v = gw_json_get(obj, a);

	return b[0] == '\0' ? v : gw_json_get(v, b);
}

bool
gw_espn_number(const struct gw_json *v, double *out)
{
	if (v != NULL && v->type == GW_JSON_NUMBER) {
		*out = v->number;
		return true;
	}
	return v != NULL && v->type == GW_JSON_STRING && gw_slice_double(v->text, out) == 0;
}

bool
gw_espn_int(const struct gw_json *v, int64_t min, int64_t max, int64_t *out)
{
	int64_t i;
	double d;

	if (v == NULL)
		return false;
	if (v->type == GW_JSON_STRING) {
		if (gw_slice_i64(v->text, &i) != 0)
			return false;
	} else {
		if (!gw_espn_number(v, &d) || !(d >= -WHOLE_MAX && d <= WHOLE_MAX) ||
		    d != (double)(int64_t)d)
			return false;
		i = (int64_t)d;
	}
	if (i < min || i > max)
		return false;
	*out = i;
	return true;
}

bool
gw_espn_i32(const struct gw_json *v, int32_t min, int32_t max, int32_t *out)
{
	int64_t i;

	if (!gw_espn_int(v, min, max, &i))
		return false;
	*out = (int32_t)i;
	return true;
}

struct gw_slice
gw_espn_text(const struct gw_json *v)
{
	return v != NULL && v->type == GW_JSON_STRING ? v->text : GW_LIT("");
}

void
gw_espn_copy(char *to, size_t cap, struct gw_slice s)
{
	size_t n = s.len;

	if (n >= cap) {
		n = cap - 1;
		while (n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80)
			n--;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f ? ' ' : s.ptr[i];
	to[n] = '\0';
}

bool
gw_espn_clock(struct gw_slice s, int32_t *seconds)
{
	struct gw_slice rest, minutes = gw_slice_cut(s, ':', &rest), tenths;
	int64_t m = 0, sec;

	if (rest.ptr == NULL) {
		rest = minutes;
		minutes.len = 0;
	}
	rest = gw_slice_cut(rest, '.', &tenths);
	if ((minutes.len > 0 && gw_slice_i64(minutes, &m) != 0) || gw_slice_i64(rest, &sec) != 0 ||
	    m < 0 || m > 60 || sec < 0 || sec > 59)
		return false;
	*seconds = (int32_t)(m * 60 + sec);
	return true;
}

int64_t
gw_espn_play_id(const struct gw_espn_game *game, const struct gw_json *id)
{
	char event[24], whole[24];
	int64_t n;
	int len;

	if (!gw_espn_int(id, INT64_MIN / 2, INT64_MAX / 2, &n))
		return -1;
	if (n < 0)
		return -2;
	len = snprintf(event, sizeof(event), "%lld", (long long)game->event);
	snprintf(whole, sizeof(whole), "%lld", (long long)n);
	if (strncmp(whole, event, (size_t)len) != 0 ||
	    gw_slice_i64(gw_str(whole + len), &n) != 0 || n < 1 || n >= GW_PLAY_ID_MAX)
		return -1;
	return n;
}

enum gw_espn_side
gw_espn_side_of(const struct gw_espn_game *game, const struct gw_json *id)
{
	int32_t n;

	if (!gw_espn_i32(id, 1, INT32_MAX, &n))
		return GW_ESPN_NOBODY;
	return n == game->home.id ? GW_ESPN_HOME :
	    n == game->away.id	  ? GW_ESPN_AWAY :
				    GW_ESPN_NOBODY;
}

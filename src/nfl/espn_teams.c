/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn.h"

#include "base/slice.h"

#define MINUTE	INT64_C(60)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

static const struct {
	const char	*other, *ours;
} codes[] = {
	{ "LAR", "LA" }, { "WSH", "WAS" },	/* ESPN's */
	{ "ARZ", "ARI" }, { "BLT", "BAL" }, { "CLV", "CLE" }, { "HST", "HOU" },	/* the league's */
};

struct gw_slice
gw_espn_team_code(struct gw_slice abbreviation)
{
	for (size_t i = 0; i < GW_N(codes); i++)
		if (gw_slice_is(abbreviation, codes[i].other))
			return gw_str(codes[i].ours);
	return abbreviation;
}

/* n digits at *at into *out. */
static bool
digits(const char **at, int n, int64_t *out)
{
	*out = 0;
	for (int i = 0; i < n; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*out = *out * 10 + (**at - '0');
	}
	return true;
}

static bool
skip(const char **at, char c)
{
	return *(*at)++ == c;
}

/* Days from 1970-01-01 (the usual count with years that begin in March). */
static int64_t
days(int64_t y, int64_t m, int64_t d)
{
	int64_t era, year_of_era, day_of_year;

	y -= m <= 2;
	era = y / 400;
	year_of_era = y - era * 400;
	day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	    day_of_year - 719468;
}

int64_t
gw_espn_time(const char *text)
{
	int64_t y, mon, d, h, min, s = 0;
	const char *p = text;

	if (!digits(&p, 4, &y) || !skip(&p, '-') || !digits(&p, 2, &mon) || !skip(&p, '-') ||
	    !digits(&p, 2, &d) || !skip(&p, 'T') || !digits(&p, 2, &h) || !skip(&p, ':') ||
	    !digits(&p, 2, &min))
		return -1;
	if (*p == ':') {
		p++;
		if (!digits(&p, 2, &s))
			return -1;
	}
	if (p[0] != 'Z' || p[1] != '\0')
		return -1;
	if (y < 1970 || mon < 1 || mon > 12 || d < 1 || d > 31 || h > 23 || min > 59 || s > 60)
		return -1;
	return days(y, mon, d) * DAY + h * HOUR + min * MINUTE + s;
}

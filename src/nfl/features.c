/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/features.h"

#include <math.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "nfl/state.h"
#include "nfl/state_model.h"

/* A kick-off has none of the three; training used these values, so scoring must. */
static double
down_of(const struct gw_play *p)
{
	return p->has & GW_HAS_DOWN ? p->down : 1;
}

static double
distance_of(const struct gw_play *p)
{
	return p->has & GW_HAS_DISTANCE ? p->distance : 10;
}

static double
field_position_of(const struct gw_play *p)
{
	return p->has & GW_HAS_FIELD_POSITION ? p->field_position : 75;
}

static int
difference(const struct gw_play *p)
{
	return p->home_score - p->away_score;
}

static double
time_remaining_pct(const struct gw_play *p)
{
	return p->time_remaining / 3600.0;
}

static double
is_fourth_quarter(const struct gw_play *p)
{
	return p->quarter == 4;
}

static double
quarter(const struct gw_play *p)
{
	return p->quarter;
}

static double
score_diff(const struct gw_play *p)
{
	return difference(p);
}

static double
current_home_score(const struct gw_play *p)
{
	return p->home_score;
}

static double
current_away_score(const struct gw_play *p)
{
	return p->away_score;
}

static double
is_close_game(const struct gw_play *p)
{
	return abs(difference(p)) <= 7;
}

static double
is_blowout(const struct gw_play *p)
{
	return abs(difference(p)) > 21;
}

static double
field_position_pct(const struct gw_play *p)
{
	return field_position_of(p) / 100;
}

static double
down(const struct gw_play *p)
{
	return down_of(p);
}

static double
distance(const struct gw_play *p)
{
	return distance_of(p);
}

static double
down_distance_ratio(const struct gw_play *p)
{
	return distance_of(p) / (down_of(p) + 1);
}

static double
is_home_team(const struct gw_play *p)
{
	return p->is_home_team;
}

static double
is_first_half(const struct gw_play *p)
{
	return p->quarter <= 2;
}

static double
is_second_half(const struct gw_play *p)
{
	return p->quarter >= 3;
}

static double
score_diff_per_sqrt_time(const struct gw_play *p)
{
	return difference(p) / sqrt(p->time_remaining + 1.0);
}

static double
spread_line(const struct gw_play *p)
{
	return p->has & GW_HAS_SPREAD_LINE ? p->spread_line : 0;
}

static double
spread_by_time(const struct gw_play *p)
{
	return spread_line(p) * time_remaining_pct(p);
}

static double
late_possession(const struct gw_play *p)
{
	return (p->is_home_team ? 1 : -1) / sqrt(p->time_remaining / 60.0 + 1);
}

static double
late_field_position(const struct gw_play *p)
{
	return late_possession(p) * (1 - field_position_pct(p));
}

static double
late_down(const struct gw_play *p)
{
	return late_possession(p) * down_of(p);
}

/* clang-format off */
#define FEATURE(id, unit, lo, hi, text) f_##id = { #id, text, unit, lo, hi, id, NULL }

static const struct gw_feature
FEATURE(time_remaining_pct, "share", 0, 1, "time_remaining / 3600; starts again in overtime"),
FEATURE(is_fourth_quarter, "flag", 0, 1, "1 if quarter = 4, else 0"),
FEATURE(quarter, "quarter", 1, GW_QUARTER_MAX, "quarter; 5 and more in overtime"),
FEATURE(score_diff, "points", -GW_SCORE_MAX, GW_SCORE_MAX, "home_score - away_score, before the play"),
FEATURE(current_home_score, "points", 0, GW_SCORE_MAX, "home_score, before the play"),
FEATURE(current_away_score, "points", 0, GW_SCORE_MAX, "away_score, before the play"),
FEATURE(is_close_game, "flag", 0, 1, "1 if |home_score - away_score| <= 7, else 0"),
FEATURE(is_blowout, "flag", 0, 1, "1 if |home_score - away_score| > 21, else 0"),
FEATURE(field_position_pct, "share", 0, 1, "field_position / 100; 0.75 if unknown (kick-off)"),
FEATURE(down, "down", 1, 4, "down; 1 if unknown (kick-off)"),
FEATURE(distance, "yards", 0, 100, "distance; 10 if unknown (kick-off)"),
FEATURE(down_distance_ratio, "yards", 0, 50, "distance / (down + 1)"),
FEATURE(is_home_team, "flag", 0, 1, "1 if the home team is in possession, else 0"),
FEATURE(is_first_half, "flag", 0, 1, "1 if quarter <= 2, else 0"),
FEATURE(is_second_half, "flag", 0, 1, "1 if quarter >= 3, else 0"),
FEATURE(score_diff_per_sqrt_time, "points/sqrt(s)", -GW_SCORE_MAX, GW_SCORE_MAX, "(home_score - away_score) / sqrt(time_remaining + 1)"),
FEATURE(spread_line, "points", -GW_LINE_MAX, GW_LINE_MAX, "spread_line, positive: home is the favourite; 0 if unknown"),
FEATURE(spread_by_time, "points", -GW_LINE_MAX, GW_LINE_MAX, "spread_line * time_remaining / 3600; 0 if unknown"),
FEATURE(late_possession, "share", -1, 1,
    "s / sqrt(time_remaining / 60 + 1); s: 1 if home is in possession, else -1"),
FEATURE(late_field_position, "share", -1, 1,
    "late_possession * (1 - field_position / 100); 0.25 of it on a kick-off"),
FEATURE(late_down, "down", -4, 4, "late_possession * down; once if unknown (kick-off)");
/* clang-format on */

#define CLASSIC                                                                                   \
	&f_time_remaining_pct, &f_is_fourth_quarter, &f_quarter, &f_score_diff,                   \
	    &f_current_home_score, &f_current_away_score, &f_is_close_game, &f_is_blowout,        \
	    &f_field_position_pct, &f_down, &f_distance, &f_down_distance_ratio, &f_is_home_team, \
	    &f_is_first_half, &f_is_second_half

static const struct gw_feature *const classic[] = { CLASSIC };
static const struct gw_feature *const full[] = { CLASSIC, &f_score_diff_per_sqrt_time,
	&f_spread_line };
static const struct gw_feature *const extended[] = { CLASSIC, &f_score_diff_per_sqrt_time,
	&f_spread_line, &f_spread_by_time, &f_late_possession, &f_late_field_position,
	&f_late_down };

static const struct gw_feature_set feature_sets[] = {
	{ "classic", "the state of the game on the board: 15 features", classic, GW_N(classic) },
	{ "full", "classic, the lead by time left, and the spread line: 17 features", full,
	    GW_N(full) },
	{ "extended", "full, and four terms of possession and spread: 21 features", extended,
	    GW_N(extended) },
	{ "state", "the margin as a random walk, with expected points; gridwire's own",
	    gw_state_features, GW_STATE_N }
};

size_t
gw_feature_sets(const struct gw_feature_set **sets)
{
	*sets = feature_sets;
	return GW_N(feature_sets);
}

const struct gw_feature_set *
gw_feature_set_find(const char *name)
{
	for (size_t i = 0; i < GW_N(feature_sets); i++)
		if (strcmp(feature_sets[i].name, name) == 0)
			return &feature_sets[i];
	return NULL;
}

static size_t
state_heads(size_t i, const char *heads[GW_FEATURE_HEADS_MAX])
{
	size_t n = 0;

	if (i < GW_STATE_WIN) {
		heads[n++] = GW_HEAD_OWN_NEXT;
		heads[n++] = GW_HEAD_OTHER_NEXT;
	} else if (i < GW_STATE_HOME) {
		for (int line = 0; line < GW_N_LINES; line++)
			if (gw_line_uses((enum gw_line)line, i - GW_STATE_WIN))
				heads[n++] = gw_head_home_wins[line];
	} else {
		heads[n++] = i < GW_STATE_AWAY ? "home_score" : "away_score";
	}
	return n;
}

size_t
gw_feature_heads(const struct gw_feature_set *set, size_t i,
    const char *heads[GW_FEATURE_HEADS_MAX])
{
	if (set->features == gw_state_features)
		return state_heads(i, heads);
	heads[0] = gw_head_home_wins[GW_LINE_SPREAD];
	heads[1] = "home_score";
	heads[2] = "away_score";
	return 3;
}

void
gw_feature_set_hash(const struct gw_feature_set *set, char out[65])
{
	struct gw_sha256 s;

	gw_sha256_init(&s);
	for (size_t i = 0; i < set->n; i++) {
		const struct gw_feature *f = set->features[i];

		gw_sha256_add(&s, f->name, strlen(f->name));
		gw_sha256_add(&s, "\t", 1);
		gw_sha256_add(&s, f->definition, strlen(f->definition));
		gw_sha256_add(&s, "\n", 1);
	}
	gw_sha256_end_hex(&s, out);
}

bool
gw_feature_set_is_derived(const struct gw_feature_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->features[i]->derived != NULL)
			return true;
	return false;
}

void
gw_features(const struct gw_feature_set *set, const struct gw_play *p, double *x)
{
	for (size_t i = 0; i < set->n; i++)
		x[i] = set->features[i]->value != NULL ? set->features[i]->value(p) : 0;
}

void
gw_features_derive(const struct gw_feature_set *set, const struct gw_play *p,
    const struct gw_expected *e, double *x)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->features[i]->derived != NULL)
			x[i] = set->features[i]->derived(p, e);
}

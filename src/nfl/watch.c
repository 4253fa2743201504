/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/watch.h"

#include <math.h>
#include <stdio.h>

#include "ml/metrics.h"
#include "nfl/features.h"
#include "nfl/season.h"

/* A game under way: everything that either outcome will need. */
struct game {
	char			game_id[GW_GAME_ID_MAX];	/* "": free */
	int64_t			seen_ms;
	uint64_t		seen_play;			/* number of the newest play */
	int32_t			play_number, quarter, time_remaining, lead;
	uint32_t		n;
	double			first, last, variation;
	double			log_loss[2], brier[2], expected;	/* away won, home won */
	struct gw_watch_bin	bins[GW_WATCH_BINS];
};

struct gw_watch {
	struct gw_alloc			*alloc;
	const struct gw_predictor	*predictor;
	struct gw_drift_watch		*drift;
	struct gw_watch_totals		 t;
	uint64_t			 n_plays;
	int				 season, trained_season;	/* the newest; 0: none */
	struct game			 games[GW_DRIFT_SLOTS];
};

static int
newest_season(const struct gw_model *model)
{
	int years[GW_SEASONS_MAX];
	int n = gw_seasons_parse(model->trained_on, years, GW_SEASONS_MAX, NULL);

	return n > 0 ? years[n - 1] : 0;
}

struct gw_watch *
gw_watch_new(struct gw_alloc *alloc, const struct gw_model *model, const struct gw_predictor *p)
{
	struct gw_watch *w = gw_alloc_zero(alloc, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->alloc = alloc;
	w->predictor = p;
	w->trained_season = newest_season(model);
	w->drift = gw_drift_watch_new(alloc, model);
	if (w->drift != NULL)
		return w;
	gw_watch_free(w);
	return NULL;
}

void
gw_watch_free(struct gw_watch *w)
{
	if (w == NULL)
		return;
	gw_drift_watch_free(w->drift);
	gw_alloc_free(w->alloc, w);
}

/* ---- the end of a game ---- */

static void
judge(struct gw_watch *w, const struct game *g, int won)
{
	const double keep = exp2(-1.0 / GW_WATCH_HALF);
	double excess = (g->brier[won] - g->expected) / g->n;
	double jump = won - g->last, variation = g->variation + jump * jump;
	double expected = g->first * (1 - g->first);
	struct gw_watch_totals *t = &w->t;

	t->games++;
	t->plays += g->n;
	t->log_loss += g->log_loss[won];
	t->brier += g->brier[won];
	t->brier_expected += g->expected;
	for (size_t b = 0; b < GW_WATCH_BINS; b++) {
		t->bins[b].n += g->bins[b].n;
		t->bins[b].predicted += g->bins[b].predicted;
		t->bins[b].won += won * g->bins[b].n;
	}
	t->recent_plays = keep * t->recent_plays + g->n;
	t->recent_log_loss = keep * t->recent_log_loss + g->log_loss[won];
	t->recent_brier = keep * t->recent_brier + g->brier[won];
	t->excess = keep * t->excess + excess;
	t->excess2 = keep * keep * t->excess2 + excess * excess;
	t->variation = keep * t->variation + variation;
	t->expected = keep * t->expected + expected;
	t->surplus = keep * t->surplus + variation - expected;
	t->surplus2 = keep * keep * t->surplus2 + (variation - expected) * (variation - expected);
}

static bool
is_ending(const struct game *g)
{
	return gw_play_may_be_last(g->quarter, g->time_remaining) && g->lead != 0;
}

static void
settle(struct gw_watch *w, struct game *g)
{
	if (g->game_id[0] == '\0')
		return;
	if (is_ending(g))
		judge(w, g, g->lead > 0);
	else
		w->t.open++;
	(void)gw_drift_watch_end(w->drift, (size_t)(g - w->games));
	*g = (struct game){ .n = 0 };
}

void
gw_watch_settle_all(struct gw_watch *w)
{
	for (size_t i = 0; i < GW_N(w->games); i++)
		settle(w, &w->games[i]);
}

/* ---- plays ---- */

static void
settle_idle(struct gw_watch *w, int64_t now_ms)
{
	for (size_t i = 0; i < GW_N(w->games); i++) {
		struct game *g = &w->games[i];

		if (g->game_id[0] != '\0' && (now_ms - g->seen_ms > GW_WATCH_IDLE_MS ||
		    w->n_plays - g->seen_play > GW_WATCH_IDLE_PLAYS))
			settle(w, g);
	}
}

/* The game's place, or that of the one that was silent for longest. */
static struct game *
place_of(struct gw_watch *w, const char *game_id)
{
	struct game *oldest = &w->games[0];

	for (size_t i = 0; i < GW_N(w->games); i++) {
		struct game *g = &w->games[i];

		if (strcmp(g->game_id, game_id) == 0)
			return g;
		if (g->seen_play < oldest->seen_play)
			oldest = g;
	}
	settle(w, oldest);
	return oldest;
}

static void
add(struct game *g, double p)
{
	size_t bin = p >= 1 ? GW_WATCH_BINS - 1 : (size_t)(p * GW_WATCH_BINS);

	if (g->n == 0)
		g->first = p;
	else
		g->variation += (p - g->last) * (p - g->last);
	g->last = p;
	g->n++;
	for (int won = 0; won < 2; won++) {
		g->log_loss[won] += gw_log_loss_of(p, won);
		g->brier[won] += (p - won) * (p - won);
	}
	g->expected += p * (1 - p);
	g->bins[bin].n++;
	g->bins[bin].predicted += p;
}

void
gw_watch_scored(struct gw_watch *w, const struct gw_play *play, const struct gw_prediction *pr,
    int64_t timestamp_ms)
{
	double x[GW_FEATURES_MAX];
	struct game *g;

	w->n_plays++;
	settle_idle(w, timestamp_ms);
	if ((play->has & GW_HAS_WITHDRAWN) != 0 ||
	    ((play->has & GW_HAS_REVISION) != 0 && play->revision > 0))
		return;
	if ((play->has & GW_HAS_SEASON) != 0 && play->season > w->season)
		w->season = play->season;
	g = place_of(w, play->game_id);
	if (g->n > 0 && play->play_number <= g->play_number)
		return;
	memcpy(g->game_id, play->game_id, sizeof(g->game_id));
	g->seen_ms = timestamp_ms;
	g->seen_play = w->n_plays;
	g->play_number = play->play_number;
	g->quarter = play->quarter;
	g->time_remaining = play->time_remaining;
	g->lead = play->home_score - play->away_score;
	add(g, pr->home_win_prob);
	gw_predictor_features(w->predictor, play, x);
	gw_drift_watch_add(w->drift, (size_t)(g - w->games), x);
}

/* ---- how it stands ---- */

const struct gw_watch_totals *
gw_watch_totals(const struct gw_watch *w)
{
	return &w->t;
}

const struct gw_drift_watch *
gw_watch_drift(const struct gw_watch *w)
{
	return w->drift;
}

size_t
gw_watch_live(const struct gw_watch *w, int64_t now_ms)
{
	size_t n = 0;

	for (size_t i = 0; i < GW_N(w->games); i++) {
		const struct game *g = &w->games[i];

		n += g->game_id[0] != '\0' && !is_ending(g) &&
		    now_ms - g->seen_ms < GW_WATCH_LIVE_MS;
	}
	return n;
}

int
gw_watch_model_age(const struct gw_watch *w)
{
	return w->season > 0 && w->trained_season > 0 ? w->season - w->trained_season : 0;
}

double
gw_watch_calibration_error(const struct gw_watch *w)
{
	double sum = 0;

	for (size_t b = 0; b < GW_WATCH_BINS; b++)
		sum += fabs(w->t.bins[b].predicted - w->t.bins[b].won);
	return w->t.plays > 0 ? sum / w->t.plays : 0;
}

double
gw_watch_calibration_z(const struct gw_watch *w)
{
	return w->t.excess2 > 0 ? w->t.excess / sqrt(w->t.excess2) : 0;
}

double
gw_watch_variation_ratio(const struct gw_watch *w)
{
	return w->t.expected > 0 ? w->t.variation / w->t.expected : 1;
}

double
gw_watch_martingale_z(const struct gw_watch *w)
{
	return w->t.surplus2 > 0 ? w->t.surplus / sqrt(w->t.surplus2) : 0;
}

/* The feature that drifts most; "none", or "not known yet". */
static const char *
worst(const struct gw_drift_watch *d)
{
	size_t at = 0;

	if (d->n_windows == 0)
		return "not known yet";
	if (d->n_drifting == 0)
		return "none";
	for (size_t j = 1; j < d->model->n_features; j++)
		if (d->verdicts[j].ratio > d->verdicts[at].ratio)
			at = j;
	return d->model->features[at].name;
}

void
gw_watch_line(const struct gw_watch *w, char out[GW_WATCH_LINE_MAX])
{
	const struct gw_watch_totals *t = &w->t;

	if (t->games == 0) {
		snprintf(out, GW_WATCH_LINE_MAX, "no game has ended yet");
		return;
	}
	snprintf(out, GW_WATCH_LINE_MAX, "%llu games ended; lately log-loss %.4f, Brier %.4f; "
	    "calibration off by %.3f (z %+.1f); movement %.2f of what it should be (z %+.1f); "
	    "drift: %s", (unsigned long long)t->games, t->recent_log_loss / t->recent_plays,
	    t->recent_brier / t->recent_plays, gw_watch_calibration_error(w),
	    gw_watch_calibration_z(w), gw_watch_variation_ratio(w), gw_watch_martingale_z(w),
	    worst(w->drift));
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/trial.h"

#include <math.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "base/slice.h"
#include "ml/math.h"

void
gw_trial_begin(struct gw_trial *t)
{
	t->n_games = 0;
	t->stopped = NULL;
	t->n_plays = t->n_challenger = t->n_broken = 0;
	t->brier[0] = t->brier[1] = 0;
	gw_sequential_init(&t->test, GW_TRIAL_BOUND);
}

double
gw_trial_point(const char *game_id)
{
	char hex[65];

	gw_sha256_hex(game_id, strlen(game_id), hex);
	hex[8] = '\0';
	return (double)strtoul(hex, NULL, 16) / 4294967296.0;
}

double
gw_trial_evidence(const struct gw_trial *t)
{
	double alpha = t->alpha > 0 ? t->alpha : GW_TRIAL_ALPHA;

	return fmax(0, t->test.log_wealth_max) / -gw_ln(alpha);
}

static bool
is_sound(const struct gw_prediction *p)
{
	return p->home_win_prob >= 0 && p->home_win_prob <= 1 && isfinite(p->home_score_pred) &&
	    isfinite(p->away_score_pred);
}

/* ---- games ---- */

static bool
is_near_its_end(const struct gw_trial_game *g)
{
	return gw_play_may_be_last(g->quarter, g->time_remaining);
}

static void
roll_back(struct gw_trial *t, const char *why)
{
	if (t->stopped == NULL && t->alpha > 0)
		t->stopped = why;
}

static void
end_game(struct gw_trial *t, size_t i)
{
	const struct gw_trial_game *g = &t->games[i];
	const double *loss = g->margin > 0 ? g->if_home : g->if_away;

	if (is_near_its_end(g) && g->margin != 0) {
		for (int m = 0; m < 2; m++)
			t->brier[m] += loss[m] / g->n;
		gw_sequential_add(&t->test, (loss[1] - loss[0]) / g->n);
		if (t->alpha > 0 && gw_sequential_rejects(&t->test, t->alpha))
			roll_back(t, "its loss on the games that ended is higher");
	}
	t->games[i] = t->games[--t->n_games];
}

static void
end_games(struct gw_trial *t, int64_t now_ms)
{
	for (size_t i = t->n_games; i-- > 0;) {
		const struct gw_trial_game *g = &t->games[i];

		if (is_near_its_end(g) && (now_ms - g->heard_ms > GW_TRIAL_QUIET_MS ||
		    t->n_plays - g->heard > GW_TRIAL_QUIET_PLAYS))
			end_game(t, i);
	}
}

static struct gw_trial_game *
find_game(struct gw_trial *t, const struct gw_play *play, int32_t partition)
{
	struct gw_trial_game *g;
	size_t quietest = 0;

	for (size_t i = 0; i < t->n_games; i++) {
		if (strcmp(t->games[i].game_id, play->game_id) == 0 &&
		    t->games[i].partition == partition)
			return &t->games[i];
		if (t->games[i].heard < t->games[quietest].heard)
			quietest = i;
	}
	if (t->n_games == GW_TRIAL_GAMES)
		end_game(t, quietest);
	g = &t->games[t->n_games++];
	*g = (struct gw_trial_game){ .partition = partition, .last_offset = -1 };
	memcpy(g->game_id, play->game_id, sizeof(g->game_id));
	return g;
}

/* A unit that was given up is read again: its plays count once. */
static void
watch(struct gw_trial *t, const struct gw_play *play, const struct gw_play_place *place,
    int64_t timestamp_ms, const double p[2])
{
	struct gw_trial_game *g = find_game(t, play, place->partition);

	if (place->offset <= g->last_offset || (play->has & GW_HAS_WITHDRAWN) != 0)
		return;
	g->last_offset = place->offset;
	g->heard = t->n_plays;
	g->heard_ms = timestamp_ms;
	if (play->revision > 0)
		return;
	g->quarter = play->quarter;
	g->time_remaining = play->time_remaining;
	g->margin = play->home_score - play->away_score;
	g->n++;
	for (int i = 0; i < 2; i++) {
		g->if_home[i] += (1 - p[i]) * (1 - p[i]);
		g->if_away[i] += p[i] * p[i];
	}
	end_games(t, timestamp_ms);
}

/* ---- a play ---- */

void
gw_trial_score(struct gw_trial *t, const struct gw_play *play, const struct gw_play_place *place,
    int64_t timestamp_ms, struct gw_trial_scored *out)
{
	struct gw_prediction champion, challenger;
	double p[2];
	int first;

	gw_predict(t->champion.predictor, play, &champion);
	out->by[0].loaded = &t->champion;
	out->by[0].prediction = champion;
	out->by[1].loaded = NULL;
	if (t->challenger.predictor == NULL || t->stopped != NULL)
		return;
	gw_predict(t->challenger.predictor, play, &challenger);
	t->n_plays++;
	if (!is_sound(&challenger)) {
		t->n_broken++;
		roll_back(t, "a prediction of it is no number");
		return;
	}
	p[0] = champion.home_win_prob;
	p[1] = challenger.home_win_prob;
	watch(t, play, place, timestamp_ms, p);
	first = gw_trial_point(play->game_id) < t->share ? 1 : 0;
	t->n_challenger += first == 1;
	out->by[first].loaded = &t->champion;
	out->by[first].prediction = champion;
	out->by[1 - first].loaded = &t->challenger;
	out->by[1 - first].prediction = challenger;
}

void
gw_trial_put(const struct gw_trial *t, struct gw_buf *out)
{
	const struct gw_sequential *s = &t->test;

	if (t->challenger.predictor == NULL)
		return;
	gw_buf_printf(out, "challenger %s published %llu of %llu plays",
	    gw_predictor_model(t->challenger.predictor), (unsigned long long)t->n_challenger,
	    (unsigned long long)t->n_plays);
	if (s->n > 0)
		gw_buf_printf(out, "; %zu games ended, its Brier score is %+.4f a game against %s",
		    s->n, s->sum / (double)s->n, gw_predictor_model(t->champion.predictor));
	if (t->stopped != NULL)
		gw_buf_printf(out, "; ROLLED BACK: %s", t->stopped);
}

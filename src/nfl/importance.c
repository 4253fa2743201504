/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/importance.h"

#include <math.h>

#include "ml/metrics.h"
#include "nfl/prediction.h"

static const struct {
	const char	*name;
	unsigned	 has;		/* what of it may be unknown */
} inputs[GW_N_INPUTS] = {
	[GW_INPUT_SCORE] = { "score", 0 },
	[GW_INPUT_CLOCK] = { "clock", 0 },
	[GW_INPUT_BALL] = { "who has the ball", 0 },
	[GW_INPUT_FIELD_POSITION] = { "field position", GW_HAS_FIELD_POSITION },
	[GW_INPUT_DOWN] = { "down and distance", GW_HAS_DOWN | GW_HAS_DISTANCE },
	[GW_INPUT_SPREAD_LINE] = { "spread line", GW_HAS_SPREAD_LINE },
	[GW_INPUT_TOTAL_LINE] = { "total line", GW_HAS_TOTAL_LINE },
	[GW_INPUT_RATING_LINE] = { "rating line", GW_HAS_RATING_LINE },
	[GW_INPUT_SECOND_HALF] = { "second half's kick-off", GW_HAS_SECOND_HALF },
	[GW_INPUT_QUARTERBACKS] = { "backup quarterbacks", GW_HAS_HOME_BACKUP_QB |
	    GW_HAS_AWAY_BACKUP_QB },
	[GW_INPUT_TIMEOUTS] = { "time-outs", GW_HAS_HOME_TIMEOUTS | GW_HAS_AWAY_TIMEOUTS }
};

const char *
gw_input_name(enum gw_input i)
{
	return inputs[i].name;
}

void
gw_importance_init(struct gw_importance *i, struct gw_alloc *alloc)
{
	*i = (struct gw_importance){ .alloc = alloc };
}

void
gw_importance_fini(struct gw_importance *i)
{
	gw_alloc_free(i->alloc, i->plays);
}

int
gw_importance_add(struct gw_importance *i, const struct gw_season_play *p)
{
	void *plays = i->plays;

	if (i->seen++ % GW_IMPORTANCE_STEP != 0)
		return 0;
	if (gw_alloc_room(i->alloc, &plays, &i->cap, i->n, sizeof(*i->plays)) != 0)
		return GW_ENOMEM;
	i->plays = plays;
	i->plays[i->n++] = *p;
	return 0;
}

static void
take(struct gw_play *to, const struct gw_play *from, enum gw_input input)
{
	to->has = (to->has & ~inputs[input].has) | (from->has & inputs[input].has);
	switch (input) {
	case GW_INPUT_SCORE:
		to->home_score = from->home_score;
		to->away_score = from->away_score;
		break;
	case GW_INPUT_CLOCK:
		to->quarter = from->quarter;
		to->time_remaining = from->time_remaining;
		break;
	case GW_INPUT_BALL:
		to->is_home_team = from->is_home_team;
		break;
	case GW_INPUT_FIELD_POSITION:
		to->field_position = from->field_position;
		break;
	case GW_INPUT_DOWN:	/* a kick-off is what it is because it has none */
		to->type = from->type;
		to->down = from->down;
		to->distance = from->distance;
		break;
	case GW_INPUT_SPREAD_LINE:
		to->spread_line = from->spread_line;
		break;
	case GW_INPUT_TOTAL_LINE:
		to->total_line = from->total_line;
		break;
	case GW_INPUT_RATING_LINE:
		to->rating_line = from->rating_line;
		break;
	case GW_INPUT_SECOND_HALF:
		to->home_receives_2h = from->home_receives_2h;
		break;
	case GW_INPUT_QUARTERBACKS:
		to->home_backup_qb = from->home_backup_qb;
		to->away_backup_qb = from->away_backup_qb;
		break;
	case GW_INPUT_TIMEOUTS:
		to->home_timeouts = from->home_timeouts;
		to->away_timeouts = from->away_timeouts;
		break;
	case GW_N_INPUTS:
		break;
	}
}

/* The plays of one game: first to end. */
static size_t
end_of_game(const struct gw_importance *i, size_t first)
{
	size_t k = first;

	while (k < i->n && strcmp(i->plays[k].play.game_id, i->plays[first].play.game_id) == 0)
		k++;
	return k;
}

static void
lose(const struct gw_predictor *p, const struct gw_play *play, const struct gw_season_play *truth,
    double loss[2])
{
	struct gw_prediction o;

	gw_predict_unfloored(p, play, &o);
	loss[0] += gw_log_loss_of(o.home_win_prob, truth->result > 0);
	loss[1] += (fabs(o.home_score_pred - truth->final_home) +
	    fabs(o.away_score_pred - truth->final_away)) / 2;
}

/*
 * loss: of all plays, with an input from the next game, the last game's from the first. From half a
 * game later or earlier: two games' n-th plays have nearly the same clock.
 */
static void
measure(const struct gw_importance *i, const struct gw_predictor *p, enum gw_input input,
    double loss[2])
{
	loss[0] = loss[1] = 0;
	for (size_t first = 0, end; first < i->n; first = end) {
		size_t other, n;

		end = end_of_game(i, first);
		other = end < i->n ? end : 0;
		n = end_of_game(i, other) - other;
		for (size_t k = first; k < end; k++) {
			struct gw_play play = i->plays[k].play;

			if (input != GW_N_INPUTS)
				take(&play, &i->plays[other + (k - first + n / 2) % n].play, input);
			lose(p, &play, &i->plays[k], loss);
		}
	}
}

void
gw_importance_measure(const struct gw_importance *i, const struct gw_predictor *p,
    struct gw_importances *out)
{
	double as_it_is[2], with[2];

	*out = (struct gw_importances){ .rows = i->n };
	if (i->n == 0 || end_of_game(i, 0) == i->n)
		return;
	measure(i, p, GW_N_INPUTS, as_it_is);
	for (int input = 0; input < GW_N_INPUTS; input++) {
		measure(i, p, (enum gw_input)input, with);
		out->log_loss[input] = (with[0] - as_it_is[0]) / (double)i->n;
		out->score_error[input] = (with[1] - as_it_is[1]) / (double)i->n;
	}
}

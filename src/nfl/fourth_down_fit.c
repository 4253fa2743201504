/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/fourth_down_fit.h"

#include <assert.h>
#include <stdlib.h>

#include "ml/logistic.h"
#include "nfl/fourth_down.h"

#define LEAST		60	/* observations of each kind, below which there is no fit */
#define SECONDS_MAX	45	/* a play clock: more is a pause, not a play */
#define KNOT_REACH	10

/* Growing columns of what was seen. */
struct gw_fourth_trainer {
	struct gw_alloc		*alloc;
	struct gw_season_play	 before;	/* valid when has_before */
	bool			 has_before;
	struct gw_matrix	 convert, kick;		/* x without the 1, and the outcome last */
	struct gw_matrix	 beyond[GW_FOURTH_DISTANCES], punt[GW_FOURTH_KNOTS];
	double			 failed, start, seconds[GW_N_FOURTH_TIMES];	/* sums */
	size_t			 n_failed, n_start, n_seconds[GW_N_FOURTH_TIMES];
};

struct gw_fourth_trainer *
gw_fourth_trainer_new(struct gw_alloc *alloc)
{
	struct gw_fourth_trainer *t = gw_alloc_zero(alloc, 1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->alloc = alloc;
	gw_matrix_init(&t->convert, alloc, GW_FOURTH_CONVERT_N);
	gw_matrix_init(&t->kick, alloc, GW_FOURTH_KICK_N);
	for (size_t i = 0; i < GW_FOURTH_DISTANCES; i++)
		gw_matrix_init(&t->beyond[i], alloc, 1);
	for (size_t i = 0; i < GW_FOURTH_KNOTS; i++)
		gw_matrix_init(&t->punt[i], alloc, 1);
	return t;
}

void
gw_fourth_trainer_free(struct gw_fourth_trainer *t)
{
	if (t == NULL)
		return;
	gw_matrix_fini(&t->convert);
	gw_matrix_fini(&t->kick);
	for (size_t i = 0; i < GW_FOURTH_DISTANCES; i++)
		gw_matrix_fini(&t->beyond[i]);
	for (size_t i = 0; i < GW_FOURTH_KNOTS; i++)
		gw_matrix_fini(&t->punt[i]);
	gw_alloc_free(t->alloc, t);
}

/* ---- one play and the one after it ---- */

static int
add_row(struct gw_matrix *m, const double *x, double y)
{
	double *row = gw_matrix_add(m);

	if (row == NULL)
		return GW_ENOMEM;
	for (size_t j = 0; j + 1 < m->d; j++)
		row[j] = x[j + 1];	/* the 1 is the fit's intercept */
	row[m->d - 1] = y;
	return 0;
}

static void
note_seconds(struct gw_fourth_trainer *t, enum gw_fourth_time what, const struct gw_play *next)
{
	const struct gw_play *p = &t->before.play;
	int32_t took = p->time_remaining - next->time_remaining;

	if (took < 0 || took > SECONDS_MAX || (p->quarter <= 2) != (next->quarter <= 2))
		return;
	t->seconds[what] += took;
	t->n_seconds[what]++;
}

static int32_t
own_score(const struct gw_play *p, bool home)
{
	return home ? p->home_score : p->away_score;
}

static int
note_try(struct gw_fourth_trainer *t, const struct gw_play *next)
{
	const struct gw_play *p = &t->before.play;
	double x[GW_FOURTH_CONVERT_N];
	bool kept = next->is_home_team == p->is_home_team ||
	    own_score(next, p->is_home_team) > own_score(p, p->is_home_team);
	bool converted = p->yards_gained >= p->distance && kept;
	struct gw_matrix *beyond = &t->beyond[gw_fourth_distance_class(p->distance)];
	int rc;

	gw_fourth_convert_x(p, x);
	if ((rc = add_row(&t->convert, x, converted)) == 0 && converted)
		rc = add_row(beyond, x, p->yards_gained - p->distance);
	if (p->down != 4)
		return rc;
	note_seconds(t, converted ? GW_FOURTH_CONVERTED : GW_FOURTH_FAILED, next);
	if (!converted) {
		t->failed += p->yards_gained;
		t->n_failed++;
	}
	return rc;
}

static int
note_kick(struct gw_fourth_trainer *t, const struct gw_play *next)
{
	const struct gw_play *p = &t->before.play;
	double x[GW_FOURTH_KICK_N];

	gw_fourth_kick_x(p->field_position, x);
	note_seconds(t, GW_FOURTH_KICKED, next);
	return add_row(&t->kick, x,
	    own_score(next, p->is_home_team) == own_score(p, p->is_home_team) + 3);
}

static int
note_punt(struct gw_fourth_trainer *t, const struct gw_play *next)
{
	const struct gw_play *p = &t->before.play;
	double x = 0;
	int rc = 0;

	if (next->is_home_team == p->is_home_team || (next->has & GW_HAS_DOWN) == 0 ||
	    (next->has & GW_HAS_FIELD_POSITION) == 0 || (p->quarter <= 2) != (next->quarter <= 2))
		return 0;
	note_seconds(t, GW_FOURTH_PUNTED, next);
	for (size_t k = 0; k < GW_FOURTH_KNOTS && rc == 0; k++) {
		double away = p->field_position - gw_fourth_knots[k];

		if (away >= -KNOT_REACH && away <= KNOT_REACH)
			rc = add_row(&t->punt[k], &x, next->field_position);
	}
	return rc;
}

static void
note_kickoff(struct gw_fourth_trainer *t, const struct gw_play *next)
{
	if ((next->has & GW_HAS_DOWN) == 0 || next->down != 1 ||
	    next->is_home_team != t->before.play.is_home_team)
		return;
	t->start += next->field_position;
	t->n_start++;
}

static int
note(struct gw_fourth_trainer *t, const struct gw_play *next)
{
	const unsigned needed = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION;
	const struct gw_play *p = &t->before.play;
	bool known = (p->has & needed) == needed && p->quarter <= 4;

	if (p->type == GW_PLAY_KICKOFF)
		note_kickoff(t, next);
	if (!known)
		return 0;
	if ((p->type == GW_PLAY_PASS || p->type == GW_PLAY_RUN) && p->down >= 3 &&
	    (p->has & GW_HAS_YARDS_GAINED) != 0)
		return note_try(t, next);
	if (p->type == GW_PLAY_FIELD_GOAL)
		return note_kick(t, next);
	return p->type == GW_PLAY_PUNT ? note_punt(t, next) : 0;
}

/* After a game's last play the final score is all that shows what it did. */
static int
note_last(struct gw_fourth_trainer *t)
{
	struct gw_play end = t->before.play;

	end.home_score = t->before.final_home;
	end.away_score = t->before.final_away;
	end.has = 0;
	end.time_remaining = 0;
	return t->before.play.type == GW_PLAY_FIELD_GOAL ? note(t, &end) : 0;
}

int
gw_fourth_trainer_add(struct gw_fourth_trainer *t, const struct gw_season_play *s)
{
	int rc = 0;

	if (t->has_before)
		rc = strcmp(t->before.play.game_id, s->play.game_id) == 0 ? note(t, &s->play) :
									   note_last(t);
	t->before = *s;
	t->has_before = true;
	return rc;
}

/* ---- the fits ---- */

static int
ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Sorts the column. */
static void
thirds(struct gw_matrix *m, double out[GW_FOURTH_OUTCOMES])
{
	qsort(m->x, m->n, sizeof(*m->x), ascending);
	for (size_t i = 0; i < GW_FOURTH_OUTCOMES; i++)
		out[i] = m->x[(2 * i + 1) * m->n / (2 * GW_FOURTH_OUTCOMES)];
}

/* Rows of x and the outcome, (n, d); coef (d), the intercept first. */
static int
fit_logistic(struct gw_alloc *alloc, const struct gw_matrix *seen, double *coef,
    struct gw_err *err)
{
	struct gw_logistic fit = { .c = 1, .coef = coef + 1 };
	double *y = gw_alloc_zero(alloc, seen->n, sizeof(*y));
	struct gw_matrix x;
	int rc = y == NULL ? GW_ENOMEM : 0;

	gw_matrix_init(&x, alloc, seen->d - 1);
	for (size_t i = 0; i < seen->n && rc == 0; i++) {
		double *row = gw_matrix_add(&x);

		if (row == NULL)
			rc = GW_ENOMEM;
		else
			memcpy(row, gw_matrix_row(seen, i), x.d * sizeof(*row));
		y[i] = gw_matrix_row(seen, i)[seen->d - 1];
	}
	fit.z = &x;
	fit.y = y;
	if (rc == 0 && (rc = gw_logistic_fit(alloc, &fit, err)) == 0)
		coef[0] = fit.intercept;
	gw_matrix_fini(&x);
	gw_alloc_free(alloc, y);
	return rc;
}

static bool
is_enough(const struct gw_fourth_trainer *t)
{
	bool enough = t->convert.n >= LEAST && t->kick.n >= LEAST && t->n_failed >= LEAST &&
	    t->n_start >= LEAST;

	for (size_t i = 0; i < GW_FOURTH_DISTANCES; i++)
		enough = enough && t->beyond[i].n >= LEAST;
	for (size_t i = 0; i < GW_FOURTH_KNOTS; i++)
		enough = enough && t->punt[i].n >= LEAST;
	for (size_t i = 0; i < GW_N_FOURTH_TIMES; i++)
		enough = enough && t->n_seconds[i] >= LEAST;
	return enough;
}

int
gw_fourth_trainer_fit(struct gw_fourth_trainer *t, struct gw_model *m, struct gw_err *err)
{
	struct gw_fourth_fit f = { 0 };
	int rc = t->has_before ? note_last(t) : 0;

	t->has_before = false;
	if (rc == 0 && !is_enough(t))
		return 0;
	if (rc == 0)
		rc = fit_logistic(t->alloc, &t->convert, f.convert, err);
	if (rc == 0)
		rc = fit_logistic(t->alloc, &t->kick, f.kick, err);
	if (rc == GW_EDATA)
		return 0;		/* one outcome only: made-up data */
	if (rc != 0)
		return gw_err_set(err, rc, "out of memory for fourth downs");
	for (size_t i = 0; i < GW_FOURTH_DISTANCES; i++)
		thirds(&t->beyond[i], f.beyond[i]);
	for (size_t i = 0; i < GW_FOURTH_KNOTS; i++)
		thirds(&t->punt[i], f.punt[i]);
	f.gain_failed = t->failed / (double)t->n_failed;
	f.start = t->start / (double)t->n_start;
	for (size_t i = 0; i < GW_N_FOURTH_TIMES; i++)
		f.seconds[i] = t->seconds[i] / (double)t->n_seconds[i];
	gw_model_set_table(m, GW_FOURTH_TABLE, (const double *)&f, GW_FOURTH_N);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/state_trainer.h"

#include <assert.h>
#include <math.h>

#include "base/slice.h"
#include "ml/linear.h"
#include "ml/td_logistic.h"
#include "nfl/state_fit.h"
#include "nfl/state_model.h"

#define TD_SECONDS	120	/* how much later the label is taken; 30 to 300 differ little */
#define TD_LAMBDA	1
#define SHIFT_SECONDS	1200	/* shifted leads say little about the end of a game */
#define REGULATION	3600
#define OVERTIME	600
#define NEXT_SCORE_MAX	8
#define HISTOGRAM_ROWS	20000	/* deciles need no more */

#define SHIFT_POINTS	10

static const int shifts[] = { 0, -3, -2, -1, 1, 2, 3 };

struct gw_state_trainer *
gw_state_trainer_new(struct gw_alloc *alloc)
{
	struct gw_state_trainer *t = gw_alloc_zero(alloc, 1, sizeof(*t));

	if (t != NULL)
		t->alloc = alloc;
	return t;
}

void
gw_state_trainer_free(struct gw_state_trainer *t)
{
	if (t == NULL)
		return;
	gw_alloc_free(t->alloc, t->rows);
	gw_alloc_free(t->alloc, t);
}

size_t
gw_state_trainer_rows(const struct gw_state_trainer *t)
{
	return t->n;
}

int
gw_state_trainer_add(struct gw_state_trainer *t, const struct gw_season_play *s)
{
	const struct gw_play *p = &s->play;
	void *rows = t->rows;

	if (gw_alloc_room(t->alloc, &rows, &t->cap, t->n, sizeof(*t->rows)) != 0)
		return GW_ENOMEM;
	t->rows = rows;
	if (strcmp(t->last_game, p->game_id) != 0) {
		memcpy(t->last_game, p->game_id, sizeof(t->last_game));
	} else if (t->n > 0) {
		t->rows[t->n - 1].ends_game = false;
	}
	t->rows[t->n++] = (struct gw_state_row){ .has = p->has,
		.type = p->type,
		.quarter = p->quarter,
		.time_remaining = p->time_remaining,
		.home_score = p->home_score,
		.away_score = p->away_score,
		.field_position = p->field_position,
		.down = p->down,
		.distance = p->distance,
		.home_receives_2h = p->home_receives_2h,
		.home_backup_qb = p->home_backup_qb,
		.away_backup_qb = p->away_backup_qb,
		.is_home_team = p->is_home_team,
		.ends_game = true,
		.spread_line = p->spread_line,
		.total_line = p->total_line,
		.rating_line = p->rating_line,
		.final_home = s->final_home,
		.final_away = s->final_away };
	return 0;
}

void
gw_state_play_of(const struct gw_state_row *r, struct gw_play *p)
{
	p->has = r->has;
	p->type = r->type;
	p->quarter = r->quarter;
	p->time_remaining = r->time_remaining;
	p->home_score = r->home_score;
	p->away_score = r->away_score;
	p->field_position = r->field_position;
	p->down = r->down;
	p->distance = r->distance;
	p->home_receives_2h = r->home_receives_2h;
	p->home_backup_qb = r->home_backup_qb;
	p->away_backup_qb = r->away_backup_qb;
	p->is_home_team = r->is_home_team;
	p->spread_line = r->spread_line;
	p->total_line = r->total_line;
	p->rating_line = r->rating_line;
}

int
gw_state_no_memory(struct gw_state_fit *f)
{
	return gw_err_set(f->err, GW_ENOMEM, "out of memory for training on %zu plays", f->t->n);
}

struct gw_head *
gw_state_new_head(struct gw_model *m, const char *name, enum gw_family family)
{
	struct gw_head *h = &m->heads[m->n_heads++];

	memcpy(h->name, name, strlen(name) + 1);
	h->family = family;
	return h;
}

struct fill {
	const struct gw_state_fit	*f;
	double				*x;
	size_t				 first[2], n;	/* of even and odd plays */
};

static void
fill_share(void *arg, unsigned share, unsigned size)
{
	const struct fill *k = arg;
	struct gw_play play = { 0 };
	size_t begin, end;

	gw_pool_share(k->f->t->n, share, size, &begin, &end);
	for (size_t i = begin; i < end; i++) {
		gw_state_play_of(&k->f->t->rows[i], &play);
		for (size_t j = 0; j < k->n; j++)
			k->x[i * k->n + j] = gw_feature_of(
			    gw_state_features[k->first[i % 2] + j], &play, &k->f->e[i]);
	}
}

int
gw_state_fill(struct gw_state_fit *f, struct gw_matrix *x, size_t even, size_t odd, size_t n)
{
	struct fill k = { f, gw_matrix_add_rows(x, f->t->n), { even, odd }, n };

	if (k.x == NULL)
		return GW_ENOMEM;
	gw_pool_run(f->t->pool, fill_share, &k);
	return 0;
}

/* 1: first half, 2: second, 3: overtime. */
static int
half_of(const struct gw_state_row *r)
{
	return r->quarter <= 2 ? 1 : r->quarter <= 4 ? 2 : 3;
}

/*
 * The next score of the half, home minus away, as the change of the score between two plays. After
 * the last play of a game it is what the final score has more.
 */
static double
next_score(const struct gw_state_row *r, double later)
{
	int home = r->final_home - r->home_score, away = r->final_away - r->away_score;

	if (!r->ends_game) {
		if (half_of(r + 1) != half_of(r))
			later = 0;
		home = r[1].home_score - r->home_score;
		away = r[1].away_score - r->away_score;
	} else {
		later = 0;
	}
	return home != 0 || away != 0 ? home - away : later;
}

static double
at_most(double points)
{
	return points < 0 ? 0 : points > NEXT_SCORE_MAX ? NEXT_SCORE_MAX : points;
}

/* own (n), other (n) */
static void
next_scores(const struct gw_state_trainer *t, double *own, double *other)
{
	double later = 0;

	for (size_t i = t->n; i-- > 0;) {
		later = next_score(&t->rows[i], later);
		own[i] = at_most(t->rows[i].is_home_team ? later : -later);
		other[i] = at_most(t->rows[i].is_home_team ? -later : later);
	}
}

struct expecting {
	struct gw_state_fit	*f;
	const struct gw_matrix	*x;
	const struct gw_linear	*fit;
};

static void
expect_share(void *arg, unsigned share, unsigned size)
{
	const struct expecting *k = arg;
	const struct gw_linear *fit = k->fit;
	size_t i, end;

	gw_pool_share(k->x->n, share, size, &i, &end);
	for (; i < end; i++) {
		const double *row = gw_matrix_row(k->x, i);
		double own = fit->targets[0].intercept, other = fit->targets[1].intercept;

		for (size_t j = 0; j < k->x->d; j++) {
			own += fit->targets[0].coef[j] * row[j];
			other += fit->targets[1].coef[j] * row[j];
		}
		k->f->e[i] = (struct gw_expected){ own > 0 ? own : 0, other > 0 ? other : 0 };
	}
}

static int
fit_expected(struct gw_state_fit *f)
{
	size_t n = f->t->n;
	struct gw_head *own = gw_state_new_head(f->m, GW_HEAD_OWN_NEXT, GW_LINEAR);
	struct gw_head *other = gw_state_new_head(f->m, GW_HEAD_OTHER_NEXT, GW_LINEAR);
	double *y = gw_alloc_zero(f->t->alloc, 2 * n, sizeof(*y));
	bool dropped[GW_STATE_WIN];
	struct gw_matrix x;
	struct gw_linear fit = { .z = &x, .n_targets = 2, .dropped = dropped };
	struct expecting k = { f, &x, &fit };
	int rc;

	if (y == NULL)
		return gw_state_no_memory(f);
	fit.pool = f->t->pool;
	fit.targets[0].y = y;
	fit.targets[0].coef = own->coef;
	fit.targets[1].y = y + n;
	fit.targets[1].coef = other->coef;
	gw_matrix_init(&x, f->t->alloc, GW_STATE_WIN);
	if ((rc = gw_state_fill(f, &x, 0, 0, GW_STATE_WIN)) == 0) {
		next_scores(f->t, y, y + n);
		rc = gw_linear_fit(f->t->alloc, &fit, f->err);
	}
	if (rc == 0) {
		own->intercept = fit.targets[0].intercept;
		other->intercept = fit.targets[1].intercept;
		gw_pool_run(f->t->pool, expect_share, &k);
	} else if (rc == GW_ENOMEM) {
		rc = gw_state_no_memory(f);
	}
	gw_matrix_fini(&x);
	gw_alloc_free(f->t->alloc, y);
	return rc;
}

/* Seconds played, also in overtime. */
static int32_t
elapsed(const struct gw_state_row *r)
{
	return r->quarter <= 4 ? REGULATION - r->time_remaining :
				 REGULATION + OVERTIME - r->time_remaining;
}

/* For each play the first one of its game that is TD_SECONDS of play later. */
static void
find_next(const struct gw_state_trainer *t, uint32_t *next)
{
	size_t start = 0;

	while (start < t->n) {
		size_t end = start, j = start;

		while (!t->rows[end++].ends_game)
			continue;
		for (size_t i = start; i < end; i++) {
			int32_t until = elapsed(&t->rows[i]) + TD_SECONDS;

			if (j <= i)
				j = i + 1;
			while (j < end && elapsed(&t->rows[j]) < until)
				j++;
			next[i] = j < end ? (uint32_t)j : GW_TD_END;
		}
		start = end;
	}
}

/* What the fits of the three lines share. */
struct win {
	struct gw_matrix	 all;	/* (n, GW_STATE_WIN_N) */
	struct gw_matrix	 slope;	/* (n, GW_STATE_MOVED_N) */
	double			*margin;	/* (n) */
	uint32_t		*next;	/* (n) */
	unsigned char		*shift;	/* (n) */
};

struct gathering {
	const struct gw_state_trainer	*t;
	struct win			*w;
};

static void
gather_share(void *arg, unsigned share, unsigned size)
{
	const struct gathering *k = arg;
	struct gw_play play = { 0 };
	size_t i, end;

	gw_pool_share(k->t->n, share, size, &i, &end);
	for (; i < end; i++) {
		const struct gw_state_row *r = &k->t->rows[i];

		gw_state_play_of(r, &play);
		gw_state_slope(&play, gw_matrix_row(&k->w->slope, i));
		k->w->margin[i] = r->final_home - r->final_away;
		k->w->shift[i] = r->quarter <= 4 && r->time_remaining > SHIFT_SECONDS;
	}
}

static int
gather_win(struct gw_state_fit *f, struct win *w)
{
	struct gathering k = { f->t, w };
	size_t n = f->t->n;

	w->margin = gw_alloc_zero(f->t->alloc, n, sizeof(*w->margin));
	w->next = gw_alloc_zero(f->t->alloc, n, sizeof(*w->next));
	w->shift = gw_alloc_zero(f->t->alloc, n, sizeof(*w->shift));
	if (w->margin == NULL || w->next == NULL || w->shift == NULL ||
	    gw_matrix_add_rows(&w->slope, n) == NULL ||
	    gw_state_fill(f, &w->all, GW_STATE_WIN, GW_STATE_WIN, GW_STATE_WIN_N) != 0)
		return gw_state_no_memory(f);
	find_next(f->t, w->next);
	gw_pool_run(f->t->pool, gather_share, &k);
	return 0;
}

/* Win terms that a line's head uses. */
struct used {
	size_t	at[GW_STATE_WIN_N], n;
	size_t	moved[GW_STATE_MOVED_N];	/* places in `at` */
};

static void
choose(enum gw_line line, struct used *u)
{
	u->n = 0;
	for (size_t j = 0; j < GW_STATE_WIN_N; j++) {
		if (!gw_line_uses(line, j))
			continue;
		for (size_t q = 0; q < GW_STATE_MOVED_N; q++)
			if (gw_state_moved[q] == gw_state_features[GW_STATE_WIN + j])
				u->moved[q] = u->n;
		u->at[u->n++] = j;
	}
}

struct copy {
	const struct gw_matrix	*from;
	const struct used	*used;
	double			*to;
};

static void
copy_share(void *arg, unsigned share, unsigned size)
{
	const struct copy *c = arg;
	const struct used *u = c->used;
	size_t i, end;

	gw_pool_share(c->from->n, share, size, &i, &end);
	for (; i < end; i++)
		for (size_t j = 0; j < u->n; j++)
			c->to[i * u->n + j] = gw_matrix_row(c->from, i)[u->at[j]];
}

/* z: the terms that the line uses. */
static int
fit_terms(struct gw_state_fit *f, const struct win *w, const struct used *u,
    struct gw_td_logistic *td)
{
	struct gw_matrix z;
	struct copy c = { &w->all, u, NULL };
	int rc;

	gw_matrix_init(&z, f->t->alloc, u->n);
	c.to = gw_matrix_add_rows(&z, w->all.n);
	if (c.to == NULL)
		return gw_state_no_memory(f);
	gw_pool_run(f->t->pool, copy_share, &c);
	td->z = &z;
	td->moved = u->moved;
	rc = gw_td_logistic_fit(f->t->alloc, td, f->err);
	gw_matrix_fini(&z);
	return rc;
}

static int
fit_line(struct gw_state_fit *f, const struct win *w, enum gw_line line)
{
	size_t first = f->m->n_heads - (size_t)line;
	struct gw_head *h = gw_state_new_head(f->m, gw_head_home_wins[line], GW_LOGISTIC);
	double coef[GW_STATE_WIN_N];
	struct gw_td_logistic td = { .v = &w->slope, .margin = w->margin, .next = w->next,
		.shift = w->shift, .unit = SHIFT_POINTS, .n_shifts = GW_N(shifts),
		.lambda = TD_LAMBDA, .pool = f->t->pool, .warm = line > 0, .coef = coef };
	struct used used;
	int rc;

	choose(line, &used);
	/* What the lines have in common ends near to what the first one found. */
	for (size_t j = 0; j < used.n; j++)
		coef[j] = f->m->heads[first].coef[GW_STATE_WIN + used.at[j]];
	memcpy(td.shifts, shifts, sizeof(shifts));
	rc = fit_terms(f, w, &used, &td);
	for (size_t j = 0; j < used.n && rc == 0; j++)
		h->coef[GW_STATE_WIN + used.at[j]] = coef[j];
	if (line == GW_LINE_SPREAD)
		f->log_loss = td.log_loss;
	return rc;
}

static int
fit_win(struct gw_state_fit *f)
{
	struct win w = { 0 };
	int rc;

	gw_matrix_init(&w.all, f->t->alloc, GW_STATE_WIN_N);
	gw_matrix_init(&w.slope, f->t->alloc, GW_STATE_MOVED_N);
	rc = gather_win(f, &w);
	for (int line = 0; line < GW_N_LINES && rc == 0; line++)
		rc = fit_line(f, &w, (enum gw_line)line);
	gw_matrix_fini(&w.all);
	gw_matrix_fini(&w.slope);
	gw_alloc_free(f->t->alloc, w.margin);
	gw_alloc_free(f->t->alloc, w.next);
	gw_alloc_free(f->t->alloc, w.shift);
	return rc;
}

/* Histograms for drift, from plays spread evenly over the training rows. */
struct describing {
	struct gw_state_fit	*f;
	size_t			 n, step;
	double			*columns;	/* (threads, n) */
};

static void
describe_share(void *arg, unsigned share, unsigned size)
{
	const struct describing *k = arg;
	struct gw_state_fit *f = k->f;
	double *column = k->columns + share * k->n;
	struct gw_play play = { 0 };
	size_t j, end;

	gw_pool_share(GW_STATE_N, share, size, &j, &end);
	for (; j < end; j++) {
		const struct gw_feature *g = gw_state_features[j];
		struct gw_model_feature *to = &f->m->features[j];

		for (size_t i = 0; i < k->n; i++) {
			gw_state_play_of(&f->t->rows[i * k->step], &play);
			column[i] = gw_feature_of(g, &play, &f->e[i * k->step]);
		}
		memcpy(to->name, g->name, strlen(g->name) + 1);
		gw_bins_fit(column, k->n, to->edges, to->share);
	}
}

static int
describe(struct gw_state_fit *f)
{
	size_t step = f->t->n / HISTOGRAM_ROWS + 1, n = (f->t->n + step - 1) / step;
	struct describing k = { f, n, step, NULL };

	k.columns = gw_alloc_zero(f->t->alloc, gw_pool_size(f->t->pool) * n, sizeof(double));
	if (k.columns == NULL)
		return gw_state_no_memory(f);
	gw_pool_run(f->t->pool, describe_share, &k);
	gw_alloc_free(f->t->alloc, k.columns);
	return 0;
}

int
gw_state_trainer_fit(struct gw_state_trainer *t, struct gw_pool *pool, struct gw_model *m,
    double *log_loss, struct gw_err *err)
{
	struct gw_state_fit f = { .t = t, .m = m, .err = err };
	int rc;

	assert(m->n_features == GW_STATE_N && m->n_heads == 0 && t->n > 0);
	t->pool = pool;
	f.e = gw_alloc_zero(t->alloc, t->n, sizeof(*f.e));
	rc = f.e == NULL ? gw_state_no_memory(&f) : fit_expected(&f);
	if (rc == 0)
		rc = fit_win(&f);
	if (rc == 0)
		rc = gw_state_fit_scores(&f);
	if (rc == 0)
		rc = describe(&f);
	gw_alloc_free(t->alloc, f.e);
	*log_loss = f.log_loss;
	return rc;
}

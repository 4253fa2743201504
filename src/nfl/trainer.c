/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/trainer.h"

#include <assert.h>

#include "base/slice.h"
#include "ml/linear.h"
#include "ml/logistic.h"
#include "ml/scaler.h"
#include "nfl/prediction.h"

enum { Y_HOME_WIN, Y_HOME_SCORE, Y_AWAY_SCORE, N_TARGETS, Y_GAME = N_TARGETS, Y_SEASON, N_COLUMNS };

static const struct {
	const char	*name;
	enum gw_family	 family;
} heads[N_TARGETS] = {
	{ GW_HEAD_HOME_WIN, GW_LOGISTIC },
	{ GW_HEAD_HOME_SCORE, GW_LINEAR },
	{ GW_HEAD_AWAY_SCORE, GW_LINEAR }
};

void
gw_trainer_init(struct gw_trainer *t, struct gw_alloc *alloc, const struct gw_feature_set *set)
{
	*t = (struct gw_trainer){ .alloc = alloc, .set = set };
	gw_matrix_init(&t->x, alloc, set->n);
	gw_matrix_init(&t->y, alloc, N_COLUMNS);
}

void
gw_trainer_fini(struct gw_trainer *t)
{
	gw_matrix_fini(&t->x);
	gw_matrix_fini(&t->y);
	gw_state_trainer_free(t->state);
	gw_fourth_trainer_free(t->fourth);
}

static bool
is_state(const struct gw_trainer *t)
{
	return t->set->features == gw_state_features;
}

/* Years in ascending order, each once. */
static void
note_year(struct gw_trainer *t, int year)
{
	size_t i = t->n_years;

	while (i > 0 && t->years[i - 1] > year)
		i--;
	if ((i > 0 && t->years[i - 1] == year) || t->n_years == GW_SEASONS_MAX)
		return;
	memmove(t->years + i + 1, t->years + i, (t->n_years - i) * sizeof(t->years[0]));
	t->years[i] = year;
	t->n_years++;
}

static int
add_state(struct gw_trainer *t, const struct gw_season_play *p)
{
	if (t->state == NULL && (t->state = gw_state_trainer_new(t->alloc)) == NULL)
		return GW_ENOMEM;
	return gw_state_trainer_add(t->state, p);
}

static int
add_fourth(struct gw_trainer *t, const struct gw_season_play *p)
{
	if (t->fourth == NULL && (t->fourth = gw_fourth_trainer_new(t->alloc)) == NULL)
		return GW_ENOMEM;
	return gw_fourth_trainer_add(t->fourth, p);
}

static int
add_row(struct gw_trainer *t, const struct gw_season_play *p)
{
	double *x = gw_matrix_add(&t->x), *y = gw_matrix_add(&t->y);

	if (x == NULL || y == NULL)
		return GW_ENOMEM;
	gw_features(t->set, &p->play, x);
	y[Y_HOME_WIN] = p->result > 0;
	y[Y_HOME_SCORE] = p->final_home;
	y[Y_AWAY_SCORE] = p->final_away;
	/* The game is counted after this, when it is a new one. */
	y[Y_GAME] = (double)t->n_games - (strcmp(t->last_game, p->play.game_id) == 0);
	y[Y_SEASON] = p->play.has & GW_HAS_SEASON ? p->play.season : 0;
	return 0;
}

int
gw_trainer_add(void *arg, const struct gw_season_play *p)
{
	struct gw_trainer *t = arg;
	int rc;

	assert(p->has_result && p->result != 0);
	rc = is_state(t) ? add_state(t, p) : add_row(t, p);
	if (rc == 0)
		rc = add_fourth(t, p);
	if (rc != 0)
		return rc;
	if (strcmp(t->last_game, p->play.game_id) != 0) {
		memcpy(t->last_game, p->play.game_id, sizeof(t->last_game));
		t->n_games++;
		if (p->play.has & GW_HAS_SEASON)
			note_year(t, p->play.season);
	}
	return 0;
}

/* Columns one at a time through `scratch` (n): histograms, and the targets gathered. */
static void
copy_column(const struct gw_matrix *m, size_t j, double *out)
{
	for (size_t i = 0; i < m->n; i++)
		out[i] = gw_matrix_row(m, i)[j];
}

static void
describe(const struct gw_trainer *t, struct gw_model *m, double *scratch, double *mean_scale)
{
	size_t d = t->set->n;

	gw_scaler_fit(&t->x, mean_scale, mean_scale + d);
	for (size_t j = 0; j < d; j++) {
		struct gw_model_feature *f = &m->features[j];

		memcpy(f->name, t->set->features[j]->name, strlen(t->set->features[j]->name) + 1);
		f->mean = mean_scale[j];
		f->scale = mean_scale[d + j];
		copy_column(&t->x, j, scratch);
		gw_bins_fit(scratch, t->x.n, f->edges, f->share);
	}
}

static size_t
rows_of(const struct gw_trainer *t)
{
	return t->state != NULL ? gw_state_trainer_rows(t->state) : t->x.n;
}

static void
name_model(const struct gw_trainer *t, struct gw_model *m, const char *name, int64_t seed)
{
	size_t len = strlen(name);

	assert(len < sizeof(m->name));
	memcpy(m->name, name, len + 1);
	memcpy(m->feature_set, t->set->name, strlen(t->set->name) + 1);
	gw_feature_set_hash(t->set, m->feature_hash);
	if (t->n_years > 0)
		gw_seasons_text(t->years, t->n_years, m->trained_on, sizeof(m->trained_on));
	else
		memcpy(m->trained_on, "unknown", sizeof("unknown"));
	m->seed = seed;
	m->n_rows = rows_of(t);
	m->n_groups = t->n_games;
}

static void
name_heads(struct gw_model *m)
{
	m->n_heads = N_TARGETS;
	for (size_t h = 0; h < N_TARGETS; h++) {
		memcpy(m->heads[h].name, heads[h].name, strlen(heads[h].name) + 1);
		m->heads[h].family = heads[h].family;
	}
}

static int
fit_win(struct gw_trainer *t, struct gw_model *m, double *y, struct gw_trained *out,
    struct gw_err *err)
{
	struct gw_head *h = &m->heads[Y_HOME_WIN];
	struct gw_logistic fit = { .z = &t->x, .y = y, .c = 1, .pool = t->pool,
		.coef = h->coef };
	int rc;

	copy_column(&t->y, Y_HOME_WIN, y);
	if ((rc = gw_logistic_fit(t->alloc, &fit, err)) != 0)
		return rc;
	h->intercept = fit.intercept;
	out->log_loss = fit.log_loss;
	out->newton_steps = fit.steps;
	gw_model_metric(m, "train_log_loss", fit.log_loss);
	return 0;
}

/* The win head as trees, on features that are not standardised yet. */
static int
fit_boost(struct gw_trainer *t, struct gw_model *m, double *y, struct gw_trained *out,
    struct gw_err *err)
{
	struct gw_boost *b = t->boost;
	size_t n = t->x.n;
	uint32_t *game = gw_alloc_zero(t->alloc, n, sizeof(*game));
	int32_t *season = gw_alloc_zero(t->alloc, n, sizeof(*season));
	int8_t monotone[GW_MODEL_FEATURES_MAX];
	int rc = GW_ENOMEM;

	copy_column(&t->y, Y_HOME_WIN, y);
	for (size_t i = 0; i < n && game != NULL && season != NULL; i++) {
		game[i] = (uint32_t)gw_matrix_row(&t->y, i)[Y_GAME];
		season[i] = (int32_t)gw_matrix_row(&t->y, i)[Y_SEASON];
	}
	gw_boost_directions(m, monotone);
	b->x = &t->x;
	b->y = y;
	b->game = game;
	b->season = season;
	b->monotone = monotone;
	b->pool = t->pool;
	if (game == NULL || season == NULL)
		gw_err_set(err, rc, "out of memory for training on %zu plays", n);
	else
		rc = gw_boost_fit(t->alloc, b, m, &m->heads[Y_HOME_WIN], err);
	gw_alloc_free(t->alloc, game);
	gw_alloc_free(t->alloc, season);
	b->x = NULL;
	b->y = NULL;
	b->game = NULL;
	b->season = NULL;
	b->monotone = NULL;
	if (rc != 0)
		return rc;
	out->log_loss = b->train_loss;
	gw_model_metric(m, "train_log_loss", b->train_loss);
	gw_model_metric(m, "rounds", (double)b->rounds);
	if (b->n_seasons > 1)
		gw_model_metric(m, "loso_log_loss", b->loso_loss);
	return 0;
}

/* y has room for both targets. */
static int
fit_scores(struct gw_trainer *t, struct gw_model *m, double *y, struct gw_trained *out,
    struct gw_err *err)
{
	struct gw_head *home = &m->heads[Y_HOME_SCORE], *away = &m->heads[Y_AWAY_SCORE];
	struct gw_linear fit = { .z = &t->x,
		.n_targets = 2,
		.dropped = out->dependent,
		.targets = {
		    { .y = y, .coef = home->coef }, { .y = y + t->x.n, .coef = away->coef } } };
	int rc;

	copy_column(&t->y, Y_HOME_SCORE, y);
	copy_column(&t->y, Y_AWAY_SCORE, y + t->x.n);
	if ((rc = gw_linear_fit(t->alloc, &fit, err)) != 0)
		return rc;
	home->intercept = fit.targets[0].intercept;
	away->intercept = fit.targets[1].intercept;
	out->n_dependent = t->set->n - fit.rank;
	return 0;
}

static int
fit_heads(struct gw_trainer *t, struct gw_model *m, struct gw_trained *out, struct gw_err *err)
{
	size_t n = t->x.n, d = t->set->n;
	double *work = gw_alloc_zero(t->alloc, 2 * n + 2 * d, sizeof(*work));
	int rc = 0;

	if (work == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for training on %zu plays", n);
	name_heads(m);
	describe(t, m, work, work + 2 * n);
	if (t->boost != NULL)
		rc = fit_boost(t, m, work, out, err);
	gw_scaler_apply(&t->x, work + 2 * n, work + 2 * n + d);
	if (t->boost == NULL)
		rc = fit_win(t, m, work, out, err);
	if (rc == 0)
		rc = fit_scores(t, m, work, out, err);
	gw_alloc_free(t->alloc, work);
	return rc;
}

static int
fit_state(struct gw_trainer *t, struct gw_model *m, struct gw_trained *out, struct gw_err *err)
{
	int rc = gw_state_trainer_fit(t->state, t->pool, m, &out->log_loss, err);

	if (rc == 0)
		gw_model_metric(m, "train_log_loss", out->log_loss);
	return rc;
}

struct gw_model *
gw_trainer_fit(struct gw_trainer *t, const char *name, int64_t seed, struct gw_trained *out,
    struct gw_err *err)
{
	struct gw_model *m;

	*out = (struct gw_trained){ 0 };
	if (rows_of(t) == 0) {
		gw_err_set(err, GW_EDATA, "no play is left to train on");
		return NULL;
	}
	m = gw_model_new(t->alloc, t->set->n, err);
	if (m == NULL)
		return NULL;
	name_model(t, m, name, seed);
	if ((is_state(t) ? fit_state(t, m, out, err) : fit_heads(t, m, out, err)) == 0 &&
	    gw_fourth_trainer_fit(t->fourth, m, err) == 0)
		return m;
	gw_model_free(m);
	return NULL;
}

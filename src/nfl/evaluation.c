/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/evaluation.h"

#include <assert.h>
#include <math.h>

#include "ml/bootstrap.h"

enum {
	R_P, R_WON, R_HOME, R_AWAY, R_HOME_FLOORED, R_AWAY_FLOORED, R_FINAL_HOME, R_FINAL_AWAY,
	/* What the model is compared with, in pairs: is it there, its probability. */
	R_HAS_REFERENCE, R_REFERENCE, R_HAS_VEGAS, R_VEGAS, R_HAS_OTHER, R_OTHER,
	R_QUARTER, R_SEASON, R_GAME, R_MINUTE, R_HAS_COVER, R_HOME_COVER, R_AWAY_COVER,
	R_OTHER_ERROR,			/* of its final scores, the mean of both */
	N_R
};

void
gw_evaluator_init(struct gw_evaluator *e, struct gw_alloc *alloc, const struct gw_predictor *p)
{
	*e = (struct gw_evaluator){ .alloc = alloc, .predictor = p };
	gw_matrix_init(&e->rows, alloc, N_R);
}

void
gw_evaluator_fini(struct gw_evaluator *e)
{
	gw_matrix_fini(&e->rows);
}

static void
add_other(const struct gw_evaluator *e, const struct gw_season_play *p, double *row)
{
	struct gw_prediction other = { .home_win_prob = 0.5 };

	row[R_HAS_OTHER] = e->other != NULL;
	if (e->other != NULL) {
		gw_predict_unfloored(e->other, &p->play, &other);
		gw_predict_floor(&p->play, &other);
	}
	row[R_OTHER] = other.home_win_prob;
	row[R_OTHER_ERROR] = (fabs(other.home_score_pred - p->final_home) +
	    fabs(other.away_score_pred - p->final_away)) / 2;
}

/* The 60th minute's last second is still its own. */
static int
minute_of(const struct gw_play *p)
{
	int at = (3600 - p->time_remaining) / 60;

	return p->quarter >= GW_QUARTERS ? GW_MINUTES - 1 :
	    at < GW_MINUTES - 2 ? at : GW_MINUTES - 2;
}

int
gw_evaluator_add(struct gw_evaluator *e, const struct gw_season_play *p, struct gw_prediction *out)
{
	double *row = gw_matrix_add(&e->rows);
	struct gw_prediction raw, published;

	if (row == NULL)
		return GW_ENOMEM;
	assert(p->has_result && p->result != 0);
	if (strcmp(e->last_game, p->play.game_id) != 0) {
		memcpy(e->last_game, p->play.game_id, sizeof(e->last_game));
		e->n_games++;
	}
	gw_predict_unfloored(e->predictor, &p->play, &raw);
	published = raw;
	gw_predict_floor(&p->play, &published);
	row[R_P] = published.home_win_prob;
	row[R_WON] = p->result > 0;
	row[R_HOME] = raw.home_score_pred;
	row[R_AWAY] = raw.away_score_pred;
	row[R_HOME_FLOORED] = published.home_score_pred;
	row[R_AWAY_FLOORED] = published.away_score_pred;
	row[R_FINAL_HOME] = p->final_home;
	row[R_FINAL_AWAY] = p->final_away;
	row[R_HAS_COVER] = published.has_band;
	row[R_HOME_COVER] = published.home_score_lo <= p->final_home &&
	    p->final_home <= published.home_score_hi;
	row[R_AWAY_COVER] = published.away_score_lo <= p->final_away &&
	    p->final_away <= published.away_score_hi;
	row[R_HAS_REFERENCE] = p->has_reference;
	row[R_REFERENCE] = p->reference_wp;
	row[R_HAS_VEGAS] = p->has_vegas;
	row[R_VEGAS] = p->vegas_wp;
	add_other(e, p, row);
	row[R_QUARTER] = p->play.quarter < GW_QUARTERS ? p->play.quarter : GW_QUARTERS;
	row[R_SEASON] = p->play.has & GW_HAS_SEASON ? p->play.season : 0;
	row[R_GAME] = (double)(e->n_games - 1);
	row[R_MINUTE] = minute_of(&p->play);
	if (out == NULL)
		return 0;
	*out = published;
	gw_predict_advise(e->predictor, &p->play, out);
	return 0;
}

/* The rows whose column `by` is `label` (by < 0: all), column by column, in work (N_R, n). */
struct part {
	const struct gw_matrix	*rows;
	double			*work;
	int			 by, label;
	size_t			 n;
};

static bool
in_part(const struct part *p, const double *row)
{
	return p->by < 0 || row[p->by] == p->label;
}

static const double *
column(const struct part *p, int c)
{
	return p->work + (size_t)c * p->rows->n;
}

static void
gather(struct part *p)
{
	p->n = 0;
	for (size_t i = 0; i < p->rows->n; i++) {
		const double *row = gw_matrix_row(p->rows, i);

		if (!in_part(p, row))
			continue;
		for (size_t c = 0; c < N_R; c++)
			p->work[c * p->rows->n + p->n] = row[c];
		p->n++;
	}
}

static double
mean(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum / (double)n;
}

static int
judge(struct gw_alloc *alloc, struct part *p, struct gw_slice_metrics *out)
{
	int rc;

	gather(p);
	*out = (struct gw_slice_metrics){ .label = p->label, .rows = p->n };
	if (p->n == 0)
		return 0;
	if ((rc = gw_binary_metrics(alloc, column(p, R_P), column(p, R_WON), p->n, &out->win)) != 0)
		return rc;
	gw_error_metrics(column(p, R_HOME), column(p, R_FINAL_HOME), p->n, &out->home);
	gw_error_metrics(column(p, R_AWAY), column(p, R_FINAL_AWAY), p->n, &out->away);
	gw_error_metrics(column(p, R_HOME_FLOORED), column(p, R_FINAL_HOME), p->n,
	    &out->home_floored);
	gw_error_metrics(column(p, R_AWAY_FLOORED), column(p, R_FINAL_AWAY), p->n,
	    &out->away_floored);
	out->has_cover = column(p, R_HAS_COVER)[0] != 0;
	out->home_cover = mean(column(p, R_HOME_COVER), p->n);
	out->away_cover = mean(column(p, R_AWAY_COVER), p->n);
	return 0;
}

static int
judge_parts(const struct gw_evaluator *e, double *work, struct gw_evaluation *out)
{
	struct part p = { .rows = &e->rows, .work = work, .by = -1 };
	int rc;

	if ((rc = judge(e->alloc, &p, &out->all)) != 0)
		return rc;
	p.by = R_QUARTER;
	for (p.label = 1; p.label <= GW_QUARTERS; p.label++)
		if ((rc = judge(e->alloc, &p, &out->by_quarter[p.label - 1])) != 0)
			return rc;
	p.by = R_SEASON;
	for (size_t i = 0; i < e->rows.n && out->n_seasons < GW_SEASONS_MAX; i++) {
		int season = (int)gw_matrix_row(&e->rows, i)[R_SEASON];

		if (out->n_seasons > 0 && out->by_season[out->n_seasons - 1].label >= season)
			continue;	/* seasons come in ascending order */
		p.label = season;
		if ((rc = judge(e->alloc, &p, &out->by_season[out->n_seasons++])) != 0)
			return rc;
	}
	return 0;
}

static double
log_loss_of(const double *row, int column)
{
	return column == R_OTHER_ERROR ?
	    (fabs(row[R_HOME_FLOORED] - row[R_FINAL_HOME]) +
		fabs(row[R_AWAY_FLOORED] - row[R_FINAL_AWAY])) / 2 :
	    gw_log_loss_of(row[column < 0 ? R_P : column], row[R_WON]);
}

static void
judge_minutes(const struct gw_evaluator *e, struct gw_evaluation *out)
{
	for (size_t i = 0; i < e->rows.n; i++) {
		const double *row = gw_matrix_row(&e->rows, i);
		struct gw_minute_loss *m = &out->by_minute[(size_t)row[R_MINUTE]];

		m->rows++;
		m->log_loss += log_loss_of(row, R_P);
		if (row[R_HAS_REFERENCE] == 0)
			continue;
		m->reference_rows++;
		m->reference += log_loss_of(row, R_REFERENCE);
	}
	for (size_t k = 0; k < GW_MINUTES; k++) {
		struct gw_minute_loss *m = &out->by_minute[k];

		m->log_loss /= m->rows > 0 ? (double)m->rows : 1;
		m->reference /= m->reference_rows > 0 ? (double)m->reference_rows : 1;
	}
}

/* What a row lost by the model, and by what it is compared with; -1: with nothing. */
static void
losses(const double *row, int beside, double *model, double *other)
{
	*model = log_loss_of(row, beside == R_OTHER_ERROR ? R_OTHER_ERROR : R_P);
	*other = beside < 0 ? 0 :
	    beside == R_OTHER_ERROR ? row[R_OTHER_ERROR] : log_loss_of(row, beside);
}

static bool
counts(const double *row, int beside)
{
	return beside < 0 || row[beside == R_OTHER_ERROR ? R_HAS_OTHER : beside - 1] != 0;
}

/*
 * Per game, over the rows that count: sum of a loss and number of rows. Games without rows are
 * left out; how many remain.
 */
static size_t
sum_games(const struct gw_evaluator *e, int beside, double *sum, double *count,
    struct gw_paired *out)
{
	size_t kept = 0;

	memset(sum, 0, e->n_games * sizeof(*sum));
	memset(count, 0, e->n_games * sizeof(*count));
	*out = (struct gw_paired){ 0 };
	for (size_t i = 0; i < e->rows.n; i++) {
		const double *row = gw_matrix_row(&e->rows, i);
		size_t g = (size_t)row[R_GAME];
		double model, other;

		if (!counts(row, beside))
			continue;
		losses(row, beside, &model, &other);
		out->model_log_loss += model;
		out->log_loss += other;
		out->rows++;
		sum[g] += model - other;
		count[g] += 1;
	}
	for (size_t g = 0; g < e->n_games; g++) {
		if (count[g] == 0)
			continue;
		sum[kept] = sum[g];
		count[kept++] = count[g];
	}
	if (out->rows > 0) {
		out->model_log_loss /= (double)out->rows;
		out->log_loss /= (double)out->rows;
	}
	return out->games = kept;
}

static int
interval(const struct gw_evaluator *e, uint64_t seed, double *work, int beside,
    struct gw_paired *out)
{
	struct gw_bootstrap b = {
		.sum = work, .count = work + e->n_games, .draws = GW_EVALUATION_DRAWS, .seed = seed
	};
	int rc;

	b.n_groups = sum_games(e, beside, work, work + e->n_games, out);
	if (b.n_groups == 0)
		return 0;
	if ((rc = gw_bootstrap(e->alloc, &b)) != 0)
		return rc;
	out->diff = b.mean;
	out->lo = b.lo;
	out->hi = b.hi;
	return 0;
}

static int
intervals(const struct gw_evaluator *e, uint64_t seed, double *work, struct gw_evaluation *out)
{
	struct gw_paired alone;
	int rc;

	if ((rc = interval(e, seed, work, -1, &alone)) != 0 ||
	    (rc = interval(e, seed, work, R_REFERENCE, &out->reference)) != 0 ||
	    (rc = interval(e, seed, work, R_VEGAS, &out->vegas)) != 0 ||
	    (rc = interval(e, seed, work, R_OTHER, &out->other)) != 0)
		return rc;
	out->log_loss_lo = alone.lo;
	out->log_loss_hi = alone.hi;
	return interval(e, seed, work, R_OTHER_ERROR, &out->other_score);
}

int
gw_evaluator_finish(const struct gw_evaluator *e, uint64_t seed, struct gw_evaluation *out,
    struct gw_err *err)
{
	double *work;
	int rc;

	if (e->rows.n == 0)
		return gw_err_set(err, GW_EDATA, "no play is left to evaluate on");
	memset(out, 0, sizeof(*out));
	out->games = e->n_games;
	/*
	 * N_R columns of the rows; the intervals need two numbers a game, and no game has fewer
	 * rows than 1.
	 */
	work = gw_alloc_zero(e->alloc, e->rows.n * N_R, sizeof(*work));
	rc = work == NULL ? GW_ENOMEM : judge_parts(e, work, out);
	if (rc == 0)
		judge_minutes(e, out);
	if (rc == 0)
		rc = intervals(e, seed, work, out);
	gw_alloc_free(e->alloc, work);
	if (rc != 0)
		gw_err_set(err, rc, "out of memory for an evaluation of %zu plays", e->rows.n);
	return rc;
}

static void
put_metrics(struct gw_json_out *w, const struct gw_slice_metrics *m)
{
	gw_json_kv_num(w, "log_loss", m->win.log_loss);
	gw_json_kv_num(w, "brier", m->win.brier);
	gw_json_kv_num(w, "auc", m->win.auc);
	gw_json_kv_num(w, "ece", m->win.ece);
	gw_json_kv_num(w, "home_mae", m->home.mae);
	gw_json_kv_num(w, "away_mae", m->away.mae);
	gw_json_kv_num(w, "home_rmse", m->home.rmse);
	gw_json_kv_num(w, "away_rmse", m->away.rmse);
	gw_json_kv_num(w, "home_mae_floored", m->home_floored.mae);
	gw_json_kv_num(w, "away_mae_floored", m->away_floored.mae);
	if (m->has_cover) {
		gw_json_kv_num(w, "home_cover", m->home_cover);
		gw_json_kv_num(w, "away_cover", m->away_cover);
	}
}

static void
put_parts(struct gw_json_out *w, const char *key, const char *label,
    const struct gw_slice_metrics *parts, size_t n)
{
	gw_json_key(w, key);
	gw_json_array(w);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].rows == 0)
			continue;
		gw_json_object(w);
		gw_json_kv_int(w, label, parts[i].label);
		gw_json_kv_int(w, "rows", (int64_t)parts[i].rows);
		put_metrics(w, &parts[i]);
		gw_json_object_end(w);
	}
	gw_json_array_end(w);
}

static void
put_calibration(struct gw_json_out *w, const struct gw_binary_metrics *m)
{
	gw_json_key(w, "calibration");
	gw_json_array(w);
	for (size_t b = 0; b < GW_ECE_BINS; b++) {
		if (m->bins[b].n == 0)
			continue;
		gw_json_object(w);
		gw_json_kv_int(w, "rows", (int64_t)m->bins[b].n);
		gw_json_kv_num(w, "predicted", m->bins[b].mean_p);
		gw_json_kv_num(w, "observed", m->bins[b].mean_y);
		gw_json_object_end(w);
	}
	gw_json_array_end(w);
}

void
gw_paired_json(struct gw_json_out *w, const char *key, const char *name, const struct gw_paired *p)
{
	gw_json_key(w, key);
	if (p->rows == 0) {
		gw_json_null(w);
		return;
	}
	gw_json_object(w);
	gw_json_kv_str(w, "name", gw_str(name));
	gw_json_kv_int(w, "rows", (int64_t)p->rows);
	gw_json_kv_int(w, "games", (int64_t)p->games);
	gw_json_kv_num(w, "log_loss", p->log_loss);
	gw_json_kv_num(w, "model_log_loss", p->model_log_loss);
	gw_json_kv_num(w, "diff", p->diff);
	gw_json_kv_num(w, "lo", p->lo);
	gw_json_kv_num(w, "hi", p->hi);
	gw_json_object_end(w);
}

static void
put_minutes(struct gw_json_out *w, const struct gw_evaluation *e)
{
	gw_json_key(w, "by_minute");
	gw_json_array(w);
	for (int k = 0; k < GW_MINUTES; k++) {
		const struct gw_minute_loss *m = &e->by_minute[k];

		if (m->rows == 0)
			continue;
		gw_json_object(w);
		gw_json_kv_int(w, "minute", k);
		gw_json_kv_int(w, "rows", (int64_t)m->rows);
		gw_json_kv_num(w, "log_loss", m->log_loss);
		if (m->reference_rows > 0)
			gw_json_kv_num(w, "reference_log_loss", m->reference);
		gw_json_object_end(w);
	}
	gw_json_array_end(w);
}

void
gw_evaluation_json(struct gw_buf *out, const struct gw_evaluation *e, const char *model,
    const char *seasons, const struct gw_season_counts *counts)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "model", gw_str(model));
	gw_json_kv_str(&w, "seasons", gw_str(seasons));
	gw_json_kv_int(&w, "rows", (int64_t)e->all.rows);
	gw_json_kv_int(&w, "games", (int64_t)e->games);
	gw_json_key(&w, "dropped");
	gw_json_object(&w);
	for (int d = 0; d < GW_N_DROPS; d++)
		gw_json_kv_int(&w, gw_drop_name((enum gw_drop)d), (int64_t)counts->dropped[d]);
	gw_json_object_end(&w);
	put_metrics(&w, &e->all);
	gw_json_kv_num(&w, "log_loss_lo", e->log_loss_lo);
	gw_json_kv_num(&w, "log_loss_hi", e->log_loss_hi);
	put_calibration(&w, &e->all.win);
	put_parts(&w, "by_quarter", "quarter", e->by_quarter, GW_QUARTERS);
	put_parts(&w, "by_season", "season", e->by_season, e->n_seasons);
	put_minutes(&w, e);
	gw_paired_json(&w, "reference", GW_REFERENCE_NAME, &e->reference);
	if (e->vegas.rows > 0)
		gw_paired_json(&w, "vegas", GW_VEGAS_NAME, &e->vegas);
	if (e->other.rows > 0)
		gw_paired_json(&w, "other", e->other_name, &e->other);
	gw_json_object_end(&w);
}

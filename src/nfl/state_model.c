/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/state_model.h"

#include "ml/math.h"

#define TRY_POINTS 0.95		/* a kick for one point: 94 %; a try for two: 48 % */
#define KEPT	   0.995	/* a lead that is run out; in six seasons no such lead was lost */
#define TRY_YARDS  15		/* tries are from the 2 or the 15 yard line */

const char *const gw_head_home_wins[GW_N_LINES] = { GW_HEAD_HOME_WIN, "home_win_rating",
	"home_win_none" };

static const struct gw_head *
bind(const struct gw_model *m, const char *name, enum gw_family family, struct gw_err *err)
{
	const struct gw_head *h = gw_model_head(m, name);

	if (h != NULL && h->family == family)
		return h;
	gw_err_set(err, GW_EDATA, "model %s:%d: no %s head %s, so it cannot score plays", m->name,
	    (int)m->version, gw_family_name(family), name);
	return NULL;
}

int
gw_state_bind(struct gw_state_heads *h, const struct gw_model *m, struct gw_err *err)
{
	*h = (struct gw_state_heads){ .model = m, .plain = true };
	for (size_t j = 0; j < m->n_features; j++)
		h->plain = h->plain && m->features[j].mean == 0 && m->features[j].scale == 1;
	for (int line = 0; line < GW_N_LINES; line++)
		if ((h->win[line] = bind(m, gw_head_home_wins[line], GW_LOGISTIC, err)) == NULL)
			return GW_EDATA;
	if ((h->own_next = bind(m, GW_HEAD_OWN_NEXT, GW_LINEAR, err)) == NULL ||
	    (h->other_next = bind(m, GW_HEAD_OTHER_NEXT, GW_LINEAR, err)) == NULL ||
	    (h->home = bind(m, GW_HEAD_HOME_SCORE, GW_LINEAR, err)) == NULL ||
	    (h->away = bind(m, GW_HEAD_AWAY_SCORE, GW_LINEAR, err)) == NULL)
		return GW_EDATA;
	if (m->bands == NULL)
		return gw_err_set(err, GW_EDATA, "model %s:%d: no bands, so it cannot score plays",
		    m->name, (int)m->version);
	return 0;
}

/* The sum of a head over features first to first + n, which are the only ones it uses. */
static double
sum(const struct gw_state_heads *h, const struct gw_head *head, const double *x, size_t first,
    size_t n)
{
	const struct gw_model_feature *f = h->model->features;
	double s = 0;

	for (size_t j = first; j < first + n && h->plain; j++)
		s += head->coef[j] * x[j];
	for (size_t j = first; j < first + n && !h->plain; j++)
		if (x[j] != 0 || f[j].mean != 0)
			s += head->coef[j] * ((x[j] - f[j].mean) / f[j].scale);
	return head->intercept + s;
}

static bool
is_try(const struct gw_play *p)
{
	if (p->type == GW_PLAY_EXTRA_POINT)
		return true;
	return !(p->has & GW_HAS_DOWN) && (p->type == GW_PLAY_PASS || p->type == GW_PLAY_RUN) &&
	    (!(p->has & GW_HAS_FIELD_POSITION) || p->field_position <= TRY_YARDS);
}

static struct gw_expected
expect(const struct gw_state_heads *h, const double *x)
{
	const double *by_own = h->own_next->coef, *by_other = h->other_next->coef;
	double own = 0, other = 0;

	if (!h->plain) {
		own = sum(h, h->own_next, x, 0, GW_STATE_WIN);
		other = sum(h, h->other_next, x, 0, GW_STATE_WIN);
	} else {
		for (size_t j = 0; j < GW_STATE_WIN; j++) {
			own += by_own[j] * x[j];
			other += by_other[j] * x[j];
		}
		own += h->own_next->intercept;
		other += h->other_next->intercept;
	}
	return (struct gw_expected){ .own = own > 0 ? own : 0, .other = other > 0 ? other : 0 };
}

static struct gw_expected
expect_after_try(const struct gw_state_heads *h, const struct gw_play *p)
{
	struct gw_play kick = *p;
	double x[GW_STATE_WIN];
	struct gw_expected after;

	kick.type = GW_PLAY_KICKOFF;
	kick.is_home_team = !p->is_home_team;
	kick.has &= ~(unsigned)(GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION);
	gw_state_situation(&kick, x);
	after = expect(h, x);
	return (struct gw_expected){ .own = TRY_POINTS + after.other, .other = after.own };
}

void
gw_state_values(const struct gw_state_heads *h, const struct gw_play *p, double *x)
{
	struct gw_expected e;

	gw_state_situation(p, x);
	e = is_try(p) ? expect_after_try(h, p) : expect(h, x);
	for (size_t j = GW_STATE_WIN; j < GW_STATE_N; j++)
		x[j] = gw_feature_of(gw_state_features[j], p, &e);
}

/* Points a side may expect, up to what the bands make of them. */
static double
to_come(const struct gw_state_heads *h, const struct gw_head *head, const double *x, size_t first)
{
	double f = sum(h, head, x, first, GW_STATE_LINEAR_N);

	return head->trees != NULL ? gw_trees_sum(head->trees, f, x) : f;
}

/* to[LO..HI] become final scores, never below the board and in ascending order. */
static void
final_score(const struct gw_state_heads *h, const struct gw_play *p, double mean, int32_t board,
    double to[GW_BAND_ROWS])
{
	gw_bands_at(h->model->bands, gw_state_phase(p), mean, to);
	for (int r = GW_BAND_LO; r < GW_BAND_ROWS; r++)
		to[r] = board + (to[r] > 0 ? to[r] : 0);
}

static double
home_wins(const struct gw_state_heads *h, const struct gw_play *p, const struct gw_head *win,
    const double *x)
{
	double chance = gw_sigmoid(sum(h, win, x, GW_STATE_WIN, GW_STATE_WIN_N));

	if (!gw_state_is_kept(p))
		return chance;
	return p->home_score > p->away_score ? (chance > KEPT ? chance : KEPT) :
					       (chance < 1 - KEPT ? chance : 1 - KEPT);
}

void
gw_state_predict(const struct gw_state_heads *h, const struct gw_play *p, struct gw_prediction *out)
{
	enum gw_line line = gw_line_of(p);
	double x[GW_STATE_N], home[GW_BAND_ROWS], away[GW_BAND_ROWS];

	gw_state_values(h, p, x);
	final_score(h, p, to_come(h, h->home, x, GW_STATE_HOME), p->home_score, home);
	final_score(h, p, to_come(h, h->away, x, GW_STATE_AWAY), p->away_score, away);
	*out = (struct gw_prediction){
		.home_win_prob = home_wins(h, p, h->win[line], x),
		.home_score_pred = home[GW_BAND_MID],
		.away_score_pred = away[GW_BAND_MID],
		.has_band = true,
		.home_score_lo = home[GW_BAND_LO],
		.home_score_hi = home[GW_BAND_HI],
		.away_score_lo = away[GW_BAND_LO],
		.away_score_hi = away[GW_BAND_HI],
		.line = gw_line_name(line)
	};
}

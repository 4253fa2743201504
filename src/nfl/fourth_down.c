/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/fourth_down.h"

#include "ml/math.h"
#include "nfl/state.h"

#define HALF		1800
#define QUARTER		900
#define TOUCHDOWN	7
#define FIELD_GOAL	3
#define SPOT_BEHIND	7	/* a kick is held so far behind the line */
#define TOUCHBACK	80
#define TIMEOUTS_LEFT	1	/* when nobody says how many */

const double gw_fourth_knots[GW_FOURTH_KNOTS] = { 35, 45, 55, 65, 75, 85, 95 };

static const char *const names[] = { "", "go", "punt", "field_goal" };

const char *
gw_fourth_name(enum gw_fourth_choice c)
{
	return names[c];
}

enum gw_fourth_choice
gw_fourth_chosen(const struct gw_play *p)
{
	switch (p->type) {
	case GW_PLAY_PASS:
	case GW_PLAY_RUN:
		return GW_FOURTH_GO;
	case GW_PLAY_PUNT:
		return GW_FOURTH_PUNT;
	case GW_PLAY_FIELD_GOAL:
		return GW_FOURTH_KICK;
	default:
		return GW_FOURTH_NONE;
	}
}

double
gw_fourth_value(const struct gw_fourth_down *d, enum gw_fourth_choice c)
{
	return c == GW_FOURTH_GO ? d->go : c == GW_FOURTH_PUNT ? d->punt : d->field_goal;
}

size_t
gw_fourth_distance_class(int32_t distance)
{
	return distance <= 2 ? 0 : distance <= 6 ? 1 : 2;
}

void
gw_fourth_convert_x(const struct gw_play *p, double *x)
{
	double spread = p->has & GW_HAS_SPREAD_LINE ? p->spread_line : 0;
	double distance = p->distance < 1 ? 1 : p->distance;

	x[0] = 1;
	x[1] = gw_ln(distance);
	x[2] = distance / 10;
	x[3] = p->distance >= p->field_position;
	x[4] = p->down == 4;
	x[5] = (p->is_home_team ? spread : -spread) / 10;
}

void
gw_fourth_kick_x(int32_t field_position, double *x)
{
	double k = (field_position + GW_FOURTH_ATTEMPT_YARDS) / 10.0;

	x[0] = 1;
	x[1] = k;
	x[2] = k * k;
}

bool
gw_fourth_of_model(const struct gw_model *m, struct gw_fourth_fit *out)
{
	const struct gw_model_table *t = gw_model_table(m, GW_FOURTH_TABLE);

	if (t == NULL || t->n != GW_FOURTH_N)
		return false;
	memcpy(out, t->v, sizeof(*out));
	return true;
}

/* ---- what a state is worth ---- */

struct asked {
	const struct gw_fourth_fit	*f;
	const struct gw_predictor	*p;
	const struct gw_play		*play;
};

static double
sum_of(const double *coef, const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += coef[i] * x[i];
	return sum;
}

static void
score(struct gw_play *p, bool home, int32_t points)
{
	if (home)
		p->home_score += points;
	else
		p->away_score += points;
}

/* The home team's chance when the clock has run out. */
static double
final_chance(const struct gw_play *p)
{
	return p->home_score > p->away_score ? 1 : p->home_score < p->away_score ? 0 : 0.5;
}

/* The second half begins; without a word about who receives, the team that does not decide. */
static void
half_time(const struct asked *a, struct gw_play *s)
{
	s->time_remaining = HALF;
	s->quarter = 3;
	s->is_home_team = s->has & GW_HAS_SECOND_HALF ? s->home_receives_2h == 1 :
							!a->play->is_home_team;
	s->field_position = (int32_t)(a->f->start + 0.5);
}

/* Who leads and has the ball kneels three times when that is enough: then it has won. */
static bool
is_over(const struct gw_play *s)
{
	bool home = s->is_home_team;
	int32_t lead = home ? s->home_score - s->away_score : s->away_score - s->home_score;
	bool known = (s->has & (home ? GW_HAS_AWAY_TIMEOUTS : GW_HAS_HOME_TIMEOUTS)) != 0;
	int32_t timeouts = !known ? TIMEOUTS_LEFT : home ? s->away_timeouts : s->home_timeouts;

	if (s->time_remaining <= 0)
		return true;
	return lead > 0 && s->time_remaining <= gw_kneel_seconds(1, timeouts);
}

/*
 * The chance to win, of the team that decides, with the ball at `field_position` from then on; the
 * play took some seconds and brought points.
 */
static double
worth(const struct asked *a, bool own_ball, double field_position, enum gw_fourth_time took,
    int32_t points)
{
	bool home = a->play->is_home_team;
	struct gw_play s = *a->play;
	struct gw_prediction pr;
	double chance;
	int32_t yards = (int32_t)(field_position + 0.5);

	score(&s, home, points);
	s.is_home_team = own_ball ? home : !home;
	s.field_position = yards < 1 ? 1 : yards > 99 ? 99 : yards;
	s.time_remaining -= (int32_t)(a->f->seconds[took] + 0.5);
	if (is_over(&s)) {
		chance = final_chance(&s);
		return home ? chance : 1 - chance;
	}
	if (s.quarter <= 2 && s.time_remaining <= HALF)
		half_time(a, &s);
	else
		s.quarter = 4 - (s.time_remaining - 1) / QUARTER;
	s.type = GW_PLAY_PASS;
	s.down = 1;
	s.distance = s.field_position < 10 ? s.field_position : 10;
	gw_predict_unfloored(a->p, &s, &pr);
	return home ? pr.home_win_prob : 1 - pr.home_win_prob;
}

/* ---- the three choices ---- */

static double
go(const struct asked *a, double *p_convert)
{
	const struct gw_play *p = a->play;
	const double *beyond = a->f->beyond[gw_fourth_distance_class(p->distance)];
	double x[GW_FOURTH_CONVERT_N], made = 0, failed;

	gw_fourth_convert_x(p, x);
	*p_convert = gw_sigmoid(sum_of(a->f->convert, x, GW_FOURTH_CONVERT_N));
	for (size_t i = 0; i < GW_FOURTH_OUTCOMES; i++) {
		double left = p->field_position - p->distance - beyond[i];

		made += left < 0.5 ?
		    worth(a, false, a->f->start, GW_FOURTH_KICKED, TOUCHDOWN) :
		    worth(a, true, left, GW_FOURTH_CONVERTED, 0);
	}
	failed = worth(a, false, 100 - p->field_position + a->f->gain_failed, GW_FOURTH_FAILED, 0);
	return *p_convert * made / GW_FOURTH_OUTCOMES + (1 - *p_convert) * failed;
}

static double
kick(const struct asked *a, double *p_made)
{
	double x[GW_FOURTH_KICK_N], made, missed, spot;

	gw_fourth_kick_x(a->play->field_position, x);
	*p_made = gw_sigmoid(sum_of(a->f->kick, x, GW_FOURTH_KICK_N));
	made = worth(a, false, a->f->start, GW_FOURTH_KICKED, FIELD_GOAL);
	spot = 100 - a->play->field_position - SPOT_BEHIND;
	missed = worth(a, false, spot > TOUCHBACK ? TOUCHBACK : spot, GW_FOURTH_KICKED, 0);
	return *p_made * made + (1 - *p_made) * missed;
}

static double
punt(const struct asked *a)
{
	double at = a->play->field_position, sum = 0, share;
	size_t k = 0;

	while (k + 2 < GW_FOURTH_KNOTS && at > gw_fourth_knots[k + 1])
		k++;
	share = (at - gw_fourth_knots[k]) / (gw_fourth_knots[k + 1] - gw_fourth_knots[k]);
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	for (size_t i = 0; i < GW_FOURTH_OUTCOMES; i++)
		sum += worth(a, false,
		    (1 - share) * a->f->punt[k][i] + share * a->f->punt[k + 1][i],
		    GW_FOURTH_PUNTED, 0);
	return sum / GW_FOURTH_OUTCOMES;
}

void
gw_fourth_advise(const struct gw_fourth_fit *f, const struct gw_predictor *p,
    const struct gw_play *play, struct gw_fourth_down *out)
{
	const unsigned needed = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION;
	struct asked a = { f, p, play };

	*out = (struct gw_fourth_down){ .choice = GW_FOURTH_NONE };
	if ((play->has & needed) != needed || play->down != 4 || play->quarter > 4 ||
	    play->field_position < 1 || play->field_position > 99)
		return;
	out->choice = GW_FOURTH_GO;
	out->go = go(&a, &out->p_convert);
	out->can_kick = play->field_position <= GW_FOURTH_KICK_MAX;
	out->can_punt = play->field_position >= GW_FOURTH_PUNT_MIN;
	if (out->can_punt && (out->punt = punt(&a)) > gw_fourth_value(out, out->choice))
		out->choice = GW_FOURTH_PUNT;
	if (out->can_kick && (out->field_goal = kick(&a, &out->p_made)) >
	    gw_fourth_value(out, out->choice))
		out->choice = GW_FOURTH_KICK;
}

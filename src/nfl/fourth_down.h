/* SPDX-License-Identifier: MIT
 *
 * nfl/fourth_down.h - go for it, punt, or kick a field goal: the chance to win after each.
 *
 * For each choice the states it may lead to are built, with their probabilities, and the model that
 * scores plays says what each is worth. What a choice leads to comes from a few small fits on the
 * training seasons, kept in the model file as its table "fourth_down" (fourth_down_fit.h):
 *
 *   go          P(first down) logistic in ln distance, distance, goal to go, fourth down, own
 *               spread; three equally likely places behind the line if it succeeds; the mean gain
 *               if not
 *   field goal  P(made) logistic in the kick's length and its square; a miss gives the ball to the
 *               opponent where it was kicked, or on its 20
 *   punt        three equally likely places of the opponent's next snap, by field position
 *
 * each with the mean time it takes. After points the opponent begins where kick-offs end on
 * average; a touchdown counts 7. Who leads and can kneel the clock out has won. Not in it: wind,
 * kicker, blocked punts and returns for touchdowns, the choice of going for two. In overtime, whose
 * rules changed between the seasons, no advice is given.
 */
#ifndef GW_FOURTH_DOWN_H
#define GW_FOURTH_DOWN_H

#include "ml/model.h"
#include "nfl/prediction.h"

#define GW_FOURTH_TABLE		"fourth_down"
#define GW_FOURTH_CONVERT_N	6	/* coefficients, the intercept first */
#define GW_FOURTH_KICK_N	3
#define GW_FOURTH_OUTCOMES	3	/* equally likely: the 1/6, 3/6 and 5/6 quantiles */
#define GW_FOURTH_DISTANCES	3	/* 1-2, 3-6, 7 yards and more */
#define GW_FOURTH_KNOTS		7	/* of field position, for punts */
#define GW_FOURTH_KICK_MAX	45	/* yards to the goal line: a kick of 63 yards */
#define GW_FOURTH_PUNT_MIN	33
#define GW_FOURTH_ATTEMPT_YARDS	18	/* a kick is longer than the way to the goal line by that */

/* How long a choice takes, in seconds, until the next snap. */
enum gw_fourth_time {
	GW_FOURTH_CONVERTED, GW_FOURTH_FAILED, GW_FOURTH_KICKED, GW_FOURTH_PUNTED, GW_N_FOURTH_TIMES
};

/* The table, in this order. Doubles only: the file holds it as one row of numbers. */
struct gw_fourth_fit {
	double	convert[GW_FOURTH_CONVERT_N];
	double	kick[GW_FOURTH_KICK_N];
	double	beyond[GW_FOURTH_DISTANCES][GW_FOURTH_OUTCOMES];	/* yards past the line */
	double	gain_failed;
	double	punt[GW_FOURTH_KNOTS][GW_FOURTH_OUTCOMES];	/* the opponent's yards to go */
	double	start;		/* yards to the goal line after a kick-off */
	double	seconds[GW_N_FOURTH_TIMES];
};
#define GW_FOURTH_N (sizeof(struct gw_fourth_fit) / sizeof(double))

extern const double gw_fourth_knots[GW_FOURTH_KNOTS];

/* x (GW_FOURTH_CONVERT_N): 1, then what the chance of a first down depends on. */
void	gw_fourth_convert_x(const struct gw_play *p, double *x);
void	gw_fourth_kick_x(int32_t field_position, double *x);	/* (GW_FOURTH_KICK_N) */
size_t	gw_fourth_distance_class(int32_t distance);

/* The fit of a model, or false: it has none (it is older, or imported). */
bool	gw_fourth_of_model(const struct gw_model *m, struct gw_fourth_fit *out);
/*
 * out->choice and what goes with it, for a fourth down of regulation whose distance and field
 * position are known; else GW_FOURTH_NONE. Pure, allocates nothing; about ten predictions.
 */
void	gw_fourth_advise(const struct gw_fourth_fit *f, const struct gw_predictor *p,
	    const struct gw_play *play, struct gw_fourth_down *out);
const char	*gw_fourth_name(enum gw_fourth_choice c);	/* "go", "punt", "field_goal"; "" */
/* What the coach did, by the play's type; GW_FOURTH_NONE for anything else. */
enum gw_fourth_choice gw_fourth_chosen(const struct gw_play *p);
double		 gw_fourth_value(const struct gw_fourth_down *d, enum gw_fourth_choice c);

#endif

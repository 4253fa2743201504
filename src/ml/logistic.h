/* SPDX-License-Identifier: MIT
 *
 * ml/logistic.h - logistic regression with an L2 penalty, by Newton's method to convergence.
 *
 *   minimise over w, b:   1/2 w'w + C sum_i log(1 + exp(-s_i (w'z_i + b))),   s_i = 2 y_i - 1
 *   P(y = 1 | z) = 1 / (1 + exp(-(w'z + b)))
 *
 * z_i (d) standardised features, y_i in {0, 1}, w (d) coefficients, b intercept (not penalised),
 * C > 0 the inverse strength of the penalty. It is the objective of liblinear (Fan et al., JMLR 9,
 * 2008, equation 3) and of scikit-learn's LogisticRegression, so both reach the same optimum.
 */
#ifndef GW_LOGISTIC_H
#define GW_LOGISTIC_H

#include "base/err.h"
#include "base/pool.h"
#include "ml/math.h"
#include "ml/matrix.h"

#define GW_LOGISTIC_STEPS_MAX 100	/* six to ten suffice; 100 means something is wrong */

struct gw_logistic {
	const struct gw_matrix	*z;		/* (n, d) */
	const double		*y;		/* (n) in {0, 1} */
	double			 c;		/* C; 1 is scikit-learn's default */
	struct gw_pool		*pool;		/* NULL: one thread; the same numbers for any */
	/* Filled by the fit. */
	double			 intercept;
	double			*coef;		/* (d), the caller's */
	double			 log_loss;	/* mean over the rows, at the optimum */
	int			 steps;		/* Newton steps taken on all rows */
};

/*
 * 0, GW_ENOMEM, or GW_EDATA when all rows have one outcome (the intercept would be infinite).
 * Deterministic: rows are summed in parts, as many as their number says, and those in their order.
 * Many rows are begun with by a sample of them, which only says where Newton's method starts.
 */
int	gw_logistic_fit(struct gw_alloc *alloc, struct gw_logistic *fit,
    struct gw_err *err) GW_CHECK_RESULT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * ml/td_logistic.h - logistic regression of an outcome over the states that led to it, with
 * temporal-difference labels: a state's label is the model's own probability a fixed time later,
 * and the outcome only where the sequence ends before.
 *
 *   p_ik = 1 / (1 + exp(-w'(z_i - k v_i)))
 *   find w with   sum_k c_k sum_i m_ik (p_ik - l_ik)(z_i - k v_i) + L w = 0
 *   l_ik = p_jk for j = next(i), y_ik where i has none
 *
 * z_i (d) terms, no intercept: with antisymmetric terms the mirrored state has the mirrored
 * probability. Labels from the near future carry less of the luck of a whole game, so the same
 * seasons tell more (Sutton, Machine Learning 3, 1988; Dayan, Machine Learning 8, 1992).
 *
 * Shifts: v_i is what one point of the margin adds to the terms, and y_ik the outcome had the
 * winner needed to be more than k points better. The same game, asked for several k, tells how its
 * final margin came about and not only its sign. m_ik is 1 for k = 0; for others only where `shift`
 * allows it.
 *
 * First the maximum likelihood of the outcomes, over a sample of the rows, then the equation above,
 * labels included, both by Newton's method: its derivative is that of p_ik - p_jk, so a handful of
 * steps ends where a label that is taken again and again would. Deterministic: sums are taken block
 * by block, in one order whatever the number of threads.
 */
#ifndef GW_TD_LOGISTIC_H
#define GW_TD_LOGISTIC_H

#include "base/err.h"
#include "base/pool.h"
#include "ml/matrix.h"

#define GW_TD_SHIFTS_MAX 8
#define GW_TD_SHIFT_MAX	 4	/* units, either way */
#define GW_TD_TERMS_MAX	 64
#define GW_TD_END	 UINT32_MAX

struct gw_td_logistic {
	const struct gw_matrix	*z;		/* (n, d) */
	const struct gw_matrix	*v;		/* (n, e) what shifts move: few of the terms */
	const size_t		*moved;		/* (e) which of the d terms each of them is */
	const double		*margin;	/* (n) final margin of the row's sequence */
	const uint32_t		*next;		/* (n) a later row of the sequence, or GW_TD_END */
	const unsigned char	*shift;		/* (n) 1: the row counts under shifts too */
	double			 unit;		/* k = unit * shift */
	int			 shifts[GW_TD_SHIFTS_MAX];	/* shifts[0] = 0 */
	size_t			 n_shifts;	/* 1: none but that */
	double			 lambda;	/* L, on terms scaled to mean square 1 */
	struct gw_pool		*pool;	/* NULL: one thread; the same numbers for any */
	bool			 warm;		/* coef is a guess to begin with */
	double			*coef;		/* (d), the caller's, filled: on unscaled terms */
	double log_loss; /* filled: mean over the rows against their outcomes; ties half */
};

/* 0, GW_ENOMEM, or GW_EDATA when the terms do not determine the coefficients. */
int	gw_td_logistic_fit(struct gw_alloc *alloc, struct gw_td_logistic *fit,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif

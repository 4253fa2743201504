/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/logistic.h"

#include <math.h>


/* Unknowns are v = (w, b), p = d + 1 of them; the intercept is last. */
struct newton {
	const struct gw_logistic	*fit;
	size_t				 p;
	double				*v, *trial;	/* (p) */
	double				*g;		/* (p) gradient, then the step */
	double *h; /* (p, p) Hessian, lower triangle, then its L */
	double				*row;		/* (p) z_i and a 1 */
	double loss; /* sum of log losses at the last point looked at */
	double				 f;		/* objective there */
};

/* One row's share of gradient and Hessian; returns its log loss. */
static double
add_row(struct newton *n, const double *v, double y)
{
	const double *x = n->row;
	double f = 0, e, q, slope, weight;

	for (size_t j = 0; j < n->p; j++)
		f += v[j] * x[j];
	e = gw_exp(-fabs(f));
	q = f >= 0 ? 1 / (1 + e) : e / (1 + e);
	slope = n->fit->c * (q - y);
	weight = n->fit->c * e / ((1 + e) * (1 + e));
	for (size_t j = 0; j < n->p; j++) {
		double *h = n->h + j * n->p, wx = weight * x[j];

		n->g[j] += slope * x[j];
		for (size_t i = 0; i <= j; i++)
			h[i] += wx * x[i];
	}
	/* log(1 + exp(-s f)) = log1p(exp(-|f|)) + what s f lacks to |f|. */
	return gw_log1p(e) + (f >= 0 ? (1 - y) * f : -y * f);
}

/* Objective, gradient and Hessian at v. */
static void
look(struct newton *n, const double *v)
{
	size_t d = n->p - 1;

	memset(n->g, 0, n->p * sizeof(*n->g));
	memset(n->h, 0, n->p * n->p * sizeof(*n->h));
	n->loss = 0;
	n->row[d] = 1;
	for (size_t i = 0; i < n->fit->z->n; i++) {
		memcpy(n->row, gw_matrix_row(n->fit->z, i), d * sizeof(*n->row));
		n->loss += add_row(n, v, n->fit->y[i]);
	}
	n->f = n->fit->c * n->loss;
	for (size_t j = 0; j < d; j++) {
		n->f += 0.5 * v[j] * v[j];
		n->g[j] += v[j];
		n->h[j * n->p + j] += 1;
	}
}

/* Solve H step = g in place of g. Returns the squared Newton decrement g' H^-1 g, or < 0. */
static double
solve(struct newton *n)
{
	double decrement = 0;

	/* trial is free here and keeps the gradient while g turns into the step. */
	memcpy(n->trial, n->g, n->p * sizeof(*n->g));
	if (gw_cholesky(n->h, n->p) != 0)
		return -1;
	gw_cholesky_solve(n->h, n->p, n->g);
	for (size_t j = 0; j < n->p; j++)
		decrement += n->trial[j] * n->g[j];
	return decrement;
}

static void
move(double *to, const double *from, const double *step, double t, size_t p)
{
	for (size_t j = 0; j < p; j++)
		to[j] = from[j] - t * step[j];
}

/*
 * Backtracking (Nocedal and Wright, algorithm 3.1, c1 = 1e-4). look() overwrites g, so the step is
 * kept in `step`. The last look is at the point taken: the next Newton step starts from it.
 */
static int
descend(struct newton *n, double *step, double decrement)
{
	double f = n->f, t = 1;

	memcpy(step, n->g, n->p * sizeof(*step));
	for (int halvings = 0; halvings < 40; halvings++, t /= 2) {
		move(n->trial, n->v, step, t, n->p);
		look(n, n->trial);
		if (n->f <= f - 1e-4 * t * decrement) {
			memcpy(n->v, n->trial, n->p * sizeof(*n->v));
			return 0;
		}
	}
	return GW_EDATA;
}

/*
 * Half the squared decrement estimates f minus its minimum. Below 1e-9 a line search would only see
 * the rounding of f, and Newton's error squares itself with each full step: two reach the bottom.
 */
#define DECREMENT_NEAR	1e-9
#define STEPS_NEAR	2

static int
iterate(struct newton *n, double *step, struct gw_logistic *fit, struct gw_err *err)
{
	int near = 0;

	look(n, n->v);
	for (fit->steps = 1; fit->steps <= GW_LOGISTIC_STEPS_MAX; fit->steps++) {
		double decrement = solve(n);

		if (!(decrement >= 0))
			return gw_err_set(err, GW_EDATA, "logistic regression: the Hessian is not"
			    " positive definite; is a feature infinite?");
		if (decrement < DECREMENT_NEAR) {
			move(n->v, n->v, n->g, 1, n->p);
			if (++near == STEPS_NEAR)
				return 0;
			look(n, n->v);
		} else if (descend(n, step, decrement) != 0) {
			break;
		}
	}
	return gw_err_set(err, GW_EDATA, "logistic regression: no convergence after %d Newton steps",
	    fit->steps);
}

static int
both_outcomes(const struct gw_logistic *fit, struct gw_err *err)
{
	for (size_t i = 1; i < fit->z->n; i++)
		if (fit->y[i] != fit->y[0])
			return 0;
	return gw_err_set(err, GW_EDATA, "logistic regression: all %zu rows have the same outcome,"
	    " nothing can be learnt", fit->z->n);
}

int
gw_logistic_fit(struct gw_alloc *alloc, struct gw_logistic *fit, struct gw_err *err)
{
	size_t p = fit->z->d + 1;
	struct newton n = { .fit = fit, .p = p };
	double *work;
	int rc;

	if ((rc = both_outcomes(fit, err)) != 0)
		return rc;
	work = gw_alloc_zero(alloc, p * (p + 5), sizeof(double));
	if (work == NULL)
		return gw_err_set(err, GW_ENOMEM, "logistic regression: out of memory");
	n.v = work;
	n.trial = work + p;
	n.g = work + 2 * p;
	n.row = work + 3 * p;
	n.h = work + 5 * p;
	rc = iterate(&n, work + 4 * p, fit, err);
	if (rc == 0) {
		memcpy(fit->coef, n.v, (p - 1) * sizeof(double));
		fit->intercept = n.v[p - 1];
		fit->log_loss = n.loss / (double)fit->z->n;
	}
	gw_alloc_free(alloc, work);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/logistic.h"

#include <math.h>
#include <stdbool.h>

#define PART_ROWS	8192
#define PARTS_MAX	16
#define FACTORS		512
#define SAMPLE_ROWS	16384	/* enough to begin with, one of so many */
#define SAMPLE_NEAR	1	/* the decrement that ends the beginning */

/* Unknowns are v = (w, b), p = d + 1 of them; the intercept is last. */
struct newton {
	const struct gw_logistic	*fit;
	size_t				 p;
	size_t				 every;		/* one row of so many counts, for all */
	double				*v, *trial;	/* (p) */
	double				*g;		/* (p) gradient, then the step */
	double *h; /* (p, p) Hessian, lower triangle, then its L */
	double loss; /* sum of log losses at the last point looked at */
	double				 f;		/* objective there */
	size_t				 n_parts;
	double				*parts;		/* (n_parts, part_len()) */
	const double			*at;		/* where is looked */
};

/* A part's sums: h (p, p), g (p), a row and its 1 (p), loss (1). */
static size_t
part_len(size_t p)
{
	return p * (p + 2) + 1;
}

/*
 * One row's share of gradient and Hessian. Its log loss, log(1 + exp(-s f)), is log(1 + exp(-|f|)),
 * for which *product takes a factor, and what s f lacks to |f|, which is returned.
 */
static double
add_row(const struct newton *n, const double *x, double y, double *g, double *product)
{
	double *h = g - n->p * n->p;
	double f = gw_dot(n->at, x, n->p), e = gw_exp(-fabs(f));
	double q = f >= 0 ? 1 / (1 + e) : e / (1 + e);
	double weight = e / ((1 + e) * (1 + e));

	gw_add_times(g, q - y, x, n->p);
	for (size_t j = 0; j < n->p; j++)
		gw_add_times(h + j * n->p, weight * x[j], x, j + 1);
	*product *= 1 + e;
	return f >= 0 ? (1 - y) * f : -y * f;
}

/* One logarithm serves FACTORS rows: their product is 2^FACTORS at most. */
static void
look_at_rows(const struct newton *n, size_t begin, size_t end, double *g)
{
	size_t p = n->p;
	double *row = g + p, product = 1;

	row[p - 1] = 1;
	for (size_t i = begin; i < end; i++) {
		size_t at = i * n->every;

		memcpy(row, gw_matrix_row(n->fit->z, at), (p - 1) * sizeof(*row));
		row[p] += add_row(n, row, n->fit->y[at], g, &product);
		if (i + 1 == end || (i - begin) % FACTORS == FACTORS - 1) {
			row[p] += gw_ln(product);
			product = 1;
		}
	}
}

static void
look_share(void *arg, unsigned share, unsigned size)
{
	const struct newton *n = arg;
	size_t p = n->p, from, to, rows = (n->fit->z->n + n->every - 1) / n->every;

	gw_pool_share(n->n_parts, share, size, &from, &to);
	for (size_t k = from; k < to; k++) {
		double *h = n->parts + k * part_len(p);
		size_t begin, end;

		memset(h, 0, part_len(p) * sizeof(*h));
		gw_pool_share(rows, (unsigned)k, (unsigned)n->n_parts, &begin, &end);
		look_at_rows(n, begin, end, h + p * p);
	}
}

/* Objective, gradient and Hessian at v. */
static void
look(struct newton *n, const double *v)
{
	double c = n->fit->c * (double)n->every;

	n->at = v;
	gw_pool_run(n->fit->pool, look_share, n);
	memset(n->g, 0, n->p * sizeof(*n->g));
	memset(n->h, 0, n->p * n->p * sizeof(*n->h));
	n->loss = 0;
	for (size_t k = 0; k < n->n_parts; k++) {
		const double *h = n->parts + k * part_len(n->p);

		gw_add_times(n->h, c, h, n->p * n->p);
		gw_add_times(n->g, c, h + n->p * n->p, n->p);
		n->loss += h[part_len(n->p) - 1];
	}
	n->f = c * n->loss;
	for (size_t j = 0; j + 1 < n->p; j++) {
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

/* Near the optimum by a sample; where that leads nowhere, from 0. */
static void
begin(struct newton *n, double *step)
{
	double decrement;
	bool found = true;

	n->every = n->fit->z->n / SAMPLE_ROWS;
	if (n->every > 1) {
		look(n, n->v);
		for (int i = 0; i < GW_LOGISTIC_STEPS_MAX && found; i++) {
			decrement = solve(n);
			if (decrement >= 0 && decrement < SAMPLE_NEAR)
				break;
			found = decrement >= 0 && descend(n, step, decrement) == 0;
		}
		for (size_t j = 0; j < n->p; j++)
			found = found && fabs(n->v[j]) < 1e3;
		if (!found)
			memset(n->v, 0, n->p * sizeof(*n->v));
	}
	n->every = 1;
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
	struct newton n = { .fit = fit, .p = p, .n_parts = fit->z->n / PART_ROWS + 1 };
	double *work;
	int rc;

	if ((rc = both_outcomes(fit, err)) != 0)
		return rc;
	if (n.n_parts > PARTS_MAX)
		n.n_parts = PARTS_MAX;
	work = gw_alloc_zero(alloc, p * (p + 4) + n.n_parts * part_len(p), sizeof(double));
	if (work == NULL)
		return gw_err_set(err, GW_ENOMEM, "logistic regression: out of memory");
	n.v = work;
	n.trial = work + p;
	n.g = work + 2 * p;
	n.h = work + 4 * p;
	n.parts = n.h + p * p;
	begin(&n, work + 3 * p);
	rc = iterate(&n, work + 3 * p, fit, err);
	if (rc == 0) {
		memcpy(fit->coef, n.v, (p - 1) * sizeof(double));
		fit->intercept = n.v[p - 1];
		fit->log_loss = n.loss / (double)fit->z->n;
	}
	gw_alloc_free(alloc, work);
	return rc;
}

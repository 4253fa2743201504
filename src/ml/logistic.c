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
#define SAMPLE_ROWS	8192	/* enough to begin with, one of so many */
#define SAMPLE_NEAR	1	/* the decrement that ends the beginning */
#define HESSIAN_ROWS	32768	/* enough for a Hessian: it says how far to go, not where it ends */

/* Unknowns are v = (w, b), p = d + 1 of them; the intercept is last. */
struct newton {
	const struct gw_logistic	*fit;
	size_t				 p;
	size_t				 every;		/* one row of so many counts, for all */
	/* of those, one of so many in the Hessian; 0: L serves on */
	size_t				 h_every;
	double				*v, *trial;	/* (p) */
	double				*g;		/* (p) gradient, then the step */
	double *h; /* (p, p) Hessian, lower triangle, then its L */
	double loss; /* sum of log losses at the last point looked at */
	double				 f;		/* objective there */
	size_t				 n_parts;
	double				*parts;		/* (n_parts, part_len()) */
	const double			*at;		/* where is looked */
};

/* A part's sums: h (p, p), g (p), loss (1), and a row with its 1 (p). */
static size_t
part_len(size_t p)
{
	return p * (p + 2) + 1;
}

/* weight * (x, 1)(x, 1)', lower triangle; row (p) is room for (x, 1). */
static void
add_curvature(const double *x, double weight, double *h, double *row, size_t p)
{
	memcpy(row, x, (p - 1) * sizeof(*row));
	row[p - 1] = 1;
	for (size_t j = 0; j < p; j++)
		gw_add_times(h + j * p, weight * row[j], row, j + 1);
}

/*
 * Rows begin to end into a part. A row's log loss, log(1 + exp(-s f)), is log(1 + exp(-|f|)), plus
 * what s f lacks to |f|. One logarithm serves FACTORS rows: their product is 2^FACTORS at most.
 */
static void
look_at_rows(const struct newton *n, size_t begin, size_t end, double *h)
{
	size_t d = n->p - 1;
	double *g = h + n->p * n->p, *loss = g + n->p, product = 1;

	for (size_t i = begin; i < end; i++) {
		const double *x = gw_matrix_row(n->fit->z, i * n->every);
		double y = n->fit->y[i * n->every];
		double f = gw_dot(n->at, x, d) + n->at[d], e = gw_exp(-fabs(f));
		double inverse = 1 / (1 + e), q = f >= 0 ? inverse : e * inverse;

		gw_add_times(g, q - y, x, d);
		g[d] += q - y;
		if (n->h_every != 0 && i % n->h_every == 0)
			add_curvature(x, e * inverse * inverse, h, loss + 1, n->p);
		product *= 1 + e;
		*loss += f >= 0 ? (1 - y) * f : -y * f;
		if (i + 1 == end || (i - begin) % FACTORS == FACTORS - 1) {
			*loss += gw_ln(product);
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
		look_at_rows(n, begin, end, h);
	}
}

/* Objective, gradient and Hessian, or nearly so, at v. */
static void
look(struct newton *n, const double *v)
{
	double c = n->fit->c * (double)n->every;

	n->at = v;
	gw_pool_run(n->fit->pool, look_share, n);
	memset(n->g, 0, n->p * sizeof(*n->g));
	if (n->h_every != 0)
		memset(n->h, 0, n->p * n->p * sizeof(*n->h));
	n->loss = 0;
	for (size_t k = 0; k < n->n_parts; k++) {
		const double *h = n->parts + k * part_len(n->p);

		if (n->h_every != 0)
			gw_add_times(n->h, c * (double)n->h_every, h, n->p * n->p);
		gw_add_times(n->g, c, h + n->p * n->p, n->p);
		n->loss += h[n->p * (n->p + 1)];
	}
	n->f = c * n->loss;
	for (size_t j = 0; j + 1 < n->p; j++) {
		n->f += 0.5 * v[j] * v[j];
		n->g[j] += v[j];
		if (n->h_every != 0)
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
	if (n->h_every != 0 && gw_cholesky(n->h, n->p) != 0)
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
 * Half the squared decrement estimates f minus its minimum. Below DECREMENT_NEAR a line search
 * would only see the rounding of f: full steps from there. A Hessian of some rows takes off all but
 * a few hundredths of what is left with each (Erdogdu and Montanari, Convergence rates of
 * sub-sampled Newton methods, NIPS 2015); one that takes off too little is replaced by that of all
 * rows, whose error squares itself. It ends where rounding does not let the decrement shrink any
 * more.
 */
#define DECREMENT_SAME	1e-3	/* the Hessian hardly changes any more */
#define DECREMENT_NEAR	1e-9
#define DECREMENT_LEAST 1e-20
#define SHRINKS		0.05

/* Again from v: Newton's method as it is. */
static void
take_all_rows(struct newton *n)
{
	n->h_every = 1;
	look(n, n->v);
}

static int
iterate(struct newton *n, double *step, struct gw_logistic *fit, struct gw_err *err)
{
	double before = HUGE_VAL;

	look(n, n->v);
	for (fit->steps = 1; fit->steps <= GW_LOGISTIC_STEPS_MAX; fit->steps++) {
		double decrement = solve(n);
		bool slow = decrement > SHRINKS * before;

		if (!(decrement >= 0))
			return gw_err_set(err, GW_EDATA, "logistic regression: the Hessian is not"
			    " positive definite; is a feature infinite?");
		before = slow && n->h_every != 1 ? HUGE_VAL : decrement;
		if (slow && n->h_every != 1) {
			take_all_rows(n);
			continue;
		}
		if (decrement < DECREMENT_SAME && n->h_every > 1)
			n->h_every = 0;
		if (decrement >= DECREMENT_NEAR) {
			if (descend(n, step, decrement) == 0)
				continue;
			if (n->h_every == 1)
				break;
			take_all_rows(n);
			continue;
		}
		move(n->v, n->v, n->g, 1, n->p);
		if (decrement < DECREMENT_LEAST || slow)
			return 0;
		look(n, n->v);
	}
	return gw_err_set(err, GW_EDATA,
	    "logistic regression: no convergence after %d Newton steps", fit->steps);
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
	n->h_every = n->fit->z->n / HESSIAN_ROWS + 1;
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
	struct newton n = { .fit = fit, .p = p, .h_every = 1,
		.n_parts = fit->z->n / PART_ROWS + 1 };
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

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/td_logistic.h"

#include <assert.h>
#include <math.h>

#include "ml/math.h"

#define NEWTON_STEPS	12	/* from 0 to the maximum likelihood; eight to ten suffice */
#define HALVINGS	20
#define RIDGE_MIN	0.002
#define CURVATURE_MIN	0.02	/* rows that are all but decided must not let steps explode */
#define HESSIAN_EVERY	10	/* rounds: it only scales the steps, the gradient decides the end */

struct work {
	struct gw_td_logistic	*fit;
	size_t			 n, d, s;	/* rows, terms, shifts */
	double			*p;		/* (n, s) probabilities at w */
	double			*w;		/* (d) */
	double			*g;		/* (d) gradient, then the step */
	double			*h;		/* (d, d) Hessian, lower triangle, then its L */
	double			*ridge;		/* (d) lambda times the mean square of each term */
	bool			 outcomes;	/* labels are outcomes: maximum likelihood */
};

static double
dot(const double *a, const double *b, size_t d)
{
	double sum = 0;

	for (size_t j = 0; j < d; j++)
		sum += a[j] * b[j];
	return sum;
}

static void
probabilities(const struct work *k)
{
	for (size_t i = 0; i < k->n; i++) {
		double f = dot(gw_matrix_row(k->fit->z, i), k->w, k->d);
		double slope = dot(gw_matrix_row(k->fit->v, i), k->w, k->d);
		size_t shifts = k->s;

		for (size_t j = 0; j < shifts; j++)
			k->p[i * k->s + j] = gw_sigmoid(f - k->fit->shifts[j] * slope);
	}
}

static double
outcome(double margin, double shift)
{
	return margin > shift ? 1 : margin < shift ? 0 : 0.5;
}

static double
label(const struct work *k, size_t i, size_t j)
{
	uint32_t next = k->fit->next[i];

	if (k->outcomes || next == GW_TD_END)
		return outcome(k->fit->margin[i], k->fit->shifts[j]);
	return k->p[(size_t)next * k->s + j];
}

/* The shifts under which row i counts. */
static size_t
shifts_of(const struct work *k, size_t i)
{
	return k->fit->shift[i] ? k->s : 1;
}

static void
gradient(struct work *k)
{
	for (size_t j = 0; j < k->d; j++)
		k->g[j] = k->ridge[j] * k->w[j];
	for (size_t i = 0; i < k->n; i++) {
		const double *z = gw_matrix_row(k->fit->z, i), *v = gw_matrix_row(k->fit->v, i);
		size_t shifts = shifts_of(k, i);
		double sum = 0, sum_k = 0;

		for (size_t j = 0; j < shifts; j++) {
			double e = k->p[i * k->s + j] - label(k, i, j);

			sum += e;
			sum_k += e * k->fit->shifts[j];
		}
		for (size_t j = 0; j < k->d; j++)
			k->g[j] += sum * z[j] - sum_k * v[j];
	}
}

/* sum_k c (z - k v)(z - k v)' of one row, from the moments of c over k. */
static void
add_hessian_row(struct work *k, const double *z, const double *v, const double m[3])
{
	for (size_t a = 0; a < k->d; a++) {
		double *h = k->h + a * k->d;
		double by_z = m[0] * z[a] - m[1] * v[a], by_v = m[2] * v[a] - m[1] * z[a];

		for (size_t b = 0; b <= a; b++)
			h[b] += by_z * z[b] + by_v * v[b];
	}
}

/* The Hessian at w as its Cholesky factor. */
static int
hessian(struct work *k)
{
	memset(k->h, 0, k->d * k->d * sizeof(*k->h));
	for (size_t i = 0; i < k->n; i++) {
		size_t shifts = shifts_of(k, i);
		double m[3] = { 0 };

		for (size_t j = 0; j < shifts; j++) {
			double p = k->p[i * k->s + j], c = p * (1 - p), at = k->fit->shifts[j];

			if (!k->outcomes && c < CURVATURE_MIN)
				c = CURVATURE_MIN;
			m[0] += c;
			m[1] += c * at;
			m[2] += c * at * at;
		}
		add_hessian_row(k, gw_matrix_row(k->fit->z, i), gw_matrix_row(k->fit->v, i), m);
	}
	for (size_t j = 0; j < k->d; j++)
		k->h[j * k->d + j] += k->ridge[j];
	return gw_cholesky(k->h, k->d);
}

static double
loss_of(double y, double p)
{
	p = p < 1e-15 ? 1e-15 : p > 1 - 1e-15 ? 1 - 1e-15 : p;
	return -(y * gw_ln(p) + (1 - y) * gw_ln(1 - p));
}

/* What maximum likelihood minimises, from the probabilities there are. */
static double
objective(const struct work *k)
{
	double sum = 0;

	for (size_t j = 0; j < k->d; j++)
		sum += 0.5 * k->ridge[j] * k->w[j] * k->w[j];
	for (size_t i = 0; i < k->n; i++) {
		size_t shifts = shifts_of(k, i);

		for (size_t j = 0; j < shifts; j++)
			sum += loss_of(label(k, i, j), k->p[i * k->s + j]);
	}
	return sum;
}

/* The step along g, from the probabilities at w; the factor of the Hessian is there. */
static void
go(struct work *k, double part)
{
	for (size_t j = 0; j < k->d; j++)
		k->w[j] -= part * k->g[j];
	probabilities(k);
}

static int
step(struct work *k, bool new_hessian)
{
	gradient(k);
	if (new_hessian && hessian(k) != 0)
		return GW_EDATA;
	gw_cholesky_solve(k->h, k->d, k->g);
	return 0;
}

/* Newton's method, steps halved until the objective falls: terms that all but decide overshoot. */
static int
maximise_likelihood(struct work *k)
{
	double at = objective(k);

	for (int i = 0; i < NEWTON_STEPS; i++) {
		double part = 1, now;

		if (step(k, true) != 0)
			return GW_EDATA;
		go(k, part);
		now = objective(k);
		for (int h = 0; h < HALVINGS && now > at; h++) {
			part /= 2;
			go(k, -part);
			now = objective(k);
		}
		if (at - now < 1e-9 * at)
			return 0;
		at = now;
	}
	return 0;
}

static int
iterate(struct work *k)
{
	int rc;

	probabilities(k);
	k->outcomes = true;
	rc = maximise_likelihood(k);
	k->outcomes = false;
	for (int i = 0; i < k->fit->rounds && rc == 0; i++)
		if ((rc = step(k, i % HESSIAN_EVERY == 0)) == 0)
			go(k, 1);
	for (size_t j = 0; j < k->d && rc == 0; j++)
		if (!(fabs(k->w[j]) < 1e100))
			rc = GW_EDATA;
	return rc;
}

/*
 * Not weaker than RIDGE_MIN: a term that is rarely other than 0, and then decides the game, would
 * grow without end; one that is always 0 keeps coefficient 0.
 */
static void
set_ridge(struct work *k)
{
	for (size_t j = 0; j < k->d; j++) {
		double sum = 0;

		for (size_t i = 0; i < k->n; i++) {
			double z = gw_matrix_row(k->fit->z, i)[j];

			sum += z * z;
		}
		sum /= (double)k->n;
		k->ridge[j] = k->fit->lambda * (sum > RIDGE_MIN ? sum : RIDGE_MIN);
	}
}

static double
mean_loss(const struct work *k)
{
	double sum = 0;

	for (size_t i = 0; i < k->n; i++)
		sum += loss_of(outcome(k->fit->margin[i], 0), k->p[i * k->s]);
	return sum / (double)k->n;
}

int
gw_td_logistic_fit(struct gw_alloc *alloc, struct gw_td_logistic *fit, struct gw_err *err)
{
	struct work k = { .fit = fit, .n = fit->z->n, .d = fit->z->d, .s = fit->n_shifts };
	double *memory;
	int rc;

	assert(k.s >= 1 && k.s <= GW_TD_SHIFTS_MAX && fit->shifts[0] == 0);
	memory = gw_alloc_zero(alloc, k.n * k.s + k.d * (k.d + 3), sizeof(*memory));
	if (memory == NULL)
		return gw_err_set(err, GW_ENOMEM, "state-space regression: out of memory");
	k.p = memory;
	k.w = k.p + k.n * k.s;
	k.g = k.w + k.d;
	k.ridge = k.g + k.d;
	k.h = k.ridge + k.d;
	set_ridge(&k);
	rc = iterate(&k);
	if (rc == 0) {
		memcpy(fit->coef, k.w, k.d * sizeof(*k.w));
		fit->log_loss = mean_loss(&k);
	} else {
		rc = gw_err_set(err, rc, "state-space regression: the terms do not determine the"
		    " coefficients; are there too few plays?");
	}
	gw_alloc_free(alloc, memory);
	return rc;
}

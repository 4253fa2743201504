/* SPDX-License-Identifier: MIT
 *
 * ml/td_logistic.c - sums over rows go block by block, and blocks are added up in their order: the
 * same numbers for any number of threads.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/td_logistic.h"

#include <assert.h>
#include <math.h>

#include "ml/math.h"

#define STEPS_MAX	50	/* about eight suffice for the outcomes, five from there */
#define STEP_ROUGH	0.1	/* where only a beginning is wanted */
#define HALVINGS	20
/*
 * Of the log-odds, in its root mean square by any one term. The next step would be a third of that.
 */
#define STEP_SMALL	1e-3
#define RIDGE_MIN	0.002
#define F_MAX		300	/* beyond it p is within rounding of 0 or 1 */
#define UP_MAX		80
#define BLOCK		1024	/* rows */
#define SAMPLE_ROWS	32768	/* enough to begin with */
#define SLOPE_EVERY	3	/* blocks; they only scale the steps, all rows decide the end */

struct work {
	struct gw_td_logistic	*fit;
	size_t			 n, d, e, s;	/* rows, terms, those that shifts move, shifts */
	size_t			 n_blocks;
	size_t			 every;		/* sums are over every so many blocks */
	size_t			 slope_every;	/* the same for slopes */
	double			*p;		/* (n, s) probabilities at w */
	double			*w;		/* (d) */
	double			*g;		/* (d) what is to become 0, then the step */
	double			*h;		/* (d, d) its derivatives by w */
	/* (d) mean square of each term, RIDGE_MIN at least */
	double			*square;
	double			*parts;		/* (n_blocks, d, d) sums of a block */
	bool			 outcomes;	/* labels are outcomes: maximum likelihood */
};

/* Rows of block b: none where only others are asked for. */
static size_t
block(const struct work *k, size_t b, size_t every, size_t *end)
{
	size_t begin = b * BLOCK;

	*end = b % every != 0 ? begin : begin + BLOCK < k->n ? begin + BLOCK : k->n;
	return begin;
}

static double
within(double x, double most)
{
	return x > most ? most : x < -most ? -most : x;
}

/*
 * Under all shifts from two exponentials: exp(-(f - k v)) = exp(-f) exp(unit v)^shift. No product
 * of them leaves the range of numbers.
 */
static void
put_probabilities(const struct work *k, double f, double slope, double *p)
{
	double odds = gw_exp(-within(f, F_MAX));
	double up = gw_exp(within(k->fit->unit * slope, UP_MAX)), down = 1 / up;
	double power[2 * GW_TD_SHIFT_MAX + 1];

	power[GW_TD_SHIFT_MAX] = odds;
	for (int i = GW_TD_SHIFT_MAX; i < 2 * GW_TD_SHIFT_MAX; i++) {
		power[i + 1] = power[i] * up;
		power[2 * GW_TD_SHIFT_MAX - i - 1] = power[2 * GW_TD_SHIFT_MAX - i] * down;
	}
	for (size_t j = 0; j < k->s; j++)
		p[j] = 1 / (1 + power[GW_TD_SHIFT_MAX + k->fit->shifts[j]]);
}

static void
probabilities_share(void *arg, unsigned share, unsigned size)
{
	const struct work *k = arg;
	double moved[GW_TD_TERMS_MAX];
	size_t from, to;

	for (size_t q = 0; q < k->e; q++)
		moved[q] = k->w[k->fit->moved[q]];
	gw_pool_share(k->n_blocks, share, size, &from, &to);
	for (size_t b = from; b < to; b++) {
		size_t end, i = block(k, b, k->every, &end);

		for (; i < end; i++)
			put_probabilities(k, gw_dot(gw_matrix_row(k->fit->z, i), k->w, k->d),
			    gw_dot(gw_matrix_row(k->fit->v, i), moved, k->e), k->p + i * k->s);
	}
}

/* Points. */
static double
shift_of(const struct work *k, size_t j)
{
	return k->fit->unit * k->fit->shifts[j];
}

static double
outcome(double margin, double shift)
{
	return margin > shift ? 1 : margin < shift ? 0 : 0.5;
}

/* The row whose probabilities are the labels of row i, or GW_TD_END. */
static uint32_t
next_of(const struct work *k, size_t i)
{
	return k->outcomes ? GW_TD_END : k->fit->next[i];
}

/* The shifts under which row i counts; none where it looks into a block that is left out. */
static size_t
shifts_of(const struct work *k, size_t i)
{
	if (k->every > 1 && next_of(k, i) != GW_TD_END && k->fit->next[i] / BLOCK != i / BLOCK)
		return 0;
	return k->fit->shift[i] ? k->s : 1;
}

static void
add_gradient_row(const struct work *k, size_t i, double *g)
{
	const double *z = gw_matrix_row(k->fit->z, i), *v = gw_matrix_row(k->fit->v, i);
	const double *p = k->p + i * k->s;
	uint32_t next = next_of(k, i);
	size_t shifts = shifts_of(k, i);
	double sum = 0, sum_k = 0;

	for (size_t j = 0; j < shifts; j++) {
		double label = next == GW_TD_END ?
		    outcome(k->fit->margin[i], shift_of(k, j)) :
		    k->p[(size_t)next * k->s + j];

		sum += p[j] - label;
		sum_k += (p[j] - label) * shift_of(k, j);
	}
	gw_add_times(g, sum, z, k->d);
	for (size_t q = 0; q < k->e; q++)
		g[k->fit->moved[q]] -= sum_k * v[q];
}

static void
gradient_share(void *arg, unsigned share, unsigned size)
{
	const struct work *k = arg;
	size_t from, to;

	gw_pool_share(k->n_blocks, share, size, &from, &to);
	for (size_t b = from; b < to; b++) {
		double *g = k->parts + b * k->d * k->d;
		size_t end, i = block(k, b, k->every, &end);

		memset(g, 0, k->d * sizeof(*g));
		for (; i < end; i++)
			add_gradient_row(k, i, g);
	}
}

/* Sums over all rows of n numbers of each block, `every` times, into out. */
static void
add_up(const struct work *k, size_t n, size_t every, double *out)
{
	memset(out, 0, n * sizeof(*out));
	for (size_t b = 0; b < k->n_blocks; b++)
		for (size_t j = 0; j < n; j++)
			out[j] += k->parts[b * k->d * k->d + j];
	for (size_t j = 0; j < n; j++)
		out[j] *= (double)every;
}

/* Returns its squared length, with terms scaled to mean square 1. */
static double
gradient(struct work *k)
{
	double length = 0;

	gw_pool_run(k->fit->pool, probabilities_share, k);
	gw_pool_run(k->fit->pool, gradient_share, k);
	add_up(k, k->d, k->every, k->g);
	for (size_t j = 0; j < k->d; j++) {
		k->g[j] += k->fit->lambda * k->square[j] * k->w[j];
		length += k->g[j] * k->g[j] / k->square[j];
	}
	return length;
}

/* Over k: sums of p (1 - p), and of that times k and k^2. */
static void
moments(const struct work *k, size_t i, size_t shifts, double m[3])
{
	for (size_t j = 0; j < shifts; j++) {
		double p = k->p[i * k->s + j], c = p * (1 - p), at = shift_of(k, j);

		m[0] += c;
		m[1] += c * at;
		m[2] += c * at * at;
	}
}

/* by_z and by_v (d) plus `sign` times sum_k c (z - k v), and that times -k, of row i. */
static void
add_curvature(const struct work *k, size_t i, size_t shifts, double sign, double *by_z,
    double *by_v)
{
	const double *z = gw_matrix_row(k->fit->z, i), *v = gw_matrix_row(k->fit->v, i);
	double m[3] = { 0 };

	moments(k, i, shifts, m);
	gw_add_times(by_z, sign * m[0], z, k->d);
	gw_add_times(by_v, -sign * m[1], z, k->d);
	for (size_t q = 0; q < k->e; q++) {
		by_z[k->fit->moved[q]] -= sign * m[1] * v[q];
		by_v[k->fit->moved[q]] += sign * m[2] * v[q];
	}
}

/* sum_k (z - k v) (c (z - k v) - c' (z' - k v'))' of one row; ' is its next row. */
static void
add_slope_row(const struct work *k, size_t i, double *h)
{
	const double *z = gw_matrix_row(k->fit->z, i), *v = gw_matrix_row(k->fit->v, i);
	double by_z[GW_TD_TERMS_MAX] = { 0 }, by_v[GW_TD_TERMS_MAX] = { 0 };
	uint32_t next = next_of(k, i);
	size_t shifts = shifts_of(k, i);

	add_curvature(k, i, shifts, 1, by_z, by_v);
	if (next != GW_TD_END)
		add_curvature(k, next, shifts, -1, by_z, by_v);
	/* Many terms are 0 most of the time. */
	for (size_t a = 0; a < k->d; a++)
		if (z[a] != 0)
			gw_add_times(h + a * k->d, z[a], by_z, k->d);
	for (size_t q = 0; q < k->e; q++)
		gw_add_times(h + k->fit->moved[q] * k->d, v[q], by_v, k->d);
}

static void
slope_share(void *arg, unsigned share, unsigned size)
{
	const struct work *k = arg;
	size_t from, to;

	gw_pool_share(k->n_blocks, share, size, &from, &to);
	for (size_t b = from; b < to; b++) {
		double *h = k->parts + b * k->d * k->d;
		size_t end, i = block(k, b, k->slope_every, &end);

		memset(h, 0, k->d * k->d * sizeof(*h));
		for (; i < end; i++)
			add_slope_row(k, i, h);
	}
}

/* g becomes the step. 0 or GW_EDATA. */
static int
find_step(struct work *k)
{
	gw_pool_run(k->fit->pool, slope_share, k);
	add_up(k, k->d * k->d, k->slope_every, k->h);
	for (size_t j = 0; j < k->d; j++)
		k->h[j * k->d + j] += k->fit->lambda * k->square[j];
	return gw_solve(k->h, k->d, k->g);
}

/* The longest move that a step is, for a term of its mean square. */
static double
longest(const struct work *k, const double *step)
{
	double most = 0;

	for (size_t j = 0; j < k->d; j++) {
		double move = fabs(step[j]) * sqrt(k->square[j]);

		most = move > most ? move : most;
	}
	return most;
}

static double
go(struct work *k, const double *step, double part)
{
	for (size_t j = 0; j < k->d; j++)
		k->w[j] -= part * step[j];
	return gradient(k);
}

/* Newton's method, steps halved until the gradient shrinks: terms that all but decide overshoot. */
static int
solve(struct work *k, double small)
{
	double step[GW_TD_TERMS_MAX], at = gradient(k);

	for (int i = 0; i < STEPS_MAX; i++) {
		double part = 1, now;

		if (find_step(k) != 0)
			return GW_EDATA;
		memcpy(step, k->g, k->d * sizeof(*step));
		now = go(k, step, part);
		for (int h = 0; h < HALVINGS && !(now < at); h++) {
			part /= 2;
			now = go(k, step, -part);
		}
		if (!(now < at) || part * longest(k, step) < small)
			break;
		at = now;
	}
	return 0;
}

/* Somewhere near, from a sample of the rows. */
static int
begin(struct work *k)
{
	int rc;

	k->every = k->slope_every = k->n / SAMPLE_ROWS + 1;
	k->outcomes = true;
	rc = solve(k, STEP_ROUGH);
	k->outcomes = false;
	return rc == 0 ? solve(k, STEP_ROUGH) : rc;
}

static int
iterate(struct work *k)
{
	int rc = 0;

	if (k->fit->warm)
		memcpy(k->w, k->fit->coef, k->d * sizeof(*k->w));
	else
		rc = begin(k);
	k->every = 1;
	k->slope_every = k->n > SAMPLE_ROWS ? SLOPE_EVERY : 1;
	if (rc == 0)
		rc = solve(k, STEP_SMALL);
	for (size_t j = 0; j < k->d && rc == 0; j++)
		if (!(fabs(k->w[j]) < 1e100))
			rc = GW_EDATA;
	return rc;
}

/*
 * Not less than RIDGE_MIN: a term that is rarely other than 0, and then decides the game, would
 * grow without end; one that is always 0 keeps coefficient 0.
 */
static void
set_squares(struct work *k)
{
	for (size_t i = 0; i < k->n; i++)
		for (size_t j = 0; j < k->d; j++) {
			double z = gw_matrix_row(k->fit->z, i)[j];

			k->square[j] += z * z;
		}
	for (size_t j = 0; j < k->d; j++) {
		k->square[j] /= (double)k->n;
		if (!(k->square[j] > RIDGE_MIN))
			k->square[j] = RIDGE_MIN;
	}
}

static double
loss_of(double y, double p)
{
	p = p < 1e-15 ? 1e-15 : p > 1 - 1e-15 ? 1 - 1e-15 : p;
	return y == 1 ? -gw_ln(p) : y == 0 ? -gw_ln(1 - p) :
	    -(y * gw_ln(p) + (1 - y) * gw_ln(1 - p));
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
	struct work k = { .fit = fit, .n = fit->z->n, .d = fit->z->d,
		.e = fit->v->d, .s = fit->n_shifts };
	double *memory;
	int rc;

	assert(k.s >= 1 && k.s <= GW_TD_SHIFTS_MAX && fit->shifts[0] == 0);
	assert(k.d <= GW_TD_TERMS_MAX && k.e <= k.d);
	k.n_blocks = (k.n + BLOCK - 1) / BLOCK;
	memory = gw_alloc_zero(alloc, k.n * k.s + k.d * (k.d * (k.n_blocks + 1) + 3),
	    sizeof(*memory));
	if (memory == NULL)
		return gw_err_set(err, GW_ENOMEM, "state-space regression: out of memory");
	k.p = memory;
	k.w = k.p + k.n * k.s;
	k.g = k.w + k.d;
	k.square = k.g + k.d;
	k.h = k.square + k.d;
	k.parts = k.h + k.d * k.d;
	set_squares(&k);
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

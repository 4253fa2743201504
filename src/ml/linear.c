/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/linear.h"

#include <assert.h>
#include <math.h>

#define BLOCK 256		/* rows folded in at once: p columns of them stay in the L2 cache */

/* Columns are 1, z_1 to z_d, then the targets: p of them. */
struct qr {
	size_t	 p, q;		/* columns; columns that are factors (1 + d) */
	double	*r;		/* (p, p) upper triangle of the rows seen so far, row-major */
	double	*block;		/* (p, BLOCK) column-major: rows to fold in */
	size_t	*kept;		/* (q) which column made each row of the rank-revealed factor */
	size_t	 n_kept;
};

/*
 * One Householder reflection of the column (head, tail[n]) to (result, 0). v = (1, tail); returns
 * tau with H = I - tau v v', 0 when there is nothing to do. Golub and Van Loan, algorithm 5.1.1.
 */
static double
reflect(double *head, double *tail, size_t n)
{
	double sigma = 0, mu, v0;

	for (size_t i = 0; i < n; i++)
		sigma += tail[i] * tail[i];
	if (sigma == 0)
		return 0;
	mu = sqrt(*head * *head + sigma);
	v0 = *head <= 0 ? *head - mu : -sigma / (*head + mu);
	for (size_t i = 0; i < n; i++)
		tail[i] /= v0;
	*head = mu;
	return 2 * v0 * v0 / (sigma + v0 * v0);
}

/* (head, tail) -= tau v (v'(head, tail)) */
static void
apply(double tau, const double *v, double *head, double *tail, size_t n)
{
	double s = *head, part[4] = { 0 };
	size_t i = 0;

	/* Four sums at once, as each addition waits for the one before. */
	for (; i + 4 <= n; i += 4)
		for (size_t k = 0; k < 4; k++)
			part[k] += v[i + k] * tail[i + k];
	for (; i < n; i++)
		part[0] += v[i] * tail[i];
	s = tau * (s + ((part[0] + part[1]) + (part[2] + part[3])));
	*head -= s;
	for (i = 0; i < n; i++)
		tail[i] -= s * v[i];
}

/* R over n rows of block becomes R. */
static void
fold(struct qr *f, size_t n)
{
	for (size_t j = 0; j < f->p; j++) {
		double *column = f->block + j * BLOCK;
		double tau = reflect(&f->r[j * f->p + j], column, n);

		if (tau == 0)
			continue;
		for (size_t k = j + 1; k < f->p; k++)
			apply(tau, column, &f->r[j * f->p + k], f->block + k * BLOCK, n);
	}
}

static void
fold_rows(struct qr *f, const struct gw_linear *fit)
{
	const struct gw_matrix *z = fit->z;

	for (size_t at = 0; at < z->n; at += BLOCK) {
		size_t n = z->n - at < BLOCK ? z->n - at : BLOCK;

		for (size_t i = 0; i < n; i++) {
			const double *row = gw_matrix_row(z, at + i);

			f->block[i] = 1;
			for (size_t j = 0; j < z->d; j++)
				f->block[(1 + j) * BLOCK + i] = row[j];
			for (size_t t = 0; t < fit->n_targets; t++)
				f->block[(1 + z->d + t) * BLOCK + i] = fit->targets[t].y[at + i];
		}
		fold(f, n);
	}
}

/* The column j of R from row `from` on, gathered into out. Returns its squared length. */
static double
gather(const struct qr *f, size_t j, size_t from, double *out)
{
	double sum = 0;

	for (size_t i = from; i < f->p; i++) {
		out[i - from] = f->r[i * f->p + j];
		sum += out[i - from] * out[i - from];
	}
	return sum;
}

static void
scatter(struct qr *f, size_t j, size_t from, const double *in)
{
	for (size_t i = from; i < f->p; i++)
		f->r[i * f->p + j] = in[i - from];
}

/*
 * A second, small QR, of R itself, that skips dependent columns: where R_jj is only rounding, row j
 * points in a random direction and must not stay in the factor.
 */
static void
reveal_rank(struct qr *f, double *v, double *w)
{
	for (size_t j = 0; j < f->q; j++) {
		size_t at = f->n_kept;
		double whole = gather(f, j, 0, v), rest = gather(f, j, at, v), tau;

		if (!(sqrt(rest) > GW_LINEAR_TOLERANCE * sqrt(whole)))
			continue;
		tau = reflect(&v[0], v + 1, f->p - at - 1);
		f->r[at * f->p + j] = v[0];
		for (size_t k = j + 1; k < f->p && tau != 0; k++) {
			gather(f, k, at, w);
			apply(tau, v + 1, &w[0], w + 1, f->p - at - 1);
			scatter(f, k, at, w);
		}
		f->kept[f->n_kept++] = j;
	}
}

/* Back substitution for the target in column t; b (q) gets a coefficient per factor. */
static void
back_substitute(const struct qr *f, size_t t, double *b)
{
	memset(b, 0, f->q * sizeof(*b));
	for (size_t i = f->n_kept; i-- > 0;) {
		double v = f->r[i * f->p + t];

		for (size_t k = i + 1; k < f->n_kept; k++)
			v -= f->r[i * f->p + f->kept[k]] * b[f->kept[k]];
		b[f->kept[i]] = v / f->r[i * f->p + f->kept[i]];
	}
}

static void
report(const struct qr *f, struct gw_linear *fit, double *b)
{
	size_t d = fit->z->d;

	for (size_t j = 0; j < d; j++)
		fit->dropped[j] = true;
	fit->rank = 0;
	for (size_t i = 0; i < f->n_kept; i++) {
		if (f->kept[i] == 0)
			continue;	/* the constant */
		fit->dropped[f->kept[i] - 1] = false;
		fit->rank++;
	}
	for (size_t t = 0; t < fit->n_targets; t++) {
		back_substitute(f, f->q + t, b);
		fit->targets[t].intercept = b[0];
		memcpy(fit->targets[t].coef, b + 1, d * sizeof(*b));
	}
}

int
gw_linear_fit(struct gw_alloc *alloc, struct gw_linear *fit, struct gw_err *err)
{
	size_t p = 1 + fit->z->d + fit->n_targets;
	struct qr f = { .p = p, .q = 1 + fit->z->d };
	double *work;

	assert(fit->n_targets > 0 && fit->n_targets <= GW_LINEAR_TARGETS_MAX);
	work = gw_alloc_zero(alloc, p * (p + BLOCK + 2), sizeof(double));
	f.kept = gw_alloc_zero(alloc, f.q, sizeof(*f.kept));
	if (work != NULL && f.kept != NULL) {
		f.r = work;
		f.block = work + p * p;
		fold_rows(&f, fit);
		reveal_rank(&f, f.block, f.block + p);
		report(&f, fit, f.block);
	}
	gw_alloc_free(alloc, work);
	gw_alloc_free(alloc, f.kept);
	if (work == NULL || f.kept == NULL)
		return gw_err_set(err, GW_ENOMEM, "linear regression: out of memory");
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/linear.h"

#include <assert.h>
#include <math.h>

#define BLOCK	  256	/* rows folded in at once: p columns of them stay in the L2 cache */
#define PART_ROWS 16384
#define PARTS_MAX 8

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
	double s = *head;

	for (size_t i = 0; i < n; i++)
		s += v[i] * tail[i];
	s *= tau;
	*head -= s;
	for (size_t i = 0; i < n; i++)
		tail[i] -= s * v[i];
}

/* The same for BLOCK rows: four sums at once, as each addition waits for the one before. */
static void
apply_block(double tau, const double *restrict v, double *head, double *restrict tail)
{
	double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s;

	for (size_t i = 0; i < BLOCK; i += 4) {
		s0 += v[i] * tail[i];
		s1 += v[i + 1] * tail[i + 1];
		s2 += v[i + 2] * tail[i + 2];
		s3 += v[i + 3] * tail[i + 3];
	}
	s = tau * (*head + ((s0 + s1) + (s2 + s3)));
	*head -= s;
	for (size_t i = 0; i < BLOCK; i++)
		tail[i] -= s * v[i];
}

/* R over the rows of block, 0 from row n on, becomes R. */
static void
fold(struct qr *f, size_t n)
{
	for (size_t j = 0; j < f->p; j++)
		memset(f->block + j * BLOCK + n, 0, (BLOCK - n) * sizeof(double));
	for (size_t j = 0; j < f->p; j++) {
		double *column = f->block + j * BLOCK;
		double tau = reflect(&f->r[j * f->p + j], column, n);

		if (tau == 0)
			continue;
		for (size_t k = j + 1; k < f->p; k++)
			apply_block(tau, column, &f->r[j * f->p + k], f->block + k * BLOCK);
	}
}

/* Long tables are folded in parts, as many as their length says, each into an R of its own. */
struct parts {
	const struct gw_linear	*fit;
	/* r and block: of the first part, the others' behind */
	struct qr		 f;
	size_t			 n;
};

static struct qr
part_of(const struct parts *s, size_t i)
{
	struct qr f = s->f;

	f.r += i * f.p * (f.p + BLOCK);
	f.block += i * f.p * (f.p + BLOCK);
	return f;
}

static void
fold_rows(struct qr *f, const struct gw_linear *fit, size_t at, size_t end)
{
	const struct gw_matrix *z = fit->z;

	for (; at < end; at += BLOCK) {
		size_t n = end - at < BLOCK ? end - at : BLOCK;

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

static void
fold_share(void *arg, unsigned share, unsigned size)
{
	const struct parts *s = arg;
	size_t from, to, begin, end;

	gw_pool_share(s->n, share, size, &from, &to);
	for (size_t i = from; i < to; i++) {
		struct qr f = part_of(s, i);

		gw_pool_share(s->fit->z->n, (unsigned)i, (unsigned)s->n, &begin, &end);
		fold_rows(&f, s->fit, begin, end);
	}
}

/* R over the rows of another R becomes R. */
static void
fold_factor(struct qr *f, const double *r)
{
	for (size_t at = 0; at < f->p; at += BLOCK) {
		size_t n = f->p - at < BLOCK ? f->p - at : BLOCK;

		for (size_t j = 0; j < f->p; j++)
			for (size_t i = 0; i < n; i++)
				f->block[j * BLOCK + i] = r[(at + i) * f->p + j];
		fold(f, n);
	}
}

static void
fold_all(struct parts *s)
{
	gw_pool_run(s->fit->pool, fold_share, s);
	for (size_t i = 1; i < s->n; i++)
		fold_factor(&s->f, part_of(s, i).r);
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
	size_t p = 1 + fit->z->d + fit->n_targets, n = fit->z->n / PART_ROWS + 1;
	struct parts s = { .fit = fit, .f = { .p = p, .q = 1 + fit->z->d } };
	double *work;

	assert(fit->n_targets > 0 && fit->n_targets <= GW_LINEAR_TARGETS_MAX);
	s.n = n < PARTS_MAX ? n : PARTS_MAX;
	work = gw_alloc_zero(alloc, s.n * p * (p + BLOCK), sizeof(double));
	s.f.kept = gw_alloc_zero(alloc, s.f.q, sizeof(*s.f.kept));
	if (work != NULL && s.f.kept != NULL) {
		s.f.r = work;
		s.f.block = work + p * p;
		fold_all(&s);
		reveal_rank(&s.f, s.f.block, s.f.block + p);
		report(&s.f, fit, s.f.block);
	}
	gw_alloc_free(alloc, work);
	gw_alloc_free(alloc, s.f.kept);
	if (work == NULL || s.f.kept == NULL)
		return gw_err_set(err, GW_ENOMEM, "linear regression: out of memory");
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/matrix.h"

#include <assert.h>
#include <math.h>

void
gw_matrix_init(struct gw_matrix *m, struct gw_alloc *alloc, size_t d)
{
	assert(d > 0);
	*m = (struct gw_matrix){ .alloc = alloc, .d = d };
}

void
gw_matrix_fini(struct gw_matrix *m)
{
	gw_alloc_free(m->alloc, m->x);
	m->x = NULL;
	m->n = m->cap = 0;
}

double *
gw_matrix_add(struct gw_matrix *m)
{
	void *x = m->x;

	if (gw_alloc_room(m->alloc, &x, &m->cap, m->n, m->d * sizeof(double)) != 0)
		return NULL;
	m->x = x;
	return m->x + m->n++ * m->d;
}

double *
gw_matrix_add_rows(struct gw_matrix *m, size_t n)
{
	void *x = m->x;

	if (n > SIZE_MAX - m->n)
		return NULL;
	if (m->cap - m->n < n) {
		if ((x = gw_alloc_resize(m->alloc, m->x, m->n + n, m->d * sizeof(double))) == NULL)
			return NULL;
		m->x = x;
		m->cap = m->n + n;
	}
	m->n += n;
	return m->x + (m->n - n) * m->d;
}

double
gw_dot(const double *a, const double *b, size_t n)
{
	/* Each addition waits for the one before: several sums at once. */
	double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
	size_t i = 0;

	for (; i + 4 <= n; i += 4) {
		s0 += a[i] * b[i];
		s1 += a[i + 1] * b[i + 1];
		s2 += a[i + 2] * b[i + 2];
		s3 += a[i + 3] * b[i + 3];
	}
	for (; i < n; i++)
		s0 += a[i] * b[i];
	return (s0 + s1) + (s2 + s3);
}

int
gw_cholesky(double *a, size_t d)
{
	for (size_t j = 0; j < d; j++) {
		double pivot = a[j * d + j] - gw_dot(a + j * d, a + j * d, j);

		if (!(pivot > 0))
			return GW_EDATA;
		a[j * d + j] = sqrt(pivot);
		for (size_t r = j + 1; r < d; r++)
			a[r * d + j] = (a[r * d + j] - gw_dot(a + r * d, a + j * d, j)) /
			    a[j * d + j];
	}
	return 0;
}

void
gw_cholesky_solve(const double *l, size_t d, double *b)
{
	for (size_t i = 0; i < d; i++) {
		for (size_t j = 0; j < i; j++)
			b[i] -= l[i * d + j] * b[j];
		b[i] /= l[i * d + i];
	}
	for (size_t i = d; i-- > 0;) {
		for (size_t j = i + 1; j < d; j++)
			b[i] -= l[j * d + i] * b[j];
		b[i] /= l[i * d + i];
	}
}

static void
swap_rows(double *a, size_t d, double *b, size_t i, size_t j)
{
	double v = b[i];

	b[i] = b[j];
	b[j] = v;
	for (size_t k = 0; k < d && i != j; k++) {
		v = a[i * d + k];
		a[i * d + k] = a[j * d + k];
		a[j * d + k] = v;
	}
}

int
gw_solve(double *a, size_t d, double *b)
{
	for (size_t j = 0; j < d; j++) {
		size_t at = j;

		for (size_t i = j + 1; i < d; i++)
			if (fabs(a[i * d + j]) > fabs(a[at * d + j]))
				at = i;
		if (!(fabs(a[at * d + j]) > 0 && fabs(a[at * d + j]) < INFINITY))
			return GW_EDATA;
		swap_rows(a, d, b, j, at);
		for (size_t i = j + 1; i < d; i++) {
			double part = a[i * d + j] / a[j * d + j];

			for (size_t k = j + 1; k < d; k++)
				a[i * d + k] -= part * a[j * d + k];
			b[i] -= part * b[j];
		}
	}
	for (size_t i = d; i-- > 0;) {
		for (size_t k = i + 1; k < d; k++)
			b[i] -= a[i * d + k] * b[k];
		b[i] /= a[i * d + i];
	}
	return 0;
}

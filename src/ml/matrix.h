/* SPDX-License-Identifier: MIT
 *
 * ml/matrix.h - a growing table of doubles, row-major, and the one factorisation training needs.
 */
#ifndef GW_MATRIX_H
#define GW_MATRIX_H

#include "base/alloc.h"

struct gw_matrix {
	struct gw_alloc	*alloc;
	size_t		 n, d, cap;	/* rows, columns, rows there is room for */
	double		*x;		/* (n, d) */
};

void	gw_matrix_init(struct gw_matrix *m, struct gw_alloc *alloc, size_t d);	/* d > 0 */
void	gw_matrix_fini(struct gw_matrix *m);
/* A new last row (d), not cleared, valid until the next call. NULL: out of memory. */
double	*gw_matrix_add(struct gw_matrix *m) GW_CHECK_RESULT;

/* n rows more, their contents undefined: the first of them, or NULL. */
double	*gw_matrix_add_rows(struct gw_matrix *m, size_t n);

static inline double *
gw_matrix_row(const struct gw_matrix *m, size_t i)
{
	return m->x + i * m->d;
}

/* Sum of products, always in the same order. */
double	gw_dot(const double *a, const double *b, size_t n);
/* to += by * from, each (n). */
static inline void
gw_add_times(double *restrict to, double by, const double *restrict from, size_t n)
{
	size_t j = 0;

	for (; j + 4 <= n; j += 4) {
		to[j] += by * from[j];
		to[j + 1] += by * from[j + 1];
		to[j + 2] += by * from[j + 2];
		to[j + 3] += by * from[j + 3];
	}
	for (; j < n; j++)
		to[j] += by * from[j];
}

/*
 * Cholesky: a (d, d) symmetric and positive definite, of which the lower triangle is read, becomes
 * L with A = L L'. 0, or GW_EDATA when a pivot is not above zero.
 */
int	gw_cholesky(double *a, size_t d) GW_CHECK_RESULT;
/* b (d) becomes the solution of L L' x = b. */
void	gw_cholesky_solve(const double *l, size_t d, double *b);
/*
 * Solve a x = b for any a (d, d), by elimination with partial pivoting: x into b, a is lost. 0, or
 * GW_EDATA if a is singular or not finite.
 */
int	gw_solve(double *a, size_t d, double *b) GW_CHECK_RESULT;

#endif

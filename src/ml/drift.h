/* SPDX-License-Identifier: MIT
 *
 * ml/drift.h - does what comes in still look like what was trained on? Training keeps each
 * feature's deciles and the share of rows in each bin; later rows are counted into the same bins
 * and compared:
 *
 *   PSI = sum_b (q_b - p_b) ln(q_b / p_b),   p_b share in training, q_b share now
 *
 * (population stability index; below 0.1 is usually called stable, above 0.25 a shift).
 */
#ifndef GW_DRIFT_H
#define GW_DRIFT_H

#include <stddef.h>
#include <stdint.h>

#define GW_DRIFT_BINS	10
#define GW_DRIFT_FLOOR	1e-4	/* an empty bin counts as this share, so that PSI stays finite */

/*
 * column (n), n > 0, is reordered. edges (GW_DRIFT_BINS - 1) ascending, equal where many rows hold
 * one value; share (GW_DRIFT_BINS) of the rows in each bin.
 */
void	gw_bins_fit(double *column, size_t n, double *edges, double *share);
/* Bin of x: the number of edges below it. */
size_t	gw_bin(const double *edges, double x);
/* counts (GW_DRIFT_BINS) of rows seen now; 0 when there are none. */
double	gw_psi(const double *share, const uint64_t *counts);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ml/scaler.h - standardisation: z = (x - mean) / scale, with
 *   mean_j  = 1/n sum_i x_ij
 *   scale_j = sqrt(1/n sum_i (x_ij - mean_j)^2), or 1 for a column that does not vary.
 * The same as scikit-learn's StandardScaler (population deviation, not n - 1).
 */
#ifndef GW_SCALER_H
#define GW_SCALER_H

#include "ml/matrix.h"

/* x (n, d) with n > 0; mean (d) and scale (d) are the caller's. */
void	gw_scaler_fit(const struct gw_matrix *x, double *mean, double *scale);
/* In place. */
void	gw_scaler_apply(struct gw_matrix *x, const double *mean, const double *scale);

#endif

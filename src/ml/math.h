/* SPDX-License-Identifier: MIT
 *
 * ml/math.h - the transcendental functions that models need, so that a model has the same bytes
 * whatever the C library. Only IEEE 754 additions, multiplications, divisions in one order; the
 * build forbids their contraction (-ffp-contract=off). sqrt() is libc's: IEEE rounds it correctly.
 */
#ifndef GW_MATH_H
#define GW_MATH_H

/* e^x. Relative error below 4e-16; 0 below -745, +inf above 709.78; NaN for NaN. */
double	gw_exp(double x);
/* Natural logarithm of x > 0, finite and normal. Relative error below 6e-16. */
double	gw_ln(double x);
/* ln(1 + e) for e in [0, 1]. Relative error below 8e-16. */
double	gw_log1p(double e);

/* 1 / (1 + exp(-f)). gw_sigmoid(-f) is 1 - gw_sigmoid(f), to the last bit. */
double	gw_sigmoid(double f);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ml/sequential.h - is the mean of what comes, one after the other, above zero? A test that may be
 * looked at after each value and stopped at any: looking often does not spend its error rate.
 *
 * Betting against "no value has a conditional mean above 0": a gambler's wealth W, 1 at first,
 *
 *   W_i = W_{i-1} (1 + l_i d_i),   |d_i| <= c,   0 <= l_i <= 1/(2c)
 *
 * with l_i chosen from earlier values only, is a supermartingale under it, so that the chance of
 * ever reaching 1/a is at most a (Ville). l_i = m/(v + m^2) by the mean and variance so far.
 * Source: I. Waudby-Smith, A. Ramdas, Estimating means of bounded random variables by betting,
 * J. R. Stat. Soc. B 86 (2024), section 4 and appendix B.3 (aGRAPA).
 */
#ifndef GW_SEQUENTIAL_H
#define GW_SEQUENTIAL_H

#include <stdbool.h>
#include <stddef.h>

struct gw_sequential {
	double	bound;		/* c > 0: larger values count as c, smaller ones as -c */
	size_t	n;
	double	sum, sum_squares;	/* of the cut values */
	double	log_wealth, log_wealth_max;
};

void	gw_sequential_init(struct gw_sequential *s, double bound);
void	gw_sequential_add(struct gw_sequential *s, double d);
/* True from the first time on that the error rate (0 < a < 1) allows it. */
bool	gw_sequential_rejects(const struct gw_sequential *s, double a);

#endif

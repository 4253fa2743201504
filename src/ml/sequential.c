/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/sequential.h"

#include "ml/math.h"

void
gw_sequential_init(struct gw_sequential *s, double bound)
{
	*s = (struct gw_sequential){ .bound = bound };
}

/* One made-up value of c/4 with a variance of c^2/4 stands at the beginning, so that there is a
 * bet on the first one. */
static double
next_bet(const struct gw_sequential *s)
{
	double c = s->bound, n = (double)s->n + 1;
	double mean = (c / 4 + s->sum) / n;
	double square = (c * c / 4 + c * c / 16 + s->sum_squares) / n;
	double variance = square - mean * mean, bet;

	if (mean <= 0)
		return 0;
	bet = mean / (variance + mean * mean);
	return bet < 1 / (2 * c) ? bet : 1 / (2 * c);
}

void
gw_sequential_add(struct gw_sequential *s, double d)
{
	d = d > s->bound ? s->bound : d < -s->bound ? -s->bound : d;
	s->log_wealth += gw_ln(1 + next_bet(s) * d);
	if (s->log_wealth > s->log_wealth_max)
		s->log_wealth_max = s->log_wealth;
	s->n++;
	s->sum += d;
	s->sum_squares += d * d;
}

bool
gw_sequential_rejects(const struct gw_sequential *s, double a)
{
	return s->log_wealth_max >= -gw_ln(a);
}

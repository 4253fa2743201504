/* SPDX-License-Identifier: MIT
 *
 * exp: x = k ln 2 + r with |r| <= ln(2)/2, Taylor's series of e^r to r^13 (its tail is below
 * 4e-18), times 2^k. log: x = 2^k m with m in [sqrt(1/2), sqrt(2)), ln m =
 * 2 artanh((m - 1) / (m + 1)), whose series is cut where terms are below 1e-18.
 * ln 2 is split so that k times its high part is exact
 * (Cody and Waite, Software Manual for the Elementary Functions, 1980, chapters 5 and 6).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/math.h"

#include <stdint.h>
#include <string.h>

#define LN2_HI	6.93147180369123816490e-01	/* 33 bits */
#define LN2_LO	1.90821492927058770002e-10
#define LOG2_E	1.44269504088896338700e+00
#define ROOT2	1.41421356237309504880e+00
#define EXP_MAX	709.782712893383973096
#define EXP_MIN	(-745.2)
#define INFINITE from_bits((uint64_t)0x7ff << 52)

static double
from_bits(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

/* 2^k for a normal result. */
static double
power_of_two(int k)
{
	return from_bits((uint64_t)(k + 1023) << 52);
}

/* In two steps, as 2^k alone may be out of range where the product is not. */
static double
scale(double x, int k)
{
	int half = k / 2;

	return x * power_of_two(half) * power_of_two(k - half);
}

double
gw_exp(double x)
{
	static const double inverse[] = { 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800,
		1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
		1.0 / 24, 1.0 / 6, 0.5 };
	double r, sum = 0;
	int k;

	if (x > EXP_MAX)
		return INFINITE;
	if (x < EXP_MIN)
		return 0;
	if (!(x == x))
		return x;
	k = (int)(x * LOG2_E + (x < 0 ? -0.5 : 0.5));
	r = (x - k * LN2_HI) - k * LN2_LO;
	for (unsigned i = 0; i < sizeof(inverse) / sizeof(inverse[0]); i++)
		sum = (sum + inverse[i]) * r;
	/* 1 last, so that its rounding is the only one that counts. */
	return scale(1 + (r + sum * r), k);
}

double
gw_ln(double x)
{
	static const double odd[] = { 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
		1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3 };
	uint64_t bits;
	double m, s, s2, sum = 0;
	int k;

	memcpy(&bits, &x, sizeof(bits));
	k = (int)(bits >> 52 & 0x7ff) - 1023;
	m = from_bits((bits & 0xfffffffffffff) | (uint64_t)1023 << 52);
	if (m > ROOT2) {
		m /= 2;
		k++;
	}
	s = (m - 1) / (m + 1);
	s2 = s * s;
	for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		sum = (sum + odd[i]) * s2;
	return k * LN2_HI + (2 * s + (2 * s * sum + k * LN2_LO));
}

double
gw_log1p(double e)
{
	double u = 1 + e;

	/* What rounding took from u comes back to first order. */
	return gw_ln(u) + (e - (u - 1)) / u;
}

double
gw_sigmoid(double f)
{
	return f < 0 ? 1 - 1 / (1 + gw_exp(f)) : 1 / (1 + gw_exp(-f));
}

/* SPDX-License-Identifier: MIT
 *
 * base/number.c - numbers from text and to text, the same in every locale.
 *
 * Only digits and an exponent ever reach strtod and snprintf's result, never a decimal point, which
 * is the one thing in them that a locale changes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/slice.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * No more digits than this decide how a decimal rounds to binary64: the longest halfway case has
 * 767. Any further ones matter only as "something more than zero".
 */
#define DIGITS_MAX	768
#define EXPONENT_MAX	100000	/* beyond it is zero or out of range, whatever the digits */

int
gw_slice_i64(struct gw_slice a, int64_t *out)
{
	bool negative = a.len > 0 && a.ptr[0] == '-';
	uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, v = 0;
	size_t i = negative ? 1 : 0;

	if (i == a.len)
		return GW_EDATA;
	for (; i < a.len; i++) {
		unsigned digit = (unsigned)(unsigned char)a.ptr[i] - '0';

		if (digit > 9 || v > (limit - digit) / 10)
			return GW_EDATA;
		v = v * 10 + digit;
	}
	*out = !negative ? (int64_t)v : v == limit ? INT64_MIN : -(int64_t)v;
	return 0;
}

/* A decimal taken apart: 0.d1d2d3... * 10^point. */
struct decimal {
	bool	 negative;
	size_t	 n;			/* digits, without leading zeros; at most DIGITS_MAX */
	long	 point;
	uint64_t first;			/* the first 19 digits as one number */
	char	 digits[DIGITS_MAX + 1];
};

static void
add_digit(struct decimal *d, char c)
{
	if (d->n < DIGITS_MAX)
		d->digits[d->n++] = c;
	else if (c != '0')
		d->digits[DIGITS_MAX - 1] = '1';	/* never 0 by itself: see DIGITS_MAX */
	if (d->n <= 19)
		d->first = d->first * 10 + (uint64_t)(c - '0');
}

/* The exponent after "e", the whole of a. */
static int
scan_exponent(struct gw_slice a, long *out)
{
	bool negative = a.len > 0 && a.ptr[0] == '-';
	size_t i = a.len > 0 && (a.ptr[0] == '-' || a.ptr[0] == '+') ? 1 : 0;
	long v = 0;

	if (i == a.len)
		return GW_EDATA;
	for (; i < a.len; i++) {
		if (a.ptr[i] < '0' || a.ptr[i] > '9')
			return GW_EDATA;
		if (v < EXPONENT_MAX)
			v = v * 10 + (a.ptr[i] - '0');
	}
	*out = negative ? -v : v;
	return 0;
}

static int
scan_decimal(struct gw_slice a, struct decimal *d)
{
	bool any = false, after_point = false;
	long exponent = 0;
	size_t i = 0;

	d->negative = a.len > 0 && a.ptr[0] == '-';
	d->n = 0;
	d->point = 0;
	d->first = 0;
	for (i = d->negative ? 1 : 0; i < a.len; i++) {
		char c = a.ptr[i];

		if (c == '.' && !after_point) {
			after_point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (c != '0' || d->n > 0) {
			add_digit(d, c);
			d->point += !after_point;
		} else
			d->point -= after_point;
	}
	if (!any)
		return GW_EDATA;
	if (i == a.len)
		return 0;
	if (a.ptr[i] != 'e' && a.ptr[i] != 'E')
		return GW_EDATA;
	if (scan_exponent((struct gw_slice){ a.ptr + i + 1, a.len - i - 1 }, &exponent) != 0)
		return GW_EDATA;
	d->point += exponent;
	return 0;
}

/*
 * Clinger's fast path: both factors are exact in binary64, so the one operation rounds once.
 * Where arithmetic carries more bits (x87) it could round twice; there strtod does it all.
 */
static bool
is_exact(const struct decimal *d, long exponent, double *out)
{
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
	static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

	if (d->n > 15 || exponent < -22 || exponent > 22)
		return false;
	*out = (double)d->first;
	*out = exponent < 0 ? *out / tens[-exponent] : *out * tens[exponent];
	return true;
#else
	(void)d, (void)exponent, (void)out;
	return false;
#endif
}

int
gw_slice_double(struct gw_slice a, double *out)
{
	char text[DIGITS_MAX + 32];
	struct decimal d;
	long exponent;
	double v;

	if (scan_decimal(a, &d) != 0)
		return GW_EDATA;
	exponent = d.point - (long)d.n;
	if (d.n == 0)
		v = 0;
	else if (!is_exact(&d, exponent, &v)) {
		d.digits[d.n] = '\0';
		(void)snprintf(text, sizeof(text), "%se%ld", d.digits, exponent);
		v = strtod(text, NULL);
		if (!isfinite(v))
			return GW_EDATA;
	}
	*out = d.negative ? -v : v;
	return 0;
}

#define DIGITS_FULL 26

/* v is 0.digits * 10^point, with n digits. */
struct shortest {
	char	digits[DIGITS_FULL];
	int	n, point;
};

/*
 * Most doubles between 1e-5 and 1e15 need no big numbers. v = m 2^e; times 10^q it has 17 digits
 * before the point and shift bits behind it, and x = m 5^q holds all of them.
 */
static uint64_t
power_of_five(int n)
{
	uint64_t v = 1;

	for (; n > 0; n--)
		v *= 5;
	return v;
}

/* a b, in two halves. */
static uint64_t
multiply(uint64_t a, uint64_t b, uint64_t *low)
{
	uint64_t al = a & UINT32_MAX, ah = a >> 32, bl = b & UINT32_MAX, bh = b >> 32;
	uint64_t middle = ah * bl + (al * bl >> 32), other = al * bh + (middle & UINT32_MAX);

	*low = a * b;
	return ah * bh + (middle >> 32) + (other >> 32);
}

static int
point_of(double v)
{
	static const double tens[] = { 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6,
		1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
	int i = v < 1 ? 0 : 4;

	while (v >= tens[i])
		i++;
	return i - 4;
}

/* digits of d, which has n. */
static void
put_digits(struct shortest *s, uint64_t d, int n, int point)
{
	s->n = n;
	s->point = point;
	for (int i = n; i-- > 0; d /= 10)
		s->digits[i] = (char)('0' + d % 10);
}

/* False: not one of them. v > 0. */
static bool
shorten_quickly(double v, struct shortest *s)
{
	int point, q, shift;
	uint64_t bits, m, five, high, low, d, rest, unit = 100;

	memcpy(&bits, &v, sizeof(bits));
	m = bits & 0xfffffffffffff;
	/* Below a power of two doubles lie closer. */
	if (!(v >= 1e-5 && v < 1e15) || m == 0)
		return false;
	m |= (uint64_t)1 << 52;
	point = point_of(v);
	q = 17 - point;
	shift = 1075 - (int)(bits >> 52) - q;
	five = power_of_five(q);
	high = multiply(m, five, &low);
	d = high << (64 - shift) | low >> shift;
	rest = low & (((uint64_t)1 << shift) - 1);
	if (d < 10000000000000000 || d >= 100000000000000000)
		return false;	/* v is so near to a power of ten that the table was not enough */
	for (int n = 15; n < 17; n++, unit /= 10) {
		/*
		 * In units of 2^-shift: how far v is above a number of n digits,
		 * and one from the next.
		 */
		uint64_t above = (d % unit << shift) + rest, step = unit << shift;
		bool up = 2 * above >= step;

		if (2 * (up ? step - above : above) >= five)
			continue;
		put_digits(s, d / unit + up, n, point);
		return d / unit + up < (n == 15 ? 1000000000000000 : 10000000000000000);
	}
	d += rest >> (shift - 1);
	put_digits(s, d, 17, point);
	return d < 100000000000000000;
}

static bool
reads_back(const struct shortest *s, double v)
{
	char text[48];
	struct gw_slice slice = { text, 0 };
	double back;

	slice.len = (size_t)snprintf(text, sizeof(text), "%.*se%d", s->n, s->digits,
	    s->point - s->n);
	return gw_slice_double(slice, &back) == 0 && back >= v && back <= v;
}

/* The first n digits of s, raised by one in the last place if up. */
static struct shortest
cut_digits(const struct shortest *s, int n, bool up)
{
	struct shortest r = { .n = n, .point = s->point };
	int i = n - 1;

	memcpy(r.digits, s->digits, (size_t)n);
	if (!up)
		return r;
	while (i >= 0 && r.digits[i] == '9')
		r.digits[i--] = '0';
	if (i >= 0)
		r.digits[i]++;
	else {
		r.digits[0] = '1';	/* 99 -> 100: one more place before the point */
		r.point++;
	}
	return r;
}

/* The nearer, else the farther of both neighbours of n digits, if it reads back; else n 0. */
static struct shortest
try_both(const struct shortest *full, int n, double v)
{
	bool up = full->digits[n] >= '5';
	struct shortest s = cut_digits(full, n, up);

	if (reads_back(&s, v))
		return s;
	s = cut_digits(full, n, !up);
	if (!reads_back(&s, v))
		s.n = 0;
	return s;
}

/*
 * Half the distance from v to the next double, in units of full's last digit; 0 where that is not
 * the same on both sides (a power of two), or out of range here (subnormals too).
 */
static double
half_step(const struct shortest *full, double v)
{
	int exponent;

	if (full->point < -250 || full->point > 250 || frexp(v, &exponent) <= 0.5)
		return 0;
	return ldexp(pow(10, DIGITS_FULL - full->point), exponent - DBL_MANT_DIG - 1);
}

/* How far the nearer of both neighbours of n digits is from v, in units of full's last digit. */
static double
distance_to(const struct shortest *full, int n)
{
	double below = 0, whole = 1;

	for (int i = n; i < full->n; i++) {
		below = below * 10 + (full->digits[i] - '0');
		whole *= 10;
	}
	return full->digits[n] >= '5' ? whole - below : below;
}

/*
 * Seventeen digits always read back. Fewer do when one of the two neighbours of that length does:
 * the nearer one as a rule, but below a power of two the doubles lie closer than above, and the
 * farther one may be the only one inside. Fifteen digits are the least worth asking for, since
 * trailing zeros drop by themselves, except among subnormals, whose digits are few.
 *
 * Most answers follow from the distance alone; reading back decides where that is close. The text
 * to cut has more digits than seventeen, so that the distance is known well enough for that.
 */
static struct shortest
shorten(double v)
{
	struct shortest full = { .n = 0 }, s;
	double half, distance;
	char text[DIGITS_FULL + 16];
	const char *p;

	(void)snprintf(text, sizeof(text), "%.*e", DIGITS_FULL - 1, v);
	for (p = text; *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			full.digits[full.n++] = *p;
	assert(full.n == DIGITS_FULL);
	full.point = atoi(p + 1) + 1;
	half = half_step(&full, v);
	for (int n = v < DBL_MIN ? 1 : 15; n < 17; n++) {
		distance = distance_to(&full, n);
		if (distance < half * (1 - 1e-9))
			return cut_digits(&full, n, full.digits[n] >= '5');
		if (half > 0 && distance > half * (1 + 1e-9))
			continue;
		s = try_both(&full, n, v);
		if (s.n > 0)
			return s;
	}
	return cut_digits(&full, 17, full.digits[17] >= '5');
}

/* An exponent only where plain digits would need many zeros, as JavaScript prints. */
static size_t
put_decimal(struct shortest *s, char *out)
{
	size_t at = 0;

	while (s->n > 1 && s->digits[s->n - 1] == '0')
		s->n--;
	if (s->point > 21 || s->point < -5) {
		out[at++] = s->digits[0];
		if (s->n > 1)
			at += (size_t)sprintf(out + at, ".%.*s", s->n - 1, s->digits + 1);
		return at + (size_t)sprintf(out + at, "e%+d", s->point - 1);
	}
	if (s->point <= 0) {
		memcpy(out, "0.000000", (size_t)(2 - s->point));
		at = (size_t)(2 - s->point);
	}
	for (int i = 0; i < s->n || i < s->point; i++) {
		if (i == s->point && i > 0)
			out[at++] = '.';
		out[at++] = i < s->n ? s->digits[i] : '0';
	}
	return at;
}

size_t
gw_double_text(double v, char *buf)
{
	struct shortest s;
	size_t at = 0;

	if (!isfinite(v)) {
		strcpy(buf, "null");
		return 4;
	}
	if (signbit(v)) {
		buf[at++] = '-';
		v = -v;
	}
	if (v < 1e15 && v == trunc(v)) {
		uint64_t whole = (uint64_t)v, rest = whole;
		size_t n = 1;

		while ((rest /= 10) > 0)
			n++;
		buf[at + n] = '\0';
		for (size_t i = n; i-- > 0; whole /= 10)
			buf[at + i] = (char)('0' + whole % 10);
		return at + n;
	}
	if (!shorten_quickly(v, &s))
		s = shorten(v);
	at += put_decimal(&s, buf + at);
	buf[at] = '\0';
	assert(at < GW_DOUBLE_MAX);
	return at;
}

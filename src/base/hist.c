/* SPDX-License-Identifier: MIT
 *
 * base/hist.c - the histogram.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/hist.h"

#include <math.h>

#define SUB_BITS	6	/* 2^6 = GW_HIST_SUB */
#define VALUE_BITS	40

/* Below 64 a bucket is one value; above, an octave has 64 buckets. */
static unsigned
bucket_of(uint64_t v)
{
	unsigned shift = 0;

	if (v >> VALUE_BITS != 0)
		return GW_HIST_BUCKETS - 1;
	while (v >> shift >= 2 * GW_HIST_SUB)
		shift++;
	if (v < GW_HIST_SUB)
		return (unsigned)v;
	return shift * GW_HIST_SUB + (unsigned)(v >> shift);
}

/* The largest value that falls into a bucket. */
static uint64_t
bucket_end(unsigned i)
{
	unsigned shift = i < GW_HIST_SUB ? 0 : i / GW_HIST_SUB - 1;
	uint64_t first = i < GW_HIST_SUB ? i : GW_HIST_SUB + i % GW_HIST_SUB;

	return ((first + 1) << shift) - 1;
}

void
gw_hist_add(struct gw_hist *h, uint64_t value)
{
	h->count++;
	h->sum += value;
	if (value > h->max)
		h->max = value;
	h->buckets[bucket_of(value)]++;
}

void
gw_hist_merge(struct gw_hist *into, const struct gw_hist *from)
{
	into->count += from->count;
	into->sum += from->sum;
	if (from->max > into->max)
		into->max = from->max;
	for (unsigned i = 0; i < GW_HIST_BUCKETS; i++)
		into->buckets[i] += from->buckets[i];
}

uint64_t
gw_hist_quantile(const struct gw_hist *h, double q)
{
	uint64_t rank, seen = 0;

	if (h->count == 0)
		return 0;
	if (!(q < 1))
		return h->max;
	rank = q <= 0 ? 1 : (uint64_t)ceil(q * (double)h->count);
	for (unsigned i = 0; i < GW_HIST_BUCKETS - 1; i++) {
		seen += h->buckets[i];
		if (seen >= rank && seen > 0)
			return bucket_end(i) < h->max ? bucket_end(i) : h->max;
	}
	return h->max;	/* the last bucket also holds what lies beyond it */
}

uint64_t
gw_hist_count_to(const struct gw_hist *h, uint64_t value)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < GW_HIST_BUCKETS - 1 && bucket_end(i) <= value; i++)
		n += h->buckets[i];
	return n;
}

/* SPDX-License-Identifier: MIT
 *
 * base/hist.h - a latency histogram: log-linear buckets, 64 a power of two, so each value is kept
 * to 1.6 % from 0 to 2^40. Fixed size, no allocation; all zero is empty. The unit is the caller's,
 * usually microseconds.
 */
#ifndef GW_HIST_H
#define GW_HIST_H

#include <stdint.h>

#define GW_HIST_SUB		64
#define GW_HIST_BUCKETS		((40 - 6 + 1) * GW_HIST_SUB)

struct gw_hist {
	uint64_t	count, sum, max;
	uint64_t	buckets[GW_HIST_BUCKETS];
};

void		gw_hist_add(struct gw_hist *h, uint64_t value);
void		gw_hist_merge(struct gw_hist *into, const struct gw_hist *from);
/*
 * The value with at least q (0..1) of the counts at or below: the end of its bucket, never above
 * max. q 1 is max. 0 if empty.
 */
uint64_t	gw_hist_quantile(const struct gw_hist *h, double q);
/* How many were at or below value. Those in value's own bucket count only where it ends there. */
uint64_t	gw_hist_count_to(const struct gw_hist *h, uint64_t value);

#endif

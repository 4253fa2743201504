/* SPDX-License-Identifier: MIT
 *
 * tests/bench/timing.h - clocks, and the line of figures that client.py reads.
 */
#ifndef GW_BENCH_TIMING_H
#define GW_BENCH_TIMING_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double
seconds(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* "seconds cpu_seconds p50_us p99_us" since the two clocks stood so; us has room for n + 1. */
static inline void
tell(double wall, double cpu, double *us, size_t n)
{
	wall = seconds(CLOCK_MONOTONIC) - wall;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	qsort(us, n, sizeof(*us), by_size);
	(void)printf("%.6f %.6f %.1f %.1f\n", wall, cpu, us[n / 2], us[n * 99 / 100]);
}

#endif

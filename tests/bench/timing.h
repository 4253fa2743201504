/* SPDX-License-Identifier: MIT
 *
 * tests/bench/timing.h - clocks, what records hold, and the line of figures that client.py reads.
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

/* Text like that of plays, which compresses as they do. */
static inline char *
payload(size_t size)
{
	char *p = malloc(size + 1), play[128];
	size_t at = 0;

	if (p == NULL)
		exit(1);
	for (int i = 1; at < size; i++) {
		int n = snprintf(play, sizeof(play), "{\"game_id\":\"2024_01_BAL_KC\","
		    "\"play_id\":%d,\"qtr\":%d,\"down\":%d,\"ydstogo\":%d,\"yardline_100\":%d}",
		    i * 7919 % 5000, i % 4 + 1, i % 3 + 1, i * 31 % 20, i * 7907 % 100);
		size_t part = size - at < (size_t)n ? size - at : (size_t)n;

		for (size_t k = 0; k < part; k++)
			p[at++] = play[k];
	}
	p[size] = '\0';
	return p;
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

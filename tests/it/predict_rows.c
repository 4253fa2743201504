/* SPDX-License-Identifier: MIT
 *
 * tests/it/predict_rows.c - what a head of a model says to rows of features, for comparison with
 * the library that the model came from: predict_rows MODEL-FILE HEAD <ROWS >ANSWERS, both raw
 * doubles of this machine, a row as many as the model has features, NaN for missing. With a
 * number behind HEAD it answers that many times over and says the nanoseconds per row on stderr.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/slice.h"
#include "ml/model.h"
#include "tests/support/model_stream.h"

static void
die(const char *what)
{
	(void)fprintf(stderr, "predict_rows: %s\n", what);
	exit(1);
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
answer(const struct gw_model *m, const struct gw_head *h, const double *x, double *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = gw_head_predict(m, h, x + i * m->n_features);
}

int
main(int argc, char **argv)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf rows;
	struct gw_model *m;
	const struct gw_head *h;
	struct gw_err err;
	double *p, start;
	size_t n;
	long times = argc > 3 ? strtol(argv[3], NULL, 10) : 0;

	if (argc < 3)
		die("MODEL-FILE HEAD");
	gw_buf_init(&rows, &alloc, 0);
	if (!test_read_stream(stdin, &rows))
		die("cannot read");
	m = test_model_file(&alloc, argv[1], &err);
	if (m == NULL || (h = gw_model_head(m, argv[2])) == NULL)
		die(m == NULL ? err.msg : "no such head");
	n = rows.len / sizeof(double) / m->n_features;
	if (n == 0 || n * m->n_features * sizeof(double) != rows.len)
		die("no whole rows");
	p = gw_alloc_zero(&alloc, n, sizeof(*p));
	if (p == NULL)
		die("out of memory");
	answer(m, h, (const double *)(const void *)rows.ptr, p, n);
	start = seconds();
	for (long i = 0; i < times; i++)
		answer(m, h, (const double *)(const void *)rows.ptr, p, n);
	if (times > 0)
		(void)fprintf(stderr, "%.1f\n",
		    (seconds() - start) * 1e9 / (double)times / (double)n);
	if (fwrite(p, sizeof(*p), n, stdout) != n || fflush(stdout) != 0)
		die("cannot write");
	gw_alloc_free(&alloc, p);
	gw_model_free(m);
	gw_buf_fini(&rows);
	return 0;
}

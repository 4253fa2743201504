/* SPDX-License-Identifier: MIT
 *
 * tests/bench/bench_trees.c - boosted trees timed, for trees.sh, on rows that it reads from stdin:
 *
 *   bench_trees ROWS FEATURES ROUNDS DEPTH THREADS [MODEL]
 *
 * raw doubles, a row its features and its label. Prints seconds of training, the loss on these
 * rows and the SHA-256 of the trees; with MODEL also writes a model file of one head, home_win.
 * ROUNDS 0: a logistic regression on the standardised features instead, seconds and loss.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "ml/gbdt.h"
#include "ml/logistic.h"
#include "ml/model.h"
#include "ml/scaler.h"
#include "tests/bench/timing.h"

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_trees: %s\n", what);
	exit(1);
}

static double *
read_rows(struct gw_alloc *alloc, struct gw_matrix *x, size_t n)
{
	double *y = gw_alloc_zero(alloc, n, sizeof(*y));

	for (size_t i = 0; i < n; i++) {
		double *row = gw_matrix_add(x);

		if (y == NULL || row == NULL || fread(row, sizeof(*row), x->d, stdin) != x->d ||
		    fread(&y[i], sizeof(*y), 1, stdin) != 1)
			die("fewer rows than said");
	}
	return y;
}

static void
write_model(struct gw_alloc *alloc, struct gw_gbdt *fit, const char *path, char sum[65])
{
	struct gw_model *m = gw_model_new(alloc, fit->trees->n_features, NULL);
	struct gw_buf text;
	FILE *f;

	if (m == NULL)
		die("out of memory");
	strcpy(m->name, "bench");
	strcpy(m->feature_set, "bench");
	strcpy(m->trained_on, "bench");
	memset(m->feature_hash, '0', 64);
	m->version = 1;
	for (size_t j = 0; j < m->n_features; j++)
		(void)snprintf(m->features[j].name, sizeof(m->features[j].name), "f%zu", j);
	m->n_heads = 1;
	strcpy(m->heads[0].name, "home_win");
	m->heads[0].intercept = fit->start;
	m->heads[0].trees = fit->trees;
	gw_buf_init(&text, alloc, 0);
	if (gw_model_write(m, &text) != 0)
		die("the model cannot be written");
	gw_sha256_hex(text.ptr, text.len, sum);
	if (path != NULL) {
		f = fopen(path, "wb");
		if (f == NULL || fwrite(text.ptr, 1, text.len, f) != text.len || fclose(f) != 0)
			die("the model cannot be written");
	}
	gw_buf_fini(&text);
	gw_model_free(m);
}

static void
time_logistic(struct gw_alloc *alloc, struct gw_pool *pool, struct gw_matrix *x,
    const double *y)
{
	double *work = gw_alloc_zero(alloc, 3 * x->d, sizeof(*work));
	struct gw_logistic fit = { .z = x, .y = y, .c = 1, .pool = pool, .coef = work };
	double start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct gw_err err;

	if (work == NULL)
		die("out of memory");
	gw_scaler_fit(x, work + x->d, work + 2 * x->d);
	gw_scaler_apply(x, work + x->d, work + 2 * x->d);
	if (gw_logistic_fit(alloc, &fit, &err) != 0)
		die(err.msg);
	printf("%.4f %.4f %.6f\n", seconds(CLOCK_MONOTONIC) - start,
	    seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, fit.log_loss);
	gw_alloc_free(alloc, work);
}

int
main(int argc, char **argv)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_gbdt fit = { .loss = GW_LOSS_LOGISTIC, .rate = 0.1, .l2 = 1, .min_weight = 1,
		.bag = 1 };
	struct gw_matrix x;
	struct gw_err err;
	double start, cpu, *y;
	char sum[65];

	if (argc < 6)
		die("ROWS FEATURES ROUNDS DEPTH THREADS [MODEL]");
	gw_matrix_init(&x, &alloc, (size_t)strtoul(argv[2], NULL, 10));
	y = read_rows(&alloc, &x, (size_t)strtoul(argv[1], NULL, 10));
	fit.train = (struct gw_gbdt_rows){ &x, y, NULL };
	fit.rounds = (size_t)strtoul(argv[3], NULL, 10);
	fit.depth = (unsigned)strtoul(argv[4], NULL, 10);
	fit.pool = gw_pool_new(&alloc, (unsigned)strtoul(argv[5], NULL, 10));
	start = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	if (fit.rounds == 0) {
		time_logistic(&alloc, fit.pool, &x, y);
	} else {
		if (gw_gbdt_fit(&alloc, &fit, &err) != 0)
			die(err.msg);
		printf("%.3f %.3f %.6f ", seconds(CLOCK_MONOTONIC) - start,
		    seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, fit.train_loss);
		write_model(&alloc, &fit, argc > 6 ? argv[6] : NULL, sum);
		printf("%s\n", sum);
	}
	gw_pool_free(fit.pool);
	gw_alloc_free(&alloc, y);
	gw_matrix_fini(&x);
	return 0;
}

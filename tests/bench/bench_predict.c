/* SPDX-License-Identifier: MIT
 *
 * tests/bench/bench_predict.c - answers timed one by one, for models.sh:
 *
 *   bench_predict rows MODEL-FILE HEAD <ROWS	raw doubles of this machine, as predict_rows.c
 *   bench_predict plays MODEL-FILE SEASON-FILE	a play's JSON in, its prediction's JSON out
 *
 * Prints "p50 p99" in nanoseconds, the reading of the clock taken off. PASSES over the rows. The
 * plays of a season are made JSON first; then each is parsed, predicted and written into a buffer.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/slice.h"
#include "ml/model.h"
#include "nfl/prediction.h"
#include "nfl/season.h"
#include "tests/bench/timing.h"
#include "tests/support/model_stream.h"

#define PASSES	 3
#define CALLS	 16	/* a reading of the clock; a row is nearer to that than to one */
#define ROWS_MAX 50000

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_predict: %s\n", what);
	exit(1);
}

static double
now_ns(void)
{
	return seconds(CLOCK_MONOTONIC) * 1e9;
}

static double
clock_ns(void)
{
	double ns[1001];

	for (size_t i = 0; i < 1001; i++) {
		double start = now_ns();

		ns[i] = now_ns() - start;
	}
	qsort(ns, 1001, sizeof(*ns), by_size);
	return ns[500];
}

static void
tell_ns(double *ns, size_t n, double calls)
{
	double reading = clock_ns();

	qsort(ns, n, sizeof(*ns), by_size);
	(void)printf("%.1f %.1f\n", (ns[n / 2] - reading) / calls,
	    (ns[n * 99 / 100] - reading) / calls);
}

/* Linear heads are too quick to be timed one by one: CALLS neighbours at once. */
static void
time_rows(struct gw_alloc *alloc, const struct gw_model *m, const struct gw_head *h)
{
	size_t calls = h->trees == NULL ? CALLS : 1, n, taken = 0;
	volatile double sink = 0;
	struct gw_buf rows;
	const double *x;
	double *ns;

	gw_buf_init(&rows, alloc, 0);
	if (!test_read_stream(stdin, &rows))
		die("cannot read");
	x = (const void *)rows.ptr;
	n = rows.len / sizeof(double) / m->n_features / calls * calls;
	ns = gw_alloc_zero(alloc, PASSES * n / calls + 1, sizeof(*ns));
	if (ns == NULL || n == 0)
		die("no rows");
	for (int pass = 0; pass < PASSES; pass++)
		for (size_t i = 0; i < n; i += calls) {
			double start = now_ns();

			for (size_t k = 0; k < calls; k++)
				sink = gw_head_predict(m, h, x + (i + k) * m->n_features);
			ns[taken++] = now_ns() - start;
		}
	(void)sink;
	tell_ns(ns, taken, (double)calls);
	gw_alloc_free(alloc, ns);
	gw_buf_fini(&rows);
}

struct messages {
	struct gw_buf	 text;
	size_t		*at;		/* (n + 1) where each begins */
	size_t		 n;
};

static int
add_message(void *arg, const struct gw_season_play *p)
{
	struct messages *m = arg;

	if (m->n == ROWS_MAX)
		return 0;
	gw_play_write(&m->text, &p->play);
	m->at[++m->n] = m->text.len;
	return 0;
}

static double
time_message(const struct gw_predictor *p, struct gw_slice json, struct gw_arena *arena,
    struct gw_buf *out)
{
	double start = now_ns();
	struct gw_prediction prediction;
	struct gw_play play;
	struct gw_err err;

	if (gw_play_parse(json, arena, &play, &err) != 0)
		die(err.msg);
	gw_predict(p, &play, &prediction);
	gw_prediction_json(out, &play, &prediction, prediction.model, NULL);
	gw_arena_reset(arena);
	out->len = 0;
	return now_ns() - start;
}

static void
time_plays(struct gw_env *env, const struct gw_model *model, const char *season)
{
	struct gw_alloc *alloc = env->alloc;
	struct gw_season_counts counts = { 0 };
	struct messages m = { .n = 0 };
	struct gw_predictor *p;
	struct gw_arena arena;
	struct gw_buf out;
	struct gw_err err;
	double *ns;

	m.at = gw_alloc_zero(alloc, ROWS_MAX + 1, sizeof(*m.at));
	ns = gw_alloc_zero(alloc, PASSES * ROWS_MAX, sizeof(*ns));
	gw_buf_init(&m.text, alloc, 0);
	gw_buf_init(&out, alloc, 0);
	gw_arena_init(&arena, alloc, 0);
	if (m.at == NULL || ns == NULL || (p = gw_predictor_new(alloc, model, &err)) == NULL ||
	    gw_season_read(env, season, GW_FOR_STREAMING, add_message, &m, &counts, &err) != 0)
		die(err.msg);
	for (size_t k = 0; k < PASSES * m.n; k++) {
		struct gw_slice json = gw_buf_slice(&m.text);
		size_t i = k % m.n;

		json.ptr += m.at[i];
		json.len = m.at[i + 1] - m.at[i];
		ns[k] = time_message(p, json, &arena, &out);
	}
	tell_ns(ns, PASSES * m.n, 1);
	gw_arena_fini(&arena);
	gw_buf_fini(&out);
	gw_buf_fini(&m.text);
	gw_predictor_free(p);
	gw_alloc_free(alloc, ns);
	gw_alloc_free(alloc, m.at);
}

int
main(int argc, char **argv)
{
	struct gw_err err = { 0 };
	struct gw_env *env = gw_env_posix_new(0, false, &err);
	const struct gw_head *h;
	struct gw_model *m;

	if (env == NULL || argc != 4)
		die("rows|plays MODEL-FILE HEAD|SEASON-FILE");
	if ((m = test_model_file(env->alloc, argv[2], &err)) == NULL)
		die(err.msg);
	if (strcmp(argv[1], "plays") == 0)
		time_plays(env, m, argv[3]);
	else if ((h = gw_model_head(m, argv[3])) != NULL)
		time_rows(env->alloc, m, h);
	else
		die("no such head");
	gw_model_free(m);
	gw_env_posix_free(env);
	return 0;
}

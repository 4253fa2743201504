/* SPDX-License-Identifier: MIT
 *
 * apps/bench/bench.h - plays at a steady rate all the way from produced to a prediction that a
 * reader sees, each stage timed on one clock, in microseconds.
 *
 * Producer, scorer, reader, and without -b the embedded broker are parts of one loop in one thread.
 * Play i is due at i/rate, whether or not the system keeps up, and every stage counts from there: a
 * stall is seen by all plays that were due in it (no coordinated omission).
 */
#ifndef GW_BENCH_H
#define GW_BENCH_H

#include "apps/kafka.h"
#include "apps/model/model_load.h"
#include "base/hist.h"

/* Each ends where the next begins. INFERENCE holds parsing, features and model. */
enum gw_bench_stage {
	GW_BENCH_PRODUCE,	/* due: in the producer's hands */
	GW_BENCH_BROKER,	/* acknowledged; 0 if it was read sooner */
	GW_BENCH_CONSUME,	/* handed to the scorer */
	GW_BENCH_QUEUE,		/* its turn in the batch */
	GW_BENCH_INFERENCE,	/* predicted */
	GW_BENCH_SINK,		/* seen by a reader of the predictions */
	GW_BENCH_TOTAL,
	GW_BENCH_STAGES
};

struct gw_bench_options {
	struct gw_kafka_args	*args;
	const char		*bootstrap;	/* of the embedded one, or as args say: NULL */
	const struct gw_loaded	*model;
	const char		*season_file, *game;
	double			 rate, seconds;
	bool			 exactly_once;	/* in transactions */
	struct gw_part		 broker;	/* self NULL: there is none in the loop */
};

struct gw_bench_result {
	uint64_t	plays, seen;		/* that were due; whose prediction was seen */
	double		seconds, mb;
	/* of this process, from the first play due to the last seen */
	int64_t		cpu_us;
	struct gw_hist	stages[GW_BENCH_STAGES];
};

/* 0, GW_EINTR, or err. A run that did not keep up is a good one with seen < plays. */
int	gw_bench_run(struct gw_app *app, const struct gw_bench_options *o,
	    struct gw_bench_result *out, struct gw_err *err) GW_CHECK_RESULT;
const char	*gw_bench_stage_name(enum gw_bench_stage stage);

#endif

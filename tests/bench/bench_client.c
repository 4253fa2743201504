/* SPDX-License-Identifier: MIT
 *
 * tests/bench/bench_client.c - our client's half of client.sh: produce or consume records and say
 * what it took.
 *
 *   bench_client produce|consume|lone|txn|loop CONFIG TOPIC RECORDS SIZE PARTITIONS
 *
 * produce: RECORDS of SIZE bytes, spread by the sticky partitioner. consume: as many, from the
 * beginning. lone: produce RECORDS one at a time, each acknowledged before the next. txn: the same,
 * each in a transaction. loop: read RECORDS of TOPIC as the member of a group, and copy each to
 * TOPIC-copy in a transaction that commits its offset. Prints "seconds cpu_seconds p50_us p99_us".
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gridwire/gridwire.h>

#include "tests/bench/timing.h"

#define ANSWER_MS	60000

struct work {
	struct gw_client	*c;
	const char		*topic;
	size_t			 n, size;
	int32_t			 n_partitions;
	double			*us;	/* of each record, lone */
	size_t			 n_us;
};

static void
die(const struct work *w, const char *what)
{
	(void)fprintf(stderr, "bench_client: %s: %s\n", what,
	    w->c != NULL ? gw_client_error(w->c)->msg : "");
	exit(1);
}

static void
flush_all(struct work *w, size_t n)
{
	struct gw_flushed f = gw_flush(w->c, ANSWER_MS);

	if (f.delivered != n || f.failed != 0 || f.pending != 0)
		die(w, "flush");
}

static void
produce(struct work *w)
{
	char *value = payload(w->size);
	struct gw_message m = { .topic = w->topic, .value = { value, w->size } };

	for (size_t i = 0; i < w->n; i++) {
		int rc;

		while ((rc = gw_send(w->c, &m)) == GW_EAGAIN)
			(void)gw_run(w->c, 100);
		if (rc != 0)
			die(w, "send");
	}
	flush_all(w, w->n);
	free(value);
}

static void
consume(struct work *w)
{
	size_t left = w->n, bytes = 0;

	for (int32_t p = 0; p < w->n_partitions; p++)
		if (gw_assign(w->c, w->topic, p, GW_OFFSET_EARLIEST) != 0)
			die(w, "assign");
	while (left > 0) {
		struct gw_err err;
		struct gw_batch *b = gw_fetch(w->c, ANSWER_MS, &err);
		struct gw_record r;

		if (b == NULL)
			die(w, "fetch");
		while (left > 0 && gw_batch_next(b, &r) > 0) {
			bytes += r.value.len;
			left--;
		}
	}
	if (bytes != w->n * w->size)
		die(w, "other bytes than were produced");
}

static void
lone(struct work *w)
{
	char *value = payload(w->size);
	struct gw_message m = { .topic = w->topic, .value = { value, w->size } };

	for (size_t i = 0; i < w->n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		if (gw_send(w->c, &m) != 0)
			die(w, "send");
		flush_all(w, 1);
		w->us[w->n_us++] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	free(value);
}

static void
txn(struct work *w)
{
	char *value = payload(w->size);
	struct gw_message m = { .topic = w->topic, .value = { value, w->size } };

	for (size_t i = 0; i < w->n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		if (gw_begin(w->c) != 0 || gw_send(w->c, &m) != 0 ||
		    gw_end(w->c, GW_COMMIT) != 0 || gw_end_wait(w->c, ANSWER_MS) != 0)
			die(w, "transaction");
		w->us[w->n_us++] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	free(value);
}

static void
loop(struct work *w)
{
	char copy[250], group[40];
	struct gw_message m = { .topic = copy };
	struct gw_batch *b = NULL;

	(void)snprintf(copy, sizeof(copy), "%s-copy", w->topic);
	(void)snprintf(group, sizeof(group), "bench-%ld", (long)getpid());
	if (gw_subscribe(w->c, w->topic, group) != 0)
		die(w, "subscribe");
	for (size_t i = 0; i < w->n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);
		struct gw_err err;
		struct gw_record r;

		while (b == NULL || gw_batch_next(b, &r) <= 0)
			if ((b = gw_fetch(w->c, ANSWER_MS, &err)) == NULL)
				die(w, "fetch");
		m.value = r.value;
		if (gw_begin(w->c) != 0 || gw_send(w->c, &m) != 0 ||
		    gw_commit_offset_in_txn(w->c, w->topic, gw_batch_info(b).partition,
			r.offset + 1) != 0 ||
		    gw_end(w->c, GW_COMMIT) != 0 || gw_end_wait(w->c, ANSWER_MS) != 0)
			die(w, "transaction");
		w->us[w->n_us++] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	(void)gw_client_close(w->c, ANSWER_MS);
}

int
main(int argc, char **argv)
{
	struct work w = { 0 };
	struct gw_err err;
	double wall, cpu;

	if (argc != 7)
		die(&w, "wrong arguments");
	w.topic = argv[3];
	w.n = strtoul(argv[4], NULL, 10);
	w.size = strtoul(argv[5], NULL, 10);
	w.n_partitions = (int32_t)strtol(argv[6], NULL, 10);
	w.us = calloc(w.n + 1, sizeof(*w.us));
	wall = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	w.c = gw_client_new(argv[2], &err);
	if (w.c == NULL || w.us == NULL)
		die(&w, err.msg);
	if (strcmp(argv[1], "produce") == 0)
		produce(&w);
	else if (strcmp(argv[1], "consume") == 0)
		consume(&w);
	else if (strcmp(argv[1], "txn") == 0)
		txn(&w);
	else if (strcmp(argv[1], "loop") == 0)
		loop(&w);
	else
		lone(&w);
	tell(wall, cpu, w.us, w.n_us);
	gw_client_free(w.c);
	free(w.us);
	return 0;
}

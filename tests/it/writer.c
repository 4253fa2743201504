/* SPDX-License-Identifier: MIT
 *
 * tests/it/writer.c - numbered records, as many as come, while brokers go and come.
 *
 *   writer BOOTSTRAP TOPIC PARTITIONS	until its standard input ends: every 10 ms one record for
 *					each of PARTITIONS, "PARTITION NUMBER". Prints for each that
 *					is acknowledged "PARTITION NUMBER OFFSET MS", MS of the wall
 *					clock.
 *
 * Exit 1 if a record was given up, or some are left at the end.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <gridwire/gridwire.h>

#define EVERY_MS	10
#define END_MS		60000

struct writer {
	struct gw_client	*c;
	const char		*topic;
	int32_t			 n_partitions;
	uintptr_t		 next;	/* number of the next round */
	bool			 failed;
};

static long long
wall_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
events(struct writer *w)
{
	struct gw_event ev;

	while (gw_next_event(w->c, &ev) > 0) {
		if (ev.type == GW_EVENT_DELIVERED)
			printf("%d %ju %lld %lld\n", (int)ev.partition,
			    (uintmax_t)(uintptr_t)ev.opaque, (long long)ev.offset, wall_ms());
		else if (ev.err.code != 0)
			fprintf(stderr, "writer: %s\n", ev.err.msg);
		w->failed |= ev.type == GW_EVENT_FAILED;
	}
}

static int
send_round(struct writer *w)
{
	uintptr_t n = w->next++;

	for (int32_t p = 0; p < w->n_partitions; p++) {
		char value[64];
		struct gw_message m = { .topic = w->topic, .partition = p,
		    .flags = GW_MSG_PARTITION | GW_MSG_REPORT, .opaque = (void *)n };
		int rc;

		(void)snprintf(value, sizeof(value), "%d %ju", (int)p, (uintmax_t)n);
		m.value = gw_str(value);
		while ((rc = gw_send(w->c, &m)) == GW_EAGAIN) {
			(void)gw_run(w->c, EVERY_MS);
			events(w);
		}
		if (rc != 0) {
			fprintf(stderr, "writer: %s\n", gw_client_error(w->c)->msg);
			return 1;
		}
	}
	return 0;
}

static int
write_all(struct writer *w)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	long long due = wall_ms();

	while (poll(&in, 1, 0) == 0) {
		long long now = wall_ms();

		if (now >= due) {
			if (send_round(w) != 0)
				return 1;
			due = now + EVERY_MS;
		}
		(void)gw_run(w->c, (int)(due - now > 0 ? due - now : 0));
		events(w);
		(void)fflush(stdout);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct writer w = { .n_partitions = argc == 4 ? atoi(argv[3]) : 0 };
	struct gw_flushed f;
	struct gw_err err;
	char config[256];
	int rc;

	if (w.n_partitions < 1) {
		fprintf(stderr, "usage: writer BOOTSTRAP TOPIC PARTITIONS\n");
		return 1;
	}
	(void)snprintf(config, sizeof(config), "bootstrap.servers=%s", argv[1]);
	w.topic = argv[2];
	w.c = gw_client_new(config, &err);
	if (w.c == NULL) {
		fprintf(stderr, "writer: %s\n", err.msg);
		return 1;
	}
	rc = write_all(&w);
	f = gw_client_close(w.c, END_MS);
	events(&w);
	gw_client_free(w.c);
	if (f.pending > 0)
		fprintf(stderr, "writer: %zu records are not acknowledged\n", f.pending);
	return rc != 0 || w.failed || f.pending > 0;
}

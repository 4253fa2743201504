/* SPDX-License-Identifier: MIT
 *
 * The client in libev's loop, beside a timer of ours: ./libev_loop HOST:PORT TOPIC
 * Prints what comes into the topic, and once a second how much that was. Needs libev (-lev).
 */
#include <ev.h>
#include <inttypes.h>
#include <stdio.h>

#include <gridwire/gridwire.h>

#define FDS_MAX	16

struct reader {
	struct gw_client	*client;
	struct pollfd		 fds[FDS_MAX];
	ev_io			 ios[FDS_MAX];
	size_t			 n;		/* of both */
	ev_timer		 wake;
	uint64_t		 n_records;
};

static void	arm(struct ev_loop *loop, struct reader *r);

static void
read_all(struct reader *r)
{
	struct gw_record rec;
	struct gw_batch *b;
	struct gw_err err;

	while ((b = gw_fetch(r->client, 0, &err)) != NULL)
		while (gw_batch_next(b, &rec) > 0) {
			printf("%.*s\n", (int)rec.value.len, rec.value.ptr);
			r->n_records++;
		}
}

/* What the client waited for has come. It may close descriptors, so none is watched meanwhile. */
static void
turn(struct ev_loop *loop, struct reader *r)
{
	struct gw_event ev;

	ev_timer_stop(loop, &r->wake);
	for (size_t i = 0; i < r->n; i++)
		ev_io_stop(loop, &r->ios[i]);
	gw_process(r->client, r->fds, r->n);
	read_all(r);
	while (gw_next_event(r->client, &ev))
		if (ev.type == GW_EVENT_ERROR)
			fprintf(stderr, "%s\n", ev.err.msg);
	arm(loop, r);
}

static void
on_io(struct ev_loop *loop, ev_io *w, int revents)
{
	struct reader *r = w->data;
	struct pollfd *p = &r->fds[w - r->ios];

	p->revents = (short)((revents & EV_READ ? POLLIN : 0) | (revents & EV_WRITE ? POLLOUT : 0));
	turn(loop, r);
}

static void
on_wake(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	turn(loop, w->data);
}

static void
arm(struct ev_loop *loop, struct reader *r)
{
	int timeout_ms;
	size_t n = gw_pollfds(r->client, r->fds, FDS_MAX, &timeout_ms);

	r->n = n > FDS_MAX ? FDS_MAX : n;	/* the rest has its turn later */
	for (size_t i = 0; i < r->n; i++) {
		ev_io_init(&r->ios[i], on_io, r->fds[i].fd,
		    (r->fds[i].events & POLLIN ? EV_READ : 0) |
		    (r->fds[i].events & POLLOUT ? EV_WRITE : 0));
		r->ios[i].data = r;
		ev_io_start(loop, &r->ios[i]);
	}
	ev_timer_init(&r->wake, on_wake, timeout_ms < 0 ? 3600 : timeout_ms / 1000.0, 0);
	r->wake.data = r;
	ev_timer_start(loop, &r->wake);
}

static void
on_second(struct ev_loop *loop, ev_timer *w, int revents)
{
	const struct reader *r = w->data;

	(void)loop;
	(void)revents;
	fprintf(stderr, "%" PRIu64 " records\n", r->n_records);
}

int
main(int argc, char **argv)
{
	struct ev_loop *loop = ev_default_loop(0);
	struct reader r = { .n = 0 };
	ev_timer every_second;
	struct gw_err err;
	char config[300];

	if (argc != 3) {
		fprintf(stderr, "usage: libev_loop HOST:PORT TOPIC\n");
		return 1;
	}
	snprintf(config, sizeof(config), "bootstrap.servers=%s", argv[1]);
	r.client = gw_client_new(config, &err);
	if (r.client == NULL || gw_assign(r.client, argv[2], 0, GW_OFFSET_EARLIEST) != 0) {
		fprintf(stderr, "%s\n",
		    r.client == NULL ? err.msg : gw_client_error(r.client)->msg);
		return 1;
	}
	ev_timer_init(&every_second, on_second, 1, 1);
	every_second.data = &r;
	ev_timer_start(loop, &every_second);
	arm(loop, &r);
	ev_run(loop, 0);
	gw_client_free(r.client);
	return 0;
}

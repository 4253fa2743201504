/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/sim/actors.h"

#include <stdio.h>

#include "client/client.h"

static void
delivered(struct sim_producer *p, struct sim_record *r, const struct gw_event *ev)
{
	if (r->fate != SIM_PENDING)
		sim_fail(p->node.world, "record %zu reported twice",
		    (size_t)(r - p->ledger->records));
	r->fate = SIM_DELIVERED;
	r->partition = ev->partition;
	r->offset = ev->offset;
	p->ledger->n_delivered++;
}

static void
failed(struct sim_producer *p, struct sim_record *r, const struct gw_event *ev)
{
	sim_note(p->node.world, "record %zu failed: %s", (size_t)(r - p->ledger->records),
	    ev->err.msg);
	if (r->fate != SIM_PENDING)
		sim_fail(p->node.world, "record %zu reported twice",
		    (size_t)(r - p->ledger->records));
	r->fate = SIM_FAILED;
	p->ledger->n_failed++;
}

static void
read_events(struct sim_producer *p)
{
	struct gw_event ev;

	while (gw_next_event(p->client, &ev)) {
		struct sim_record *r = ev.opaque;

		if (ev.type == GW_EVENT_DELIVERED)
			delivered(p, r, &ev);
		else if (ev.type == GW_EVENT_FAILED)
			failed(p, r, &ev);
		else if (ev.type == GW_EVENT_ERROR)
			sim_note(p->node.world, "producer: %s", ev.err.msg);
	}
}

static int
send_one(struct sim_producer *p)
{
	char value[64 + SIM_PADDING_MAX], key[16];
	struct gw_message m = { .topic = SIM_TOPIC, .flags = GW_MSG_REPORT,
		.opaque = &p->ledger->records[p->next] };

	snprintf(key, sizeof(key), "game-%zu", p->next % 7);
	m.key = gw_str(key);
	m.value = (struct gw_slice){ value, (size_t)snprintf(value, 64, "%zu ", p->next) };
	if (p->padding_max > 0) {
		size_t n = (size_t)gw_rng_below(&p->node.world->rng, p->padding_max);

		memset(value + m.value.len, 'a' + (int)(p->next % 26), n);
		m.value.len += n;
	}
	return gw_send(p->client, &m);
}

static void
send_due(struct sim_producer *p)
{
	struct sim_world *w = p->node.world;
	int rc;

	while (p->next < p->ledger->n && w->now.us >= p->next_us) {
		rc = send_one(p);
		if (rc == GW_EAGAIN) {
			p->next_us = w->now.us + 1000;
			return;
		}
		if (rc != 0) {
			sim_fail(w, "gw_send: %s", gw_strerror(rc));
			return;
		}
		p->ledger->records[p->next++].fate = SIM_PENDING;
		p->next_us += (int64_t)gw_rng_below(&w->rng, (uint64_t)p->gap_max_us + 1);
	}
}

static size_t
producer_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct sim_producer *p = self;
	size_t n = gw_client_pollfds(p->client, fds, cap, deadline_us);

	if (p->next < p->ledger->n && p->next_us < *deadline_us)
		*deadline_us = p->next_us;
	return n;
}

static void
producer_step(void *self, const struct pollfd *fds, size_t n)
{
	struct sim_producer *p = self;

	gw_process(p->client, fds, n);
	read_events(p);
	send_due(p);
}

void
sim_producer_start(struct sim_producer *p, struct sim_world *w, struct sim_ledger *l,
    int32_t partitions, const char *config)
{
	struct gw_err err;

	*p = (struct sim_producer){ .ledger = l, .partitions = partitions, .next_us = w->now.us };
	sim_node_init(&p->node, w, "producer", false);
	p->client = gw_client_new_env(&p->node.env, config, &err);
	if (p->client == NULL)
		sim_fail(w, "producer: %s", err.msg);
}

void
sim_producer_stop(struct sim_producer *p)
{
	gw_client_free(p->client);
	sim_node_fini(&p->node);
}

struct sim_actor
sim_producer_actor(struct sim_producer *p)
{
	return (struct sim_actor){ .name = "producer", .self = p, .pollfds = producer_pollfds,
		.step = producer_step };
}

/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_nomem.c - memory runs out at every place once: nothing crashes, nothing is
 * left, and a record is delivered, failed or pending, but never forgotten.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "tests/client/fake.h"
#include "tests/client/suites.h"

#define RECORDS 60

static void
produce(struct gw_client *c)
{
	size_t sent = 0, delivered = 0, failed = 0;
	struct gw_flushed f;
	struct gw_event ev;

	for (int i = 0; i < RECORDS; i++) {
		char text[32];
		struct gw_message m = { .topic = "t", .flags = GW_MSG_PARTITION | GW_MSG_REPORT,
		    .partition = i % 2, .opaque = c };

		(void)snprintf(text, sizeof(text), "value-%d", i);
		m.value = gw_str(text);
		sent += gw_send(c, &m) == 0;
	}
	f = gw_flush(c, 20000);
	delivered += f.delivered;
	failed += f.failed;
	ck_assert_uint_eq(delivered + failed + f.pending, sent);
	while (gw_next_event(c, &ev))
		;
}

/* Whatever fails, the transaction ends in one of the ways that are promised. */
static void
transact(struct gw_client *c)
{
	for (int i = 0; i < 3; i++) {
		struct gw_message m = { .topic = "t", .flags = GW_MSG_PARTITION,
		    .partition = i % 2, .value = gw_str("value-0") };
		struct gw_event ev;

		if (gw_begin(c) != 0)
			continue;
		(void)gw_send(c, &m);
		if (gw_end(c, i == 1 ? GW_ABORT : GW_COMMIT) == 0)
			ck_assert_int_ne(gw_end_wait(c, 200000), GW_EAGAIN);
		while (gw_next_event(c, &ev))
			;
	}
}

static void
consume(struct gw_client *c)
{
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;

	if (gw_subscribe(c, "t", "g") != 0)
		return;
	for (int i = 0; i < 20; i++) {
		b = gw_fetch(c, 300, &err);
		if (b == NULL)
			continue;
		while (gw_batch_next(b, &r) > 0)
			;
		(void)gw_commit(c, b);
	}
	(void)gw_commit_wait(c, 1000);
}

static struct fake_world *
world_of(struct gw_client *c)
{
	return c->env->clock.ctx;
}

/* Read a while; every few batches something in the group or the log changes. */
static void
read_through(struct gw_client *c, void (*change)(struct fake_world *w, int i))
{
	struct gw_event ev;
	struct gw_batch *b;
	struct gw_err err;

	for (int i = 0; i < 24; i++) {
		b = gw_fetch(c, 300, &err);
		if (b != NULL)
			(void)gw_commit(c, b);
		while (gw_next_event(c, &ev))
			;
		if (i % 4 == 3)
			change(world_of(c), i / 4);
	}
	(void)gw_commit_wait(c, 1000);
}

static void
new_epoch(struct fake_world *w, int i)
{
	w->consumer_group.given[0][i % 2] = i % 3 != 0;
	w->consumer_group.epoch++;
}

/* By KIP-848, with a pattern, so that ids have to be named. */
static void
consume_by_epochs(struct gw_client *c)
{
	world_of(c)->consumer_group.version = 1;
	world_of(c)->consumer_group.given[0][0] = true;
	if (gw_subscribe(c, "^t.*", "g") == 0 && gw_subscribe(c, "^u[0-9]", "g") == 0)
		read_through(c, new_epoch);
}

static void
new_leader(struct fake_world *w, int i)
{
	w->group.heartbeat = GW_K_REBALANCE_IN_PROGRESS;
	w->topics[0].parts[i % 2].epoch++;
	if (i == 3)
		fake_cut(&w->topics[0].parts[0], 20);
}

/* Classic and cooperative, with a pattern, from leaders that have to be asked whether they cut. */
static void
consume_together(struct gw_client *c)
{
	for (size_t i = 0; i < world_of(c)->n_brokers; i++)
		world_of(c)->brokers[i].max[GW_API_FETCH] = 11;
	if (gw_subscribe(c, "^t.*", "g") == 0)
		read_through(c, new_leader);
}

static void
administer(struct gw_client *c)
{
	struct gw_config f = { .name = "retention.ms", .value = "1" };
	struct gw_call *calls[] = { gw_call_create_topic(c, "new", 1, 1, &f, 1),
		gw_call_cluster(c, NULL), gw_call_topic_configs(c, "t"),
		gw_call_list_offsets(c, "t", GW_OFFSET_LATEST), gw_call_list_groups(c),
		gw_call_describe_group(c, "g"), gw_call_group_offsets(c, "g") };
	const struct gw_offset_info o = { .topic = "t", .partition = 0, .offset = 1 };
	const struct gw_producer_info p = { .topic = "t", .partition = 0, .producer_id = 1 };
	struct gw_call *changes[] = {
		gw_call_alter_configs(c, &(struct gw_alter){ .topic = "t", .configs = &f,
		    .n_configs = 1 }),
		gw_call_broker_configs(c, 1), gw_call_grow_topic(c, "t", 3, false),
		gw_call_delete_records(c, "t", &o, 1), gw_call_set_group_offsets(c, "g", &o, 1),
		gw_call_delete_group_offsets(c, "g", &o, 1), gw_call_delete_group(c, "g"),
		gw_call_features(c, -1), gw_call_list_txns(c), gw_call_describe_txn(c, "x"),
		gw_call_topic_producers(c, "t"), gw_call_abort_txn(c, &p) };

	for (size_t i = 0; i < GW_N(calls); i++) {
		if (calls[i] == NULL)
			continue;
		(void)gw_call_wait(calls[i], 5000);
		gw_call_free(calls[i]);
	}
	for (size_t i = 0; i < GW_N(changes); i++) {
		if (changes[i] == NULL)
			continue;
		(void)gw_call_wait(changes[i], 5000);
		gw_call_free(changes[i]);
	}
}

/* One life of a client with the k-th allocation failing. Returns whether one failed. */
static bool
live(void (*what)(struct gw_client *), size_t k)
{
	struct fake_world *w = fake_new(2);
	struct gw_client *c;
	struct gw_err err;
	bool met;

	fake_topic(w, "t", 2);
	for (int i = 0; i < 3; i++)
		fake_fill(w, &w->topics[0].parts[i % 2], 20, "value");
	w->topics[0].batch_max = what == transact ? 0 : 150;
	w->group.need_member_id = true;
	w->group.has_other = true;
	w->client_alloc.fail_at = k;
	c = gw_client_new_env(&w->env, what == transact ?
	    "bootstrap.servers=b1:9000,b2:9001;linger.ms=0;transactional.id=x" :
	    what == consume_together ?
	    "bootstrap.servers=b1:9000,b2:9001;auto.offset.reset=earliest;"
	    "partition.assignment.strategy=cooperative-sticky;heartbeat.interval.ms=300;"
	    "metadata.max.age.ms=500" :
	    "bootstrap.servers=b1:9000,b2:9001;auto.offset.reset=earliest;"
	    "linger.ms=0;isolation.level=read_committed;compression.type=gzip",
	    &err);
	if (c != NULL) {
		what(c);
		(void)gw_client_close(c, 1000);
	} else {
		ck_assert_int_eq(err.code, GW_ENOMEM);
	}
	met = w->client_alloc.n_failed > 0;
	gw_client_free(c);
	fake_free(w);
	return met;
}

static void
sweep(void (*what)(struct gw_client *))
{
	size_t k = 1;

	while (live(what, k))
		k++;
	ck_assert_uint_gt(k, 40);
}

START_TEST(a_producer_survives_every_failed_allocation)
{
	sweep(produce);
}
END_TEST

START_TEST(a_member_of_a_group_survives_every_failed_allocation)
{
	sweep(consume);
}
END_TEST

START_TEST(a_member_by_kip_848_survives_every_failed_allocation)
{
	sweep(consume_by_epochs);
}
END_TEST

START_TEST(a_cooperative_member_survives_every_failed_allocation)
{
	sweep(consume_together);
}
END_TEST

START_TEST(calls_survive_every_failed_allocation)
{
	sweep(administer);
}
END_TEST

START_TEST(a_transactional_producer_survives_every_failed_allocation)
{
	sweep(transact);
}
END_TEST

Suite *
check_nomem_suite(void)
{
	Suite *s = suite_create("nomem");
	TCase *tc = tcase_create("sweep");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_producer_survives_every_failed_allocation);
	tcase_add_test(tc, a_transactional_producer_survives_every_failed_allocation);
	tcase_add_test(tc, a_member_of_a_group_survives_every_failed_allocation);
	tcase_add_test(tc, a_member_by_kip_848_survives_every_failed_allocation);
	tcase_add_test(tc, a_cooperative_member_survives_every_failed_allocation);
	tcase_add_test(tc, calls_survive_every_failed_allocation);
	suite_add_tcase(s, tc);
	return s;
}

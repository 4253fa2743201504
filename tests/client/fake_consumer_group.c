/* SPDX-License-Identifier: MIT
 *
 * tests/client/fake_consumer_group.c - the coordinator of a KIP-848 group, as far as one member
 * sees it. Source: GroupMetadataManager.java (which requests are refused, and how).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "tests/client/fake.h"
#include "wire/msg_consumer_group_heartbeat.h"

struct gw_uuid
fake_topic_id(const struct fake_world *w, const struct fake_topic *t)
{
	struct gw_uuid id = { { 0xfa } };

	id.b[15] = (uint8_t)(t - w->topics + 1);
	return id;
}

int16_t
fake_consumer_group_check(const struct fake_world *w, int32_t epoch)
{
	const struct fake_consumer_group *g = &w->consumer_group;

	if (g->member_epoch == 0 || epoch < 0)
		return 0;
	return epoch == g->member_epoch ? 0 : GW_K_STALE_MEMBER_EPOCH;
}

static void
copy(char *to, size_t cap, struct gw_slice s)
{
	if (s.ptr != NULL)
		(void)snprintf(to, cap, "%.*s", GW_FMT(s));
}

static void
note(struct fake_world *w, const struct gw_consumer_group_heartbeat_request *rq)
{
	struct fake_consumer_group *g = &w->consumer_group;

	g->told_topics = rq->n_subscribed_topic_names != GW_NULL_ARRAY;
	g->told_owned = rq->n_topic_partitions != GW_NULL_ARRAY;
	g->rebalance_timeout_ms = rq->rebalance_timeout_ms;
	if (g->told_topics)
		g->n_names = rq->n_subscribed_topic_names;
	copy(g->regex, sizeof(g->regex), rq->subscribed_topic_regex);
	copy(g->assignor, sizeof(g->assignor), rq->server_assignor);
	copy(g->instance, sizeof(g->instance), rq->instance_id);
	if (g->told_owned)
		memset(g->owned, 0, sizeof(g->owned));
	for (size_t i = 0; i < gw_count(rq->n_topic_partitions); i++) {
		size_t t = rq->topic_partitions[i].topic_id.b[15] - 1u;

		ck_assert_uint_lt(t, w->n_topics);
		for (size_t j = 0; j < rq->topic_partitions[i].n_partitions; j++)
			g->owned[t][rq->topic_partitions[i].partitions[j]] = true;
	}
}

/* A join tells all and owns nothing; the coordinator refuses everything else. */
static void
check_join(const struct gw_consumer_group_heartbeat_request *rq)
{
	ck_assert_uint_gt(rq->member_id.len, 0);
	ck_assert_int_gt(rq->rebalance_timeout_ms, 0);
	ck_assert_uint_eq(rq->n_topic_partitions, 0);
	ck_assert(rq->n_subscribed_topic_names != GW_NULL_ARRAY);
	ck_assert(rq->n_subscribed_topic_names > 0 || rq->subscribed_topic_regex.len > 0);
}

static int16_t
take(struct fake_world *w, const struct gw_consumer_group_heartbeat_request *rq, bool *news)
{
	struct fake_consumer_group *g = &w->consumer_group;

	if (rq->member_epoch < 0) {
		g->n_left++;
		g->left_with = rq->member_epoch;
		g->member_epoch = 0;
		return 0;
	}
	if (rq->member_epoch == 0) {
		check_join(rq);
		copy(g->member, sizeof(g->member), rq->member_id);
		g->n_joins++;
		if (g->epoch == 0)
			g->epoch = 1;
	} else if (g->member_epoch == 0 || !gw_slice_is(rq->member_id, g->member)) {
		return GW_K_UNKNOWN_MEMBER_ID;
	} else if (rq->member_epoch != g->member_epoch && rq->member_epoch != g->member_epoch - 1) {
		/* the one before: an answer may have got lost */
		return GW_K_FENCED_MEMBER_EPOCH;
	}
	*news = rq->member_epoch != g->epoch;
	g->member_epoch = g->epoch;
	note(w, rq);
	return 0;
}

static void
assign(struct fake_world *w, struct gw_consumer_group_heartbeat_assignment *a)
{
	for (size_t t = 0; t < w->n_topics; t++) {
		struct gw_consumer_group_heartbeat_topic_partitions *d =
		    &a->topic_partitions[a->n_topic_partitions];

		d->topic_id = fake_topic_id(w, &w->topics[t]);
		d->partitions = gw_arena_zero(&w->arena, FAKE_PARTS, sizeof(int32_t));
		ck_assert_ptr_nonnull(d->partitions);
		for (int32_t i = 0; i < FAKE_PARTS; i++)
			if (w->consumer_group.given[t][i])
				d->partitions[d->n_partitions++] = i;
		a->n_topic_partitions += d->n_partitions > 0;
	}
}

bool
fake_consumer_group_answer(struct fake_broker *b, struct fake_conn *conn,
    const struct gw_request_header *h, void *body, const struct fake_plan *plan)
{
	struct fake_world *w = b->world;
	struct gw_consumer_group_heartbeat_response r = { .heartbeat_interval_ms = 1000 };
	struct gw_consumer_group_heartbeat_assignment *a = gw_arena_zero(&w->arena, 1, sizeof(*a));
	const struct gw_consumer_group_heartbeat_request *rq = body;
	bool news = false;
	struct gw_err err;

	ck_assert_ptr_nonnull(a);
	a->topic_partitions = gw_arena_zero(&w->arena, FAKE_TOPICS, sizeof(*a->topic_partitions));
	ck_assert_ptr_nonnull(a->topic_partitions);
	if (plan != NULL && plan->action == FAKE_ERROR)
		r.error_code = plan->code;
	else if (w->group.coordinator != b->node_id)
		r.error_code = GW_K_NOT_COORDINATOR;
	else
		r.error_code = take(w, rq, &news);
	r.error_message = gw_str(w->consumer_group.message);
	r.member_id = rq->member_id;
	r.member_epoch = rq->member_epoch < 0 ? rq->member_epoch : w->consumer_group.member_epoch;
	if (news && r.error_code == 0) {
		assign(w, a);
		r.assignment = a;
	}
	ck_assert_int_eq(gw_response_encode(&conn->out, h->api_key, h->api_version,
	    h->correlation_id, &r, &err), 0);
	return true;
}

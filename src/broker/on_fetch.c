/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_fetch.h"

struct wanted {
	struct gw_plog	*log;		/* NULL: error says why */
	int32_t		 index, bytes_max, last_epoch;
	int16_t		 error;
	int64_t		 offset;
	uint64_t	 seen_hw_bytes;	/* when the wait began */
	int64_t		 seen_start, seen_stable;
	size_t		 at, len;	/* of its records in the broker's buffer */
};

struct wanted_topic {
	struct gw_slice	 name;
	struct gw_uuid	 id;
	struct wanted	*parts;
	size_t		 n_parts;
};

struct fetch_wait {
	struct wanted_topic	*topics;
	size_t			 n_topics;
	int64_t			 bytes_max, bytes_min;
	uint64_t		 have;		/* bytes that were there when the wait began */
	bool			 committed_only;
	int32_t			 session_id;	/* 0: none */
	bool			 incremental;	/* only what the reader does not know yet */
};

/* ---- what is asked ---- */

static int16_t
judge(struct gw_broker *b, const struct gw_topic *t, const struct gw_fetch_partition *q, bool by_id)
{
	const struct gw_plog *l = gw_topic_part(t, q->partition);

	if (t == NULL)
		return by_id ? GW_K_UNKNOWN_TOPIC_ID : GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (l == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (q->current_leader_epoch >= 0 && q->current_leader_epoch < b->leader_epoch)
		return GW_K_FENCED_LEADER_EPOCH;
	if (q->current_leader_epoch > b->leader_epoch)
		return GW_K_UNKNOWN_LEADER_EPOCH;
	return 0;
}

static int
plan_topic(struct gw_request *rq, const struct gw_fetch_topic *q, struct wanted_topic *out)
{
	bool by_id = rq->version >= 13;
	const struct gw_topic *t = gw_topic_named(rq->b, by_id, q->topic, &q->topic_id);

	out->name = q->topic;
	out->id = q->topic_id;
	out->parts = gw_arena_zero(rq->arena, q->n_partitions + 1, sizeof(*out->parts));
	if (out->parts == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < q->n_partitions; i++) {
		const struct gw_fetch_partition *p = &q->partitions[i];
		struct wanted *w = &out->parts[out->n_parts++];

		*w = (struct wanted){ .index = p->partition,
			.bytes_max = p->partition_max_bytes,
			.offset = p->fetch_offset,
			.last_epoch = p->last_fetched_epoch,
			.error = judge(rq->b, t, p, by_id) };
		if (w->error == 0)
			w->log = gw_topic_part(t, p->partition);
	}
	return 0;
}

static struct fetch_wait *
plan(struct gw_request *rq, const struct gw_fetch_request *q)
{
	struct fetch_wait *f = gw_arena_zero(rq->arena, 1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->bytes_max = q->max_bytes < GW_BROKER_FETCH_MAX ? q->max_bytes : GW_BROKER_FETCH_MAX;
	f->bytes_min = q->min_bytes < f->bytes_max ? q->min_bytes : f->bytes_max;
	f->committed_only = q->isolation_level == 1;
	f->topics = gw_arena_zero(rq->arena, q->n_topics + 1, sizeof(*f->topics));
	if (f->topics == NULL)
		return NULL;
	for (size_t i = 0; i < q->n_topics; i++)
		if (plan_topic(rq, &q->topics[i], &f->topics[f->n_topics++]) < 0)
			return NULL;
	return f;
}

/* ---- reading ---- */

static bool
diverges(const struct wanted *w, struct gw_epoch_start *end)
{
	if (w->last_epoch < 0)
		return false;
	*end = gw_plog_epoch_end(w->log, w->last_epoch);
	return end->epoch >= 0 && (end->epoch < w->last_epoch || end->start < w->offset);
}

/*
 * Records of one partition into the buffer; *left and *total move. True when the answer cannot
 * wait.
 */
static bool
read_part(struct gw_broker *b, const struct fetch_wait *f, struct wanted *w, int64_t *left,
    int64_t *total)
{
	struct gw_plog_range range = { .offset = w->offset, .first_always = *total == 0 };
	struct gw_epoch_start end;
	int64_t n;

	w->at = b->fetched.len;
	w->len = 0;
	if (w->log == NULL)
		return true;
	if (w->offset < w->log->start || w->offset > w->log->next) {
		w->error = GW_K_OFFSET_OUT_OF_RANGE;
		return true;
	}
	if (diverges(w, &end))
		return true;
	range.end = f->committed_only ? gw_plog_stable(w->log) : w->log->hw;
	range.bytes_max = w->bytes_max < *left ? w->bytes_max : *left;
	n = gw_plog_read_range(w->log, &range, &b->fetched);
	if (n < 0) {
		gw_log(b->env->log, GW_LOG_ERROR, "cannot_read",
		    gw_kv_s("dir", gw_str(w->log->dir)), gw_kv_i("offset", w->offset),
		    gw_kv_s("error", gw_str(gw_strerror((int)n))));
		w->error = GW_K_KAFKA_STORAGE_ERROR;
		return true;
	}
	w->len = (size_t)n;
	*left -= n < *left ? n : *left;
	*total += n;
	return false;
}

/* Read all partitions. Returns true when the answer is due whatever the size. */
static bool
read_all(struct gw_broker *b, struct fetch_wait *f, int64_t *total)
{
	int64_t left = f->bytes_max;
	bool due = false;

	*total = 0;
	gw_buf_clear(&b->fetched);
	for (size_t i = 0; i < f->n_topics; i++)
		for (size_t k = 0; k < f->topics[i].n_parts; k++)
			due |= read_part(b, f, &f->topics[i].parts[k], &left, total);
	return due;
}

/* ---- the answer ---- */

static int
by_first(const void *a, const void *b)
{
	int64_t x = ((const struct gw_fetch_aborted_transaction *)a)->first_offset,
		y = ((const struct gw_fetch_aborted_transaction *)b)->first_offset;

	return x < y ? -1 : x > y;
}

/* The aborted transactions that reach into what a reader gets, by their first offsets. */
static int
tell_aborted(struct gw_arena *arena, const struct wanted *w,
    struct gw_fetch_partition_response *out)
{
	const struct gw_producers *ps = &w->log->producers;
	size_t from = ps->n_aborted;

	while (from > 0 && ps->aborted[from - 1].last >= w->offset)
		from--;
	if (from == ps->n_aborted)
		return 0;
	out->aborted_transactions =
	    gw_arena_zero(arena, ps->n_aborted - from, sizeof(*out->aborted_transactions));
	if (out->aborted_transactions == NULL)
		return GW_ENOMEM;
	for (; from < ps->n_aborted; from++)
		if (ps->aborted[from].first < out->last_stable_offset)
			out->aborted_transactions[out->n_aborted_transactions++] =
			    (struct gw_fetch_aborted_transaction){
				    .producer_id = ps->aborted[from].producer_id,
				    .first_offset = ps->aborted[from].first
			    };
	qsort(out->aborted_transactions, out->n_aborted_transactions,
	    sizeof(*out->aborted_transactions), by_first);
	return 0;
}

static int
tell_part(struct gw_broker *b, struct gw_arena *arena, const struct fetch_wait *f,
    const struct wanted *w, struct gw_fetch_partition_response *out)
{
	struct gw_epoch_start end;

	*out = (struct gw_fetch_partition_response){ .partition_index = w->index,
		.error_code = w->error,
		.high_watermark = -1,
		.last_stable_offset = -1,
		.log_start_offset = -1,
		.diverging_epoch = { -1, -1 },
		.current_leader = { -1, -1 },
		.snapshot_id = { -1, -1 },
		.preferred_read_replica = -1,
		.n_aborted_transactions = f->committed_only ? 0 : GW_NULL_ARRAY,
		.records = GW_LIT("") };
	if (w->log == NULL)
		return 0;
	out->high_watermark = w->log->hw;
	out->last_stable_offset = gw_plog_stable(w->log);
	out->log_start_offset = w->log->start;
	if (w->error == 0 && diverges(w, &end)) {
		out->diverging_epoch.epoch = end.epoch;
		out->diverging_epoch.end_offset = end.start;
	}
	if (w->len > 0)
		out->records = (struct gw_slice){ (const char *)b->fetched.ptr + w->at, w->len };
	return f->committed_only && w->len > 0 ? tell_aborted(arena, w, out) : 0;
}

/* Partitions of one topic; in a session those that the reader knows are left out. */
static int
tell_topic(struct gw_broker *b, struct gw_arena *arena, const struct fetch_wait *f,
    const struct wanted_topic *t, struct gw_fetch_topic_response *out)
{
	struct gw_session *s = f->session_id == 0 ? NULL
						  : gw_session_find(&b->sessions, f->session_id);

	out->topic = t->name;
	out->topic_id = t->id;
	out->partitions = gw_arena_zero(arena, t->n_parts + 1, sizeof(*out->partitions));
	if (out->partitions == NULL)
		return GW_ENOMEM;
	for (size_t k = 0; k < t->n_parts; k++) {
		struct gw_fetch_partition_response *p = &out->partitions[out->n_partitions];

		if (tell_part(b, arena, f, &t->parts[k], p) < 0)
			return GW_ENOMEM;
		if (s == NULL || !gw_session_knows(s, out, p) || !f->incremental)
			out->n_partitions++;
	}
	return 0;
}

static int
tell(struct gw_broker *b, struct gw_arena *arena, const struct fetch_wait *f,
    struct gw_fetch_response *r)
{
	b->stats.fetch_bytes += b->fetched.len;
	r->session_id = f->session_id;
	r->responses = gw_arena_zero(arena, f->n_topics + 1, sizeof(*r->responses));
	if (r->responses == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < f->n_topics; i++) {
		struct gw_fetch_topic_response *out = &r->responses[r->n_responses];

		if (tell_topic(b, arena, f, &f->topics[i], out) < 0)
			return GW_ENOMEM;
		if (out->n_partitions > 0 || !f->incremental)
			r->n_responses++;
		else
			*out = (struct gw_fetch_topic_response){ 0 };
	}
	return 0;
}

/* ---- waiting ---- */

static bool
worth_reading(const struct fetch_wait *f)
{
	uint64_t have = f->have;

	for (size_t i = 0; i < f->n_topics; i++) {
		for (size_t k = 0; k < f->topics[i].n_parts; k++) {
			const struct wanted *w = &f->topics[i].parts[k];

			if (w->log == NULL || w->log->start != w->seen_start)
				return true;
			if (f->committed_only && gw_plog_stable(w->log) == w->seen_stable)
				continue;
			have += w->log->hw_bytes - w->seen_hw_bytes;
		}
	}
	return have >= (uint64_t)f->bytes_min;
}

static int
resume(struct gw_pending *p, bool timed_out)
{
	struct fetch_wait *f = p->state;
	struct gw_fetch_response *r;
	int64_t total;
	int rc;

	if (!timed_out && !worth_reading(f))
		return GW_EAGAIN;
	(void)read_all(p->b, f, &total);
	r = gw_arena_zero(&p->arena, 1, sizeof(*r));
	if (r == NULL)
		return GW_ENOMEM;
	gw_visit_defaults(p->api->response, r);
	rc = tell(p->b, &p->arena, f, r);
	return rc < 0 ? rc : gw_pending_answer(p, r);
}

void
gw_fetch_forget(struct gw_pending *p, const struct gw_plog *l)
{
	struct fetch_wait *f = p->state;

	for (size_t i = 0; i < f->n_topics; i++) {
		for (size_t k = 0; k < f->topics[i].n_parts; k++) {
			struct wanted *w = &f->topics[i].parts[k];

			if (w->log != l)
				continue;
			w->log = NULL;
			w->error = p->h.api_version >= 13 ? GW_K_UNKNOWN_TOPIC_ID
							  : GW_K_UNKNOWN_TOPIC_OR_PARTITION;
		}
	}
}

static int
wait_for_more(struct gw_request *rq, struct fetch_wait *f, int64_t have, int32_t max_wait_ms)
{
	for (size_t i = 0; i < f->n_topics; i++) {
		struct wanted_topic *t = &f->topics[i];

		if (t->name.ptr != NULL) {
			const char *copy = gw_arena_str(rq->arena, t->name);

			if (copy == NULL)
				return GW_ENOMEM;
			t->name.ptr = copy;
		}
		for (size_t k = 0; k < t->n_parts; k++) {
			t->parts[k].seen_hw_bytes = t->parts[k].log->hw_bytes;
			t->parts[k].seen_start = t->parts[k].log->start;
			t->parts[k].seen_stable = gw_plog_stable(t->parts[k].log);
		}
	}
	f->have = (uint64_t)have;
	rq->p->state = f;
	rq->p->resume = resume;
	rq->p->deadline_us = rq->now.us + (int64_t)max_wait_ms * 1000;
	return GW_EAGAIN;
}

/* ---- sessions ---- */

/*
 * Epoch -1: without one; 0: a new one if there is room; else what is asked is what the session
 * remembers, with the changes of this request. 0, Kafka's error, GW_E*.
 */
static int
use_session(struct gw_request *rq, const struct gw_fetch_request *q, struct fetch_wait **f)
{
	struct gw_sessions *ss = &rq->b->sessions;
	struct gw_session *s = gw_session_find(ss, q->session_id);
	bool by_id = rq->version >= 13;
	struct gw_fetch_request full = *q;
	int rc;

	if (q->session_epoch <= 0) {
		if (s != NULL && q->session_id != 0)
			gw_session_close(ss, s);
		*f = plan(rq, q);
		if (*f == NULL)
			return GW_ENOMEM;
		s = q->session_epoch == 0 && rq->version >= 7 && q->n_topics > 0
		    ? gw_session_open(ss, q, by_id, rq->now.us) : NULL;
		(*f)->session_id = s == NULL ? 0 : s->id;
		return 0;
	}
	rc = gw_session_resume(ss, q, by_id, rq->now.us, &s);
	if (rc != 0)
		return rc;
	full.topics = gw_session_topics(s, rq->arena, &full.n_topics);
	*f = full.topics == NULL ? NULL : plan(rq, &full);
	if (*f == NULL)
		return GW_ENOMEM;
	(*f)->session_id = s->id;
	(*f)->incremental = true;
	return 0;
}

int
gw_on_fetch(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_fetch_request *q = request;
	struct gw_fetch_response *r = response;
	struct fetch_wait *f = NULL;
	int64_t total;
	bool due;
	int rc = use_session(rq, q, &f);

	rq->b->stats.fetch_requests++;
	if (rc != 0) {
		r->error_code = rc > 0 ? (int16_t)rc : 0;
		return rc > 0 ? 0 : rc;
	}
	due = read_all(rq->b, f, &total);
	if (!due && total < f->bytes_min && q->max_wait_ms > 0 && f->n_topics > 0)
		return wait_for_more(rq, f, total, q->max_wait_ms);
	return tell(rq->b, rq->arena, f, r);
}

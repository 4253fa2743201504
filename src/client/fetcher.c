/* SPDX-License-Identifier: MIT
 *
 * client/fetcher.c - Fetch requests with their sessions, and what the answers mean.
 * Source: FetchRequest.json, FetchResponse.json; KIP-227, KIP-320, KIP-392; FetchMetadata.java.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/consumer.h"

#include <stdlib.h>

#include "client/internal.h"
#include "client/metadata.h"
#include "wire/msg_fetch.h"

#define FETCH_SESSION_TOPIC_ID_ERROR	106
#define REPLICA_NOT_AVAILABLE		9
#define PARTITION_MAX			(1 << 20)	/* Java's max.partition.fetch.bytes */

struct gw_broker *
gw_cpart_source(struct gw_client *c, const struct gw_cpart *p)
{
	struct gw_broker *b = NULL;

	if (p->replica >= 0 && p->replica_until_us > c->now.us)
		b = gw_cluster_broker(c, p->replica);
	return b != NULL ? b : gw_cluster_leader(c, p->topic, p->index);
}

static bool
is_fetchable(const struct gw_client *c, const struct gw_cpart *p)
{
	return p->assigned && !p->paused && !p->leaving && p->state == GW_CPART_READY &&
	       p->retry_at_us <= c->now.us;
}

static bool
is_from(struct gw_client *c, const struct gw_cpart *p, const struct gw_broker *b)
{
	return is_fetchable(c, p) && gw_cpart_source(c, p) == b;
}

static void
reset_session(struct gw_client *c, struct gw_broker *b)
{
	b->session.epoch = 0;
	b->session.serial = ++c->consumer.sessions;
}

/* ---- the request ---- */

/* The end of a partition comes only in an answer that a session did not cut short. */
static bool
wants_all(struct gw_client *c, const struct gw_broker *b)
{
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->high_watermark < 0 && p->session == b->session.serial && is_from(c, p, b))
			return true;
	return false;
}

/* Whether this request must name it: all in a full one, else what the session has otherwise. */
static bool
is_news(const struct gw_broker *b, const struct gw_cpart *p)
{
	return b->session.epoch == 0 || p->session != b->session.serial ||
	    p->session_at != p->fetch_at ||
	    p->session_epoch != p->topic->leaders[p->index].epoch;
}

static void
add_part(const struct gw_broker *b, struct gw_cpart *p, struct gw_fetch_request *rq, int version)
{
	struct gw_fetch_topic *t = rq->n_topics == 0 ? NULL : &rq->topics[rq->n_topics - 1];
	struct gw_slice name = { p->topic->name, p->topic->name_len };
	struct gw_fetch_partition *d;

	if (t == NULL || t->topic.ptr != name.ptr) {
		struct gw_fetch_partition *free_at = t == NULL ? rq->topics[0].partitions :
		    t->partitions + t->n_partitions;

		t = &rq->topics[rq->n_topics++];
		*t = (struct gw_fetch_topic){ .topic = name, .partitions = free_at };
	}
	d = &t->partitions[t->n_partitions++];
	*d = (struct gw_fetch_partition){ .partition = p->index,
	    .current_leader_epoch = p->topic->leaders[p->index].epoch, .fetch_offset = p->fetch_at,
	    .last_fetched_epoch = version >= GW_FETCH_CHECKS_MIN ? p->fetch_epoch : -1,
	    .log_start_offset = -1, .high_watermark = INT64_MAX,
	    .partition_max_bytes = (int32_t)gw_earlier(PARTITION_MAX, rq->max_bytes) };
	p->session = b->session.serial;
	p->session_at = p->fetch_at;
	p->session_epoch = d->current_leader_epoch;
}

static void
add_forgotten(struct gw_cpart *p, struct gw_fetch_request *rq, int32_t *index)
{
	rq->forgotten_topics_data[rq->n_forgotten_topics_data++] =
	    (struct gw_fetch_forgotten_topic){ .topic = { p->topic->name, p->topic->name_len },
		    .partitions = index,
		    .n_partitions = 1 };
	*index = p->index;
	p->session = 0;
}

static int
build(struct gw_client *c, struct gw_broker *b, size_t n_parts, struct gw_fetch_request *rq,
    int version)
{
	struct gw_fetch_partition *d = gw_arena_zero(&c->scratch, n_parts, sizeof(*d));
	int32_t *indexes = gw_arena_zero(&c->scratch, n_parts, sizeof(*indexes));

	rq->topics = gw_arena_zero(&c->scratch, n_parts, sizeof(*rq->topics));
	rq->forgotten_topics_data =
	    gw_arena_zero(&c->scratch, n_parts, sizeof(*rq->forgotten_topics_data));
	if (d == NULL || indexes == NULL || rq->topics == NULL || rq->forgotten_topics_data == NULL)
		return GW_ENOMEM;
	rq->topics[0].partitions = d;
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		bool ours = is_from(c, p, b);

		if (ours && is_news(b, p))
			add_part(b, p, rq, version);
		else if (!ours && b->session.epoch > 0 && p->session == b->session.serial)
			add_forgotten(p, rq, &indexes[rq->n_forgotten_topics_data]);
		if (ours) {
			p->asked_life = p->life;
			p->asked_node = b->node_id;
			/* Nobody is to wait just to learn where the end is. */
			if (p->high_watermark < 0)
				rq->max_wait_ms = 0;
		}
	}
	return 0;
}

static void fetch_done(struct gw_client *c, void *owner, const struct gw_reply *reply);

static void
ask(struct gw_client *c, struct gw_broker *b, struct gw_conn *conn, int version)
{
	struct gw_fetch_request rq = { .replica_id = -1,
		.replica_state = { -1, -1 },
		.max_wait_ms = (int32_t)c->cfg.fetch_max_wait_ms,
		.min_bytes = 1,
		.max_bytes = (int32_t)gw_memory_answer_max(c),
		.isolation_level = (int8_t)c->cfg.isolation_level,
		.session_id = b->session.id,
		.rack_id = gw_str(c->cfg.client_rack) };
	struct gw_send_spec spec = { .key = GW_API_FETCH, .version = (int16_t)version,
	    .timeout_us = gw_ms(c->cfg.request_timeout_ms + c->cfg.fetch_max_wait_ms),
	    .held_us = gw_ms(c->cfg.fetch_max_wait_ms),
	    .handler = { fetch_done, b } };
	size_t n = 0;
	int rc;

	if (b->session.serial == 0 || (b->session.epoch > 0 && wants_all(c, b)))
		reset_session(c, b);
	rq.session_epoch = b->session.epoch;
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		n++;
	if (version < 7)
		rq.session_epoch = -1;
	gw_arena_reset(&c->scratch);
	rc = build(c, b, n, &rq, version);
	if (rc == 0)
		rc = gw_conn_send(conn, &spec, &rq, &c->err);
	if (rc != 0) {
		reset_session(c, b);	/* what was marked as told was not */
		b->session.retry_at_us = c->now.us + gw_backoff_us(c, 1);
		return;
	}
	b->session.under_way = true;
}

/* An answer of this broker that nobody has begun to read. */
static bool
has_unread(const struct gw_client *c, const struct gw_broker *b)
{
	for (const struct gw_fetched *f = c->consumer.first; f != NULL; f = f->next)
		if (f->broker == b && f->at == 0)
			return true;
	return false;
}

static bool
has_work(struct gw_client *c, const struct gw_broker *b)
{
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (is_from(c, p, b))
			return true;
	return false;
}

/* Asked before it is known that it understands racks, a leader answers all of it itself. */
static bool
waits_for_racks(const struct gw_client *c, const struct gw_conn *conn)
{
	return c->cfg.client_rack[0] != '\0' && conn->versions != GW_VERSIONS_KNOWN;
}

void
gw_fetcher_step(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next) {
		struct gw_conn *conn = &b->conns[GW_ROLE_FETCH];
		struct gw_err err;
		int version;

		if (b->node_id < 0 || b->session.under_way || has_unread(c, b) || !has_work(c, b))
			continue;
		if (b->session.retry_at_us > c->now.us) {
			gw_wake(c, b->session.retry_at_us);
			continue;
		}
		if (!gw_conn_want(conn) || gw_epochs_wait(c, b) || waits_for_racks(c, conn))
			continue;
		version = gw_conn_version(conn, GW_API_FETCH, &err);
		if (version >= 0) {
			ask(c, b, conn, version);
		} else if (version != GW_EAGAIN) {
			gw_consumer_fail(c, version, "%s", err.msg);
			b->session.retry_at_us = c->now.us + gw_ms(c->cfg.retry_backoff_max_ms);
		}
	}
}

/* ---- the answer ---- */

static void
refused(struct gw_client *c, struct gw_broker *b, struct gw_cpart *p,
    const struct gw_fetch_partition_response *a)
{
	switch (a->error_code) {
	case GW_K_OFFSET_OUT_OF_RANGE:
		if (p->replica == b->node_id) {
			p->replica = -1; /* the replica may lag: ask the leader before giving up */
			return;
		}
		gw_cpart_reset(c, p, "the offset is not in the log");
		return;
	case GW_K_NOT_LEADER_OR_FOLLOWER:
	case GW_K_UNKNOWN_TOPIC_OR_PARTITION:
	case GW_K_LEADER_NOT_AVAILABLE:
	case GW_K_FENCED_LEADER_EPOCH:
	case GW_K_KAFKA_STORAGE_ERROR:
	case REPLICA_NOT_AVAILABLE:
		p->replica = -1;
		gw_cluster_refresh(c);
		if (a->current_leader.leader_epoch >= 0)
			gw_cluster_new_leader(p->topic, p->index, a->current_leader.leader_id,
			    a->current_leader.leader_epoch);
		if (p->topic->leaders[p->index].epoch > p->session_epoch) {
			p->session_at = -1;
			return;	/* a newer leader is known: nothing to wait for */
		}
		break;
	default:
		if (!gw_err_retriable(a->error_code) && a->error_code != GW_K_UNKNOWN_SERVER_ERROR)
			gw_consumer_fail(c, a->error_code,
			    "Fetch at %s:%u of %s-%d at offset %lld: %s; tried again", b->host,
			    (unsigned)b->port, p->topic->name, (int)p->index,
			    (long long)p->fetch_at, gw_strerror(a->error_code));
	}
	p->session_at = -1;	/* named again in the next request */
	gw_cpart_retry_later(c, p);
}

/*
 * Only whole batches, from the first that reaches to the position: where the next fetch begins.
 * Returns 0, or GW_EUNSUPPORTED, GW_EPROTO for a batch that cannot be read.
 */
static int
measure(struct gw_slice *records, int64_t *next, int32_t *epoch)
{
	struct gw_slice rest = *records;

	while (rest.len > 0) {
		struct gw_batch_header h;
		int64_t size = gw_batch_header_read(rest, &h);

		if (size == GW_EAGAIN || size > (int64_t)rest.len)
			break;		/* cut off, comes again */
		if (size < 0) {
			records->len -= rest.len;
			return (int)size;
		}
		*next = h.base_offset + h.last_offset_delta + 1;
		*epoch = h.leader_epoch;
		rest.ptr += size;
		rest.len -= (size_t)size;
	}
	records->len -= rest.len;
	return 0;
}

static int
by_first_offset(const void *a, const void *b)
{
	const struct gw_aborted *x = a, *y = b;

	return x->first_offset < y->first_offset ? -1 : x->first_offset > y->first_offset;
}

/* Brokers are not all agreed that the list is sorted. */
static void
take_aborted(struct gw_fetched_part *fp, const struct gw_fetch_partition_response *a,
    struct gw_aborted *to)
{
	fp->aborted = to;
	fp->n_aborted = gw_count(a->n_aborted_transactions);
	for (size_t i = 0; i < fp->n_aborted; i++)
		to[i] = (struct gw_aborted){ a->aborted_transactions[i].producer_id,
		    a->aborted_transactions[i].first_offset };
	if (fp->n_aborted > 1)
		qsort(to, fp->n_aborted, sizeof(*to), by_first_offset);
}

/* A follower hears of the end later than the leader: there, one that was seen does not go back. */
static void
take_end(struct gw_cpart *p, const struct gw_fetch_partition_response *a, bool by_leader)
{
	int64_t last_stable =
	    a->last_stable_offset >= 0 ? a->last_stable_offset : a->high_watermark;

	if (by_leader || a->high_watermark > p->high_watermark)
		p->high_watermark = a->high_watermark;
	if (by_leader || last_stable > p->last_stable)
		p->last_stable = last_stable;
}

static void
take_part(struct gw_client *c, struct gw_broker *b, struct gw_cpart *p,
    const struct gw_fetch_partition_response *a, struct gw_fetched_part *fp)
{
	int rc;

	take_end(p, a, b->node_id == p->topic->leaders[p->index].node_id);
	if (a->preferred_read_replica >= 0 && a->preferred_read_replica != b->node_id) {
		p->replica = a->preferred_read_replica;
		p->replica_until_us = c->now.us + gw_ms(c->cfg.metadata_max_age_ms);
		c->again = true;
	}
	fp->part = p;
	fp->life = p->life;
	fp->records = a->records;
	fp->next_offset = p->fetch_at;
	fp->epoch = p->fetch_epoch;
	fp->high_watermark = p->high_watermark;
	if (a->records.len == 0)
		return;
	rc = measure(&fp->records, &fp->next_offset, &fp->epoch);
	if (fp->next_offset < p->fetch_at)
		fp->next_offset = p->fetch_at;
	if (rc != 0 && fp->records.len == 0) {
		gw_consumer_fail(c, rc, "%s-%d at offset %lld: %s; gw_seek() past it to go on",
		    p->topic->name, (int)p->index, (long long)p->fetch_at,
		    rc == GW_EUNSUPPORTED
			? "message format 0 or 1, which needs a broker to convert it"
			: "not a record batch");
		p->retry_at_us = GW_NEVER_US;
		return;
	}
	p->n_errors = 0;
	p->retry_at_us = 0;
	p->fetch_at = fp->next_offset;
	p->fetch_epoch = fp->epoch;
}

static struct gw_cpart *
asked_part(struct gw_client *c, const struct gw_broker *b, struct gw_slice topic, int32_t index,
    struct gw_cpart **hint)
{
	struct gw_cpart *p = *hint;

	if (p == NULL || p->index != index || !gw_slice_is(topic, p->topic->name))
		p = gw_cpart_find(c, topic, index);
	if (p == NULL)
		return NULL;
	*hint = p->next;
	if (!p->assigned || p->state != GW_CPART_READY || p->asked_life != p->life ||
	    p->asked_node != b->node_id)
		return NULL;
	return p;
}

static void
take_all(struct gw_client *c, struct gw_broker *b, const struct gw_fetch_response *r,
    struct gw_fetched *f)
{
	struct gw_cpart *hint = c->consumer.parts;
	struct gw_aborted *aborted = f->aborted;

	for (size_t t = 0; t < r->n_responses; t++)
		for (size_t i = 0; i < r->responses[t].n_partitions; i++) {
			const struct gw_fetch_partition_response *a =
			    &r->responses[t].partitions[i];
			struct gw_cpart *p =
			    asked_part(c, b, r->responses[t].topic, a->partition_index, &hint);
			struct gw_fetched_part *fp = &f->parts[f->n];

			if (p == NULL)
				continue;
			if (a->error_code != 0) {
				refused(c, b, p, a);
				continue;
			}
			if (a->diverging_epoch.epoch >= 0 || a->diverging_epoch.end_offset >= 0) {
				gw_cpart_diverged(c, p, a->diverging_epoch.epoch,
				    a->diverging_epoch.end_offset);
				continue;
			}
			take_part(c, b, p, a, fp);
			if (fp->records.len == 0)
				continue;
			if (f->aborted != NULL) {
				take_aborted(fp, a, aborted);
				aborted += fp->n_aborted;
			}
			f->n++;
		}
}

static struct gw_fetched *
new_fetched(struct gw_client *c, struct gw_broker *b, const struct gw_fetch_response *r)
{
	size_t n = 0, n_aborted = 0;
	struct gw_fetched *f;

	for (size_t t = 0; t < r->n_responses; t++)
		for (size_t i = 0; i < r->responses[t].n_partitions; i++) {
			n++;
			n_aborted += gw_count(r->responses[t].partitions[i].n_aborted_transactions);
		}
	f = gw_alloc_zero(c->env->alloc, 1, sizeof(*f) + n * sizeof(f->parts[0]));
	if (f == NULL)
		return NULL;
	f->broker = b;
	gw_buf_init(&f->frame, c->env->alloc, 0);
	if (n_aborted > 0 && c->cfg.isolation_level == GW_READ_COMMITTED) {
		f->aborted = gw_alloc_zero(c->env->alloc, n_aborted, sizeof(*f->aborted));
		if (f->aborted == NULL) {
			gw_alloc_free(c->env->alloc, f);
			return NULL;
		}
	}
	return f;
}

/* Records borrow from the frame, which stays in place when its buffer changes hands. */
static int
queue(struct gw_client *c, struct gw_fetched *f, struct gw_conn *conn)
{
	struct gw_slice bytes;
	int rc = gw_conn_take_frame(conn, &f->frame, &bytes);

	if (rc != 0)
		return rc;
	if (conn->in.ptr == NULL) { /* read the next one into the memory of one that is done with */
		conn->in = c->consumer.spare;
		gw_buf_init(&c->consumer.spare, c->env->alloc, 0);
	}
	if (c->consumer.last == NULL)
		c->consumer.first = f;
	else
		c->consumer.last->next = f;
	c->consumer.last = f;
	return 0;
}

static void
session_of(
    struct gw_client *c, struct gw_broker *b, const struct gw_fetch_response *r, int16_t version)
{
	if (version < 7 || r->session_id == 0) {
		b->session.id = 0;
		reset_session(c, b);
		return;
	}
	b->session.id = r->session_id;
	b->session.epoch = b->session.epoch == INT32_MAX ? 1 : b->session.epoch + 1;
}

static void
session_refused(struct gw_client *c, struct gw_broker *b, int code)
{
	bool is_session = code == GW_K_FETCH_SESSION_ID_NOT_FOUND ||
	    code == GW_K_INVALID_FETCH_SESSION_EPOCH || code == FETCH_SESSION_TOPIC_ID_ERROR;

	if (code == GW_K_FETCH_SESSION_ID_NOT_FOUND)
		b->session.id = 0;
	reset_session(c, b);
	if (is_session)
		return;
	b->session.retry_at_us = c->now.us + gw_backoff_us(c, 1);
	if (!gw_err_retriable(code))
		gw_consumer_fail(c, code, "Fetch at %s:%u: %s; tried again", b->host,
		    (unsigned)b->port, gw_strerror(code));
}

static void
fetch_done(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	const struct gw_fetch_response *r = reply->body;
	struct gw_broker *b = owner;
	struct gw_fetched *f;

	b->session.under_way = false;
	if (r == NULL) {
		reset_session(c, b);
		gw_cluster_refresh(c);
		return;
	}
	gw_conn_throttle(reply->conn, r->throttle_time_ms);
	if (r->error_code != 0) {
		session_refused(c, b, r->error_code);
		return;
	}
	f = new_fetched(c, b, r);
	if (f == NULL) {
		reset_session(c, b);
		b->session.retry_at_us = c->now.us + gw_backoff_us(c, 1);
		(void)gw_client_fail(c, GW_ENOMEM, "Fetch: %s", gw_strerror(GW_ENOMEM));
		return;
	}
	session_of(c, b, r, reply->version);
	take_all(c, b, r, f);
	if (f->n == 0) {
		gw_fetched_free(c, f);
	} else if (queue(c, f, reply->conn) != 0) {
		for (size_t i = 0; i < f->n; i++)
			gw_cpart_seek(c, f->parts[i].part, f->parts[i].part->position);
		gw_fetched_free(c, f);
	}
}

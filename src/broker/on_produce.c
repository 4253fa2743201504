/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"
#include "wire/msg_produce.h"

#define ZSTD_SINCE	7	/* KIP-110 */
#define IMPLICIT_SINCE	12	/* KIP-890 */

/* One answer that may have to wait until its log is stored up to end. */
struct awaited {
	struct gw_plog				*log;		/* NULL: the topic is gone */
	int64_t					 end;
	struct gw_produce_partition_response	*answer;
};

struct produce_wait {
	struct gw_produce_response	*response;
	struct awaited			*awaited;
	size_t				 n_awaited;
	uint64_t			 meta_until;	/* partitions were added to a transaction */
};

/* ---- one batch ---- */

static int16_t
refuse(struct gw_produce_partition_response *out, int16_t error, const char *message)
{
	out->error_message = gw_str(message);
	return error;
}

/* Every record in its place, where the codec is built in and the batch inflates within bounds. */
static bool
records_sound(struct gw_broker *b, struct gw_slice batch)
{
	struct gw_batch_iter it;
	struct gw_record r;
	int rc = gw_batch_iter_init(&it, batch, &b->scratch);

	if (rc == GW_EUNSUPPORTED || rc == GW_ELIMIT || rc == GW_ENOMEM)
		return true;
	while (rc == 0 && (rc = gw_batch_iter_next(&it, &r)) > 0)
		rc = 0;
	return rc == 0;
}

static int16_t
judge_batch(struct gw_request *rq, const struct gw_topic *t, struct gw_slice batch,
    struct gw_batch_header *h, struct gw_produce_partition_response *out)
{
	int64_t size = gw_batch_header_read(batch, h);

	if (size == GW_EUNSUPPORTED)
		return refuse(
		    out, GW_K_UNSUPPORTED_FOR_MESSAGE_FORMAT, "only message format v2 is stored");
	if (size == GW_EAGAIN || (size > 0 && (uint64_t)size > batch.len))
		return refuse(out, GW_K_CORRUPT_MESSAGE, "the batch is cut off");
	if (size < 0)
		return refuse(out, GW_K_INVALID_RECORD, "the batch's header is none that can be");
	if ((uint64_t)size != batch.len)
		return refuse(
		    out, GW_K_INVALID_RECORD, "a partition's records must be exactly one batch");
	if (size > t->policy.max_message_bytes)
		return refuse(out, GW_K_MESSAGE_TOO_LARGE,
		    "the batch is larger than max.message.bytes of the topic");
	if (gw_batch_check(batch) < 0)
		return refuse(out, GW_K_CORRUPT_MESSAGE, "the batch's checksum (CRC-32C) differs");
	if (h->n_records < 1 || h->last_offset_delta != h->n_records - 1)
		return refuse(out, GW_K_INVALID_RECORD,
		    "the batch's record count and last offset do not agree");
	if ((h->attributes & GW_BATCH_CONTROL) != 0)
		return refuse(out, GW_K_INVALID_RECORD, "clients may not write control records");
	if ((h->attributes & GW_BATCH_TRANSACTIONAL) != 0 && h->producer_id < 0)
		return refuse(out, GW_K_INVALID_RECORD,
		    "a transactional batch without a producer id");
	if ((h->attributes & GW_BATCH_COMPRESSION) > GW_ZSTD ||
	    ((h->attributes & GW_BATCH_COMPRESSION) == GW_ZSTD && rq->version < ZSTD_SINCE))
		return refuse(out, GW_K_UNSUPPORTED_COMPRESSION_TYPE,
		    "this compression is not possible here");
	if (h->producer_id >= 0 && (h->producer_epoch < 0 || h->base_sequence < 0))
		return refuse(out, GW_K_INVALID_RECORD, "a producer id without epoch or sequence");
	if (!records_sound(rq->b, batch))
		return refuse(out, GW_K_INVALID_RECORD, "the batch's records cannot be read");
	return 0;
}

int
gw_log_append(struct gw_broker *b, struct gw_topic *t, int32_t partition, uint8_t *batch,
    struct gw_batch_header *h, int64_t wall_ms)
{
	struct gw_plog *l = t->parts[partition];
	int rc = 0;

	if (gw_plog_epoch_due(l)) {
		struct gw_meta_partition m = { .topic_id = t->id,
			.partition = partition,
			.epoch = l->epoch,
			.offset = l->next };

		rc = gw_meta_put(&b->meta, GW_ENTRY_EPOCH, gw_meta_partition_visit, &m);
		if (rc == 0)
			rc = gw_plog_epoch_add(l, l->epoch, l->next);
	}
	if (rc == 0)
		rc = gw_plog_append(l, batch, h, t->policy.segment_bytes, wall_ms);
	if (rc < 0) {
		gw_broker_disk_error(b, l->dir, rc);
		return rc;
	}
	gw_broker_disk_works(b);
	gw_sync_touch(b, l);
	b->moved++;
	return 0;
}

static int16_t
append(struct gw_request *rq, struct gw_topic *t, struct gw_slice batch, struct gw_batch_header *h,
    struct gw_produce_partition_response *out)
{
	struct gw_broker *b = rq->b;

	gw_buf_clear(&b->stage);
	gw_buf_put(&b->stage, batch.ptr, batch.len);
	if (b->stage.err != 0)
		return refuse(out, GW_K_KAFKA_STORAGE_ERROR, "the broker is out of memory");
	if (t->policy.log_append_time) {
		gw_batch_stamp(b->stage.ptr, b->stage.len, rq->now.wall_ms);
		h->attributes |= GW_BATCH_LOG_APPEND;
		h->max_timestamp_ms = out->log_append_time_ms = rq->now.wall_ms;
	}
	if (gw_log_append(b, t, out->index, b->stage.ptr, h, rq->now.wall_ms) < 0)
		return refuse(out, GW_K_KAFKA_STORAGE_ERROR,
		    "the broker cannot write to its disk; see its log");
	b->stats.records_in += (uint64_t)h->n_records;
	return 0;
}

/* ---- transactions ---- */

/*
 * May this transactional batch be written? From v12 on writing adds the partition (KIP-890), before
 * that AddPartitionsToTxn must have done so.
 */
static int16_t
join_txn(struct gw_request *rq, const struct gw_topic *t, struct gw_slice id,
    const struct gw_batch_header *h, struct gw_produce_partition_response *out)
{
	const struct gw_xact_who who = { id, h->producer_id, h->producer_epoch };
	struct gw_xact *txn;
	int16_t error;

	if (id.ptr == NULL)
		return refuse(out, GW_K_INVALID_TXN_STATE,
		    "a transactional batch in a request without transactional id");
	error = gw_xact_may_add(&rq->b->txns, &who, &txn);
	if (error == GW_K_PRODUCER_FENCED)
		return refuse(out, GW_K_INVALID_PRODUCER_EPOCH,
		    "another producer has this transactional id, or its transaction took too long");
	if (error != 0)
		return refuse(out, error, "no transaction of this producer id is going on");
	if (gw_xact_has_part(txn, &t->id, out->index))
		return 0;
	if (rq->version < IMPLICIT_SINCE)
		return refuse(out, GW_K_INVALID_TXN_STATE,
		    "the partition was not added to the transaction (AddPartitionsToTxn)");
	if (gw_xact_put_part(rq->b, txn, &t->id, out->index, rq->now) < 0)
		return refuse(out, GW_K_KAFKA_STORAGE_ERROR,
		    "the broker cannot note the transaction; see its log");
	return 0;
}

struct source {
	struct gw_topic	*t;
	struct gw_slice	 transactional_id;
};

/* Fills out; *end is the offset up to which the log must be stored before it may be said. */
static void
produce_one(struct gw_request *rq, const struct source *from,
    const struct gw_produce_partition_data *q, struct gw_produce_partition_response *out,
    int64_t *end)
{
	struct gw_topic *t = from->t;
	struct gw_plog *l = gw_topic_part(t, q->index);
	struct gw_producer_batch old;
	struct gw_batch_header h;
	int error;

	out->error_code = judge_batch(rq, t, q->records, &h, out);
	if (out->error_code != 0)
		return;
	error = gw_producers_check(&l->producers, &h, &old);
	if (error == GW_K_DUPLICATE_SEQUENCE_NUMBER) {
		out->base_offset = old.base_offset;
		out->log_start_offset = l->start;
		*end = old.last_offset + 1;
		return;
	}
	if (error != 0)
		(void)refuse(
		    out, 0, "the producer's sequence or epoch is not what this partition expects");
	else if ((h.attributes & GW_BATCH_TRANSACTIONAL) != 0)
		error = join_txn(rq, t, from->transactional_id, &h, out);
	if (error == 0)
		error = append(rq, t, q->records, &h, out);
	out->error_code = (int16_t)error;
	if (error != 0)
		return;
	out->base_offset = h.base_offset;
	out->log_start_offset = l->start;
	*end = h.base_offset + h.n_records;
}

/* ---- the request ---- */

static int16_t
judge_target(struct gw_request *rq, const struct gw_produce_request *q, const struct gw_topic *t,
    int32_t index)
{
	if (q->acks < -1 || q->acks > 1)
		return GW_K_INVALID_REQUIRED_ACKS;
	if (t == NULL)
		return rq->version >= 13 ? GW_K_UNKNOWN_TOPIC_ID : GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	if (gw_topic_part(t, index) == NULL)
		return GW_K_UNKNOWN_TOPIC_OR_PARTITION;
	return 0;
}

static int
produce_topic(struct gw_request *rq, const struct gw_produce_request *q,
    const struct gw_produce_topic_data *td, struct gw_produce_topic_response *out,
    struct produce_wait *w)
{
	struct gw_topic *t = gw_topic_named(rq->b, rq->version >= 13, td->name, &td->topic_id);
	const struct source from = { t, q->transactional_id };

	out->name = td->name;
	out->topic_id = td->topic_id;
	out->partition_responses =
	    gw_arena_zero(rq->arena, td->n_partition_data, sizeof(*out->partition_responses));
	if (out->partition_responses == NULL && td->n_partition_data > 0)
		return GW_ENOMEM;
	for (size_t i = 0; i < td->n_partition_data; i++) {
		const struct gw_produce_partition_data *pd = &td->partition_data[i];
		struct gw_produce_partition_response *a =
		    &out->partition_responses[out->n_partition_responses++];
		int64_t end = 0;

		*a = (struct gw_produce_partition_response){ .index = pd->index,
			.base_offset = -1,
			.log_append_time_ms = -1,
			.log_start_offset = -1,
			.current_leader = { -1, -1 } };
		a->error_code = judge_target(rq, q, t, pd->index);
		if (a->error_code == 0)
			produce_one(rq, &from, pd, a, &end);
		if (a->error_code == 0)
			w->awaited[w->n_awaited++] =
			    (struct awaited){ .log = t->parts[pd->index], .end = end, .answer = a };
		else
			rq->b->stats.produce_errors++;
	}
	return 0;
}

static bool
all_stored(const struct gw_broker *b, const struct produce_wait *w)
{
	if (b->o.fsync == GW_FSYNC_ALWAYS && b->meta.durable < w->meta_until)
		return false;
	for (size_t i = 0; i < w->n_awaited; i++)
		if (w->awaited[i].log != NULL &&
		    !gw_log_is_stored(w->awaited[i].log, w->awaited[i].end))
			return false;
	return true;
}

static int
resume(struct gw_pending *p, bool timed_out)
{
	struct produce_wait *w = p->state;

	(void)timed_out;
	return all_stored(p->b, w) ? gw_pending_answer(p, w->response) : GW_EAGAIN;
}

void
gw_produce_forget(struct gw_pending *p, const struct gw_plog *l)
{
	struct produce_wait *w = p->state;

	for (size_t i = 0; i < w->n_awaited; i++) {
		if (w->awaited[i].log != l)
			continue;
		w->awaited[i].log = NULL;
		w->awaited[i].answer->error_code = GW_K_UNKNOWN_TOPIC_OR_PARTITION;
		w->awaited[i].answer->base_offset = -1;
	}
}

/* The frame goes while the request waits: keep what the answer borrows from it. */
static int
keep_names(struct gw_request *rq, struct gw_produce_response *r)
{
	for (size_t i = 0; i < r->n_responses; i++) {
		const char *copy;

		if (r->responses[i].name.ptr == NULL)
			continue;
		copy = gw_arena_str(rq->arena, r->responses[i].name);
		if (copy == NULL)
			return GW_ENOMEM;
		r->responses[i].name.ptr = copy;
	}
	return 0;
}

static bool
any_error(const struct gw_produce_response *r)
{
	for (size_t i = 0; i < r->n_responses; i++)
		for (size_t k = 0; k < r->responses[i].n_partition_responses; k++)
			if (r->responses[i].partition_responses[k].error_code != 0)
				return true;
	return false;
}

static struct produce_wait *
wait_new(struct gw_request *rq, const struct gw_produce_request *q, struct gw_produce_response *r)
{
	struct produce_wait *w = gw_arena_zero(rq->arena, 1, sizeof(*w));
	size_t n = 0;

	for (size_t i = 0; i < q->n_topic_data; i++)
		n += q->topic_data[i].n_partition_data;
	r->responses = gw_arena_zero(rq->arena, q->n_topic_data + 1, sizeof(*r->responses));
	if (w == NULL || r->responses == NULL)
		return NULL;
	w->response = r;
	w->awaited = gw_arena_zero(rq->arena, n + 1, sizeof(*w->awaited));
	return w->awaited == NULL ? NULL : w;
}

int
gw_on_produce(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_produce_request *q = request;
	struct gw_produce_response *r = response;
	struct produce_wait *w = wait_new(rq, q, r);
	uint64_t meta_put = rq->b->meta.put;
	int rc = w == NULL ? GW_ENOMEM : 0;

	rq->b->stats.produce_requests++;
	for (size_t i = 0; rc == 0 && i < q->n_topic_data; i++)
		rc = produce_topic(rq, q, &q->topic_data[i], &r->responses[r->n_responses++], w);
	if (rc < 0)
		return rc;
	if (q->transactional_id.ptr != NULL && rq->b->meta.put != meta_put)
		w->meta_until = rq->b->meta.put;
	if (q->acks == 0) {
		/*
		 * The only way to tell such a producer of an error is to close, as Apache Kafka
		 * does.
		 */
		rq->p->silent = true;
		return any_error(r) ? GW_ESTATE : 0;
	}
	if (all_stored(rq->b, w))
		return 0;
	rq->p->state = w;
	rq->p->resume = resume;
	rq->p->pipelines = true;
	rc = keep_names(rq, r);
	return rc < 0 ? rc : GW_EAGAIN;
}

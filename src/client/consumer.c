/* SPDX-License-Identifier: MIT
 *
 * client/consumer.c - partitions that are read, and the public calls about them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/consumer.h"

#include <stdio.h>

#include "client/internal.h"

void
gw_consumer_init(struct gw_client *c)
{
	gw_buf_init(&c->consumer.batch.scratch, c->env->alloc, (size_t)1 << 30);
	c->consumer.batch.client = c;
	gw_buf_init(&c->consumer.spare, c->env->alloc, 0);
}

void
gw_consumer_fini(struct gw_client *c)
{
	struct gw_consumer *k = &c->consumer;
	struct gw_fetched *f;
	struct gw_cpart *p;

	while ((f = k->first) != NULL) {
		k->first = f->next;
		gw_fetched_free(c, f);
	}
	while ((p = k->parts) != NULL) {
		k->parts = p->next;
		gw_alloc_free(c->env->alloc, p);
	}
	gw_alloc_free(c->env->alloc, k->batch.skipping);
	gw_buf_fini(&k->batch.scratch);
	gw_buf_fini(&k->spare);
}

struct gw_cpart *
gw_cpart_find(const struct gw_client *c, struct gw_slice topic, int32_t index)
{
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->index == index && p->topic->name_len == topic.len &&
		    memcmp(p->topic->name, topic.ptr, topic.len) == 0)
			return p;
	return NULL;
}

struct gw_cpart *
gw_cpart_get(struct gw_client *c, struct gw_topic *t, int32_t index)
{
	struct gw_cpart **at = &c->consumer.parts, *p;

	while (*at != NULL) {
		if ((*at)->topic == t && (*at)->index == index)
			return *at;
		at = &(*at)->next;
	}
	p = gw_alloc_zero(c->env->alloc, 1, sizeof(*p));
	if (p == NULL)
		return NULL;
	gw_cluster_use_topic(c, t, true);
	p->topic = t;
	p->index = index;
	p->position = p->fetch_at = p->high_watermark = p->last_stable = -1;
	p->committed = p->commit_at = p->commit_sent = p->txn_offset = -1;
	p->replica = -1;
	p->epoch = p->fetch_epoch = p->checked_epoch = -1;
	*at = p;
	return p;
}

void
gw_cpart_seek(struct gw_client *c, struct gw_cpart *p, int64_t offset)
{
	p->life++;
	p->n_errors = 0;
	p->retry_at_us = 0;
	c->again = true;
	if (offset < 0 || offset != p->position)
		p->epoch = -1;		/* of what was before there nothing is known */
	p->fetch_epoch = p->epoch;
	if (offset >= 0) {
		p->state = GW_CPART_READY;
		p->position = p->fetch_at = offset;
		return;
	}
	p->state = GW_CPART_OFFSET_WANTED;
	p->from = offset;
	p->position = p->fetch_at = -1;
}

void
gw_cpart_assign(struct gw_client *c, struct gw_cpart *p, int64_t from)
{
	if (!p->assigned) {
		c->consumer.n_assigned++;
		p->assignment++;
	}
	p->assigned = true;
	p->paused = p->leaving = false;
	p->high_watermark = p->last_stable = -1;
	p->replica = -1;
	gw_cpart_seek(c, p, from);
}

void
gw_cpart_unassign(struct gw_client *c, struct gw_cpart *p)
{
	if (!p->assigned)
		return;
	gw_txn_revoked(c, p);
	c->consumer.n_assigned--;
	p->assigned = p->leaving = false;
	p->life++;
	p->committed = -1;
	c->again = true;
}

void
gw_cpart_retry_later(struct gw_client *c, struct gw_cpart *p)
{
	p->retry_at_us = c->now.us + gw_backoff_us(c, ++p->n_errors);
}

void
gw_consumer_fail(struct gw_client *c, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)gw_err_vset(&c->consumer.err, code, fmt, ap);
	va_end(ap);
	c->err = c->consumer.err;
}

/* A topic that is not there is worth an error to the reader, once in a while. */
static void
check_topics(struct gw_client *c)
{
	for (struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		const struct gw_topic *t = p->topic;

		if (!p->assigned || p->retry_at_us > c->now.us)
			continue;
		if (t->known && p->index >= t->n_partitions && t->error == 0) {
			gw_consumer_fail(c, GW_K_UNKNOWN_TOPIC_OR_PARTITION,
			    "topic %s has no partition %d, "
			    "it has %d",
			    t->name, (int)p->index, (int)t->n_partitions);
			gw_cpart_retry_later(c, p);
		} else if (t->n_errors >= 4 && (t->n_errors & (t->n_errors - 1)) == 0) {
			gw_consumer_fail(c, t->error, "topic %s: %s; asked for again", t->name,
			    gw_strerror(t->error));
			gw_cpart_retry_later(c, p);
		}
	}
}

void
gw_consumer_step(struct gw_client *c)
{
	if (c->consumer.n_assigned == 0)
		return;
	check_topics(c);
	gw_offsets_step(c);
	gw_epochs_step(c);
	gw_fetcher_step(c);
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next)
		if (p->assigned && p->retry_at_us > c->now.us)
			gw_wake(c, p->retry_at_us);
}

/* The entry of an assigned partition, or NULL with the error set. */
static struct gw_cpart *
assigned(struct gw_client *c, const char *topic, int32_t partition)
{
	struct gw_cpart *p = topic == NULL ? NULL : gw_cpart_find(c, gw_str(topic), partition);

	if (p != NULL && p->assigned)
		return p;
	(void)gw_client_fail(c, GW_ENOENT, "%s-%d is not assigned to this client",
	    topic == NULL ? "" : topic, (int)partition);
	return NULL;
}

int
gw_assign(struct gw_client *c, const char *topic, int32_t partition, int64_t offset)
{
	struct gw_topic *t;
	struct gw_cpart *p;

	if (topic == NULL || topic[0] == '\0' || partition < 0 ||
	    (offset < 0 && offset != GW_OFFSET_EARLIEST && offset != GW_OFFSET_LATEST &&
		offset != GW_OFFSET_COMMITTED))
		return gw_client_fail(c, GW_EINVAL,
		    "gw_assign: a topic, a partition >= 0 and an offset "
		    "are wanted");
	if (c->group.subscribed)
		return gw_client_fail(c, GW_ESTATE,
		    "gw_assign: this client is subscribed to group %s, "
		    "which assigns",
		    c->group.id);
	c->now = gw_env_now(c->env);
	t = gw_cluster_topic(c, gw_str(topic));
	p = t == NULL ? NULL : gw_cpart_get(c, t, partition);
	if (p == NULL)
		return gw_client_fail(c, GW_ENOMEM, "gw_assign: %s", gw_strerror(GW_ENOMEM));
	gw_cpart_assign(c, p, offset);
	c->consumer.by_hand = true;
	return 0;
}

int
gw_unassign(struct gw_client *c, const char *topic, int32_t partition)
{
	struct gw_cpart *p = assigned(c, topic, partition);

	if (p == NULL)
		return GW_ENOENT;
	if (c->group.subscribed)
		return gw_client_fail(c, GW_ESTATE, "gw_unassign: group %s assigns", c->group.id);
	gw_cpart_unassign(c, p);
	return 0;
}

int
gw_seek(struct gw_client *c, const char *topic, int32_t partition, int64_t offset)
{
	struct gw_cpart *p = assigned(c, topic, partition);

	if (p == NULL)
		return GW_ENOENT;
	if (offset < 0 && offset != GW_OFFSET_EARLIEST && offset != GW_OFFSET_LATEST &&
	    offset != GW_OFFSET_COMMITTED)
		return gw_client_fail(
		    c, GW_EINVAL, "gw_seek: %lld is no offset", (long long)offset);
	gw_cpart_seek(c, p, offset);
	return 0;
}

static int
set_paused(struct gw_client *c, const char *topic, int32_t partition, bool paused)
{
	struct gw_cpart *p = assigned(c, topic, partition);

	if (p == NULL)
		return GW_ENOENT;
	p->paused = paused;
	c->again = true;
	return 0;
}

int
gw_pause(struct gw_client *c, const char *topic, int32_t partition)
{
	return set_paused(c, topic, partition, true);
}

int
gw_resume(struct gw_client *c, const char *topic, int32_t partition)
{
	return set_paused(c, topic, partition, false);
}

/* Why there is nothing, and will be nothing; 0: wait on. */
static int
hopeless(struct gw_client *c, unsigned begin)
{
	int rc = gw_client_enter(c);

	if (c->consumer.err.code != 0) {
		c->err = c->consumer.err;
		c->consumer.err.code = 0;
		return c->err.code;
	}
	if (rc == 0 && c->consumer.n_assigned == 0 && !c->group.subscribed)
		rc = gw_client_fail(c, GW_ESTATE, "gw_fetch: nothing is assigned; gw_assign() or "
		    "gw_subscribe() first");
	return rc != 0 ? rc : gw_client_unreachable(c, begin);
}

static struct gw_batch *
fetch(struct gw_client *c, int timeout_ms, struct gw_err *err)
{
	int64_t until = gw_client_until(c, timeout_ms);
	unsigned begin = c->cluster.n_rounds;
	struct gw_batch *b;
	int rc;

	gw_group_fetch_begin(c);
	b = gw_client_enter(c) == 0 ? gw_fetched_next(c) : NULL;
	if (b == NULL && timeout_ms == 0) {
		gw_client_turn(c);
		b = gw_fetched_next(c);
	}
	while (b == NULL) {
		rc = hopeless(c, begin);
		if (rc == 0 && c->now.us >= until)
			rc = gw_client_fail(c, GW_ETIMEOUT, "no record in %d ms", timeout_ms);
		if (rc == 0)
			rc = gw_client_wait(c, until);
		if (rc != 0) {
			if (rc != c->err.code)
				(void)gw_client_fail(c, rc, "gw_fetch: %s", gw_strerror(rc));
			if (err != NULL)
				*err = c->err;
			return NULL;
		}
		b = gw_fetched_next(c);
	}
	return b;
}

struct gw_batch *
gw_fetch(struct gw_client *c, int timeout_ms, struct gw_err *err)
{
	struct gw_batch *b = fetch(c, timeout_ms, err);

	gw_group_fetch_end(c);
	return b;
}

bool
gw_at_end(const struct gw_client *c)
{
	if (c->consumer.n_assigned == 0)
		return false;
	for (const struct gw_cpart *p = c->consumer.parts; p != NULL; p = p->next) {
		int64_t end = c->cfg.isolation_level == GW_READ_COMMITTED ? p->last_stable :
		    p->high_watermark;

		if (p->assigned &&
		    (p->state != GW_CPART_READY || p->high_watermark < 0 || p->position < end))
			return false;
	}
	return true;
}

int
gw_assignment(const struct gw_client *c, size_t i, struct gw_position *out)
{
	const struct gw_cpart *p = c->consumer.parts;

	while (p != NULL && (!p->assigned || i-- > 0))
		p = p->next;
	if (p == NULL)
		return 0;
	*out = (struct gw_position){ .topic = { p->topic->name, p->topic->name_len },
	    .partition = p->index, .position = p->position, .committed = p->committed,
	    .high_watermark = p->high_watermark };
	return 1;
}

/* SPDX-License-Identifier: MIT
 *
 * client/memory.c - the one cap of a client, and who may have how much of it.
 *
 * Records that wait for delivery have buffer.memory; a small part is kept for requests, answers and
 * metadata, so that the client can always go on; the rest is for what was fetched.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"

#define KEPT_MAX	((int64_t)1 << 20)
#define ANSWER_MIN	1024

static void *
resize(void *outer, void *ptr, size_t old_len, size_t new_len)
{
	(void)old_len;
	if (new_len > 0)
		return gw_alloc_resize(outer, ptr, new_len, 1);
	gw_alloc_free(outer, ptr);
	return NULL;
}

void
gw_memory_begin(struct gw_client *c, struct gw_env *outer)
{
	c->alloc = (struct gw_alloc){ .resize = resize, .ctx = outer->alloc };
	c->outer = outer;
	c->own = *outer;
	c->own.alloc = &c->alloc;
	gw_rng_seed(&outer->rng, gw_rng_u64(&outer->rng));	/* two clients differ */
	c->env = &c->own;
}

static int64_t
kept(const struct gw_client *c)
{
	return c->cfg.client_memory / 8 < KEPT_MAX ? c->cfg.client_memory / 8 : KEPT_MAX;
}

bool
gw_memory_allows(const struct gw_client *c, size_t more)
{
	return c->alloc.cap == 0 ||
	    (c->alloc.used < c->alloc.cap - (size_t)kept(c) &&
		more <= c->alloc.cap - (size_t)kept(c) - c->alloc.used);
}

/* A broker has two answers here, see fetch.max.bytes; one is kept for reuse, one is inflated. */
size_t
gw_memory_answer_max(const struct gw_client *c)
{
	int64_t n = 2, most;

	for (const struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		n += b->node_id >= 0 ? 2 : 0;
	/* The pool of batches is a quarter of buffer.memory. */
	most = (c->cfg.client_memory - kept(c) - c->cfg.buffer_memory / 4 * 5) / n;
	if (most < ANSWER_MIN)
		return ANSWER_MIN;
	return (size_t)(most < c->cfg.fetch_max_bytes ? most : c->cfg.fetch_max_bytes);
}

void
gw_memory_trim(struct gw_client *c)
{
	struct gw_batch *b = &c->consumer.batch;

	gw_buf_fini(&c->consumer.spare);
	if (!b->begun)
		gw_buf_fini(&b->scratch);
	for (struct gw_broker *k = c->cluster.brokers; k != NULL; k = k->next)
		for (int r = 0; r < GW_ROLES; r++)
			if (k->conns[r].state == GW_CONN_CLOSED)
				gw_buf_fini(&k->conns[r].in);
}

bool
gw_memory_will_return(const struct gw_client *c)
{
	if (c->consumer.first != NULL || c->producer.pending > 0)
		return true;
	for (const struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next)
		for (int r = 0; r < GW_ROLES; r++)
			if (b->conns[r].in.len > 0 && b->conns[r].wants == 0)
				return true;
	return false;
}

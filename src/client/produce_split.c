/* SPDX-License-Identifier: MIT
 *
 * client/produce_split.c - a batch that is too large for its topic (max.message.bytes) becomes two.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/produce_batch.h"
#include "client/produce_waiting.h"

static struct gw_pbatch *
new_half(struct gw_client *c, const struct gw_pbatch *b)
{
	struct gw_pbatch *half = gw_pbatch_new(c, b->topic, b->partition);

	if (half == NULL)
		return NULL;
	half->state = GW_PBATCH_CLOSED;
	half->opened_us = b->opened_us;
	half->deadline_us = b->deadline_us;
	return half;
}

/* The first n records of the rest into to. */
static int
copy(struct gw_client *c, struct gw_batch_iter *it, struct gw_pbatch *from, struct gw_pbatch *to,
    uint32_t n)
{
	struct gw_message m;
	struct gw_record r;
	int rc = 0;

	while (n-- > 0 && rc == 0) {
		if (gw_batch_iter_next(it, &r) <= 0)
			return GW_EPROTO;
		rc = gw_message_of(c, &r, gw_pbatch_note(from, from->n_moved++), &m);
		if (rc == 0)
			rc = gw_pbatch_append(c, to, &m, m.timestamp_ms,
			    gw_batch_record_size(m.key, m.value, m.headers, m.n_headers));
	}
	return rc;
}

static int
fill(struct gw_client *c, struct gw_pbatch *b, struct gw_pbatch *first, struct gw_pbatch *second)
{
	struct gw_batch_iter it;
	int rc = gw_batch_iter_init_with(&it, gw_buf_slice(&b->buf),
	    &c->producer.compress_scratch, c->compressors);

	if (rc == 0)
		rc = copy(c, &it, b, first, b->n_records / 2);
	if (rc == 0)
		rc = copy(c, &it, b, second, b->n_records - b->n_records / 2);
	b->n_moved = 0;
	b->next_note = 0;
	return rc;
}

int
gw_ppart_split(struct gw_client *c, struct gw_ppart *p, struct gw_pbatch *b)
{
	struct gw_pbatch *first = new_half(c, b), *second = new_half(c, b);
	int rc = first == NULL || second == NULL ? GW_ENOMEM : fill(c, b, first, second);

	if (rc != 0) {
		if (first != NULL)
			gw_pbatch_free(c, first);
		if (second != NULL)
			gw_pbatch_free(c, second);
		return rc;
	}
	first->next = second;
	gw_ppart_replace(p, b, first, second);
	gw_pbatch_free(c, b);
	p->again = true;
	p->raise_epoch |= c->cfg.enable_idempotence != 0;	/* its sequences are spent */
	c->stats.retries++;
	return 0;
}

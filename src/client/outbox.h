/* SPDX-License-Identifier: MIT
 *
 * client/outbox.h - requests on their way out of a connection. Record batches are not copied into
 * it: their bytes belong to the producer until the request that carries them has ended.
 */
#ifndef GW_CLIENT_OUTBOX_H
#define GW_CLIENT_OUTBOX_H

#include "base/buf.h"
#include "wire/splice.h"

struct gw_outbox {
	struct gw_buf		buf;		/* requests are encoded into these two */
	struct gw_splices	splices;
	size_t			at;		/* of buf, written so far */
	size_t			splice_at;	/* the first splice that is not written */
	size_t			splice_done;	/* bytes of it that are */
};

void	gw_outbox_init(struct gw_outbox *o, struct gw_alloc *alloc);
void	gw_outbox_fini(struct gw_outbox *o);
void	gw_outbox_clear(struct gw_outbox *o);

/* Bytes that are still to be written. */
size_t	gw_outbox_left(const struct gw_outbox *o);
/* The next of them, in up to cap pieces. Returns how many pieces. */
size_t	gw_outbox_peek(const struct gw_outbox *o, struct gw_slice *v, size_t cap);
/* n bytes of what was peeked are written. */
void	gw_outbox_took(struct gw_outbox *o, size_t n);

#endif

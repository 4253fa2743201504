/* SPDX-License-Identifier: MIT
 *
 * client/outbox.c - encoded bytes with record batches between them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/outbox.h"

#include <assert.h>

void
gw_outbox_init(struct gw_outbox *o, struct gw_alloc *alloc)
{
	*o = (struct gw_outbox){ .splices = { .alloc = alloc } };
	gw_buf_init(&o->buf, alloc, 0);
}

void
gw_outbox_fini(struct gw_outbox *o)
{
	gw_buf_fini(&o->buf);
	gw_alloc_free(o->splices.alloc, o->splices.v);
	o->splices.v = NULL;
	o->splices.cap = 0;
	gw_outbox_clear(o);
}

void
gw_outbox_clear(struct gw_outbox *o)
{
	gw_buf_clear(&o->buf);
	o->splices.n = o->splices.bytes = 0;
	o->at = o->splice_at = o->splice_done = 0;
}

size_t
gw_outbox_left(const struct gw_outbox *o)
{
	size_t left = o->buf.len - o->at - o->splice_done;

	for (size_t i = o->splice_at; i < o->splices.n; i++)
		left += o->splices.v[i].bytes.len;
	return left;
}

size_t
gw_outbox_peek(const struct gw_outbox *o, struct gw_slice *v, size_t cap)
{
	size_t at = o->at, splice = o->splice_at, skip = o->splice_done, n = 0;

	while (n < cap && (at < o->buf.len || splice < o->splices.n)) {
		const struct gw_splice *s = splice < o->splices.n ? &o->splices.v[splice] : NULL;
		size_t end = s == NULL ? o->buf.len : s->at;

		if (at < end) {
			v[n++] = (struct gw_slice){ (const char *)o->buf.ptr + at, end - at };
			at = end;
		} else {
			v[n++] = (struct gw_slice){ s->bytes.ptr + skip, s->bytes.len - skip };
			skip = 0;
			splice++;
		}
	}
	return n;
}

void
gw_outbox_took(struct gw_outbox *o, size_t n)
{
	while (n > 0) {
		const struct gw_splice *s =
		    o->splice_at < o->splices.n ? &o->splices.v[o->splice_at] : NULL;
		size_t end = s == NULL ? o->buf.len : s->at, part;

		if (o->at < end) {
			part = n < end - o->at ? n : end - o->at;
			o->at += part;
		} else {
			assert(s != NULL);
			part = s->bytes.len - o->splice_done;
			part = n < part ? n : part;
			o->splice_done += part;
			if (o->splice_done == s->bytes.len) {
				o->splice_at++;
				o->splice_done = 0;
			}
		}
		n -= part;
	}
	if (o->at == o->buf.len && o->splice_at == o->splices.n)
		gw_outbox_clear(o);
}

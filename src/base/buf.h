/* SPDX-License-Identifier: MIT
 *
 * base/buf.h - a growing byte buffer with a sticky error: put what you like, check err once.
 */
#ifndef GW_BUF_H
#define GW_BUF_H

#include "base/alloc.h"

struct gw_buf {
	struct gw_alloc	*alloc;
	uint8_t		*ptr;
	size_t		 len, cap, max;	/* max 0: no limit */
	int		 err;		/* 0, GW_ENOMEM or GW_ELIMIT; then puts do nothing */
};

void	 gw_buf_init(struct gw_buf *b, struct gw_alloc *alloc, size_t max);
void	 gw_buf_fini(struct gw_buf *b);
void	 gw_buf_clear(struct gw_buf *b);		/* len and err to 0, memory kept */
/* Room for n more bytes at ptr + len; NULL on error. Say how many were used with len += k. */
uint8_t	*gw_buf_reserve(struct gw_buf *b, size_t n);
/* The same for what will not grow again: takes no more memory than that. NULL leaves no error. */
uint8_t	*gw_buf_reserve_exactly(struct gw_buf *b, size_t n);
void	 gw_buf_put(struct gw_buf *b, const void *p, size_t n);
void	 gw_buf_puts(struct gw_buf *b, const char *s);
void	 gw_buf_putc(struct gw_buf *b, char c);
void	 gw_buf_printf(struct gw_buf *b, const char *fmt, ...) GW_PRINTF(2, 3);
void	 gw_buf_consume(struct gw_buf *b, size_t n);	/* drop the first n bytes */
struct gw_slice gw_buf_slice(const struct gw_buf *b);

#endif

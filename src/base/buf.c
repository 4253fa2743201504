/* SPDX-License-Identifier: MIT
 *
 * base/buf.c - the growing buffer.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define CAP_MIN ((size_t)64)

void
gw_buf_init(struct gw_buf *b, struct gw_alloc *alloc, size_t max)
{
	*b = (struct gw_buf){ .alloc = alloc, .max = max };
}

void
gw_buf_fini(struct gw_buf *b)
{
	gw_alloc_free(b->alloc, b->ptr);
	b->ptr = NULL;
	b->len = b->cap = 0;
}

void
gw_buf_clear(struct gw_buf *b)
{
	b->len = 0;
	b->err = 0;
}

/* Make cap at least need. */
static int
grow(struct gw_buf *b, size_t need)
{
	size_t cap = b->cap < CAP_MIN ? CAP_MIN : b->cap;
	uint8_t *p;

	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (b->max > 0 && cap > b->max)
		cap = need > b->max ? need : b->max;
	p = gw_alloc_resize(b->alloc, b->ptr, cap, 1);
	if (p == NULL && cap > need) {
		cap = need;	/* near the allocator's cap the exact size may still fit */
		p = gw_alloc_resize(b->alloc, b->ptr, cap, 1);
	}
	if (p == NULL)
		return GW_ENOMEM;
	b->ptr = p;
	b->cap = cap;
	return 0;
}

/* Room for n bytes that count and extra ones (the NUL of printf) that do not. */
static uint8_t *
room(struct gw_buf *b, size_t n, size_t extra)
{
	if (GW_UNLIKELY(b->err != 0))
		return NULL;
	if (n > SIZE_MAX - extra - b->len || (b->max > 0 && b->len + n > b->max)) {
		b->err = GW_ELIMIT;
		return NULL;
	}
	if (GW_UNLIKELY(n + extra > b->cap - b->len || b->ptr == NULL)) {
		b->err = grow(b, b->len + n + extra);
		if (b->err != 0)
			return NULL;
	}
	return b->ptr + b->len;
}

uint8_t *
gw_buf_reserve(struct gw_buf *b, size_t n)
{
	return room(b, n, 0);
}

uint8_t *
gw_buf_reserve_exactly(struct gw_buf *b, size_t n)
{
	uint8_t *p;

	if (b->err != 0 || n > SIZE_MAX - b->len || (b->max > 0 && b->len + n > b->max))
		return NULL;
	if (b->len + n <= b->cap && b->ptr != NULL)
		return b->ptr + b->len;
	p = gw_alloc_resize(b->alloc, b->ptr, b->len + n, 1);
	if (p == NULL)
		return NULL;
	b->ptr = p;
	b->cap = b->len + n;
	return p + b->len;
}

void
gw_buf_put(struct gw_buf *b, const void *p, size_t n)
{
	uint8_t *to;

	if (n == 0)
		return;
	to = gw_buf_reserve(b, n);
	if (to == NULL)
		return;
	memcpy(to, p, n);
	b->len += n;
}

void
gw_buf_puts(struct gw_buf *b, const char *s)
{
	gw_buf_put(b, s, strlen(s));
}

void
gw_buf_putc(struct gw_buf *b, char c)
{
	gw_buf_put(b, &c, 1);
}

void
gw_buf_printf(struct gw_buf *b, const char *fmt, ...)
{
	size_t left = b->cap - b->len;
	va_list ap;
	uint8_t *to;
	int len;

	if (b->err != 0)
		return;
	va_start(ap, fmt);
	len = vsnprintf(left == 0 ? NULL : (char *)b->ptr + b->len, left, fmt, ap);
	va_end(ap);
	to = len < 0 ? NULL : room(b, (size_t)len, 1);
	if (to == NULL) {
		if (b->err == 0)
			b->err = GW_ELIMIT;	/* longer than INT_MAX */
		return;
	}
	if ((size_t)len >= left) {
		va_start(ap, fmt);
		(void)vsnprintf((char *)to, (size_t)len + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)len;
}

void
gw_buf_consume(struct gw_buf *b, size_t n)
{
	assert(n <= b->len);
	if (n == 0)
		return;
	b->len -= n;
	if (b->len > 0)
		memmove(b->ptr, b->ptr + n, b->len);
}

struct gw_slice
gw_buf_slice(const struct gw_buf *b)
{
	/* Nothing is "empty", not Kafka's null. */
	return (struct gw_slice){ b->ptr == NULL ? "" : (const char *)b->ptr, b->len };
}

/* SPDX-License-Identifier: MIT
 *
 * base/arena.c - a list of chunks, each twice the one before.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

#define CHUNK_MIN	((size_t)4096)
#define CHUNK_MAX	((size_t)256 << 10)	/* doubling ends; a larger request gets its own */
#define KEEP_MAX	((size_t)64 << 10)	/* a reset keeps no larger one, so idle is small */
#define ALIGN		_Alignof(max_align_t)

struct gw_arena_chunk {
	struct gw_arena_chunk	*next;
	size_t			 at, len;
	max_align_t		 data[];
};

void
gw_arena_init(struct gw_arena *a, struct gw_alloc *alloc, size_t cap)
{
	*a = (struct gw_arena){ .alloc = alloc, .cap = cap };
}

/* Free all chunks but keep (which may be NULL). */
static void
free_chunks(struct gw_arena *a, struct gw_arena_chunk *keep)
{
	struct gw_arena_chunk *c = a->chunks, *next;

	for (; c != NULL; c = next) {
		next = c->next;
		if (c != keep)
			gw_alloc_free(a->alloc, c);
	}
	a->chunks = keep;
	if (keep != NULL) {
		keep->next = NULL;
		keep->at = 0;
	}
	a->used = 0;
}

void
gw_arena_fini(struct gw_arena *a)
{
	free_chunks(a, NULL);
}

void
gw_arena_reset(struct gw_arena *a)
{
	struct gw_arena_chunk *c, *keep = NULL;

	for (c = a->chunks; c != NULL; c = c->next)
		if (c->len <= KEEP_MAX && (keep == NULL || c->len > keep->len))
			keep = c;
	free_chunks(a, keep);
}

static struct gw_arena_chunk *
add_chunk(struct gw_arena *a, size_t need)
{
	size_t len = a->chunks == NULL ? CHUNK_MIN : a->chunks->len * 2;
	struct gw_arena_chunk *c;

	if (len > CHUNK_MAX)
		len = CHUNK_MAX;
	if (len < need)
		len = need;
	if (len > SIZE_MAX - sizeof(*c))
		return NULL;
	c = gw_alloc_bytes(a->alloc, sizeof(*c) + len);
	if (c == NULL && len > need) {
		len = need;	/* near the cap a small chunk may still fit */
		c = gw_alloc_bytes(a->alloc, sizeof(*c) + len);
	}
	if (c == NULL)
		return NULL;
	c->next = a->chunks;
	c->at = 0;
	c->len = len;
	a->chunks = c;
	return c;
}

/* len bytes, not cleared. */
static void *
take(struct gw_arena *a, size_t len)
{
	struct gw_arena_chunk *c = a->chunks;
	size_t need;
	char *p;

	if (len > SIZE_MAX - ALIGN)
		return NULL;
	need = len == 0 ? ALIGN : (len + ALIGN - 1) / ALIGN * ALIGN;
	if (a->cap > 0 && (need > a->cap || a->used > a->cap - need))
		return NULL;
	if (c == NULL || c->len - c->at < need) {
		c = add_chunk(a, need);
		if (c == NULL)
			return NULL;
	}
	p = (char *)c->data + c->at;
	c->at += need;
	a->used += need;
	return p;
}

void *
gw_arena_zero(struct gw_arena *a, size_t n, size_t size)
{
	void *p;

	if (size > 0 && n > SIZE_MAX / size)
		return NULL;
	p = take(a, n * size);
	if (p != NULL)
		memset(p, 0, n * size);
	return p;
}

char *
gw_arena_str(struct gw_arena *a, struct gw_slice s)
{
	char *p;

	if (s.len == SIZE_MAX)
		return NULL;
	p = take(a, s.len + 1);
	if (p == NULL)
		return NULL;
	if (s.len > 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

char *
gw_arena_printf(struct gw_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return NULL;
	p = take(a, (size_t)len + 1);
	if (p == NULL)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return p;
}

/* SPDX-License-Identifier: MIT
 *
 * base/alloc.c - blocks that know their length.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

/* In front of each block; the union keeps what follows aligned for anything. */
union header {
	size_t		len;		/* header included */
	max_align_t	align;
};

static void *
libc_resize(void *ctx, void *ptr, size_t old_len, size_t new_len)
{
	(void)ctx;
	(void)old_len;
	if (new_len == 0) {
		free(ptr);
		return NULL;
	}
	return realloc(ptr, new_len);
}

struct gw_alloc
gw_alloc_libc(size_t cap)
{
	return (struct gw_alloc){ .resize = libc_resize, .cap = cap };
}

/* p is a block of ours or NULL; len is what the caller wants. */
static void *
resize_block(struct gw_alloc *a, void *p, size_t len)
{
	union header *h = p == NULL ? NULL : (union header *)p - 1;
	size_t old_len = h == NULL ? 0 : h->len, new_len;

	if (len > SIZE_MAX - sizeof(*h))
		return NULL;
	new_len = len + sizeof(*h);
	assert(a->used >= old_len);
	if (new_len > old_len) {
		size_t more = new_len - old_len;

		if (more > SIZE_MAX - a->used || (a->cap > 0 && a->used + more > a->cap))
			return NULL;
	}
	h = a->resize(a->ctx, h, old_len, new_len);
	if (h == NULL)
		return NULL;
	h->len = new_len;
	a->used = a->used - old_len + new_len;
	if (a->used > a->used_max)
		a->used_max = a->used;
	return h + 1;
}

void *
gw_alloc_bytes(struct gw_alloc *a, size_t len)
{
	return resize_block(a, NULL, len);
}

void *
gw_alloc_zero(struct gw_alloc *a, size_t n, size_t size)
{
	void *p = gw_alloc_resize(a, NULL, n, size);

	if (p != NULL)
		memset(p, 0, n * size);
	return p;
}

void *
gw_alloc_resize(struct gw_alloc *a, void *p, size_t n, size_t size)
{
	if (size > 0 && n > SIZE_MAX / size)
		return NULL;
	return resize_block(a, p, n * size);
}

void
gw_alloc_free(struct gw_alloc *a, void *p)
{
	union header *h;

	if (p == NULL)
		return;
	h = (union header *)p - 1;
	assert(a->used >= h->len);
	a->used -= h->len;
	(void)a->resize(a->ctx, h, h->len, 0);
}

char *
gw_alloc_str(struct gw_alloc *a, struct gw_slice s)
{
	char *p;

	if (s.len == SIZE_MAX)
		return NULL;
	p = gw_alloc_bytes(a, s.len + 1);
	if (p == NULL)
		return NULL;
	if (s.len > 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

int
gw_alloc_room(struct gw_alloc *a, void **p, size_t *cap, size_t n, size_t size)
{
	size_t new_cap;
	void *q;

	assert(n <= *cap);
	if (n < *cap)
		return 0;
	if (*cap > SIZE_MAX / 2)
		return GW_ENOMEM;
	new_cap = *cap < 4 ? 8 : *cap * 2;
	q = gw_alloc_resize(a, *p, new_cap, size);
	if (q == NULL)
		return GW_ENOMEM;
	*p = q;
	*cap = new_cap;
	return 0;
}

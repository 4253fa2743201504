/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/entry.h"

#include "wire/api.h"
#include "wire/crc32c.h"

#define LAYOUT	1	/* newest payload version; 1: transactions */

static void
put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static uint32_t
get_u32(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

int
gw_entry_put(struct gw_buf *out, enum gw_entry_type type, void (*visit)(struct gw_codec *, void *),
    const void *msg)
{
	size_t start = out->len, len;
	uint8_t *p = gw_buf_reserve(out, GW_ENTRY_HEADER + 1);
	int rc;

	if (p == NULL)
		return out->err;
	p[GW_ENTRY_HEADER] = (uint8_t)type;
	out->len += GW_ENTRY_HEADER + 1;
	rc = gw_visit_encode(out, visit, msg, LAYOUT, false, NULL);
	len = out->len - start - GW_ENTRY_HEADER;
	if (rc == 0 && len > GW_ENTRY_MAX)
		rc = GW_ELIMIT;
	if (rc < 0) {
		out->len = start;
		out->err = 0;
		return rc;
	}
	p = out->ptr + start;
	put_u32(p, (uint32_t)len);
	put_u32(p + 4, gw_crc32c(0, p + GW_ENTRY_HEADER, len));
	return 0;
}

int
gw_entry_next(struct gw_slice *rest, struct gw_entry *e)
{
	uint32_t len;

	if (rest->len == 0)
		return 0;
	if (rest->len < GW_ENTRY_HEADER + 1)
		return GW_ECORRUPT;
	len = get_u32(rest->ptr);
	if (len < 1 || len > GW_ENTRY_MAX || len > rest->len - GW_ENTRY_HEADER)
		return GW_ECORRUPT;
	if (gw_crc32c(0, rest->ptr + GW_ENTRY_HEADER, len) != get_u32(rest->ptr + 4))
		return GW_ECORRUPT;
	e->type = (uint8_t)rest->ptr[GW_ENTRY_HEADER];
	e->payload = (struct gw_slice){ rest->ptr + GW_ENTRY_HEADER + 1, len - 1 };
	rest->ptr += GW_ENTRY_HEADER + len;
	rest->len -= GW_ENTRY_HEADER + len;
	return 1;
}

int
gw_entry_read(const struct gw_entry *e, void (*visit)(struct gw_codec *, void *), void *msg,
    struct gw_arena *arena)
{
	int rc = gw_visit_decode(e->payload, visit, msg, LAYOUT, false, arena, NULL);

	return rc == GW_EPROTO || rc == GW_EVERSION ? GW_ECORRUPT : rc;
}

int
gw_entry_save(struct gw_fs *fs, struct gw_alloc *alloc, const char *path, enum gw_entry_type type,
    void (*visit)(struct gw_codec *, void *), const void *msg)
{
	struct gw_buf buf;
	ssize_t n;
	int h = -1, rc;

	gw_buf_init(&buf, alloc, 0);
	rc = gw_entry_put(&buf, type, visit, msg);
	if (rc < 0)
		goto out;
	h = rc = fs->open(fs->ctx, path, GW_FS_WRITE | GW_FS_CREATE | GW_FS_TRUNC, NULL);
	if (rc < 0)
		goto out;
	n = fs->pwrite(fs->ctx, h, buf.ptr, buf.len, 0);
	rc = n < 0 ? (int)n : (size_t)n < buf.len ? GW_ENOSPC : 0;
out:
	if (h >= 0)
		fs->close(fs->ctx, h);
	gw_buf_fini(&buf);
	return rc;
}

/* The bytes go to the arena, as what is read borrows from them. */
int
gw_entry_load(struct gw_fs *fs, const char *path, enum gw_entry_type type,
    void (*visit)(struct gw_codec *, void *), void *msg, struct gw_arena *arena)
{
	struct gw_buf buf;
	struct gw_slice rest;
	struct gw_entry e;
	char *copy;
	int rc;

	gw_buf_init(&buf, arena->alloc, GW_ENTRY_MAX + GW_ENTRY_HEADER);
	rc = gw_fs_read_file(fs, path, &buf, NULL);
	if (rc < 0)
		goto out;
	rc = GW_ENOMEM;
	copy = gw_arena_zero(arena, buf.len + 1, 1);
	if (copy == NULL)
		goto out;
	if (buf.len > 0)
		memcpy(copy, buf.ptr, buf.len);
	rest = (struct gw_slice){ copy, buf.len };
	rc = gw_entry_next(&rest, &e);
	if (rc == 1)
		rc = e.type == type && rest.len == 0 ? gw_entry_read(&e, visit, msg, arena)
						     : GW_ECORRUPT;
	else if (rc == 0)
		rc = GW_ECORRUPT;
out:
	gw_buf_fini(&buf);
	return rc;
}

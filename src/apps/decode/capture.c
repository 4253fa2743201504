/* SPDX-License-Identifier: MIT
 *
 * apps/decode/capture.c - frames to a file and back.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/decode/capture.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/bytes.h"

#define BLOCK	(256u << 10)

struct gw_capture {
	struct gw_env	*env;
	int		 h;
	int64_t		 at;
	struct gw_buf	 out;
	int		 err;		/* the first failure; nothing is written after it */
};

static void
flush(struct gw_capture *c)
{
	struct gw_fs *fs = c->env->fs;
	ssize_t n;

	if (c->err == 0 && c->out.err != 0)
		c->err = c->out.err;
	if (c->err != 0 || c->out.len == 0)
		return;
	n = fs->pwrite(fs->ctx, c->h, c->out.ptr, c->out.len, c->at);
	if (n != (ssize_t)c->out.len)
		c->err = n < 0 ? (int)n : GW_ENOSPC;
	else
		c->at += n;
	gw_buf_clear(&c->out);
}

struct gw_capture *
gw_capture_new(struct gw_env *env, const char *path, struct gw_err *err)
{
	struct gw_capture *c = gw_alloc_zero(env->alloc, 1, sizeof(*c));

	if (c == NULL) {
		(void)gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	c->env = env;
	gw_buf_init(&c->out, env->alloc, 0);
	/* Records of other people go into it. */
	c->h = env->fs->open(env->fs->ctx, path,
	    GW_FS_WRITE | GW_FS_CREATE | GW_FS_TRUNC | GW_FS_PRIVATE, err);
	if (c->h < 0) {
		gw_alloc_free(env->alloc, c);
		return NULL;
	}
	gw_buf_put(&c->out, GW_CAPTURE_MAGIC, GW_CAPTURE_MAGIC_LEN);
	flush(c);
	return c;
}

void
gw_capture_frame(void *capture, const struct gw_frame *f)
{
	struct gw_capture *c = capture;
	uint8_t h[GW_CAPTURE_HEADER] = { 0 };

	if (c->err != 0 || f->bytes.len > UINT32_MAX)
		return;
	gw_be64_put(h, (uint64_t)gw_env_now(c->env).wall_ms * 1000);
	gw_be32_put(h + 8, (uint32_t)f->broker);
	h[12] = f->is_request;
	gw_be16_put(h + 14, f->port);
	gw_be16_put(h + 16, (uint16_t)f->api_key);
	gw_be16_put(h + 18, (uint16_t)f->api_version);
	gw_be32_put(h + 20, (uint32_t)f->bytes.len);
	gw_buf_put(&c->out, h, sizeof(h));
	gw_buf_put(&c->out, f->bytes.ptr, f->bytes.len);
	if (c->out.err != 0 || c->out.len >= BLOCK)
		flush(c);
}

int
gw_capture_free(struct gw_capture *c, struct gw_err *err)
{
	int rc;

	if (c == NULL)
		return 0;
	flush(c);
	rc = c->err;
	c->env->fs->close(c->env->fs->ctx, c->h);
	gw_buf_fini(&c->out);
	gw_alloc_free(c->env->alloc, c);
	return rc == 0 ? 0 : gw_err_set(err, rc, "the capture is not whole: %s", gw_strerror(rc));
}

size_t
gw_capture_next(struct gw_slice rest, struct gw_captured *out)
{
	const uint8_t *h = (const uint8_t *)rest.ptr;
	uint32_t len;

	if (rest.len < GW_CAPTURE_HEADER)
		return 0;
	len = gw_be32(h + 20);
	if (len > rest.len - GW_CAPTURE_HEADER)
		return 0;
	*out = (struct gw_captured){ .time_us = (int64_t)gw_be64(h),
		.broker = (int32_t)gw_be32(h + 8), .is_request = h[12] != 0,
		.port = gw_be16(h + 14), .api_key = (int16_t)gw_be16(h + 16),
		.api_version = (int16_t)gw_be16(h + 18),
		.bytes = { rest.ptr + GW_CAPTURE_HEADER, len } };
	return GW_CAPTURE_HEADER + (size_t)len;
}

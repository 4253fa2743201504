/* SPDX-License-Identifier: MIT
 *
 * apps/input.c - messages out of stdin or a file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/input.h"

#include <errno.h>
#include <unistd.h>

#include "base/err.h"

#define READ_LEN 65536

int
gw_input_open(struct gw_input *in, struct gw_env *env, const char *path, struct gw_slice delimiter,
    struct gw_err *err)
{
	memset(in, 0, sizeof(*in));
	in->env = env;
	in->delimiter = delimiter;
	gw_buf_init(&in->buf, env->alloc, GW_INPUT_MESSAGE_MAX + READ_LEN);
	in->owned = path != NULL && strcmp(path, "-") != 0;
	in->name = in->owned ? path : "stdin";
	/*
	 * A handle of the kernel's files is a descriptor: what poll() needs, and a pipe has no
	 * place to pread.
	 */
	in->fd = in->owned ? env->fs->open(env->fs->ctx, path, GW_FS_READ, err) : STDIN_FILENO;
	if (in->fd >= 0)
		return 0;
	in->owned = false;
	if (err != NULL)
		err->code = GW_EIO;
	return GW_EIO;
}

void
gw_input_close(struct gw_input *in)
{
	if (in->owned)
		in->env->fs->close(in->env->fs->ctx, in->fd);
	in->owned = false;
	gw_buf_fini(&in->buf);
}

static const uint8_t *
find(const struct gw_input *in, size_t from)
{
	const uint8_t *p = in->buf.ptr + from, *end = in->buf.ptr + in->buf.len;
	const struct gw_slice d = in->delimiter;

	while ((size_t)(end - p) >= d.len) {
		p = memchr(p, d.ptr[0], (size_t)(end - p) - d.len + 1);
		if (p == NULL || memcmp(p, d.ptr, d.len) == 0)
			return p;
		p++;
	}
	return NULL;
}

static int
take(struct gw_input *in, struct gw_slice *message, size_t len, size_t skip)
{
	*message = (struct gw_slice){ (const char *)in->buf.ptr + in->at, len };
	in->at += len + skip;
	in->searched = in->at;
	in->n_messages++;
	return 1;
}

int
gw_input_next(struct gw_input *in, struct gw_slice *message)
{
	const uint8_t *p;

	if (in->delimiter.len == 0) {
		if (!in->ended)
			return GW_EAGAIN;
		return in->n_messages > 0 ? 0 : take(in, message, in->buf.len - in->at, 0);
	}
	p = in->buf.len > in->searched ? find(in, in->searched) : NULL;
	if (p != NULL)
		return take(in, message, (size_t)(p - in->buf.ptr) - in->at, in->delimiter.len);
	if (in->ended)
		return in->buf.len > in->at ? take(in, message, in->buf.len - in->at, 0) : 0;
	if (in->buf.len - in->at >= in->delimiter.len)
		in->searched = in->buf.len - in->delimiter.len + 1;
	return GW_EAGAIN;
}

int
gw_input_read(struct gw_input *in, struct gw_err *err)
{
	uint8_t *room;
	ssize_t n;

	if (in->at > 0) {
		gw_buf_consume(&in->buf, in->at);
		in->searched -= in->at;
		in->at = 0;
	}
	if (in->buf.len > GW_INPUT_MESSAGE_MAX)
		return gw_err_set(err, GW_ELIMIT,
		    "%s: message %zu is longer than %u bytes; is the delimiter right?", in->name,
		    in->n_messages + 1, GW_INPUT_MESSAGE_MAX);
	room = gw_buf_reserve(&in->buf, READ_LEN);
	if (room == NULL)
		return gw_err_set(err, in->buf.err, "%s: %s", in->name, gw_strerror(in->buf.err));
	n = read(in->fd, room, READ_LEN);
	if (n < 0 && errno == EINTR)
		return gw_err_set(err, GW_EINTR, "interrupted");
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n < 0)
		return gw_err_sys(err, errno, "%s", in->name);
	if (n == 0)
		in->ended = true;
	in->buf.len += (size_t)n;
	return 0;
}

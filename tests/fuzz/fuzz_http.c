/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_http.c - bytes as requests to a whole server, in pieces, and the parser alone:
 * what it takes has a path that is normal and names nothing above the root.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "apps/http/http.h"
#include "base/slice.h"

#define MEMORY_MAX ((size_t)16 << 20)

/* One viewer; what it says is the input, in pieces whose lengths its first byte gives. */
struct wire {
	const uint8_t	*data;
	size_t		 size, at, piece;
	int		 n_accepted, closed;
	size_t		 written;
};

static struct gw_time
now(void *ctx)
{
	(void)ctx;
	return (struct gw_time){ .us = 1 };
}

static int
wire_listen(void *ctx, const struct gw_addr *at, struct gw_addr *bound, struct gw_err *err)
{
	(void)ctx;
	(void)err;
	*bound = *at;
	return 3;
}

static int
wire_accept(void *ctx, int h, struct gw_addr *peer)
{
	struct wire *w = ctx;

	(void)h;
	(void)peer;
	return w->n_accepted++ == 0 ? 4 : GW_EAGAIN;
}

static ssize_t
wire_read(void *ctx, int h, void *buf, size_t len)
{
	struct wire *w = ctx;
	size_t n = w->size - w->at;

	FUZZ_CHECK(h == 4 && w->closed == 0);
	if (n > w->piece)
		n = w->piece;
	if (n > len)
		n = len;
	memcpy(buf, w->data + w->at, n);
	w->at += n;
	return (ssize_t)n;
}

static ssize_t
wire_write(void *ctx, int h, const struct gw_slice *v, size_t n)
{
	struct wire *w = ctx;
	size_t len = 0;

	FUZZ_CHECK(h == 4 && w->closed == 0 && n > 0);
	for (size_t i = 0; i < n; i++)
		len += v[i].len;
	FUZZ_CHECK(len > 0);
	if (len > w->piece * 16)
		len = w->piece * 16;
	w->written += len;
	return (ssize_t)len;
}

static void
wire_close(void *ctx, int h)
{
	struct wire *w = ctx;

	w->closed += h == 4;
	FUZZ_CHECK(w->closed <= 1);
}

static void
handle(void *arg, const struct gw_http_request *q, struct gw_http_reply *r)
{
	(void)arg;
	FUZZ_CHECK(q->path[0] == '/');
	if (strcmp(q->path, "/k") == 0)
		*r = (struct gw_http_reply){ .status = 200, .type = "text/plain", .etag = "t",
			.body = GW_LIT("body"), .made = r->made };
	else if (strcmp(q->path, "/s") == 0)
		*r = (struct gw_http_reply){ .status = 200, .stream = true };
	else if (strcmp(q->path, "/m") == 0) {
		r->status = 200;
		r->type = "text/plain";
		gw_buf_put(r->made, q->query.ptr, q->query.len);
	}
}

static void
fill(void *arg, uint64_t *cursor, struct gw_buf *out)
{
	(void)arg;
	gw_buf_puts(out, "data: 1\n\n");
	(*cursor)++;
}

static void
serve(const uint8_t *data, size_t size)
{
	struct gw_http_options o = { .listen = { .family = 4, .ip = { 127, 0, 0, 1 } },
		.handle = handle, .fill = fill };
	struct wire w = { .data = data + 1, .size = size - 1, .piece = (size_t)data[0] + 1 };
	struct gw_net net = { .ctx = &w, .listen = wire_listen, .accept = wire_accept,
		.read = wire_read, .write = wire_write, .close = wire_close };
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_env env = { .alloc = &alloc, .clock = { now, NULL }, .net = &net };
	struct gw_http *h = gw_http_new(&env, &o, NULL);
	struct gw_part part;
	struct pollfd fds[4];
	int64_t deadline = 0;

	FUZZ_CHECK(h != NULL);
	part = gw_http_part(h);
	gw_http_stream_end(h, 3);
	for (size_t i = 0; i < size * 4 + 8 && w.closed == 0; i++) {
		size_t n = part.pollfds(part.self, fds, 4, &deadline);

		FUZZ_CHECK(n >= 1 && n <= 2);
		for (size_t k = 0; k < n; k++)
			fds[k].revents = fds[k].events;
		FUZZ_CHECK(part.process(part.self, fds, n) == 0);
	}
	gw_http_free(h);
	FUZZ_CHECK(alloc.used == 0);
}

static void
check_path(const char *path)
{
	FUZZ_CHECK(path[0] == '/' && strstr(path, "//") == NULL);
	FUZZ_CHECK(strstr(path, "/../") == NULL && strstr(path, "/./") == NULL);
	FUZZ_CHECK(strlen(path) < GW_HTTP_PATH_MAX);
	for (const char *p = path; *p != '\0'; p++)
		FUZZ_CHECK((unsigned char)*p >= 0x20 && *p != 0x7f && *p != '\\');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_http_request q;
	int n;

	if (size == 0)
		return 0;
	n = gw_http_parse((struct gw_slice){ (const char *)data + 1, size - 1 }, &q);
	FUZZ_CHECK(n <= (int)(size - 1) && n > -600);
	if (n > 0)
		check_path(q.path);
	serve(data, size);
	return 0;
}

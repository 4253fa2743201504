/* SPDX-License-Identifier: MIT
 *
 * base/net_posix.c - the kernel's sockets: the only file that calls socket functions.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL	0	/* macOS: SO_NOSIGPIPE on the socket instead */
#endif
#define IOV_COUNT	64
#define BACKLOG		511

union sock_addr {
	struct sockaddr		any;
	struct sockaddr_in	v4;
	struct sockaddr_in6	v6;
};

static socklen_t
to_sock(const struct gw_addr *a, union sock_addr *out)
{
	memset(out, 0, sizeof(*out));
	if (a->family == 6) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(a->port);
		memcpy(&out->v6.sin6_addr, a->ip, 16);
		return sizeof(out->v6);
	}
	out->v4.sin_family = AF_INET;
	out->v4.sin_port = htons(a->port);
	memcpy(&out->v4.sin_addr, a->ip, 4);
	return sizeof(out->v4);
}

static int
from_sock(const union sock_addr *s, struct gw_addr *out)
{
	struct gw_addr a = { .family = 0 };

	if (s->any.sa_family == AF_INET) {
		a.family = 4;
		a.port = ntohs(s->v4.sin_port);
		memcpy(a.ip, &s->v4.sin_addr, 4);
	} else if (s->any.sa_family == AF_INET6) {
		a.family = 6;
		a.port = ntohs(s->v6.sin6_port);
		memcpy(a.ip, &s->v6.sin6_addr, 16);
	} else
		return GW_EUNSUPPORTED;
	*out = a;
	return 0;
}

/* Addresses that need no name service: numbers, and localhost (RFC 6761, 6.3). */
static int
resolve_numeric(const char *host, uint16_t port, struct gw_addr *out, size_t cap)
{
	struct gw_addr a = { .port = port };

	if (inet_pton(AF_INET, host, a.ip) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, host, a.ip) == 1)
		a.family = 6;
	if (a.family != 0) {
		out[0] = a;
		return 1;
	}
	if (strcmp(host, "localhost") != 0)
		return 0;
	out[0] = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 }, .port = port };
	if (cap == 1)
		return 1;
	out[1] = (struct gw_addr){ .family = 6, .ip = { [15] = 1 }, .port = port };
	return 2;
}

static int
resolve_error(int rc, int sys_errno, const char *host, struct gw_err *err)
{
	const char *why = rc == EAI_AGAIN ? "the name service does not answer" :
	    rc == EAI_MEMORY ? "out of memory" :
	    rc == EAI_FAIL ? "the name service failed" : "no such host";

	if (rc == EAI_SYSTEM)
		(void)gw_err_sys(err, sys_errno, "%s: the name service failed", host);
	else
		(void)gw_err_set(err, GW_ERESOLVE, "%s: %s", host, why);
	if (err != NULL)
		err->code = GW_ERESOLVE;
	return GW_ERESOLVE;
}

static int
posix_resolve(void *ctx, const char *host, uint16_t port, struct gw_addr *out, size_t cap,
    struct gw_err *err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	size_t n = 0;
	int rc;

	(void)ctx;
	if (cap == 0)
		return gw_err_set(err, GW_EINVAL, "%s: no room for an address", host);
	rc = resolve_numeric(host, port, out, cap);
	if (rc > 0)
		return rc;
	rc = getaddrinfo(host, NULL, &hints, &list);
	if (rc != 0)
		return resolve_error(rc, errno, host, err);
	for (const struct addrinfo *ai = list; ai != NULL && n < cap; ai = ai->ai_next) {
		union sock_addr s;

		memset(&s, 0, sizeof(s));
		if (ai->ai_addrlen > sizeof(s))
			continue;
		memcpy(&s, ai->ai_addr, ai->ai_addrlen);
		if (from_sock(&s, &out[n]) != 0)
			continue;
		out[n++].port = port;
	}
	freeaddrinfo(list);
	return n > 0 ? (int)n : resolve_error(EAI_NONAME, 0, host, err);
}

/* Non-blocking, not inherited by children, without SIGPIPE. */
static int
set_up(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
#ifdef SO_NOSIGPIPE
	if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){ 1 }, sizeof(int)) < 0)
		return -1;
#endif
	return 0;
}

static int
new_socket(const struct gw_addr *a)
{
	int type = SOCK_STREAM, fd, saved;

#ifdef SOCK_CLOEXEC
	type |= SOCK_CLOEXEC;	/* leaves no moment for another thread's fork() */
#endif
	fd = socket(a->family == 6 ? AF_INET6 : AF_INET, type, 0);
	if (fd >= 0 && set_up(fd) != 0) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* Requests are whole frames, so waiting to fill a segment only delays them. */
static void
no_delay(int fd)
{
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
}

static int
fail(int fd, const struct gw_addr *a, struct gw_err *err)
{
	int saved = errno;
	char text[GW_ADDR_TEXT_MAX];

	(void)gw_addr_text(a, text);
	if (fd >= 0)
		(void)close(fd);
	return gw_err_sys(err, saved, "%s", text);
}

static int
posix_connect(void *ctx, const struct gw_addr *to, struct gw_err *err)
{
	union sock_addr s;
	socklen_t len = to_sock(to, &s);
	int fd = new_socket(to);

	(void)ctx;
	if (fd < 0)
		return fail(fd, to, err);
	no_delay(fd);
	/* Interrupted is under way too (POSIX): asking again would answer EALREADY. */
	if (connect(fd, &s.any, len) != 0 && errno != EINPROGRESS && errno != EINTR)
		return fail(fd, to, err);
	return fd;
}

static int
posix_connected(void *ctx, int h, struct gw_err *err)
{
	union sock_addr s;
	socklen_t len = sizeof(int);
	int pending = 0;

	(void)ctx;
	if (getsockopt(h, SOL_SOCKET, SO_ERROR, &pending, &len) != 0)
		pending = errno;
	if (pending == 0) {
		len = sizeof(s);
		if (getpeername(h, &s.any, &len) == 0)
			return 0;
		if (errno == ENOTCONN)
			return GW_EAGAIN;
		pending = errno;
	}
	if (pending == ECONNRESET)	/* as good as a refusal, before anything was said */
		pending = ECONNREFUSED;
	return gw_err_sys(err, pending, "connect");
}

static int
posix_listen(void *ctx, const struct gw_addr *at, struct gw_addr *bound, struct gw_err *err)
{
	union sock_addr s;
	socklen_t len = to_sock(at, &s);
	int fd = new_socket(at);

	(void)ctx;
	if (fd < 0)
		return fail(fd, at, err);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) != 0)
		return fail(fd, at, err);
	/* [::]:9092 and 0.0.0.0:9092 are two addresses here on every system. */
	if (at->family == 6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 1 }, sizeof(int)) != 0)
		return fail(fd, at, err);
	if (bind(fd, &s.any, len) != 0 || listen(fd, BACKLOG) != 0)
		return fail(fd, at, err);
	len = sizeof(s);
	if (getsockname(fd, &s.any, &len) != 0)
		return fail(fd, at, err);
	if (bound != NULL)
		(void)from_sock(&s, bound);
	return fd;
}

static int
posix_accept(void *ctx, int h, struct gw_addr *peer)
{
	union sock_addr s;
	socklen_t len = sizeof(s);
	int fd = accept(h, &s.any, &len), rc;

	(void)ctx;
	if (fd < 0) {
		/* The peer's trouble, not the listener's: the next accept() may succeed. */
		if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO)
			return GW_EAGAIN;
		return gw_err_from_errno(errno);
	}
	if (set_up(fd) != 0) {
		rc = gw_err_from_errno(errno);
		(void)close(fd);
		return rc;
	}
	no_delay(fd);
	if (peer != NULL && from_sock(&s, peer) != 0)
		*peer = (struct gw_addr){ .family = 4 };
	return fd;
}

static ssize_t
posix_read(void *ctx, int h, void *buf, size_t len)
{
	ssize_t n;

	(void)ctx;
	do
		n = recv(h, buf, len, 0);
	while (n < 0 && errno == EINTR);
	return n >= 0 ? n : gw_err_from_errno(errno);
}

static ssize_t
posix_write(void *ctx, int h, const struct gw_slice *v, size_t n)
{
	struct iovec iov[IOV_COUNT];
	struct msghdr msg;
	ssize_t done;
	size_t i;

	(void)ctx;
	if (n > IOV_COUNT)
		n = IOV_COUNT;
	for (i = 0; i < n; i++) {
		/* iovec is of both directions, so it has no const; sendmsg() only reads. */
		iov[i].iov_base = (void *)(uintptr_t)v[i].ptr;
		iov[i].iov_len = v[i].len;
	}
	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = iov;
#ifdef __GLIBC__
	msg.msg_iovlen = n;	/* size_t here, int in POSIX */
#else
	msg.msg_iovlen = (int)n;
#endif
	do
		done = sendmsg(h, &msg, MSG_NOSIGNAL);
	while (done < 0 && errno == EINTR);
	return done >= 0 ? done : gw_err_from_errno(errno);
}

static void
posix_close(void *ctx, int h)
{
	(void)ctx;
	if (h >= 0)
		(void)close(h);
}

static int
posix_poll(void *ctx, struct pollfd *fds, size_t n, int timeout_ms)
{
	int rc = poll(fds, (nfds_t)n, timeout_ms);

	(void)ctx;
	return rc >= 0 ? rc : gw_err_from_errno(errno);
}

#ifdef HAVE_PPOLL
static int
posix_poll_us(void *ctx, struct pollfd *fds, size_t n, int64_t timeout_us)
{
	struct timespec ts = { .tv_sec = (time_t)(timeout_us / 1000000),
		.tv_nsec = (long)(timeout_us % 1000000) * 1000 };
	int rc = ppoll(fds, (nfds_t)n, timeout_us < 0 ? NULL : &ts, NULL);

	(void)ctx;
	return rc >= 0 ? rc : gw_err_from_errno(errno);
}
#endif

static int
posix_tell(void *ctx, const char *path, struct gw_slice text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	ssize_t done;
	int fd, saved;

	(void)ctx;
	if (len == 0 || len >= sizeof(to.sun_path))
		return GW_EINVAL;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return gw_err_from_errno(errno);
	(void)set_up(fd);
	done = sendto(fd, text.ptr, text.len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	saved = errno;
	(void)close(fd);
	return done >= 0 ? 0 : gw_err_from_errno(saved);
}

struct gw_net *
gw_net_posix(void)
{
	/* Constant in all but type: the seam's users hold it as they hold the simulator's. */
	static struct gw_net net = {
		.resolve = posix_resolve,
		.connect = posix_connect,
		.connected = posix_connected,
		.listen = posix_listen,
		.accept = posix_accept,
		.read = posix_read,
		.write = posix_write,
		.close = posix_close,
		.poll = posix_poll,
#ifdef HAVE_PPOLL
		.poll_us = posix_poll_us,
#endif
		.tell = posix_tell,
	};

	return &net;
}

/* SPDX-License-Identifier: MIT
 *
 * base/net.h - the seam to stream sockets. Handles are small non-negative ints (real descriptors in
 * production, so they fit struct pollfd). Nothing here blocks except poll() and resolve().
 */
#ifndef GW_NET_H
#define GW_NET_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/slice.h"

struct gw_addr {
	uint8_t		family;		/* 4 or 6 */
	uint8_t		ip[16];		/* network order; the first 4 bytes for IPv4 */
	uint16_t	port;
};

#define GW_ADDR_TEXT_MAX 64

struct gw_net {
	void	*ctx;
	/* Up to cap addresses of a host. Returns how many (>= 1), or GW_ERESOLVE. */
	int	(*resolve)(void *ctx, const char *host, uint16_t port, struct gw_addr *out,
		    size_t cap, struct gw_err *err);
	/* Begin a connection. Handle or GW_E*. Poll it for POLLOUT, then ask connected(). */
	int	(*connect)(void *ctx, const struct gw_addr *to, struct gw_err *err);
	/* 0, GW_EAGAIN, GW_ECONNECT... err says only the reason: the caller knows the address. */
	int	(*connected)(void *ctx, int h, struct gw_err *err);
	/* Port 0 takes any; *bound says which. Handle, GW_EBUSY (in use) or another GW_E*. */
	int	(*listen)(void *ctx, const struct gw_addr *at, struct gw_addr *bound,
		    struct gw_err *err);
	int	(*accept)(void *ctx, int h, struct gw_addr *peer); /* handle, GW_EAGAIN or GW_E* */
	/* n, 0 at the end, GW_EAGAIN or GW_E*. */
	ssize_t	(*read)(void *ctx, int h, void *buf, size_t len);
	/* Bytes taken, which may be fewer than all; GW_EAGAIN or GW_E*. */
	ssize_t	(*write)(void *ctx, int h, const struct gw_slice *v, size_t n);
	void	(*close)(void *ctx, int h);
	/* As poll(2), with GW_EINTR. */
	int	(*poll)(void *ctx, struct pollfd *fds, size_t n, int timeout_ms);
	/* The same to the microsecond; NULL: there is no such clock. */
	int	(*poll_us)(void *ctx, struct pollfd *fds, size_t n, int64_t timeout_us);
	/*
	 * One datagram to the local socket at path ("@name": Linux's abstract ones). Never waits. 0
	 * or GW_E*. NULL: there are none.
	 */
	int	(*tell)(void *ctx, const char *path, struct gw_slice text);
};

/* "127.0.0.1:9092", "[::1]:9092"; numeric only. 0 or GW_EINVAL. */
int	gw_addr_parse(struct gw_slice text, struct gw_addr *out) GW_CHECK_RESULT;
size_t	gw_addr_text(const struct gw_addr *a, char out[GW_ADDR_TEXT_MAX]);
bool	gw_addr_is_loopback(const struct gw_addr *a);
/* "host:port" or "[v6]:port" into parts; port required unless default_port >= 0. 0 or GW_EINVAL. */
int	gw_host_port(struct gw_slice text, int default_port, struct gw_slice *host, uint16_t *port)
	    GW_CHECK_RESULT;

/* Sockets of the kernel. TCP_NODELAY, close-on-exec, no SIGPIPE. */
struct gw_net	*gw_net_posix(void);

#endif

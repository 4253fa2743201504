/* SPDX-License-Identifier: MIT
 *
 * apps/http/http_int.h - the server's own: http.c is the part of the loop, http_conn.c one
 * connection.
 */
#ifndef GW_HTTP_INT_H
#define GW_HTTP_INT_H

#include "apps/http/http.h"

#define GW_HTTP_HEAD_US		INT64_C(10000000)	/* for a whole head */
#define GW_HTTP_IDLE_US		INT64_C(30000000)	/* between requests */
#define GW_HTTP_STUCK_US	INT64_C(15000000)	/* nothing of the answer was read */
#define GW_HTTP_LINGER_US	INT64_C(1000000)	/* until a refusal was read */
#define GW_HTTP_COMMENT_US	INT64_C(15000000)	/* so that proxies keep a quiet stream */

struct gw_http_conn {
	int		 fd;
	bool		 polled;		/* its descriptor is in this turn's poll */
	bool		 close, stream;
	bool		 refused;		/* and to be closed: what it says is passed over */
	int64_t		 since_us;		/* of what it is at: head, idle, last write */
	uint8_t		*in;			/* (GW_HTTP_HEAD_MAX) NULL while there is none */
	size_t		 in_len;
	struct gw_buf	 out;			/* head, and what was made for this answer */
	size_t		 out_at;		/* of out and body together: written */
	struct gw_slice	 body;			/* that follows out; not owned */
	uint64_t	 cursor;
};

struct gw_http {
	struct gw_env		*env;
	struct gw_http_options	 o;
	struct gw_addr		 addr;
	int			 listener;
	int64_t			 accept_us;	/* not before: descriptors were out */
	struct gw_http_conn	*conns;		/* (n) */
	size_t			 n, cap;
	uint64_t		 stream_end;
	int64_t			 tick_us;	/* streams are served again from here on */
	size_t			 turn;		/* who is filled first */
	struct gw_http_stats	 stats;
};

/* Each returns false when the connection is to be closed. */
bool	gw_http_conn_readable(struct gw_http *h, struct gw_http_conn *c, int64_t now_us);
bool	gw_http_conn_write(struct gw_http *h, struct gw_http_conn *c, int64_t now_us);
/* Bytes that were filled in, added to *budget's use; only when the last chunk has left. */
void	gw_http_conn_fill(struct gw_http *h, struct gw_http_conn *c, size_t *budget);
bool	gw_http_conn_timer(struct gw_http *h, struct gw_http_conn *c, int64_t now_us);
int64_t	gw_http_conn_deadline(const struct gw_http_conn *c);
void	gw_http_conn_fini(struct gw_http *h, struct gw_http_conn *c);

static inline bool
gw_http_conn_busy(const struct gw_http_conn *c)
{
	return c->out_at < c->out.len + c->body.len;
}

#endif

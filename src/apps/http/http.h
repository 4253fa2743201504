/* SPDX-License-Identifier: MIT
 *
 * apps/http/http.h - a small HTTP/1.1 server as a part of the loop: GET and HEAD, keep-alive,
 * ETags, pages that are gzipped already, and streams of server-sent events. RFC 9110, RFC 9112, and
 * "Server-sent events" of the HTML standard.
 *
 * It is made for a few hundred viewers beside a scorer that has better things to do. No thread, no
 * file, no request body. What a viewer can make it hold is bounded: a request head of
 * GW_HTTP_HEAD_MAX, and of a stream GW_HTTP_STREAM_CHUNK bytes under way, because a stream is a
 * cursor into what the handler keeps and is asked for more only when the last chunk has left. Who
 * does not read is dropped, and comes back with Last-Event-ID.
 *
 * Without a token it listens on loopback only and answers only to loopback names, so that neither a
 * neighbour nor a foreign page in the viewer's own browser (DNS rebinding) reads what is served.
 * With one it listens anywhere, and every request must carry it: as "Authorization: Bearer TOKEN",
 * or as the password of Basic, which browsers ask for, with any user.
 */
#ifndef GW_HTTP_H
#define GW_HTTP_H

#include "apps/loop.h"
#include "base/buf.h"
#include "base/net.h"

#define GW_HTTP_HEAD_MAX	8192
#define GW_HTTP_TARGET_MAX	2048	/* of a request line */
#define GW_HTTP_HEADERS_MAX	64
#define GW_HTTP_PATH_MAX	256
#define GW_HTTP_STREAM_CHUNK	32768

struct gw_http_request {
	bool		head;				/* HEAD: the answer has no body */
	bool		gzip;				/* is understood */
	bool		close;				/* after this one */
	char		path[GW_HTTP_PATH_MAX];		/* decoded, without dot segments */
	struct gw_slice	query;				/* as sent, after the question mark */
	struct gw_slice	host, if_none_match, last_event_id;	/* ptr NULL: not sent */
	struct gw_slice	authorization;
};

/*
 * The head of a request. Returns its length, 0 when bytes end before it does, or the negative of
 * the status to answer: -400, -405, -413, -414, -421, -431, -505. *q borrows from bytes and is
 * written only when the length is returned.
 */
int	gw_http_parse(struct gw_slice bytes, struct gw_http_request *q) GW_CHECK_RESULT;
/* The same, whatever name we were called by. */
int	gw_http_parse_any_host(struct gw_slice bytes, struct gw_http_request *q) GW_CHECK_RESULT;

/* What a handler answers with. Zero is 404. */
struct gw_http_reply {
	int		 status;	/* 200, 404...; 0: 404 */
	const char	*type;		/* "text/html; charset=utf-8" */
	struct gw_slice	 body, gzip;	/* that outlive the server; gzip may be empty */
	const char	*etag;		/* of body, without quotes; NULL: not to be kept */
	struct gw_buf	*made;		/* the server's: a body made for this request goes here */
	bool		 stream;	/* events from cursor on, as fill() gives them */
	uint64_t	 cursor;
};

struct gw_http_options {
	struct gw_addr	listen;			/* port 0: any free one */
	struct gw_slice	token;			/* that every request must carry; len 0: none */
	size_t		connections_max;	/* 0: 512 */
	void		(*handle)(void *arg, const struct gw_http_request *q,
			    struct gw_http_reply *r);
	/*
	 * Append whole events from *cursor on, about GW_HTTP_STREAM_CHUNK bytes of them, and move
	 * *cursor behind what was appended. NULL: there are no streams.
	 */
	void		(*fill)(void *arg, uint64_t *cursor, struct gw_buf *out);
	void		*arg;
};

struct gw_http_stats {
	/* refused: with 4xx or 5xx */
	uint64_t	requests, refused, dropped, bytes_in, bytes_out;
	size_t		connections, streams;			/* now */
	int64_t		started_ms;				/* Unix epoch */
};

struct gw_http;

/*
 * o is copied. NULL with err: GW_EINVAL (not loopback without a token), GW_EBUSY
 * (port in use), GW_ENOMEM...
 */
struct gw_http		*gw_http_new(struct gw_env *env, const struct gw_http_options *o,
			    struct gw_err *err);
void			 gw_http_free(struct gw_http *h);	/* NULL is accepted */
struct gw_part		 gw_http_part(struct gw_http *h);	/* never done */
struct gw_addr		 gw_http_addr(const struct gw_http *h);
/* Streams that are at a cursor below end have something to be filled with. */
void			 gw_http_stream_end(struct gw_http *h, uint64_t end);
/* No stream has anything left to be sent. */
bool			 gw_http_all_told(const struct gw_http *h);
struct gw_http_stats	 gw_http_get_stats(const struct gw_http *h);

/* "127.0.0.1:8080" of option name; 0, or GW_EINVAL with err that says what to write. */
int	gw_http_address(const char *option, const char *text, struct gw_addr *out,
	    struct gw_err *err) GW_CHECK_RESULT;

/* The same for who has a token to ask for: any address. */
int	gw_http_any_address(const char *option, const char *text, struct gw_addr *out,
	    struct gw_err *err) GW_CHECK_RESULT;
/*
 * The token is all of the file but its last line end, at least GW_HTTP_TOKEN_MIN bytes without
 * blanks; appended to out, which gw_secret_buf_fini() ends. 0, GW_EIO, GW_EINVAL.
 */
#define GW_HTTP_TOKEN_MIN	16
int	gw_http_token_file(struct gw_env *env, const char *path, struct gw_buf *out,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif

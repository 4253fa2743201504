/* SPDX-License-Identifier: MIT
 *
 * apps/espn/web_answer.h - an HTTP answer out of bytes that come in pieces (RFC 9112): interim
 * answers, a body by length, in chunks or until the end, gzipped or not. Pure.
 */
#ifndef GW_WEB_ANSWER_H
#define GW_WEB_ANSWER_H

#include "base/buf.h"
#include "base/err.h"

#define GW_WEB_BODY_MAX		((size_t)32 << 20)	/* inflated or not */
#define GW_WEB_HEAD_MAX		((size_t)64 << 10)	/* all headers, and all of chunks */
#define GW_WEB_LINE_MAX		((size_t)8 << 10)
#define GW_WEB_INTERIM_MAX	8			/* answers of 100 and the like */
#define GW_WEB_TAG_MAX		256
#define GW_WEB_URL_MAX		1024

struct gw_web_answer {
	int		status;			/* 200, 304, 404... */
	int64_t		retry_after_s;		/* 0: not said, or as a date */
	char		etag[GW_WEB_TAG_MAX], last_modified[GW_WEB_TAG_MAX];	/* "": none */
	char		location[GW_WEB_URL_MAX];
	struct gw_slice	body;			/* until the next request */
};

/* "HTTP/1.1 200 OK". 0 or GW_EPROTO. */
int	gw_web_status_line(struct gw_slice line, int *status) GW_CHECK_RESULT;
/* "ETag: x", when it is one that an answer keeps. */
void	gw_web_header(struct gw_slice line, struct gw_web_answer *a);

enum gw_web_step { GW_WEB_STATUS, GW_WEB_HEADERS, GW_WEB_SIZE, GW_WEB_DATA, GW_WEB_DATA_END,
	GW_WEB_TRAILER, GW_WEB_WHOLE };

struct gw_web_reader {
	struct gw_web_answer	answer;		/* its body once it is whole */
	enum gw_web_step	step;
	struct gw_buf		line, body, plain;
	size_t			head_len;
	int			n_interim;
	uint64_t		left;		/* of the body or the chunk */
	bool			has_length, chunked, gzip, until_end;
};

void	gw_web_reader_init(struct gw_web_reader *r, struct gw_alloc *alloc);
void	gw_web_reader_fini(struct gw_web_reader *r);
void	gw_web_reader_reset(struct gw_web_reader *r);	/* for the next answer */
/*
 * More bytes. 1: the answer is whole (what follows it is not looked at), 0: not yet, GW_EPROTO,
 * GW_ELIMIT, GW_ENOMEM with err.
 */
int	gw_web_reader_take(struct gw_web_reader *r, struct gw_slice bytes, struct gw_err *err)
	    GW_CHECK_RESULT;
/* There are no more. 1, or GW_EPROTO when some are missing. */
int	gw_web_reader_end(struct gw_web_reader *r, struct gw_err *err) GW_CHECK_RESULT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/records/format.h - a record as text: kcat's format strings, and JSON that reads back
 * exactly.
 */
#ifndef GW_FORMAT_H
#define GW_FORMAT_H

#include <gridwire/gridwire.h>

#include "apps/records/unpack.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Where a fetched record was. */
struct gw_place {
	struct gw_slice	topic;
	int32_t		partition, broker;
	bool		log_append_time;
};

/*
 * "\n \t \r \0 \xH \xHH" become bytes, in *out; so does a backslash before what is neither letter
 * nor digit. 0, or GW_EINVAL naming the escape.
 */
int	gw_unescape(const char *text, struct gw_buf *out, struct gw_err *err) GW_CHECK_RESULT;

/*
 * %s value, %S its length (-1: null), %R the same in 4 bytes big endian, %k key, %K its length,
 * %T timestamp (ms), %h headers "k=v,k=v", %t topic, %p partition, %o offset, %% a percent sign;
 * escapes as in gw_unescape().
 */
struct gw_format;
/* null_text is printed for what is null. NULL with err: GW_EINVAL, GW_ENOMEM. */
struct gw_format *gw_format_new(struct gw_alloc *alloc, const char *text, const char *null_text,
	    struct gw_err *err);
void	gw_format_free(struct gw_format *f);
/* %k and %s are unpacked from now on; lengths stay those of the bytes. */
void	gw_format_unpack(struct gw_format *f, const struct gw_unpack *u);
/* 0, or GW_EDATA with err: it does not unpack, and nothing of it is in out. */
int	gw_format_put(const struct gw_format *f, struct gw_buf *out, const struct gw_place *at,
	    const struct gw_record *r, struct gw_err *err) GW_CHECK_RESULT;

/*
 * {"topic","partition","offset","tstype","ts","broker","headers":[[k,v],...],"key","payload"} and a
 * line end; tstype is "create" or "logappend"; headers only when there are some. Bytes that are not
 * UTF-8 are {"b64":"..."}, null is null.
 */
void	gw_record_json(struct gw_buf *out, const struct gw_place *at, const struct gw_record *r);

/* A record out of such an object. */
struct gw_record_in {
	const char		*topic;		/* NULL: not given */
	bool			 has_partition, has_ts;
	int32_t			 partition;
	int64_t			 ts;
	struct gw_slice		 key, value;	/* ptr NULL: null; a key also: not given */
	struct gw_header	*headers;
	size_t			 n_headers;
};
/*
 * Everything in *out lives in the arena or borrows from text. Headers may also be kcat's flat
 * [k,v,k,v]; other members are ignored, "payload" has to be there. 0, GW_EDATA naming the member,
 * GW_ENOMEM, GW_ELIMIT.
 */
int	gw_record_json_parse(struct gw_slice text, struct gw_arena *arena, struct gw_record_in *out,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif

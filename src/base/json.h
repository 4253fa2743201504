/* SPDX-License-Identifier: MIT
 *
 * base/json.h - strict JSON (RFC 8259): a reader into an arena and a writer into a buffer.
 * Refused: trailing commas, comments, NaN, bare control bytes, invalid UTF-8, lone surrogates,
 * duplicate-free is not checked (the first wins). Depth at most GW_JSON_DEPTH_MAX.
 */
#ifndef GW_JSON_H
#define GW_JSON_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utf8.h"

#define GW_JSON_DEPTH_MAX 64

enum gw_json_type {
	GW_JSON_NULL, GW_JSON_BOOL, GW_JSON_NUMBER, GW_JSON_STRING, GW_JSON_ARRAY, GW_JSON_OBJECT
};

/* A value; children form a list. Strings without escapes borrow from the text. */
struct gw_json {
	enum gw_json_type	 type;
	bool			 boolean;
	double			 number;
	struct gw_slice		 text;	/* STRING: decoded; NUMBER: as written */
	struct gw_slice		 key;	/* inside an OBJECT */
	size_t			 n;	/* children of ARRAY, OBJECT */
	struct gw_json		*child, *next;
};

/* One value. 0, GW_EDATA ("line L column C: ..."), GW_ENOMEM, GW_ELIMIT. */
int	gw_json_parse(struct gw_slice text, struct gw_arena *arena, struct gw_json **out,
	    struct gw_err *err) GW_CHECK_RESULT;
/* The member of an object, or NULL (also when obj is NULL or no object). */
const struct gw_json *gw_json_get(const struct gw_json *obj, const char *key);

/* The writer: commas are put by itself; misuse is an assert. Errors stick in buf->err. */
struct gw_json_out {
	struct gw_buf	*buf;
	unsigned	 depth;
	bool		 first, after_key;
};
void	gw_json_begin(struct gw_json_out *w, struct gw_buf *buf);
void	gw_json_object(struct gw_json_out *w);
void	gw_json_object_end(struct gw_json_out *w);
void	gw_json_array(struct gw_json_out *w);
void	gw_json_array_end(struct gw_json_out *w);
void	gw_json_key(struct gw_json_out *w, const char *key);	/* UTF-8: the program's own text */
/* Invalid UTF-8 is written as {"b64":"..."} so that any bytes survive. */
void	gw_json_str(struct gw_json_out *w, struct gw_slice s);
void	gw_json_int(struct gw_json_out *w, int64_t v);
void	gw_json_num(struct gw_json_out *w, double v);	/* as gw_double_text() */
void	gw_json_bool(struct gw_json_out *w, bool v);
void	gw_json_null(struct gw_json_out *w);
/* Shorthands: key and value. */
void	gw_json_kv_str(struct gw_json_out *w, const char *key, struct gw_slice s);
void	gw_json_kv_int(struct gw_json_out *w, const char *key, int64_t v);
void	gw_json_kv_num(struct gw_json_out *w, const char *key, double v);
void	gw_json_kv_bool(struct gw_json_out *w, const char *key, bool v);

void	gw_base64_put(struct gw_buf *out, struct gw_slice s);
/* 0, GW_EDATA, or as of out. */
int	gw_base64_get(struct gw_slice text, struct gw_buf *out) GW_CHECK_RESULT;

#endif

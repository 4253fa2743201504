/* SPDX-License-Identifier: MIT
 *
 * apps/decode/decode.h - frames, captures and log segments as text with Kafka's field names.
 *
 * What is damaged is told in its place; nothing here ends the reading but the end of the input.
 */
#ifndef GW_DECODE_H
#define GW_DECODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

struct gw_decode {
	struct gw_alloc	*alloc;
	struct gw_arena	 arena;		/* of the frame at hand */
	struct gw_buf	 json, scratch;
	bool		 as_json;	/* an object a line; else indented text */
	size_t		 n_damaged;	/* frames and batches that could not be read */
};

void	gw_decode_init(struct gw_decode *d, struct gw_alloc *alloc, bool as_json);
void	gw_decode_fini(struct gw_decode *d);

/* What kind of answer a response frame is, as a frame does not say it itself. */
struct gw_frame_kind {
	bool	is_request;
	int16_t	key, version;		/* of a response */
};
/* "request", or "Metadata:9". 0 or GW_EINVAL. */
int	gw_frame_kind_parse(struct gw_frame_kind *k, const char *text, struct gw_err *err);

/* One frame, with or without its size in front. 0 or GW_ENOMEM; so all three. */
int	gw_decode_frame(struct gw_decode *d, const struct gw_frame_kind *k, struct gw_slice frame,
	    struct gw_buf *out);
int	gw_decode_capture(struct gw_decode *d, struct gw_slice file, struct gw_buf *out);
int	gw_decode_segment(struct gw_decode *d, struct gw_slice file, struct gw_buf *out);

/* Hexadecimal digits with blanks between, as bytes. 0, GW_EDATA, GW_ENOMEM. */
int	gw_decode_hex(struct gw_slice text, struct gw_buf *out, struct gw_err *err);

/* JSON as indented lines, "name: value", for people. */
void	gw_json_as_text(const struct gw_json *v, struct gw_buf *out);

#endif

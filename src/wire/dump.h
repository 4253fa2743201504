/* SPDX-License-Identifier: MIT
 *
 * wire/dump.h - messages and record batches as JSON, for people: what a frame says, with Kafka's
 * own field names. The visitors that decode show it; nothing here can fail but for memory, which
 * sticks in the writer's buffer.
 */
#ifndef GW_DUMP_H
#define GW_DUMP_H

#include "base/json.h"
#include "wire/api.h"

/*
 * A decoded body as one object, its fields in the schema's order; those that the version lacks are
 * left out, and tagged ones that have their default. Bytes are {"b64":"..."}; of SaslAuthenticate
 * they are passwords, and only their number is told: {"hidden":38}. Records are batches as of
 * gw_batches_dump(). scratch is for inflating; its max bounds a batch.
 */
void	gw_message_dump(const struct gw_api *api, bool request, int16_t version, const void *body,
	    struct gw_json_out *out, struct gw_buf *scratch);

/*
 * One batch as an object: the fields of its header, the codec's name, "crcOk", and "records". data
 * begins with it. Returns its size in bytes, or, when nothing can be behind it, 0: then the object
 * has only "error" and "bytes". Records up to a damaged one are there, then "error".
 */
size_t	gw_batch_dump(struct gw_slice data, struct gw_json_out *out, struct gw_buf *scratch);
/* An array of all of them. */
void	gw_batches_dump(struct gw_slice data, struct gw_json_out *out, struct gw_buf *scratch);

#endif

/* SPDX-License-Identifier: MIT
 *
 * wire/codec.h - the cursor that every Kafka message goes through, one visitor for both directions.
 *
 * A visitor is a function that names each field of a struct once, in the order of Apache's JSON
 * schema, with the versions that carry it. Run in DECODE it fills the struct, in ENCODE it writes
 * bytes, in LIST it prints its own schema. The first error sticks: later calls do nothing, reads
 * give zeroes. Source: Kafka protocol guide; KIP-482 (flexible versions); KIP-516 (uuid).
 *
 * Rules of a visitor: one row a JSON field, spelled as there, no "if". A loop that a wire count
 * drives tests w->err each turn (gw_array() hands out null items after an error).
 */
#ifndef GW_CODEC_H
#define GW_CODEC_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define GW_MAX			INT16_MAX	/* "to the newest version" */
#define GW_NEVER		INT16_MIN	/* flexible-from of a message that never is */
#define GW_FRAME_MAX_DEFAULT	(100u << 20)	/* socket.request.max.bytes of Apache Kafka */

enum gw_codec_mode { GW_DECODE, GW_ENCODE, GW_LIST };

struct gw_uuid { uint8_t b[16]; };

struct gw_codec {
	enum gw_codec_mode	 mode;
	int16_t			 version;
	bool			 flexible;	/* compact lengths and tagged fields */
	int			 err;		/* 0, GW_EPROTO, GW_ELIMIT, GW_ENOMEM, GW_EVERSION */
	const char		*err_field;	/* "LeaderEpoch"; NULL: the frame as a whole */
	size_t			 err_at;	/* byte offset in the frame */
	/* DECODE */
	const uint8_t		*ptr;		/* the frame; slices borrow from it */
	size_t			 len, at;
	struct gw_arena		*arena;		/* arrays come from here */
	/* ENCODE */
	struct gw_buf		*out;
	/* LIST */
	struct gw_buf		*list;		/* one line a field: see codec.c */
	unsigned		 depth;
};

/*
 * Integers, booleans, doubles. since..until are the versions that carry the field; dflt is what a
 * version without it decodes to. Encoding another value into such a version is GW_EVERSION unless
 * the row is one of the _ign ("ignorable" in the JSON) kind.
 */
void	gw_bool(struct gw_codec *w, const char *name, int16_t since, int16_t until, bool *v, bool dflt);
void	gw_i8(struct gw_codec *w, const char *name, int16_t since, int16_t until, int8_t *v, int8_t dflt);
void	gw_i16(struct gw_codec *w, const char *name, int16_t since, int16_t until, int16_t *v, int16_t dflt);
void	gw_u16(struct gw_codec *w, const char *name, int16_t since, int16_t until, uint16_t *v, uint16_t dflt);
void	gw_i32(struct gw_codec *w, const char *name, int16_t since, int16_t until, int32_t *v, int32_t dflt);
void	gw_i64(struct gw_codec *w, const char *name, int16_t since, int16_t until, int64_t *v, int64_t dflt);
void	gw_f64(struct gw_codec *w, const char *name, int16_t since, int16_t until, double *v, double dflt);
void	gw_uuid(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_uuid *v);

/* Text and bytes, borrowed from the frame. _null: from version nullable_since on, ptr may be NULL. */
void	gw_string(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_slice *v);
void	gw_string_null(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    int16_t nullable_since, struct gw_slice *v);
void	gw_bytes(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_slice *v);
void	gw_bytes_null(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    int16_t nullable_since, struct gw_slice *v);
/* "records": record batches, nullable, borrowed. */
void	gw_records(struct gw_codec *w, const char *name, int16_t since, int16_t until, struct gw_slice *v);

/* The next row is "ignorable": true in the JSON. Usage: gw_i32(gw_ign(w), "X", ...). */
struct gw_codec *gw_ign(struct gw_codec *w);

/* Arrays of plain values: *v and *n. *v NULL with *n 0 is empty; null arrays only where _null says so. */
void	gw_i32s(struct gw_codec *w, const char *name, int16_t since, int16_t until, int32_t **v, size_t *n);
void	gw_i64s(struct gw_codec *w, const char *name, int16_t since, int16_t until, int64_t **v, size_t *n);
void	gw_strings(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    struct gw_slice **v, size_t *n);

/*
 * Arrays of structs. Returns the first item (NULL when there is none to visit); visit it, then ask
 * for the next. In DECODE it allocates items of "size" bytes from the arena after checking the count
 * against the bytes left; in LIST it hands out one scratch item so that the fields list themselves.
 *
 *	struct gw_metadata_broker *b;
 *	GW_EACH(w, "Brokers", 0, GW_MAX, b, r->brokers, r->n_brokers)
 *		metadata_broker(w, b);
 */
struct gw_array {
	const char	*name;
	size_t		 i, n;
	size_t		 size;
	uint8_t		*items;
	bool		 listed;
	int16_t		 since, until;
};
void	*gw_array_begin(struct gw_codec *w, struct gw_array *a, void *v, size_t *n);
void	*gw_array_next(struct gw_codec *w, struct gw_array *a);

/* An array that versions nullable_since and later may send as null: *v NULL and *n GW_NULL_ARRAY. */
#define GW_NULL_ARRAY	SIZE_MAX

/* Tagged fields of this struct end here: reads and keeps none, writes an empty section (flexible only). */
void	gw_tags(struct gw_codec *w);

#endif

/* SPDX-License-Identifier: MIT
 *
 * wire/codec.h - the cursor that every Kafka message goes through, one visitor for both directions.
 *
 * A visitor is a function that names each field of a struct once, in the order of Apache's JSON
 * schema, with the versions that carry it. Run in DECODE it fills the struct, in ENCODE it writes
 * bytes, in LIST it prints its own schema. The first error sticks: later calls do nothing, reads
 * give defaults. Source: Kafka protocol guide; KIP-482 (flexible versions); KIP-516 (uuid).
 *
 * Rules of a visitor: one row a JSON field, spelled as there, no "if". Tagged fields come last, in
 * the order of their tags, as on the wire; every struct ends with gw_tags() or gw_tags_end().
 *
 *	static void
 *	metadata_broker(struct gw_codec *w, struct gw_metadata_broker *b)
 *	{
 *		gw_i32(w, "NodeId", 0, GW_MAX, &b->node_id, 0);
 *		gw_string(w, "Host", 0, GW_MAX, &b->host);
 *		gw_i32(w, "Port", 0, GW_MAX, &b->port, 0);
 *		gw_string(gw_ign(gw_null(w, 1)), "Rack", 1, GW_MAX, &b->rack);
 *		gw_tags(w);
 *	}
 */
#ifndef GW_CODEC_H
#define GW_CODEC_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/splice.h"

#define GW_MAX			INT16_MAX	/* "to the newest version" */
#define GW_NEVER		INT16_MAX	/* flexible-from of a message that never is */
#define GW_FRAME_MAX_DEFAULT	(100u << 20)	/* socket.request.max.bytes of Apache Kafka */
#define GW_STRING_MAX		INT16_MAX	/* the protocol's own limit, in every encoding */
#define GW_CODEC_DEPTH		6		/* of arrays and structs, in the path of an error */

/* A null array: pointer NULL and this count. Only fields that a schema calls nullable can be. */
#define GW_NULL_ARRAY		SIZE_MAX

/* The number of items to loop over: 0 for a null array. */
static inline size_t
gw_count(size_t n)
{
	return n == GW_NULL_ARRAY ? 0 : n;
}

enum gw_codec_mode { GW_DECODE, GW_ENCODE, GW_LIST, GW_DUMP };

struct gw_uuid { uint8_t b[16]; };

struct gw_scope;
struct gw_dump;

/* What the next row is beyond its type; gw_ign() and its like set it, the row clears it. */
struct gw_row_mods {
	bool	ignorable, nullable, null_default;
	bool	tagged, tag_missing;
	bool	splice;		/* a large value may stay where it is */
	int16_t	null_since;
	int32_t	tag;
};

/* One step of the way to a field: "Topics[3]", or "Assignment" where i is GW_NULL_ARRAY. */
struct gw_codec_step {
	const char	*name;
	size_t		 i;
};

struct gw_codec {
	enum gw_codec_mode	 mode;
	int16_t			 version;
	bool			 flexible;	/* compact lengths and tagged fields */
	int			 err;		/* 0, GW_EPROTO, _ELIMIT, _ENOMEM, _EVERSION */
	const char		*err_why;	/* "cut off"; a literal */
	size_t			 err_at;	/* byte offset in the frame */
	struct gw_codec_step	 err_path[GW_CODEC_DEPTH];	/* outermost first */
	size_t			 n_err_path;
	const char		*err_field;	/* NULL: the frame as a whole */
	struct gw_row_mods	 mods;
	struct gw_scope		*scope;		/* the innermost array or struct, for err_path */
	bool			 absent;	/* in a struct that this version or frame lacks */
	/* DECODE */
	const uint8_t		*ptr;		/* the frame; slices borrow from it */
	size_t			 len, at;
	size_t			 end;		/* <= len: of the tagged field being read */
	struct gw_arena		*arena;		/* arrays come from here; LIST needs it too */
	/* ENCODE */
	struct gw_buf		*out;
	struct gw_splices	*splices;	/* for large records; NULL: copied */
	bool			 differs;	/* a field since gw_tag() was not its default */
	/* LIST */
	struct gw_buf		*list;		/* one line a field: see codec.c */
	unsigned		 depth;
	/* DUMP */
	struct gw_dump		*dump;		/* who is shown each field: dump.h */
};

/* A cursor ready for a visitor. */
struct gw_codec	gw_codec_decode(struct gw_slice frame, size_t at, int16_t version, bool flexible,
		    struct gw_arena *arena);
struct gw_codec	gw_codec_encode(struct gw_buf *out, int16_t version, bool flexible);
struct gw_codec	gw_codec_list(struct gw_buf *list, struct gw_arena *arena);

/* The first error sticks, with the way to the field where it happened (name may be NULL). */
void	gw_codec_fail(struct gw_codec *w, int code, const char *name, const char *why);
/* It as text: "Topics[3].Name: cut off at byte 117 of 240". Returns w->err. */
int	gw_codec_err(const struct gw_codec *w, struct gw_err *err);

/* Set each member to its default; arrays become empty (or null, where that is the default). */
void	gw_visit_defaults(void (*visit)(struct gw_codec *, void *), void *msg);

/*
 * Integers and booleans. since..until are the versions that carry the field; dflt is what a version
 * without it decodes to. Encoding another value into such a version is GW_EVERSION unless the row
 * is marked with gw_ign().
 */
void	gw_bool(struct gw_codec *w, const char *name, int16_t since, int16_t until, bool *v,
	    bool dflt);
void	gw_i8(struct gw_codec *w, const char *name, int16_t since, int16_t until, int8_t *v,
	    int8_t dflt);
void	gw_i16(struct gw_codec *w, const char *name, int16_t since, int16_t until, int16_t *v,
	    int16_t dflt);
void	gw_i32(struct gw_codec *w, const char *name, int16_t since, int16_t until, int32_t *v,
	    int32_t dflt);
void	gw_i64(struct gw_codec *w, const char *name, int16_t since, int16_t until, int64_t *v,
	    int64_t dflt);
void	gw_uuid(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    struct gw_uuid *v);

/*
 * Text, bytes and record batches, borrowed from the frame. Without gw_null(), a null on the wire is
 * GW_EPROTO, and a ptr of NULL is written as empty.
 */
void	gw_string(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    struct gw_slice *v);
void	gw_bytes(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    struct gw_slice *v);
void	gw_records(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    struct gw_slice *v);

/* Arrays of plain values: *v and *n. *v NULL with *n 0 is empty. */
void	gw_i32s(struct gw_codec *w, const char *name, int16_t since, int16_t until, int32_t **v,
	    size_t *n);
void	gw_i64s(struct gw_codec *w, const char *name, int16_t since, int16_t until, int64_t **v,
	    size_t *n);
void	gw_strings(struct gw_codec *w, const char *name, int16_t since, int16_t until,
	    struct gw_slice **v, size_t *n);

/* ---- what a row may be beside its type: gw_i32(gw_ign(w), "X", ...) ---- */

/* "ignorable": true in the JSON. */
struct gw_codec	*gw_ign(struct gw_codec *w);
/* Nullable from version since on; a version without the field decodes to null... */
struct gw_codec	*gw_null(struct gw_codec *w, int16_t since);
/* ...or to empty. */
struct gw_codec	*gw_null_or_empty(struct gw_codec *w, int16_t since);

/* ---- tagged fields (KIP-482) ----
 *
 *	gw_tags_begin(w, &t);
 *	gw_i64(gw_ign(gw_tag(w, &t, 1)), "FinalizedFeaturesEpoch", 3, GW_MAX, &r->epoch, -1);
 *	gw_tags_end(w, &t);
 *
 * A field at its default is not written. Unknown tags are read over and lost.
 */
struct gw_tags {
	/* DECODE */
	uint32_t	left;		/* headers not yet read */
	bool		have;		/* one header is read: tag and size */
	uint32_t	tag, size;
	int64_t		last;		/* the tag before it: they must grow */
	size_t		outer_end;
	/* ENCODE */
	size_t		count_at, field_at;
	uint8_t		n;
	bool		outer_differs;
	/* both */
	bool		open;		/* a field was begun and not closed */
	int32_t		open_tag;
};
void		 gw_tags_begin(struct gw_codec *w, struct gw_tags *t);
struct gw_codec	*gw_tag(struct gw_codec *w, struct gw_tags *t, int32_t tag);
void		 gw_tags_end(struct gw_codec *w, struct gw_tags *t);
/* The struct has none: skip what is there, write an empty section. */
void		 gw_tags(struct gw_codec *w);

/* ---- arrays of structs, and single structs ----
 *
 *	struct gw_metadata_broker *b;
 *
 *	GW_EACH(w, "Brokers", 0, GW_MAX, b, r->brokers, r->n_brokers)
 *		metadata_broker(w, b);
 *
 * In DECODE the items come from the arena after the count was checked against the bytes left; in
 * LIST one scratch item is handed out, so that the fields list themselves. After an error there is
 * no next item. b and the items must have the same type: the compiler complains otherwise.
 */
enum gw_scope_kind { GW_SCOPE_ARRAY, GW_SCOPE_STRUCT, GW_SCOPE_STRUCT_NULL };

struct gw_scope {
	struct gw_codec		*w;
	const char		*name;
	int16_t			 since, until;
	enum gw_scope_kind	 kind;
	void			*v;		/* where the items' pointer, or the struct, is */
	size_t			*n;		/* ARRAY */
	size_t			 size;		/* of an item */
	/* private to gw_scope_next() */
	bool			 begun, was_absent, shown;
	size_t			 i, count;
	uint8_t			*items;
	struct gw_scope		*up;
};
void	*gw_scope_next(struct gw_scope *s);

#define GW_SCOPE(w_, name_, since_, until_, kind_, p_, v_, n_, size_)			\
	for (struct gw_scope gw_scope_ = { .w = (w_), .name = (name_), .since = (since_),\
	    .until = (until_), .kind = (kind_), .v = (v_), .n = (n_), .size = (size_) };\
	    ((p_) = gw_scope_next(&gw_scope_)) != NULL; )

#define GW_EACH(w, name, since, until, p, items, n)						\
	GW_SCOPE(w, name, since, until, GW_SCOPE_ARRAY, p, &(items), &(n),			\
	    sizeof(*(1 ? (items) : (p))))
/* A struct inside the struct: GW_STRUCT(w, "Assignment", 0, GW_MAX, a, m->assignment) ... */
#define GW_STRUCT(w, name, since, until, p, member)						\
	GW_SCOPE(w, name, since, until, GW_SCOPE_STRUCT, p, &(member), NULL,			\
	    sizeof(*(1 ? &(member) : (p))))
/* The same where the schema says nullable: the member is a pointer, NULL is null. */
#define GW_STRUCT_NULL(w, name, since, until, p, member)					\
	GW_SCOPE(w, name, since, until, GW_SCOPE_STRUCT_NULL, p, &(member), NULL,		\
	    sizeof(*(1 ? (member) : (p))))

#endif

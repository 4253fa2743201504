/* SPDX-License-Identifier: MIT
 *
 * wire/codec_raw.h - what the codec's own files share: bytes under the cursor. Not for visitors.
 *
 * name is the field, for errors. Every function does nothing once w->err is set.
 */
#ifndef GW_CODEC_RAW_H
#define GW_CODEC_RAW_H

#include "wire/codec.h"

/* A row as its visitor wrote it. */
struct gw_row {
	const char	*name, *type;		/* type as in the JSON, "struct" for struct types */
	int16_t		 since, until;
};

/* DECODE. A big-endian integer of n bytes (1, 2, 4, 8), sign-extended; 0 on error. */
int64_t		 gw_raw_get(struct gw_codec *w, const char *name, unsigned n);
uint32_t	 gw_raw_get_uvarint(struct gw_codec *w, const char *name);
/* len bytes of the frame, or NULL. */
const uint8_t	*gw_raw_take(struct gw_codec *w, const char *name, size_t len);
/*
 * A length or count: compact in flexible versions, else an integer of n bytes. GW_NULL_ARRAY is
 * null and only comes where m allows it. 0 on error.
 */
size_t		 gw_raw_get_len(struct gw_codec *w, const char *name, unsigned n,
		    const struct gw_row_mods *m);
/* The same for an array whose items take at least item_min bytes: more than fit is GW_EPROTO. */
size_t		 gw_raw_get_count(struct gw_codec *w, const char *name, size_t item_min,
		    const struct gw_row_mods *m);
/* Zeroed from the arena; NULL on error and for n 0. */
void		*gw_raw_items(struct gw_codec *w, const char *name, size_t n, size_t size);

/* ENCODE. */
void	gw_raw_put(struct gw_codec *w, const char *name, unsigned n, int64_t v);
void	gw_raw_put_uvarint(struct gw_codec *w, const char *name, uint32_t v);
void	gw_raw_put_bytes(struct gw_codec *w, const char *name, const void *p, size_t len);
/* The same by reference. */
void	gw_raw_splice(struct gw_codec *w, const char *name, struct gw_slice bytes);
/* len GW_NULL_ARRAY is null: refused where m does not allow it. */
void	gw_raw_put_len(struct gw_codec *w, const char *name, unsigned n, size_t len,
	    const struct gw_row_mods *m);

/* LIST. The default is printed where it is not the type's own (0, false, empty). */
void	gw_raw_list(struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m,
	    int64_t dflt);

/* DUMP. One thing that a visitor came by; r is its row, m what that is beside its type. */
enum gw_seen_kind {
	GW_SEEN_NUMBER, GW_SEEN_SLICE, GW_SEEN_UUID, GW_SEEN_I32S, GW_SEEN_I64S, GW_SEEN_STRINGS,
	GW_SEEN_STRUCT, GW_SEEN_STRUCT_END, GW_SEEN_ARRAY, GW_SEEN_ITEM, GW_SEEN_ITEM_END,
	GW_SEEN_ARRAY_END
};
struct gw_seen {
	enum gw_seen_kind	 kind;
	int64_t			 number;	/* NUMBER */
	const void		*ptr;		/* SLICE: one; UUID: one; the items of an array */
	/* of an array; GW_NULL_ARRAY: null, also of a struct */
	size_t			 n;
};
struct gw_dump {
	void	(*see)(struct gw_codec *w, const struct gw_row *r, const struct gw_seen *v);
};
/* Show it if this version has it; a tagged one only if it is not its default. */
void	gw_raw_show(struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m,
	    bool is_default, const struct gw_seen *v);

/* What gw_ign() and its like said about this row; the next one begins anew. */
struct gw_row_mods gw_row_take_mods(struct gw_codec *w);
/* Whether the field is on the wire in this version and frame. */
bool	gw_row_here(const struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m);
/*
 * ENCODE: whether to write the value. One that is not the default but has no place in this version
 * is GW_EVERSION.
 */
bool	gw_row_writes(struct gw_codec *w, const struct gw_row *r, const struct gw_row_mods *m,
	    bool is_default);

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/wire/schema.h - Apache's schemas as tests/data/schema has them, and random messages made
 * from them byte by byte, without the code under test.
 */
#ifndef GW_TEST_SCHEMA_H
#define GW_TEST_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rng.h"

#define SCHEMA_FIELDS_MAX 64

enum schema_type {
	T_BOOL, T_INT8, T_INT16, T_INT32, T_INT64, T_STRING, T_BYTES, T_RECORDS, T_UUID, T_STRUCT
};

struct schema_field {
	char			 name[64];
	enum schema_type	 type;
	bool			 array;
	int			 since, until;
	int			 null_since;	/* -1: never null */
	long long		 dflt;
	bool			 null_default;
	int			 tag;		/* -1: none */
	unsigned		 depth;
};

struct schema {
	char			 name[64];
	int			 key, min, max;
	int			 flexible_since;	/* INT16_MAX: never */
	struct schema_field	 fields[SCHEMA_FIELDS_MAX];	/* children after their parent */
	size_t			 n_fields;
	char			*text;		/* the file as it is; free with schema_fini() */
};

/* "MetadataResponse" out of tests/data/schema; a file that cannot be read fails the test. */
void	schema_load(struct schema *s, const char *name);
void	schema_fini(struct schema *s);

/*
 * A random body as version v would have it on the wire, in the one form that Kafka writes (tagged
 * fields only when they are not the default).
 */
void	schema_body(const struct schema *s, int v, struct gw_rng *rng, struct gw_buf *out);

#endif

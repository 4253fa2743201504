/* SPDX-License-Identifier: MIT
 *
 * tests/wire/schema.c - the schema files' reader, and a message generator that follows them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/wire/schema.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/files.h"

static const char *const type_names[] = { "bool", "int8", "int16", "int32", "int64", "string",
	"bytes", "records", "uuid", "struct" };

/* ---- the files ---- */

static void
parse_versions(const char *text, int *since, int *until)
{
	int n = sscanf(text, "%d-%d", since, until);

	ck_assert_int_ge(n, 1);
	if (n == 1)
		*until = strchr(text, '+') != NULL ? INT16_MAX : *since;
}

static void
parse_type(struct schema_field *f, const char *text)
{
	size_t i;

	f->array = strncmp(text, "[]", 2) == 0;
	if (f->array)
		text += 2;
	for (i = 0; i < GW_N(type_names); i++)
		if (strcmp(text, type_names[i]) == 0)
			break;
	ck_assert_msg(i < GW_N(type_names), "type %s", text);
	f->type = (enum schema_type)i;
}

/* "default -1", "nullable 1+", "tag 0", "ignorable": one word and perhaps another. */
static void
parse_rest(struct schema_field *f, char **rest)
{
	const char *word, *value;
	int until;

	while ((word = strtok_r(NULL, " ", rest)) != NULL) {
		if (strcmp(word, "ignorable") == 0)
			continue;
		value = strtok_r(NULL, " ", rest);
		ck_assert_ptr_nonnull(value);
		if (strcmp(word, "nullable") == 0)
			parse_versions(value, &f->null_since, &until);
		else if (strcmp(word, "tag") == 0)
			f->tag = atoi(value);
		else if (strcmp(value, "null") == 0)
			f->null_default = true;
		else if (strcmp(value, "true") == 0)
			f->dflt = 1;
		else
			f->dflt = atoll(value);
	}
}

static void
parse_field(struct schema *s, char *line)
{
	struct schema_field *f = &s->fields[s->n_fields++];
	char *rest;

	ck_assert_uint_le(s->n_fields, SCHEMA_FIELDS_MAX);
	*f = (struct schema_field){ .null_since = -1, .tag = -1 };
	for (; line[0] == ' '; line += 2)
		f->depth++;
	snprintf(f->name, sizeof(f->name), "%s", strtok_r(line, " ", &rest));
	parse_type(f, strtok_r(NULL, " ", &rest));
	parse_versions(strtok_r(NULL, " ", &rest), &f->since, &f->until);
	parse_rest(f, &rest);
}

void
schema_load(struct schema *s, const char *name)
{
	char file[128], path[TEST_PATH_MAX], key[16], flexible[16], *copy, *line, *rest;
	size_t len;

	memset(s, 0, sizeof(*s));
	snprintf(file, sizeof(file), "tests/data/schema/%s.txt", name);
	test_source_path(file, path);
	s->text = test_read(path, &len);
	copy = strdup(s->text);
	line = strtok_r(copy, "\n", &rest);
	ck_assert_int_eq(sscanf(line, "%63s %15s %d-%d %15s", s->name, key, &s->min, &s->max,
	    flexible), 5);
	s->key = key[0] == '-' ? -1 : atoi(key);
	s->flexible_since = flexible[0] == '-' ? INT16_MAX : atoi(flexible);
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
		parse_field(s, line);
	free(copy);
}

void
schema_fini(struct schema *s)
{
	free(s->text);
	s->text = NULL;
}

/* ---- random messages ---- */

struct gen {
	const struct schema	*s;
	int			 v;
	bool			 flexible;
	struct gw_rng		*rng;
	struct gw_buf		*out;
};

static void
put_int(struct gen *g, unsigned n, long long x)
{
	while (n-- > 0)
		gw_buf_putc(g->out, (char)(unsigned char)((unsigned long long)x >> n * 8));
}

static void
put_uvarint(struct gen *g, unsigned long u)
{
	for (; u >= 0x80; u >>= 7)
		gw_buf_putc(g->out, (char)(unsigned char)(u | 0x80));
	gw_buf_putc(g->out, (char)u);
}

/* n -1 is null. */
static void
put_len(struct gen *g, unsigned width, long n)
{
	if (g->flexible)
		put_uvarint(g, (unsigned long)(n + 1));
	else
		put_int(g, width, n);
}

static unsigned
below(struct gen *g, unsigned n)
{
	return (unsigned)gw_rng_below(g->rng, n);
}

static bool
may_be_null(const struct gen *g, const struct schema_field *f)
{
	return f->null_since >= 0 && g->v >= f->null_since;
}

static long long
random_int(struct gen *g, unsigned n)
{
	static const long long edge[] = { 0, 1, -1, INT8_MIN, INT16_MAX, INT32_MIN, INT64_MAX };
	long long x = below(g, 3) == 0 ? edge[below(g, GW_N(edge))] : (long long)gw_rng_u64(g->rng);

	return n == 1 ? (int8_t)x : n == 2 ? (int16_t)x : n == 4 ? (int32_t)x : x;
}

static void
put_random_int(struct gen *g, const struct schema_field *f, unsigned n, bool differ)
{
	long long x = random_int(g, n);

	put_int(g, n, differ && x == f->dflt ? f->dflt / 2 + 7 : x);
}

/* Length 0 now and then, and long enough now and then for a second byte of a varint. */
static void
put_random_bytes(struct gen *g, unsigned width, bool nullable, bool differ)
{
	long n = below(g, 8) == 0 ? 120 + below(g, 200) : below(g, 12), i;

	if (nullable && !differ && below(g, 3) == 0) {
		put_len(g, width, -1);
		return;
	}
	if (differ && n == 0)
		n = 1;
	put_len(g, width, n);
	for (i = 0; i < n; i++)
		gw_buf_putc(g->out, (char)below(g, 256));
}

static void put_struct(struct gen *g, size_t first, unsigned depth, bool differ);

/* One value; differ: anything but the default. at: its index in fields[]. */
static void
put_value(struct gen *g, size_t at, bool differ)
{
	const struct schema_field *f = &g->s->fields[at];
	bool null = may_be_null(g, f) && !f->array;
	int i;

	switch (f->type) {
	case T_BOOL:
		put_int(g, 1, differ ? !f->dflt : below(g, 2));
		break;
	case T_INT8:
		put_random_int(g, f, 1, differ);
		break;
	case T_INT16:
		put_random_int(g, f, 2, differ);
		break;
	case T_INT32:
		put_random_int(g, f, 4, differ);
		break;
	case T_INT64:
		put_random_int(g, f, 8, differ);
		break;
	case T_STRING:
		put_random_bytes(g, 2, null, differ);
		break;
	case T_BYTES:
	case T_RECORDS:
		put_random_bytes(g, 4, null, differ);
		break;
	case T_UUID:
		for (i = 0; i < 16; i++)
			put_int(g, 1, differ ? 7 + i : (int)below(g, 256));
		break;
	case T_STRUCT:
		if (null && !differ && below(g, 3) == 0) {
			put_int(g, 1, -1);
			break;
		}
		if (null)
			put_int(g, 1, 1);
		put_struct(g, at + 1, f->depth + 1, differ);
		break;
	}
}

static void
put_field(struct gen *g, size_t at, bool differ)
{
	const struct schema_field *f = &g->s->fields[at];
	unsigned n, i;

	if (!f->array) {
		put_value(g, at, differ);
		return;
	}
	if (may_be_null(g, f) && !differ && below(g, 4) == 0) {
		put_len(g, 4, -1);
		return;
	}
	n = below(g, 4);
	if (differ && n == 0)
		n = 1;
	put_len(g, 4, n);
	for (i = 0; i < n; i++)
		put_value(g, at, false);
}

static bool
here(const struct gen *g, const struct schema_field *f)
{
	return g->v >= f->since && g->v <= f->until;
}

/* The section of tagged fields of the struct whose fields begin at first. */
static void
put_tags(struct gen *g, size_t first, unsigned depth)
{
	struct gw_buf field, all, *out = g->out;
	unsigned n = 0;
	size_t i;

	gw_buf_init(&all, out->alloc, 0);
	gw_buf_init(&field, out->alloc, 0);
	for (i = first; i < g->s->n_fields && g->s->fields[i].depth >= depth; i++) {
		const struct schema_field *f = &g->s->fields[i];

		if (f->depth != depth || f->tag < 0 || !here(g, f) || below(g, 3) == 0)
			continue;
		gw_buf_clear(&field);
		g->out = &field;
		put_field(g, i, true);
		g->out = &all;
		put_uvarint(g, (unsigned long)f->tag);
		put_uvarint(g, field.len);
		gw_buf_put(&all, field.ptr, field.len);
		n++;
	}
	g->out = out;
	put_uvarint(g, n);
	if (all.len > 0)
		gw_buf_put(out, all.ptr, all.len);
	gw_buf_fini(&field);
	gw_buf_fini(&all);
}

static void
put_struct(struct gen *g, size_t first, unsigned depth, bool differ)
{
	size_t i;

	for (i = first; i < g->s->n_fields && g->s->fields[i].depth >= depth; i++) {
		const struct schema_field *f = &g->s->fields[i];

		if (f->depth != depth || f->tag >= 0 || !here(g, f))
			continue;
		put_field(g, i, differ);
		differ = false;		/* one field is enough */
	}
	if (g->flexible)
		put_tags(g, first, depth);
}

void
schema_body(const struct schema *s, int v, struct gw_rng *rng, struct gw_buf *out)
{
	struct gen g = { s, v, v >= s->flexible_since, rng, out };

	put_struct(&g, 0, 0, false);
	ck_assert_int_eq(out->err, 0);
}

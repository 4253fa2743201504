/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/alias.h"

#include "base/arena.h"
#include "base/json.h"

#define FILE_MAX (64u << 10)

struct gw_alias *
gw_aliases_find(struct gw_aliases *in, const char *name)
{
	for (size_t i = 0; i < in->n; i++)
		if (strcmp(in->a[i].name, name) == 0)
			return &in->a[i];
	return NULL;
}

int
gw_aliases_set(struct gw_aliases *in, const char *name, int32_t version, struct gw_err *err)
{
	struct gw_alias *a = gw_aliases_find(in, name);
	size_t keep;

	if (!gw_model_name_ok(gw_str(name)))
		return gw_err_set(err, GW_EINVAL,
		    "'%s' is no name for an alias: letters, digits, '.', '_' and '-'", name);
	if (a == NULL && in->n == GW_ALIASES_MAX)
		return gw_err_set(err, GW_ELIMIT, "more than %d aliases for one model",
		    GW_ALIASES_MAX);
	if (a == NULL) {
		a = &in->a[in->n++];
		memset(a, 0, sizeof(*a));
		memcpy(a->name, name, strlen(name) + 1);
	}
	if (a->n > 0 && a->versions[0] == version)
		return 0;
	keep = a->n < GW_ALIAS_HISTORY_MAX ? a->n : GW_ALIAS_HISTORY_MAX - 1;
	memmove(a->versions + 1, a->versions, keep * sizeof(a->versions[0]));
	a->versions[0] = version;
	a->n = keep + 1;
	return 0;
}

/* One member: a name and an array of versions. */
static int
read_alias(const struct gw_json *v, struct gw_alias *a)
{
	const struct gw_json *e;

	if (!gw_model_name_ok(v->key) || v->type != GW_JSON_ARRAY || v->n == 0 ||
	    v->n > GW_ALIAS_HISTORY_MAX)
		return GW_EDATA;
	memcpy(a->name, v->key.ptr, v->key.len);
	a->name[v->key.len] = '\0';
	a->n = 0;
	for (e = v->child; e != NULL; e = e->next) {
		if (e->type != GW_JSON_NUMBER || !(e->number >= 1 && e->number <= INT32_MAX))
			return GW_EDATA;
		a->versions[a->n++] = (int32_t)e->number;
	}
	return 0;
}

static int
read_text(struct gw_arena *arena, struct gw_slice text, const char *path, struct gw_aliases *out,
    struct gw_err *err)
{
	const struct gw_json *v;
	struct gw_json *root;
	int rc;

	if ((rc = gw_json_parse(text, arena, &root, err)) != 0) {
		gw_err_prefix(err, "%s: ", path);
		return rc;
	}
	if (root->type != GW_JSON_OBJECT || root->n > GW_ALIASES_MAX)
		return gw_err_set(err, GW_EDATA, "%s: not an object of at most %d aliases", path,
		    GW_ALIASES_MAX);
	for (v = root->child; v != NULL; v = v->next) {
		if (read_alias(v, &out->a[out->n]) != 0)
			return gw_err_set(err, GW_EDATA,
			    "%s: alias '%.*s' is not a list of versions", path,
			    (int)(v->key.len < 40 ? v->key.len : 40), v->key.ptr);
		out->n++;
	}
	return 0;
}

int
gw_aliases_read(struct gw_env *env, const char *path, struct gw_aliases *out, struct gw_err *err)
{
	struct gw_aliases read = { 0 };
	struct gw_arena arena;
	struct gw_buf text;
	int rc;

	gw_arena_init(&arena, env->alloc, 16 * FILE_MAX);
	gw_buf_init(&text, env->alloc, FILE_MAX);
	rc = gw_fs_read_file(env->fs, path, &text, err);
	if (rc == 0)
		rc = read_text(&arena, gw_buf_slice(&text), path, &read, err);
	else if (rc == GW_ENOENT)
		rc = 0;
	if (rc == 0)
		*out = read;
	gw_buf_fini(&text);
	gw_arena_fini(&arena);
	return rc;
}

static void
put_alias(struct gw_json_out *w, const struct gw_alias *a)
{
	gw_json_key(w, a->name);
	gw_json_array(w);
	for (size_t i = 0; i < a->n; i++)
		gw_json_int(w, a->versions[i]);
	gw_json_array_end(w);
}

int
gw_aliases_write(struct gw_env *env, const char *path, const struct gw_aliases *in,
    struct gw_err *err)
{
	struct gw_json_out w;
	struct gw_buf text;
	int rc;

	gw_buf_init(&text, env->alloc, FILE_MAX);
	gw_json_begin(&w, &text);
	gw_json_object(&w);
	for (size_t i = 0; i < in->n; i++)
		put_alias(&w, &in->a[i]);
	gw_json_object_end(&w);
	gw_buf_putc(&text, '\n');
	rc = text.err != 0 ? gw_err_set(err, text.err, "%s: out of memory", path) :
	    gw_fs_replace(env->fs, path, gw_buf_slice(&text), err);
	gw_buf_fini(&text);
	return rc;
}

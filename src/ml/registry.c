/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/registry.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "ml/alias.h"

#define MODEL_FILE	"model.gw"
#define CARD_FILE	"card.md"

/* One call of the registry: where it is and what dies with it. */
struct registry {
	struct gw_env	*env;
	const char	*root;
	struct gw_err	*err;
	struct gw_arena	 arena;		/* paths */
};

static void
begin(struct registry *r, struct gw_env *env, const char *root, struct gw_err *err)
{
	*r = (struct registry){ .env = env, .root = root, .err = err };
	gw_arena_init(&r->arena, env->alloc, 0);
}

static void
end(struct registry *r)
{
	gw_arena_fini(&r->arena);
}

static int
no_memory(struct registry *r)
{
	return gw_err_set(r->err, GW_ENOMEM, "%s: out of memory", r->root);
}

/* ROOT/NAME, ROOT/NAME/REST; NULL with the error filled. */
static const char *
path_in(struct registry *r, const char *name, const char *rest)
{
	const char *p =
	    gw_arena_printf(&r->arena, "%s/%s%s%s", r->root, name, rest[0] ? "/" : "", rest);

	if (p == NULL)
		no_memory(r);
	return p;
}

static const char *
path_of_version(struct registry *r, const char *name, int32_t version, const char *file)
{
	const char *p = gw_arena_printf(&r->arena, "%s/%s/%d%s%s", r->root, name, (int)version,
	    file[0] ? "/" : "", file);

	if (p == NULL)
		no_memory(r);
	return p;
}

static bool
is_folder(struct registry *r, const char *path)
{
	struct gw_fs_stat st;

	return r->env->fs->stat(r->env->fs->ctx, path, &st) == 0 && st.is_dir;
}

static bool
is_file(struct registry *r, const char *path)
{
	struct gw_fs_stat st;

	return r->env->fs->stat(r->env->fs->ctx, path, &st) == 0 && !st.is_dir;
}

/* What a folder holds, sorted by what it is. */
struct names {
	struct registry	*r;
	const char	**name;
	size_t		 n, cap;
};

struct versions {
	struct registry	*r;
	int32_t		*v;
	size_t		 n, cap;
};

static int
add_name(void *arg, const char *name)
{
	struct names *n = arg;
	void *p = n->name;

	if (!gw_model_name_ok(gw_str(name)))
		return 0;
	if (gw_alloc_room(n->r->env->alloc, &p, &n->cap, n->n, sizeof(*n->name)) != 0)
		return GW_ENOMEM;
	n->name = p;
	n->name[n->n] = gw_arena_str(&n->r->arena, gw_str(name));
	return n->name[n->n] == NULL ? GW_ENOMEM : (n->n++, 0);
}

static int
add_version(void *arg, const char *name)
{
	struct versions *n = arg;
	void *p = n->v;
	int64_t v;

	if (name[0] == '0' || gw_slice_i64(gw_str(name), &v) != 0 || v < 1 || v > INT32_MAX)
		return 0;
	if (gw_alloc_room(n->r->env->alloc, &p, &n->cap, n->n, sizeof(*n->v)) != 0)
		return GW_ENOMEM;
	n->v = p;
	n->v[n->n++] = (int32_t)v;
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static int
list_folder(struct registry *r, const char *path, int (*each)(void *arg, const char *name),
    void *arg)
{
	int rc = r->env->fs->list(r->env->fs->ctx, path, each, arg);

	if (rc == GW_ENOENT)
		return 0;
	if (rc == GW_ENOMEM)
		return no_memory(r);
	return rc == 0 ? 0 : gw_err_set(r->err, rc, "%s: cannot be listed", path);
}

/* Ascending; the caller frees v. No such name: none. */
static int
versions_of(struct registry *r, const char *name, struct versions *out)
{
	const char *path = path_in(r, name, "");
	int rc;

	*out = (struct versions){ .r = r };
	if (path == NULL)
		return GW_ENOMEM;
	if ((rc = list_folder(r, path, add_version, out)) != 0) {
		gw_alloc_free(r->env->alloc, out->v);
		out->v = NULL;
		return rc;
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_number);
	return 0;
}

static int
newest(struct registry *r, const char *name, int32_t *out)
{
	struct versions v;
	int rc;

	if ((rc = versions_of(r, name, &v)) != 0)
		return rc;
	*out = v.n > 0 ? v.v[v.n - 1] : 0;
	gw_alloc_free(r->env->alloc, v.v);
	return 0;
}

static int
aliases_of(struct registry *r, const char *name, struct gw_aliases *out)
{
	const char *path = path_in(r, name, "aliases.json");

	return path == NULL ? GW_ENOMEM : gw_aliases_read(r->env, path, out, r->err);
}

/* "there are classic, full" for messages; "it holds no model" when it is empty. */
static const char *
what_is_there(struct registry *r)
{
	struct names names = { .r = r };
	const char *text = "";
	size_t shown = 0;

	if (list_folder(r, r->root, add_name, &names) != 0)
		names.n = 0;
	for (size_t i = 0; i < names.n && shown < 8 && text != NULL; i++) {
		const char *path = path_in(r, names.name[i], "");

		if (path == NULL || !is_folder(r, path))
			continue;
		text = gw_arena_printf(&r->arena, "%s%s%s", text, shown++ > 0 ? ", " : "it has ",
		    names.name[i]);
	}
	gw_alloc_free(r->env->alloc, names.name);
	if (text == NULL || shown == 0)
		return "it holds no model; make one with gridwire train";
	return text;
}

static int
no_model(struct registry *r, const char *ref)
{
	const char *there = what_is_there(r);

	return gw_err_set(r->err, GW_ENOENT, "no model %s in %s: %s", ref, r->root, there);
}

static struct gw_model *
read_model(struct registry *r, const char *path)
{
	struct gw_model *m = NULL;
	struct gw_buf text;

	gw_buf_init(&text, r->env->alloc, GW_MODEL_FILE_MAX + 1);
	if (gw_fs_read_file(r->env->fs, path, &text, r->err) == 0)
		m = gw_model_read(r->env->alloc, gw_buf_slice(&text), path, r->err);
	gw_buf_fini(&text);
	return m;
}

/* A reference taken apart: name and either a version or an alias. */
struct ref {
	char	name[GW_MODEL_NAME_MAX];
	char	alias[GW_MODEL_NAME_MAX];	/* "": none given */
	int32_t	version;			/* 0: none given */
};

static int
parse_ref(struct registry *r, const char *text, struct ref *out)
{
	size_t n = strcspn(text, ":@");
	struct gw_slice name = { text, n },
			rest = gw_str(text[n] == '\0' ? text + n : text + n + 1);
	int64_t version = 0;

	*out = (struct ref){ .version = 0 };
	if (!gw_model_name_ok(name) || (text[n] == '@' && !gw_model_name_ok(rest)) ||
	    (text[n] == ':' &&
		(gw_slice_i64(rest, &version) != 0 || version < 1 || version > INT32_MAX)))
		return gw_err_set(r->err, GW_EINVAL,
		    "'%s' is no model: give NAME, NAME:VERSION, NAME@ALIAS or the path of a model "
		    "file",
		    text);
	memcpy(out->name, name.ptr, name.len);
	out->version = (int32_t)version;
	if (text[n] == '@')
		memcpy(out->alias, rest.ptr, rest.len);
	return 0;
}

/* Fill in the version. */
static int
resolve(struct registry *r, const char *text, struct ref *ref)
{
	struct gw_aliases aliases;
	struct gw_alias *a;
	int rc;

	if ((rc = parse_ref(r, text, ref)) != 0 || ref->version > 0)
		return rc;
	if ((rc = aliases_of(r, ref->name, &aliases)) != 0)
		return rc;
	a = gw_aliases_find(&aliases, ref->alias[0] ? ref->alias : GW_CHAMPION);
	if (a != NULL) {
		ref->version = a->versions[0];
		return 0;
	}
	if (ref->alias[0] == '\0' && (rc = newest(r, ref->name, &ref->version)) != 0)
		return rc;
	return ref->version > 0 ? 0 : no_model(r, text);
}

static struct gw_model *
load_by_path(struct registry *r, const char *ref)
{
	const char *path = ref;

	if (is_folder(r, ref) &&
	    (path = gw_arena_printf(&r->arena, "%s/" MODEL_FILE, ref)) == NULL) {
		no_memory(r);
		return NULL;
	}
	return read_model(r, path);
}

static struct gw_model *
load(struct registry *r, const char *text)
{
	const char *path;
	struct gw_model *m;
	struct ref ref;

	if (strchr(text, '/') != NULL || is_file(r, text))
		return load_by_path(r, text);
	if (resolve(r, text, &ref) != 0)
		return NULL;
	path = path_of_version(r, ref.name, ref.version, MODEL_FILE);
	if (path == NULL)
		return NULL;
	if (!is_file(r, path)) {
		no_model(r, text);
		return NULL;
	}
	m = read_model(r, path);
	if (m != NULL && (strcmp(m->name, ref.name) != 0 || m->version != ref.version)) {
		gw_err_set(r->err, GW_EDATA, "%s: calls itself %s:%d; it was moved by hand", path,
		    m->name, (int)m->version);
		gw_model_free(m);
		return NULL;
	}
	return m;
}

struct gw_model *
gw_registry_load(struct gw_env *env, const char *root, const char *ref, struct gw_err *err)
{
	struct gw_model *m;
	struct registry r;

	begin(&r, env, root, err);
	m = load(&r, ref);
	end(&r);
	return m;
}

/* model.gw and card.md in a folder of their own, synced. */
static int
write_version(struct registry *r, const char *dir, struct gw_model *m, struct gw_slice card)
{
	const char *file = gw_arena_printf(&r->arena, "%s/" MODEL_FILE, dir);
	const char *card_file = gw_arena_printf(&r->arena, "%s/" CARD_FILE, dir);
	struct gw_buf text;
	int rc;

	if (file == NULL || card_file == NULL)
		return no_memory(r);
	gw_buf_init(&text, r->env->alloc, GW_MODEL_FILE_MAX);
	rc = gw_model_write(m, &text);
	if (rc != 0)
		gw_err_set(r->err, rc,
		    "%s: the model holds a name or number that no model file can", m->name);
	if (rc == 0)
		rc = gw_fs_replace(r->env->fs, file, gw_buf_slice(&text), r->err);
	if (rc == 0)
		rc = gw_fs_replace(r->env->fs, card_file, card, r->err);
	if (rc == 0)
		gw_sha256_hex(text.ptr, text.len, m->sha256);
	gw_buf_fini(&text);
	return rc;
}

/* GW_EEXIST: somebody else took the version meanwhile. */
static int
publish(struct registry *r, const char *dir, const struct gw_model *m)
{
	const char *to = path_of_version(r, m->name, m->version, ""),
		   *parent = path_in(r, m->name, "");
	struct gw_fs *fs = r->env->fs;
	int rc;

	if (to == NULL || parent == NULL)
		return GW_ENOMEM;
	if ((rc = fs->rename(fs->ctx, dir, to, r->err)) != 0)
		return rc;
	rc = fs->sync_dir(fs->ctx, parent);
	return rc == 0 ? 0 : gw_err_set(r->err, rc, "%s: cannot be synced", parent);
}

static int
store(struct registry *r, struct gw_model *m, struct gw_slice card)
{
	const char *dir = gw_arena_printf(&r->arena, "%s/%s/.new-%016llx", r->root, m->name,
	    (unsigned long long)gw_rng_u64(&r->env->rng));
	struct gw_fs *fs = r->env->fs;
	int rc;

	if (dir == NULL)
		return no_memory(r);
	if ((rc = fs->mkdir(fs->ctx, dir, r->err)) != 0)
		return rc;
	/* Two trainings may end at once: the loser of the rename takes the next number. */
	do {
		if ((rc = newest(r, m->name, &m->version)) != 0)
			break;
		m->version++;
		if ((rc = write_version(r, dir, m, card)) != 0)
			break;
		rc = publish(r, dir, m);
	} while (rc == GW_EEXIST);
	if (rc != 0)
		gw_fs_remove_tree(fs, dir, NULL);
	return rc;
}

int
gw_registry_store(struct gw_env *env, const char *root, struct gw_model *m, struct gw_slice card,
    struct gw_err *err)
{
	struct registry r;
	int rc;

	if (!gw_model_name_ok(gw_str(m->name)))
		return gw_err_set(err, GW_EINVAL,
		    "'%s' is no name for a model: letters, digits, '.', '_' and '-',"
		    " at most %d of them",
		    m->name, GW_MODEL_NAME_MAX - 1);
	begin(&r, env, root, err);
	rc = store(&r, m, card);
	end(&r);
	return rc;
}

static int
set_alias(struct registry *r, const char *name, const char *alias, int32_t version)
{
	const char *dir = path_of_version(r, name, version, ""),
		   *path = path_in(r, name, "aliases.json");
	struct gw_aliases aliases;
	int rc;

	if (dir == NULL || path == NULL)
		return GW_ENOMEM;
	if (!is_folder(r, dir)) {
		const char *ref = gw_arena_printf(&r->arena, "%s:%d", name, (int)version);

		return no_model(r, ref == NULL ? name : ref);
	}
	if ((rc = gw_aliases_read(r->env, path, &aliases, r->err)) != 0 ||
	    (rc = gw_aliases_set(&aliases, alias, version, r->err)) != 0)
		return rc;
	return gw_aliases_write(r->env, path, &aliases, r->err);
}

int
gw_registry_alias(struct gw_env *env, const char *root, const char *name, const char *alias,
    int32_t version, struct gw_err *err)
{
	struct registry r;
	int rc;

	if (!gw_model_name_ok(gw_str(name)))
		return gw_err_set(err, GW_EINVAL, "'%s' is no name of a model", name);
	begin(&r, env, root, err);
	rc = set_alias(&r, name, alias, version);
	end(&r);
	return rc;
}

static int
roll_back(struct registry *r, const char *name, const char *alias, int32_t *version)
{
	const char *path = path_in(r, name, "aliases.json");
	struct gw_aliases aliases;
	struct gw_alias *a;
	int rc;

	if (path == NULL)
		return GW_ENOMEM;
	if ((rc = gw_aliases_read(r->env, path, &aliases, r->err)) != 0)
		return rc;
	a = gw_aliases_find(&aliases, alias);
	if (a == NULL || a->n < 2)
		return gw_err_set(r->err, GW_ENOENT, "%s@%s has no earlier version in %s", name,
		    alias, r->root);
	a->n--;
	memmove(a->versions, a->versions + 1, a->n * sizeof(a->versions[0]));
	if ((rc = gw_aliases_write(r->env, path, &aliases, r->err)) == 0)
		*version = a->versions[0];
	return rc;
}

int
gw_registry_rollback(struct gw_env *env, const char *root, const char *name, const char *alias,
    int32_t *version, struct gw_err *err)
{
	struct registry r;
	int rc;

	if (!gw_model_name_ok(gw_str(name)))
		return gw_err_set(err, GW_EINVAL, "'%s' is no name of a model", name);
	begin(&r, env, root, err);
	rc = roll_back(&r, name, alias, version);
	end(&r);
	return rc;
}

static const char *
aliases_at(struct registry *r, const struct gw_aliases *aliases, int32_t version)
{
	const char *text = "";

	for (size_t i = 0; i < aliases->n && text != NULL; i++)
		if (aliases->a[i].versions[0] == version)
			text = gw_arena_printf(&r->arena, "%s%s%s", text, text[0] ? "," : "",
			    aliases->a[i].name);
	return text;
}

/* Whoever lists. */
struct lister {
	int	(*each)(void *arg, const char *name, int32_t version, const char *aliases);
	void	*arg;
};

static int
list_model(struct registry *r, const char *name, const struct lister *to)
{
	struct gw_aliases aliases;
	struct versions v;
	int rc;

	if ((rc = aliases_of(r, name, &aliases)) != 0 || (rc = versions_of(r, name, &v)) != 0)
		return rc;
	for (size_t i = 0; i < v.n && rc == 0; i++) {
		const char *text = aliases_at(r, &aliases, v.v[i]);

		rc = text == NULL ? no_memory(r) : to->each(to->arg, name, v.v[i], text);
	}
	gw_alloc_free(r->env->alloc, v.v);
	return rc;
}

static int
list_models(struct registry *r, const struct lister *to)
{
	struct names names = { .r = r };
	int rc = list_folder(r, r->root, add_name, &names);

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		const char *path = path_in(r, names.name[i], "");

		if (path == NULL)
			rc = GW_ENOMEM;
		else if (is_folder(r, path))
			rc = list_model(r, names.name[i], to);
	}
	gw_alloc_free(r->env->alloc, names.name);
	return rc;
}

int
gw_registry_list(struct gw_env *env, const char *root,
    int (*each)(void *arg, const char *name, int32_t version, const char *aliases), void *arg,
    struct gw_err *err)
{
	struct lister to = { each, arg };
	struct registry r;
	int rc;

	begin(&r, env, root, err);
	rc = list_models(&r, &to);
	end(&r);
	return rc;
}

int
gw_registry_card(struct gw_env *env, const char *root, const struct gw_model *m, struct gw_buf *out,
    struct gw_err *err)
{
	struct registry r;
	const char *path;
	int rc = GW_ENOMEM;

	begin(&r, env, root, err);
	path = path_of_version(&r, m->name, m->version, CARD_FILE);
	if (path != NULL)
		rc = gw_fs_read_file(env->fs, path, out, err);
	end(&r);
	return rc;
}

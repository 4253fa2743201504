/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/recording.h"

#include <check.h>
#include <stdio.h>

#include "base/csv.h"
#include "tests/support/files.h"

#define CHUNK 65536

void
recording_init(struct recording *r)
{
	struct gw_err err;

	memset(r, 0, sizeof(*r));
	r->env = gw_env_posix_new(0, false, &err);
	ck_assert_msg(r->env != NULL, "%s", err.msg);
	gw_buf_init(&r->text, r->env->alloc, 0);
	gw_arena_init(&r->arena, r->env->alloc, 0);
}

void
recording_fini(struct recording *r)
{
	gw_arena_fini(&r->arena);
	gw_buf_fini(&r->text);
	gw_env_posix_free(r->env);
}

void
recording_read(struct recording *r, const char *path)
{
	char under[TEST_PATH_MAX], whole[TEST_PATH_MAX];
	struct gw_source s;
	struct gw_err err;
	ssize_t n = 1;

	ck_assert_int_lt(snprintf(under, sizeof(under), "tests/data/espn/%s", path), TEST_PATH_MAX);
	test_source_path(under, whole);
	gw_buf_clear(&r->text);
	ck_assert_msg(gw_source_file(&s, r->env->alloc, r->env->fs, whole, &err) == 0, "%s",
	    err.msg);
	while (n > 0) {
		uint8_t *to = gw_buf_reserve(&r->text, CHUNK);

		ck_assert_ptr_nonnull(to);
		n = s.read(s.ctx, to, CHUNK, &err);
		ck_assert_msg(n >= 0, "%s", err.msg);
		r->text.len += (size_t)n;
	}
	s.close(s.ctx);
}

void
recording_load(struct recording *r, const char *path)
{
	struct gw_err err;

	recording_read(r, path);
	gw_arena_reset(&r->arena);
	ck_assert_msg(gw_espn_parse(gw_buf_slice(&r->text), &r->arena, &r->answer, &err) == 0,
	    "%s: %s", path, err.msg);
}

struct folder {
	const char	*name;
	void		(*each)(void *arg, const char *path);
	void		*arg;
};

static int
one(void *arg, const char *name)
{
	const struct folder *f = arg;
	char path[TEST_PATH_MAX];

	ck_assert_int_lt(snprintf(path, sizeof(path), "%s/%s", f->name, name), TEST_PATH_MAX);
	f->each(f->arg, path);
	return 0;
}

void
recording_each(const char *folder, void (*each)(void *arg, const char *path), void *arg)
{
	struct folder f = { folder, each, arg };
	char under[TEST_PATH_MAX], whole[TEST_PATH_MAX];
	struct gw_err err;
	struct gw_env *env = gw_env_posix_new(0, false, &err);

	ck_assert_ptr_nonnull(env);
	ck_assert_int_lt(snprintf(under, sizeof(under), "tests/data/espn/%s", folder),
	    TEST_PATH_MAX);
	test_source_path(under, whole);
	ck_assert_int_eq(env->fs->list(env->fs->ctx, whole, one, &f), 0);
	gw_env_posix_free(env);
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/espn_tape.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/json.h"
#include "wire/compress.h"

#define PATH_LEN_MAX	4096
#define INDEX		"answers.jsonl"
#define INDEX_MAX	((size_t)256 << 20)
#define CHUNK		((size_t)64 << 10)

struct gw_tape_writer {
	struct gw_env	*env;
	char		*dir;
	int		 h;		/* of the index */
	int64_t		 at;		/* its length */
	size_t		 n;
	struct gw_buf	 buf;
};

static int
no_memory(struct gw_err *err)
{
	return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
}

static int
path_of(char path[PATH_LEN_MAX], const char *dir, const char *name, struct gw_err *err)
{
	if (snprintf(path, PATH_LEN_MAX, "%s/%s", dir, name) < PATH_LEN_MAX)
		return 0;
	return gw_err_set(err, GW_EINVAL, "%s: the path is too long", dir);
}

/* ---- writing ---- */

static int
begin(struct gw_tape_writer *w, const char *dir, struct gw_err *err)
{
	struct gw_fs *fs = w->env->fs;
	char path[PATH_LEN_MAX];
	int rc;

	w->dir = gw_alloc_str(w->env->alloc, gw_str(dir));
	if (w->dir == NULL)
		return no_memory(err);
	if ((rc = path_of(path, dir, INDEX, err)) != 0 ||
	    (rc = fs->mkdir(fs->ctx, dir, err)) < 0)
		return rc;
	w->h = fs->open(fs->ctx, path, GW_FS_WRITE | GW_FS_CREATE | GW_FS_EXCL, err);
	if (w->h == GW_EEXIST)
		return gw_err_set(err, GW_EEXIST,
		    "--record %s: there is a recording already; name another folder", dir);
	return w->h < 0 ? w->h : 0;
}

struct gw_tape_writer *
gw_tape_writer_new(struct gw_env *env, const char *dir, struct gw_err *err)
{
	struct gw_tape_writer *w = gw_alloc_zero(env->alloc, 1, sizeof(*w));

	if (w == NULL) {
		(void)no_memory(err);
		return NULL;
	}
	w->env = env;
	w->h = -1;
	gw_buf_init(&w->buf, env->alloc, 0);
	if (begin(w, dir, err) == 0)
		return w;
	gw_tape_writer_free(w);
	return NULL;
}

void
gw_tape_writer_free(struct gw_tape_writer *w)
{
	if (w == NULL)
		return;
	if (w->h >= 0)
		w->env->fs->close(w->env->fs->ctx, w->h);
	gw_alloc_free(w->env->alloc, w->dir);
	gw_buf_fini(&w->buf);
	gw_alloc_free(w->env->alloc, w);
}

static int
write_body(struct gw_tape_writer *w, const char *name, struct gw_slice body, struct gw_err *err)
{
	char path[PATH_LEN_MAX];
	int rc;

	gw_buf_clear(&w->buf);
	if ((rc = path_of(path, w->dir, name, err)) != 0)
		return rc;
	if ((rc = gw_compress(GW_GZIP, 0, body, &w->buf)) != 0)
		return gw_err_set(err, rc, "%s: %s", path, gw_strerror(rc));
	return gw_fs_replace(w->env->fs, path, gw_buf_slice(&w->buf), err);
}

static int
write_line(struct gw_tape_writer *w, const struct gw_tape_answer *a, struct gw_err *err)
{
	struct gw_fs *fs = w->env->fs;
	struct gw_json_out out;
	ssize_t n;

	gw_buf_clear(&w->buf);
	gw_json_begin(&out, &w->buf);
	gw_json_object(&out);
	gw_json_kv_int(&out, "at_ms", a->at_ms);
	gw_json_kv_str(&out, "request", gw_str(a->request));
	gw_json_kv_int(&out, "status", a->status);
	if (a->file[0] != '\0')
		gw_json_kv_str(&out, "file", gw_str(a->file));
	gw_json_object_end(&out);
	gw_buf_putc(&w->buf, '\n');
	if (w->buf.err != 0)
		return no_memory(err);
	n = fs->pwrite(fs->ctx, w->h, w->buf.ptr, w->buf.len, w->at);
	if (n < 0 || (size_t)n < w->buf.len)
		return gw_err_set(err, n < 0 ? (int)n : GW_ENOSPC, "%s/" INDEX ": %s", w->dir,
		    gw_strerror(n < 0 ? (int)n : GW_ENOSPC));
	w->at += n;
	return 0;
}

int
gw_tape_write(struct gw_tape_writer *w, const char *request, int status, struct gw_slice body,
    struct gw_err *err)
{
	struct gw_tape_answer a = { .at_ms = gw_env_now(w->env).wall_ms, .status = status };
	int rc;

	snprintf(a.request, sizeof(a.request), "%s", request);
	if (body.len > 0) {
		snprintf(a.file, sizeof(a.file), "%06zu.json.gz", ++w->n);
		if ((rc = write_body(w, a.file, body, err)) != 0)
			return rc;
	}
	return write_line(w, &a, err);
}

/* ---- reading ---- */

static int
add(struct gw_tape *t, const struct gw_tape_answer *a, struct gw_err *err)
{
	void *answers = t->answers;

	if (t->n == GW_TAPE_ANSWERS_MAX)
		return gw_err_set(err, GW_ELIMIT, "%s: more than %d answers", t->dir,
		    GW_TAPE_ANSWERS_MAX);
	if (gw_alloc_room(t->env->alloc, &answers, &t->cap, t->n, sizeof(*a)) != 0)
		return no_memory(err);
	t->answers = answers;
	t->answers[t->n++] = *a;
	return 0;
}

/* A name of ours or of who made the tape, never a way out of the folder. */
static bool
take_name(char *to, size_t cap, struct gw_slice s)
{
	if (s.len == 0 || s.len >= cap || s.ptr[0] == '.' || memchr(s.ptr, '/', s.len) != NULL ||
	    memchr(s.ptr, '\0', s.len) != NULL)
		return false;
	memcpy(to, s.ptr, s.len);
	to[s.len] = '\0';
	return true;
}

static struct gw_slice
text_of(const struct gw_json *v)
{
	return v != NULL && v->type == GW_JSON_STRING ? v->text : (struct gw_slice){ "", 0 };
}

static double
number_of(const struct gw_json *v)
{
	return v != NULL && v->type == GW_JSON_NUMBER ? v->number : -1;
}

static bool
read_line(struct gw_slice line, struct gw_arena *arena, struct gw_tape_answer *a,
    struct gw_err *err)
{
	struct gw_slice request, file;
	struct gw_json *j;
	double at, status;

	if (gw_json_parse(line, arena, &j, err) != 0)
		return false;
	at = number_of(gw_json_get(j, "at_ms"));
	status = number_of(gw_json_get(j, "status"));
	request = text_of(gw_json_get(j, "request"));
	file = text_of(gw_json_get(j, "file"));
	if (!(at >= 0 && at < 1e15) || !(status >= 0 && status <= 999) ||
	    request.len >= sizeof(a->request))
		return false;
	*a = (struct gw_tape_answer){ .at_ms = (int64_t)at, .status = (int)status };
	if (request.len > 0)
		memcpy(a->request, request.ptr, request.len);
	return file.len == 0 || take_name(a->file, sizeof(a->file), file);
}

/* A last line without its end is what was being written when the recorder was killed. */
static int
read_index(struct gw_tape *t, struct gw_slice text, struct gw_err *err)
{
	struct gw_slice rest = text, line;
	struct gw_tape_answer a;
	struct gw_arena arena;
	size_t n = 0;
	int rc = 0;

	gw_arena_init(&arena, t->env->alloc, 0);
	while (rc == 0 && rest.ptr != NULL) {
		line = gw_slice_cut(rest, '\n', &rest);
		n++;
		if (rest.ptr == NULL)
			break;
		gw_arena_reset(&arena);
		if (read_line(line, &arena, &a, NULL))
			rc = add(t, &a, err);
		else
			rc = gw_err_set(err, GW_EDATA, "%s/" INDEX ":%zu: no answer of a recording",
			    t->dir, n);
	}
	gw_arena_fini(&arena);
	return rc;
}

static bool
ends_with(struct gw_slice s, const char *end)
{
	size_t n = strlen(end);

	return s.len >= n && memcmp(s.ptr + s.len - n, end, n) == 0;
}

struct listing {
	struct gw_tape	*t;
	struct gw_err	*err;
};

static int
add_file(void *arg, const char *name)
{
	struct listing *l = arg;
	struct gw_tape_answer a = { .status = 200 };
	struct gw_slice s = gw_str(name);

	if ((!ends_with(s, ".json") && !ends_with(s, ".json.gz")) ||
	    !take_name(a.file, sizeof(a.file), s))
		return 0;
	return add(l->t, &a, l->err);
}

static int
read_folder(struct gw_tape *t, struct gw_err *err)
{
	struct listing l = { t, err };
	struct gw_err why = { 0 };
	int rc;

	l.err = &why;
	rc = t->env->fs->list(t->env->fs->ctx, t->dir, add_file, &l);
	if (rc != 0 && why.code != 0)
		return gw_err_set(err, rc, "%s", why.msg);
	return rc == 0 ? 0 : gw_err_set(err, rc, "--from %s: %s", t->dir, gw_strerror(rc));
}

int
gw_tape_open(struct gw_tape *t, struct gw_env *env, const char *dir, struct gw_err *err)
{
	char path[PATH_LEN_MAX];
	struct gw_fs_stat st;
	struct gw_buf index;
	int rc;

	*t = (struct gw_tape){ .env = env, .dir = gw_alloc_str(env->alloc, gw_str(dir)) };
	if (t->dir == NULL)
		return no_memory(err);
	if ((rc = path_of(path, dir, INDEX, err)) != 0)
		return rc;
	if (env->fs->stat(env->fs->ctx, path, &st) != 0) {
		rc = read_folder(t, err);
	} else {
		gw_buf_init(&index, env->alloc, INDEX_MAX);
		if ((rc = gw_fs_read_file(env->fs, path, &index, err)) == 0)
			rc = read_index(t, gw_buf_slice(&index), err);
		gw_buf_fini(&index);
	}
	if (rc == 0 && t->n == 0)
		rc = gw_err_set(err, GW_EDATA, "--from %s: no answer in it", dir);
	return rc;
}

void
gw_tape_close(struct gw_tape *t)
{
	if (t->env == NULL)
		return;
	gw_alloc_free(t->env->alloc, t->dir);
	gw_alloc_free(t->env->alloc, t->answers);
	*t = (struct gw_tape){ .env = NULL };
}

int
gw_tape_body(const struct gw_tape *t, size_t i, struct gw_buf *body, struct gw_err *err)
{
	char path[PATH_LEN_MAX];
	struct gw_source s;
	ssize_t n = 1;
	int rc;

	gw_buf_clear(body);
	if (t->answers[i].file[0] == '\0')
		return 0;
	if ((rc = path_of(path, t->dir, t->answers[i].file, err)) != 0 ||
	    (rc = gw_source_file(&s, t->env->alloc, t->env->fs, path, err)) != 0)
		return rc;
	while (n > 0) {
		uint8_t *to = gw_buf_reserve(body, CHUNK);

		n = to == NULL ? body->err : s.read(s.ctx, to, CHUNK, err);
		if (to == NULL)
			(void)gw_err_set(err, body->err, "%s: %s", path, gw_strerror(body->err));
		if (n > 0)
			body->len += (size_t)n;
	}
	s.close(s.ctx);
	return (int)n;
}

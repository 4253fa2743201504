/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/sink_csv_int.h"

#include <assert.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define HOLE_WINDOW	(256 * 1024)
#define LOCK_TRIES	10
#define ID_LEN		16

/* path with something behind it, to be freed. */
static char *
beside(struct gw_sink_csv *s, const char *suffix)
{
	size_t len = strlen(s->path), more = strlen(suffix) + 1;
	char *name = gw_alloc_bytes(s->alloc, len + more);

	if (name == NULL)
		return NULL;
	memcpy(name, s->path, len);
	memcpy(name + len, suffix, more);
	return name;
}

static int
set_paths(struct gw_sink_csv *s, const char *path, struct gw_err *err)
{
	s->path = gw_alloc_str(s->alloc, gw_str(path));
	s->lock_path = s->path == NULL ? NULL : beside(s, ".lock");
	if (s->lock_path == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", path);
	return 0;
}

static int
truncate_to(struct gw_sink_csv *s, int64_t len, struct gw_err *err)
{
	int rc = s->fs->truncate(s->fs->ctx, s->h, len);

	if (rc < 0)
		return gw_err_set(err, rc, "%s: cannot cut it to %lld bytes: %s", s->path,
		    (long long)len, gw_strerror(rc));
	s->size = len;
	return 0;
}

static int
cut_to(struct gw_sink_csv *s, int64_t len, struct gw_err *err)
{
	s->cut += s->size - len;
	return truncate_to(s, len, err);
}

/*
 * After a power cut a later block can be there and an earlier one not: then it reads as NUL bytes,
 * which no row has. What follows was as little synced as the hole.
 */
static int
cut_holes(struct gw_sink_csv *s, struct gw_err *err)
{
	int64_t at = s->size - 2 * GW_SINK_CSV_UNSYNCED_MAX;
	char *window = gw_alloc_bytes(s->alloc, HOLE_WINDOW), *hole;
	int rc = 0;

	if (window == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
	for (at = at > 0 ? at : 0; rc == 0 && at < s->size; at += HOLE_WINDOW) {
		size_t len = s->size - at < HOLE_WINDOW ? (size_t)(s->size - at) : HOLE_WINDOW;

		rc = gw_sink_csv_read_at(s, window, len, at, err);
		hole = rc == 0 ? memchr(window, '\0', len) : NULL;
		if (hole == NULL)
			continue;
		rc = cut_to(s, at + (hole - window), err);
		break;
	}
	gw_alloc_free(s->alloc, window);
	return rc;
}

/*
 * Cut rows from the end until one is whole. Only what was never told durable can be torn, so this
 * loses nothing: offsets are committed after the sync.
 */
static int
cut_torn_end(struct gw_sink_csv *s, struct gw_err *err)
{
	struct gw_slice line;
	struct gw_sink_tail t;
	int64_t end = s->size, partition, offset;
	int rc = gw_sink_tail_init(&t, s, err);

	if (rc < 0)
		return rc;
	while ((rc = gw_sink_tail_line(&t, &line, err)) > 0) {
		if (gw_sink_line_is_whole(s, line)) {
			rc = gw_sink_line_place(s, line, &partition, &offset, err);
			break;
		}
		end = t.at;
	}
	gw_sink_tail_fini(&t);
	if (rc < 0 || end == s->size)
		return rc < 0 ? rc : 0;
	return cut_to(s, end, err);
}

static int
wait_for_disk(struct gw_sink_csv *s, struct gw_err *err)
{
	int rc = s->fs->sync_now(s->fs->ctx, s->h);

	if (rc < 0)
		return gw_err_set(err, rc, "%s: cannot sync it: %s", s->path, gw_strerror(rc));
	s->synced_size = s->size;
	return 0;
}

/* Write all of it at the end; on failure the file is as before. */
static int
write_rows(struct gw_sink_csv *s, struct gw_slice rows, struct gw_err *err)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < rows.len) {
		n = s->fs->pwrite(s->fs->ctx, s->h, rows.ptr + done, rows.len - done,
		    s->size + (int64_t)done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done == rows.len) {
		s->size += (int64_t)done;
		return 0;
	}
	if (n == 0)
		n = GW_EIO;
	/*
	 * If this fails too, the next start cuts the torn row; the first error is the one to tell.
	 */
	(void)truncate_to(s, s->size, NULL);
	return gw_err_set(err, (int)n, "%s: %s; no play is lost, start again when there is room "
	    "and it goes on where the file ends", s->path, n == GW_ENOSPC ? "the disk is full" :
	    gw_strerror((int)n));
}

int
gw_sink_csv_cut_to(struct gw_sink_csv *s, int64_t len, struct gw_err *err)
{
	assert(len >= (int64_t)s->header_len && len <= s->size);
	return truncate_to(s, len, err);
}

/* As many whole rows as may go unsynced. */
static size_t
piece_len(struct gw_slice rows)
{
	size_t len = rows.len;

	if (len <= GW_SINK_CSV_UNSYNCED_MAX)
		return len;
	len = GW_SINK_CSV_UNSYNCED_MAX;
	while (len > 0 && rows.ptr[len - 1] != '\n')
		len--;
	return len > 0 ? len : rows.len;
}

int
gw_sink_csv_append(struct gw_sink_csv *s, struct gw_slice rows, struct gw_err *err)
{
	int64_t before = s->size;
	int rc = 0;

	while (rc == 0 && rows.len > 0) {
		size_t len = piece_len(rows);

		if (s->size - s->synced_size + (int64_t)len > GW_SINK_CSV_UNSYNCED_MAX)
			rc = wait_for_disk(s, err);
		if (rc == 0)
			rc = write_rows(s, (struct gw_slice){ rows.ptr, len }, err);
		rows.ptr += len;
		rows.len -= len;
	}
	if (rc < 0 && s->size > before)
		(void)truncate_to(s, before, NULL);
	return rc;
}

/* An empty file, or one with a torn header, gets its header; another header is refused. */
static int
check_header(struct gw_sink_csv *s, struct gw_err *err)
{
	size_t have = s->size < (int64_t)s->header_len ? (size_t)s->size : s->header_len;
	char *found = gw_alloc_bytes(s->alloc, s->header_len);
	bool same;
	int rc;

	if (found == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
	rc = gw_sink_csv_read_at(s, found, have, 0, err);
	same = rc == 0 && memcmp(found, s->header, have) == 0;
	gw_alloc_free(s->alloc, found);
	if (rc < 0)
		return rc;
	if (!same)
		return gw_err_set(err, GW_EDATA, "%s:1: not the header of a predictions file, so "
		    "no row was added; choose another file", s->path);
	if (have == s->header_len)
		return 0;
	rc = cut_to(s, 0, err);
	if (rc == 0)
		rc = gw_sink_csv_append(s, (struct gw_slice){ s->header, s->header_len }, err);
	return rc == 0 ? wait_for_disk(s, err) : rc;
}

/*
 * Whoever closes removes the lock file. Between our opening and locking it that may just have
 * happened: then we hold the lock of a file without a name, and the next one would get another.
 */
static int
take_lock(struct gw_sink_csv *s, struct gw_err *err)
{
	struct gw_fs_stat st;
	struct gw_err why = { 0 };

	for (int i = 0; i < LOCK_TRIES; i++) {
		s->lock = s->fs->lock(s->fs->ctx, s->lock_path, &why);
		if (s->lock == GW_EBUSY)
			return gw_err_set(err, GW_EBUSY, "%s: another scorer writes this file; "
			    "stop it or choose another file (%s)", s->path, why.msg);
		if (s->lock < 0) {
			if (err != NULL)
				*err = why;
			return s->lock;
		}
		if (s->fs->stat(s->fs->ctx, s->lock_path, &st) == 0)
			return 0;
		s->fs->close(s->fs->ctx, s->lock);
		s->lock = -1;
	}
	return gw_err_set(err, GW_EBUSY, "%s: cannot keep it locked: %s vanishes", s->path,
	    s->lock_path);
}

static int
move_aside(struct gw_sink_csv *s, struct gw_err *err)
{
	struct gw_fs_stat st;
	char *bak;
	int rc;

	if (s->fs->stat(s->fs->ctx, s->path, &st) != 0)
		return 0;
	bak = beside(s, ".bak");
	if (bak == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
	rc = s->fs->rename(s->fs->ctx, s->path, bak, err);
	gw_alloc_free(s->alloc, bak);
	return rc;
}

static int
open_file(struct gw_sink_csv *s, enum gw_sink_csv_how how, struct gw_err *err)
{
	unsigned flags = GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE;
	int rc = take_lock(s, err);

	if (rc < 0)
		return rc;
	rc = how == GW_SINK_CSV_FRESH ? move_aside(s, err) : 0;
	if (rc < 0)
		return rc;
	s->h = s->fs->open(s->fs->ctx, s->path, flags, err);
	if (s->h < 0)
		return s->h;
	s->size = s->fs->size(s->fs->ctx, s->h);
	if (s->size < 0)
		return gw_err_set(err, (int)s->size, "%s: %s", s->path, gw_strerror((int)s->size));
	s->synced_size = s->size;
	return 0;
}

/* The folder that holds path: its name must survive a crash as well as its rows. */
static int
sync_folder(struct gw_sink_csv *s, struct gw_err *err)
{
	const char *slash = strrchr(s->path, '/');
	struct gw_slice dir = slash == NULL ? GW_LIT(".") :
	    (struct gw_slice){ s->path, slash == s->path ? 1 : (size_t)(slash - s->path) };
	char *name = gw_alloc_str(s->alloc, dir);
	int rc;

	if (name == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
	rc = s->fs->sync_dir(s->fs->ctx, name);
	if (rc < 0)
		gw_err_set(err, rc, "%s: cannot make the name durable: %s", s->path,
		    gw_strerror(rc));
	gw_alloc_free(s->alloc, name);
	return rc;
}

struct gw_sink_csv *
gw_sink_csv_open(struct gw_env *env, const char *path, struct gw_slice header,
    enum gw_sink_csv_how how, struct gw_err *err)
{
	struct gw_sink_csv *s = gw_alloc_zero(env->alloc, 1, sizeof(*s));

	if (s == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s: out of memory", path);
		return NULL;
	}
	s->alloc = env->alloc;
	s->fs = env->fs;
	s->h = s->lock = -1;
	if (set_paths(s, path, err) < 0 || gw_sink_csv_learn(s, header, err) < 0 ||
	    open_file(s, how, err) < 0 || check_header(s, err) < 0 || cut_holes(s, err) < 0 ||
	    cut_torn_end(s, err) < 0 || sync_folder(s, err) < 0) {
		/* A folder that is not there is the disk's affair, unlike a topic or a model. */
		if (err != NULL && err->code == GW_ENOENT)
			err->code = GW_EIO;
		gw_sink_csv_close(s);
		return NULL;
	}
	return s;
}

void
gw_sink_csv_close(struct gw_sink_csv *s)
{
	if (s == NULL)
		return;
	if (s->h >= 0)
		s->fs->close(s->fs->ctx, s->h);
	if (s->lock >= 0) {
		s->fs->remove(s->fs->ctx, s->lock_path);
		s->fs->close(s->fs->ctx, s->lock);
	}
	gw_alloc_free(s->alloc, s->header);
	gw_alloc_free(s->alloc, s->lock_path);
	gw_alloc_free(s->alloc, s->path);
	gw_alloc_free(s->alloc, s);
}

int
gw_sink_csv_sync(struct gw_sink_csv *s, struct gw_err *err)
{
	int rc = s->fs->sync(s->fs->ctx, s->h, ++s->token);

	if (rc < 0)
		return gw_err_set(err, rc, "%s: cannot sync it: %s", s->path, gw_strerror(rc));
	s->syncing = true;
	s->synced_size = s->size;
	return 0;
}

int
gw_sink_csv_synced(struct gw_sink_csv *s, struct gw_err *err)
{
	struct gw_synced done;

	assert(s->syncing);
	while (s->fs->synced(s->fs->ctx, &done) > 0) {
		if (done.token != s->token && done.result == 0)
			continue;	/* of rows that were cut off again */
		s->syncing = false;
		if (done.result == 0)
			return 1;
		return gw_err_set(err, done.result, "%s: syncing failed (%s), so the last rows are "
		    "in doubt and were not committed; start again", s->path,
		    gw_strerror(done.result));
	}
	return 0;
}

int
gw_sink_csv_fd(const struct gw_sink_csv *s)
{
	return s->fs->sync_fd(s->fs->ctx);
}

static bool
is_id(struct gw_slice text)
{
	size_t n = 0;

	while (n < text.len && strchr("0123456789abcdef", text.ptr[n]) != NULL)
		n++;
	return n == ID_LEN;
}

static int
make_id(struct gw_sink_csv *s, struct gw_env *env, const char *path, struct gw_err *err)
{
	char text[ID_LEN + 2];
	uint64_t random;
	int rc = gw_env_random(env, &random, sizeof(random));

	if (rc < 0)
		random = gw_rng_u64(&env->rng);
	snprintf(text, sizeof(text), "%016llx\n", (unsigned long long)random);
	rc = gw_fs_replace(s->fs, path, gw_str(text), err);
	if (rc == 0)
		memcpy(s->id, text, ID_LEN);
	return rc;
}

const char *
gw_sink_csv_id(struct gw_sink_csv *s, struct gw_env *env, struct gw_err *err)
{
	char *path = s->id[0] != '\0' ? NULL : beside(s, ".id");
	struct gw_buf text;
	int rc;

	if (s->id[0] != '\0')
		return s->id;
	if (path == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s: out of memory", s->path);
		return NULL;
	}
	gw_buf_init(&text, s->alloc, 256);
	rc = gw_fs_read_file(s->fs, path, &text, err);
	if (rc == 0 && is_id(gw_buf_slice(&text)))
		memcpy(s->id, text.ptr, ID_LEN);
	else if (rc == 0 || rc == GW_ENOENT)
		rc = make_id(s, env, path, err);
	gw_buf_fini(&text);
	gw_alloc_free(s->alloc, path);
	return rc < 0 ? NULL : s->id;
}

const char *
gw_sink_csv_path(const struct gw_sink_csv *s)
{
	return s->path;
}

int64_t
gw_sink_csv_size(const struct gw_sink_csv *s)
{
	return s->size;
}

int64_t
gw_sink_csv_cut(const struct gw_sink_csv *s)
{
	return s->cut;
}

/* SPDX-License-Identifier: MIT
 *
 * base/fs.c - whole files and trees, over the seam: nothing here knows a kernel.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/fs.h"

#include "base/buf.h"
#include "base/err.h"

#define PATH_LEN_MAX	4096
#define DEPTH_MAX	32		/* of a tree to remove; ours have three levels */
#define READ_MIN	((size_t)8192)

/*
 * Append what h holds. The size is a hint: pipes have none, files grow. A short read is the end.
 * Returns 0 or the reader's error; the buffer's own sticks in it.
 */
static int
read_all(struct gw_fs *fs, int h, struct gw_buf *out)
{
	int64_t size = fs->size(fs->ctx, h), at = 0;
	size_t want = size > 0 && (uint64_t)size < SIZE_MAX ? (size_t)size + 1 : READ_MIN, left;
	uint8_t *to, probe;
	ssize_t n;

	for (;;) {
		left = out->max == 0 ? SIZE_MAX : out->max - out->len;
		if (left == 0) {	/* full: all is well if the file ends here too */
			n = fs->pread(fs->ctx, h, &probe, 1, at);
			if (n > 0)
				out->err = GW_ELIMIT;
			return n < 0 ? (int)n : 0;
		}
		if (want > left)
			want = left;
		to = gw_buf_reserve(out, want);
		if (to == NULL)
			return 0;
		n = fs->pread(fs->ctx, h, to, want, at);
		if (n < 0)
			return (int)n;
		out->len += (size_t)n;
		at += n;
		if ((size_t)n < want)
			return 0;
		want = READ_MIN;
	}
}

int
gw_fs_read_file(struct gw_fs *fs, const char *path, struct gw_buf *out, struct gw_err *err)
{
	int h = fs->open(fs->ctx, path, GW_FS_READ, err), rc;

	if (h < 0)
		return h;
	rc = read_all(fs, h, out);
	fs->close(fs->ctx, h);
	if (rc != 0)
		return gw_err_set(err, rc, "%s: reading: %s", path, gw_strerror(rc));
	if (out->err == GW_ELIMIT)
		return gw_err_set(err, GW_ELIMIT, "%s: larger than %zu bytes", path, out->max);
	if (out->err != 0)
		return gw_err_set(err, out->err, "%s: %s", path, gw_strerror(out->err));
	return 0;
}

static int
write_all(struct gw_fs *fs, int h, struct gw_slice data)
{
	size_t at = 0;

	while (at < data.len) {
		ssize_t n = fs->pwrite(fs->ctx, h, data.ptr + at, data.len - at, (int64_t)at);

		if (n < 0)
			return (int)n;
		if (n == 0)
			return GW_ENOSPC;
		at += (size_t)n;
	}
	return fs->sync_now(fs->ctx, h);
}

/* The folder that holds path: "." when it names none. */
static void
parent_of(const char *path, char out[PATH_LEN_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

	if (len == 0) {
		memcpy(out, ".", 2);
		return;
	}
	memcpy(out, path, len);
	out[len] = '\0';
}

int
gw_fs_replace(struct gw_fs *fs, const char *path, struct gw_slice data, struct gw_err *err)
{
	char beside[PATH_LEN_MAX], dir[PATH_LEN_MAX];
	int h, rc;

	if (strlen(path) + sizeof(".tmp") > sizeof(beside))
		return gw_err_set(err, GW_EINVAL, "%s: the path is too long", path);
	(void)snprintf(beside, sizeof(beside), "%s.tmp", path);
	h = fs->open(fs->ctx, beside, GW_FS_WRITE | GW_FS_CREATE | GW_FS_TRUNC, err);
	if (h < 0)
		return h;
	rc = write_all(fs, h, data);
	fs->close(fs->ctx, h);
	if (rc != 0) {
		(void)fs->remove(fs->ctx, beside);
		return gw_err_set(err, rc, "%s: writing: %s", path, gw_strerror(rc));
	}
	rc = fs->rename(fs->ctx, beside, path, err);
	if (rc != 0) {
		(void)fs->remove(fs->ctx, beside);
		return rc;
	}
	parent_of(path, dir);
	rc = fs->sync_dir(fs->ctx, dir);
	if (rc != 0)
		return gw_err_set(err, rc, "%s: syncing the folder: %s", dir, gw_strerror(rc));
	return 0;
}

struct removal {
	struct gw_fs	*fs;
	struct gw_err	*err;
	char		 path[PATH_LEN_MAX];
	size_t		 len;
	unsigned	 depth;
};

static int	remove_at(struct removal *r);

static int
remove_entry(void *arg, const char *name)
{
	struct removal *r = arg;
	size_t len = r->len, more = strlen(name);
	int rc;

	if (len + 1 + more >= sizeof(r->path) || r->depth == DEPTH_MAX)
		return gw_err_set(r->err, GW_ELIMIT, "%s/%s: too deep to remove", r->path, name);
	r->path[len] = '/';
	memcpy(r->path + len + 1, name, more + 1);
	r->len = len + 1 + more;
	r->depth++;
	rc = remove_at(r);
	r->depth--;
	r->len = len;
	r->path[len] = '\0';
	return rc;
}

/*
 * remove() first and stat() after: a symbolic link to a folder is gone by then, and nothing that it
 * points to is touched.
 */
static int
remove_at(struct removal *r)
{
	struct gw_fs_stat st;
	int rc = r->fs->remove(r->fs->ctx, r->path);

	if (rc == 0 || rc == GW_ENOENT)
		return 0;
	if (r->fs->stat(r->fs->ctx, r->path, &st) == 0 && st.is_dir) {
		rc = r->fs->list(r->fs->ctx, r->path, remove_entry, r);
		if (rc != 0)
			return rc;
		rc = r->fs->remove(r->fs->ctx, r->path);
	}
	if (rc != 0)
		return gw_err_set(r->err, rc, "%s: removing: %s", r->path, gw_strerror(rc));
	return 0;
}

int
gw_fs_remove_tree(struct gw_fs *fs, const char *path, struct gw_err *err)
{
	struct removal r = { .fs = fs, .err = err, .len = strlen(path) };

	if (r.len == 0 || r.len >= sizeof(r.path))
		return gw_err_set(err, GW_EINVAL, "%s: the path is empty or too long", path);
	memcpy(r.path, path, r.len + 1);
	return remove_at(&r);
}

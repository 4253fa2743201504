/* SPDX-License-Identifier: MIT
 *
 * base/source.c - bytes from a file or from memory; gzip (RFC 1952) is inflated on the way.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/csv.h"

#include <limits.h>
#include <stdio.h>
#include <zlib.h>

#define INPUT_LEN	((size_t)64 << 10)
#define GZIP_WINDOW	(15 + 16)	/* the largest window; a gzip header, checksum and length */

struct file_source {
	struct gw_alloc	*alloc;
	struct gw_fs	*fs;
	char		*path;
	int		 h;
	int64_t		 at;		/* bytes taken from the file */
	bool		 file_ended, gzip, in_member, padded;
	z_stream	 z;
	uint8_t		 input[INPUT_LEN];
};

/* Where the decoder stands in the file. */
static long long
position(const struct file_source *f)
{
	return (long long)(f->at - (int64_t)f->z.avail_in);
}

/* Read on into the input buffer, which is used up. 0 or GW_E*. */
static int
fill(struct file_source *f, struct gw_err *err)
{
	ssize_t n = f->fs->pread(f->fs->ctx, f->h, f->input, sizeof(f->input), f->at);

	if (n < 0)
		return gw_err_set(err, (int)n, "%s: reading at byte %lld: %s", f->path,
		    (long long)f->at, gw_strerror((int)n));
	f->at += n;
	f->file_ended = n == 0;
	f->z.next_in = f->input;
	f->z.avail_in = (uInt)n;
	return 0;
}

static ssize_t
read_plain(struct file_source *f, void *buf, size_t len, struct gw_err *err)
{
	size_t n = f->z.avail_in < len ? f->z.avail_in : len;

	if (n == 0) {	/* what told gzip from plain has been handed out: no copy from here on */
		ssize_t got = f->fs->pread(f->fs->ctx, f->h, buf, len, f->at);

		if (got < 0)
			return gw_err_set(err, (int)got, "%s: reading at byte %lld: %s", f->path,
			    (long long)f->at, gw_strerror((int)got));
		f->at += got;
		return got;
	}
	memcpy(buf, f->z.next_in, n);
	f->z.next_in += n;
	f->z.avail_in -= (uInt)n;
	return (ssize_t)n;
}

/*
 * Between members: another one, or the end. Tapes and some tools pad with zeros (gzip's manual);
 * anything else is not what was written.
 */
static int
next_member(struct file_source *f, struct gw_err *err)
{
	int rc;

	for (;;) {
		for (; f->z.avail_in > 0 && *f->z.next_in == 0; f->z.next_in++, f->z.avail_in--)
			f->padded = true;
		if (f->z.avail_in > 0)
			break;
		rc = fill(f, err);
		if (rc != 0 || f->file_ended)
			return rc;
	}
	if (f->padded || *f->z.next_in != 0x1f || inflateReset(&f->z) != Z_OK)
		return gw_err_set(err, GW_EDATA, "%s: what follows at byte %lld is not gzip",
		    f->path, position(f));
	f->in_member = true;
	return 0;
}

static int
inflate_error(const struct file_source *f, int rc, struct gw_err *err)
{
	if (rc == Z_MEM_ERROR)
		return gw_err_set(err, GW_ENOMEM, "%s: no memory to inflate gzip", f->path);
	return gw_err_set(err, GW_ECORRUPT, "%s: gzip is damaged near byte %lld: %s", f->path,
	    position(f), f->z.msg == NULL ? "bad data" : f->z.msg);
}

static ssize_t
read_gzip(struct file_source *f, void *buf, size_t len, struct gw_err *err)
{
	size_t want = len < UINT_MAX ? len : UINT_MAX;
	int rc;

	f->z.next_out = buf;
	f->z.avail_out = (uInt)want;
	while (f->z.avail_out == want) {
		if (!f->in_member) {
			rc = next_member(f, err);
			if (rc != 0)
				return rc;
			if (!f->in_member)
				return 0;
		}
		if (f->z.avail_in == 0) {
			rc = fill(f, err);
			if (rc != 0)
				return rc;
			if (f->file_ended)
				return gw_err_set(err, GW_EDATA, "%s: gzip ends early at byte %lld",
				    f->path, (long long)f->at);
		}
		rc = inflate(&f->z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END)
			f->in_member = false;
		else if (rc != Z_OK && rc != Z_BUF_ERROR)
			return inflate_error(f, rc, err);
	}
	return (ssize_t)(want - f->z.avail_out);
}

static ssize_t
file_read(void *ctx, void *buf, size_t len, struct gw_err *err)
{
	struct file_source *f = ctx;

	if (len > SSIZE_MAX)
		len = SSIZE_MAX;
	if (len == 0)
		return 0;
	return f->gzip ? read_gzip(f, buf, len, err) : read_plain(f, buf, len, err);
}

static void
file_close(void *ctx)
{
	struct file_source *f = ctx;

	if (f->gzip)
		(void)inflateEnd(&f->z);
	f->fs->close(f->fs->ctx, f->h);
	gw_alloc_free(f->alloc, f->path);
	gw_alloc_free(f->alloc, f);
}

static voidpf
zlib_alloc(voidpf opaque, uInt n, uInt size)
{
	return gw_alloc_zero(opaque, n, size);
}

static void
zlib_free(voidpf opaque, voidpf p)
{
	gw_alloc_free(opaque, p);
}

/* Look at the first bytes, and be ready to inflate if they are gzip's. */
static int
begin(struct file_source *f, struct gw_err *err)
{
	int rc = fill(f, err);

	if (rc != 0)
		return rc;
	if (f->z.avail_in < 2 || f->input[0] != 0x1f || f->input[1] != 0x8b)
		return 0;
	f->z.zalloc = zlib_alloc;
	f->z.zfree = zlib_free;
	f->z.opaque = f->alloc;
	rc = inflateInit2(&f->z, GZIP_WINDOW);
	if (rc != Z_OK)
		return inflate_error(f, rc, err);
	f->gzip = true;
	f->in_member = true;
	return 0;
}

int
gw_source_file(struct gw_source *s, struct gw_alloc *alloc, struct gw_fs *fs, const char *path,
    struct gw_err *err)
{
	struct file_source *f = gw_alloc_zero(alloc, 1, sizeof(*f));
	int rc;

	if (f == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: no memory to read it", path);
	f->alloc = alloc;
	f->fs = fs;
	f->h = -1;
	f->path = gw_alloc_str(alloc, gw_str(path));
	if (f->path == NULL)
		rc = gw_err_set(err, GW_ENOMEM, "%s: no memory to read it", path);
	else {
		f->h = fs->open(fs->ctx, path, GW_FS_READ, err);
		rc = f->h < 0 ? f->h : begin(f, err);
	}
	if (rc != 0) {
		if (f->h >= 0)
			fs->close(fs->ctx, f->h);
		gw_alloc_free(alloc, f->path);
		gw_alloc_free(alloc, f);
		return rc;
	}
	*s = (struct gw_source){ .read = file_read, .close = file_close, .ctx = f };
	return 0;
}

static ssize_t
bytes_read(void *ctx, void *buf, size_t len, struct gw_err *err)
{
	struct gw_slice *left = ctx;
	size_t n = len < left->len ? len : left->len;

	(void)err;
	if (n == 0)
		return 0;
	memcpy(buf, left->ptr, n);
	left->ptr += n;
	left->len -= n;
	return (ssize_t)n;
}

struct gw_source
gw_source_bytes(struct gw_slice *bytes)
{
	return (struct gw_source){ .read = bytes_read, .ctx = bytes };
}

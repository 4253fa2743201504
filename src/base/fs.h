/* SPDX-License-Identifier: MIT
 *
 * base/fs.h - the seam to files. Handles are non-negative ints. Sync is begun and completes later,
 * so that a loop never waits for a disk and many waiters share one sync.
 */
#ifndef GW_FS_H
#define GW_FS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/slice.h"

enum gw_fs_flag {
	GW_FS_READ	= 1 << 0,
	GW_FS_WRITE	= 1 << 1,
	GW_FS_CREATE	= 1 << 2,
	GW_FS_EXCL	= 1 << 3,	/* with CREATE: GW_EEXIST if it is there */
	GW_FS_TRUNC	= 1 << 4,
	GW_FS_PRIVATE	= 1 << 5	/* with CREATE: only the owner may read it */
};

struct gw_fs_stat {
	int64_t	size;
	int64_t	mtime_ms;
	bool	is_dir;
};

struct gw_synced {		/* a sync that ended */
	uint64_t	token;
	int		result;	/* 0 or GW_E*; then the unsynced bytes are in doubt for good */
};

struct gw_fs {
	void	*ctx;
	int	(*open)(void *ctx, const char *path, unsigned flags, struct gw_err *err);
	void	(*close)(void *ctx, int h);
	/* n; less than len only at the end. */
	ssize_t	(*pread)(void *ctx, int h, void *buf, size_t len, int64_t at);
	/* n; less than len when the next one would be GW_ENOSPC. */
	ssize_t	(*pwrite)(void *ctx, int h, const void *buf, size_t len, int64_t at);
	int64_t	(*size)(void *ctx, int h);
	int	(*truncate)(void *ctx, int h, int64_t len);
	/* Begin to make h's bytes so far durable; synced() hands the token back. 0 or GW_E*. */
	int	(*sync)(void *ctx, int h, uint64_t token);
	int	(*synced)(void *ctx, struct gw_synced *out);	/* 1 and *out, or 0 */
	/* Readable while synced() has something; -1: never needed. */
	int	(*sync_fd)(void *ctx);
	int	(*sync_now)(void *ctx, int h);	/* wait for it: opening, recovery, closing */
	int	(*sync_dir)(void *ctx, const char *path);	/* so that names in it survive */
	int	(*rename)(void *ctx, const char *from, const char *to, struct gw_err *err);
	int	(*remove)(void *ctx, const char *path);		/* a file or an empty folder */
	/* With its parents; 0 if it is there already. */
	int	(*mkdir)(void *ctx, const char *path, struct gw_err *err);
	int	(*stat)(void *ctx, const char *path, struct gw_fs_stat *out); /* 0, GW_ENOENT... */
	/*
	 * Call each(arg, name) for every entry but . and .., sorted by name. Stops when it returns
	 * non-zero, and returns that. The folder may be changed meanwhile.
	 */
	int	(*list)(void *ctx, const char *path, int (*each)(void *arg, const char *name),
		    void *arg);
	/* An exclusive lock for the life of the process. Handle to close, or GW_EBUSY. */
	int	(*lock)(void *ctx, const char *path, struct gw_err *err);
	int64_t	(*free_bytes)(void *ctx, const char *path);	/* of the file system; -1 unknown */
};

struct gw_alloc;
struct gw_buf;

/* Whole files. Read appends to out (whose max is the limit). 0 or GW_E*, err names the path. */
int	gw_fs_read_file(struct gw_fs *fs, const char *path, struct gw_buf *out, struct gw_err *err);
/*
 * Write beside it (path + ".tmp"), sync, rename over it, sync the folder: after a crash it is the
 * old or the new, never half.
 */
int	gw_fs_replace(struct gw_fs *fs, const char *path, struct gw_slice data, struct gw_err *err);
/* rm -r. Missing is fine; a symbolic link is removed, never followed. */
int	gw_fs_remove_tree(struct gw_fs *fs, const char *path, struct gw_err *err);

/* Files of the kernel. With a worker, one thread runs fdatasync; without, sync() runs in place. */
struct gw_fs	*gw_fs_posix_new(bool worker, struct gw_err *err);
void		 gw_fs_posix_free(struct gw_fs *fs);

#endif

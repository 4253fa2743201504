/* SPDX-License-Identifier: MIT
 *
 * base/fs_posix.c - the kernel's files: the only file that calls file functions or starts a thread.
 *
 * The worker does nothing but fdatasync and close. All else, every allocation included, happens in
 * the thread that owns the gw_fs. A sync is a node that moves waiting -> running -> done; all nodes
 * of one file that wait when the worker comes round share one fdatasync. A file closed with syncs
 * on their way is really closed by the worker behind them, so that its number cannot come to mean
 * another file meanwhile.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"

#define PATH_LEN_MAX 4096

struct node {
	struct node	*next;
	uint64_t	 token;
	int		 fd, result;
	bool		 close;		/* not a sync: the end of fd */
};

struct list {
	struct node	*first, **end;
};

struct posix_fs {
	struct gw_fs	 fs;
	struct gw_alloc	 alloc;
	struct node	*spare;		/* of the owner */
	int		 wake[2];	/* a byte is in it while done is not empty */
	bool		 worker;
	pthread_t	 thread;
	pthread_mutex_t	 lock;		/* what follows */
	pthread_cond_t	 work, idle;	/* for the worker; for an owner out of memory */
	struct list	 waiting, running, done;
	bool		 stop;
};

static void
list_init(struct list *l)
{
	l->first = NULL;
	l->end = &l->first;
}

static void
list_add(struct list *l, struct node *n)
{
	n->next = NULL;
	*l->end = n;
	l->end = &n->next;
}

static struct node *
list_take(struct list *l)
{
	struct node *n = l->first;

	if (n == NULL)
		return NULL;
	l->first = n->next;
	if (l->first == NULL)
		l->end = &l->first;
	return n;
}

static bool
list_has(const struct list *l, int fd)
{
	for (const struct node *n = l->first; n != NULL; n = n->next)
		if (n->fd == fd)
			return true;
	return false;
}

/* ---- the kernel's part of a sync ---- */

static int
sync_data(int fd)
{
	int rc;

	do {
#if defined(__APPLE__)
		rc = fcntl(fd, F_FULLFSYNC);	/* fsync() leaves it in the drive's cache */
#else
		rc = fdatasync(fd);
#endif
	} while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : gw_err_from_errno(errno);
}

static int
sync_all(int fd)
{
	int rc;

	do {
#if defined(__APPLE__)
		rc = fcntl(fd, F_FULLFSYNC);
#else
		rc = fsync(fd);
#endif
	} while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : gw_err_from_errno(errno);
}

/* ---- the worker ---- */

/* Move every waiting sync of fd to running, in order. */
static void
take_same(struct posix_fs *p, int fd)
{
	struct list rest;
	struct node *n;

	list_init(&rest);
	while ((n = list_take(&p->waiting)) != NULL)
		list_add(n->fd == fd && !n->close ? &p->running : &rest, n);
	list_init(&p->waiting);
	while ((n = list_take(&rest)) != NULL)
		list_add(&p->waiting, n);
}

static void
finish_running(struct posix_fs *p, int result)
{
	bool was_empty = p->done.first == NULL;
	struct node *n;

	while ((n = list_take(&p->running)) != NULL) {
		n->result = result;
		list_add(&p->done, n);
	}
	/* The pipe is empty now and no signal comes to this thread, so the byte always fits. */
	if (was_empty)
		(void)!write(p->wake[1], "", 1);
	(void)pthread_cond_broadcast(&p->idle);
}

static void *
worker_main(void *arg)
{
	struct posix_fs *p = arg;
	struct node *n;
	int fd, result;

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->waiting.first == NULL && !p->stop)
			(void)pthread_cond_wait(&p->work, &p->lock);
		n = p->waiting.first;
		if (n == NULL)
			break;
		fd = n->fd;
		if (n->close) {
			/* The node goes back to the owner over done, as it alone may free. */
			(void)close(fd);
			list_add(&p->running, list_take(&p->waiting));
			finish_running(p, 0);
			continue;
		}
		take_same(p, fd);
		(void)pthread_mutex_unlock(&p->lock);
		result = sync_data(fd);
		(void)pthread_mutex_lock(&p->lock);
		finish_running(p, result);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

static int
start_worker(struct posix_fs *p)
{
	sigset_t all, old;
	int rc;

	/* Signals belong to the program's own thread. */
	(void)sigfillset(&all);
	rc = pthread_sigmask(SIG_SETMASK, &all, &old);
	if (rc != 0)
		return rc;
	rc = pthread_create(&p->thread, NULL, worker_main, p);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		p->worker = true;
	return rc;
}

static void
stop_worker(struct posix_fs *p)
{
	if (!p->worker)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->stop = true;
	(void)pthread_cond_signal(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
}

/* ---- the owner's side of syncs ---- */

static struct node *
new_node(struct posix_fs *p)
{
	struct node *n = p->spare;

	if (n == NULL)
		return gw_alloc_zero(&p->alloc, 1, sizeof(*n));
	p->spare = n->next;
	*n = (struct node){ .next = NULL };
	return n;
}

static int
posix_sync(void *ctx, int h, uint64_t token)
{
	struct posix_fs *p = ctx;
	struct node *n = new_node(p);

	if (n == NULL)
		return GW_ENOMEM;
	n->fd = h;
	n->token = token;
	if (!p->worker) {
		n->result = sync_data(h);
		list_add(&p->done, n);
		return 0;
	}
	(void)pthread_mutex_lock(&p->lock);
	list_add(&p->waiting, n);
	(void)pthread_cond_signal(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	return 0;
}

static struct node *
take_done(struct posix_fs *p)
{
	struct node *n;
	char byte;

	if (!p->worker)
		return list_take(&p->done);
	(void)pthread_mutex_lock(&p->lock);
	n = list_take(&p->done);
	if (n != NULL && p->done.first == NULL)
		(void)!read(p->wake[0], &byte, 1);
	(void)pthread_mutex_unlock(&p->lock);
	return n;
}

static int
posix_synced(void *ctx, struct gw_synced *out)
{
	struct posix_fs *p = ctx;
	struct node *n;

	while ((n = take_done(p)) != NULL) {
		n->next = p->spare;
		p->spare = n;
		if (!n->close) {
			*out = (struct gw_synced){ n->token, n->result };
			return 1;
		}
	}
	return 0;
}

static int
posix_sync_fd(void *ctx)
{
	struct posix_fs *p = ctx;

	return p->worker ? p->wake[0] : -1;
}

static int
posix_sync_now(void *ctx, int h)
{
	(void)ctx;
	return sync_all(h);
}

static void
posix_close(void *ctx, int h)
{
	struct posix_fs *p = ctx;
	struct node *n;

	if (h < 0)
		return;
	if (!p->worker) {
		(void)close(h);
		return;
	}
	(void)pthread_mutex_lock(&p->lock);
	if (list_has(&p->waiting, h) || list_has(&p->running, h)) {
		n = new_node(p);
		if (n != NULL) {
			n->fd = h;
			n->close = true;
			list_add(&p->waiting, n);
			(void)pthread_mutex_unlock(&p->lock);
			return;
		}
		while (list_has(&p->waiting, h) || list_has(&p->running, h))
			(void)pthread_cond_wait(&p->idle, &p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
	(void)close(h);
}

/* ---- bytes ---- */

static int
posix_open(void *ctx, const char *path, unsigned flags, struct gw_err *err)
{
	int mode = (flags & GW_FS_WRITE) == 0 ? O_RDONLY :
	    (flags & GW_FS_READ) == 0 ? O_WRONLY : O_RDWR;
	int fd;

	(void)ctx;
	mode |= (flags & GW_FS_CREATE) != 0 ? O_CREAT : 0;
	mode |= (flags & GW_FS_EXCL) != 0 ? O_EXCL : 0;
	mode |= (flags & GW_FS_TRUNC) != 0 ? O_TRUNC : 0;
	do
		fd = open(path, mode | O_CLOEXEC, (flags & GW_FS_PRIVATE) != 0 ? 0600 : 0666);
	while (fd < 0 && errno == EINTR);
	return fd >= 0 ? fd : gw_err_sys(err, errno, "%s", path);
}

static ssize_t
posix_pread(void *ctx, int h, void *buf, size_t len, int64_t at)
{
	size_t done = 0;
	ssize_t n;

	(void)ctx;
	while (done < len) {
		n = pread(h, (char *)buf + done, len - done, (off_t)(at + (int64_t)done));
		if (n < 0 && errno == ESPIPE)	/* a pipe given as a file name, read in order */
			n = read(h, (char *)buf + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gw_err_from_errno(errno);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static ssize_t
posix_pwrite(void *ctx, int h, const void *buf, size_t len, int64_t at)
{
	size_t done = 0;
	ssize_t n;

	(void)ctx;
	while (done < len) {
		n = pwrite(h, (const char *)buf + done, len - done, (off_t)(at + (int64_t)done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && done == 0)
			return gw_err_from_errno(errno);
		if (n <= 0)
			break;		/* the next call says why */
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int64_t
posix_size(void *ctx, int h)
{
	struct stat st;

	(void)ctx;
	return fstat(h, &st) == 0 ? (int64_t)st.st_size : gw_err_from_errno(errno);
}

static int
posix_truncate(void *ctx, int h, int64_t len)
{
	int rc;

	(void)ctx;
	do
		rc = ftruncate(h, (off_t)len);
	while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : gw_err_from_errno(errno);
}

/* ---- names ---- */

static int
posix_sync_dir(void *ctx, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	(void)ctx;
	if (fd < 0)
		return gw_err_from_errno(errno);
	rc = sync_all(fd);
	(void)close(fd);
	/* Some file systems have nothing to do here and say so. */
	return rc == GW_EINVAL || rc == GW_EUNSUPPORTED ? 0 : rc;
}

static int
posix_rename(void *ctx, const char *from, const char *to, struct gw_err *err)
{
	(void)ctx;
	return rename(from, to) == 0 ? 0 : gw_err_sys(err, errno, "renaming %s to %s", from, to);
}

static int
posix_remove(void *ctx, const char *path)
{
	(void)ctx;
	return remove(path) == 0 ? 0 : gw_err_from_errno(errno);
}

static int
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
posix_mkdir(void *ctx, const char *path, struct gw_err *err)
{
	char part[PATH_LEN_MAX];
	size_t len = strlen(path);

	(void)ctx;
	if (len == 0 || len >= sizeof(part))
		return gw_err_set(err, GW_EINVAL, "%s: the path is empty or too long", path);
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0777) != 0) {
			int saved = errno;

			/* Not only EEXIST: a read-only parent that is there answers otherwise. */
			if (!is_dir(part))
				return gw_err_sys(err, saved, "%s", part);
		}
		part[i] = path[i];
	}
	return 0;
}

static int
posix_stat(void *ctx, const char *path, struct gw_fs_stat *out)
{
	struct stat st;

	(void)ctx;
	if (stat(path, &st) != 0)
		return gw_err_from_errno(errno);
	out->size = (int64_t)st.st_size;
#if defined(__APPLE__)
	out->mtime_ms = (int64_t)st.st_mtimespec.tv_sec * 1000 + st.st_mtimespec.tv_nsec / 1000000;
#else
	out->mtime_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
#endif
	out->is_dir = S_ISDIR(st.st_mode);
	return 0;
}

struct names {
	char	**v;
	size_t	 n, cap;
};

static int
read_names(struct posix_fs *p, DIR *dir, struct names *names)
{
	const struct dirent *e;
	void *v;

	for (;;) {
		errno = 0;
		e = readdir(dir);
		if (e == NULL)
			return errno == 0 ? 0 : gw_err_from_errno(errno);
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		v = names->v;
		if (gw_alloc_room(&p->alloc, &v, &names->cap, names->n, sizeof(*names->v)) != 0)
			return GW_ENOMEM;
		names->v = v;
		names->v[names->n] = gw_alloc_str(&p->alloc, gw_str(e->d_name));
		if (names->v[names->n] == NULL)
			return GW_ENOMEM;
		names->n++;
	}
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
posix_list(void *ctx, const char *path, int (*each)(void *arg, const char *name), void *arg)
{
	struct names names = { NULL, 0, 0 };
	struct posix_fs *p = ctx;
	DIR *dir = opendir(path);
	int rc;

	if (dir == NULL)
		return gw_err_from_errno(errno);
	rc = read_names(p, dir, &names);
	(void)closedir(dir);
	if (rc == 0 && names.n > 0)
		qsort(names.v, names.n, sizeof(*names.v), compare_names);
	for (size_t i = 0; i < names.n && rc == 0; i++)
		rc = each(arg, names.v[i]);
	for (size_t i = 0; i < names.n; i++)
		gw_alloc_free(&p->alloc, names.v[i]);
	gw_alloc_free(&p->alloc, names.v);
	return rc;
}

/* Says who holds it, if the holder wrote its number into the file. */
static int
lock_taken(int fd, const char *path, struct gw_err *err)
{
	char text[24];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	for (ssize_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			n = i;
	if (n > 0)
		return gw_err_set(err, GW_EBUSY, "%s: locked by process %.*s", path, (int)n, text);
	return gw_err_set(err, GW_EBUSY, "%s: locked by another process", path);
}

static int
posix_lock(void *ctx, const char *path, struct gw_err *err)
{
	int fd = posix_open(ctx, path, GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE, err), rc;
	char text[24];
	int len;

	if (fd < 0)
		return fd;
	/* flock, not fcntl: closing any other descriptor of the file would drop the latter. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		rc = errno == EWOULDBLOCK ? lock_taken(fd, path, err) :
		    gw_err_sys(err, errno, "%s", path);
		(void)close(fd);
		return rc;
	}
	/* Only for the message above, so a full disk does not matter. */
	len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, text, (size_t)len, 0);
	return fd;
}

static int64_t
posix_free_bytes(void *ctx, const char *path)
{
	struct statvfs st;

	(void)ctx;
	if (statvfs(path, &st) != 0)
		return -1;
	return (int64_t)st.f_bavail * (int64_t)st.f_frsize;
}

/* ---- life ---- */

static const struct gw_fs table = {
	.open = posix_open,
	.close = posix_close,
	.pread = posix_pread,
	.pwrite = posix_pwrite,
	.size = posix_size,
	.truncate = posix_truncate,
	.sync = posix_sync,
	.synced = posix_synced,
	.sync_fd = posix_sync_fd,
	.sync_now = posix_sync_now,
	.sync_dir = posix_sync_dir,
	.rename = posix_rename,
	.remove = posix_remove,
	.mkdir = posix_mkdir,
	.stat = posix_stat,
	.list = posix_list,
	.lock = posix_lock,
	.free_bytes = posix_free_bytes,
};

static int
open_pipe(struct posix_fs *p)
{
	if (pipe(p->wake) != 0) {
		p->wake[0] = p->wake[1] = -1;
		return errno;
	}
	for (int i = 0; i < 2; i++)
		if (fcntl(p->wake[i], F_SETFD, FD_CLOEXEC) < 0 ||
		    fcntl(p->wake[i], F_SETFL, O_NONBLOCK) < 0)
			return errno;
	return 0;
}

struct gw_fs *
gw_fs_posix_new(bool worker, struct gw_err *err)
{
	struct gw_alloc libc = gw_alloc_libc(0);
	struct posix_fs *p = gw_alloc_zero(&libc, 1, sizeof(*p));
	int rc = 0;

	if (p == NULL) {
		(void)gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	p->alloc = libc;
	p->fs = table;
	p->fs.ctx = p;
	p->wake[0] = p->wake[1] = -1;
	list_init(&p->waiting);
	list_init(&p->running);
	list_init(&p->done);
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	(void)pthread_cond_init(&p->idle, NULL);
	if (worker) {
		rc = open_pipe(p);
		if (rc == 0)
			rc = start_worker(p);
	}
	if (rc != 0) {
		(void)gw_err_sys(err, rc, "starting the sync thread");
		gw_fs_posix_free(&p->fs);
		return NULL;
	}
	return &p->fs;
}

void
gw_fs_posix_free(struct gw_fs *fs)
{
	struct posix_fs *p;
	struct gw_alloc alloc;
	struct node *n;

	if (fs == NULL)
		return;
	p = fs->ctx;
	stop_worker(p);		/* after its queue: a sync once begun is carried out */
	while ((n = list_take(&p->done)) != NULL)
		gw_alloc_free(&p->alloc, n);
	for (; p->spare != NULL; p->spare = n) {
		n = p->spare->next;
		gw_alloc_free(&p->alloc, p->spare);
	}
	(void)pthread_cond_destroy(&p->idle);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_mutex_destroy(&p->lock);
	for (int i = 0; i < 2; i++)
		if (p->wake[i] >= 0)
			(void)close(p->wake[i]);
	alloc = p->alloc;
	gw_alloc_free(&alloc, p);
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/support/mem_fs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define SECTOR		512
#define HANDLES_MAX	4096

/* One unsynced change of a file. */
struct change {
	int64_t		 at;		/* offset; for a truncate the new length */
	size_t		 len;
	uint8_t		*data;		/* NULL: truncate */
	uint64_t	 seq;
};

struct inode {
	uint8_t		*live, *durable;
	int64_t		 live_len, durable_len;
	struct change	*changes;
	size_t		 n_changes, cap_changes;
	unsigned	 refs;
	bool		 is_dir;
};

struct name {
	char		*path;
	struct inode	*inode;
};

struct names {
	struct name	*v;
	size_t		 n, cap;
};

/* A change of names, not yet durable. */
struct journal_entry {
	char		*from, *to;	/* link: to; unlink: from; rename: both */
	struct inode	*inode;		/* of a link */
};

struct pending_sync {
	uint64_t	 token;
	int64_t		 due_us;
	struct inode	*inode;
	uint64_t	 seq;		/* changes up to here */
	int		 result;
};

struct handle {
	struct inode	*inode;		/* NULL: free */
	unsigned	 flags;
	char		*lock;		/* a lock's path, NULL: a file */
};

struct mem_fs {
	struct gw_fs		 seam;
	struct gw_rng		 rng;
	struct names		 live, durable;
	struct journal_entry	*journal;
	size_t			 n_journal, cap_journal;
	struct pending_sync	*syncs;
	size_t			 n_syncs, cap_syncs;
	struct handle		 handles[HANDLES_MAX];
	const int64_t		*now_us;
	int64_t			 delay_min_us, delay_max_us;
	int64_t			 capacity;
	uint64_t		 seq, calls, fail_at;
	int			 fail_code;
};

static void *
must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

static char *
copy_str(const char *s)
{
	return strcpy(must(malloc(strlen(s) + 1)), s);
}

static void *
grown(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap == 0 ? 16 : *cap * 2;
	return must(realloc(v, *cap * size));
}

/* ---- inodes and their changes ---- */

static void
set_len(uint8_t **bytes, int64_t *len, int64_t want)
{
	size_t had = (size_t)*len, has = (size_t)want;

	*bytes = must(realloc(*bytes, has + 1));
	if (has > had)
		memset(*bytes + had, 0, has - had);
	*len = want;
}

static void
put_bytes(uint8_t **bytes, int64_t *len, int64_t at, const uint8_t *data, size_t n)
{
	if (at + (int64_t)n > *len)
		set_len(bytes, len, at + (int64_t)n);
	memcpy(*bytes + at, data, n);
}

static void
change_apply(struct inode *i, const struct change *c)
{
	if (c->data == NULL)
		set_len(&i->durable, &i->durable_len, c->at);
	else
		put_bytes(&i->durable, &i->durable_len, c->at, c->data, c->len);
}

static void
change_record(struct mem_fs *m, struct inode *i, int64_t at, const void *data, size_t len)
{
	struct change *c;

	i->changes = grown(i->changes, i->n_changes, &i->cap_changes, sizeof(*c));
	c = &i->changes[i->n_changes++];
	*c = (struct change){ .at = at, .len = len, .seq = ++m->seq };
	if (data != NULL) {
		c->data = must(malloc(len + 1));
		memcpy(c->data, data, len);
	}
}

/* Changes up to seq become durable. */
static void
changes_sync(struct inode *i, uint64_t seq)
{
	size_t k, kept = 0;

	for (k = 0; k < i->n_changes; k++) {
		if (i->changes[k].seq > seq) {
			i->changes[kept++] = i->changes[k];
			continue;
		}
		change_apply(i, &i->changes[k]);
		free(i->changes[k].data);
	}
	i->n_changes = kept;
}

static void
change_tear(struct mem_fs *m, struct inode *i, const struct change *c)
{
	size_t at, n;

	for (at = 0; at < c->len; at += n) {
		n = SECTOR - (size_t)((c->at + (int64_t)at) % SECTOR);
		if (n > c->len - at)
			n = c->len - at;
		if (gw_rng_below(&m->rng, 2) == 0)
			put_bytes(&i->durable, &i->durable_len, c->at + (int64_t)at, c->data + at,
			    n);
	}
}

static void
inode_crash(struct mem_fs *m, struct inode *i)
{
	size_t k;

	for (k = 0; k < i->n_changes; k++) {
		struct change *c = &i->changes[k];

		switch (gw_rng_below(&m->rng, 3)) {
		case 0:
			change_apply(i, c);
			break;
		case 1:
			if (c->data != NULL)
				change_tear(m, i, c);
			break;
		default:
			break;
		}
		free(c->data);
	}
	i->n_changes = 0;
	set_len(&i->live, &i->live_len, i->durable_len);
	if (i->durable_len > 0)
		memcpy(i->live, i->durable, (size_t)i->durable_len);
}

static void
inode_release(struct inode *i)
{
	size_t k;

	if (i == NULL || --i->refs > 0)
		return;
	for (k = 0; k < i->n_changes; k++)
		free(i->changes[k].data);
	free(i->changes);
	free(i->live);
	free(i->durable);
	free(i);
}

static struct inode *
inode_new(bool is_dir)
{
	struct inode *i = must(calloc(1, sizeof(*i)));

	i->is_dir = is_dir;
	i->live = must(malloc(1));
	i->durable = must(malloc(1));
	return i;
}

/* ---- names ---- */

static struct name *
name_find(struct names *ns, const char *path)
{
	size_t k;

	for (k = 0; k < ns->n; k++)
		if (strcmp(ns->v[k].path, path) == 0)
			return &ns->v[k];
	return NULL;
}

static void
name_drop(struct names *ns, const char *path)
{
	struct name *e = name_find(ns, path);

	if (e == NULL)
		return;
	inode_release(e->inode);
	free(e->path);
	*e = ns->v[--ns->n];
}

static void
name_put(struct names *ns, const char *path, struct inode *i)
{
	i->refs++;
	name_drop(ns, path);
	ns->v = grown(ns->v, ns->n, &ns->cap, sizeof(*ns->v));
	ns->v[ns->n++] = (struct name){ copy_str(path), i };
}

static void
name_move(struct names *ns, const char *from, const char *to)
{
	struct name *e = name_find(ns, from);
	struct inode *i;

	if (e == NULL)
		return;
	i = e->inode;
	i->refs++;
	name_drop(ns, from);
	name_put(ns, to, i);
	inode_release(i);
}

static void
journal_apply(struct names *ns, const struct journal_entry *j)
{
	if (j->from != NULL && j->to != NULL)
		name_move(ns, j->from, j->to);
	else if (j->from != NULL)
		name_drop(ns, j->from);
	else
		name_put(ns, j->to, j->inode);
}

static void
journal_put(struct mem_fs *m, const char *from, const char *to, struct inode *inode)
{
	struct journal_entry *j;

	m->journal = grown(m->journal, m->n_journal, &m->cap_journal, sizeof(*j));
	j = &m->journal[m->n_journal++];
	j->from = from == NULL ? NULL : copy_str(from);
	j->to = to == NULL ? NULL : copy_str(to);
	j->inode = inode;
	if (inode != NULL)
		inode->refs++;
	journal_apply(&m->live, j);
}

/* The first n entries become durable. */
static void
journal_commit(struct mem_fs *m, size_t n, bool keep_rest)
{
	size_t k;

	for (k = 0; k < m->n_journal; k++) {
		struct journal_entry *j = &m->journal[k];

		if (k < n)
			journal_apply(&m->durable, j);
		else if (keep_rest)
			continue;
		free(j->from);
		free(j->to);
		inode_release(j->inode);
	}
	m->n_journal = keep_rest ? m->n_journal - n : 0;
	if (m->n_journal > 0)
		memmove(m->journal, m->journal + n, m->n_journal * sizeof(*m->journal));
}

static bool
is_child(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	/* of "/" nothing is left, and every path begins with it */
	while (n > 0 && dir[n - 1] == '/')
		n--;
	return path != NULL && strncmp(path, dir, n) == 0 && path[n] == '/' &&
	    strchr(path + n + 1, '/') == NULL;
}

/* ---- faults ---- */

static int
trouble(struct mem_fs *m)
{
	m->calls++;
	if (m->fail_at != 0 && --m->fail_at == 0)
		return m->fail_code;
	return 0;
}

static int64_t
bytes_used(const struct mem_fs *m)
{
	int64_t sum = 0;
	size_t k;

	for (k = 0; k < m->live.n; k++)
		sum += m->live.v[k].inode->live_len;
	return sum;
}

/* ---- the seam ---- */

static int
handle_new(struct mem_fs *m, struct inode *i, unsigned flags)
{
	int h;

	for (h = 0; h < HANDLES_MAX; h++) {
		if (m->handles[h].inode == NULL) {
			i->refs++;
			m->handles[h] = (struct handle){ .inode = i, .flags = flags };
			return h;
		}
	}
	return GW_ELIMIT;
}

static struct inode *
handle_inode(struct mem_fs *m, int h)
{
	assert(h >= 0 && h < HANDLES_MAX && m->handles[h].inode != NULL);
	return m->handles[h].inode;
}

static int
fs_open(void *ctx, const char *path, unsigned flags, struct gw_err *err)
{
	struct mem_fs *m = ctx;
	struct name *e = name_find(&m->live, path);
	int rc = trouble(m);

	if (rc != 0)
		return gw_err_set(err, rc, "%s: made to fail", path);
	if (e != NULL && (flags & GW_FS_CREATE) && (flags & GW_FS_EXCL))
		return gw_err_set(err, GW_EEXIST, "%s: exists", path);
	if (e == NULL && !(flags & GW_FS_CREATE))
		return gw_err_set(err, GW_ENOENT, "%s: no such file", path);
	if (e == NULL) {
		journal_put(m, NULL, path, inode_new(false));
		e = name_find(&m->live, path);
	}
	if (e->inode->is_dir)
		return gw_err_set(err, GW_EINVAL, "%s: a folder", path);
	if ((flags & GW_FS_TRUNC) && e->inode->live_len > 0) {
		change_record(m, e->inode, 0, NULL, 0);
		set_len(&e->inode->live, &e->inode->live_len, 0);
	}
	return handle_new(m, e->inode, flags);
}

static void
fs_close(void *ctx, int h)
{
	struct mem_fs *m = ctx;
	struct inode *i = handle_inode(m, h);

	free(m->handles[h].lock);
	m->handles[h] = (struct handle){ 0 };
	inode_release(i);
}

static ssize_t
fs_pread(void *ctx, int h, void *buf, size_t len, int64_t at)
{
	struct mem_fs *m = ctx;
	struct inode *i = handle_inode(m, h);
	int rc = trouble(m);

	if (rc != 0)
		return rc;
	if (at >= i->live_len)
		return 0;
	if ((int64_t)len > i->live_len - at)
		len = (size_t)(i->live_len - at);
	memcpy(buf, i->live + at, len);
	return (ssize_t)len;
}

static ssize_t
fs_pwrite(void *ctx, int h, const void *buf, size_t len, int64_t at)
{
	struct mem_fs *m = ctx;
	struct inode *i = handle_inode(m, h);
	int rc = trouble(m);

	if (rc != 0)
		return rc;
	if (m->capacity >= 0 && at + (int64_t)len > i->live_len) {
		int64_t room = m->capacity - bytes_used(m) + i->live_len - at;

		if (room <= 0)
			return GW_ENOSPC;
		if ((int64_t)len > room)
			len = (size_t)room;
	}
	change_record(m, i, at, buf, len);
	put_bytes(&i->live, &i->live_len, at, buf, len);
	return (ssize_t)len;
}

static int64_t
fs_size(void *ctx, int h)
{
	return handle_inode(ctx, h)->live_len;
}

static int
fs_truncate(void *ctx, int h, int64_t len)
{
	struct mem_fs *m = ctx;
	struct inode *i = handle_inode(m, h);
	int rc = trouble(m);

	if (rc != 0)
		return rc;
	change_record(m, i, len, NULL, 0);
	set_len(&i->live, &i->live_len, len);
	return 0;
}

static int
fs_sync(void *ctx, int h, uint64_t token)
{
	struct mem_fs *m = ctx;
	struct inode *i = handle_inode(m, h);
	struct pending_sync *s;
	int64_t delay = 0;

	if (m->now_us != NULL)
		delay = m->delay_min_us + (int64_t)gw_rng_below(&m->rng,
		    (uint64_t)(m->delay_max_us - m->delay_min_us + 1));
	m->syncs = grown(m->syncs, m->n_syncs, &m->cap_syncs, sizeof(*s));
	s = &m->syncs[m->n_syncs++];
	i->refs++;
	*s = (struct pending_sync){ .token = token, .inode = i, .seq = m->seq, .result = trouble(m),
	    .due_us = m->now_us == NULL ? 0 : *m->now_us + delay };
	return 0;
}

static int
fs_synced(void *ctx, struct gw_synced *out)
{
	struct mem_fs *m = ctx;
	size_t k;

	for (k = 0; k < m->n_syncs; k++) {
		struct pending_sync s = m->syncs[k];

		if (m->now_us != NULL && s.due_us > *m->now_us)
			continue;
		memmove(&m->syncs[k], &m->syncs[k + 1], (m->n_syncs - k - 1) * sizeof(s));
		m->n_syncs--;
		if (s.result == 0)
			changes_sync(s.inode, s.seq);
		inode_release(s.inode);
		*out = (struct gw_synced){ s.token, s.result };
		return 1;
	}
	return 0;
}

static int
fs_sync_fd(void *ctx)
{
	(void)ctx;
	return MEM_FS_SYNC_HANDLE;
}

static int
fs_sync_now(void *ctx, int h)
{
	struct mem_fs *m = ctx;
	int rc = trouble(m);

	if (rc == 0)
		changes_sync(handle_inode(m, h), m->seq);
	return rc;
}

static int
fs_sync_dir(void *ctx, const char *path)
{
	struct mem_fs *m = ctx;
	size_t k, n = 0;
	int rc = trouble(m);

	if (rc != 0)
		return rc;
	for (k = 0; k < m->n_journal; k++)
		if (is_child(m->journal[k].from, path) || is_child(m->journal[k].to, path))
			n = k + 1;
	journal_commit(m, n, true);
	return 0;
}

static int
fs_rename(void *ctx, const char *from, const char *to, struct gw_err *err)
{
	struct mem_fs *m = ctx;
	struct name *e = name_find(&m->live, from);
	size_t k, n = strlen(from);
	int rc = trouble(m);

	if (rc != 0)
		return gw_err_set(err, rc, "%s: made to fail", from);
	if (e == NULL)
		return gw_err_set(err, GW_ENOENT, "%s: no such file", from);
	if (e->inode->is_dir) {		/* its children move along */
		for (k = 0; k < m->live.n; k++) {
			char *child = m->live.v[k].path, *moved;

			if (strncmp(child, from, n) != 0 || child[n] != '/')
				continue;
			child = copy_str(child);
			moved = must(malloc(strlen(to) + strlen(child) + 1));
			strcat(strcpy(moved, to), child + n);
			journal_put(m, child, moved, NULL);
			free(child);
			free(moved);
			k = (size_t)-1;		/* the table moved: begin again */
		}
	}
	journal_put(m, from, to, NULL);
	return 0;
}

static bool
has_children(const struct mem_fs *m, const char *path)
{
	size_t k;

	for (k = 0; k < m->live.n; k++)
		if (is_child(m->live.v[k].path, path))
			return true;
	return false;
}

static int
fs_remove(void *ctx, const char *path)
{
	struct mem_fs *m = ctx;
	struct name *e = name_find(&m->live, path);
	int rc = trouble(m);

	if (rc != 0)
		return rc;
	if (e == NULL)
		return GW_ENOENT;
	if (e->inode->is_dir && has_children(m, path))
		return GW_EBUSY;
	journal_put(m, path, NULL, NULL);
	return 0;
}

static int
fs_mkdir(void *ctx, const char *path, struct gw_err *err)
{
	struct mem_fs *m = ctx;
	char *part = copy_str(path), *p;
	int rc = trouble(m);

	for (p = part + 1; rc == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (name_find(&m->live, part) == NULL)
			journal_put(m, NULL, part, inode_new(true));
		*p = c;
		if (c == '\0')
			break;
	}
	free(part);
	return rc == 0 ? 0 : gw_err_set(err, rc, "%s: made to fail", path);
}

static int
fs_stat(void *ctx, const char *path, struct gw_fs_stat *out)
{
	struct mem_fs *m = ctx;
	const struct name *e = name_find(&m->live, path);

	if (e == NULL)
		return GW_ENOENT;
	*out = (struct gw_fs_stat){ .size = e->inode->live_len, .is_dir = e->inode->is_dir };
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
fs_list(void *ctx, const char *path, int (*each)(void *arg, const char *name), void *arg)
{
	struct mem_fs *m = ctx;
	char **found;
	size_t k, n = 0;
	int rc = trouble(m);

	if (rc != 0)
		return rc;
	if (name_find(&m->live, path) == NULL)
		return GW_ENOENT;
	found = must(malloc((m->live.n + 1) * sizeof(*found)));
	for (k = 0; k < m->live.n; k++)
		if (is_child(m->live.v[k].path, path))
			found[n++] = copy_str(strrchr(m->live.v[k].path, '/') + 1);
	qsort(found, n, sizeof(*found), by_text);
	for (k = 0; k < n && rc == 0; k++)
		rc = each(arg, found[k]);
	for (k = 0; k < n; k++)
		free(found[k]);
	free(found);
	return rc;
}

static int
fs_lock(void *ctx, const char *path, struct gw_err *err)
{
	struct mem_fs *m = ctx;
	int h;

	for (h = 0; h < HANDLES_MAX; h++)
		if (m->handles[h].lock != NULL && strcmp(m->handles[h].lock, path) == 0)
			return gw_err_set(err, GW_EBUSY, "%s: locked by another", path);
	h = fs_open(ctx, path, GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE, err);
	if (h >= 0)
		m->handles[h].lock = copy_str(path);
	return h;
}

static int64_t
fs_free_bytes(void *ctx, const char *path)
{
	struct mem_fs *m = ctx;

	(void)path;
	return m->capacity < 0 ? -1 : m->capacity - bytes_used(m);
}

/* ---- for the test ---- */

struct mem_fs *
mem_fs_new(uint64_t seed)
{
	struct mem_fs *m = must(calloc(1, sizeof(*m)));

	gw_rng_seed(&m->rng, seed);
	m->capacity = -1;
	name_put(&m->live, "/", inode_new(true));
	name_put(&m->durable, "/", name_find(&m->live, "/")->inode);
	m->seam = (struct gw_fs){ .ctx = m, .open = fs_open, .close = fs_close, .pread = fs_pread,
	    .pwrite = fs_pwrite, .size = fs_size, .truncate = fs_truncate, .sync = fs_sync,
	    .synced = fs_synced, .sync_fd = fs_sync_fd, .sync_now = fs_sync_now,
	    .sync_dir = fs_sync_dir, .rename = fs_rename, .remove = fs_remove, .mkdir = fs_mkdir,
	    .stat = fs_stat, .list = fs_list, .lock = fs_lock, .free_bytes = fs_free_bytes };
	return m;
}

struct gw_fs *
mem_fs_seam(struct mem_fs *m)
{
	return &m->seam;
}

static void
drop_handles(struct mem_fs *m)
{
	int h;
	size_t k;

	for (h = 0; h < HANDLES_MAX; h++)
		if (m->handles[h].inode != NULL)
			fs_close(m, h);
	for (k = 0; k < m->n_syncs; k++)
		inode_release(m->syncs[k].inode);
	m->n_syncs = 0;
}

void
mem_fs_kill(struct mem_fs *m)
{
	drop_handles(m);
}

void
mem_fs_crash(struct mem_fs *m)
{
	size_t k;

	drop_handles(m);
	journal_commit(m, (size_t)gw_rng_below(&m->rng, m->n_journal + 1), false);
	while (m->live.n > 0)
		name_drop(&m->live, m->live.v[0].path);
	for (k = 0; k < m->durable.n; k++) {
		inode_crash(m, m->durable.v[k].inode);
		name_put(&m->live, m->durable.v[k].path, m->durable.v[k].inode);
	}
}

void
mem_fs_free(struct mem_fs *m)
{
	if (m == NULL)
		return;
	drop_handles(m);
	journal_commit(m, 0, false);
	while (m->live.n > 0)
		name_drop(&m->live, m->live.v[0].path);
	while (m->durable.n > 0)
		name_drop(&m->durable, m->durable.v[0].path);
	free(m->live.v);
	free(m->durable.v);
	free(m->journal);
	free(m->syncs);
	free(m);
}

void
mem_fs_clock(struct mem_fs *m, const int64_t *now_us, int64_t delay_min_us, int64_t delay_max_us)
{
	m->now_us = now_us;
	m->delay_min_us = delay_min_us;
	m->delay_max_us = delay_max_us;
}

int64_t
mem_fs_next_us(const struct mem_fs *m)
{
	int64_t next = INT64_MAX;
	size_t k;

	for (k = 0; k < m->n_syncs; k++)
		if (m->syncs[k].due_us < next)
			next = m->syncs[k].due_us;
	return next;
}

bool
mem_fs_sync_ready(const struct mem_fs *m)
{
	int64_t next = mem_fs_next_us(m);

	return next != INT64_MAX && (m->now_us == NULL || next <= *m->now_us);
}

void
mem_fs_capacity(struct mem_fs *m, int64_t bytes)
{
	m->capacity = bytes;
}

void
mem_fs_fail_at(struct mem_fs *m, uint64_t n, int code)
{
	m->fail_at = n;
	m->fail_code = code;
}

uint64_t
mem_fs_calls(const struct mem_fs *m)
{
	return m->calls;
}

int
mem_fs_flip(struct mem_fs *m, const char *path, int64_t byte, unsigned bit)
{
	struct name *e = name_find(&m->live, path);

	if (e == NULL || byte >= e->inode->live_len)
		return GW_ENOENT;
	e->inode->live[byte] ^= (uint8_t)(1u << bit);
	if (byte < e->inode->durable_len)
		e->inode->durable[byte] ^= (uint8_t)(1u << bit);
	return 0;
}

int
mem_fs_open_handles(const struct mem_fs *m)
{
	int h, n = 0;

	for (h = 0; h < HANDLES_MAX; h++)
		n += m->handles[h].inode != NULL;
	return n;
}

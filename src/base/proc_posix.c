/* SPDX-License-Identifier: MIT
 *
 * base/proc_posix.c - the kernel's processes: the only file that starts one. posix_spawn() rather
 * than fork(): nothing of ours runs between the two worlds, whatever threads there are.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct child {
	pid_t	pid;		/* 0: free */
	int	out, err;	/* our ends of its stdout and stderr */
};

struct posix_proc {
	struct gw_proc	 proc;
	struct gw_alloc	*alloc;
	struct child	 children[GW_PROC_CHILDREN_MAX];
};

struct pipes {
	int	out[2], err[2];
};

static struct child *
find(struct posix_proc *p, int h)
{
	for (size_t i = 0; i < GW_N(p->children); i++)
		if (p->children[i].pid != 0 && p->children[i].out == h)
			return &p->children[i];
	return NULL;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

static int
set_up(int fd, bool ours)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	return ours ? fcntl(fd, F_SETFL, O_NONBLOCK) : 0;
}

static int
open_pipes(struct pipes *p)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 } };
	if (pipe(p->out) != 0 || pipe(p->err) != 0 || set_up(p->out[0], true) < 0 ||
	    set_up(p->err[0], true) < 0 || set_up(p->out[1], false) < 0 ||
	    set_up(p->err[1], false) < 0)
		return errno;
	return 0;
}

/* A child begins with the signals as a shell would give them: ours are caught or ignored. */
static int
default_signals(posix_spawnattr_t *attr)
{
	sigset_t set, none;
	int rc;

	(void)sigemptyset(&none);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	if ((rc = posix_spawnattr_setsigdefault(attr, &set)) != 0 ||
	    (rc = posix_spawnattr_setsigmask(attr, &none)) != 0)
		return rc;
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int
spawn(pid_t *pid, const char *const *argv, const struct pipes *p)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	union {
		const char *const	*in;
		char *const		*out;	/* as POSIX has it: the strings stay as they are */
	} args = { .in = argv };
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc == 0) {
		if ((rc = default_signals(&attr)) == 0 &&
		    (rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY,
			 0)) == 0 &&
		    (rc = posix_spawn_file_actions_adddup2(&actions, p->out[1], 1)) == 0 &&
		    (rc = posix_spawn_file_actions_adddup2(&actions, p->err[1], 2)) == 0)
			rc = posix_spawnp(pid, argv[0], &actions, &attr, args.out, environ);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static int
posix_start(void *ctx, const char *const *argv, struct gw_err *err)
{
	struct posix_proc *p = ctx;
	struct child *c = NULL;
	struct pipes pipes;
	pid_t pid = 0;
	int rc;

	for (size_t i = 0; i < GW_N(p->children) && c == NULL; i++)
		if (p->children[i].pid == 0)
			c = &p->children[i];
	if (c == NULL)
		return gw_err_set(err, GW_ELIMIT, "%s: %d other programs are running already",
		    argv[0], GW_PROC_CHILDREN_MAX);
	rc = open_pipes(&pipes);
	if (rc == 0)
		rc = spawn(&pid, argv, &pipes);
	close_fd(pipes.out[1]);
	close_fd(pipes.err[1]);
	if (rc != 0) {
		close_fd(pipes.out[0]);
		close_fd(pipes.err[0]);
		return gw_err_sys(err, rc, "%s", argv[0]);
	}
	*c = (struct child){ .pid = pid, .out = pipes.out[0], .err = pipes.err[0] };
	return c->out;
}

static ssize_t
posix_read(void *ctx, int h, void *buf, size_t len)
{
	ssize_t n;

	(void)ctx;
	do
		n = read(h, buf, len);
	while (n < 0 && errno == EINTR);
	return n >= 0 ? n : gw_err_from_errno(errno);
}

/* The last line of what is there; nothing is waited for. */
static void
last_words(int fd, char *why, size_t cap)
{
	char buf[1024];
	ssize_t n = posix_read(NULL, fd, buf, sizeof(buf));
	size_t end = n > 0 ? (size_t)n : 0, begin;

	while (end > 0 && (buf[end - 1] == '\n' || buf[end - 1] == '\r'))
		end--;
	for (begin = end; begin > 0 && buf[begin - 1] != '\n'; begin--)
		;
	if (end - begin >= cap)
		end = begin + cap - 1;
	for (size_t i = begin; i < end; i++)
		why[i - begin] = (unsigned char)buf[i] < ' ' ? ' ' : buf[i];
	why[end - begin] = '\0';
}

static int
posix_end(void *ctx, int h, bool kill_it, struct gw_proc_end *out)
{
	struct posix_proc *p = ctx;
	struct child *c = find(p, h);
	int status = 0;
	pid_t rc;

	if (c == NULL)
		return GW_EINVAL;
	if (kill_it)
		(void)kill(c->pid, SIGKILL);
	do
		rc = waitpid(c->pid, &status, 0);
	while (rc < 0 && errno == EINTR);
	if (out != NULL) {
		out->code = rc < 0 ? 128 : WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status);
		last_words(c->err, out->why, sizeof(out->why));
	}
	close_fd(c->out);
	close_fd(c->err);
	c->pid = 0;
	return 0;
}

struct gw_proc *
gw_proc_posix_new(struct gw_alloc *alloc)
{
	struct posix_proc *p = gw_alloc_zero(alloc, 1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->alloc = alloc;
	p->proc = (struct gw_proc){ .ctx = p, .start = posix_start, .read = posix_read,
		.end = posix_end };
	return &p->proc;
}

void
gw_proc_posix_free(struct gw_proc *proc)
{
	struct posix_proc *p;

	if (proc == NULL)
		return;
	p = proc->ctx;
	for (size_t i = 0; i < GW_N(p->children); i++)
		if (p->children[i].pid != 0)
			(void)posix_end(p, p->children[i].out, true, NULL);
	gw_alloc_free(p->alloc, p);
}

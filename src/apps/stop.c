/* SPDX-License-Identifier: MIT
 *
 * apps/stop.c - SIGINT and SIGTERM as a flag and as a descriptor.
 *
 * A handler can reach nothing but statics, so these two are the program's only ones. The pipe is
 * for the signal that arrives after the flag was tested and before poll() sleeps.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t	stop_signal;
static int			stop_pipe[2] = { -1, -1 };

static void
on_signal(int sig)
{
	int saved = errno;
	ssize_t n;

	if (stop_signal != 0) {
		/* Delivered with the default action as soon as this handler returns. */
		signal(sig, SIG_DFL);
		raise(sig);
		return;
	}
	stop_signal = sig;
	n = write(stop_pipe[1], "", 1);
	(void)n;
	errno = saved;
}

static int
pipe_flags(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ? -1
											    : 0;
}

int
gw_app_catch_signals(struct gw_err *err)
{
	struct sigaction sa = { .sa_handler = on_signal };

	/* Without SA_RESTART: a write to a reader that does not read must come back. */
	sigemptyset(&sa.sa_mask);
	if (pipe(stop_pipe) != 0 || pipe_flags(stop_pipe[0]) != 0 ||
	    pipe_flags(stop_pipe[1]) != 0 || sigaction(SIGINT, &sa, NULL) != 0 ||
	    sigaction(SIGTERM, &sa, NULL) != 0)
		return gw_err_sys(err, errno, "cannot catch signals");
	sa.sa_handler = SIG_IGN;
	if (sigaction(SIGPIPE, &sa, NULL) != 0)
		return gw_err_sys(err, errno, "cannot ignore SIGPIPE");
	return 0;
}

int
gw_app_stop_signal(const struct gw_app *app)
{
	(void)app;
	return (int)stop_signal;
}

int
gw_app_stop_fd(void)
{
	return stop_pipe[0];
}

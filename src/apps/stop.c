/* SPDX-License-Identifier: MIT
 *
 * apps/stop.c - SIGINT, SIGTERM and SIGHUP as flags and as descriptors.
 *
 * A handler can reach nothing but statics, so these are the program's only ones. The pipes are
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
static volatile sig_atomic_t	hup_seen;
static int			hup_pipe[2] = { -1, -1 };

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

static void
on_hup(int sig)
{
	int saved = errno;
	ssize_t n;

	(void)sig;
	hup_seen = 1;
	n = write(hup_pipe[1], "", 1);	/* a full pipe has woken the loop already */
	(void)n;
	errno = saved;
}

int
gw_app_catch_hup(struct gw_err *err)
{
	struct sigaction sa = { .sa_handler = on_hup, .sa_flags = SA_RESTART };

	sigemptyset(&sa.sa_mask);
	if (hup_pipe[0] < 0 && (pipe(hup_pipe) != 0 || pipe_flags(hup_pipe[0]) != 0 ||
	    pipe_flags(hup_pipe[1]) != 0))
		return gw_err_sys(err, errno, "cannot catch SIGHUP");
	if (sigaction(SIGHUP, &sa, NULL) != 0)
		return gw_err_sys(err, errno, "cannot catch SIGHUP");
	return 0;
}

bool
gw_app_take_hup(void)
{
	char scratch[64];

	while (hup_pipe[0] >= 0 && read(hup_pipe[0], scratch, sizeof(scratch)) > 0)
		;
	if (hup_seen == 0)
		return false;
	hup_seen = 0;
	return true;
}

int
gw_app_hup_fd(void)
{
	return hup_pipe[0];
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

/* SPDX-License-Identifier: MIT
 *
 * apps/app.c - stdout, stderr, exit codes, where things are.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/app.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef GW_DATA_DIR
#define GW_DATA_DIR "/usr/local/share/gridwire/data"
#endif

#define OUT_BLOCK	65536
#define LINE_MAX_LEN	2048

static const struct {
	int	code, exit;
} exit_codes[] = {
	{ GW_ENOMEM,				GW_EXIT_FILE },
	{ GW_EAGAIN,				GW_EXIT_TIMEOUT },
	{ GW_EINVAL,				GW_EXIT_USAGE },
	{ GW_EPROTO,				GW_EXIT_BROKER },
	{ GW_ELIMIT,				GW_EXIT_DATA },
	{ GW_EVERSION,				GW_EXIT_BROKER },
	{ GW_ETIMEOUT,				GW_EXIT_TIMEOUT },
	{ GW_ERESOLVE,				GW_EXIT_CONNECT },
	{ GW_ECONNECT,				GW_EXIT_CONNECT },
	{ GW_ECLOSED,				GW_EXIT_CONNECT },
	{ GW_EAUTH,				GW_EXIT_AUTH },
	{ GW_EDATA,				GW_EXIT_DATA },
	{ GW_ECORRUPT,				GW_EXIT_DATA },
	{ GW_EIO,				GW_EXIT_FILE },
	{ GW_ENOSPC,				GW_EXIT_FILE },
	{ GW_ENOENT,				GW_EXIT_DATA },
	{ GW_EEXIST,				GW_EXIT_FILE },
	{ GW_EBUSY,				GW_EXIT_FILE },
	{ GW_EUNSUPPORTED,			GW_EXIT_BROKER },
	{ GW_EFENCED,				GW_EXIT_BROKER },
	{ GW_EINTR,				GW_EXIT_INTERRUPTED },
	{ GW_ESTATE,				GW_EXIT_USAGE },
	{ GW_K_REQUEST_TIMED_OUT,		GW_EXIT_TIMEOUT },
	{ GW_K_UNSUPPORTED_SASL_MECHANISM,	GW_EXIT_AUTH },
	{ GW_K_ILLEGAL_SASL_STATE,		GW_EXIT_AUTH },
	{ GW_K_SASL_AUTHENTICATION_FAILED,	GW_EXIT_AUTH },
};

int
gw_app_exit_code(int code)
{
	size_t i;

	if (code == 0)
		return GW_EXIT_OK;
	for (i = 0; i < GW_N(exit_codes); i++)
		if (exit_codes[i].code == code)
			return exit_codes[i].exit;
	return GW_EXIT_BROKER;
}

static int
terminal_columns(int fd)
{
	struct winsize ws;

	if (ioctl(fd, TIOCGWINSZ, &ws) != 0 || ws.ws_col < 20)
		return 80;
	return ws.ws_col;
}

size_t
gw_app_rows(const struct gw_app *app)
{
	struct winsize ws;

	return ioctl(app->out_fd, TIOCGWINSZ, &ws) != 0 || ws.ws_row < 3 ? SIZE_MAX : ws.ws_row;
}

static bool
by_line(int fd)
{
	struct stat st;

	return fstat(fd, &st) != 0 || !S_ISREG(st.st_mode);
}

void
gw_app_init(struct gw_app *app, struct gw_env *env)
{
	const char *no_colour = getenv("NO_COLOR");

	memset(app, 0, sizeof(*app));
	app->env = env;
	app->out_fd = STDOUT_FILENO;
	app->err_fd = STDERR_FILENO;
	app->out_is_tty = isatty(app->out_fd) == 1;
	app->err_is_tty = isatty(app->err_fd) == 1;
	app->out_by_line = by_line(app->out_fd);
	app->colour = app->out_is_tty && (no_colour == NULL || *no_colour == '\0');
	app->columns = terminal_columns(app->out_is_tty ? app->out_fd : app->err_fd);
	gw_buf_init(&app->out, env->alloc, 0);
	app->log = gw_log_fd(app->err_fd, GW_LOG_WARN, GW_LOG_LOGFMT);
	env->log = &app->log;
}

void
gw_app_fini(struct gw_app *app)
{
	gw_buf_fini(&app->out);
	app->env->log = NULL;
}

void
gw_app_verbosity(struct gw_app *app, bool quiet, int verbose)
{
	app->quiet = quiet;
	app->verbose = verbose;
	if (quiet)
		app->log.level = GW_LOG_ERROR;
	else if (verbose > 1)
		app->log.level = GW_LOG_DEBUG;
	else if (verbose == 1)
		app->log.level = GW_LOG_INFO;
	else
		app->log.level = GW_LOG_WARN;
}

int
gw_app_log_format(struct gw_app *app, const char *format, struct gw_err *err)
{
	bool json = strcmp(format, "json") == 0;

	if (!json && strcmp(format, "logfmt") != 0)
		return gw_err_set(err, GW_EINVAL, "--log-format %s: json or logfmt is wanted",
		    format);
	app->log.format = json ? GW_LOG_JSON : GW_LOG_LOGFMT;
	app->log_all = true;
	return 0;
}

/* All of it, or GW_E*. A signal while a slow reader is waited for is a reason to give up. */
static int
write_all(int fd, const void *p, size_t len)
{
	const char *at = p;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR) {
			if (gw_app_stop_signal(NULL) != 0)
				return GW_EINTR;
			continue;
		}
		if (n < 0)
			return errno == EPIPE ? GW_ECLOSED : gw_err_from_errno(errno);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * What the reader takes without keeping us. A pipe or socket that is ready takes PIPE_BUF at once;
 * of a terminal nothing is promised but a little. O_NONBLOCK would be everybody's who shares
 * stdout.
 */
static int
write_ready(struct gw_app *app)
{
	size_t piece = !app->out_by_line ? app->out.len : app->out_is_tty ? 64 : PIPE_BUF;
	struct gw_net *net = app->env->net;
	size_t at = 0, n;
	int rc = 0;

	while (rc == 0 && at < app->out.len) {
		struct pollfd out = { .fd = app->out_fd, .events = POLLOUT };

		n = app->out.len - at < piece ? app->out.len - at : piece;
		rc = net->poll(net->ctx, &out, 1, 0) >= 0 && out.revents != 0 ?
		    write_all(app->out_fd, app->out.ptr + at, n) : GW_EAGAIN;
		at += rc == 0 ? n : 0;
	}
	gw_buf_consume(&app->out, at);
	return rc;
}

static void
clear_progress(struct gw_app *app)
{
	if (app->progress_shown)
		(void)write_all(app->err_fd, "\r\033[K", 4);
	app->progress_shown = false;
}

/* One line, never two, whatever the message holds. */
static void
err_line(struct gw_app *app, const char *text)
{
	char line[LINE_MAX_LEN + 1];
	size_t i, len = strnlen(text, LINE_MAX_LEN);

	clear_progress(app);
	for (i = 0; i < len; i++)
		line[i] = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
	line[len] = '\n';
	(void)write_all(app->err_fd, line, len + 1);
}

/* The level of what is said must not fall under that of the log: -q has decided before. */
static void
log_line(struct gw_app *app, enum gw_log_level level, const char *event, const char *text)
{
	struct gw_log log = app->log;

	if (log.level < GW_LOG_INFO)
		log.level = GW_LOG_INFO;
	gw_log(&log, level, event, gw_kv_s("verb", gw_str(app->verb != NULL ? app->verb : "")),
	    gw_kv_s("text", gw_str(text)));
}

int
gw_app_fail(struct gw_app *app, const struct gw_err *err)
{
	char text[LINE_MAX_LEN];

	if (err->code == GW_EINTR)
		return GW_EXIT_INTERRUPTED;
	gw_app_flush(app);
	if (app->log_all) {
		log_line(app, GW_LOG_ERROR, "failed",
		    err->msg[0] != '\0' ? err->msg : gw_strerror(err->code));
		return gw_app_exit_code(err->code);
	}
	snprintf(text, sizeof(text), "gridwire%s%s: %s", app->verb != NULL ? " " : "",
	    app->verb != NULL ? app->verb : "",
	    err->msg[0] != '\0' ? err->msg : gw_strerror(err->code));
	err_line(app, text);
	return gw_app_exit_code(err->code);
}

int
gw_app_usage(struct gw_app *app, const char *fmt, ...)
{
	struct gw_err err;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	gw_err_vset(&err, GW_EINVAL, fmt, ap);
	va_end(ap);
	len = strlen(err.msg);
	if (app->verb != NULL && strstr(err.msg, "--help") == NULL)
		snprintf(
		    err.msg + len, sizeof(err.msg) - len, "; see gridwire %s --help", app->verb);
	return gw_app_fail(app, &err);
}

void
gw_app_say(struct gw_app *app, const char *fmt, ...)
{
	char text[LINE_MAX_LEN];
	va_list ap;

	if (app->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gw_app_flush(app);
	if (app->log_all)
		log_line(app, GW_LOG_INFO, "said", text);
	else
		err_line(app, text);
}

/* Cut to the terminal's width: a line that wraps could not be replaced. */
static size_t
cut_columns(const char *text, size_t columns)
{
	size_t i, n = 0;

	for (i = 0; text[i] != '\0'; i++) {
		if (((unsigned char)text[i] & 0xc0) == 0x80)
			continue;
		if (n++ == columns)
			break;
	}
	return i;
}

void
gw_app_progress(struct gw_app *app, const char *fmt, ...)
{
	char text[LINE_MAX_LEN];
	va_list ap;

	if (fmt == NULL) {
		clear_progress(app);
		return;
	}
	if (!app->err_is_tty || app->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)write_all(app->err_fd, "\r", 1);
	(void)write_all(app->err_fd, text, cut_columns(text, (size_t)app->columns - 1));
	(void)write_all(app->err_fd, "\033[K", 3);
	app->progress_shown = true;
}

void
gw_app_print(struct gw_app *app, const char *fmt, ...)
{
	char small[512];
	va_list ap;
	uint8_t *room;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < sizeof(small)) {
		gw_buf_put(&app->out, small, (size_t)n);
	} else if ((room = gw_buf_reserve(&app->out, (size_t)n + 1)) != NULL) {
		va_start(ap, fmt);
		vsnprintf((char *)room, (size_t)n + 1, fmt, ap);
		va_end(ap);
		app->out.len += (size_t)n;
	}
	if (app->out.len >= OUT_BLOCK ||
	    (app->out_by_line && app->out.len > 0 && app->out.ptr[app->out.len - 1] == '\n'))
		gw_app_flush(app);
}

int
gw_app_flush(struct gw_app *app)
{
	char text[256];
	int rc = app->out.err;

	if (app->out_err != 0) {
		gw_buf_clear(&app->out);
		return app->out_err;
	}
	if (app->out.len == 0 && rc == 0)
		return 0;
	if (app->out_is_tty)
		clear_progress(app);
	if (rc == 0)
		rc = app->out_patient ? write_ready(app) :
		    write_all(app->out_fd, app->out.ptr, app->out.len);
	if (rc == GW_EAGAIN)
		return rc;
	gw_buf_clear(&app->out);
	app->out_err = rc;
	if (rc != 0 && rc != GW_ECLOSED && rc != GW_EINTR) {
		snprintf(text, sizeof(text), "gridwire%s%s: cannot write to stdout: %s",
		    app->verb != NULL ? " " : "", app->verb != NULL ? app->verb : "",
		    gw_strerror(rc));
		err_line(app, text);
	}
	return rc;
}

bool
gw_app_stopping(const struct gw_app *app)
{
	return gw_app_stop_signal(app) != 0 || app->out_err != 0;
}

bool
gw_app_stop_asked(void *app)
{
	return gw_app_stopping(app);
}

static int64_t
usec(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

int64_t
gw_app_cpu_us(void)
{
	struct rusage r;

	return getrusage(RUSAGE_SELF, &r) == 0 ? usec(r.ru_utime) + usec(r.ru_stime) : 0;
}

int64_t
gw_app_rss_kb(void)
{
	struct rusage r;

#ifdef __APPLE__
	return getrusage(RUSAGE_SELF, &r) == 0 ? r.ru_maxrss / 1024 : 0;
#else
	return getrusage(RUSAGE_SELF, &r) == 0 ? r.ru_maxrss : 0;
#endif
}

const char *
gw_app_getenv(const char *name)
{
	return getenv(name);
}

static int
is_season_file(void *arg, const char *name)
{
	(void)arg;
	return strncmp(name, "play_by_play_", 13) == 0;
}

const char *
gw_app_data_dir(struct gw_app *app, const char *given)
{
	struct gw_fs *fs = app->env->fs;

	if (given != NULL)
		return given;
	/* Somebody else's ./data without a season in it is not meant. */
	if (fs->list(fs->ctx, "data", is_season_file, NULL) == 1)
		return "data";
	return GW_DATA_DIR;
}

const char *
gw_app_models_dir(struct gw_app *app, const char *given)
{
	const char *env = getenv("GRIDWIRE_MODELS");

	(void)app;
	if (given != NULL)
		return given;
	return env != NULL && *env != '\0' ? env : "models";
}

const char *
gw_app_bootstrap(struct gw_app *app, const char *given)
{
	const char *env = getenv("GRIDWIRE_BOOTSTRAP");

	(void)app;
	if (given != NULL)
		return given;
	return env != NULL && *env != '\0' ? env : "127.0.0.1:9092";
}

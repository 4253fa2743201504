/* SPDX-License-Identifier: MIT
 *
 * apps/app.h - what every verb gets: the world, stdout, how to fail, when to stop.
 */
#ifndef GW_APP_H
#define GW_APP_H

#include <stdbool.h>

#include "base/cli.h"
#include "base/env.h"

struct gw_app {
	struct gw_env	*env;
	const char	*verb;		/* for messages: "gridwire VERB: ..." */
	struct gw_buf	 out;		/* stdout, flushed by gw_app_flush() and at the end */
	bool		 out_is_tty, err_is_tty;
	bool		 colour;	/* a terminal, and NO_COLOR is not set */
	int		 columns;	/* of the terminal; 80 otherwise */
	bool		 quiet;
	int		 verbose;	/* -v count */

	int		 out_fd, err_fd;	/* 1 and 2; tests put others here */
	bool		 out_by_line;	/* a terminal or a pipe; a file gets big blocks */
	/* Whoever reads stdout is not waited for: gw_app_flush() keeps what did not go out. */
	bool		 out_patient;
	bool		 progress_shown;
	/* what is said for people goes into the log, too: for services */
	bool		 log_all;
	int		 out_err;	/* sticky: why stdout failed; GW_ECLOSED: its reader left */
	struct gw_log	 log;		/* env->log points here */
};

/* Exit codes of the manual. */
enum gw_exit {
	GW_EXIT_OK		= 0,
	GW_EXIT_USAGE		= 1,
	GW_EXIT_CONNECT		= 2,
	GW_EXIT_AUTH		= 3,
	GW_EXIT_DELIVERY	= 4,
	GW_EXIT_BROKER		= 5,
	GW_EXIT_TIMEOUT		= 6,
	GW_EXIT_DATA		= 7,
	GW_EXIT_FILE		= 8,
	GW_EXIT_INTERRUPTED	= 130
};

struct gw_verb {
	const char		*name;
	const char		*summary;	/* one line, for the list of verbs */
	const char		*usage;		/* "gridwire train [options]"; more lines allowed */
	const char		*details;	/* paragraphs after the options (filled), or NULL */
	const struct gw_opt	*opts;
	size_t			 n_opts;
	/*
	 * Returns an exit code. argv[0] is the verb's name, as gw_cli_init() wants it; words of the
	 * user begin at argv[1]. --help is handled before.
	 */
	int			(*run)(struct gw_app *app, int argc, char **argv);
};

/* Over descriptors 1 and 2; sets env->log (warnings and errors). The env outlives the app. */
void	gw_app_init(struct gw_app *app, struct gw_env *env);
void	gw_app_fini(struct gw_app *app);
/* The whole program behind main(): argv[0] is its name. Flushes stdout, returns the exit code. */
int	gw_app_run(struct gw_app *app, int argc, char **argv);

/* "gridwire VERB: msg" on stderr, one line; returns the exit code for err->code. */
int	gw_app_fail(struct gw_app *app, const struct gw_err *err);
/* The same for a usage mistake; adds "see gridwire VERB --help". Returns GW_EXIT_USAGE. */
int	gw_app_usage(struct gw_app *app, const char *fmt, ...) GW_PRINTF(2, 3);
/* The exit code for a GW_E* or Kafka code: the one table of them. */
int	gw_app_exit_code(int code);

/* A line for people on stderr; nothing with -q. */
void	gw_app_say(struct gw_app *app, const char *fmt, ...) GW_PRINTF(2, 3);
/* Of the terminal that stdout is, now; SIZE_MAX: not known. */
size_t	gw_app_rows(const struct gw_app *app);
/* A line that replaces itself, only on a terminal. NULL clears it. */
void	gw_app_progress(struct gw_app *app, const char *fmt, ...) GW_PRINTF(2, 3);
/* To stdout, buffered. */
void	gw_app_print(struct gw_app *app, const char *fmt, ...) GW_PRINTF(2, 3);
/*
 * 0, or GW_E* when stdout failed: told once, remembered, and from then on gw_app_stopping().
 * out_patient: GW_EAGAIN when the reader takes no more now; ask again.
 */
int	gw_app_flush(struct gw_app *app);
/* "logfmt", "json": all that goes to stderr is one such line an event. 0 or GW_EINVAL. */
int	gw_app_log_format(struct gw_app *app, const char *format, struct gw_err *err);
/* What -q, -v (twice as -d) ask of messages and of the log. */
void	gw_app_verbosity(struct gw_app *app, bool quiet, int verbose);

/* SIGINT and SIGTERM ask to stop, a second one ends the process; SIGPIPE is ignored. For main. */
int	gw_app_catch_signals(struct gw_err *err);
/* True after SIGINT or SIGTERM, or when stdout is gone. */
bool	gw_app_stopping(const struct gw_app *app);
bool	gw_app_stop_asked(void *app);	/* the same, as gw_loop_until() wants it */
int	gw_app_stop_signal(const struct gw_app *app);	/* which, 0: none */
/* Readable from the first signal on, so that none falls between a test and a poll. -1: none. */
int	gw_app_stop_fd(void);

/* SIGHUP from now on asks to read the configuration again; without this it ends the process. */
int	gw_app_catch_hup(struct gw_err *err);
bool	gw_app_take_hup(void);		/* true once after each time it was sent */
int	gw_app_hup_fd(void);		/* readable then; -1: not caught */

/* Processor time this process took so far; the most memory it ever had in hand. */
int64_t	gw_app_cpu_us(void);
int64_t	gw_app_rss_kb(void);

/* $NAME or NULL: the only way to the environment. */
const char *gw_app_getenv(const char *name);
/* --data: given, else ./data, else the installed one. */
const char *gw_app_data_dir(struct gw_app *app, const char *given);
const char *gw_app_models_dir(struct gw_app *app, const char *given);
const char *gw_app_bootstrap(struct gw_app *app, const char *given);

#endif

/* SPDX-License-Identifier: MIT
 *
 * base/cli.h - options from one table: short and long, help, and "did you mean".
 */
#ifndef GW_CLI_H
#define GW_CLI_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct gw_opt {
	char		 letter;	/* 0: none */
	const char	*name;		/* without dashes; NULL: only the letter */
	const char	*arg;		/* name of its value for the help, NULL: a flag */
	const char	*help;		/* one line; NULL: hidden */
};

struct gw_cli {
	const struct gw_opt	*opts;
	size_t			 n_opts;
	char			**argv;
	int			 argc, at;
	const char		*cluster;	/* rest of "-eq" */
	bool			 only_operands;	/* after "--" */
};

void	gw_cli_init(struct gw_cli *cli, const struct gw_opt *opts, size_t n_opts, int argc,
	    char **argv);

/*
 * The next option or operand: returns its index in opts and *value (NULL for a flag),
 * GW_CLI_OPERAND with *value, GW_CLI_END, or GW_EINVAL with err ("unknown option --foo, did you
 * mean --fob?").
 * --name=value, --name value, -nvalue, -n value, -abc; "-" alone is an operand; "--" ends options.
 */
enum { GW_CLI_END = -1, GW_CLI_OPERAND = -2 };
int	gw_cli_next(struct gw_cli *cli, const char **value, struct gw_err *err) GW_CHECK_RESULT;

/* "  -t, --topic TOPIC   text", wrapped at 80 columns, one option a line. */
void	gw_cli_help(struct gw_buf *out, const struct gw_opt *opts, size_t n_opts);

/* Values. 0 or GW_EINVAL with err naming the option. */
int	gw_cli_i64(const struct gw_opt *opt, const char *value, int64_t min, int64_t max,
	    int64_t *out, struct gw_err *err) GW_CHECK_RESULT;
int	gw_cli_double(const struct gw_opt *opt, const char *value, double min, double max,
	    double *out, struct gw_err *err) GW_CHECK_RESULT;

#endif

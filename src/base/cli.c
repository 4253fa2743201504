/* SPDX-License-Identifier: MIT
 *
 * base/cli.c - the command line. Not getopt_long(): its state is global and its words are its own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/cli.h"

#include <math.h>
#include <stdio.h>

#include "base/slice.h"
#include "base/utf8.h"

#define WIDTH		80
#define TEXT_COLUMN_MAX	32
#define NAME_MAX_LEN	64

void
gw_cli_init(struct gw_cli *cli, const struct gw_opt *opts, size_t n_opts, int argc, char **argv)
{
	*cli = (struct gw_cli){
		.opts = opts, .n_opts = n_opts, .argv = argv, .argc = argc,
		.at = argc > 0 ? 1 : 0,		/* argv[0] is the program's name */
	};
}

/* "--topic", or "-t" where there is no long name. */
static const char *
option_name(const struct gw_opt *opt, char out[NAME_MAX_LEN])
{
	if (opt->name != NULL)
		(void)snprintf(out, NAME_MAX_LEN, "--%s", opt->name);
	else
		(void)snprintf(out, NAME_MAX_LEN, "-%c", opt->letter);
	return out;
}

static int
missing_value(const struct gw_opt *opt, struct gw_err *err)
{
	char name[NAME_MAX_LEN];

	return gw_err_set(err, GW_EINVAL, "option %s needs a value: %s", option_name(opt, name),
	    opt->arg);
}

/* The next word of argv as the value of an option. */
static int
take_value(struct gw_cli *cli, size_t i, const char **value, struct gw_err *err)
{
	if (cli->at >= cli->argc)
		return missing_value(&cli->opts[i], err);
	*value = cli->argv[cli->at++];
	return (int)i;
}

/* cli->cluster points at a letter. */
static int
next_letter(struct gw_cli *cli, const char **value, struct gw_err *err)
{
	struct gw_slice left = gw_str(cli->cluster);
	char letter = *cli->cluster++;
	const char *rest = cli->cluster;

	if (*rest == '\0')
		cli->cluster = NULL;
	for (size_t i = 0; i < cli->n_opts; i++) {
		if (cli->opts[i].letter != letter)
			continue;
		if (cli->opts[i].arg == NULL) {
			*value = NULL;
			return (int)i;
		}
		cli->cluster = NULL;
		if (*rest == '\0')
			return take_value(cli, i, value, err);
		*value = rest;
		return (int)i;
	}
	cli->cluster = NULL;
	left.len = gw_utf8_len(left);
	return gw_err_set(err, GW_EINVAL, "unknown option -%.*s; --help lists them all",
	    GW_FMT(left));
}

static int
unknown_long(const struct gw_cli *cli, struct gw_slice name, struct gw_err *err)
{
	char word[NAME_MAX_LEN];
	const char *near = NULL;

	if (name.len < sizeof(word) && cli->n_opts > 0) {
		memcpy(word, name.ptr, name.len);
		word[name.len] = '\0';
		near = gw_nearest(word, &cli->opts[0].name, sizeof(cli->opts[0]), cli->n_opts);
	}
	if (near != NULL)
		return gw_err_set(err, GW_EINVAL, "unknown option --%.*s, did you mean --%s?",
		    GW_FMT(name), near);
	return gw_err_set(err, GW_EINVAL, "unknown option --%.*s; --help lists them all",
	    GW_FMT(name));
}

/* word is behind the dashes. */
static int
next_long(struct gw_cli *cli, const char *word, const char **value, struct gw_err *err)
{
	struct gw_slice after, name = gw_slice_cut(gw_str(word), '=', &after);

	for (size_t i = 0; i < cli->n_opts; i++) {
		const struct gw_opt *opt = &cli->opts[i];

		if (opt->name == NULL || !gw_slice_is(name, opt->name))
			continue;
		if (opt->arg == NULL && after.ptr != NULL)
			return gw_err_set(err, GW_EINVAL, "option --%s takes no value", opt->name);
		if (opt->arg != NULL && after.ptr == NULL)
			return take_value(cli, i, value, err);
		*value = after.ptr;	/* NULL for a flag; else up to the NUL of argv */
		return (int)i;
	}
	return unknown_long(cli, name, err);
}

int
gw_cli_next(struct gw_cli *cli, const char **value, struct gw_err *err)
{
	const char *word;

	if (cli->cluster != NULL)
		return next_letter(cli, value, err);
	if (cli->at >= cli->argc)
		return GW_CLI_END;
	word = cli->argv[cli->at++];
	if (!cli->only_operands && strcmp(word, "--") == 0) {
		cli->only_operands = true;
		return gw_cli_next(cli, value, err);
	}
	if (cli->only_operands || word[0] != '-' || word[1] == '\0') {
		*value = word;
		return GW_CLI_OPERAND;
	}
	if (word[1] == '-')
		return next_long(cli, word + 2, value, err);
	cli->cluster = word + 1;
	return next_letter(cli, value, err);
}

/* ---- help ---- */

/* "  -t, --topic TOPIC" */
static void
put_left(struct gw_buf *out, const struct gw_opt *opt)
{
	if (opt->letter != 0)
		gw_buf_printf(out, "  -%c%s", opt->letter, opt->name != NULL ? ", " : "");
	else
		gw_buf_puts(out, "      ");
	if (opt->name != NULL)
		gw_buf_printf(out, "--%s", opt->name);
	if (opt->arg != NULL)
		gw_buf_printf(out, " %s", opt->arg);
}

static size_t
left_len(const struct gw_opt *opt)
{
	size_t len = opt->letter != 0 && opt->name == NULL ? 4 : 6;

	if (opt->name != NULL)
		len += 2 + strlen(opt->name);
	if (opt->arg != NULL)
		len += 1 + strlen(opt->arg);
	return len;
}

/* text in words from column on, the first line of which is at that column already. */
static void
put_wrapped(struct gw_buf *out, const char *text, size_t column)
{
	struct gw_slice rest = gw_str(text), word;
	size_t at = column;

	while (rest.ptr != NULL) {
		word = gw_slice_cut(rest, ' ', &rest);
		if (word.len == 0)
			continue;
		if (at > column && at + 1 + word.len > WIDTH) {
			gw_buf_printf(out, "\n%*s", (int)column, "");
			at = column;
		}
		if (at > column) {
			gw_buf_putc(out, ' ');
			at++;
		}
		gw_buf_put(out, word.ptr, word.len);
		at += word.len;
	}
	gw_buf_putc(out, '\n');
}

void
gw_cli_help(struct gw_buf *out, const struct gw_opt *opts, size_t n_opts)
{
	size_t column = 0, len;

	for (size_t i = 0; i < n_opts; i++) {
		len = opts[i].help == NULL ? 0 : left_len(&opts[i]) + 3;
		if (len > column && len <= TEXT_COLUMN_MAX)
			column = len;
	}
	for (size_t i = 0; i < n_opts; i++) {
		if (opts[i].help == NULL)
			continue;
		put_left(out, &opts[i]);
		len = left_len(&opts[i]);
		if (len + 1 > column) {
			gw_buf_putc(out, '\n');
			len = 0;
		}
		gw_buf_printf(out, "%*s", (int)(column - len), "");
		put_wrapped(out, opts[i].help, column);
	}
}

/* ---- values ---- */

int
gw_cli_i64(const struct gw_opt *opt, const char *value, int64_t min, int64_t max, int64_t *out,
    struct gw_err *err)
{
	char name[NAME_MAX_LEN];
	int64_t v;

	if (gw_slice_i64(gw_str(value), &v) != 0)
		return gw_err_set(err, GW_EINVAL, "option %s: \"%.64s\" is not a whole number",
		    option_name(opt, name), value);
	if (v < min || v > max)
		return gw_err_set(err, GW_EINVAL, "option %s: %lld is not from %lld to %lld",
		    option_name(opt, name), (long long)v, (long long)min, (long long)max);
	*out = v;
	return 0;
}

int
gw_cli_double(const struct gw_opt *opt, const char *value, double min, double max, double *out,
    struct gw_err *err)
{
	char name[NAME_MAX_LEN], low[GW_DOUBLE_MAX], high[GW_DOUBLE_MAX];
	double v;

	if (gw_slice_double(gw_str(value), &v) != 0)
		return gw_err_set(err, GW_EINVAL, "option %s: \"%.64s\" is not a number",
		    option_name(opt, name), value);
	if (v >= min && v <= max) {
		*out = v;
		return 0;
	}
	(void)gw_double_text(min, low);
	(void)gw_double_text(max, high);
	if (isinf(min) || isinf(max))
		return gw_err_set(err, GW_EINVAL, "option %s: %.64s is %s than %s",
		    option_name(opt, name), value, isinf(max) ? "less" : "more",
		    isinf(max) ? low : high);
	return gw_err_set(err, GW_EINVAL, "option %s: %.64s is not from %s to %s",
	    option_name(opt, name), value, low, high);
}

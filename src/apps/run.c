/* SPDX-License-Identifier: MIT
 *
 * apps/run.c - from the command line to a verb: find it, help, run, flush.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/app.h"

#include "apps/verbs.h"
#include "base/slice.h"

#define VERBS_MAX	64
#define HELP_COLUMNS	80
#define SUMMARY_COLUMN	13

static const struct gw_verb *
find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < gw_n_verbs; i++)
		if (strcmp(gw_verbs[i]->name, name) == 0)
			return gw_verbs[i];
	return NULL;
}

static int
unknown_verb(struct gw_app *app, const char *name)
{
	const char *names[VERBS_MAX], *near;
	struct gw_err err;
	size_t i, n = 0;

	for (i = 0; i < gw_n_verbs && n < VERBS_MAX; i++)
		names[n++] = gw_verbs[i]->name;
	near = gw_nearest(name, names, sizeof(names[0]), n);
	if (near != NULL)
		gw_err_set(
		    &err, GW_EINVAL, "unknown verb \"%s\"; did you mean \"%s\"?", name, near);
	else
		gw_err_set(
		    &err, GW_EINVAL, "unknown verb \"%s\"; \"gridwire help\" lists them", name);
	return gw_app_fail(app, &err);
}

/* Words filled into lines; column is where the first line begins, indent the others. */
static void
print_filled(struct gw_app *app, struct gw_slice text, size_t column, size_t indent)
{
	bool first = true;
	size_t len;

	while (text.len > 0) {
		for (len = 0; len < text.len && strchr(" \n", text.ptr[len]) == NULL; len++)
			;
		if (!first && column + 1 + len > HELP_COLUMNS) {
			gw_app_print(app, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			gw_app_print(app, " ");
			column++;
		}
		first = false;
		gw_app_print(app, "%.*s", (int)len, text.ptr);
		column += len;
		len += len < text.len;
		text.ptr += len;
		text.len -= len;
	}
	gw_app_print(app, "\n");
}

static bool
has_two_blanks(struct gw_slice s)
{
	size_t i;

	for (i = 1; i < s.len; i++)
		if (s.ptr[i - 1] == ' ' && s.ptr[i] == ' ')
			return true;
	return false;
}

/* Paragraphs are filled, but for those that are laid out by hand: two blanks somewhere. */
static void
print_paragraphs(struct gw_app *app, const char *text)
{
	struct gw_slice p;
	const char *end;

	while (text != NULL && *text != '\0') {
		end = strstr(text, "\n\n");
		p = (struct gw_slice){ text, end == NULL ? strlen(text) : (size_t)(end - text) };
		if (has_two_blanks(p))
			gw_app_print(app, "%.*s\n", GW_FMT(p));
		else
			print_filled(app, p, 0, 0);
		if (end != NULL)
			gw_app_print(app, "\n");
		text = end == NULL ? NULL : end + 2;
	}
}

static int
help_all(struct gw_app *app)
{
	size_t i;

	gw_app_print(app,
	    "gridwire streams NFL plays through Kafka and turns every play into a live win\n"
	    "probability and a projected final score.\n\n"
	    "usage: gridwire VERB [options]\n"
	    "       gridwire help VERB\n\n");
	for (i = 0; i < gw_n_verbs; i++) {
		gw_app_print(app, "  %-10s ", gw_verbs[i]->name);
		print_filled(app, gw_str(gw_verbs[i]->summary), SUMMARY_COLUMN, SUMMARY_COLUMN);
	}
	gw_app_print(app,
	    "\nExit codes: 0 ok, 1 usage, 2 cannot reach or resolve, 3 authentication, 4 some\n"
	    "deliveries failed, 5 the broker refused, 6 timed out, 7 bad input data, 8 local\n"
	    "file or disk, 130 interrupted. The manual is gridwire(1).\n");
	return GW_EXIT_OK;
}

static int
help_verb(struct gw_app *app, const struct gw_verb *v)
{
	gw_app_print(app, "gridwire %s: ", v->name);
	print_filled(app, gw_str(v->summary), strlen(v->name) + 11, 0);
	gw_app_print(app, "\nusage: %s\n", v->usage);
	if (v->n_opts > 0) {
		gw_app_print(app, "\n");
		gw_cli_help(&app->out, v->opts, v->n_opts);
	}
	if (v->details != NULL) {
		gw_app_print(app, "\n");
		print_paragraphs(app, v->details);
	}
	return GW_EXIT_OK;
}

/* "--help" anywhere before "--"; "-h" only alone, since a verb may use the letter. */
static bool
wants_help(int argc, char **argv)
{
	int i;

	if (argc > 1 && strcmp(argv[1], "-h") == 0)
		return true;
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

static int
run_verb(struct gw_app *app, const struct gw_verb *v, int argc, char **argv)
{
	app->verb = v->name;
	if (wants_help(argc, argv))
		return help_verb(app, v);
	return v->run(app, argc, argv);
}

static int
run_help(struct gw_app *app, int argc, char **argv)
{
	const struct gw_verb *v;

	if (argc == 0)
		return help_all(app);
	v = find_verb(argv[0]);
	return v == NULL ? unknown_verb(app, argv[0]) : help_verb(app, v);
}

static int
dispatch(struct gw_app *app, int argc, char **argv)
{
	const struct gw_verb *v;
	const char *name;

	if (argc < 2)
		return help_all(app);
	name = argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return help_all(app);
	if (strcmp(name, "help") == 0)
		return run_help(app, argc - 2, argv + 2);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		name = "version";
	v = find_verb(name);
	return v == NULL ? unknown_verb(app, name) : run_verb(app, v, argc - 1, argv + 1);
}

int
gw_app_run(struct gw_app *app, int argc, char **argv)
{
	int rc = dispatch(app, argc, argv);

	gw_app_progress(app, NULL);
	gw_app_flush(app);
	if (app->out_err == 0)
		return rc;
	/* Who reads "| head" has what it wanted; a full disk under stdout is a failure. */
	if (app->out_err == GW_ECLOSED)
		return gw_app_stop_signal(app) != 0 ? GW_EXIT_INTERRUPTED : GW_EXIT_OK;
	return rc == GW_EXIT_OK || rc == GW_EXIT_INTERRUPTED ? GW_EXIT_FILE : rc;
}

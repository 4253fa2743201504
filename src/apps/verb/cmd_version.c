/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_version.c - gridwire version: what this program is and what was built in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <zlib.h>

#include "apps/verbs.h"
#include "base/json.h"
#include "base/slice.h"
#include "client/transport.h"
#include "wire/compress.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#ifndef GW_BUILD_SWITCHES
#define GW_BUILD_SWITCHES "unknown"
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

#if defined(__x86_64__)
#define MACHINE "x86_64"
#elif defined(__aarch64__)
#define MACHINE "aarch64"
#else
#define MACHINE "generic"
#endif

static const struct {
	const char	*name, *what;
} features[] = {
	{ "brokers",	"Apache Kafka 2.1 to 4.4" },
	{ "machine",	MACHINE },
	{ "compiler",	COMPILER },
	{ "switches",	GW_BUILD_SWITCHES },
};

enum { OPT_JSON };
static const struct gw_opt opts[] = {
	[OPT_JSON]	= { 0, "json", NULL, "as one JSON object" },
};

/* "none gzip ...": what the wire knows. */
static void
put_codecs(struct gw_buf *out)
{
	const char *name;
	int i;

	for (i = 0; (name = gw_compression_name((enum gw_compression)i)) != NULL; i++)
		gw_buf_printf(out, "%s%s", i > 0 ? " " : "", name);
}

static void
print_json(struct gw_app *app, struct gw_slice codecs)
{
	struct gw_json_out w;
	size_t i;

	gw_json_begin(&w, &app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "version", gw_str(PACKAGE_VERSION));
	gw_json_kv_str(&w, "tls", gw_str(gw_tls_version()));
	for (i = 0; i < GW_N(features); i++)
		gw_json_kv_str(&w, features[i].name, gw_str(features[i].what));
	gw_json_kv_str(&w, "zlib", gw_str(zlibVersion()));
	gw_json_kv_str(&w, "codecs", codecs);
	gw_json_object_end(&w);
	gw_app_print(app, "\n");
}

static void
print_text(struct gw_app *app, struct gw_slice codecs)
{
	size_t i;

	gw_app_print(app, "gridwire %s\n", PACKAGE_VERSION);
	gw_app_print(app, "  %-10s %s\n", "tls", gw_tls_version());
	for (i = 0; i < GW_N(features); i++)
		gw_app_print(app, "  %-10s %s\n", features[i].name, features[i].what);
	gw_app_print(app, "  %-10s %s\n", "zlib", zlibVersion());
	gw_app_print(app, "  %-10s %.*s\n", "codecs", GW_FMT(codecs));
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct gw_buf codecs;
	struct gw_cli cli;
	struct gw_err err;
	const char *value;
	bool json = false;
	int i;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, &err)) != GW_CLI_END) {
		if (i == GW_CLI_OPERAND)
			return gw_app_usage(app, "unexpected word \"%s\"", value);
		if (i == GW_EINVAL)
			return gw_app_usage(app, "%s", err.msg);
		json = true;
	}
	gw_buf_init(&codecs, app->env->alloc, 0);
	put_codecs(&codecs);
	if (json)
		print_json(app, gw_buf_slice(&codecs));
	else
		print_text(app, gw_buf_slice(&codecs));
	gw_buf_fini(&codecs);
	return GW_EXIT_OK;
}

const struct gw_verb gw_verb_version = {
	.name = "version",
	.summary = "the version and what was built in",
	.usage = "gridwire version [--json]",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};

/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_decode.c - gridwire decode: frames, captures and log segments as text.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/decode/capture.h"
#include "apps/decode/decode.h"
#include "apps/verbs.h"
#include "base/slice.h"

#define FILE_MAX	((size_t)1 << 30)
#define BATCH_MAGIC_AT	16

enum { OPT_FRAME, OPT_AS, OPT_JSON };
static const struct gw_opt opts[] = {
	[OPT_FRAME] = { 0, "frame", "HEX", "this frame instead of a file" },
	[OPT_AS] = { 0, "as", "KIND",
	    "what a frame is: request (default), or a response such as Metadata:9" },
	[OPT_JSON] = { 0, "json", NULL, "one JSON object a line" },
};

struct decode {
	struct gw_app		*app;
	const char		*file, *hex;
	struct gw_frame_kind	 kind;
	bool			 json;
};

static int
take_option(struct decode *s, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case GW_CLI_OPERAND:
		if (s->file != NULL)
			return gw_err_set(err, GW_EINVAL, "one file at a time");
		s->file = value;
		return 0;
	case OPT_FRAME:
		s->hex = value;
		return 0;
	case OPT_AS:
		return gw_frame_kind_parse(&s->kind, value, err);
	case OPT_JSON:
		s->json = true;
		return 0;
	default:
		return i;
	}
}

static int
parse(struct decode *s, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, err)) != GW_CLI_END)
		if ((rc = take_option(s, i, value, err)) < 0)
			return rc;
	if ((s->file == NULL) == (s->hex == NULL))
		return gw_err_set(err, GW_EINVAL, "a file is wanted, or --frame HEX");
	return 0;
}

static bool
is_capture(struct gw_slice f)
{
	return f.len >= GW_CAPTURE_MAGIC_LEN &&
	    memcmp(f.ptr, GW_CAPTURE_MAGIC, GW_CAPTURE_MAGIC_LEN) == 0;
}

/* A batch of any age has its magic there: 0 to 2. Text has none of them. */
static bool
is_segment(struct gw_slice f)
{
	return f.len > BATCH_MAGIC_AT && (uint8_t)f.ptr[BATCH_MAGIC_AT] <= 2;
}

static int
decode_hex(struct decode *s, struct gw_decode *d, struct gw_slice text, struct gw_err *err)
{
	struct gw_buf bytes;
	int rc;

	gw_buf_init(&bytes, s->app->env->alloc, 0);
	rc = gw_decode_hex(text, &bytes, err);
	if (rc == 0 && (rc = gw_decode_frame(d, &s->kind, gw_buf_slice(&bytes), &s->app->out)) != 0)
		rc = gw_err_set(err, rc, "%s", gw_strerror(rc));
	gw_buf_fini(&bytes);
	return rc;
}

static int
decode_file(struct decode *s, struct gw_decode *d, struct gw_err *err)
{
	struct gw_slice f;
	struct gw_buf text;
	int rc;

	gw_buf_init(&text, s->app->env->alloc, FILE_MAX);
	rc = gw_fs_read_file(s->app->env->fs, s->file, &text, err);
	f = gw_buf_slice(&text);
	if (rc == 0 && f.len == 0)
		rc = gw_err_set(err, GW_EDATA, "%s is empty: there is nothing to decode", s->file);
	else if (rc == 0 && (is_capture(f) || is_segment(f))) {
		rc = is_capture(f) ? gw_decode_capture(d, f, &s->app->out) :
		    gw_decode_segment(d, f, &s->app->out);
		if (rc != 0)
			rc = gw_err_set(err, rc, "%s: %s", s->file, gw_strerror(rc));
	} else if (rc == 0 && (rc = decode_hex(s, d, f, err)) == GW_EDATA)
		gw_err_prefix(err, "%s is no capture and no log segment, and of hexadecimal text: ",
		    s->file);
	gw_buf_fini(&text);
	return rc;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct decode s = { .app = app, .kind = { .is_request = true } };
	struct gw_decode d;
	struct gw_err err;
	int rc;

	if (parse(&s, argc, argv, &err) != 0)
		return gw_app_usage(app, "%s", err.msg);
	gw_decode_init(&d, app->env->alloc, s.json);
	rc = s.hex != NULL ? decode_hex(&s, &d, gw_str(s.hex), &err) : decode_file(&s, &d, &err);
	if (rc == 0 && d.n_damaged > 0)
		rc = gw_err_set(&err, GW_EDATA, "%s: %zu %s could not be read; \"error\" says why",
		    s.file != NULL ? s.file : "--frame", d.n_damaged,
		    d.n_damaged == 1 ? "frame or batch" : "frames or batches");
	gw_decode_fini(&d);
	return rc == 0 ? GW_EXIT_OK : gw_app_fail(app, &err);
}

const struct gw_verb gw_verb_decode = {
	.name = "decode",
	.summary = "frames, captures and log segments as text with Kafka's field names",
	.usage = "gridwire decode FILE [--json]\n"
	    "       gridwire decode --frame HEX [--as request|API:VERSION] [--json]",
	.details =
	    "FILE is what --capture wrote, a segment of a broker's log "
	    "(00000000000000000000.log),\n"
	    "or a frame in hexadecimal. No broker is asked. What is damaged is told in its place,\n"
	    "and the exit code is 7.\n"
	    "\n"
	    "  gridwire consume -t notes -e --capture wire && gridwire decode wire\n"
	    "  gridwire decode --frame 0012000000000001ffff",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};

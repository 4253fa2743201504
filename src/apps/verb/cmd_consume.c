/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_consume.c - gridwire consume: topics to stdout, as kcat -C and -G do it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/consume.h"
#include "apps/verbs.h"
#include "base/slice.h"


enum {
	OPT_TOPIC = GW_N_KAFKA_OPTS, OPT_PARTITION, OPT_GROUP, OPT_OFFSET, OPT_COUNT, OPT_EXIT,
	OPT_FORMAT, OPT_JSON, OPT_DELIMITER, OPT_KEY_DELIMITER, OPT_NULL, OPT_UNBUFFERED,
	OPT_KCAT_GROUP, OPT_SPEED, OPT_UNPACK, OPT_SHOW_OFFSET
};
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_TOPIC] = { 't', "topic", "TOPIC", "topic to read; may be repeated" },
	[OPT_PARTITION] = { 'p', "partition", "N", "only this partition" },
	[OPT_GROUP] = { 'g', "group", "GROUP",
	    "join this group: partitions are shared, progress is kept" },
	[OPT_OFFSET] = { 'o', "offset", "WHERE",
	    "beginning (default), end, stored, N, -N, s@MS, e@MS" },
	[OPT_COUNT] = { 'c', "count", "N", "end after N records" },
	[OPT_EXIT] = { 'e', "exit-at-end", NULL, "end when all partitions are read to their end" },
	[OPT_FORMAT] = { 'f', "format", "FORMAT", "how a record is printed, see below" },
	[OPT_JSON] = { 'J', "json", NULL,
	    "a JSON object per record; \"produce -J\" reads it back" },
	[OPT_DELIMITER] = { 'D', "delimiter", "TEXT", "after each record (default \\n)" },
	[OPT_KEY_DELIMITER] = { 'K', "key-delimiter", "TEXT", "print the key too, before TEXT" },
	[OPT_SHOW_OFFSET] = { 'O', "show-offset", NULL,
	    "print the offset first, before the text of -K (or a tab)" },
	[OPT_UNPACK] = { 's', "unpack", "[key=|value=]PACK",
	    "keys and values are numbers, see below; may be repeated" },
	[OPT_NULL] = { 'Z', "null", NULL, "print null keys and values as NULL, not as nothing" },
	[OPT_UNBUFFERED] = { 'u', "unbuffered", NULL, "write each record at once" },
	[OPT_SPEED] = { 0, "speed", "Nx",
	    "at the pace of their timestamps, N times as fast (default 0: at once)" },
	[OPT_KCAT_GROUP] = { 'G', NULL, "GROUP", "as -g; TOPIC may be a pattern: '^nfl-.*'" },
};

struct consume {
	struct gw_app			*app;
	struct gw_kafka_args		 args;
	struct gw_consume_options	 o;
	const char			*format_text, *delimiter, *key_delimiter;
	bool				 show_null, show_offset;
	struct gw_unpack		 unpack;
	struct gw_format		*format;
};

/* ---- options ---- */

static int
take_option(void *self, int i, const char *value, struct gw_err *err)
{
	struct consume *s = self;

	switch (i) {
	case GW_CLI_OPERAND:
	case OPT_TOPIC:
		if (s->o.n_topics == GW_CONSUME_TOPICS_MAX)
			return gw_err_set(
			    err, GW_EINVAL, "more than %d topics", GW_CONSUME_TOPICS_MAX);
		s->o.topics[s->o.n_topics++] = value;
		return 0;
	case OPT_PARTITION:
		return gw_cli_i64(&opts[i], value, 0, INT32_MAX, &s->o.partition, err);
	case OPT_GROUP:
	case OPT_KCAT_GROUP:
		s->o.group = value;
		return 0;
	case OPT_OFFSET:
		return gw_range_add(&s->o.range, value, err);
	case OPT_COUNT:
		return gw_cli_i64(&opts[i], value, 0, INT64_MAX, &s->o.count, err);
	case OPT_EXIT:
		s->o.exit_at_end = true;
		return 0;
	case OPT_FORMAT:
		s->format_text = value;
		return 0;
	case OPT_JSON:
		s->o.json = true;
		return 0;
	case OPT_DELIMITER:
		s->delimiter = value;
		return 0;
	case OPT_KEY_DELIMITER:
		s->key_delimiter = value;
		return 0;
	case OPT_NULL:
		s->show_null = true;
		return 0;
	case OPT_SHOW_OFFSET:
		s->show_offset = true;
		return 0;
	case OPT_UNPACK:
		return gw_unpack_add(&s->unpack, value, err);
	case OPT_SPEED:
		return gw_speed_parse(value, &s->o.speed, err);
	case OPT_UNBUFFERED:
		s->o.unbuffered = true;
		return 0;
	default:
		return i < 0 ? i : 0;
	}
}

static int
check_options(struct consume *s, struct gw_err *err)
{
	enum gw_from from = s->o.range.from;

	if (s->o.n_topics == 0)
		return gw_err_set(err, GW_EINVAL, "-t TOPIC is missing");
	for (size_t i = 0; i < s->o.n_topics && s->o.group == NULL; i++)
		if (s->o.topics[i][0] == '^')
			return gw_err_set(err, GW_EINVAL, "the pattern %s needs a group: -g GROUP",
			    s->o.topics[i]);
	if (s->o.group != NULL && s->o.partition >= 0)
		return gw_err_set(
		    err, GW_EINVAL, "-p cannot be used with -g: the group gives the partitions");
	if (s->o.group != NULL && (from > GW_FROM_STORED || s->o.range.has_until))
		return gw_err_set(err, GW_EINVAL,
		    "in a group -o is beginning, end or stored: where to begin without a "
		    "committed offset");
	if (s->o.group == NULL && from == GW_FROM_STORED)
		return gw_err_set(err, GW_EINVAL, "-o stored needs a group: -g GROUP");
	if (s->o.json && (s->unpack.key != NULL || s->unpack.value != NULL))
		return gw_err_set(err, GW_EINVAL, "-J and -s exclude each other");
	if (s->o.json && s->format_text != NULL)
		return gw_err_set(err, GW_EINVAL, "-J and -f exclude each other");
	return 0;
}

static int
parse(struct consume *s, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	int rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	rc = gw_kafka_options(&s->args, &cli, take_option, s, err);
	return rc == 0 ? check_options(s, err) : rc;
}

/*
 * Without -f: the value and the delimiter, with -K the key before them; all as given, so '%' is
 * doubled.
 */
static void
put_escaped(struct gw_buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		gw_buf_puts(out, *text == '%' ? "%%" : (char[]){ *text, '\0' });
}

static int
make_format(struct consume *s, struct gw_err *err)
{
	struct gw_buf text;

	gw_buf_init(&text, s->app->env->alloc, 0);
	if (s->format_text != NULL) {
		gw_buf_puts(&text, s->format_text);
	} else {
		if (s->show_offset) {
			gw_buf_puts(&text, "%o");
			put_escaped(&text, s->key_delimiter != NULL ? s->key_delimiter : "\\t");
		}
		if (s->key_delimiter != NULL) {
			gw_buf_puts(&text, "%k");
			put_escaped(&text, s->key_delimiter);
		}
		gw_buf_puts(&text, "%s");
		put_escaped(&text, s->delimiter);
	}
	gw_buf_putc(&text, '\0');
	if (text.err == 0)
		s->format = gw_format_new(
		    s->app->env->alloc, (const char *)text.ptr, s->show_null ? "NULL" : "", err);
	else
		gw_err_set(err, text.err, "%s", gw_strerror(text.err));
	gw_buf_fini(&text);
	if (s->format == NULL)
		return err->code;
	gw_format_unpack(s->format, &s->unpack);
	return 0;
}

static const char *
defaults(const struct consume *s)
{
	/* With -g this decides only where nothing is committed. */
	return s->o.range.from == GW_FROM_END || s->o.range.from == GW_FROM_OFFSET
	    ? "auto.offset.reset=latest" : "auto.offset.reset=earliest";
}

static int
run_parsed(struct consume *s, struct gw_err *err)
{
	struct gw_kafka k;
	int rc;

	if ((rc = make_format(s, err)) != 0 ||
	    (rc = gw_kafka_open(&k, &s->args, defaults(s), err)) != 0)
		return rc;
	s->o.format = s->format;
	rc = gw_consume(&k, &s->o, err);
	gw_kafka_close(&k);
	return rc;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct consume s = { .app = app, .delimiter = "\\n", .o = { .partition = -1 } };
	struct gw_err err = { .code = 0 };
	int code;

	gw_kafka_args_init(&s.args, app);
	if (parse(&s, argc, argv, &err) != 0)
		code = gw_app_usage(app, "%s", err.msg);
	else if (run_parsed(&s, &err) != 0)
		code = gw_app_fail(app, &err);
	else
		code = GW_EXIT_OK;
	gw_kafka_args_fini(&s.args);
	gw_format_free(s.format);
	return code;
}

const struct gw_verb gw_verb_consume = {
	.name = "consume",
	.summary = "topics to stdout, as kcat -C and -G",
	.usage = "gridwire consume -t TOPIC [options]\n"
	    "       gridwire consume -g GROUP TOPIC... [options]",
	.details =
	    "FORMAT has %s value, %S its length (-1: null), %R the same in 4 bytes, %k key,\n"
	    "%K its length, %T timestamp in ms, %h headers, %t topic, %p partition, %o offset,\n"
	    "%% a percent sign, and \\n \\t \\r \\0 \\\\ \\xHH.\n"
	    "\n"
	    "PACK has b h i q for integers of 8, 16, 32 and 64 bits (B H I Q without sign), big\n"
	    "endian or, behind <, little endian, c for a character, s for the rest as text, $\n"
	    "where the end must be, and blanks.\n"
	    "\n"
	    "WHERE -5 is five records before the end of each partition; s@MS begins and e@MS\n"
	    "ends at a time in milliseconds since 1970, and both may be given. In a group it\n"
	    "says where to begin when nothing is committed.\n"
	    "\n"
	    "  gridwire consume -t nfl-plays -o -1 -e            the newest play\n"
	    "  gridwire consume -t nfl-plays -e -f '%o %k %s\\n'  with offset and key\n"
	    "  gridwire consume -t a -e -s key=q -f '%k %s\\n'  with keys of 8 bytes\n"
	    "  gridwire consume -t a -e -J | gridwire produce -t b -J    copies all of it\n"
	    "  gridwire consume -t a -e -J --speed 1x | gridwire produce -t b -J  again\n"
	    "\n"
	    "Without -q it says on stderr when the end of a partition is reached.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};

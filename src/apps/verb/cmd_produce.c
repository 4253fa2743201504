/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_produce.c - gridwire produce: the plays of a game or season at a pace, or lines and
 * records as kcat -P.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "apps/records/format.h"
#include "apps/records/produce_lines.h"
#include "apps/records/range.h"
#include "apps/feed/produce_plays.h"
#include "apps/verbs.h"
#include "base/slice.h"
#include "nfl/espn_ids.h"

#define PATH_LEN_MAX	4096
#define DELAY_S		0.5

enum {
	OPT_TOPIC = GW_N_KAFKA_OPTS, OPT_GAME, OPT_SEASON, OPT_DATA, OPT_DELAY, OPT_RATE,
	OPT_SPEED, OPT_MAX_PLAYS, OPT_PARTITIONS, OPT_REPLICATION, OPT_RETENTION,
	OPT_TOPIC_CODEC, OPT_FILE, OPT_KEY, OPT_KEY_DELIMITER, OPT_DELIMITER, OPT_HEADER,
	OPT_PARTITION, OPT_COUNT, OPT_CODEC, OPT_NULL, OPT_TEE, OPT_JSON, OPT_SOURCE, OPT_EVENT,
	OPT_SCOREBOARD, OPT_AHEAD, OPT_FROM, OPT_RECORD, OPT_URL, OPT_INTERVAL
};
static const struct gw_opt opts[] = {
	GW_KAFKA_OPTS,
	[OPT_TOPIC] = { 't', "topic", "TOPIC", "topic to write to (default for plays: nfl-plays)" },
	[OPT_GAME] = { 0, "game", "ID", "the plays of this game, such as 2024_01_BAL_KC" },
	[OPT_SEASON] = { 0, "season", "YEAR", "every game of this season" },
	[OPT_DATA] = { 0, "data", "DIR|FILE",
	    "season files (default ./data, then the installed ones)" },
	[OPT_DELAY] = { 0, "delay", "SECONDS",
	    "between two plays (default 0.5; 0: as fast as it goes)" },
	[OPT_RATE] = { 0, "rate", "N", "plays a second, instead of --delay" },
	[OPT_SPEED] = { 0, "speed", "Nx",
	    "by the game clock, N times as fast, instead of --delay" },
	[OPT_MAX_PLAYS] = { 0, "max-plays", "N", "end after N plays" },
	[OPT_PARTITIONS] = { 0, "partitions", "N",
	    "of the plays' topic when it is made (default 1)" },
	[OPT_REPLICATION] = { 0, "replication-factor", "N", "the same (default 1)" },
	[OPT_RETENTION] = { 0, "retention-ms", "MS",
	    "the same (default 86400000, a day; -1: for ever)" },
	[OPT_TOPIC_CODEC] = { 0, "compression-type", "CODEC", "the same (default gzip)" },
	[OPT_FILE] = { 'l', "lines", "FILE", "lines of FILE instead of stdin" },
	[OPT_KEY] = { 'k', "key", "KEY", "key of every record" },
	[OPT_KEY_DELIMITER] = { 'K', "key-delimiter", "TEXT",
	    "what is before TEXT in a line is its key" },
	[OPT_DELIMITER] = { 'D', "delimiter", "TEXT", "between records (default \\n)" },
	[OPT_HEADER] = { 'H', "header", "NAME=VALUE", "header of every record; may be repeated" },
	[OPT_PARTITION] = { 'p', "partition", "N", "write to this partition (-1: by key)" },
	[OPT_COUNT] = { 'c', "count", "N", "end after N records" },
	[OPT_CODEC] = { 'z', "compression", "CODEC", "of batches: none, gzip, snappy, lz4, zstd" },
	[OPT_NULL] = { 'Z', "null", NULL, "empty keys and values become null" },
	[OPT_TEE] = { 'T', "tee", NULL, "repeat the input on stdout" },
	[OPT_JSON] = { 'J', "json", NULL, "records as \"consume -J\" writes them" },
	[OPT_SOURCE] = { 0, "source", "espn", "plays as they happen, from ESPN's public feed" },
	[OPT_EVENT] = { 0, "event", "ID",
	    "of that feed, this game, by number or game id; \"gridwire games\" lists today's" },
	[OPT_SCOREBOARD] = { 0, "scoreboard", NULL, "of that feed, every game that is on" },
	[OPT_AHEAD] = { 0, "ahead", NULL, "also the play to come, before its snap, as play 0" },
	[OPT_FROM] = { 0, "from", "DIR",
	    "a recording of the feed instead, at its own pace (or --speed; 0x: at once)" },
	[OPT_RECORD] = { 0, "record", "DIR", "keep what the feed answers in DIR" },
	[OPT_URL] = { 0, "espn-url", "URL", NULL },
	[OPT_INTERVAL] = { 0, "espn-interval", "SECONDS", NULL },
};

struct produce {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	struct gw_produce_lines	 lines;
	struct gw_feed_options	 feed;
	struct gw_espn_options	 espn;
	bool			 live, scoreboard, has_speed;	/* given */
	bool			 of_live;	/* given: an option of the live feed only */
	const char		*event;		/* by number or name; NULL: not given */
	const char		*topic, *data, *codec, *delimiter, *key_delimiter;
	int64_t			 season;	/* 0: not given */
	bool			 paced, lined;	/* given: an option of plays only, of lines only */
	struct gw_buf		 text;		/* the delimiters' bytes */
};

/* ---- options ---- */

static int
take_header(struct gw_produce_lines *o, const char *value, struct gw_err *err)
{
	struct gw_header *h = &o->headers[o->n_headers];

	if (o->n_headers == GW_PRODUCE_HEADERS_MAX)
		return gw_err_set(err, GW_EINVAL, "more than %d headers", GW_PRODUCE_HEADERS_MAX);
	h->key = gw_slice_cut(gw_str(value), '=', &h->value);
	if (h->key.len == 0)
		return gw_err_set(err, GW_EINVAL, "-H %s: name=value is wanted", value);
	o->n_headers++;
	return 0;
}

/* Options of the plays. 1: taken. */
static int
take_feed_option(struct produce *s, int i, const char *value, struct gw_err *err)
{
	int64_t n;
	int rc = 0;

	switch (i) {
	case OPT_GAME:
		s->feed.game = value;
		break;
	case OPT_SEASON:
		rc = gw_cli_i64(&opts[i], value, 1900, 9999, &s->season, err);
		break;
	case OPT_DATA:
		s->data = value;
		break;
	case OPT_DELAY:
		rc = gw_cli_double(&opts[i], value, 0, 86400, &s->feed.delay_s, err);
		break;
	case OPT_RATE:
		rc = gw_cli_double(&opts[i], value, 0.001, 1e6, &s->feed.rate, err);
		break;
	case OPT_SPEED:
		s->has_speed = true;
		rc = gw_speed_parse(value, &s->feed.speed, err);
		break;
	case OPT_MAX_PLAYS:
		rc = gw_cli_i64(&opts[i], value, 1, INT64_MAX, &s->feed.plays_max, err);
		break;
	case OPT_PARTITIONS:
		if ((rc = gw_cli_i64(&opts[i], value, 1, 100000, &n, err)) == 0)
			s->feed.partitions = (int32_t)n;
		break;
	case OPT_REPLICATION:
		if ((rc = gw_cli_i64(&opts[i], value, 1, INT16_MAX, &n, err)) == 0)
			s->feed.replication_factor = (int16_t)n;
		break;
	case OPT_RETENTION:
		rc = gw_cli_i64(&opts[i], value, -1, INT64_MAX, &n, err);
		s->feed.retention_ms = value;
		break;
	case OPT_TOPIC_CODEC:
		s->feed.compression_type = value;
		break;
	default:
		return 0;
	}
	s->paced = true;
	return rc != 0 ? rc : 1;
}

/* Options of the live feed. 1: taken. */
static int
take_live_option(struct produce *s, int i, const char *value, struct gw_err *err)
{
	double seconds;
	int rc = 0;

	switch (i) {
	case OPT_SOURCE:
		s->live = true;
		if (strcmp(value, "espn") != 0)
			rc = gw_err_set(err, GW_EINVAL, "--source %s: there is only espn", value);
		break;
	case OPT_EVENT:
		s->event = value;
		break;
	case OPT_SCOREBOARD:
		s->scoreboard = true;
		break;
	case OPT_AHEAD:
		s->espn.next = true;
		break;
	case OPT_FROM:
		s->espn.from = value;
		break;
	case OPT_RECORD:
		s->espn.record = value;
		break;
	case OPT_URL:
		s->espn.url = value;
		break;
	case OPT_INTERVAL:
		if ((rc = gw_cli_double(&opts[i], value, 0.01, 3600, &seconds, err)) == 0)
			s->espn.interval_us = (int64_t)(seconds * 1e6);
		break;
	default:
		return 0;
	}
	s->of_live = true;
	return rc != 0 ? rc : 1;
}

static int
take_lines_option(struct produce *s, int i, const char *value, struct gw_err *err)
{
	struct gw_produce_lines *o = &s->lines;
	int64_t n;
	int rc = 0;

	switch (i) {
	case OPT_FILE:
		o->file = value;
		break;
	case OPT_KEY:
		o->key = value;
		break;
	case OPT_KEY_DELIMITER:
		s->key_delimiter = value;
		break;
	case OPT_DELIMITER:
		s->delimiter = value;
		break;
	case OPT_HEADER:
		rc = take_header(o, value, err);
		break;
	case OPT_PARTITION:
		if ((rc = gw_cli_i64(&opts[i], value, -1, INT32_MAX, &n, err)) == 0)
			o->partition = (int32_t)n;
		o->has_partition = true;
		break;
	case OPT_COUNT:
		rc = gw_cli_i64(&opts[i], value, 0, INT64_MAX, &o->count, err);
		break;
	case OPT_NULL:
		o->empty_is_null = true;
		break;
	case OPT_TEE:
		o->tee = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	default:
		return 0;
	}
	s->lined = true;
	return rc != 0 ? rc : 1;
}

static int
take_option(struct produce *s, int i, const char *value, struct gw_err *err)
{
	int rc;

	if (i == GW_CLI_OPERAND && s->lines.n_whole == GW_PRODUCE_FILES_MAX)
		return gw_err_set(err, GW_EINVAL, "more than %d files", GW_PRODUCE_FILES_MAX);
	if (i == GW_CLI_OPERAND) {
		s->lines.whole[s->lines.n_whole++] = value;
		return 0;
	}
	if (i < 0)
		return i;
	if (i == OPT_TOPIC)
		s->topic = value;
	else if (i == OPT_CODEC)
		s->codec = value;
	else if ((rc = gw_kafka_arg(&s->args, i, value, err)) != 0 ||
		 (rc = take_feed_option(s, i, value, err)) != 0 ||
		 (rc = take_live_option(s, i, value, err)) != 0 ||
		 (rc = take_lines_option(s, i, value, err)) != 0)
		return rc < 0 ? rc : 0;
	return 0;
}

static bool
is_plays(const struct produce *s)
{
	return s->feed.game != NULL || s->season != 0 || s->live;
}

static int
check_live(struct produce *s, struct gw_err *err)
{
	if (!s->live && s->of_live)
		return gw_err_set(err, GW_EINVAL, "options of the live feed need --source espn");
	if (!s->live)
		return 0;
	if ((s->event != NULL) == s->scoreboard)
		return gw_err_set(err, GW_EINVAL,
		    "--source espn needs --event ID or --scoreboard, and not both");
	if (s->feed.game != NULL || s->season != 0)
		return gw_err_set(err, GW_EINVAL,
		    "--game and --season are of season files, not of --source espn");
	if (s->feed.rate > 0 || s->feed.delay_s != DELAY_S)
		return gw_err_set(err, GW_EINVAL,
		    "--rate and --delay do not go with --source espn: plays come when they come");
	if (s->has_speed && s->espn.from == NULL)
		return gw_err_set(err, GW_EINVAL,
		    "--speed with --source espn needs a recording: --from DIR");
	if (s->espn.from != NULL && s->espn.record != NULL)
		return gw_err_set(err, GW_EINVAL, "--from and --record exclude each other");
	s->espn.speed = s->has_speed ? s->feed.speed : 1;
	s->feed.speed = s->feed.delay_s = 0;
	return 0;
}

static int
check_options(struct produce *s, struct gw_err *err)
{
	if (!s->live && s->has_speed && s->feed.speed == 0)
		return gw_err_set(err, GW_EINVAL, "--speed 0: --delay 0 is as fast as it goes");
	if (is_plays(s) && s->lined)
		return gw_err_set(err, GW_EINVAL,
		    "options of lines (-l -k -K -D -H -p -c -Z -T -J) do not go with plays "
		    "(--game, --season, --source)");
	if (!is_plays(s) && s->paced)
		return gw_err_set(err, GW_EINVAL,
		    "options of plays need --game ID, --season YEAR or --source espn");
	if ((s->feed.rate > 0) + (s->feed.speed > 0) > 1)
		return gw_err_set(err, GW_EINVAL, "--rate and --speed exclude each other");
	if (!is_plays(s) && s->topic == NULL && !s->lines.json)
		return gw_err_set(err, GW_EINVAL, "-t TOPIC is missing");
	if (s->lines.n_whole > 0 && (is_plays(s) || s->lines.file != NULL))
		return gw_err_set(err, GW_EINVAL,
		    "unexpected word \"%s\": files named so are a record each, and go neither with "
		    "-l nor with plays", s->lines.whole[0]);
	if (s->lines.n_whole > 0 && s->key_delimiter != NULL)
		return gw_err_set(err, GW_EINVAL,
		    "-K is of lines: a whole file (%s) gets its key by -k", s->lines.whole[0]);
	if (s->lines.json && s->key_delimiter != NULL)
		return gw_err_set(
		    err, GW_EINVAL, "-K does not go with -J: the record holds its key");
	return 0;
}

/* Both delimiters into s->text. */
static int
take_delimiters(struct produce *s, struct gw_err *err)
{
	size_t key_at;
	int rc;

	if ((rc = gw_unescape(s->delimiter, &s->text, err)) != 0)
		return rc;
	key_at = s->text.len;
	if (key_at == 0)
		return gw_err_set(err, GW_EINVAL, "-D must not be empty");
	if (s->key_delimiter != NULL && (rc = gw_unescape(s->key_delimiter, &s->text, err)) != 0)
		return rc;
	s->lines.delimiter = (struct gw_slice){ (const char *)s->text.ptr, key_at };
	s->lines.key_delimiter =
	    (struct gw_slice){ (const char *)s->text.ptr + key_at, s->text.len - key_at };
	return 0;
}

static int
parse(struct produce *s, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, err)) != GW_CLI_END)
		if ((rc = take_option(s, i, value, err)) != 0)
			return rc;
	if ((rc = check_live(s, err)) != 0 || (rc = check_options(s, err)) != 0)
		return rc;
	return take_delimiters(s, err);
}

/* ---- the verb ---- */

/* The season of a game is in its id. */
static int
season_file(struct produce *s, char *path, struct gw_err *err)
{
	int64_t year = s->season;

	if (year == 0 && (strlen(s->feed.game) < 4 ||
	    gw_slice_i64((struct gw_slice){ s->feed.game, 4 }, &year) != 0))
		return gw_err_set(err, GW_EDATA,
		    "\"%s\" is no game id; one looks like 2024_01_BAL_KC: season, week, "
		    "away team, home team",
		    s->feed.game);
	return gw_season_path(
	    s->app->env, gw_app_data_dir(s->app, s->data), (int)year, path, PATH_LEN_MAX, err);
}

static int
produce_plays(struct produce *s)
{
	char path[PATH_LEN_MAX];
	struct gw_err err;

	s->feed.topic = s->topic != NULL ? s->topic : "nfl-plays";
	s->feed.create_topic = true;
	s->espn.data = gw_app_data_dir(s->app, s->data);
	if (s->live && s->event != NULL && gw_espn_event_named(s->app->env, s->espn.data, s->event,
	    &s->espn.event, &err) != 0)
		return gw_app_fail(s->app, &err);
	if (s->live)
		return gw_produce_live(&s->k, &s->feed, &s->espn);
	if (season_file(s, path, &err) != 0)
		return gw_app_fail(s->app, &err);
	return gw_produce_plays(&s->k, &s->feed, path);
}

static int
open_client(struct produce *s, struct gw_err *err)
{
	char defaults[128];
	const char *codec = s->codec;

	/* The topic of plays is gzip: compressed here, the broker need not do it again. */
	if (codec == NULL)
		codec = is_plays(s) ? "gzip" : "none";
	snprintf(defaults, sizeof(defaults), "compression.type=%.100s", codec);
	return gw_kafka_open(&s->k, &s->args, defaults, err);
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct produce s = {
		.app = app,
		.delimiter = "\\n",
		.feed = { .delay_s = DELAY_S,
		    .partitions = 1,
		    .replication_factor = 1,
		    .retention_ms = "86400000",
		    .compression_type = "gzip" },
	};
	struct gw_err err;
	int code;

	gw_kafka_args_init(&s.args, app);
	gw_buf_init(&s.text, app->env->alloc, 0);
	if (parse(&s, argc, argv, &err) != 0) {
		code = gw_app_usage(app, "%s", err.msg);
	} else if (open_client(&s, &err) != 0) {
		code = gw_app_fail(app, &err);
	} else if (is_plays(&s)) {
		code = produce_plays(&s);
	} else {
		s.lines.topic = s.topic;
		code = gw_produce_lines(&s.k, &s.lines);
	}
	gw_kafka_close(&s.k);
	gw_buf_fini(&s.text);
	gw_kafka_args_fini(&s.args);
	return code;
}

const struct gw_verb gw_verb_produce = {
	.name = "produce",
	.summary = "plays of a game or season, or lines as kcat -P, into a topic",
	.usage = "gridwire produce --game ID | --season YEAR [options]\n"
		 "       gridwire produce --source espn --event ID | --scoreboard [options]\n"
		 "       gridwire produce -t TOPIC [-l FILE] [options] < LINES\n"
		 "       gridwire produce -t TOPIC [options] FILE...\n"
		 "       gridwire produce [-t TOPIC] -J [options] < RECORDS",
	.details =
	    "Plays are JSON messages with the game's id as key (doc/messages.md), stamped with\n"
	    "the time at which they are sent. The topic is made if it is not there: one\n"
	    "partition, a day's retention, gzip.\n"
	    "\n"
	    "  gridwire produce --game 2024_01_BAL_KC\n"
	    "  gridwire produce --season 2024 --rate 1000\n"
	    "  gridwire produce --source espn --scoreboard --record sunday\n"
	    "  gridwire produce -t notes -k me -H from=shell < notes.txt\n"
	    "\n"
	    "ESPN's feed is unofficial and may change or end without notice; its data is ESPN's\n"
	    "(doc/live.md).\n"
	    "\n"
	    "Each line is a record, an empty one too; each FILE is one record. With -X\n"
	    "transactional.id=ID all of it is one transaction, aborted by Ctrl-C.\n"
	    "Records with -J keep their topic unless -t "
	    "is given, their partition unless -p is,\n"
	    "and their timestamp; \"payload\" has to be there, null where there is no value.\n"
	    "Without a complaint and with exit code 0, everything was acknowledged by the\n"
	    "broker; with 4, it says how many records were not.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};

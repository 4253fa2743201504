/* SPDX-License-Identifier: MIT
 *
 * apps/cmd_consume.c - gridwire consume: topics to stdout, as kcat -C and -G do it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>

#include "apps/format.h"
#include "apps/kafka.h"
#include "apps/range.h"
#include "apps/verbs.h"
#include "base/slice.h"

#define OUT_BLOCK	65536
#define CLOSE_MS	5000
#define TOPICS_MAX	64

enum {
	OPT_TOPIC = GW_N_KAFKA_OPTS, OPT_PARTITION, OPT_GROUP, OPT_OFFSET, OPT_COUNT, OPT_EXIT,
	OPT_FORMAT, OPT_JSON, OPT_DELIMITER, OPT_KEY_DELIMITER, OPT_NULL, OPT_UNBUFFERED
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
	[OPT_NULL] = { 'Z', "null", NULL, "print null keys and values as NULL, not as nothing" },
	[OPT_UNBUFFERED] = { 'u', "unbuffered", NULL, "write each record at once" },
};

/* What is to be remembered of a partition. */
struct part {
	char	*topic;
	int32_t	 partition;
	int64_t	 told_end;	/* its end was told at this position; -1: not yet */
	int64_t	 until;		/* offset of the first record not wanted */
	bool	 done;		/* got there */
};

struct consume {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	const char		*topics[TOPICS_MAX];
	size_t			 n_topics;
	const char		*group, *format_text, *delimiter, *key_delimiter;
	int64_t			 partition, count;	/* -1: all; 0: no limit */
	struct gw_range		 range;
	bool			 exit_at_end, json, show_null, unbuffered;
	struct gw_format	*format;
	struct part		*parts;
	size_t			 n_parts, parts_cap, n_done;
	int64_t			 n_printed;
	bool			 ended;
};

/* ---- options ---- */

static int
take_option(struct consume *s, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case GW_CLI_OPERAND:
	case OPT_TOPIC:
		if (s->n_topics == TOPICS_MAX)
			return gw_err_set(err, GW_EINVAL, "more than %d topics", TOPICS_MAX);
		s->topics[s->n_topics++] = value;
		return 0;
	case OPT_PARTITION:
		return gw_cli_i64(&opts[i], value, 0, INT32_MAX, &s->partition, err);
	case OPT_GROUP:
		s->group = value;
		return 0;
	case OPT_OFFSET:
		return gw_range_add(&s->range, value, err);
	case OPT_COUNT:
		return gw_cli_i64(&opts[i], value, 1, INT64_MAX, &s->count, err);
	case OPT_EXIT:
		s->exit_at_end = true;
		return 0;
	case OPT_FORMAT:
		s->format_text = value;
		return 0;
	case OPT_JSON:
		s->json = true;
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
	case OPT_UNBUFFERED:
		s->unbuffered = true;
		return 0;
	default:
		return i < 0 ? i : 0;
	}
}

static int
check_options(struct consume *s, struct gw_err *err)
{
	enum gw_from from = s->range.from;

	if (s->n_topics == 0)
		return gw_err_set(err, GW_EINVAL, "-t TOPIC is missing");
	if (s->group != NULL && s->partition >= 0)
		return gw_err_set(
		    err, GW_EINVAL, "-p cannot be used with -g: the group gives the partitions");
	if (s->group != NULL && (from > GW_FROM_STORED || s->range.has_until))
		return gw_err_set(err, GW_EINVAL,
		    "in a group -o is beginning, end or stored: where to begin without a "
		    "committed offset");
	if (s->json && s->format_text != NULL)
		return gw_err_set(err, GW_EINVAL, "-J and -f exclude each other");
	return 0;
}

static int
parse(struct consume *s, int argc, char **argv, struct gw_err *err)
{
	struct gw_cli cli;
	const char *value;
	int i, rc;

	gw_cli_init(&cli, opts, GW_N(opts), argc, argv);
	while ((i = gw_cli_next(&cli, &value, err)) != GW_CLI_END) {
		rc = gw_kafka_arg(&s->args, i, value, err);
		if (rc == 0)
			rc = take_option(s, i, value, err);
		if (rc < 0)
			return rc;
	}
	return check_options(s, err);
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
	return s->format == NULL ? err->code : 0;
}

/* ---- partitions ---- */

static struct part *
find_part(struct consume *s, struct gw_slice topic, int32_t partition)
{
	size_t i;

	for (i = 0; i < s->n_parts; i++)
		if (s->parts[i].partition == partition && gw_slice_is(topic, s->parts[i].topic))
			return &s->parts[i];
	return NULL;
}

static struct part *
add_part(struct consume *s, struct gw_slice topic, int32_t partition)
{
	void *parts = s->parts;
	struct part *p;

	if (gw_alloc_room(s->app->env->alloc, &parts, &s->parts_cap, s->n_parts, sizeof(*p)) != 0)
		return NULL;
	s->parts = parts;
	p = &s->parts[s->n_parts];
	*p = (struct part){ .partition = partition, .told_end = -1, .until = INT64_MAX };
	p->topic = gw_alloc_str(s->app->env->alloc, topic);
	if (p->topic == NULL)
		return NULL;
	s->n_parts++;
	return p;
}

/* Offsets of a topic by partition, into call. */
static int
list_offsets(
    struct consume *s, const char *topic, int64_t at, struct gw_call **call, struct gw_err *err)
{
	*call = gw_call_list_offsets(s->k.client, topic, at);
	return gw_kafka_wait(&s->k, *call, err);
}

/* What a topic's partitions need to know before they begin; calls not needed are NULL. */
struct bounds {
	struct gw_call	*earliest, *latest, *from, *until;
};

static int
ask_bounds(struct consume *s, const char *topic, struct bounds *b, struct gw_err *err)
{
	int rc = 0;

	if (s->range.from == GW_FROM_TAIL) {
		rc = list_offsets(s, topic, GW_OFFSET_EARLIEST, &b->earliest, err);
		if (rc == 0)
			rc = list_offsets(s, topic, GW_OFFSET_LATEST, &b->latest, err);
	}
	if (rc == 0 && s->range.from == GW_FROM_TIME)
		rc = list_offsets(s, topic, s->range.n, &b->from, err);
	if (rc == 0 && s->range.has_until)
		rc = list_offsets(s, topic, s->range.until_ms, &b->until, err);
	return rc;
}

static int64_t
start_of(const struct consume *s, const struct bounds *b, int32_t partition)
{
	int64_t first, last;

	switch (s->range.from) {
	case GW_FROM_END:
		return GW_OFFSET_LATEST;
	case GW_FROM_STORED:
		return GW_OFFSET_COMMITTED;
	case GW_FROM_OFFSET:
		return s->range.n;
	case GW_FROM_TAIL:
		first = gw_kafka_offset(b->earliest, partition);
		last = gw_kafka_offset(b->latest, partition);
		if (first < 0 || last < 0)
			return GW_OFFSET_LATEST;
		return last - first > s->range.n ? last - s->range.n : first;
	case GW_FROM_TIME:
		first = gw_kafka_offset(b->from, partition);
		return first < 0 ? GW_OFFSET_LATEST : first;
	case GW_FROM_DEFAULT:
	case GW_FROM_BEGINNING:
	default:
		return GW_OFFSET_EARLIEST;
	}
}

static int
assign_one(struct consume *s, const char *topic, int32_t partition, const struct bounds *b,
    struct gw_err *err)
{
	struct part *p = add_part(s, gw_str(topic), partition);
	int64_t until = gw_kafka_offset(b->until, partition);
	int rc;

	if (p == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (until >= 0)
		p->until = until;
	rc = gw_assign(s->k.client, topic, partition, start_of(s, b, partition));
	if (rc != 0)
		*err = *gw_client_error(s->k.client);
	return rc;
}

static int
assign_topic(
    struct consume *s, const char *topic, const struct gw_topic_info *info, struct gw_err *err)
{
	struct bounds b = { NULL, NULL, NULL, NULL };
	size_t i, n = 0;
	int rc;

	rc = ask_bounds(s, topic, &b, err);
	for (i = 0; rc == 0 && i < info->n_partitions; i++) {
		if (s->partition >= 0 && info->partitions[i].partition != s->partition)
			continue;
		rc = assign_one(s, topic, info->partitions[i].partition, &b, err);
		n++;
	}
	if (rc == 0 && n == 0)
		rc = gw_err_set(err, GW_K_UNKNOWN_TOPIC_OR_PARTITION,
		    "topic \"%s\" has no partition %" PRId64 "; it has %zu, counted from 0", topic,
		    s->partition, info->n_partitions);
	gw_call_free(b.earliest);
	gw_call_free(b.latest);
	gw_call_free(b.from);
	gw_call_free(b.until);
	return rc;
}

static int
start(struct consume *s, struct gw_err *err)
{
	const struct gw_topic_info *info;
	struct gw_call *call;
	size_t i;
	int rc;

	for (i = 0; i < s->n_topics; i++) {
		rc = gw_kafka_topic(&s->k, s->topics[i], &call, &info, err);
		if (rc != 0)
			return rc;
		if (s->group == NULL)
			rc = assign_topic(s, s->topics[i], info, err);
		else if ((rc = gw_subscribe(s->k.client, s->topics[i], s->group)) != 0)
			*err = *gw_client_error(s->k.client);
		gw_call_free(call);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* ---- reading ---- */

static bool
counted_out(const struct consume *s)
{
	return s->count > 0 && s->n_printed >= s->count;
}

static void
finish_part(struct consume *s, struct part *p)
{
	p->done = true;
	s->n_done++;
	gw_pause(s->k.client, p->topic, p->partition);
}

static void
print_record(struct consume *s, const struct gw_place *at, const struct gw_record *r)
{
	struct gw_buf *out = &s->app->out;

	if (s->json)
		gw_record_json(out, at, r);
	else
		gw_format_put(s->format, out, at, r);
	s->n_printed++;
	if (s->unbuffered || out->len >= OUT_BLOCK)
		gw_app_flush(s->app);
}

/* Part of a batch was printed: the next reader goes on behind it. */
static void
commit_one(struct consume *s, struct gw_slice topic, int32_t partition, int64_t next)
{
	size_t i;

	for (i = 0; i < s->n_topics; i++)
		if (gw_slice_is(topic, s->topics[i]))
			gw_commit_offset(s->k.client, s->topics[i], partition, next);
}

/* Prints a batch and, in a group, commits what has left this process. 0 or the client's error. */
static int
print_batch(struct consume *s, struct gw_batch *b, struct gw_err *err)
{
	const struct gw_batch_info info = gw_batch_info(b);
	const struct gw_place at = { info.topic, info.partition };
	struct part *p = s->range.has_until ? find_part(s, info.topic, info.partition) : NULL;
	struct gw_record r;
	int64_t next = -1;
	int rc = 0;

	while ((p == NULL || !p->done) && !counted_out(s) && s->app->out_err == 0 &&
	       (rc = gw_batch_next(b, &r)) > 0) {
		if (p != NULL && (r.offset >= p->until || r.timestamp_ms >= s->range.until_ms)) {
			finish_part(s, p);
			break;
		}
		print_record(s, &at, &r);
		next = r.offset + 1;
	}
	if (rc < 0) {
		*err = *gw_client_error(s->k.client);
		return rc;
	}
	if (s->group == NULL || gw_app_flush(s->app) != 0)
		return 0;
	if (!counted_out(s))
		gw_commit(s->k.client, b);
	else if (next >= 0)
		commit_one(s, info.topic, info.partition, next);
	return 0;
}

static int
tell_end(struct consume *s, const struct gw_position *pos, bool exiting, struct gw_err *err)
{
	struct part *p = find_part(s, pos->topic, pos->partition);

	if (p == NULL && (p = add_part(s, pos->topic, pos->partition)) == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (p->told_end != pos->position)
		gw_app_say(s->app,
		    "%% Reached end of topic %s [%" PRId32 "] at offset %" PRId64 "%s", p->topic,
		    p->partition, pos->position, exiting ? ": exiting" : "");
	p->told_end = pos->position;
	return 0;
}

/* Tells every partition that came to its end since; with -e, sets ended when that was the last. */
static int
look_at_ends(struct consume *s, struct gw_err *err)
{
	bool exiting = s->exit_at_end && gw_at_end(s->k.client);
	struct gw_position pos;
	size_t i;
	int rc;

	for (i = 0; gw_assignment(s->k.client, i, &pos) > 0; i++) {
		if (pos.position < 0 || pos.high_watermark < 0 || pos.position < pos.high_watermark)
			continue;
		if (!s->app->quiet && (rc = tell_end(s, &pos, exiting, err)) != 0)
			return rc;
	}
	s->ended = exiting && i > 0;
	return 0;
}

static int
consume(struct consume *s, struct gw_err *err)
{
	struct gw_batch *b;
	int rc = 0;

	while (rc == 0 && !s->ended && !counted_out(s)) {
		if (gw_app_stopping(s->app))
			return gw_err_set(err, GW_EINTR, "interrupted");
		if (s->range.has_until && s->n_done == s->n_parts)
			break;
		b = gw_fetch(s->k.client, 0, err);
		if (b != NULL) {
			rc = print_batch(s, b, err);
			continue;
		}
		if (err->code != GW_ETIMEOUT)
			return err->code;
		gw_app_flush(s->app);
		rc = look_at_ends(s, err);
		if (rc == 0 && !s->ended)
			rc = gw_kafka_turn(&s->k, INT64_MAX, err);
	}
	return rc;
}

static const char *
defaults(const struct consume *s)
{
	/* With -g this decides only where nothing is committed. */
	return s->range.from == GW_FROM_END ? "auto.offset.reset=latest"
					    : "auto.offset.reset=earliest";
}

/* So that what was printed counts as read, and the others need not wait for us to time out. */
static void
leave_group(struct consume *s)
{
	if (gw_commit_wait(s->k.client, CLOSE_MS) != 0)
		gw_app_say(s->app, "gridwire consume: the last offsets may not be committed: %s",
		    gw_client_error(s->k.client)->msg);
	gw_client_close(s->k.client, CLOSE_MS);
}

static int
run_parsed(struct consume *s, struct gw_err *err)
{
	int rc;

	if ((rc = make_format(s, err)) != 0 ||
	    (rc = gw_kafka_open(&s->k, &s->args, defaults(s), err)) != 0)
		return rc;
	rc = start(s, err);
	if (rc == 0)
		rc = consume(s, err);
	gw_app_flush(s->app);
	if (s->group != NULL)
		leave_group(s);
	return rc;
}

static int
run(struct gw_app *app, int argc, char **argv)
{
	struct consume s = { .app = app, .partition = -1, .delimiter = "\\n" };
	struct gw_err err = { .code = 0 };
	size_t i;
	int rc, code;

	gw_kafka_args_init(&s.args, app);
	rc = parse(&s, argc, argv, &err);
	if (rc != 0)
		code = gw_app_usage(app, "%s", err.msg);
	else
		code = (rc = run_parsed(&s, &err)) == 0 ? GW_EXIT_OK : gw_app_fail(app, &err);
	gw_kafka_close(&s.k);
	gw_kafka_args_fini(&s.args);
	gw_format_free(s.format);
	for (i = 0; i < s.n_parts; i++)
		gw_alloc_free(app->env->alloc, s.parts[i].topic);
	gw_alloc_free(app->env->alloc, s.parts);
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
	    "WHERE -5 is five records before the end of each partition; s@MS begins and e@MS\n"
	    "ends at a time in milliseconds since 1970, and both may be given. In a group it\n"
	    "says where to begin when nothing is committed.\n"
	    "\n"
	    "  gridwire consume -t nfl-plays -o -1 -e            the newest play\n"
	    "  gridwire consume -t nfl-plays -e -f '%o %k %s\\n'  with offset and key\n"
	    "  gridwire consume -t a -e -J | gridwire produce -t b -J    copies all of it\n"
	    "\n"
	    "Without -q it says on stderr when the end of a partition is reached.",
	.opts = opts,
	.n_opts = GW_N(opts),
	.run = run,
};

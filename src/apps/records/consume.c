/* SPDX-License-Identifier: MIT
 *
 * apps/records/consume.c - topics to stdout, from where to where asked.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/consume.h"

#include <inttypes.h>

#include "base/slice.h"

#define OUT_BLOCK	65536
#define CLOSE_MS	5000

/* What is to be remembered of a partition. */
struct part {
	char	*topic;
	int32_t	 partition;
	int64_t	 told_end;	/* its end was told at this position; -1: not yet */
	int64_t	 until;		/* offset of the first record not wanted */
	bool	 done;		/* got there */
};

struct consume {
	struct gw_app				*app;
	struct gw_kafka				*k;
	const struct gw_consume_options		*o;
	struct part				*parts;
	size_t					 n_parts, parts_cap, n_done;
	int64_t					 n_printed;
	/* first record's time; ours then */
	int64_t					 paced_ms, paced_us;
	bool					 ended;
};

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
	*call = gw_call_list_offsets(s->k->client, topic, at);
	return gw_kafka_wait(s->k, *call, err);
}

/* What a topic's partitions need to know before they begin; calls not needed are NULL. */
struct bounds {
	struct gw_call	*earliest, *latest, *from, *until;
};

static int
ask_bounds(struct consume *s, const char *topic, struct bounds *b, struct gw_err *err)
{
	int rc = 0;

	if (s->o->range.from == GW_FROM_TAIL || s->o->range.from == GW_FROM_OFFSET)
		rc = list_offsets(s, topic, GW_OFFSET_EARLIEST, &b->earliest, err);
	if (rc == 0 && s->o->range.from == GW_FROM_TAIL)
		rc = list_offsets(s, topic, GW_OFFSET_LATEST, &b->latest, err);
	if (rc == 0 && s->o->range.from == GW_FROM_TIME)
		rc = list_offsets(s, topic, s->o->range.n, &b->from, err);
	if (rc == 0 && s->o->range.has_until)
		rc = list_offsets(s, topic, s->o->range.until_ms, &b->until, err);
	return rc;
}

static int64_t
start_of(const struct consume *s, const struct bounds *b, int32_t partition)
{
	int64_t first, last;

	switch (s->o->range.from) {
	case GW_FROM_END:
		return GW_OFFSET_LATEST;
	case GW_FROM_STORED:
		return GW_OFFSET_COMMITTED;
	case GW_FROM_OFFSET:	/* what is past the end becomes the end: auto.offset.reset */
		first = gw_kafka_offset(b->earliest, partition);
		return first > s->o->range.n ? first : s->o->range.n;
	case GW_FROM_TAIL:
		first = gw_kafka_offset(b->earliest, partition);
		last = gw_kafka_offset(b->latest, partition);
		if (first < 0 || last < 0)
			return GW_OFFSET_LATEST;
		return last - first > s->o->range.n ? last - s->o->range.n : first;
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
	rc = gw_assign(s->k->client, topic, partition, start_of(s, b, partition));
	if (rc != 0)
		*err = *gw_client_error(s->k->client);
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
		if (s->o->partition >= 0 && info->partitions[i].partition != s->o->partition)
			continue;
		rc = assign_one(s, topic, info->partitions[i].partition, &b, err);
		n++;
	}
	if (rc == 0 && n == 0)
		rc = gw_err_set(err, GW_K_UNKNOWN_TOPIC_OR_PARTITION,
		    "topic \"%s\" has no partition %" PRId64 "; it has %zu, counted from 0", topic,
		    s->o->partition, info->n_partitions);
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

	for (i = 0; i < s->o->n_topics; i++) {
		if (s->o->topics[i][0] == '^' && s->o->group != NULL) {
			rc = gw_subscribe(s->k->client, s->o->topics[i], s->o->group);
			if (rc == 0)
				continue;
			*err = *gw_client_error(s->k->client);
			return rc;
		}
		rc = gw_kafka_topic(s->k, s->o->topics[i], &call, &info, err);
		if (rc != 0)
			return rc;
		if (s->o->group == NULL)
			rc = assign_topic(s, s->o->topics[i], info, err);
		else if ((rc = gw_subscribe(s->k->client, s->o->topics[i], s->o->group)) != 0)
			*err = *gw_client_error(s->k->client);
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
	return s->o->count > 0 && s->n_printed >= s->o->count;
}

static void
finish_part(struct consume *s, struct part *p)
{
	p->done = true;
	s->n_done++;
	gw_pause(s->k->client, p->topic, p->partition);
}

static int
print_record(struct consume *s, const struct gw_place *at, const struct gw_record *r,
    struct gw_err *err)
{
	struct gw_buf *out = &s->app->out;
	int rc = 0;

	if (s->o->json)
		gw_record_json(out, at, r);
	else
		rc = gw_format_put(s->o->format, out, at, r, err);
	if (rc != 0) {
		gw_err_prefix(err, "%.*s-%d at offset %lld: ", GW_FMT(at->topic),
		    (int)at->partition, (long long)r->offset);
		return rc;
	}
	s->n_printed++;
	if (s->o->unbuffered || out->len >= OUT_BLOCK)
		gw_app_flush(s->app);
	return 0;
}

/* Waits until it is this record's turn. Members of a group stay one meanwhile. */
static int
pace(struct consume *s, const struct gw_record *r, struct gw_err *err)
{
	double after_us;

	if (s->o->speed <= 0 || r->timestamp_ms < 0)
		return 0;
	if (s->paced_us == 0) {
		s->paced_ms = r->timestamp_ms;
		s->paced_us = gw_env_now(s->app->env).us;
	}
	after_us = (double)(r->timestamp_ms - s->paced_ms) * 1000 / s->o->speed;
	if (after_us <= 0 || gw_app_flush(s->app) != 0)
		return 0;
	return gw_kafka_sleep(s->k, s->paced_us + (int64_t)after_us, err);
}

/* Part of a batch was printed: the next reader goes on behind it. */
static void
commit_one(struct consume *s, struct gw_slice topic, int32_t partition, int64_t next)
{
	char *name = gw_alloc_str(s->app->env->alloc, topic);

	if (name != NULL)
		gw_commit_offset(s->k->client, name, partition, next);
	gw_alloc_free(s->app->env->alloc, name);
}

/* Prints a batch and, in a group, commits what has left this process. 0 or the client's error. */
static int
print_batch(struct consume *s, struct gw_batch *b, struct gw_err *err)
{
	const struct gw_batch_info info = gw_batch_info(b);
	const struct gw_place at = { info.topic, info.partition, info.broker,
		info.log_append_time };
	struct part *p = s->o->range.has_until ? find_part(s, info.topic, info.partition) : NULL;
	struct gw_record r;
	int64_t next = -1;
	int rc = 0, said;

	while ((p == NULL || !p->done) && !counted_out(s) && s->app->out_err == 0 &&
	       (rc = gw_batch_next(b, &r)) > 0) {
		if (p != NULL && (r.offset >= p->until || r.timestamp_ms >= s->o->range.until_ms)) {
			finish_part(s, p);
			break;
		}
		if ((said = pace(s, &r, err)) != 0 || (said = print_record(s, &at, &r, err)) != 0)
			return said;
		next = r.offset + 1;
	}
	if (rc < 0) {
		*err = *gw_client_error(s->k->client);
		return rc;
	}
	if (s->o->group == NULL || gw_app_flush(s->app) != 0)
		return 0;
	if (!counted_out(s))
		gw_commit(s->k->client, b);
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
	bool exiting = s->o->exit_at_end && gw_at_end(s->k->client);
	struct gw_position pos;
	size_t i;
	int rc;

	for (i = 0; gw_assignment(s->k->client, i, &pos) > 0; i++) {
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
		if (s->o->range.has_until && s->n_done == s->n_parts)
			break;
		b = gw_fetch(s->k->client, 0, err);
		if (b != NULL) {
			rc = print_batch(s, b, err);
			continue;
		}
		if (err->code != GW_ETIMEOUT)
			return err->code;
		gw_app_flush(s->app);
		rc = look_at_ends(s, err);
		if (rc == 0 && !s->ended)
			rc = gw_kafka_turn(s->k, INT64_MAX, err);
	}
	return rc;
}

/* So that what was printed counts as read, and the others need not wait for us to time out. */
static void
leave_group(struct consume *s)
{
	if (gw_commit_wait(s->k->client, CLOSE_MS) != 0)
		gw_app_say(s->app, "gridwire consume: the last offsets may not be committed: %s",
		    gw_client_error(s->k->client)->msg);
	gw_client_close(s->k->client, CLOSE_MS);
}

int
gw_consume(struct gw_kafka *k, const struct gw_consume_options *o, struct gw_err *err)
{
	struct consume s = { .app = k->app, .k = k, .o = o };
	size_t i;
	int rc;

	rc = start(&s, err);
	if (rc == 0)
		rc = consume(&s, err);
	gw_app_flush(s.app);
	if (o->group != NULL)
		leave_group(&s);
	for (i = 0; i < s.n_parts; i++)
		gw_alloc_free(s.app->env->alloc, s.parts[i].topic);
	gw_alloc_free(s.app->env->alloc, s.parts);
	return rc;
}

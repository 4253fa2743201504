/* SPDX-License-Identifier: MIT
 *
 * apps/admin/reset_group.c - a group's offsets from outside.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/admin/reset_group.h"

#include <inttypes.h>
#include <stdlib.h>

#include "apps/table.h"
#include "base/json.h"
#include "base/slice.h"

struct move {
	const char	*topic;		/* of a call, or of the options */
	int32_t		 partition;
	int64_t		 from, to;	/* -1: nothing committed */
};

struct reset {
	struct gw_kafka		*k;
	const char		*group;
	const struct gw_reset	*r;
	struct gw_call		*offsets_call;
	struct move		*moves;
	size_t			 n_moves, moves_cap;
};

/* ---- when ---- */

/* Days since 1970 of a date of the Gregorian calendar (H. Hinnant, "chrono-compatible dates"). */
static int64_t
days(int64_t y, int64_t m, int64_t d)
{
	int64_t era, of_era, of_year;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	of_era = y - era * 400;
	of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* n digits at *p, which moves behind them. -1: they are not there. */
static int64_t
digits(const char **p, int n)
{
	int64_t v = 0;

	for (; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		v = v * 10 + (**p - '0');
	}
	return v;
}

static bool
skip(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* ".123456" behind the seconds, in ms; 0 where there is none. */
static int64_t
fraction(const char **p)
{
	int64_t ms = 0, unit = 100;

	if (!skip(p, '.'))
		return 0;
	for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
		ms += unit * (**p - '0');
	return ms;
}

/* "Z", "+02:00", "+0200" or nothing (UTC), in minutes east; INT64_MIN: none of them. */
static int64_t
zone(const char **p)
{
	int64_t sign = **p == '-' ? -1 : 1, h, m;

	if (**p == '\0' || skip(p, 'Z') || skip(p, 'z'))
		return 0;
	if (!skip(p, '+') && !skip(p, '-'))
		return INT64_MIN;
	h = digits(p, 2);
	(void)skip(p, ':');
	m = digits(p, 2);
	return h < 0 || m < 0 || h > 23 || m > 59 ? INT64_MIN : sign * (h * 60 + m);
}

static bool
parse_iso(const char *p, int64_t *ms)
{
	int64_t y = digits(&p, 4), mo, d, h = 0, mi = 0, s = 0, part = 0, east = 0;

	if (y < 0 || !skip(&p, '-') || (mo = digits(&p, 2)) < 1 || mo > 12 || !skip(&p, '-') ||
	    (d = digits(&p, 2)) < 1 || d > 31)
		return false;
	if (skip(&p, 'T') || skip(&p, ' ')) {
		h = digits(&p, 2);
		if (h < 0 || h > 23 || !skip(&p, ':') || (mi = digits(&p, 2)) < 0 || mi > 59)
			return false;
		if (skip(&p, ':') && ((s = digits(&p, 2)) < 0 || s > 60))
			return false;
		part = fraction(&p);
		east = zone(&p);
	}
	if (*p != '\0' || east == INT64_MIN)
		return false;
	*ms = ((days(y, mo, d) * 24 + h) * 60 + mi - east) * 60000 + s * 1000 + part;
	return true;
}

int
gw_parse_time(const char *text, int64_t *ms, struct gw_err *err)
{
	if ((strlen(text) > 8 && gw_slice_i64(gw_str(text), ms) == 0 && *ms >= 0) ||
	    parse_iso(text, ms))
		return 0;
	return gw_err_set(err, GW_EINVAL, "%s: a time such as 2026-11-25T13:00:00Z is wanted, or "
	    "milliseconds since 1970", text);
}

/* ---- which partitions ---- */

static int
no_memory(struct gw_err *err)
{
	return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
}

static int
add(struct reset *s, const char *topic, int32_t partition, int64_t from)
{
	void *moves = s->moves;

	if (s->r->partition >= 0 && s->r->partition != partition)
		return 0;
	if (gw_alloc_room(s->k->app->env->alloc, &moves, &s->moves_cap, s->n_moves,
	    sizeof(*s->moves)) != 0)
		return GW_ENOMEM;
	s->moves = moves;
	s->moves[s->n_moves++] = (struct move){ topic, partition, from, -1 };
	return 0;
}

static int64_t
committed(const struct reset *s, const char *topic, int32_t partition)
{
	const struct gw_offsets *o = gw_call_offsets_result(s->offsets_call);

	for (size_t i = 0; i < o->n_offsets; i++)
		if (o->offsets[i].partition == partition &&
		    strcmp(o->offsets[i].topic, topic) == 0)
			return o->offsets[i].offset;
	return -1;
}

static int
add_topic(struct reset *s, const char *topic, struct gw_err *err)
{
	const struct gw_topic_info *info;
	struct gw_call *call;
	size_t before = s->n_moves;
	int rc;

	if ((rc = gw_kafka_topic(s->k, topic, &call, &info, err)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < info->n_partitions; i++) {
		int32_t p = info->partitions[i].partition;

		if (s->r->to != GW_RESET_FORGET || committed(s, topic, p) >= 0)
			rc = add(s, topic, p, committed(s, topic, p));
	}
	if (rc == 0 && s->n_moves == before && s->r->to != GW_RESET_FORGET)
		rc = gw_err_set(err, GW_K_UNKNOWN_TOPIC_OR_PARTITION,
		    "topic \"%s\" has no partition %" PRId64 "; it has %zu, counted from 0", topic,
		    s->r->partition, info->n_partitions);
	else if (rc != 0)
		rc = no_memory(err);
	gw_call_free(call);
	return rc;
}

static int
add_committed(struct reset *s, struct gw_err *err)
{
	const struct gw_offsets *o = gw_call_offsets_result(s->offsets_call);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->n_offsets; i++)
		if (o->offsets[i].offset >= 0)
			rc = add(s, o->offsets[i].topic, o->offsets[i].partition,
			    o->offsets[i].offset);
	return rc == 0 ? 0 : no_memory(err);
}

static int
by_place(const void *a, const void *b)
{
	const struct move *x = a, *y = b;
	int c = strcmp(x->topic, y->topic);

	return c != 0 ? c : (x->partition > y->partition) - (x->partition < y->partition);
}

static int
choose(struct reset *s, struct gw_err *err)
{
	int rc = 0;

	s->offsets_call = gw_call_group_offsets(s->k->client, s->group);
	if ((rc = gw_kafka_wait(s->k, s->offsets_call, err)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < s->r->n_topics; i++)
		rc = add_topic(s, s->r->topics[i], err);
	if (rc == 0 && s->r->n_topics == 0)
		rc = add_committed(s, err);
	if (rc == 0 && s->n_moves == 0)
		return gw_err_set(err, GW_K_GROUP_ID_NOT_FOUND,
		    "group \"%s\" has committed nothing%s", s->group,
		    s->r->to == GW_RESET_FORGET || s->r->n_topics > 0 ? " there" :
		    "; -t TOPIC says where it is to begin");
	if (rc == 0)
		qsort(s->moves, s->n_moves, sizeof(*s->moves), by_place);
	return rc;
}

/* ---- where to ---- */

/* Calls of one topic. */
struct ends {
	struct gw_call	*first, *last, *at;
};

static int64_t
target(const struct reset *s, const struct ends *e, const struct move *m)
{
	int64_t first = gw_kafka_offset(e->first, m->partition);
	int64_t last = gw_kafka_offset(e->last, m->partition), to = last;

	switch (s->r->to) {
	case GW_RESET_EARLIEST:
		return first;
	case GW_RESET_OFFSET:
		to = s->r->n;
		break;
	case GW_RESET_TIME:
		to = gw_kafka_offset(e->at, m->partition);
		to = to < 0 ? last : to;	/* nothing is that new */
		break;
	case GW_RESET_SHIFT:
		if (m->from < 0)
			return -1;
		to = m->from > INT64_MAX / 2 || s->r->n > INT64_MAX / 2 ? last : m->from + s->r->n;
		break;
	case GW_RESET_LATEST:
	case GW_RESET_NONE:
	case GW_RESET_FORGET:
	default:
		break;
	}
	return to < first ? first : to > last ? last : to;
}

static int
aim_topic(struct reset *s, size_t i, size_t end, struct gw_err *err)
{
	struct ends e = { NULL, NULL, NULL };
	const char *topic = s->moves[i].topic;
	int rc;

	e.first = gw_call_list_offsets(s->k->client, topic, GW_OFFSET_EARLIEST);
	rc = gw_kafka_wait(s->k, e.first, err);
	if (rc == 0) {
		e.last = gw_call_list_offsets(s->k->client, topic, GW_OFFSET_LATEST);
		rc = gw_kafka_wait(s->k, e.last, err);
	}
	if (rc == 0 && s->r->to == GW_RESET_TIME) {
		e.at = gw_call_list_offsets(s->k->client, topic, s->r->n);
		rc = gw_kafka_wait(s->k, e.at, err);
	}
	for (; rc == 0 && i < end; i++)
		s->moves[i].to = target(s, &e, &s->moves[i]);
	gw_call_free(e.first);
	gw_call_free(e.last);
	gw_call_free(e.at);
	return rc;
}

static int
aim(struct reset *s, struct gw_err *err)
{
	size_t end;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->n_moves; i = end) {
		for (end = i; end < s->n_moves; end++)
			if (strcmp(s->moves[end].topic, s->moves[i].topic) != 0)
				break;
		rc = aim_topic(s, i, end, err);
	}
	return rc;
}

/* ---- tell and do ---- */

static void
tell_json(const struct reset *s)
{
	struct gw_json_out w;

	gw_json_begin(&w, &s->k->app->out);
	gw_json_object(&w);
	gw_json_kv_text(&w, "group", s->group);
	gw_json_kv_bool(&w, "dry_run", s->r->dry_run);
	gw_json_key(&w, "partitions");
	gw_json_array(&w);
	for (size_t i = 0; i < s->n_moves; i++) {
		gw_json_object(&w);
		gw_json_kv_text(&w, "topic", s->moves[i].topic);
		gw_json_kv_int(&w, "partition", s->moves[i].partition);
		gw_json_kv_known(&w, "from", s->moves[i].from);
		gw_json_kv_known(&w, "to", s->moves[i].to);
		gw_json_object_end(&w);
	}
	gw_json_array_end(&w);
	gw_json_object_end(&w);
	gw_app_print(s->k->app, "\n");
}

static void
tell(const struct reset *s)
{
	static const struct gw_column columns[] = {
		{ "TOPIC", false }, { "PARTITION", true }, { "FROM", true }, { "TO", true },
	};
	struct gw_table t;

	gw_table_init(&t, s->k->app->env->alloc, columns, GW_N(columns));
	for (size_t i = 0; i < s->n_moves; i++) {
		const int64_t ends[] = { s->moves[i].from, s->moves[i].to };

		gw_table_cell(&t, "%s", s->moves[i].topic);
		gw_table_cell(&t, "%" PRId32, s->moves[i].partition);
		for (size_t k = 0; k < GW_N(ends); k++)
			if (ends[k] < 0)
				gw_table_cell(&t, "-");
			else
				gw_table_cell(&t, "%" PRId64, ends[k]);
	}
	gw_table_print(&t, s->k->app);
	gw_table_fini(&t);
}

static int
refuse_active(const struct gw_group_info *g, struct gw_err *err)
{
	return gw_err_set(err, GW_K_NON_EMPTY_GROUP,
	    "group \"%s\" is in use (%s, %zu %s): its members would commit over it; "
	    "stop them first", g->group, gw_or_dash(g->state), g->n_members,
	    g->n_members == 1 ? "member" : "members");
}

/* A group that nobody knows yet may be given offsets. */
static int
check_idle(struct reset *s, struct gw_err *err)
{
	struct gw_call *call = gw_call_describe_group(s->k->client, s->group);
	const struct gw_groups *groups;
	int rc = gw_kafka_wait(s->k, call, err);

	groups = rc == 0 ? gw_call_groups_result(call) : NULL;
	if (groups != NULL && groups->n_groups > 0 && groups->groups[0].n_members > 0 &&
	    s->r->to != GW_RESET_FORGET)
		rc = refuse_active(&groups->groups[0], err);
	gw_call_free(call);
	return rc;
}

static int
first_error(const struct gw_call *call, const char *group, struct gw_err *err)
{
	const struct gw_offsets *o = gw_call_offsets_result(call);

	for (size_t i = 0; i < o->n_offsets; i++)
		if (o->offsets[i].error != 0)
			return gw_err_set(err, o->offsets[i].error,
			    "group \"%s\": %s partition %" PRId32 ": %s", group,
			    o->offsets[i].topic, o->offsets[i].partition,
			    gw_strerror(o->offsets[i].error));
	return 0;
}

static int
carry_out(struct reset *s, struct gw_err *err)
{
	struct gw_offset_info *o =
	    gw_alloc_zero(s->k->app->env->alloc, s->n_moves + 1, sizeof(*o));
	struct gw_call *call;
	size_t n = 0;
	int rc;

	if (o == NULL)
		return no_memory(err);
	for (size_t i = 0; i < s->n_moves; i++)
		if (s->r->to == GW_RESET_FORGET || s->moves[i].to >= 0)
			o[n++] = (struct gw_offset_info){ .topic = s->moves[i].topic,
				.partition = s->moves[i].partition, .offset = s->moves[i].to };
	call = s->r->to == GW_RESET_FORGET ?
	    gw_call_delete_group_offsets(s->k->client, s->group, o, n) :
	    gw_call_set_group_offsets(s->k->client, s->group, o, n);
	rc = gw_kafka_wait(s->k, call, err);
	if (rc == GW_K_UNKNOWN_MEMBER_ID)
		rc = gw_err_set(err, GW_K_NON_EMPTY_GROUP,
		    "group \"%s\" came into use meanwhile; nothing was changed", s->group);
	else if (rc == 0)
		rc = first_error(call, s->group, err);
	gw_call_free(call);
	gw_alloc_free(s->k->app->env->alloc, o);
	return rc;
}

int
gw_reset_group(struct gw_kafka *k, const char *group, const struct gw_reset *r, struct gw_err *err)
{
	struct reset s = { .k = k, .group = group, .r = r };
	int rc = check_idle(&s, err);

	if (rc == 0)
		rc = choose(&s, err);
	if (rc == 0 && r->to != GW_RESET_FORGET)
		rc = aim(&s, err);
	if (rc == 0 && !r->dry_run)
		rc = carry_out(&s, err);
	if (rc == 0 && r->json)
		tell_json(&s);
	else if (rc == 0)
		tell(&s);
	if (rc == 0 && r->dry_run)
		gw_app_say(k->app, "nothing was changed (--dry-run)");
	gw_call_free(s.offsets_call);
	gw_alloc_free(k->app->env->alloc, s.moves);
	return rc;
}

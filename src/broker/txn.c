/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/txn.h"

#include "base/err.h"
#include "base/slice.h"

void
gw_xacts_init(struct gw_xacts *ts, struct gw_alloc *alloc, uint64_t seed, int32_t timeout_ms_max)
{
	*ts = (struct gw_xacts){
		.alloc = alloc, .timeout_ms_max = timeout_ms_max, .next_us = INT64_MAX
	};
	gw_map_init(&ts->by_id, alloc, seed);
}

static void
offset_free(struct gw_xacts *ts, struct gw_xact_offset *o)
{
	gw_alloc_free(ts->alloc, o->group);
	gw_alloc_free(ts->alloc, o->topic);
	gw_alloc_free(ts->alloc, o->metadata);
}

void
gw_xact_drop_offsets(struct gw_xacts *ts, struct gw_xact *t)
{
	for (size_t i = 0; i < t->n_offsets; i++)
		offset_free(ts, &t->offsets[i]);
	t->n_offsets = 0;
}

static void
empty_lists(struct gw_xacts *ts, struct gw_xact *t)
{
	for (size_t i = 0; i < t->n_groups; i++)
		gw_alloc_free(ts->alloc, t->groups[i]);
	gw_xact_drop_offsets(ts, t);
	t->n_parts = t->n_groups = 0;
}

static void
txn_free(struct gw_xacts *ts, struct gw_xact *t)
{
	if (t == NULL)
		return;
	empty_lists(ts, t);
	gw_alloc_free(ts->alloc, t->parts);
	gw_alloc_free(ts->alloc, t->groups);
	gw_alloc_free(ts->alloc, t->offsets);
	gw_alloc_free(ts->alloc, t->id);
	gw_alloc_free(ts->alloc, t);
}

void
gw_xacts_fini(struct gw_xacts *ts)
{
	struct gw_xact *t;
	size_t pos = 0;

	while ((t = gw_map_next(&ts->by_id, &pos)) != NULL)
		txn_free(ts, t);
	gw_map_fini(&ts->by_id);
	gw_alloc_free(ts->alloc, ts->decided);
	ts->decided = NULL;
	ts->n_decided = ts->cap_decided = 0;
}

struct gw_xact *
gw_xact_find(const struct gw_xacts *ts, struct gw_slice id)
{
	return gw_map_get(&ts->by_id, id);
}

struct gw_xact *
gw_xact_of_producer(const struct gw_xacts *ts, int64_t producer_id)
{
	struct gw_xact *t;
	size_t pos = 0;

	while ((t = gw_map_next(&ts->by_id, &pos)) != NULL)
		if (t->producer_id == producer_id)
			return t;
	return NULL;
}

struct gw_xact *
gw_xact_make(struct gw_xacts *ts, struct gw_slice id)
{
	struct gw_xact *t = gw_xact_find(ts, id);

	if (t != NULL)
		return t;
	t = gw_alloc_zero(ts->alloc, 1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->id = gw_alloc_str(ts->alloc, id);
	t->producer_id = t->old_producer_id = t->marker_id = -1;
	t->epoch = t->old_epoch = t->marker_epoch = -1;
	t->deadline_us = INT64_MAX;
	if (t->id == NULL || gw_map_put(&ts->by_id, gw_str(t->id), t) < 0) {
		txn_free(ts, t);
		return NULL;
	}
	return t;
}

void
gw_xact_drop(struct gw_xacts *ts, struct gw_xact *t)
{
	if (t->phase == GW_XACT_PREPARED)
		ts->n_prepared--;
	gw_map_del(&ts->by_id, gw_str(t->id));
	txn_free(ts, t);
}

/* ---- InitProducerId ---- */

static bool
is_old(const struct gw_xact *t, const struct gw_xact_who *who)
{
	return t->old_epoch >= 0 && who->epoch == t->old_epoch &&
	    who->producer_id == t->old_producer_id;
}

int16_t
gw_xact_may_init(const struct gw_xacts *ts, const struct gw_xact_who *who, int32_t timeout_ms,
    struct gw_xact **t, bool *again)
{
	*again = false;
	*t = NULL;
	if (who->id.len == 0)
		return GW_K_INVALID_REQUEST;
	if (timeout_ms <= 0 || timeout_ms > ts->timeout_ms_max)
		return GW_K_INVALID_TRANSACTION_TIMEOUT;
	*t = gw_xact_find(ts, who->id);
	if (*t == NULL)
		return 0;
	if ((*t)->phase == GW_XACT_PREPARED)
		return GW_K_CONCURRENT_TRANSACTIONS;
	if (who->producer_id < 0)
		return 0;
	if ((*t)->producer_id == who->producer_id && (*t)->epoch == who->epoch)
		return 0;
	*again = is_old(*t, who) && (*t)->phase != GW_XACT_ONGOING;
	return *again ? 0 : GW_K_PRODUCER_FENCED;
}

bool
gw_xact_exhausted(const struct gw_xact *t)
{
	return t->producer_id < 0 || t->epoch >= GW_XACT_EPOCH_LAST;
}

static void
next_epoch(struct gw_xact *t, int64_t fresh_id)
{
	t->old_producer_id = t->producer_id;
	t->old_epoch = t->epoch;
	if (gw_xact_exhausted(t)) {
		t->producer_id = fresh_id;
		t->epoch = 0;
	} else
		t->epoch++;
}

void
gw_xact_bump(struct gw_xact *t, const struct gw_xact_who *who, int64_t fresh_id)
{
	next_epoch(t, fresh_id);
	/* Whoever did not say who it was is another: the old one must not get in again. */
	if (who->producer_id < 0)
		t->old_producer_id = t->old_epoch = -1;
}

/* ---- adding ---- */

static int16_t
identify(const struct gw_xacts *ts, const struct gw_xact_who *who, struct gw_xact **t)
{
	*t = gw_xact_find(ts, who->id);
	if (*t == NULL || ((*t)->producer_id != who->producer_id && !is_old(*t, who)))
		return GW_K_INVALID_PRODUCER_ID_MAPPING;
	return (*t)->epoch == who->epoch && (*t)->producer_id == who->producer_id
	    ? 0 : GW_K_PRODUCER_FENCED;
}

int16_t
gw_xact_may_add(const struct gw_xacts *ts, const struct gw_xact_who *who, struct gw_xact **t)
{
	int16_t error = identify(ts, who, t);

	if (error == 0 && (*t)->phase == GW_XACT_PREPARED)
		error = GW_K_CONCURRENT_TRANSACTIONS;
	return error;
}

bool
gw_xact_has_part(const struct gw_xact *t, const struct gw_uuid *topic, int32_t partition)
{
	if (t->phase != GW_XACT_ONGOING)
		return false;
	for (size_t i = t->n_parts; i-- > 0;)
		if (t->parts[i].partition == partition &&
		    memcmp(&t->parts[i].topic, topic, sizeof(*topic)) == 0)
			return true;
	return false;
}

bool
gw_xact_has_group(const struct gw_xact *t, struct gw_slice group)
{
	if (t->phase != GW_XACT_ONGOING)
		return false;
	for (size_t i = 0; i < t->n_groups; i++)
		if (gw_slice_is(group, t->groups[i]))
			return true;
	return false;
}

static void
begin(struct gw_xacts *ts, struct gw_xact *t)
{
	if (t->phase == GW_XACT_ONGOING)
		return;
	empty_lists(ts, t);
	t->phase = GW_XACT_ONGOING;
	t->committed = false;
	t->deadline_us = INT64_MAX;
}

int
gw_xact_add_part(
    struct gw_xacts *ts, struct gw_xact *t, const struct gw_uuid *topic, int32_t partition)
{
	void *p;

	if (gw_xact_has_part(t, topic, partition))
		return 0;
	begin(ts, t);
	p = t->parts;
	if (gw_alloc_room(ts->alloc, &p, &t->cap_parts, t->n_parts, sizeof(*t->parts)) < 0)
		return GW_ENOMEM;
	t->parts = p;
	t->parts[t->n_parts++] = (struct gw_xact_part){ .topic = *topic, .partition = partition };
	return 0;
}

int
gw_xact_add_group(struct gw_xacts *ts, struct gw_xact *t, struct gw_slice group)
{
	char *copy;
	void *p;

	if (gw_xact_has_group(t, group))
		return 0;
	begin(ts, t);
	p = t->groups;
	if (gw_alloc_room(ts->alloc, &p, &t->cap_groups, t->n_groups, sizeof(char *)) < 0)
		return GW_ENOMEM;
	t->groups = p;
	copy = gw_alloc_str(ts->alloc, group);
	if (copy == NULL)
		return GW_ENOMEM;
	t->groups[t->n_groups++] = copy;
	return 0;
}

/* The place of the same group's partition, which a later one replaces, or a new one. */
static size_t
offset_place(const struct gw_xact *t, const struct gw_xact_offset *o)
{
	size_t i = 0;

	while (i < t->n_offsets && (t->offsets[i].partition != o->partition ||
	    strcmp(t->offsets[i].topic, o->topic) != 0 ||
	    strcmp(t->offsets[i].group, o->group) != 0))
		i++;
	return i;
}

int
gw_xact_add_offset(struct gw_xacts *ts, struct gw_xact *t, const struct gw_xact_offset *o)
{
	struct gw_xact_offset copy = *o;
	size_t i = offset_place(t, o);
	void *p = t->offsets;

	if (i >= GW_XACT_OFFSETS_MAX)
		return GW_ELIMIT;
	if (gw_alloc_room(ts->alloc, &p, &t->cap_offsets, t->n_offsets, sizeof(*t->offsets)) < 0)
		return GW_ENOMEM;
	t->offsets = p;
	copy.group = gw_alloc_str(ts->alloc, gw_str(o->group));
	copy.topic = gw_alloc_str(ts->alloc, gw_str(o->topic));
	copy.metadata =
	    o->metadata == NULL ? NULL : gw_alloc_str(ts->alloc, gw_str(o->metadata));
	if (copy.group == NULL || copy.topic == NULL ||
	    (o->metadata != NULL && copy.metadata == NULL)) {
		offset_free(ts, &copy);
		return GW_ENOMEM;
	}
	if (i == t->n_offsets)
		t->n_offsets++;
	else
		offset_free(ts, &t->offsets[i]);
	t->offsets[i] = copy;
	return 0;
}

void
gw_xact_began(struct gw_xacts *ts, struct gw_xact *t, struct gw_time now)
{
	t->changed_ms = now.wall_ms;
	if (t->phase != GW_XACT_ONGOING || t->deadline_us != INT64_MAX)
		return;
	t->began_ms = now.wall_ms;
	t->deadline_us = now.us + (int64_t)t->timeout_ms * 1000;
	if (t->deadline_us < ts->next_us)
		ts->next_us = t->deadline_us;
}

/* ---- ending ---- */

static int16_t
may_end_v2(const struct gw_xact_who *who, struct gw_xact_ending *end, struct gw_xact *t)
{
	if (is_old(t, who)) {
		end->again = t->phase == GW_XACT_COMPLETE && t->committed == end->commit;
		return end->again ? 0
		    : t->phase == GW_XACT_PREPARED ? GW_K_CONCURRENT_TRANSACTIONS
						  : GW_K_PRODUCER_FENCED;
	}
	if (t->phase == GW_XACT_PREPARED)
		return GW_K_CONCURRENT_TRANSACTIONS;
	end->empty = t->phase != GW_XACT_ONGOING && !end->commit;
	return t->phase == GW_XACT_ONGOING || end->empty ? 0 : GW_K_INVALID_TXN_STATE;
}

int16_t
gw_xact_may_end(const struct gw_xacts *ts, const struct gw_xact_who *who,
    struct gw_xact_ending *end, struct gw_xact **t)
{
	int16_t error = identify(ts, who, t);

	end->again = end->empty = false;
	if (end->v2 && (error == 0 || (*t != NULL && is_old(*t, who))))
		return may_end_v2(who, end, *t);
	if (error != 0)
		return error;
	switch ((*t)->phase) {
	case GW_XACT_ONGOING:
		return 0;
	case GW_XACT_COMPLETE:
	case GW_XACT_PREPARED:
		if ((*t)->committed != end->commit)
			return GW_K_INVALID_TXN_STATE;
		end->again = (*t)->phase == GW_XACT_COMPLETE;
		return end->again ? 0 : GW_K_CONCURRENT_TRANSACTIONS;
	default:
		return GW_K_INVALID_TXN_STATE;
	}
}

void
gw_xact_decide(
    struct gw_xacts *ts, struct gw_xact *t, bool commit, enum gw_xact_bump bump, int64_t fresh_id)
{
	t->marker_id = t->producer_id;
	t->marker_epoch = t->epoch;
	if (bump == GW_XACT_MOVE) {
		t->marker_epoch++;
		next_epoch(t, fresh_id);
	}
	t->phase = GW_XACT_PREPARED;
	t->committed = commit;
	t->deadline_us = INT64_MAX;
	ts->n_prepared++;
}

void
gw_xact_complete(struct gw_xacts *ts, struct gw_xact *t)
{
	if (t->phase == GW_XACT_PREPARED) {
		ts->n_prepared--;
		(*(t->committed ? &ts->committed : &ts->aborted))++;
	}
	empty_lists(ts, t);
	t->phase = GW_XACT_COMPLETE;
	t->deadline_us = INT64_MAX;
}

/* ---- decisions ---- */

int
gw_xact_note(struct gw_xacts *ts, const struct gw_xact_decision *d)
{
	void *p = ts->decided;

	if (gw_alloc_room(ts->alloc, &p, &ts->cap_decided, ts->n_decided, sizeof(*d)) < 0)
		return GW_ENOMEM;
	ts->decided = p;
	ts->decided[ts->n_decided++] = *d;
	return 0;
}

struct gw_xact_decision *
gw_xact_decided(const struct gw_xacts *ts, int64_t producer_id, const struct gw_xact_part *part,
    int64_t first)
{
	struct gw_xact_decision *found = NULL;

	for (size_t i = 0; i < ts->n_decided; i++) {
		struct gw_xact_decision *d = &ts->decided[i];

		if (d->producer_id == producer_id && d->partition == part->partition &&
		    memcmp(&d->topic, &part->topic, sizeof(d->topic)) == 0 && d->end > first &&
		    (found == NULL || d->end < found->end))
			found = d;
	}
	return found;
}

size_t
gw_xacts_open(const struct gw_xacts *ts)
{
	const struct gw_xact *t;
	size_t n = 0, pos = 0;

	while ((t = gw_map_next(&ts->by_id, &pos)) != NULL)
		n += t->phase == GW_XACT_ONGOING || t->phase == GW_XACT_PREPARED ? 1 : 0;
	return n;
}

const char *
gw_xact_phase_name(const struct gw_xact *t)
{
	switch (t->phase) {
	case GW_XACT_ONGOING:
		return "Ongoing";
	case GW_XACT_PREPARED:
		return t->committed ? "PrepareCommit" : "PrepareAbort";
	case GW_XACT_COMPLETE:
		return t->committed ? "CompleteCommit" : "CompleteAbort";
	default:
		return "Empty";
	}
}

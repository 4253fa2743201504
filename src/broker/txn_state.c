/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/slice.h"

/* ---- to meta.log ---- */


/* The lists go to the arena; strings are borrowed. */
static int
to_meta(const struct gw_xact *t, struct gw_meta_txn *m, struct gw_arena *arena)
{
	*m = (struct gw_meta_txn){ .id = gw_str(t->id),
		.producer_id = t->producer_id,
		.old_producer_id = t->old_producer_id,
		.marker_id = t->marker_id,
		.epoch = t->epoch,
		.old_epoch = t->old_epoch,
		.marker_epoch = t->marker_epoch,
		.timeout_ms = t->timeout_ms,
		.phase = (int8_t)t->phase,
		.committed = t->committed,
		.began_ms = t->began_ms,
		.changed_ms = t->changed_ms };
	m->parts = gw_arena_zero(arena, t->n_parts + 1, sizeof(*m->parts));
	m->groups = gw_arena_zero(arena, t->n_groups + 1, sizeof(*m->groups));
	if (m->parts == NULL || m->groups == NULL)
		return GW_ENOMEM;
	for (size_t i = 0; i < t->n_parts; i++)
		m->parts[m->n_parts++] = (struct gw_meta_txn_part){
			t->parts[i].topic, t->parts[i].partition, t->parts[i].end
		};
	for (size_t i = 0; i < t->n_groups; i++)
		m->groups[m->n_groups++] = gw_str(t->groups[i]);
	return 0;
}

int
gw_xact_put(struct gw_broker *b, const struct gw_xact *t)
{
	struct gw_arena arena;
	struct gw_meta_txn m;
	int rc;

	gw_arena_init(&arena, b->env->alloc, 0);
	rc = to_meta(t, &m, &arena);
	if (rc == 0)
		rc = gw_meta_put(&b->meta, GW_ENTRY_TXN, gw_meta_txn_visit, &m);
	gw_arena_fini(&arena);
	if (rc < 0)
		gw_broker_disk_error(b, b->meta.path, rc);
	return rc;
}

int
gw_xact_put_part(struct gw_broker *b, struct gw_xact *t, const struct gw_uuid *topic,
    int32_t partition, struct gw_time now)
{
	struct gw_meta_txn_part part = { .topic_id = *topic, .partition = partition };
	struct gw_meta_txn m = {
		.id = gw_str(t->id), .changed_ms = now.wall_ms, .parts = &part, .n_parts = 1
	};
	int rc;

	if (gw_xact_has_part(t, topic, partition))
		return 0;
	rc = gw_meta_put(&b->meta, GW_ENTRY_TXN_ADD, gw_meta_txn_add_visit, &m);
	if (rc == 0)
		rc = gw_xact_add_part(&b->txns, t, topic, partition);
	if (rc < 0)
		gw_broker_disk_error(b, b->meta.path, rc);
	else
		gw_xact_began(&b->txns, t, now);
	return rc;
}

int
gw_xact_put_group(
    struct gw_broker *b, struct gw_xact *t, struct gw_slice group, struct gw_time now)
{
	struct gw_meta_txn m = {
		.id = gw_str(t->id), .changed_ms = now.wall_ms, .groups = &group, .n_groups = 1
	};
	int rc;

	if (gw_xact_has_group(t, group))
		return 0;
	rc = gw_meta_put(&b->meta, GW_ENTRY_TXN_ADD, gw_meta_txn_add_visit, &m);
	if (rc == 0)
		rc = gw_xact_add_group(&b->txns, t, group);
	if (rc < 0)
		gw_broker_disk_error(b, b->meta.path, rc);
	else
		gw_xact_began(&b->txns, t, now);
	return rc;
}

static struct gw_meta_offset
offset_meta(const struct gw_xact_offset *o)
{
	return (struct gw_meta_offset){ .group = gw_str(o->group),
		.topic = gw_str(o->topic),
		.partition = o->partition,
		.offset = o->offset,
		.leader_epoch = o->leader_epoch,
		.metadata = o->metadata == NULL ? (struct gw_slice){ NULL, 0 } :
		    gw_str(o->metadata),
		.commit_ms = o->commit_ms };
}

int
gw_xact_put_offset(struct gw_broker *b, struct gw_xact *t, const struct gw_xact_offset *o)
{
	struct gw_meta_txn_offset m = { .id = gw_str(t->id), .offset = offset_meta(o) };
	int rc = gw_meta_put(&b->meta, GW_ENTRY_TXN_OFFSET, gw_meta_txn_offset_visit, &m);

	if (rc == 0)
		rc = gw_xact_add_offset(&b->txns, t, o);
	if (rc < 0)
		gw_broker_disk_error(b, b->meta.path, rc);
	return rc;
}

/* ---- all of it, for a file written anew ---- */

static int
write_offsets(const struct gw_xact *t, struct gw_buf *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n_offsets; i++) {
		struct gw_meta_txn_offset m = { .id = gw_str(t->id),
			.offset = offset_meta(&t->offsets[i]) };

		rc = gw_entry_put(out, GW_ENTRY_TXN_OFFSET, gw_meta_txn_offset_visit, &m);
	}
	return rc;
}

/*
 * A decided one is written as it was before with its lists, then as decided: read back, that gives
 * the offsets to their groups and its partitions to the decisions.
 */
static int
write_txn(struct gw_broker *b, const struct gw_xact *t, struct gw_buf *out)
{
	struct gw_arena arena;
	struct gw_meta_txn m;
	int rc;

	gw_arena_init(&arena, b->env->alloc, 0);
	rc = to_meta(t, &m, &arena);
	if (rc == 0 && t->phase == GW_XACT_PREPARED && t->n_offsets > 0) {
		m.phase = GW_XACT_ONGOING;
		rc = gw_entry_put(out, GW_ENTRY_TXN, gw_meta_txn_visit, &m);
		if (rc == 0)
			rc = write_offsets(t, out);
		m.phase = GW_XACT_PREPARED;
	}
	if (rc == 0)
		rc = gw_entry_put(out, GW_ENTRY_TXN, gw_meta_txn_visit, &m);
	if (rc == 0 && t->phase == GW_XACT_ONGOING)
		rc = write_offsets(t, out);
	gw_arena_fini(&arena);
	return rc;
}

int
gw_xact_write_all(struct gw_broker *b, struct gw_buf *out)
{
	const struct gw_xact *t;
	size_t pos = 0;
	int rc = 0;

	while (rc == 0 && (t = gw_map_next(&b->txns.by_id, &pos)) != NULL)
		rc = write_txn(b, t, out);
	for (size_t i = 0; rc == 0 && i < b->txns.n_decided; i++) {
		const struct gw_xact_decision *d = &b->txns.decided[i];
		struct gw_meta_txn_decided m = { .producer_id = d->producer_id,
			.epoch = d->epoch,
			.committed = d->committed,
			.part = { d->topic, d->partition, d->end } };

		rc = gw_entry_put(out, GW_ENTRY_TXN_DECIDED, gw_meta_txn_decided_visit, &m);
	}
	return rc;
}

/* ---- from meta.log ---- */

static int
restore_lists(struct gw_broker *b, struct gw_xact *t, const struct gw_meta_txn *m)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->n_parts; i++)
		rc = gw_xact_add_part(&b->txns, t, &m->parts[i].topic_id, m->parts[i].partition);
	for (size_t i = 0; rc == 0 && i < m->n_groups; i++)
		rc = gw_xact_add_group(&b->txns, t, m->groups[i]);
	t->changed_ms = m->changed_ms;
	return rc;
}

static int
note_decisions(struct gw_broker *b, const struct gw_meta_txn *m)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->n_parts; i++)
		rc = gw_xact_note(&b->txns,
		    &(struct gw_xact_decision){ .producer_id = m->marker_id,
			.epoch = m->marker_epoch,
			.topic = m->parts[i].topic_id,
			.partition = m->parts[i].partition,
			.end = m->parts[i].end,
			.committed = m->committed,
			.marker = -1 });
	return rc;
}

int
gw_xact_give_offsets(struct gw_broker *b, const struct gw_xact *t)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n_offsets; i++) {
		const struct gw_xact_offset *o = &t->offsets[i];
		struct gw_meta_offset m = offset_meta(o);
		struct gw_cgroup *g = gw_cgroup_make(&b->groups, m.group);

		if (g == NULL)
			return GW_ENOMEM;
		rc = gw_cgroup_set_offset(&b->groups, g, m.topic,
		    &(struct gw_committed){ .partition = o->partition,
			.offset = o->offset,
			.leader_epoch = o->leader_epoch,
			.commit_ms = o->commit_ms },
		    m.metadata);
	}
	return rc;
}

static int
restore_txn(struct gw_broker *b, const struct gw_meta_txn *m)
{
	struct gw_xact *t = gw_xact_make(&b->txns, m->id);
	int rc = 0;

	if (m->phase < GW_XACT_EMPTY || m->phase > GW_XACT_COMPLETE)
		return GW_ECORRUPT;
	if (t == NULL)
		return GW_ENOMEM;
	t->producer_id = m->producer_id;
	t->epoch = m->epoch;
	t->old_producer_id = m->old_producer_id;
	t->old_epoch = m->old_epoch;
	t->marker_id = m->marker_id;
	t->marker_epoch = m->marker_epoch;
	t->timeout_ms = m->timeout_ms;
	t->began_ms = m->began_ms;
	t->changed_ms = m->changed_ms;
	if (m->phase == GW_XACT_PREPARED) {
		rc = note_decisions(b, m);
		if (rc == 0 && m->committed)
			rc = gw_xact_give_offsets(b, t);
	}
	gw_xact_complete(&b->txns, t);
	t->committed = m->committed;
	if (m->phase == GW_XACT_EMPTY)
		t->phase = GW_XACT_EMPTY;
	if (m->phase == GW_XACT_ONGOING && rc == 0) {
		t->phase = GW_XACT_ONGOING;
		rc = restore_lists(b, t, m);
	}
	return rc;
}

static int
restore_offset(struct gw_broker *b, const struct gw_meta_txn_offset *m)
{
	struct gw_xact *t = gw_xact_find(&b->txns, m->id);
	struct gw_alloc *alloc = b->env->alloc;
	struct gw_xact_offset o = { .partition = m->offset.partition,
		.leader_epoch = m->offset.leader_epoch,
		.offset = m->offset.offset,
		.commit_ms = m->offset.commit_ms };
	int rc = GW_ENOMEM;

	if (t == NULL)
		return GW_ECORRUPT;
	o.group = gw_alloc_str(alloc, m->offset.group);
	o.topic = gw_alloc_str(alloc, m->offset.topic);
	if (m->offset.metadata.ptr != NULL)
		o.metadata = gw_alloc_str(alloc, m->offset.metadata);
	if (o.group != NULL && o.topic != NULL &&
	    (o.metadata != NULL || m->offset.metadata.ptr == NULL))
		rc = gw_xact_add_offset(&b->txns, t, &o);
	gw_alloc_free(alloc, o.group);
	gw_alloc_free(alloc, o.topic);
	gw_alloc_free(alloc, o.metadata);
	return rc;
}

static int
restore_decided(struct gw_broker *b, const struct gw_meta_txn_decided *m)
{
	return gw_xact_note(&b->txns,
	    &(struct gw_xact_decision){ .producer_id = m->producer_id,
		.epoch = m->epoch,
		.topic = m->part.topic_id,
		.partition = m->part.partition,
		.end = m->part.end,
		.committed = m->committed,
		.marker = -1 });
}

static int
restore_any(struct gw_broker *b, const struct gw_entry *e, struct gw_arena *arena)
{
	struct gw_meta_txn_decided decided = { 0 };
	struct gw_meta_txn_offset offset = { 0 };
	struct gw_meta_txn m = { 0 };
	struct gw_xact *t;
	int rc;

	switch (e->type) {
	case GW_ENTRY_TXN:
		rc = gw_entry_read(e, gw_meta_txn_visit, &m, arena);
		return rc < 0 ? rc : restore_txn(b, &m);
	case GW_ENTRY_TXN_ADD:
		rc = gw_entry_read(e, gw_meta_txn_add_visit, &m, arena);
		t = rc < 0 ? NULL : gw_xact_find(&b->txns, m.id);
		return rc < 0 ? rc : t == NULL ? GW_ECORRUPT : restore_lists(b, t, &m);
	case GW_ENTRY_TXN_OFFSET:
		rc = gw_entry_read(e, gw_meta_txn_offset_visit, &offset, arena);
		return rc < 0 ? rc : restore_offset(b, &offset);
	case GW_ENTRY_TXN_DECIDED:
		rc = gw_entry_read(e, gw_meta_txn_decided_visit, &decided, arena);
		return rc < 0 ? rc : restore_decided(b, &decided);
	default:
		rc = gw_entry_read(e, gw_meta_txn_gone_visit, &m, arena);
		t = rc < 0 ? NULL : gw_xact_find(&b->txns, m.id);
		if (t != NULL)
			gw_xact_drop(&b->txns, t);
		return rc;
	}
}

int
gw_xact_restore(struct gw_broker *b, const struct gw_entry *e)
{
	struct gw_arena arena;
	int rc;

	gw_arena_init(&arena, b->env->alloc, 0);
	rc = restore_any(b, e, &arena);
	gw_arena_fini(&arena);
	return rc;
}

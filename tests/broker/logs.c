/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/broker/logs.h"

#include <check.h>
#include <stdio.h>

void
log_init(struct log_rig *g, enum gw_fsync fsync)
{
	log_init_seed(g, fsync, 42);
}

void
log_init_seed(struct log_rig *g, enum gw_fsync fsync, uint64_t seed)
{
	memset(g, 0, sizeof(*g));
	rig_init(&g->r, seed);
	gw_syncer_init(&g->syncer, &g->r.env);
	g->at = (struct gw_plog_place){
		.env = &g->r.env, .syncer = &g->syncer, .dir = "/log", .fsync = fsync
	};
	g->segment_bytes = 1 << 20;
	ck_assert_int_eq(gw_plog_create(&g->l, &g->at, &g->err), 0);
}

void
log_fini(struct log_rig *g)
{
	gw_plog_fini(&g->l);
	gw_syncer_fini(&g->syncer);
	rig_fini(&g->r);
}

int64_t
log_append(struct log_rig *g, const struct batch_spec *s)
{
	struct gw_batch_header h;
	struct gw_buf out;
	int rc;

	gw_buf_init(&out, &g->r.alloc.alloc, 0);
	make_batch(&g->r.alloc.alloc, s, &out);
	ck_assert_int_eq(gw_batch_header_read(gw_buf_slice(&out), &h), (int64_t)out.len);
	rc = gw_plog_append(&g->l, out.ptr, &h, g->segment_bytes, g->r.now.wall_ms);
	gw_buf_fini(&out);
	return rc < 0 ? rc : h.base_offset;
}

static void
drop(struct log_rig *g)
{
	gw_plog_fini(&g->l);
	gw_syncer_fini(&g->syncer);
	gw_syncer_init(&g->syncer, &g->r.env);
	g->err = (struct gw_err){ 0 };
}

int
log_reopen_clean(struct log_rig *g)
{
	ck_assert_int_eq(gw_plog_close(&g->l), 0);
	drop(g);
	return gw_plog_open(&g->l, &g->at, true, &g->err);
}

int
log_reopen_killed(struct log_rig *g)
{
	drop(g);
	mem_fs_kill(g->r.fs);
	return gw_plog_open(&g->l, &g->at, false, &g->err);
}

int
log_reopen_crashed(struct log_rig *g)
{
	drop(g);
	mem_fs_crash(g->r.fs);
	return gw_plog_open(&g->l, &g->at, false, &g->err);
}

int64_t
log_count(struct log_rig *g, int64_t offset)
{
	struct gw_buf out;
	int64_t n = 0;

	gw_buf_init(&out, &g->r.alloc.alloc, 0);
	while (offset < g->l.hw) {
		struct gw_slice rest;
		struct gw_batch_header h;

		gw_buf_clear(&out);
		ck_assert_int_gt(gw_plog_read(&g->l, offset, 4096, true, &out), 0);
		for (rest = gw_buf_slice(&out); rest.len > 0;
		    rest.ptr += GW_BATCH_PREFIX + h.batch_length,
		    rest.len -= (size_t)(GW_BATCH_PREFIX + h.batch_length)) {
			int64_t size = gw_batch_header_read(rest, &h);

			ck_assert(size > 0 && (uint64_t)size <= rest.len);
			ck_assert_int_eq(
			    gw_batch_check((struct gw_slice){ rest.ptr, (size_t)size }), 0);
			ck_assert_int_le(h.base_offset, offset);
			n += h.base_offset + h.n_records - offset;
			offset = h.base_offset + h.n_records;
		}
	}
	gw_buf_fini(&out);
	return n;
}

const char *
log_path(struct log_rig *g, int64_t base, const char *suffix, char out[128])
{
	char name[GW_SEGMENT_NAME_MAX];

	gw_segment_name(name, base, suffix);
	snprintf(out, 128, "%s/%s", g->at.dir, name);
	return out;
}

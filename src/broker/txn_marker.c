/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/txn_marker.h"

enum { ABORT = 0, COMMIT = 1 };

int
gw_marker_build(
    struct gw_buf *out, int64_t producer_id, int16_t epoch, bool committed, int64_t now_ms)
{
	const char key[4] = { 0, 0, 0, committed ? COMMIT : ABORT };	/* version, type */
	const char value[6] = { 0 };	/* version, epoch of the coordinator: it never moves here */
	struct gw_batch_stamp stamp = { .compression = GW_NONE,
		.attributes = GW_BATCH_TRANSACTIONAL | GW_BATCH_CONTROL,
		.producer_id = producer_id,
		.producer_epoch = epoch,
		.base_sequence = -1 };
	struct gw_batch_writer w;
	int rc;

	gw_batch_begin(&w, out);
	rc = gw_batch_append(&w, now_ms, (struct gw_slice){ key, sizeof(key) },
	    (struct gw_slice){ value, sizeof(value) }, NULL, 0);
	return rc < 0 ? rc : gw_batch_finish(&w, &stamp, NULL);
}

int
gw_marker_read(struct gw_slice batch)
{
	struct gw_batch_iter it;
	struct gw_record r;
	int64_t size = gw_batch_header_read(batch, &it.h);
	int rc;

	if (size < 0 || (uint64_t)size > batch.len || (it.h.attributes & GW_BATCH_COMPRESSION) != 0)
		return GW_EPROTO;
	rc = gw_batch_iter_init(&it, batch, NULL);
	if (rc == 0)
		rc = gw_batch_iter_next(&it, &r);
	if (rc != 1 || r.key.len != 4 || r.key.ptr[2] != 0)
		return GW_EPROTO;
	return r.key.ptr[3] == COMMIT ? 1 : r.key.ptr[3] == ABORT ? 0 : GW_EPROTO;
}

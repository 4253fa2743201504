/* SPDX-License-Identifier: MIT
 *
 * tests/broker/logs.h - one partition's log on the rig's disk.
 */
#ifndef GW_TEST_LOGS_H
#define GW_TEST_LOGS_H

#include "tests/broker/rig.h"

struct log_rig {
	struct rig		 r;
	struct gw_syncer	 syncer;
	struct gw_plog_place	 at;
	struct gw_plog		 l;
	int64_t			 segment_bytes;
	struct gw_err		 err;
};

void	log_init(struct log_rig *g, enum gw_fsync fsync);	/* with an empty log */
void	log_init_seed(struct log_rig *g, enum gw_fsync fsync, uint64_t seed);
void	log_fini(struct log_rig *g);
/* Append one batch; its base offset, or the error. */
int64_t	log_append(struct log_rig *g, const struct batch_spec *s);
/* Close or drop, then open again; the result of opening. */
int	log_reopen_clean(struct log_rig *g);
int	log_reopen_killed(struct log_rig *g);
int	log_reopen_crashed(struct log_rig *g);
/* Read from offset to the end, checking order and checksums; how many records. */
int64_t	log_count(struct log_rig *g, int64_t offset);
/* Path of a segment's file. */
const char *log_path(struct log_rig *g, int64_t base, const char *suffix, char out[128]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * client/assignor.h - the "range" assignor.
 * Source: RangeAssignor.java, AbstractPartitionAssignor.java.
 *
 * Per topic, its subscribers in order (static members first, by instance id; then by member id) get
 * n/m consecutive partitions each, the first n%m one more.
 */
#ifndef GW_CLIENT_ASSIGNOR_H
#define GW_CLIENT_ASSIGNOR_H

#include "base/arena.h"
#include "base/err.h"

struct gw_assignee {
	struct gw_slice	 member_id, instance_id;	/* instance_id ptr NULL: none */
	struct gw_slice	*topics;			/* that it subscribes to */
	size_t		 n_topics;
	struct gw_share	*shares;			/* out: one a topic that it has a part of */
	size_t		 n_shares;
};

struct gw_share {
	struct gw_slice	topic;
	int32_t		first, n;			/* consecutive partitions */
};

/*
 * Sorts the members and fills their shares. n_partitions() tells a topic's partitions, 0: it does
 * not exist. Returns 0 or GW_ENOMEM.
 */
int	gw_assign_range(struct gw_assignee *members, size_t n, struct gw_arena *arena,
	    int32_t (*n_partitions)(void *ctx, struct gw_slice topic), void *ctx) GW_CHECK_RESULT;

#endif

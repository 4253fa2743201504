/* SPDX-License-Identifier: MIT
 *
 * client/assignor.h - who of a classic group gets which partitions; the leader's work.
 * Source: RangeAssignor.java, CooperativeStickyAssignor.java, AbstractPartitionAssignor.java;
 * KIP-54 (sticky), KIP-429 (cooperative), KIP-792 (generations of claims).
 */
#ifndef GW_CLIENT_ASSIGNOR_H
#define GW_CLIENT_ASSIGNOR_H

#include "base/arena.h"
#include "base/err.h"

struct gw_share {
	struct gw_slice	topic;
	int32_t		first, n;			/* consecutive partitions */
};

struct gw_assignee {
	struct gw_slice	 member_id, instance_id;	/* instance_id ptr NULL: none */
	struct gw_slice	*topics;			/* that it subscribes to */
	size_t		 n_topics;
	struct gw_share	*owned;				/* that it says it owns; n is 1 in each */
	size_t		 n_owned;
	int32_t		 generation;			/* that gave it those; -1: none */
	struct gw_share	*shares;			/* out: in the order of topics */
	size_t		 n_shares;
};

/*
 * Sorts the members and fills their shares; those of a topic stand together. n_partitions() tells a
 * topic's partitions, 0: it does not exist. Returns 0 or GW_ENOMEM.
 */
typedef int	gw_assign_fn(struct gw_assignee *members, size_t n, struct gw_arena *arena,
		    int32_t (*n_partitions)(void *ctx, struct gw_slice topic), void *ctx);

/*
 * Per topic, its subscribers in order (static members first, by instance id; then by member id) get
 * n/m consecutive partitions each, the first n%m one more.
 */
gw_assign_fn	gw_assign_range GW_CHECK_RESULT;

/*
 * Balanced: no partition could move to a member that has two fewer than its owner has. Sticky: what
 * can stay, stays; of two claims the newer generation's counts, of two in the same neither.
 * Cooperative: what moves from one member to another is given to nobody this time, as it has to be
 * given back first; the member that does joins again, and then it is free.
 */
gw_assign_fn	gw_assign_cooperative_sticky GW_CHECK_RESULT;

/* The order of members that all strategies share. */
void	gw_assignees_sort(struct gw_assignee *members, size_t n);
/* As memcmp(); for text of any length. */
int	gw_slice_order(struct gw_slice a, struct gw_slice b);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ml/tree_plan.h - what prediction walks, made once from the trees. For tree.c.
 */
#ifndef GW_TREE_PLAN_H
#define GW_TREE_PLAN_H

#include "ml/tree.h"

#define GW_TREE_LANES		8	/* trees walked at a time */
/*
 * A feature is read by one of three rules for missing values and two default sides; 0 is the
 * leaves'.
 */
#define GW_TREE_SLOTS_MAX	(1 + 6 * GW_TREES_FEATURES_MAX)

/*
 * A node in one number, so that a visit is one load of it: from the top 32 bits `next`, 16 bits
 * `cut`, 16 bits `slot`. Goes to next + 1 where rank[slot] > cut, else to next. A leaf points to
 * itself by slot 0.
 */
static inline uint64_t
gw_tree_step(uint32_t next, uint16_t slot, uint16_t cut)
{
	return (uint64_t)next << 32 | (uint32_t)cut << 16 | slot;
}

static inline uint32_t
gw_tree_take(uint64_t step, const uint16_t *rank)
{
	return (uint32_t)(step >> 32) + (rank[step & 0xffff] > (step >> 16 & 0xffff));
}

/* A feature under one rule for missing values. */
struct gw_tree_slot {
	uint16_t	feature;
	uint8_t		missing;
	bool		default_left;
};

struct gw_tree_plan {
	size_t			 n_slots;
	struct gw_tree_slot	 slots[GW_TREE_SLOTS_MAX];
	uint32_t		 cuts_at[GW_TREES_FEATURES_MAX + 1];
	double			*cuts;		/* per feature its thresholds, ascending */
	uint64_t		*steps;		/* (n_nodes) */
	float			*leaves;	/* (n_nodes), GW_TREES_SINGLE only */
	uint32_t		*levels;	/* the deepest of each eight trees */
};

void	gw_tree_plan_free(struct gw_trees *t);

#endif

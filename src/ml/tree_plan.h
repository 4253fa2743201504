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

static inline uint16_t
gw_tree_cut(uint64_t step)
{
	return (uint16_t)(step >> 16 & 0xffff);
}

static inline uint32_t
gw_tree_take(uint64_t step, const uint16_t *rank)
{
	return (uint32_t)(step >> 32) + (rank[step & 0xffff] > gw_tree_cut(step));
}

/* A feature under one rule for missing values. */
struct gw_tree_slot {
	uint16_t	feature;
	uint8_t		missing;
	bool		default_left;
};

/*
 * Eight trees. Shallow ones are filled up to full trees, which need no `next`: the children of node
 * i are 2i and 2i + 1, the root is 1, and node 2^levels + k is the k-th leaf.
 */
struct gw_tree_group {
	uint32_t	levels;		/* of the deepest */
	uint32_t	full;		/* where in arrays of n_full they begin; GW_TREE_SPARSE */
};
#define GW_TREE_SPARSE UINT32_MAX

struct gw_tree_plan {
	size_t			 n_slots;
	struct gw_tree_slot	 slots[GW_TREE_SLOTS_MAX];
	uint32_t		 cuts_at[GW_TREES_FEATURES_MAX + 1];
	double			*cuts;		/* per feature its thresholds, ascending */
	uint64_t		*steps;		/* (n_nodes) */
	float			*leaves;	/* (n_nodes), GW_TREES_SINGLE only */
	struct gw_tree_group	*groups;	/* (n_trees / GW_TREE_LANES + 1) */
	size_t			 n_full;
	/* (n_full, 2) slot and cut, in bytes where all fit: half the memory to read */
	bool			 in_bytes;
	uint8_t			*full_bytes;	/* or NULL */
	uint16_t		*full_words;	/* or NULL */
	float			*ends;		/* (n_full) their leaves, GW_TREES_SINGLE */
	double			*ends_double;	/* (n_full) or so */
};

void	gw_tree_plan_free(struct gw_trees *t);

#endif

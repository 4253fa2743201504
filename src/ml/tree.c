/* SPDX-License-Identifier: MIT
 *
 * ml/tree.c - collecting trees.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/tree.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "ml/tree_plan.h"

struct gw_trees *
gw_trees_new(struct gw_alloc *alloc, enum gw_trees_kind kind, size_t n_features)
{
	struct gw_trees *t = gw_alloc_zero(alloc, 1, sizeof(*t));

	assert(n_features > 0 && n_features <= GW_TREES_FEATURES_MAX);
	if (t == NULL)
		return NULL;
	t->alloc = alloc;
	t->kind = kind;
	t->n_features = n_features;
	return t;
}

void
gw_trees_free(struct gw_trees *t)
{
	if (t == NULL)
		return;
	gw_tree_plan_free(t);
	gw_alloc_free(t->alloc, t->nodes);
	gw_alloc_free(t->alloc, t->first);
	gw_alloc_free(t->alloc, t);
}

size_t
gw_trees_size(const struct gw_trees *t, size_t k)
{
	return (k + 1 < t->n_trees ? t->first[k + 1] : t->n_nodes) - t->first[k];
}

static int
add_node(struct gw_trees *t, struct gw_err *err)
{
	void *nodes = t->nodes;

	if (t->n_nodes == GW_TREES_NODES_MAX)
		return gw_err_set(err, GW_ELIMIT, "more than %u nodes", GW_TREES_NODES_MAX);
	if (gw_alloc_room(t->alloc, &nodes, &t->nodes_cap, t->n_nodes, sizeof(*t->nodes)) != 0)
		return gw_err_set(err, GW_ENOMEM, "out of memory for trees");
	t->nodes = nodes;
	t->nodes[t->n_nodes++] = (struct gw_tree_node){ 0 };
	return 0;
}

static int
add_root(struct gw_trees *t, struct gw_err *err)
{
	void *first = t->first;

	if (t->n_trees == GW_TREES_MAX)
		return gw_err_set(err, GW_ELIMIT, "more than %u trees", GW_TREES_MAX);
	if (gw_alloc_room(t->alloc, &first, &t->trees_cap, t->n_trees, sizeof(*t->first)) != 0)
		return gw_err_set(err, GW_ENOMEM, "out of memory for trees");
	t->first = first;
	t->first[t->n_trees] = (uint32_t)t->n_nodes;
	return add_node(t, err);
}

static double
rounded(const struct gw_trees *t, double v)
{
	if (t->kind == GW_TREES_DOUBLE)
		return v;
	if (v > FLT_MAX)
		return (double)FLT_MAX;
	if (v < -FLT_MAX)
		return (double)-FLT_MAX;
	return (double)(float)v;
}

/* The node's own fields. Until its children are placed, left holds the number its source has. */
static int
fill(const struct gw_trees *t, struct gw_tree_node *node, const struct gw_tree_source *s, size_t n,
    struct gw_err *err)
{
	bool leaf = s->left == -1 && s->right == -1;

	if (!isfinite(s->value) || (leaf && fabs(s->value) > GW_TREES_LEAF_MAX))
		return gw_err_set(err, GW_EDATA, "a %s is no number in range",
		    leaf ? "leaf" : "threshold");
	node->value = rounded(t, s->value);
	if (leaf)
		return 0;
	if (s->left < 0 || s->right < 0 || (uint64_t)s->left >= n || (uint64_t)s->right >= n)
		return gw_err_set(err, GW_EDATA, "a child is not among the tree's %zu nodes", n);
	if (s->feature < 0 || (uint64_t)s->feature >= t->n_features)
		return gw_err_set(err, GW_EDATA, "feature %lld is not one of the %zu",
		    (long long)s->feature, t->n_features);
	node->feature = (uint16_t)s->feature;
	node->missing = (uint8_t)s->missing;
	node->default_left = s->missing != GW_MISSING_NONE && s->default_left;
	return 0;
}

/*
 * Breadth first. origin (n) has for each node placed so far, and for those waiting behind it, its
 * index in source. More than n nodes can only be a node with two parents, or a circle.
 */
static int
place(struct gw_trees *t, const struct gw_tree_source *source, size_t n, uint32_t *origin,
    struct gw_err *err)
{
	size_t root = t->n_nodes - 1;
	int rc;

	origin[0] = 0;
	for (size_t i = 0; root + i < t->n_nodes; i++) {
		const struct gw_tree_source *s = &source[origin[i]];
		size_t next = t->n_nodes - root;

		if ((rc = fill(t, &t->nodes[root + i], s, n, err)) != 0)
			return rc;
		if (s->left == -1)
			continue;
		if (next + 2 > n)
			return gw_err_set(err, GW_EDATA, "a node has two parents");
		origin[next] = (uint32_t)s->left;
		origin[next + 1] = (uint32_t)s->right;
		t->nodes[root + i].left = (uint32_t)next;
		if ((rc = add_node(t, err)) != 0 || (rc = add_node(t, err)) != 0)
			return rc;
	}
	return 0;
}

int
gw_trees_add(struct gw_trees *t, const struct gw_tree_source *source, size_t n, struct gw_err *err)
{
	size_t before = t->n_nodes;
	uint32_t *origin;
	int rc;

	assert(t->plan == NULL);
	if (n == 0)
		return gw_err_set(err, GW_EDATA, "a tree without a node");
	if (n > GW_TREES_NODES_MAX)
		return gw_err_set(err, GW_ELIMIT, "more than %u nodes", GW_TREES_NODES_MAX);
	if ((origin = gw_alloc_zero(t->alloc, n, sizeof(*origin))) == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for trees");
	rc = add_root(t, err);
	if (rc == 0)
		rc = place(t, source, n, origin, err);
	gw_alloc_free(t->alloc, origin);
	if (rc == 0)
		t->n_trees++;
	else
		t->n_nodes = before;
	return rc;
}

void
gw_trees_drop(struct gw_trees *t, size_t n)
{
	assert(t->plan == NULL && n <= t->n_trees);
	if (n == 0)
		return;
	t->n_trees -= n;
	t->n_nodes = t->first[t->n_trees];
}

/* SPDX-License-Identifier: MIT
 *
 * ml/tree_plan.c - prediction by ranks. A feature's rank is the number of its thresholds that
 * send it right; the threshold with index k does so when the rank is above k. That holds for x <
 * t and for x <= t alike, they only count ties differently. A missing value gets rank 0 where it
 * goes left by default, and the highest where it goes right.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/tree_plan.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#define RANK_RIGHT UINT16_MAX
#define FULL_LEVELS_MAX 6	/* of trees that are filled up */
#define FULL_MAX	64	/* places of each that has so many levels */
/* and of those with fewer, in bytes: what is read together is near */
#define FULL_MOST	32
#define START_MAX 1e37		/* with every leaf on top still a float32 */
#define ZERO_MAX 1e-35		/* LightGBM's kZeroThreshold */

void
gw_tree_plan_free(struct gw_trees *t)
{
	struct gw_tree_plan *p = t->plan;

	if (p == NULL)
		return;
	gw_alloc_free(t->alloc, p->cuts);
	gw_alloc_free(t->alloc, p->steps);
	gw_alloc_free(t->alloc, p->leaves);
	gw_alloc_free(t->alloc, p->groups);
	gw_alloc_free(t->alloc, p->full_bytes);
	gw_alloc_free(t->alloc, p->full_words);
	gw_alloc_free(t->alloc, p->ends);
	gw_alloc_free(t->alloc, p->ends_double);
	gw_alloc_free(t->alloc, p);
	t->plan = NULL;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Thresholds gathered by feature, then sorted, then each once. */
static int
collect_cuts(const struct gw_trees *t, struct gw_tree_plan *p, struct gw_err *err)
{
	uint32_t end[GW_TREES_FEATURES_MAX] = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].left != 0)
			end[t->nodes[i].feature]++;
	for (size_t j = 0, at = 0; j < t->n_features; j++) {
		size_t n = end[j];

		p->cuts_at[j] = end[j] = (uint32_t)at;
		at += n;
	}
	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].left != 0)
			p->cuts[end[t->nodes[i].feature]++] = t->nodes[i].value;
	for (size_t j = 0; j < t->n_features; j++) {
		double *c = p->cuts + p->cuts_at[j];
		size_t n = end[j] - p->cuts_at[j], start = kept;

		qsort(c, n, sizeof(*c), by_value);
		for (size_t k = 0; k < n; k++)
			if (k == 0 || c[k] > p->cuts[kept - 1])
				p->cuts[kept++] = c[k];
		p->cuts_at[j] = (uint32_t)start;
		if (kept - start > GW_TREES_CUTS_MAX)
			return gw_err_set(err, GW_ELIMIT,
			    "feature %zu has more than %u different thresholds", j,
			    GW_TREES_CUTS_MAX);
	}
	p->cuts_at[t->n_features] = (uint32_t)kept;
	return 0;
}

static size_t
rule_of(const struct gw_tree_node *node)
{
	return 6 * (size_t)node->feature + 2 * (size_t)node->missing + node->default_left;
}

/* Slots in use, by feature; slot_at (GW_TREE_SLOTS_MAX) says which a rule of a feature has. */
static void
collect_slots(const struct gw_trees *t, struct gw_tree_plan *p, uint16_t *slot_at)
{
	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].left != 0)
			slot_at[rule_of(&t->nodes[i])] = 1;
	p->n_slots = 1;
	for (size_t r = 0; r < 6 * t->n_features; r++) {
		if (slot_at[r] == 0)
			continue;
		p->slots[p->n_slots] = (struct gw_tree_slot){ (uint16_t)(r / 6),
			(uint8_t)(r % 6 / 2), r % 2 != 0 };
		slot_at[r] = (uint16_t)p->n_slots++;
	}
}

/* How many of c (n, ascending) are below x, or below or equal. */
static size_t
count_below(const double *c, size_t n, double x, bool or_equal)
{
	size_t at = 0;

	/* Without a branch on the data: the next half is chosen, not jumped to. */
	while (n > 0) {
		size_t half = (n + 1) / 2;
		double v = c[at + half - 1];

		at += (or_equal ? v <= x : v < x) ? half : 0;
		n -= half;
	}
	return at;
}

static void
make_step(const struct gw_trees *t, const uint16_t *slot_at, size_t root, size_t i)
{
	struct gw_tree_plan *p = t->plan;
	const struct gw_tree_node *node = &t->nodes[root + i];
	uint64_t *step = &p->steps[root + i];
	const double *c;
	size_t n;

	if (t->kind == GW_TREES_SINGLE)
		p->leaves[root + i] = (float)node->value;
	if (node->left == 0) {
		*step = gw_tree_step((uint32_t)(root + i), 0, 0);
		return;
	}
	c = p->cuts + p->cuts_at[node->feature];
	n = p->cuts_at[node->feature + 1] - p->cuts_at[node->feature];
	*step = gw_tree_step((uint32_t)root + node->left, slot_at[rule_of(node)],
	    (uint16_t)count_below(c, n, node->value, false));
}

/* Children stand behind their parents, so depths come in one pass from the back. */
static uint32_t
levels_of(const struct gw_trees *t, size_t k, uint32_t *depth)
{
	const struct gw_tree_node *nodes = t->nodes + t->first[k];

	for (size_t i = gw_trees_size(t, k); i-- > 0;) {
		uint32_t left, right;

		depth[i] = 0;
		if (nodes[i].left == 0)
			continue;
		left = depth[nodes[i].left];
		right = depth[nodes[i].left + 1];
		depth[i] = 1 + (left > right ? left : right);
	}
	return depth[0];
}

static size_t
full_size(const struct gw_tree_plan *p, const struct gw_tree_group *g)
{
	return p->in_bytes && g->levels < FULL_LEVELS_MAX ? FULL_MOST : FULL_MAX;
}

/* Which groups are shallow enough, and where they will be. */
static void
place_full(const struct gw_trees *t, struct gw_tree_plan *p)
{
	p->n_full = FULL_MAX;	/* so that 2^levels can be taken off any place */
	for (size_t k = 0; k < t->n_trees; k += GW_TREE_LANES) {
		struct gw_tree_group *g = &p->groups[k / GW_TREE_LANES];

		g->full = GW_TREE_SPARSE;
		if (g->levels > FULL_LEVELS_MAX)
			continue;
		g->full = (uint32_t)p->n_full;
		p->n_full += GW_TREE_LANES * full_size(p, g);
	}
}

static void
put_full(struct gw_tree_plan *p, size_t at, uint16_t slot, uint16_t cut)
{
	if (p->in_bytes) {
		p->full_bytes[2 * at] = (uint8_t)slot;
		p->full_bytes[2 * at + 1] = (uint8_t)cut;
	} else {
		p->full_words[2 * at] = slot;
		p->full_words[2 * at + 1] = cut;
	}
}

/* Below a leaf that comes early everything goes left, to that leaf again. */
static void
fill_up(const struct gw_trees *t, size_t k, const uint16_t *slot_at)
{
	struct gw_tree_plan *p = t->plan;
	const struct gw_tree_group *g = &p->groups[k / GW_TREE_LANES];
	const struct gw_tree_node *nodes = t->nodes + t->first[k];
	size_t size = (size_t)1 << g->levels, at = g->full + k % GW_TREE_LANES * full_size(p, g);
	uint32_t node_at[2 * FULL_MAX] = { 0 };

	for (size_t i = 1; i < size; i++) {
		uint32_t n = node_at[i];

		node_at[2 * i] = node_at[2 * i + 1] = n;
		if (nodes[n].left == 0)
			continue;
		put_full(p, at + i, slot_at[rule_of(&nodes[n])],
		    gw_tree_cut(p->steps[t->first[k] + n]));
		node_at[2 * i] = nodes[n].left;
		node_at[2 * i + 1] = nodes[n].left + 1;
	}
	for (size_t i = 0; i < size; i++) {
		double value = nodes[node_at[size + i]].value;

		if (t->kind == GW_TREES_SINGLE)
			p->ends[at + i] = (float)value;
		else
			p->ends_double[at + i] = value;
	}
}

static bool
fits_bytes(const struct gw_trees *t, const struct gw_tree_plan *p)
{
	for (size_t j = 0; j < t->n_features; j++)
		if (p->cuts_at[j + 1] - p->cuts_at[j] > UINT8_MAX)
			return false;
	return p->n_slots <= UINT8_MAX;
}

static int
make_full(const struct gw_trees *t, struct gw_tree_plan *p, const uint16_t *slot_at,
    struct gw_err *err)
{
	size_t single, n;

	p->in_bytes = fits_bytes(t, p);
	place_full(t, p);
	n = p->n_full;
	single = t->kind == GW_TREES_SINGLE ? n : 0;
	if (p->in_bytes)
		p->full_bytes = gw_alloc_zero(t->alloc, n, 2 * sizeof(*p->full_bytes));
	else
		p->full_words = gw_alloc_zero(t->alloc, n, 2 * sizeof(*p->full_words));
	p->ends = gw_alloc_zero(t->alloc, single + 1, sizeof(*p->ends));
	p->ends_double = gw_alloc_zero(t->alloc, n + 1 - single, sizeof(*p->ends_double));
	if ((p->full_bytes == NULL && p->full_words == NULL) || p->ends == NULL ||
	    p->ends_double == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for %zu trees", t->n_trees);
	for (size_t k = 0; k < t->n_trees; k++)
		if (p->groups[k / GW_TREE_LANES].full != GW_TREE_SPARSE)
			fill_up(t, k, slot_at);
	return 0;
}

static int
fill_plan(const struct gw_trees *t, struct gw_tree_plan *p, uint32_t *depth, struct gw_err *err)
{
	uint16_t slot_at[GW_TREE_SLOTS_MAX] = { 0 };
	int rc = collect_cuts(t, p, err);

	if (rc != 0)
		return rc;
	collect_slots(t, p, slot_at);
	for (size_t k = 0; k < t->n_trees; k++) {
		uint32_t levels = levels_of(t, k, depth);

		if (levels > p->groups[k / GW_TREE_LANES].levels)
			p->groups[k / GW_TREE_LANES].levels = levels;
		for (size_t i = 0, n = gw_trees_size(t, k); i < n; i++)
			make_step(t, slot_at, t->first[k], i);
	}
	return make_full(t, p, slot_at, err);
}

int
gw_trees_finish(struct gw_trees *t, struct gw_err *err)
{
	struct gw_tree_plan *p = gw_alloc_zero(t->alloc, 1, sizeof(*p));
	uint32_t *depth = gw_alloc_zero(t->alloc, t->n_nodes + 1, sizeof(*depth));
	int rc;

	assert(t->plan == NULL);
	t->plan = p;
	if (p != NULL) {
		p->cuts = gw_alloc_zero(t->alloc, t->n_nodes + 1, sizeof(*p->cuts));
		p->steps = gw_alloc_zero(t->alloc, t->n_nodes + 1, sizeof(*p->steps));
		p->groups = gw_alloc_zero(t->alloc, t->n_trees / GW_TREE_LANES + 1,
		    sizeof(*p->groups));
		p->leaves = gw_alloc_zero(t->alloc,
		    t->kind == GW_TREES_SINGLE ? t->n_nodes + 1 : 1, sizeof(*p->leaves));
	}
	if (p == NULL || depth == NULL || p->cuts == NULL || p->steps == NULL ||
	    p->groups == NULL || p->leaves == NULL)
		rc = gw_err_set(err, GW_ENOMEM, "out of memory for %zu trees", t->n_trees);
	else
		rc = fill_plan(t, p, depth, err);
	gw_alloc_free(t->alloc, depth);
	if (rc != 0)
		gw_tree_plan_free(t);
	return rc;
}

/* A double beyond float32's range would be undefined to convert. */
static double
to_single(double v)
{
	if (v > FLT_MAX)
		return (double)FLT_MAX;
	if (v < -FLT_MAX)
		return (double)-FLT_MAX;
	return (double)(float)v;
}

static uint16_t
rank_of(const struct gw_trees *t, const struct gw_tree_slot *s, double x)
{
	const struct gw_tree_plan *p = t->plan;
	const double *c = p->cuts + p->cuts_at[s->feature];
	size_t n = p->cuts_at[s->feature + 1] - p->cuts_at[s->feature];
	bool missing = isnan(x);

	if (missing && s->missing != GW_MISSING_NAN)
		x = 0;
	if (s->missing == GW_MISSING_NONE)
		missing = false;
	else if (s->missing == GW_MISSING_ZERO)
		missing = x >= -ZERO_MAX && x <= ZERO_MAX;
	if (missing)
		return s->default_left ? 0 : RANK_RIGHT;
	if (t->kind == GW_TREES_SINGLE)
		return (uint16_t)count_below(c, n, to_single(x), true);
	return (uint16_t)count_below(c, n, x, false);
}

/* From the roots in `at` to the leaves. Lanes by name, so that each stays in a register. */
static void
walk(const uint64_t *steps, const uint16_t *rank, uint32_t levels, uint32_t at[GW_TREE_LANES])
{
	uint32_t a = at[0], b = at[1], c = at[2], d = at[3], e = at[4], f = at[5], g = at[6],
		 h = at[7];

	for (; levels > 0; levels--) {
		a = gw_tree_take(steps[a], rank);
		b = gw_tree_take(steps[b], rank);
		c = gw_tree_take(steps[c], rank);
		d = gw_tree_take(steps[d], rank);
		e = gw_tree_take(steps[e], rank);
		f = gw_tree_take(steps[f], rank);
		g = gw_tree_take(steps[g], rank);
		h = gw_tree_take(steps[h], rank);
	}
	at[0] = a;
	at[1] = b;
	at[2] = c;
	at[3] = d;
	at[4] = e;
	at[5] = f;
	at[6] = g;
	at[7] = h;
}

/* The same for full trees, to the places of their leaves behind 2^levels. */
#define STEP(at, steps, rank) \
	at += at + ((steps)[2 * at + 1] < (rank)[(steps)[2 * at]])
#define WALK_FULL(name, number, full) \
static void \
name(const number *steps, const number *rank, uint32_t levels, size_t at[GW_TREE_LANES]) \
{ \
	size_t a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1; \
\
	for (; levels > 0; levels--) { \
		STEP(a, steps, rank); \
		STEP(b, steps + 2 * (full), rank); \
		STEP(c, steps + 4 * (full), rank); \
		STEP(d, steps + 6 * (full), rank); \
		STEP(e, steps + 8 * (full), rank); \
		STEP(f, steps + 10 * (full), rank); \
		STEP(g, steps + 12 * (full), rank); \
		STEP(h, steps + 14 * (full), rank); \
	} \
	at[0] = a; \
	at[1] = b + 1 * (full); \
	at[2] = c + 2 * (full); \
	at[3] = d + 3 * (full); \
	at[4] = e + 4 * (full); \
	at[5] = f + 5 * (full); \
	at[6] = g + 6 * (full); \
	at[7] = h + 7 * (full); \
}

WALK_FULL(walk_most_bytes, uint8_t, FULL_MOST)
WALK_FULL(walk_max_bytes, uint8_t, FULL_MAX)
WALK_FULL(walk_words, uint16_t, FULL_MAX)

/*
 * x under every rule in use. Slots of one feature are neighbours, and differ only where it is
 * missing.
 */
static void
rank_all(const struct gw_trees *t, const double *x, uint16_t *rank)
{
	const struct gw_tree_plan *p = t->plan;

	rank[0] = 0;
	for (size_t i = 1; i < p->n_slots; i++) {
		const struct gw_tree_slot *s = &p->slots[i];

		if (i > 1 && s->feature == s[-1].feature && s->missing == s[-1].missing &&
		    s->missing == GW_MISSING_NAN && !isnan(x[s->feature]))
			rank[i] = rank[i - 1];
		else
			rank[i] = rank_of(t, s, x[s->feature]);
	}
}

/* What is known of one row. */
struct row {
	uint16_t	rank[GW_TREE_SLOTS_MAX];
	uint8_t		byte[UINT8_MAX];	/* the same, where they fit */
	float		single;			/* the sum so far, in the arithmetic of its trees */
	double		whole;
};

/* Lanes beyond the last tree walk zeros to a leaf of 0. */
static void
add_full(const struct gw_trees *t, const struct gw_tree_group *g, struct row *s)
{
	const struct gw_tree_plan *p = t->plan;
	size_t at[GW_TREE_LANES], ends = g->full - ((size_t)1 << g->levels);

	if (!p->in_bytes)
		walk_words(p->full_words + 2 * (size_t)g->full, s->rank, g->levels, at);
	else if (g->levels < FULL_LEVELS_MAX)
		walk_most_bytes(p->full_bytes + 2 * (size_t)g->full, s->byte, g->levels, at);
	else
		walk_max_bytes(p->full_bytes + 2 * (size_t)g->full, s->byte, g->levels, at);
	if (t->kind == GW_TREES_SINGLE) {
		const float *v = p->ends + ends;

		s->single = s->single + v[at[0]] + v[at[1]] + v[at[2]] + v[at[3]] + v[at[4]] +
		    v[at[5]] + v[at[6]] + v[at[7]];
	} else {
		const double *v = p->ends_double + ends;

		s->whole = s->whole + v[at[0]] + v[at[1]] + v[at[2]] + v[at[3]] + v[at[4]] +
		    v[at[5]] + v[at[6]] + v[at[7]];
	}
}

static void
add_sparse(const struct gw_trees *t, size_t k, struct row *s)
{
	size_t n = t->n_trees - k < GW_TREE_LANES ? t->n_trees - k : GW_TREE_LANES;
	uint32_t at[GW_TREE_LANES];

	/* Lanes beyond the last tree walk the first of the eight again. */
	for (size_t i = 0; i < GW_TREE_LANES; i++)
		at[i] = t->first[i < n ? k + i : k];
	walk(t->plan->steps, s->rank, t->plan->groups[k / GW_TREE_LANES].levels, at);
	if (t->kind == GW_TREES_SINGLE)
		for (size_t i = 0; i < n; i++)
			s->single += t->plan->leaves[at[i]];
	else
		for (size_t i = 0; i < n; i++)
			s->whole += t->nodes[at[i]].value;
}

double
gw_trees_sum(const struct gw_trees *t, double start, const double *x)
{
	const struct gw_tree_plan *p = t->plan;
	struct row s;

	s.whole = start;
	s.single = (float)(start > START_MAX ? START_MAX : start < -START_MAX ? -START_MAX : start);
	rank_all(t, x, s.rank);
	/* The highest says right at any cut there is. */
	for (size_t i = 0; p->in_bytes && i < p->n_slots; i++)
		s.byte[i] = (uint8_t)(s.rank[i] < UINT8_MAX ? s.rank[i] : UINT8_MAX);
	for (size_t k = 0; k < t->n_trees; k += GW_TREE_LANES) {
		const struct gw_tree_group *g = &p->groups[k / GW_TREE_LANES];

		if (g->full != GW_TREE_SPARSE)
			add_full(t, g, &s);
		else
			add_sparse(t, k, &s);
	}
	return t->kind == GW_TREES_SINGLE ? (double)s.single : s.whole;
}

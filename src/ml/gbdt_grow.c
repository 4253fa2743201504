/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt_grow.c - one tree. `order` holds the rows of each leaf side by side; splitting a leaf
 * parts its stretch in two, keeping the order of rows in each, and only the smaller half gets a
 * histogram of its own: the larger one's is the parent's minus that.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <float.h>

#include "ml/gbdt_int.h"

#define SHARED_ROWS_MIN	16384

/*
 * A function of its arguments only (the finaliser of splitmix64, twice), so that no order
 * matters.
 */
static uint64_t
scramble(uint64_t z)
{
	z += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool
in_bag(const struct gw_gbdt *fit, uint64_t round, size_t row)
{
	uint64_t group = fit->group != NULL ? fit->group[row] : row;
	uint64_t v = scramble(scramble(fit->seed ^ round << 32) ^ group);

	return (double)(v >> 11) * 0x1p-53 < fit->bag;
}

static void
fill_bag(struct gw_grower *w, size_t round)
{
	size_t n = w->train.n, in = 0, out = n;

	if (w->fit->bag >= 1) {
		for (size_t i = 0; i < n; i++)
			w->order[i] = (uint32_t)i;
		w->n_bagged = n;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (in_bag(w->fit, round, i))
			w->order[in++] = (uint32_t)i;
		else
			w->order[--out] = (uint32_t)i;
	w->n_bagged = in;
}

/* One share of a leaf's rows: lefts and rights, each in order. */
struct parting {
	struct gw_grower	*w;
	const struct gw_leaf	*leaf;
	size_t			 n_left[GW_POOL_THREADS_MAX];
	size_t			 n_left_all;
};

static void
part_share(void *arg, unsigned i, unsigned size)
{
	struct parting *p = arg;
	struct gw_grower *w = p->w;
	const struct gw_leaf *leaf = p->leaf;
	const uint32_t *order = w->order + leaf->begin;
	const struct gw_split *s = &leaf->split;
	const uint8_t *bins = w->columns + s->feature * w->train.n;
	/* What is missing lies in the bin after all others; elsewhere no bin is so high. */
	uint32_t missing = s->missing_left ? w->bins.n[s->feature] : UINT32_MAX;
	size_t begin, end, n_left, n_right;

	gw_pool_share(leaf->end - leaf->begin, i, size, &begin, &end);
	n_left = n_right = begin;
	for (size_t k = begin; k < end; k++) {
		uint32_t row = order[k];
		bool left = (bins[row] <= s->bin) | (bins[row] == missing);

		/* Written to both, counted in one: no branch to guess wrong. */
		w->left[n_left] = row;
		w->right[n_right] = row;
		n_left += left;
		n_right += !left;
	}
	p->n_left[i] = n_left - begin;
}

static void
gather_share(void *arg, unsigned i, unsigned size)
{
	struct parting *p = arg;
	struct gw_grower *w = p->w;
	uint32_t *order = w->order + p->leaf->begin;
	size_t begin, end, lefts = 0;

	for (unsigned k = 0; k < i; k++)
		lefts += p->n_left[k];
	gw_pool_share(p->leaf->end - p->leaf->begin, i, size, &begin, &end);
	memcpy(order + lefts, w->left + begin, p->n_left[i] * sizeof(*order));
	memcpy(order + p->n_left_all + (begin - lefts), w->right + begin,
	    (end - begin - p->n_left[i]) * sizeof(*order));
}

/* Returns how many rows went left. */
static size_t
part_rows(struct gw_grower *w, const struct gw_leaf *leaf)
{
	struct parting p = { .w = w, .leaf = leaf };
	struct gw_pool *pool =
	    leaf->end - leaf->begin >= SHARED_ROWS_MIN ? w->fit->pool : NULL;

	gw_pool_run(pool, part_share, &p);
	for (unsigned i = 0; i < gw_pool_size(pool); i++)
		p.n_left_all += p.n_left[i];
	gw_pool_run(pool, gather_share, &p);
	return p.n_left_all;
}

static struct gw_sums *
take_histogram(struct gw_grower *w)
{
	return w->free_histograms[--w->n_free];
}

static void
give_histogram(struct gw_grower *w, struct gw_leaf *leaf)
{
	if (leaf->histogram != NULL)
		w->free_histograms[w->n_free++] = leaf->histogram;
	leaf->histogram = NULL;
}

/* Whether the leaf could be split at all, so that a histogram is worth its while. */
static bool
may_split(const struct gw_grower *w, const struct gw_leaf *leaf)
{
	return leaf->depth < w->fit->depth && w->n_leaves < w->leaves_max &&
	    (double)leaf->sum.h * w->h_unit >= 2 * w->fit->min_weight;
}

/* Both halves' histograms out of the parent's, which `large` has at first. */
static void
share_histogram(struct gw_grower *w, struct gw_leaf *small, struct gw_leaf *large)
{
	bool small_may = may_split(w, small), large_may = may_split(w, large);

	small->histogram = NULL;
	if (small_may || large_may) {
		small->histogram = take_histogram(w);
		gw_histogram(w, small->begin, small->end, small->histogram);
	}
	if (large_may)
		for (size_t k = 0; k < w->bins.total; k++) {
			large->histogram[k].g -= small->histogram[k].g;
			large->histogram[k].h -= small->histogram[k].h;
		}
	else
		give_histogram(w, large);
	if (!small_may)
		give_histogram(w, small);
}

/* A split of a monotone feature keeps everything below it on its side of the middle. */
static void
bound(const struct gw_grower *w, const struct gw_split *s, struct gw_leaf *left,
    struct gw_leaf *right)
{
	int direction = w->fit->monotone == NULL ? 0 : w->fit->monotone[s->feature];
	double middle = (s->left_value + s->right_value) / 2;

	if (direction > 0) {
		left->high = middle;
		right->low = middle;
	} else if (direction < 0) {
		left->low = middle;
		right->high = middle;
	}
}

static void
add_nodes(struct gw_grower *w, const struct gw_leaf *leaf)
{
	const struct gw_split *s = &leaf->split;
	bool above_all = s->bin + 1u >= w->bins.n[s->feature];

	w->nodes[leaf->node] = (struct gw_tree_source){
		.value = above_all ? (double)FLT_MAX :
		    (double)w->bins.cuts[s->feature * GW_BINS_MAX + s->bin],
		.left = (int64_t)w->n_nodes,
		.right = (int64_t)w->n_nodes + 1,
		.feature = (int64_t)s->feature,
		.missing = GW_MISSING_NAN,
		.default_left = s->missing_left,
	};
	w->node_bin[leaf->node] = (uint8_t)s->bin;
	w->n_nodes += 2;
}

static void
split_leaf(struct gw_grower *w, struct gw_leaf *leaf)
{
	struct gw_leaf *right = &w->leaves[w->n_leaves++];
	struct gw_split s = leaf->split;
	size_t n_left = part_rows(w, leaf), n = leaf->end - leaf->begin;

	add_nodes(w, leaf);
	leaf->depth++;
	*right = *leaf;
	leaf->end = right->begin = leaf->begin + n_left;
	leaf->node = (uint32_t)w->n_nodes - 2;
	right->node = (uint32_t)w->n_nodes - 1;
	leaf->sum = s.left;
	right->sum.g -= s.left.g;
	right->sum.h -= s.left.h;
	leaf->value = s.left_value;
	right->value = s.right_value;
	leaf->split.gain = right->split.gain = 0;
	bound(w, &s, leaf, right);
	if (n_left <= n - n_left)
		share_histogram(w, leaf, right);
	else
		share_histogram(w, right, leaf);
	if (leaf->histogram != NULL)
		gw_split_find(w, leaf);
	if (right->histogram != NULL)
		gw_split_find(w, right);
}

static void
plant(struct gw_grower *w)
{
	struct gw_leaf *root = &w->leaves[0];

	w->n_leaves = w->n_nodes = 1;
	*root = (struct gw_leaf){ .end = w->n_bagged, .low = -GW_TREES_LEAF_MAX,
		.high = GW_TREES_LEAF_MAX };
	root->histogram = take_histogram(w);
	gw_histogram(w, 0, w->n_bagged, root->histogram);
	for (size_t k = 0; k < w->bins.at[1]; k++) {
		root->sum.g += root->histogram[k].g;
		root->sum.h += root->histogram[k].h;
	}
	gw_split_find(w, root);
}

static float
walk(const struct gw_grower *w, const uint8_t *record)
{
	const struct gw_tree_source *node = w->nodes;

	while (node->left != -1) {
		uint32_t bin = record[GW_RECORD_HEAD + node->feature];
		bool left = bin == w->bins.n[node->feature] ? node->default_left :
		    bin <= w->node_bin[node - w->nodes];

		node = w->nodes + (left ? node->left : node->right);
	}
	return (float)node->value;
}

/* A row in the bag takes the value of the leaf it lies in, others walk. */
static void
move_share(void *arg, unsigned i, unsigned size)
{
	struct gw_grower *w = arg;
	size_t begin, end;

	gw_pool_share(w->n_bagged, i, size, &begin, &end);
	for (size_t k = 0; k < w->n_leaves; k++) {
		const struct gw_leaf *leaf = &w->leaves[k];
		float value = (float)w->nodes[leaf->node].value;
		size_t from = leaf->begin > begin ? leaf->begin : begin;
		size_t to = leaf->end < end ? leaf->end : end;

		for (size_t r = from; r < to; r++)
			w->train_margin[w->order[r]] += value;
	}
	gw_pool_share(w->train.n - w->n_bagged, i, size, &begin, &end);
	for (size_t r = w->n_bagged + begin; r < w->n_bagged + end; r++)
		w->train_margin[w->order[r]] += walk(w, gw_record(&w->train, w->order[r]));
	gw_pool_share(w->valid.n, i, size, &begin, &end);
	for (size_t r = begin; r < end; r++)
		w->valid_margin[r] += walk(w, gw_record(&w->valid, r));
}

void
gw_grow_tree(struct gw_grower *w, size_t round)
{
	fill_bag(w, round);
	plant(w);
	while (w->n_leaves < w->leaves_max) {
		struct gw_leaf *best = &w->leaves[0];

		for (size_t k = 1; k < w->n_leaves; k++)
			if (w->leaves[k].split.gain > best->split.gain)
				best = &w->leaves[k];
		if (!(best->split.gain > 0))
			break;
		split_leaf(w, best);
	}
	for (size_t k = 0; k < w->n_leaves; k++) {
		struct gw_leaf *leaf = &w->leaves[k];

		give_histogram(w, leaf);
		w->nodes[leaf->node] = (struct gw_tree_source){ .left = -1, .right = -1,
			.value = (double)(float)(leaf->value * w->fit->rate) };
	}
	gw_pool_run(w->fit->pool, move_share, w);
}

/* SPDX-License-Identifier: MIT
 *
 * ml/model_trees.c - a tree as one line, its nodes breadth first, parted by blanks:
 *
 *   3L0.5	a split of feature 3 (from 0) at 0.5; a missing value goes left. R: right
 *   3N0.5	no value is missing: a NaN counts as 0
 *   3l0.5	a NaN and a 0 are missing and go left. r: right
 *   =0.125	a leaf
 *
 * The children of the k-th split are nodes 2k + 1 and 2k + 2, so no line says where they are.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/model_trees.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"

static const struct {
	char		letter;
	enum gw_missing	missing;
	bool		default_left;
} rules[] = {
	{ 'L', GW_MISSING_NAN, true },
	{ 'R', GW_MISSING_NAN, false },
	{ 'N', GW_MISSING_NONE, false },
	{ 'l', GW_MISSING_ZERO, true },
	{ 'r', GW_MISSING_ZERO, false },
};

static char
letter_of(const struct gw_tree_node *n)
{
	for (size_t i = 0; i < GW_N(rules); i++)
		if (rules[i].missing == n->missing && rules[i].default_left == n->default_left)
			return rules[i].letter;
	return 'N';
}

/* A float32 needs nine digits at most; the fewest that read back to it. */
static size_t
single_text(double v, char out[GW_DOUBLE_MAX])
{
	for (int digits = 6; digits < 9; digits++) {
		int len = snprintf(out, GW_DOUBLE_MAX, "%.*g", digits, v);
		double back;

		if (gw_slice_double((struct gw_slice){ out, (size_t)len }, &back) == 0 &&
		    (float)back == (float)v)
			return (size_t)len;
	}
	return (size_t)snprintf(out, GW_DOUBLE_MAX, "%.9g", v);
}

static void
put_value(const struct gw_trees *t, double v, struct gw_buf *out)
{
	char text[GW_DOUBLE_MAX];
	size_t len = t->kind == GW_TREES_SINGLE ? single_text(v, text) : gw_double_text(v, text);

	gw_buf_put(out, text, len);
}

void
gw_model_trees_put(const struct gw_trees *t, struct gw_buf *out)
{
	gw_buf_printf(out, "trees %s %zu\n", t->kind == GW_TREES_SINGLE ? "single" : "double",
	    t->n_trees);
	for (size_t k = 0; k < t->n_trees; k++) {
		gw_buf_puts(out, "tree");
		for (size_t i = 0, n = gw_trees_size(t, k); i < n; i++) {
			const struct gw_tree_node *node = &t->nodes[t->first[k] + i];

			if (node->left == 0)
				gw_buf_puts(out, " =");
			else
				gw_buf_printf(out, " %u%c", (unsigned)node->feature,
				    letter_of(node));
			put_value(t, node->value, out);
		}
		gw_buf_putc(out, '\n');
	}
}

/* "3L0.5" without its number's check: 0 or GW_EDATA. */
static int
read_split(struct gw_slice token, struct gw_tree_source *s)
{
	size_t at = 0, rule = 0;

	while (at < token.len && token.ptr[at] >= '0' && token.ptr[at] <= '9')
		at++;
	if (at == token.len ||
	    gw_slice_i64((struct gw_slice){ token.ptr, at }, &s->feature) != 0)
		return GW_EDATA;
	while (rule < GW_N(rules) && rules[rule].letter != token.ptr[at])
		rule++;
	if (rule == GW_N(rules))
		return GW_EDATA;
	s->missing = rules[rule].missing;
	s->default_left = rules[rule].default_left;
	at++;
	return gw_slice_double((struct gw_slice){ token.ptr + at, token.len - at }, &s->value);
}

static int
read_node(struct gw_slice token, size_t *n_children, struct gw_tree_source *s)
{
	*s = (struct gw_tree_source){ .left = -1, .right = -1 };
	if (token.len > 0 && token.ptr[0] == '=')
		return gw_slice_double((struct gw_slice){ token.ptr + 1, token.len - 1 },
		    &s->value);
	s->left = (int64_t)(*n_children)++;
	s->right = (int64_t)(*n_children)++;
	return read_split(token, s);
}

static int
read_nodes(struct gw_slice line, struct gw_tree_source *s, size_t n, struct gw_err *err)
{
	size_t n_children = 1;

	for (size_t i = 0; i < n; i++) {
		struct gw_slice token = gw_slice_cut(line, ' ', &line);

		if (read_node(token, &n_children, &s[i]) != 0)
			return gw_err_set(err, GW_EDATA,
			    "node %zu of %zu is neither a split as 3L0.5 nor a leaf as =0.25",
			    i + 1, n);
	}
	if (n_children != n)
		return gw_err_set(err, GW_EDATA, "%zu nodes, its splits need %zu", n, n_children);
	return 0;
}

int
gw_model_trees_read(struct gw_trees *t, struct gw_slice line, struct gw_err *err)
{
	struct gw_tree_source *source;
	size_t n = 1;
	int rc;

	for (size_t i = 0; i < line.len; i++)
		n += line.ptr[i] == ' ';
	if (n > GW_TREES_NODES_MAX)
		return gw_err_set(err, GW_ELIMIT, "more than %u nodes", GW_TREES_NODES_MAX);
	if ((source = gw_alloc_zero(t->alloc, n, sizeof(*source))) == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for trees");
	if ((rc = read_nodes(line, source, n, err)) == 0)
		rc = gw_trees_add(t, source, n, err);
	gw_alloc_free(t->alloc, source);
	return rc;
}

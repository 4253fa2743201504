/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/tree_text.h"

/* As deep as our own trees grow, and more; an imported chain is cut there. */
#define DEPTH_MAX 64

struct text {
	struct gw_buf			*out;
	const struct gw_model		*model;
	const struct gw_tree_node	*nodes;
	const char			*less;		/* what sends a row to the left */
};

static void
put(const struct text *t, uint32_t i, int depth)
{
	const struct gw_tree_node *n = &t->nodes[i];

	if (n->left == 0) {
		gw_buf_printf(t->out, "%.6g", n->value);
		return;
	}
	if (depth == DEPTH_MAX) {
		gw_buf_puts(t->out, "...");
		return;
	}
	if (depth > 0)
		gw_buf_putc(t->out, '(');
	gw_buf_printf(t->out, "%s %s %.6g ? ", t->model->features[n->feature].name, t->less,
	    n->value);
	put(t, n->left, depth + 1);
	gw_buf_puts(t->out, " : ");
	put(t, n->left + 1, depth + 1);
	if (depth > 0)
		gw_buf_putc(t->out, ')');
}

void
gw_tree_text(struct gw_buf *out, const struct gw_model *m, const struct gw_trees *trees, size_t k)
{
	struct text t = { out, m, trees->nodes + trees->first[k],
		trees->kind == GW_TREES_DOUBLE ? "<=" : "<" };

	put(&t, 0, 0);
}

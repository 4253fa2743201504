/* SPDX-License-Identifier: MIT
 *
 * ml/tree_text.h - trees for people to read, one a line, as C would write them:
 *
 *   home_time < 0.25 ? (home_ball < 0.5 ? -0.1 : 0.3) : 1.2
 *
 * which is what is added to the sum. Numbers have six digits: to read, not to compute with.
 */
#ifndef GW_TREE_TEXT_H
#define GW_TREE_TEXT_H

#include "base/buf.h"
#include "ml/model.h"

/* Tree k of a head of m that has trees. */
void	gw_tree_text(struct gw_buf *out, const struct gw_model *m, const struct gw_trees *t,
	    size_t k);

#endif

/* SPDX-License-Identifier: MIT
 *
 * ml/model_trees.h - trees in the model file. For model_file.c.
 */
#ifndef GW_MODEL_TREES_H
#define GW_MODEL_TREES_H

#include "base/buf.h"
#include "ml/tree.h"

/* The lines "trees ..." and "tree ...". */
void	gw_model_trees_put(const struct gw_trees *t, struct gw_buf *out);
/* One tree more, from what follows "tree ". 0, GW_EDATA, GW_ENOMEM, GW_ELIMIT. */
int	gw_model_trees_read(struct gw_trees *t, struct gw_slice line,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * ml/foreign.h - models of other libraries, as they read from their files, before their features
 * are ours: XGBoost's JSON and UBJ (1.0 to 3.x), LightGBM's text, and coefficients of
 * scikit-learn as JSON (doc/ml.md). What a format can say and we cannot is refused by name:
 * categorical splits, several classes or targets, DART, linear leaves.
 */
#ifndef GW_FOREIGN_H
#define GW_FOREIGN_H

#include "base/arena.h"
#include "ml/model.h"

#define GW_FOREIGN_FILE_MAX ((size_t)512 << 20)

struct gw_foreign_head {
	struct gw_slice		 name;		/* empty: the file does not say */
	enum gw_family		 family;
	double			 intercept;
	double			*coef;		/* (n_features), standardised; NULL: all 0 */
	struct gw_trees		*trees;		/* NULL: none. Of their features, not finished */
};

struct gw_foreign {
	struct gw_alloc		*alloc;
	struct gw_arena		 arena;		/* all below but the trees */
	const char		*origin;	/* "XGBoost" */
	const char		*note;		/* worth telling, or NULL */
	size_t			 n_features;
	struct gw_slice		*names;		/* (n_features) */
	double			*mean, *scale;	/* (n_features); NULL: not standardised */
	size_t			 n_heads;
	struct gw_foreign_head	 heads[GW_MODEL_HEADS_MAX];
};

/*
 * Which format it is, the first bytes say. 0, or GW_EDATA, GW_ELIMIT, GW_ENOMEM with
 * the file's name before the reason. `bytes` may go when it returns.
 */
int	gw_foreign_read(struct gw_foreign *f, struct gw_alloc *alloc, struct gw_slice bytes,
	    const char *name_for_errors, struct gw_err *err) GW_CHECK_RESULT;
void	gw_foreign_free(struct gw_foreign *f);

/*
 * Head i of the file into m's head h, whose name is set. map (f->n_features) says which feature
 * of m each of theirs is. Coefficients become such on m's standardised features. The trees move
 * to m. 0, or GW_ENOMEM, GW_ELIMIT, GW_EDATA (a feature asked twice).
 */
int	gw_foreign_move(struct gw_foreign *f, size_t i, struct gw_model *m, size_t h,
	    const size_t *map, struct gw_err *err) GW_CHECK_RESULT;

/* One head as another library's file, appended to out. GW_EDATA where it cannot say it. */
int	gw_export_xgboost(const struct gw_model *m, const struct gw_head *h, struct gw_buf *out,
	    struct gw_err *err) GW_CHECK_RESULT;
/* All heads without trees. */
int	gw_export_sklearn(const struct gw_model *m, struct gw_buf *out,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif

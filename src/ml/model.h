/* SPDX-License-Identifier: MIT
 *
 * ml/model.h - a trained model and its file: a scaler, heads (one per target), the training histogram
 * of each feature, metrics. Text a person can read, doubles exact (%.17g), CRC-32 at the end; the
 * format is specified in model_file.c's head and doc/model-file.md. Knows nothing of football: features and
 * heads are names.
 */
#ifndef GW_MODEL_H
#define GW_MODEL_H

#include "base/buf.h"
#include "base/err.h"

#define GW_MODEL_NAME_MAX	64
#define GW_MODEL_FEATURES_MAX	512
#define GW_MODEL_HEADS_MAX	8
#define GW_MODEL_BINS		10

enum gw_family { GW_LOGISTIC, GW_LINEAR };	/* more to come; one file each */

struct gw_head {
	char		 name[GW_MODEL_NAME_MAX];	/* "home_win", "home_score" */
	enum gw_family	 family;
	double		 intercept;
	double		*coef;				/* (n_features), on scaled features */
};

struct gw_model_feature {
	char	name[GW_MODEL_NAME_MAX];
	double	mean, scale;				/* z = (x - mean) / scale; scale > 0 */
	double	edges[GW_MODEL_BINS - 1];		/* training deciles, for drift */
	double	share[GW_MODEL_BINS];			/* of training rows per bin; sums to 1 */
};

struct gw_metric { char name[GW_MODEL_NAME_MAX]; double value; };

struct gw_model {
	struct gw_alloc		*alloc;
	char			 name[GW_MODEL_NAME_MAX];
	int32_t			 version;		/* from 1 */
	char			 feature_set[GW_MODEL_NAME_MAX];
	char			 feature_hash[65];
	char			 trained_on[256];	/* "2019-2023" */
	int64_t			 seed;
	size_t			 n_rows, n_groups;	/* training rows, games */
	size_t			 n_features;
	struct gw_model_feature	*features;
	size_t			 n_heads;
	struct gw_head		 heads[GW_MODEL_HEADS_MAX];
	size_t			 n_metrics;
	struct gw_metric	 metrics[32];
	char			 sha256[65];		/* of the file's bytes; set by read and write */
};

struct gw_model	*gw_model_new(struct gw_alloc *alloc, size_t n_features, struct gw_err *err);
void		 gw_model_free(struct gw_model *m);
/* Deterministic: the same model gives the same bytes. */
int		 gw_model_write(const struct gw_model *m, struct gw_buf *out) GW_CHECK_RESULT;
/* GW_EDATA names line and field, GW_ECORRUPT the checksum, GW_EVERSION a newer format. */
struct gw_model	*gw_model_read(struct gw_alloc *alloc, struct gw_slice text, const char *name_for_errors, struct gw_err *err);
const struct gw_head *gw_model_head(const struct gw_model *m, const char *name);	/* NULL: none */
/* x (n_features), unscaled. Probability for logistic, value for linear. Allocates nothing. */
double		 gw_head_predict(const struct gw_model *m, const struct gw_head *h, const double *x);

#endif

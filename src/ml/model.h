/* SPDX-License-Identifier: MIT
 *
 * ml/model.h - a trained model and its file: a scaler, heads (one per target), the training
 * histogram of each feature, metrics. Text a person can read, doubles with the fewest digits that
 * read back exactly, SHA-256 of all above it in the last line; the format is doc/model-file.md.
 * Knows nothing of football: features and heads are names.
 */
#ifndef GW_MODEL_H
#define GW_MODEL_H

#include "base/buf.h"
#include "base/err.h"
#include "ml/bands.h"
#include "ml/drift.h"
#include "ml/tree.h"

#define GW_MODEL_NAME_MAX	64
#define GW_MODEL_FEATURES_MAX	512
#define GW_MODEL_HEADS_MAX	8
#define GW_MODEL_METRICS_MAX	32
#define GW_MODEL_TABLES_MAX	4
#define GW_MODEL_TABLE_MAX	64	/* numbers of a table */
#define GW_MODEL_BINS		GW_DRIFT_BINS
#define GW_MODEL_FILE_MAX	(64u << 20)	/* 1000 trees of 32 leaves need 1.5 MB */
#define GW_MODEL_FORMAT		4	/* 3 without tables, 2 without bands, 1 without trees */

/* How a head's sum becomes its answer: as a probability, or as it is. */
enum gw_family { GW_LOGISTIC, GW_LINEAR, GW_N_FAMILIES };

struct gw_head {
	char		 name[GW_MODEL_NAME_MAX];	/* "home_win", "home_score" */
	enum gw_family	 family;
	double		 intercept;
	double		*coef;				/* (n_features), on scaled features */
	/* NULL, or added to that: on unscaled features; the model's */
	struct gw_trees	*trees;
};

struct gw_model_feature {
	char	name[GW_MODEL_NAME_MAX];
	double	mean, scale;				/* z = (x - mean) / scale; scale > 0 */
	double	edges[GW_MODEL_BINS - 1];		/* training deciles, for drift */
	double	share[GW_MODEL_BINS];			/* of training rows per bin; sums to 1 */
};

struct gw_metric { char name[GW_MODEL_NAME_MAX]; double value; };

/* Numbers whose meaning is the business of whoever wrote them. */
struct gw_model_table { char name[GW_MODEL_NAME_MAX]; size_t n; double v[GW_MODEL_TABLE_MAX]; };

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
	struct gw_metric	 metrics[GW_MODEL_METRICS_MAX];
	struct gw_bands		*bands;		/* NULL, or around its expectations; the model's */
	size_t			 n_tables;
	struct gw_model_table	 tables[GW_MODEL_TABLES_MAX];
	char sha256[65]; /* of the file; by gw_model_read(), gw_registry_store() */
};

/*
 * Zeroed, with room for n_features (1 to GW_MODEL_FEATURES_MAX) and for every head's coefficients;
 * scales are 1. NULL: GW_ENOMEM.
 */
struct gw_model	*gw_model_new(struct gw_alloc *alloc, size_t n_features, struct gw_err *err);
void		 gw_model_free(struct gw_model *m);
/* Room for bands, to be filled by the caller. 0 or GW_ENOMEM. */
int		 gw_model_add_bands(struct gw_model *m, struct gw_err *err) GW_CHECK_RESULT;
/*
 * Deterministic: the same model gives the same bytes. 0, or GW_EINVAL for a name or number no file
 * can hold.
 */
int		 gw_model_write(const struct gw_model *m, struct gw_buf *out) GW_CHECK_RESULT;
/*
 * GW_EDATA names file, line and field (or a newer format), GW_ECORRUPT the checksum. Whatever the
 * bytes, a model that comes back is finite, scales above zero, counts within their limits.
 */
struct gw_model *gw_model_read(struct gw_alloc *alloc, struct gw_slice text,
    const char *name_for_errors, struct gw_err *err);
const struct gw_head *gw_model_head(const struct gw_model *m, const char *name); /* NULL: none */
/* A new metric, or a new value for it; ignored when there is no room. */
void		 gw_model_metric(struct gw_model *m, const char *name, double value);
/* A new table, or new numbers (n, at most GW_MODEL_TABLE_MAX) for it; there must be room. */
void		 gw_model_set_table(struct gw_model *m, const char *name, const double *v,
		    size_t n);
const struct gw_model_table *gw_model_table(const struct gw_model *m,
    const char *name); /* or NULL */
/*
 * x (n_features), unscaled. Probability for logistic, value for linear. Allocates nothing. A head
 * of trees does not read features whose coefficient is 0, so that a missing one (NaN) reaches its
 * trees only.
 */
double gw_head_predict(const struct gw_model *m, const struct gw_head *h, const double *x);
const char	*gw_family_name(enum gw_family f);	/* "logistic" */
/* A name of a model, feature, head or metric: letters, digits, and after the first also . _ - */
bool		 gw_model_name_ok(struct gw_slice name);

#endif

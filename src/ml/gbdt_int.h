/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt_int.h - what the files of ml/gbdt.h share.
 */
#ifndef GW_GBDT_INT_H
#define GW_GBDT_INT_H

#include "ml/gbdt.h"

#define GW_BINS_MAX	255	/* of values; one more is for what is missing */

/*
 * Where features are cut. Bin b of feature j holds cuts[b - 1] <= x < cuts[b]; the bin behind the
 * last one what is missing. All features' bins stand behind each other: j's begin at `at[j]`.
 */
struct gw_bins {
	size_t	 d, total;
	float	*cuts;			/* (d, GW_BINS_MAX) ascending */
	uint16_t n[GW_TREES_FEATURES_MAX];	/* bins of values of each feature */
	uint32_t at[GW_TREES_FEATURES_MAX + 1];
};

/*
 * A row in memory: gradient (int16), second derivative (uint16), then d bins. Together, since a
 * histogram needs them together.
 */
#define GW_RECORD_HEAD	4

struct gw_records {
	size_t	 n, stride;
	uint8_t	*bytes;			/* (n, stride) */
};

static inline uint8_t *
gw_record(const struct gw_records *r, size_t i)
{
	return r->bytes + i * r->stride;
}

/* Sums of fixed-point gradients: whole numbers. */
struct gw_sums {
	int64_t	g, h;
};

struct gw_split {
	double	 gain;			/* 0: none */
	uint32_t feature, bin;		/* left: bins up to it */
	bool	 missing_left;
	struct gw_sums left;
	double	 left_value, right_value;	/* before the rate, within bounds */
};

struct gw_leaf {
	uint32_t	 node;		/* in the tree being grown */
	unsigned	 depth;
	size_t		 begin, end;	/* its rows in `order` */
	struct gw_sums	 sum;
	double		 low, high;	/* bounds of its value from monotone splits above */
	double		 value;
	struct gw_sums	*histogram;	/* (bins.total); NULL: it will not be split */
	struct gw_split	 split;
};

/* A thread's own histogram, in blocks; see gbdt_hist.c. */
struct gw_hist_work {
	uint64_t	*packed;	/* (bins.total) */
	struct gw_sums	*sums;		/* (bins.total) */
};

struct gw_grower {
	struct gw_gbdt		*fit;
	struct gw_alloc		*alloc;
	struct gw_bins		 bins;
	struct gw_records	 train, valid;
	/* (d, n of train) bins again: parting rows needs one */
	uint8_t			*columns;
	float			*train_margin, *valid_margin;	/* the sums so far */
	double			 g_unit, h_unit;		/* of the fixed-point numbers */
	float			*sigmoid;	/* table of gbdt_loss.c */
	uint32_t		*order;		/* rows in the bag, by leaf; then the others */
	uint32_t		*left, *right;	/* (n) for partitioning */
	size_t			 n_bagged;
	struct gw_hist_work	*work;		/* one a thread */
	struct gw_sums		*histograms;	/* (leaves_max, bins.total) */
	struct gw_sums		**free_histograms;
	size_t			 n_free;
	size_t			 leaves_max;
	struct gw_leaf		*leaves;
	size_t			 n_leaves;
	struct gw_tree_source	*nodes;		/* the tree being grown */
	uint8_t			*node_bin;	/* its splits' bins */
	size_t			 n_nodes;
};

/* gbdt_bins.c */
int	gw_bins_make(struct gw_grower *w, struct gw_err *err) GW_CHECK_RESULT;
/* columns may be NULL. */
int	gw_bins_apply(struct gw_grower *w, const struct gw_matrix *x, struct gw_records *out,
	    uint8_t *columns, struct gw_err *err) GW_CHECK_RESULT;
/* gbdt_loss.c */
int	gw_loss_init(struct gw_grower *w, struct gw_err *err) GW_CHECK_RESULT;
void	gw_loss_gradients(struct gw_grower *w);		/* into the records */
double	gw_loss_mean(const struct gw_gbdt *fit, const struct gw_gbdt_rows *rows,
	    const float *margin);
/* gbdt_hist.c: of the rows order[begin..end), by all threads when it is worth it. */
void	gw_histogram(struct gw_grower *w, size_t begin, size_t end, struct gw_sums *out);
/* gbdt_split.c: the best split of a leaf that has a histogram. */
void	gw_split_find(const struct gw_grower *w, struct gw_leaf *leaf);
/* gbdt_grow.c: one tree into w->nodes, and the margins moved by it. */
void	gw_grow_tree(struct gw_grower *w, size_t round);

#endif

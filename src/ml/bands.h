/* SPDX-License-Identifier: MIT
 *
 * ml/bands.h - from an expectation to a median and a band, by what happened: in each group the
 * training rows are ordered by their expectation, cut into bins of equal size, and the quantiles of
 * the values in each bin are noted. Between the bins' means they are interpolated.
 *
 * Values such as points come in lumps (0, 3, 7), so the quantiles .1 and .9 hold more than 80 % of
 * them. The two levels a and 1 - a are therefore chosen, group by group, so that the band holds the
 * wanted share of the training rows.
 */
#ifndef GW_BANDS_H
#define GW_BANDS_H

#include "base/alloc.h"
#include "base/err.h"

#define GW_BANDS_GROUPS_MAX 16
#define GW_BANDS_KNOTS_MAX  64

enum { GW_BAND_AT, GW_BAND_LO, GW_BAND_MID, GW_BAND_HI, GW_BAND_ROWS };

struct gw_bands {
	size_t	n_groups;
	struct gw_band_group {
		size_t	n;	/* knots, > 0 */
		/* Expectation (ascending), and there: low end, median, high end. */
		double	row[GW_BAND_ROWS][GW_BANDS_KNOTS_MAX];
	} groups[GW_BANDS_GROUPS_MAX];
};

struct gw_bands_rows {
	const double		*mean;		/* (n) expectation */
	const double		*value;		/* (n) what it was */
	const unsigned char	*group;		/* (n) < n_groups */
	size_t			 n, n_groups;
	size_t			 knots;		/* per group, fewer where it has few rows */
	double			 cover;		/* 0.8 */
};

/* 0, GW_ENOMEM, or GW_EDATA without rows. A group without rows is as the one before it. */
int	gw_bands_fit(struct gw_alloc *alloc, const struct gw_bands_rows *rows,
	    struct gw_bands *out) GW_CHECK_RESULT;
/* out[GW_BAND_LO..GW_BAND_HI]; a group beyond the last counts as the last. */
void	gw_bands_at(const struct gw_bands *b, size_t group, double mean, double out[GW_BAND_ROWS]);

#endif

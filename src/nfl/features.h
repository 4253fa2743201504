/* SPDX-License-Identifier: MIT
 *
 * nfl/features.h - the feature table: name, definition, function. Training and scoring call the
 * same function, so the two cannot differ. No feature reads anything that is known only after the
 * snap.
 */
#ifndef GW_FEATURES_H
#define GW_FEATURES_H

#include "nfl/play.h"

/* Points that the next score of the half is expected to bring, from two heads of the model. */
struct gw_expected {
	double	own, other;		/* to the team in possession and to its opponent; >= 0 */
};

struct gw_feature {
	const char	*name;
	const char	*definition;		/* one line; its text is part of the set's hash */
	const char	*unit;			/* "points", "share", "flag" (0 or 1), ... */
	double		 lo, hi;		/* what it can be, both included */
	double		(*value)(const struct gw_play *p);	/* NULL: derived */
	/* A feature that needs the expected points; nfl/state.h. */
	double		(*derived)(const struct gw_play *p, const struct gw_expected *e);
};

static inline double
gw_feature_of(const struct gw_feature *f, const struct gw_play *p, const struct gw_expected *e)
{
	return f->value != NULL ? f->value(p) : f->derived(p, e);
}

struct gw_feature_set {
	const char			*name;		/* "classic", "full", "state" */
	const char			*summary;
	const struct gw_feature *const	*features;
	size_t				 n;
};

#define GW_FEATURES_MAX 160	/* features of the largest set; a test compares */

const struct gw_feature_set *gw_feature_set_find(const char *name); /* NULL: none of that name */
size_t	gw_feature_sets(const struct gw_feature_set **sets);	    /* all of them */
/*
 * The heads that read the set's i-th feature, into heads; returns how many. A feature is of version
 * GW_FEATURE_VERSION as long as its name means what it always meant: another meaning is another
 * name.
 */
#define GW_FEATURE_HEADS_MAX	3
#define GW_FEATURE_VERSION	1
size_t	gw_feature_heads(const struct gw_feature_set *set, size_t i,
	    const char *heads[GW_FEATURE_HEADS_MAX]);
/* SHA-256 in hex (65 bytes with NUL) over "name TAB definition LF" of each feature, in order. */
void	gw_feature_set_hash(const struct gw_feature_set *set, char out[65]);
bool	gw_feature_set_is_derived(const struct gw_feature_set *set);	/* any feature of it */
/*
 * x (n): the set's values for one play, 0 for derived ones. Unknown spread_line counts as 0 (even
 * teams), as in training.
 */
void	gw_features(const struct gw_feature_set *set, const struct gw_play *p, double *x);
/* Those of them that are derived; the others stay as they are. */
void	gw_features_derive(const struct gw_feature_set *set, const struct gw_play *p,
	    const struct gw_expected *e, double *x);

#endif

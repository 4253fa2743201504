/* SPDX-License-Identifier: MIT
 *
 * apps/admin/reset_group.h - move what a group has committed, or take it away.
 */
#ifndef GW_RESET_GROUP_H
#define GW_RESET_GROUP_H

#include "apps/kafka.h"

#define GW_RESET_TOPICS_MAX 64

enum gw_reset_to {
	GW_RESET_NONE, GW_RESET_EARLIEST, GW_RESET_LATEST, GW_RESET_OFFSET, GW_RESET_TIME,
	GW_RESET_SHIFT, GW_RESET_FORGET
};

struct gw_reset {
	enum gw_reset_to	 to;
	int64_t			 n;		/* OFFSET; TIME: Unix ms; SHIFT: by how many */
	const char		*topics[GW_RESET_TOPICS_MAX];	/* none: all it has committed to */
	size_t			 n_topics;
	int64_t			 partition;	/* -1: all */
	bool			 dry_run, json;
};

/*
 * Tells from where to where each partition moves, then moves them unless dry_run. A group with
 * members is refused (GW_K_NON_EMPTY_GROUP): they would not notice, and commit over it. Targets
 * outside of a log become its nearest end.
 */
int	gw_reset_group(struct gw_kafka *k, const char *group, const struct gw_reset *r,
	    struct gw_err *err);

/*
 * "2026-11-25T13:00:00Z", with fractions or "+02:00", date alone (midnight UTC), or milliseconds
 * since 1970. 0 or GW_EINVAL.
 */
int	gw_parse_time(const char *text, int64_t *ms, struct gw_err *err);

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/admin/change_topic.h - settings, partitions and records of a topic that is there.
 */
#ifndef GW_CHANGE_TOPIC_H
#define GW_CHANGE_TOPIC_H

#include "apps/kafka.h"

struct gw_topic_change {
	const struct gw_config	*configs;	/* value NULL: back to the default */
	size_t			 n_configs;
	int64_t			 n_partitions;	/* -1: as it is */
	bool			 dry_run;
};

/* Says on stderr what was done, or would be. 0, or err as of gw_kafka_wait(). */
int	gw_change_topic(struct gw_kafka *k, const char *topic, const struct gw_topic_change *c,
	    struct gw_err *err);

struct gw_truncation {
	int64_t	partition;	/* -1: all */
	int64_t	before;		/* records with lower offsets go; -1: all there are now */
	bool	dry_run, json;
};

/* Tells of each partition how many go and where it begins now. */
int	gw_truncate_topic(struct gw_kafka *k, const char *topic, const struct gw_truncation *t,
	    struct gw_err *err);

#endif

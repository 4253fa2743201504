/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_start.h - what the scorer asks the cluster before it reads the first play: is
 * the topic there, where does each partition begin and end, what has the group committed, is there
 * a topic for the predictions.
 */
#ifndef GW_SCORE_START_H
#define GW_SCORE_START_H

#include "apps/score/score.h"

struct gw_score_partition {
	int64_t	begin, end;	/* of the log, end exclusive */
	int64_t	committed;	/* by the group; -1: never */
	int64_t	since;		/* first of o->from_n ms or later; -1: none */
};

struct gw_score_start {
	struct gw_env			*env;
	struct gw_client		*client;
	const struct gw_score_options	*o;
	int				 step;
	struct gw_call			*call;		/* under way; NULL: none */
	int64_t				 retry_us;	/* when to ask again; INT64_MAX: no need */
	int64_t				 backoff_us, give_up_us;
	bool				 told;		/* that the topic is waited for */
	int16_t				 replication;
	char				*retention_ms;	/* of the plays; NULL: the broker's own */
	struct gw_score_partition	*partitions;	/* (n), by number */
	size_t				 n;
	/* topic that is looked for or made; NULL: none */
	const char			*to;
	bool				 anew;		/* gw_score_start_anew() */
	const char			*csv_group;	/* NULL: none */
	int64_t				 csv_length;	/* that was committed; -1: never */
};

void	gw_score_start_init(struct gw_score_start *s, struct gw_env *env, struct gw_client *client,
	    const struct gw_score_options *o);
void	gw_score_start_fini(struct gw_score_start *s);
/*
 * Go on: 1 when all is known, 0 to be called again (at s->retry_us at the latest), or GW_E*,
 * Kafka's code.
 */
int	gw_score_start_go(struct gw_score_start *s, struct gw_err *err);
/* What has the group committed by now? Asked by gw_score_start_go(); the rest stays as it was. */
void	gw_score_start_anew(struct gw_score_start *s);

#endif

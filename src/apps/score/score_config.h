/* SPDX-License-Identifier: MIT
 *
 * apps/score/score_config.h - one file for the scorer: Java's keys for the client, and for each
 * long option --one-two of the verb a key gridwire.one.two. A flag is true or false.
 */
#ifndef GW_SCORE_CONFIG_H
#define GW_SCORE_CONFIG_H

#include "apps/kafka.h"

struct gw_score_config {
	const char		*path;		/* NULL: there is none */
	struct gw_properties	 properties;	/* what options were taken from lives in here */
};

/* What a key of the file is handed to, as an option of the command line is. 0 or GW_E*. */
struct gw_score_take {
	const struct gw_opt	*opts;
	size_t			 n_opts;
	int			(*take)(void *arg, int option, const char *value,
				    struct gw_err *err);
	void			*arg;
	/* NULL: the first mistake ends it. Else each is told, and the last one is returned. */
	void			(*mistake)(void *arg, const struct gw_err *err);
};

/*
 * Read it, hand its keys over, and put the client's in front of what args has. 0, GW_EINVAL with
 * "FILE:LINE: ...", GW_EIO, GW_ENOMEM. End it with gw_score_config_fini().
 */
int	gw_score_config_read(struct gw_score_config *c, struct gw_kafka_args *args,
	    const struct gw_score_take *take, struct gw_err *err) GW_CHECK_RESULT;
void	gw_score_config_fini(struct gw_score_config *c);

#endif

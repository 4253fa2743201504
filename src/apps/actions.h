/* SPDX-License-Identifier: MIT
 *
 * apps/actions.h - verbs whose first word says what to do ("topic create"), each over one client.
 */
#ifndef GW_ACTIONS_H
#define GW_ACTIONS_H

#include "apps/kafka.h"

/* Begins the struct of such a verb, which its functions get as "self". */
struct gw_actor {
	struct gw_app		*app;
	struct gw_kafka_args	 args;
	struct gw_kafka		 k;
	const char		*action;	/* as given; NULL: not */
};

struct gw_action {
	const char	*name;			/* first, for gw_nearest() */
	const char	*wants;			/* what it must be told, "topic"; NULL: nothing */
	int		(*run)(void *self, struct gw_err *err);
};

struct gw_actions {
	const struct gw_opt	*opts;		/* they begin with GW_KAFKA_OPTS */
	size_t			 n_opts;
	const struct gw_action	*all;
	size_t			 n;
	bool			 may_be_left_out;	/* then it is the first */
	gw_option_fn		*take;		/* a word is one behind the action */
	/* Whether the options fit; NULL: whatever they are. 0 or GW_EINVAL with err. */
	int			(*check)(void *self, const struct gw_action *a, struct gw_err *err);
};

/* Reads the words, opens the client, does it. Returns the exit code. */
int	gw_actions_run(const struct gw_actions *v, struct gw_actor *self, int argc, char **argv);

#endif

/* SPDX-License-Identifier: MIT
 *
 * client/admin.h - administrative calls: one machine that routes, sends, retries and collects, and
 * a table of kinds that build requests and take answers.
 *
 * A call is cut into parts, one a broker: one part for any broker, the controller or a coordinator;
 * one a leader, or one for every broker. A part that fails retriably is routed anew.
 */
#ifndef GW_CLIENT_ADMIN_H
#define GW_CLIENT_ADMIN_H

#include <gridwire/gridwire.h>
#include "base/arena.h"
#include "client/cluster.h"

enum gw_route {
	GW_ROUTE_ANY,
	GW_ROUTE_CONTROLLER,
	GW_ROUTE_COORDINATOR,	/* of call->group */
	GW_ROUTE_LEADERS,	/* of all partitions of call->topic */
	GW_ROUTE_ALL
};

struct gw_call_part;

struct gw_call_kind {
	int16_t		 key;
	enum gw_route	 route;
	/* The request for a part, in the client's scratch arena. NULL: out of memory. */
	const void	*(*build)(struct gw_call *call, const struct gw_call_part *part,
			    int version);
	/*
	 * Its answer. 0: well, or the call's error was set; else Kafka's code that decides whether
	 * the part is tried again. Results go into the call's arena.
	 */
	int		 (*take)(struct gw_call *call, const struct gw_call_part *part,
			    const void *body, int version);
	const char	*doing;		/* "creating topic" */
};

struct gw_call_part {
	int32_t		 node_id;	/* -1: any */
	bool		 under_way, done;
	int64_t		 retry_at_us;
	unsigned	 n_errors;
};

struct gw_call {
	struct gw_call			*next;
	struct gw_client		*client;
	const struct gw_call_kind	*kind;
	bool				 done;
	struct gw_err			 err;
	int				 last_code;	/* of the last retriable failure */
	int64_t				 deadline_us;
	unsigned			 begin_rounds;
	struct gw_arena			 arena;
	struct gw_call_part		*parts;
	size_t				 n_parts;
	bool				 routed;
	int64_t				 route_at_us;	/* not before */
	unsigned			 n_reroutes;
	/* what it is about */
	const char			*topic, *group;
	struct gw_topic			*topic_known;	/* with LEADERS */
	int32_t				 n_partitions;
	int16_t				 replication_factor;
	const struct gw_config		*configs;
	size_t				 n_configs;
	int64_t				 at;		/* of gw_call_list_offsets() */
	/* results */
	struct gw_cluster_info		 cluster;
	struct gw_configs		 found_configs;
	struct gw_offsets		 offsets;
	size_t				 offsets_cap;
	struct gw_groups		 groups;
	size_t				 groups_cap;
};

/* A copy in the call's arena; NULL for NULL. *failed is set when memory is out. */
const char	*gw_call_str(struct gw_call *call, struct gw_slice s, bool *failed);
/* NULL: out of memory. */
struct gw_call	*gw_call_new(struct gw_client *c, const struct gw_call_kind *kind,
		    const char *topic, const char *group);
/* End it with an error of its own: Kafka's code and text. Returns 0, for take(). */
int		 gw_call_refuse(struct gw_call *call, int code, struct gw_slice text);

extern const struct gw_call_kind	gw_call_create_topic_kind, gw_call_delete_topic_kind;
extern const struct gw_call_kind	gw_call_cluster_kind, gw_call_configs_kind;
extern const struct gw_call_kind	gw_call_list_offsets_kind, gw_call_group_offsets_kind;
extern const struct gw_call_kind	gw_call_list_groups_kind, gw_call_describe_group_kind;

#endif

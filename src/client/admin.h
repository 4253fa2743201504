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
	GW_ROUTE_TXN_COORDINATOR,	/* call->group is a transactional id */
	GW_ROUTE_NODE,		/* call->node_id; -1: any */
	GW_ROUTE_LEADERS,	/* of the wanted partitions of call->topic, else all of them */
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
	bool		 optional;	/* a broker that lacks the API ends it well */
};

/* What a broker is asked that lacks the kind's API; NULL: there is nothing like it. */
const struct gw_call_kind	*gw_call_older_kind(const struct gw_call_kind *kind);

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
	int32_t				 node_id;
	char				 node_text[12];
	bool				 dry_run;
	const struct gw_offset_info	*wanted;
	size_t				 n_wanted;
	struct gw_producer_info		 hanging;
	/* results */
	struct gw_cluster_info		 cluster;
	struct gw_configs		 found_configs;
	struct gw_offsets		 offsets;
	size_t				 offsets_cap;
	struct gw_groups		 groups;
	size_t				 groups_cap;
	struct gw_features		 features;
	struct gw_txns			 txns;
	struct gw_producers_found	 producers;
};

/* A copy in the call's arena; NULL for NULL. *failed is set when memory is out. */
const char	*gw_call_str(struct gw_call *call, struct gw_slice s, bool *failed);
/* NULL: out of memory. */
struct gw_call	*gw_call_new(struct gw_client *c, const struct gw_call_kind *kind,
		    const char *topic, const char *group);
/* End it with an error of its own: Kafka's code and text. Returns 0, for take(). */
int		 gw_call_refuse(struct gw_call *call, int code, struct gw_slice text);
int		 gw_call_no_memory(struct gw_call *call);	/* the same, GW_ENOMEM */
/* For take(): 0, a code to be retried for, or refused. */
int		 gw_call_outcome(struct gw_call *call, int code, struct gw_slice text);
/* Whether there is a name; else the client's error says that one is wanted. */
bool		 gw_call_given(struct gw_client *c, const char *doing, const char *name);
/* Copies of what it is about. They return the call; or NULL, and it is freed: out of memory. */
struct gw_call	*gw_call_keep_configs(struct gw_call *call, const struct gw_config *configs,
		    size_t n);
struct gw_call	*gw_call_keep_offsets(struct gw_call *call, const struct gw_offset_info *offsets,
		    size_t n);
/* Room for one more of the offsets found. NULL: out of memory. */
struct gw_offset_info	*gw_call_add_offset(struct gw_call *call);


#endif

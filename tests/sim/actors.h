/* SPDX-License-Identifier: MIT
 *
 * tests/sim/actors.h - the processes of a world: a broker that crashes and comes back, a producer
 * that remembers what was acknowledged, consumers of a group that die and return, an auditor.
 */
#ifndef GW_SIM_ACTORS_H
#define GW_SIM_ACTORS_H

#include <gridwire/gridwire.h>
#include "broker/broker.h"
#include "tests/sim/world.h"

#define SIM_PORT	9092
#define SIM_STORE_PORT	9099		/* of a broker that stands behind a cluster's nodes */
#define SIM_TOPIC	"nfl-plays"
#define SIM_PARTITIONS_MAX 8
#define SIM_PADDING_MAX	3000

/* ---- the broker ---- */

struct sim_broker {
	struct sim_node			 node;
	struct gw_broker_options	 options;
	struct gw_broker		*broker;	/* NULL: down */
	int64_t				 up_us;		/* when it starts again */
	int64_t				 next_crash_us;	/* INT64_MAX: none */
	int64_t				 crash_every_us;	/* mean; 0: never */
	double				 p_power;	/* a crash loses unsynced bytes; else only
							   the process dies */
	double				 p_full;	/* a crash is a full disk for a while
							   instead */
	double				 p_hiccup;	/* per step: one of the next calls to the
							   disk fails, once */
	unsigned			 crashes, power_cuts, full_disks;
};

void	sim_broker_start(struct sim_broker *b, struct sim_world *w, int32_t partitions,
	    enum gw_fsync fsync);
void	sim_broker_calm(struct sim_broker *b);		/* no more faults */
void	sim_broker_stop(struct sim_broker *b);		/* a clean stop */
struct sim_actor sim_broker_actor(struct sim_broker *b);

/* ---- what was sent ---- */

enum sim_fate { SIM_UNSENT, SIM_PENDING, SIM_DELIVERED, SIM_FAILED };

struct sim_record {
	enum sim_fate	fate;
	int32_t		partition;
	int64_t		offset;		/* as acknowledged; -1: acknowledged as a duplicate, offset
					   unknown */
	unsigned	seen;		/* by the auditor */
	unsigned	consumed;	/* by the group, counted over all its members */
};

struct sim_ledger {
	struct sim_record	*records;
	size_t			 n, n_delivered, n_failed;
};

/* ---- the producer ---- */

struct sim_producer {
	struct sim_node		 node;
	struct gw_client	*client;
	struct sim_ledger	*ledger;
	size_t			 next;		/* record to send */
	int64_t			 next_us;	/* when */
	int64_t			 gap_max_us;	/* between records */
	size_t			 padding_max;	/* bytes behind the number in a value */
	int32_t			 partitions;
};

void	sim_producer_start(struct sim_producer *p, struct sim_world *w, struct sim_ledger *l,
	    int32_t partitions, const char *config);
void	sim_producer_stop(struct sim_producer *p);
struct sim_actor sim_producer_actor(struct sim_producer *p);

/* ---- a member of the group ---- */

struct sim_consumer {
	struct sim_node		 node;
	struct gw_client	*client;	/* NULL: dead for now */
	struct sim_ledger	*ledger;
	const char		*config;
	struct sim_consumer	*peers;		/* where no partition may have two owners; NULL:
						   unchecked */
	size_t			 n_peers;
	int64_t			 up_us, next_crash_us, crash_every_us;	/* as of sim_broker */
	unsigned		 crashes;
};

void	sim_consumer_start(struct sim_consumer *c, struct sim_world *w, struct sim_ledger *l,
	    const char *name, const char *config);
void	sim_consumer_calm(struct sim_consumer *c);
/* How many of them hold a partition, as each sees it. */
size_t	sim_consumer_owners(const struct sim_consumer *all, size_t n, int32_t partition);
void	sim_consumer_stop(struct sim_consumer *c);
struct sim_actor sim_consumer_actor(struct sim_consumer *c);

/* ---- the auditor: reads every partition from the start to the end ---- */

struct sim_auditor {
	struct sim_node		 node;
	struct gw_client	*client;
	struct sim_ledger	*ledger;
	int64_t			 newest[SIM_PARTITIONS_MAX];	/* index of the last record read */
	int64_t			 next_offset[SIM_PARTITIONS_MAX];
};

void	sim_auditor_start(struct sim_auditor *a, struct sim_world *w, struct sim_ledger *l,
	    int32_t partitions);
bool	sim_auditor_done(void *a);
void	sim_auditor_stop(struct sim_auditor *a);
struct sim_actor sim_auditor_actor(struct sim_auditor *a);

#endif

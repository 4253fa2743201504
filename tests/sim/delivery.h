/* SPDX-License-Identifier: MIT
 *
 * tests/sim/delivery.h - one producer, one broker that crashes, a group whose members die, an
 * auditor. Checked: no acknowledged record is lost or moved, none is there twice, the order within
 * a partition is the order of sending, the group sees every record, and all of it is over in time
 * once the faults stop.
 */
#ifndef GW_SIM_DELIVERY_H
#define GW_SIM_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_result {
	char		failure[512];	/* empty: all held */
	uint64_t	trace;		/* the same for the same seed, whatever compiler and
					   machine */
	uint64_t	turns, virtual_us;
	size_t		records, delivered, failed;
	uint64_t	cuts;		/* connections cut */
	unsigned	crashes, power_cuts, full_disks, members_killed, pauses;
	unsigned	moves, deaths, hangs, denials;	/* of a cluster: leaders and coordinators;
							   nodes */
};

struct sim_result sim_delivery(uint64_t seed, bool verbose);
/* The same with the three nodes of cluster.h before the broker. */
struct sim_result sim_delivery_cluster(uint64_t seed, bool verbose);

#endif

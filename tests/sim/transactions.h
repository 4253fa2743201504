/* SPDX-License-Identifier: MIT
 *
 * tests/sim/transactions.h - producers of transactions that are killed, two of them with the same
 * transactional.id, a broker that crashes, a reader of what is committed. Checked: a transaction is
 * seen whole or not at all, what was said to be committed is there, what was said to be aborted is
 * not, nothing is there twice, and all of it is over in time once the faults stop.
 */
#ifndef GW_SIM_TRANSACTIONS_H
#define GW_SIM_TRANSACTIONS_H

#include "tests/sim/delivery.h"

struct sim_result sim_transactions(uint64_t seed, bool verbose);
/* The same with the three nodes of cluster.h before the broker. */
struct sim_result sim_transactions_cluster(uint64_t seed, bool verbose);

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/sim/scoring.h - scorers of one group (the program's own, over client and broker) that are
 * killed, lose power, are stopped and come back, with their CSV files on disks that fail, while
 * plays come in. Checked: each play is once in the predictions for who reads what is committed and
 * once in one of the CSV files, byte for byte as a scoring that nobody disturbed says it, each
 * partition's in order; and all of it is over in time once the faults stop.
 */
#ifndef GW_SIM_SCORING_H
#define GW_SIM_SCORING_H

#include "tests/sim/delivery.h"

struct sim_result sim_scoring(uint64_t seed, bool verbose);
void sim_scoring_fini(void);	/* the model that all worlds share */

#endif

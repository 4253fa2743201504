/* SPDX-License-Identifier: MIT
 *
 * tests/sim/actor_scorer.h - the program's scorer as a process of a world: killed, cut off from its
 * power, asked to end, started again on the CSV file that it left.
 */
#ifndef GW_SIM_ACTOR_SCORER_H
#define GW_SIM_ACTOR_SCORER_H

#include "apps/score/score.h"
#include "base/buf.h"
#include "tests/sim/world.h"

#define SIM_SCORE_GROUP	"scorers"
#define SIM_PREDICTIONS	"nfl-predictions"

struct sim_scorer {
	struct sim_node			 node;
	const struct gw_predictor	*predictor;
	const char			*config;	/* of the client, before what the scorer
							   needs */
	struct gw_client		*client;
	struct gw_sink_csv		*csv;
	struct gw_score			*score;		/* NULL: down */
	struct gw_part			 part;
	size_t				 n_fds;		/* of the client, before the part's */
	/* as of sim_broker */
	int64_t				 up_us, next_crash_us, crash_every_us;
	double				 p_power, p_term, p_hiccup;
	bool				 calm, retired;
	unsigned			 crashes, power_cuts;
};

void	sim_scorer_start(struct sim_scorer *c, struct sim_world *w, const char *name,
	    const char *config, const struct gw_predictor *predictor);
void	sim_scorer_calm(struct sim_scorer *c);
bool	sim_scorer_is_reading(const struct sim_scorer *c);	/* its start is behind it */
void	sim_scorer_retire(struct sim_scorer *c);	/* it ends as asked, and stays down */
/* Append its CSV file; none: nothing. 0 or GW_E*. */
int	sim_scorer_csv(struct sim_scorer *c, struct gw_buf *out, struct gw_err *err)
	    GW_CHECK_RESULT;
void	sim_scorer_stop(struct sim_scorer *c);
struct sim_actor sim_scorer_actor(struct sim_scorer *c);

#endif

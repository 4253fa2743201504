/* SPDX-License-Identifier: MIT
 *
 * apps/http/metrics_trial.c - a challenger beside the champion, as score/trial.h sees the two.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/metrics.h"

#include "apps/score/trial.h"

static void
put_both(struct gw_buf *out, const char *name, const char *help, const double of[2])
{
	gw_metrics_family(out, name, "counter", help);
	gw_metrics_value(out, name, "role=\"champion\"", of[0]);
	gw_metrics_value(out, name, "role=\"challenger\"", of[1]);
}

void
gw_metrics_trial(struct gw_buf *out, const struct gw_trial *t, uint64_t rollbacks)
{
	double published[2] = { (double)(t->n_plays - t->n_challenger), (double)t->n_challenger };

	if (t->challenger.model == NULL)
		return;
	gw_metrics_model(out, "nfl_challenger_info", "The model beside it; always 1.",
	    t->challenger.model);
	put_both(out, "nfl_trial_plays_total",
	    "Plays that both models predicted, by whose prediction was published.", published);
	gw_metrics_one(out, "nfl_trial_games_total", "counter",
	    "Games that ended, and whose predictions by both models were compared.",
	    (double)t->test.n);
	put_both(out, "nfl_trial_brier_total",
	    "Sum over these games of the mean squared error of their plays.", t->brier);
	gw_metrics_one(out, "nfl_trial_failures_total", "counter",
	    "Predictions of the challenger that are no numbers.", (double)t->n_broken);
	gw_metrics_one(out, "nfl_trial_evidence_ratio", "gauge",
	    "Evidence that the challenger is worse over what rolls it back: 1 is enough.",
	    gw_trial_evidence(t));
	gw_metrics_one(out, "nfl_trial_rollbacks_total", "counter",
	    "Challengers that were rolled back.", (double)rollbacks);
}

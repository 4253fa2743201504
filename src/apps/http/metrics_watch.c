/* SPDX-License-Identifier: MIT
 *
 * apps/http/metrics_watch.c - how good the model is, as nfl/watch.h sees it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/metrics.h"

#include <stdio.h>

#include "base/slice.h"
#include "nfl/watch.h"

static void
put_accuracy(struct gw_buf *out, const struct gw_watch *w)
{
	const struct gw_watch_totals *t = gw_watch_totals(w);

	gw_metrics_family(out, "nfl_games_judged_total", "counter",
	    "Games that ended, with a winner that could be told and without.");
	gw_metrics_value(out, "nfl_games_judged_total", "winner=\"known\"", (double)t->games);
	gw_metrics_value(out, "nfl_games_judged_total", "winner=\"open\"", (double)t->open);
	gw_metrics_one(out, "nfl_plays_judged_total", "counter",
	    "Plays of the games whose winner is known.", t->plays);
	gw_metrics_one(out, "nfl_log_loss_total", "counter",
	    "Sum of the log-losses of these plays.", t->log_loss);
	gw_metrics_one(out, "nfl_brier_total", "counter",
	    "Sum of their squared errors.", t->brier);
	gw_metrics_one(out, "nfl_brier_expected_total", "counter",
	    "What that sum would be if the model were calibrated.", t->brier_expected);
	if (t->recent_plays > 0) {
		gw_metrics_one(out, "nfl_recent_log_loss", "gauge",
		    "Mean log-loss, half of it by the newest 64 games.",
		    t->recent_log_loss / t->recent_plays);
		gw_metrics_one(out, "nfl_recent_brier", "gauge",
		    "Mean squared error, half of it by the newest 64 games.",
		    t->recent_brier / t->recent_plays);
	}
}

static void
put_calibration(struct gw_buf *out, const struct gw_watch *w)
{
	static const char *const names[] = { "nfl_calibration_plays_total",
		"nfl_calibration_predicted_total", "nfl_calibration_won_total" };
	static const char *const helps[] = { "Plays judged, by tenth of the probability.",
		"Sum of their probabilities.", "Of them, those that the home team won." };
	const struct gw_watch_totals *t = gw_watch_totals(w);
	char labels[32];

	for (size_t i = 0; i < GW_N(names); i++) {
		gw_metrics_family(out, names[i], "counter", helps[i]);
		for (size_t b = 0; b < GW_WATCH_BINS; b++) {
			const struct gw_watch_bin *bin = &t->bins[b];

			snprintf(labels, sizeof(labels), "bin=\"0.%zu\"", b);
			gw_metrics_value(out, names[i], labels,
			    i == 0 ? bin->n : i == 1 ? bin->predicted : bin->won);
		}
	}
	gw_metrics_one(out, "nfl_calibration_error_ratio", "gauge",
	    "Mean distance of predicted and observed over the tenths.",
	    gw_watch_calibration_error(w));
	gw_metrics_one(out, "nfl_calibration_z", "gauge",
	    "Squared error beyond what was to be expected, in standard deviations, by game.",
	    gw_watch_calibration_z(w));
	gw_metrics_one(out, "nfl_wp_quadratic_variation_ratio", "gauge",
	    "Movement of the probabilities over what a calibrated model has.",
	    gw_watch_variation_ratio(w));
	gw_metrics_one(out, "nfl_wp_martingale_z", "gauge",
	    "The same as standard deviations from 1.", gw_watch_martingale_z(w));
}

static void
put_features(struct gw_buf *out, const struct gw_drift_watch *d, const char *name,
    const char *help, bool psi)
{
	gw_metrics_family(out, name, "gauge", help);
	for (size_t j = 0; j < d->model->n_features; j++) {
		char value[GW_DOUBLE_MAX];

		gw_double_text(psi ? d->verdicts[j].psi : d->verdicts[j].ratio, value);
		gw_buf_printf(out, "%s{", name);
		gw_metrics_label(out, "feature", gw_str(d->model->features[j].name));
		gw_buf_printf(out, "} %s\n", value);
	}
}

static void
put_drift(struct gw_buf *out, const struct gw_drift_watch *d)
{
	gw_metrics_one(out, "nfl_drift_windows_total", "counter",
	    "Windows of 32 games that were compared with training.", (double)d->n_windows);
	gw_metrics_one(out, "nfl_features_drifting", "gauge",
	    "Features that drifted in the last window.", (double)d->n_drifting);
	if (d->n_windows == 0)
		return;
	put_features(out, d, "nfl_feature_psi", "Population stability index, last window.", true);
	put_features(out, d, "nfl_feature_drift_ratio",
	    "The test's statistic over its threshold, last window: above 1 is drift.", false);
}

void
gw_metrics_watch(struct gw_buf *out, const struct gw_watch *w, int64_t now_ms)
{
	gw_metrics_one(out, "nfl_games_live", "gauge",
	    "Games under way: a play within the last hour, and not of the last two minutes.",
	    (double)gw_watch_live(w, now_ms));
	gw_metrics_one(out, "nfl_model_age_seasons", "gauge",
	    "Newest season scored minus newest season that trained the model.",
	    gw_watch_model_age(w));
	put_accuracy(out, w);
	put_calibration(out, w);
	put_drift(out, gw_watch_drift(w));
}

/* SPDX-License-Identifier: MIT
 *
 * nfl/card_figures.c - the card's figures on games that the model has not seen.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/card.h"

static void
put_row(struct gw_buf *out, const char *label, const struct gw_slice_metrics *m)
{
	char auc[GW_AUC_TEXT_MAX];

	if (m->rows == 0)
		return;
	gw_auc_text(m->win.auc, auc);
	gw_buf_printf(out, "| %s | %zu | %.4f | %.4f | %s | %.4f | %.3f | %.3f |", label,
	    m->rows, m->win.log_loss, m->win.brier, auc, m->win.ece, m->home.mae,
	    m->away.mae);
	if (m->has_cover)
		gw_buf_printf(out, " %.3f | %.3f |\n", m->home_cover, m->away_cover);
	else
		gw_buf_puts(out, " - | - |\n");
}

static void
put_parts(struct gw_buf *out, const struct gw_evaluation *e)
{
	static const char *const quarters[GW_QUARTERS] = { "quarter 1", "quarter 2", "quarter 3",
		"quarter 4", "overtime" };
	char label[16];

	gw_buf_puts(out, "| part | plays | log-loss | Brier | AUC | ECE | home MAE | away MAE |"
	    " home band | away band |\n|---|---|---|---|---|---|---|---|---|---|\n");
	put_row(out, "all", &e->all);
	for (size_t q = 0; q < GW_QUARTERS; q++)
		put_row(out, quarters[q], &e->by_quarter[q]);
	for (size_t s = 0; e->n_seasons > 1 && s < e->n_seasons; s++) {
		snprintf(label, sizeof(label), "%d", e->by_season[s].label);
		put_row(out, label, &e->by_season[s]);
	}
	gw_buf_printf(out, "\nLog-loss, 95 %% over %zu games drawn as wholes: %.3f to %.3f.\n",
	    e->games, e->log_loss_lo, e->log_loss_hi);
	gw_buf_printf(out,
	    "Scores raised to the board, as scoring publishes them: MAE home %.3f, away %.3f.\n\n",
	    e->all.home_floored.mae, e->all.away_floored.mae);
}

static void
put_pair(struct gw_buf *out, const char *name, const char *what, const struct gw_paired *p)
{
	if (p->rows > 0)
		gw_buf_printf(out,
		    "| %s | %s | %zu | %.4f | %.4f | %+.4f | %+.4f to %+.4f | %s |\n", name, what,
		    p->rows, p->model_log_loss, p->log_loss, p->diff, p->lo, p->hi,
		    p->hi < 0 ? "better" : p->lo > 0 ? "worse" : "no telling");
}

static void
put_compared(struct gw_buf *out, const struct gw_evaluation *e)
{
	if (e->reference.rows == 0 && e->vegas.rows == 0 && e->other.rows == 0) {
		gw_buf_puts(out, "Compared with nothing: the data have no other model's figures."
		    "\n\n");
		return;
	}
	gw_buf_puts(out, "Compared with, paired by game; the difference is this model minus the"
	    " other:\n\n| | | plays | this | the other | difference | 95 % | |\n"
	    "|---|---|---|---|---|---|---|---|\n");
	put_pair(out, GW_REFERENCE_NAME, "log-loss", &e->reference);
	put_pair(out, GW_VEGAS_NAME, "log-loss", &e->vegas);
	put_pair(out, e->other_name, "log-loss", &e->other);
	put_pair(out, e->other_name, "final scores, points", &e->other_score);
	gw_buf_putc(out, '\n');
}

static void
put_calibration(struct gw_buf *out, const struct gw_binary_metrics *m)
{
	gw_buf_puts(out, "Calibration of the chance that home wins:\n\n"
	    "| plays | predicted | won |\n|---|---|---|\n");
	for (size_t b = 0; b < GW_ECE_BINS; b++)
		if (m->bins[b].n > 0)
			gw_buf_printf(out, "| %zu | %.3f | %.3f |\n", m->bins[b].n,
			    m->bins[b].mean_p, m->bins[b].mean_y);
	gw_buf_putc(out, '\n');
}

static void
put_evaluation(struct gw_buf *out, const struct gw_evaluation *e)
{
	put_parts(out, e);
	put_compared(out, e);
	put_calibration(out, &e->all.win);
}

static void
put_importances(struct gw_buf *out, const struct gw_importances *m)
{
	gw_buf_printf(out, "## What it leans on\n\nHow much worse it is when the plays of each game"
	    " get one input from another game's, on\n%zu plays of the season held out:\n\n"
	    "| input | log-loss | final scores, points |\n|---|---|---|\n", m->rows);
	for (int i = 0; i < GW_N_INPUTS; i++)
		if (m->log_loss[i] != 0 || m->score_error[i] != 0)
			gw_buf_printf(out, "| %s | %+.4f | %+.3f |\n",
			    gw_input_name((enum gw_input)i), m->log_loss[i], m->score_error[i]);
	gw_buf_putc(out, '\n');
}

void
gw_card_figures(struct gw_buf *out, const struct gw_card *c)
{
	if (c->held_out != NULL) {
		gw_buf_printf(out, "## Held out: season %d\n\n", c->held_out_season);
		put_evaluation(out, c->held_out);
	}
	if (c->left_out != NULL) {
		gw_buf_puts(out, "## Each season by a model of the others\n\nTrained in the same"
		    " way, so these are figures of the way, on games not seen.\n\n");
		put_evaluation(out, c->left_out);
	}
	if (c->held_out == NULL && c->left_out == NULL)
		gw_buf_puts(out, "## Held out\n\nNothing: every season there was went into"
		    " training, so nothing here says how good\nthe model is on games it has not"
		    " seen, and it was compared with nothing. `train --loso` leaves\neach season"
		    " out in turn.\n\n");
	if (c->importances != NULL && c->importances->rows > 0)
		put_importances(out, c->importances);
}

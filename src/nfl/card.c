/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/card.h"

#include "nfl/prediction.h"

static void
put_what(struct gw_buf *out, const struct gw_card *c)
{
	const struct gw_model *m = c->model;
	const struct gw_head *win = gw_model_head(m, GW_HEAD_HOME_WIN);
	char drops[GW_DROPS_TEXT_MAX];

	gw_season_drops_text(c->counts, drops);
	gw_buf_printf(out, "# %s\n\n", m->name);
	gw_buf_puts(out, "Win probability of the home team and both final scores of an NFL game, "
			 "from the state\n"
			 "before a play. ");
	if (win != NULL && win->trees != NULL)
		gw_buf_printf(out, "%zu boosted trees for the first", win->trees->n_trees);
	else
		gw_buf_puts(out, "A logistic regression");
	gw_buf_puts(out, " and two linear regressions on standardised features.\n\n");
	gw_buf_puts(out, "| | |\n|---|---|\n");
	gw_buf_printf(out, "| features | %s (%zu) |\n", m->feature_set, m->n_features);
	gw_buf_printf(out, "| feature hash | %s |\n", m->feature_hash);
	gw_buf_printf(out, "| trained on | %s: %zu plays of %zu games |\n", m->trained_on,
	    m->n_rows, m->n_groups);
	gw_buf_printf(out, "| dropped rows | %s |\n", drops);
	gw_buf_printf(out, "| seed | %lld |\n", (long long)m->seed);
	gw_buf_printf(out, "| log-loss on the training plays | %.4f", c->trained->log_loss);
	if (c->trained->newton_steps > 0)
		gw_buf_printf(out, " (%d Newton steps)", c->trained->newton_steps);
	gw_buf_puts(out, " |\n");
	if (c->loso_loss > 0)
		gw_buf_printf(out,
		    "| log-loss of each training season by trees on the others | %.4f |\n",
		    c->loso_loss);
	gw_buf_putc(out, '\n');
}

static void
put_row(struct gw_buf *out, const char *label, const struct gw_slice_metrics *m)
{
	char auc[GW_AUC_TEXT_MAX];

	if (m->rows == 0)
		return;
	gw_auc_text(m->win.auc, auc);
	gw_buf_printf(out, "| %s | %zu | %.4f | %.4f | %s | %.4f | %.3f | %.3f |\n", label,
	    m->rows, m->win.log_loss, m->win.brier, auc, m->win.ece, m->home.mae,
	    m->away.mae);
}

static void
put_held_out(struct gw_buf *out, const struct gw_card *c)
{
	static const char *const quarters[GW_QUARTERS] = { "1", "2", "3", "4", "overtime" };
	const struct gw_evaluation *e = c->held_out;

	if (e == NULL) {
		gw_buf_puts(out, "## Held out\n\nNothing: every season there was went into "
				 "training, so nothing here"
				 " says how good\nthe model is on games it has not seen.\n\n");
		return;
	}
	gw_buf_printf(out, "## Held out: season %d\n\n", c->held_out_season);
	gw_buf_puts(out,
	    "| quarter | plays | log-loss | Brier | AUC | ECE | home MAE | away MAE |\n"
	    "|---|---|---|---|---|---|---|---|\n");
	put_row(out, "all", &e->all);
	for (size_t q = 0; q < GW_QUARTERS; q++)
		put_row(out, quarters[q], &e->by_quarter[q]);
	gw_buf_printf(out, "\nLog-loss, 95 %% over %zu games drawn as wholes: %.3f to %.3f.\n",
	    e->games, e->log_loss_lo, e->log_loss_hi);
	gw_buf_printf(out,
	    "Scores raised to the board, as scoring publishes them: MAE home %.3f, away %.3f.\n",
	    e->all.home_floored.mae, e->all.away_floored.mae);
	if (e->reference.rows > 0)
		gw_buf_printf(out,
		    "Beside %s, on the %zu plays that have it: %.4f against its %.4f, difference"
		    " %+.4f\n(95 %% %+.4f to %+.4f, paired by game).\n",
		    GW_REFERENCE_NAME, e->reference.rows, e->reference.model_log_loss,
		    e->reference.log_loss, e->reference.diff, e->reference.lo, e->reference.hi);
	gw_buf_putc(out, '\n');
}

static void
put_coefficients(struct gw_buf *out, const struct gw_card *c)
{
	const struct gw_model *m = c->model;

	gw_buf_puts(out, "## Coefficients, on standardised features\n\n| feature | mean | scale |");
	for (size_t h = 0; h < m->n_heads; h++)
		gw_buf_printf(out, " %s |", m->heads[h].name);
	gw_buf_puts(out, "\n|---|---|---|");
	for (size_t h = 0; h < m->n_heads; h++)
		gw_buf_puts(out, "---|");
	for (size_t j = 0; j < m->n_features; j++) {
		const struct gw_model_feature *f = &m->features[j];

		gw_buf_printf(out, "\n| %s | %.6g | %.6g |", f->name, f->mean, f->scale);
		for (size_t h = 0; h < m->n_heads; h++)
			gw_buf_printf(out, " %+.6f |", m->heads[h].coef[j]);
	}
	gw_buf_puts(out, "\n| intercept | | |");
	for (size_t h = 0; h < m->n_heads; h++)
		gw_buf_printf(out, " %+.6f |", m->heads[h].intercept);
	gw_buf_puts(out, "\n\n");
	if (c->trained->n_dependent == 0)
		return;
	gw_buf_puts(out,
	    "Linear combinations of features before them, left at 0 in the score heads:");
	for (size_t j = 0; j < m->n_features; j++)
		if (c->trained->dependent[j])
			gw_buf_printf(out, " %s", m->features[j].name);
	gw_buf_puts(out,
	    ".\nSuch features share a weight in the logistic head too: compare predictions, not"
	    " coefficients.\n\n");
}

void
gw_card_write(struct gw_buf *out, const struct gw_card *c)
{
	put_what(out, c);
	put_held_out(out, c);
	put_coefficients(out, c);
	gw_buf_puts(out,
	    "## Beware\n\n"
	    "- A season is 285 outcomes: the log-loss of one is known to about 0.035. Judge two "
	    "models by\n"
	    "  their paired difference, not by two figures.\n"
	    "- The clock starts again in overtime, which has few plays to learn from.\n"
	    "- Ties are not in the training data; the probability is of a win in a decided "
	    "game.\n\n"
	    "Data: the nflverse project (play-by-play by nflfastR, lines by Lee Sharpe), CC BY "
	    "4.0.\n");
}

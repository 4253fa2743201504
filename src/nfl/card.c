/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/card.h"

#include "ml/tree_text.h"
#include "nfl/features.h"
#include "nfl/prediction.h"

/* How many trees stand on top of a head's linear part. */
static size_t
trees_of(const struct gw_model *m, const char *head)
{
	const struct gw_head *h = gw_model_head(m, head);

	return h == NULL || h->trees == NULL ? 0 : h->trees->n_trees;
}

static void
put_heads(struct gw_buf *out, const struct gw_model *m)
{
	size_t win = trees_of(m, GW_HEAD_HOME_WIN), score = trees_of(m, GW_HEAD_HOME_SCORE);

	gw_buf_printf(out, "# %s\n\n", m->name);
	gw_buf_puts(out, "Win probability of the home team and both final scores of an NFL game, "
	    "from the state\nbefore a play. ");
	if (m->bands != NULL)
		gw_buf_printf(out, "Logistic regressions of the margin as a random walk, by what is"
		    " known of\nthe teams: the betting line, a rating, neither. For the scores a"
		    " linear regression of\nthe points still to come and %zu trees on what that"
		    " leaves.", score);
	else if (win > 0)
		gw_buf_printf(out, "%zu boosted trees for the first and two linear regressions on"
		    " standardised features.", win);
	else
		gw_buf_puts(out, "A logistic regression and two linear regressions on standardised"
		    " features.");
	gw_buf_puts(out, "\n\n");
}

static void
put_made(struct gw_buf *out, const struct gw_card *c)
{
	if (c->data != NULL)
		gw_buf_printf(out, "| data | %s, SHA-256 of the season files in their order, then"
		    " the games file |\n", c->data);
	if (c->command != NULL)
		gw_buf_printf(out, "| command | `%s` |\n", c->command);
	if (c->seconds > 0)
		gw_buf_printf(out, "| time | %.1f s of reading and training, %zu thread%s |\n",
		    c->seconds, c->n_threads, c->n_threads == 1 ? "" : "s");
}

static void
put_what(struct gw_buf *out, const struct gw_card *c)
{
	const struct gw_model *m = c->model;
	char drops[GW_DROPS_TEXT_MAX];

	gw_season_drops_text(c->counts, drops);
	put_heads(out, m);
	gw_buf_puts(out, "| | |\n|---|---|\n");
	gw_buf_printf(out, "| features | %s (%zu) |\n", m->feature_set, m->n_features);
	gw_buf_printf(out, "| feature hash | %s |\n", m->feature_hash);
	gw_buf_printf(out, "| trained on | %s: %zu plays of %zu games |\n", m->trained_on,
	    m->n_rows, m->n_groups);
	gw_buf_printf(out, "| dropped rows | %s |\n", drops);
	gw_buf_printf(out, "| seed | %lld |\n", (long long)m->seed);
	put_made(out, c);
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
put_features(struct gw_buf *out, const struct gw_model *m)
{
	const struct gw_feature_set *set = gw_feature_set_find(m->feature_set);

	if (set == NULL || set->n != m->n_features)
		return;
	gw_buf_puts(out, "## Features\n\n| feature | definition |\n|---|---|\n");
	for (size_t j = 0; j < set->n; j++) {
		gw_buf_printf(out, "| %s | ", set->features[j]->name);
		/* A bar would end the cell. */
		for (const char *d = set->features[j]->definition; *d != '\0'; d++)
			gw_buf_puts(out, *d == '|' ? "\\|" : (char[]){ *d, '\0' });
		gw_buf_puts(out, " |\n");
	}
	gw_buf_putc(out, '\n');
}

/* What the two sides share is written once: the away team's trees are the home team's. */
static void
put_trees(struct gw_buf *out, const struct gw_model *m)
{
	for (size_t h = 0; h < m->n_heads; h++) {
		const struct gw_trees *t = m->heads[h].trees;

		const char *name = m->heads[h].name;

		if (t == NULL || (m->bands != NULL && strcmp(name, GW_HEAD_AWAY_SCORE) == 0))
			continue;
		gw_buf_printf(out, "## Trees of %s\n\nEach adds to the sum what it comes to%s:\n\n",
		    name, m->bands != NULL ? "; away_score has the same of its own" : "");
		for (size_t k = 0; k < t->n_trees; k++) {
			gw_buf_puts(out, "    ");
			gw_tree_text(out, m, t, k);
			gw_buf_putc(out, '\n');
		}
		gw_buf_putc(out, '\n');
	}
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
	gw_card_figures(out, c);
	put_features(out, c->model);
	put_coefficients(out, c);
	put_trees(out, c->model);
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

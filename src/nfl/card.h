/* SPDX-License-Identifier: MIT
 *
 * nfl/card.h - a model's card.md: what it is, what it was made from and how, how good it is on what
 * it has not seen and beside what, what it leans on, what to beware of.
 */
#ifndef GW_CARD_H
#define GW_CARD_H

#include "nfl/evaluation.h"
#include "nfl/importance.h"
#include "nfl/trainer.h"

struct gw_card {
	const struct gw_model		*model;
	const struct gw_trained		*trained;
	const struct gw_season_counts	*counts;	/* of the training data */
	const struct gw_evaluation	*held_out;	/* NULL: nothing was held out */
	int				 held_out_season;
	const struct gw_importances	*importances;	/* on that season; NULL: not measured */
	const struct gw_evaluation	*left_out;	/* NULL: no season was left out in turn */
	double				 loso_loss;	/* of trees; 0: not known */
	const char			*data;		/* fingerprint; NULL: not told */
	const char			*command;	/* NULL: not told */
	double				 seconds;	/* of reading and training; 0: not told */
	size_t				 n_threads;
};

/* Markdown. Deterministic but for what is told of command and time; holds no date. */
void	gw_card_write(struct gw_buf *out, const struct gw_card *c);
/* Of it the sections of figures; card_figures.c. */
void	gw_card_figures(struct gw_buf *out, const struct gw_card *c);

#endif

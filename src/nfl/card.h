/* SPDX-License-Identifier: MIT
 *
 * nfl/card.h - a model's card.md: what it is, what it was made from, how good it is on what it has
 * not seen, what to beware of.
 */
#ifndef GW_CARD_H
#define GW_CARD_H

#include "nfl/evaluation.h"
#include "nfl/trainer.h"

struct gw_card {
	const struct gw_model		*model;
	const struct gw_trained		*trained;
	const struct gw_season_counts	*counts;	/* of the training data */
	const struct gw_evaluation	*held_out;	/* NULL: nothing was held out */
	int				 held_out_season;
	double				 loso_loss;	/* 0: no season was left out in turn */
};

/* Markdown. Deterministic: holds no date and no path. */
void	gw_card_write(struct gw_buf *out, const struct gw_card *c);

#endif

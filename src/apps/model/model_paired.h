/* SPDX-License-Identifier: MIT
 *
 * apps/model/model_paired.h - a model beside something else, for people.
 */
#ifndef GW_MODEL_PAIRED_H
#define GW_MODEL_PAIRED_H

#include "apps/app.h"
#include "ml/model.h"
#include "nfl/evaluation.h"

/* Nothing where there are no rows. who: "the model", beside name; what: "log-loss". */
void	gw_app_print_paired(struct gw_app *app, const char *who, const char *name,
	    const struct gw_paired *p, const char *what);

bool	gw_trained_on(const struct gw_model *m, int year);
/*
 * Unless seasons are named or the data is one file: the newest that none of the n models was
 * trained on. 0, GW_EDATA without any, GW_E*.
 */
int	gw_unseen_season(struct gw_app *app, struct gw_seasons *seasons,
	    const struct gw_model *const *models, size_t n, struct gw_err *err) GW_CHECK_RESULT;

/* gridwire model compare: two models on plays that neither has seen, paired by game. */
struct gw_compare {
	struct gw_app		*app;
	const struct gw_model	*a, *b;
	struct gw_seasons	*seasons;
	bool			 json;
};

int	gw_compare(const struct gw_compare *c, struct gw_err *err) GW_CHECK_RESULT;

#endif

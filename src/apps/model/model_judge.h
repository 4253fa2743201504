/* SPDX-License-Identifier: MIT
 *
 * apps/model/model_judge.h - a model just trained, on a season that it has not seen: its figures,
 * what it leans on, and beside it the model of that name that is in use until now, if that has not
 * seen the season either.
 */
#ifndef GW_MODEL_JUDGE_H
#define GW_MODEL_JUDGE_H

#include "apps/app.h"
#include "ml/model.h"
#include "nfl/evaluation.h"
#include "nfl/importance.h"

struct gw_judge {
	struct gw_app		*app;
	const struct gw_model	*model;
	const char		*models;	/* the registry */
	const char		*data;
	int			 season;
	uint64_t		 seed;
	/* Filled. */
	struct gw_evaluation	 evaluation;	/* its other_name points into here */
	struct gw_importances	 importances;
	char			 other[GW_MODEL_REF_MAX];
};

/* 0, GW_EINTR, GW_ENOMEM, or GW_EDATA, GW_ECORRUPT: that season cannot be read. */
int	gw_judge(struct gw_judge *j, struct gw_err *err) GW_CHECK_RESULT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/model/model_load.h - a model of the registry, ready to predict.
 */
#ifndef GW_MODEL_LOAD_H
#define GW_MODEL_LOAD_H

#include "apps/app.h"
#include "ml/model.h"
#include "nfl/prediction.h"

struct gw_loaded {
	struct gw_model		*model;
	struct gw_predictor	*predictor;	/* of model */
};

/*
 * ref as for gw_registry_load(); NULL: the registry's only model, whatever its name. 0, GW_ENOENT
 * (names what is there), GW_EDATA (not a model, or of other features), GW_E*.
 */
int	gw_loaded_open(struct gw_loaded *l, struct gw_app *app, const char *models, const char *ref,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_loaded_close(struct gw_loaded *l);

#endif

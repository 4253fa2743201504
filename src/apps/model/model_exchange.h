/* SPDX-License-Identifier: MIT
 *
 * apps/model/model_exchange.h - gridwire model import and export: other libraries' files in and out
 * of the registry.
 */
#ifndef GW_MODEL_EXCHANGE_H
#define GW_MODEL_EXCHANGE_H

#include "apps/app.h"

/* Options that were not given are NULL. */
struct gw_exchange {
	struct gw_app	*app;
	const char	*models;	/* the registry */
	const char	*what;		/* import: the file; export: the model */
	const char	*name;		/* import: of the new model */
	const char	*map;		/* import: a file of lines "theirs=ours" */
	const char	*head;		/* which, where the file does not say; what to export */
	const char	*base;		/* import: the model whose other heads come along */
	const char	*format;	/* export: "xgboost" or "sklearn" */
	const char	*out;		/* export: a file, not stdout */
};

/* 0 or GW_E*. What is missing or contradicts itself is GW_EINVAL. */
int	gw_exchange_import(const struct gw_exchange *x, struct gw_err *err) GW_CHECK_RESULT;
int	gw_exchange_export(const struct gw_exchange *x, struct gw_err *err) GW_CHECK_RESULT;

#endif

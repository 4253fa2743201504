/* SPDX-License-Identifier: MIT
 *
 * ml/foreign_formats.h - one reader a format. For foreign.c.
 *
 * Each fills f, whose arena is there, and may leave trees in it when it fails. Errors do not name
 * the file.
 */
#ifndef GW_FOREIGN_FORMATS_H
#define GW_FOREIGN_FORMATS_H

#include "base/json.h"
#include "ml/foreign.h"

int	gw_import_xgboost(struct gw_foreign *f, const struct gw_json *root,
	    struct gw_err *err) GW_CHECK_RESULT;
int	gw_import_sklearn(struct gw_foreign *f, const struct gw_json *root,
	    struct gw_err *err) GW_CHECK_RESULT;
int	gw_import_lightgbm(struct gw_foreign *f, struct gw_slice text,
	    struct gw_err *err) GW_CHECK_RESULT;

/* Room for n names; GW_ELIMIT beyond GW_MODEL_FEATURES_MAX, GW_EDATA for none. */
int	gw_foreign_features(struct gw_foreign *f, size_t n, struct gw_err *err) GW_CHECK_RESULT;
/* A copy of s in the arena; ptr NULL: out of memory. */
struct gw_slice	gw_foreign_text(struct gw_foreign *f, struct gw_slice s);

#endif

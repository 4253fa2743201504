/* SPDX-License-Identifier: MIT
 *
 * ml/registry.h - models in a folder: ROOT/NAME/VERSION/model.gw and card.md, never overwritten;
 * aliases (champion, challenger) in ROOT/NAME/aliases.json, switched by an atomic rename.
 */
#ifndef GW_REGISTRY_H
#define GW_REGISTRY_H

#include "base/env.h"
#include "ml/model.h"

/*
 * ref: "name" (alias champion if set, else the newest), "name:3", "name@alias", or a path of a model
 * file (has a '/' or is a file). NULL and GW_ENOENT naming root and what is there, or as
 * gw_model_read().
 */
struct gw_model	*gw_registry_load(struct gw_env *env, const char *root, const char *ref, struct gw_err *err);
/* Store as the next version (sets m->version): built beside, then renamed into place. card: Markdown. */
int	gw_registry_store(struct gw_env *env, const char *root, struct gw_model *m, struct gw_slice card, struct gw_err *err) GW_CHECK_RESULT;
int	gw_registry_alias(struct gw_env *env, const char *root, const char *name, const char *alias, int32_t version, struct gw_err *err) GW_CHECK_RESULT;
/* each(arg, name, version, aliases "champion,..." or ""), by name and version. */
int	gw_registry_list(struct gw_env *env, const char *root,
	    int (*each)(void *arg, const char *name, int32_t version, const char *aliases), void *arg, struct gw_err *err) GW_CHECK_RESULT;

#endif

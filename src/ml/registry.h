/* SPDX-License-Identifier: MIT
 *
 * ml/registry.h - models in a folder: ROOT/NAME/VERSION/model.gw and card.md, never overwritten;
 * aliases (champion, challenger) in ROOT/NAME/aliases.json, switched by an atomic rename. The file
 * holds for each alias its version and the ones before it, newest first: {"champion":[3,2]}.
 *
 * A version appears whole or not at all: it is built in ROOT/NAME/.new-*, synced and renamed.
 */
#ifndef GW_REGISTRY_H
#define GW_REGISTRY_H

#include "base/env.h"
#include "ml/model.h"

#define GW_CHAMPION		"champion"	/* the alias a bare name means */
#define GW_ALIAS_HISTORY_MAX	16		/* versions an alias remembers, for rollback */
#define GW_ALIASES_MAX		16		/* a model */

/*
 * ref: "name" (alias champion if set, else the newest), "name:3", "name@alias", or a path: of a
 * model file, or of a folder that holds a model.gw (has a '/', or is a file). NULL and GW_ENOENT
 * naming root and what is there, or as gw_model_read().
 */
struct gw_model *gw_registry_load(struct gw_env *env, const char *root, const char *ref,
    struct gw_err *err);
/* Store as the next version (sets m->version and m->sha256). card: Markdown. */
int	gw_registry_store(struct gw_env *env, const char *root, struct gw_model *m,
    struct gw_slice card, struct gw_err *err) GW_CHECK_RESULT;
/* version must be there. Pointing an alias where it points already changes nothing. */
int	gw_registry_alias(struct gw_env *env, const char *root, const char *name, const char *alias,
    int32_t version, struct gw_err *err) GW_CHECK_RESULT;
/* Back to the version the alias had before; *version says which. GW_ENOENT when there is none. */
int gw_registry_rollback(struct gw_env *env, const char *root, const char *name, const char *alias,
    int32_t *version, struct gw_err *err) GW_CHECK_RESULT;
/*
 * each(arg, name, version, aliases "champion,..." or ""), by name and version; a non-zero return
 * stops and is returned. A missing root is an empty one.
 */
int	gw_registry_list(struct gw_env *env, const char *root,
    int (*each)(void *arg, const char *name, int32_t version, const char *aliases), void *arg,
    struct gw_err *err) GW_CHECK_RESULT;
/* The card of name:version, appended to out; GW_ENOENT when it has none. */
int	gw_registry_card(struct gw_env *env, const char *root, const struct gw_model *m,
    struct gw_buf *out, struct gw_err *err) GW_CHECK_RESULT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/verbs.c - the verbs in the order of the help.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/verbs.h"

const struct gw_verb *const gw_verbs[] = {
	&gw_verb_version,
};

const size_t gw_n_verbs = GW_N(gw_verbs);

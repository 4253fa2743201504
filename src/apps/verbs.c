/* SPDX-License-Identifier: MIT
 *
 * apps/verbs.c - the verbs in the order of the help.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/verbs.h"

const struct gw_verb *const gw_verbs[] = {
	&gw_verb_demo,
	&gw_verb_train,
	&gw_verb_eval,
	&gw_verb_model,
	&gw_verb_features,
	&gw_verb_fourth_down,
	&gw_verb_produce,
	&gw_verb_games,
	&gw_verb_score,
	&gw_verb_broker,
	&gw_verb_consume,
	&gw_verb_topic,
	&gw_verb_group,
	&gw_verb_cluster,
	&gw_verb_txn,
	&gw_verb_decode,
	&gw_verb_bench,
	&gw_verb_version,
};

const size_t gw_n_verbs = GW_N(gw_verbs);

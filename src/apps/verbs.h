/* SPDX-License-Identifier: MIT
 *
 * apps/verbs.h - every verb of the program; verbs.c has them in the order of the help.
 */
#ifndef GW_VERBS_H
#define GW_VERBS_H

#include "apps/app.h"

extern const struct gw_verb	gw_verb_demo;
extern const struct gw_verb	gw_verb_train;
extern const struct gw_verb	gw_verb_eval;
extern const struct gw_verb	gw_verb_model;
extern const struct gw_verb	gw_verb_features;
extern const struct gw_verb	gw_verb_fourth_down;
extern const struct gw_verb	gw_verb_produce;
extern const struct gw_verb	gw_verb_games;
extern const struct gw_verb	gw_verb_score;
extern const struct gw_verb	gw_verb_broker;
extern const struct gw_verb	gw_verb_consume;
extern const struct gw_verb	gw_verb_topic;
extern const struct gw_verb	gw_verb_group;
extern const struct gw_verb	gw_verb_cluster;
extern const struct gw_verb	gw_verb_txn;
extern const struct gw_verb	gw_verb_decode;
extern const struct gw_verb	gw_verb_bench;
extern const struct gw_verb	gw_verb_version;

extern const struct gw_verb *const	gw_verbs[];
extern const size_t			gw_n_verbs;

#endif

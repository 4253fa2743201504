/* SPDX-License-Identifier: MIT
 *
 * apps/model/model_topics.h - predictions of two topics, or of two models in them, play by play.
 */
#ifndef GW_MODEL_TOPICS_H
#define GW_MODEL_TOPICS_H

#include "apps/kafka.h"

#define GW_TOPICS_MAX	2

struct gw_compare_topics {
	struct gw_app		*app;
	struct gw_kafka_args	*args;
	const char		*topics[GW_TOPICS_MAX];
	size_t			 n_topics;	/* 1 needs models */
	/*
	 * NULL: the first topic beside the second. Else "name:version": that model's predictions,
	 * in whichever topic they are, beside the other's; so the two of a trial are told apart.
	 */
	const char		*models[2];
	const char		*data;		/* season files: how games ended */
	const char		*plays;		/* CSV of every pair; NULL: none */
	bool			 json;
};

/* Reads what the topics hold now, as committed. 0, GW_EDATA (nothing in common), GW_E*. */
int	gw_compare_topics(const struct gw_compare_topics *c, struct gw_err *err) GW_CHECK_RESULT;

#endif

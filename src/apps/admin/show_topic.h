/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_topic.h - everything about one topic, on stdout.
 */
#ifndef GW_SHOW_TOPIC_H
#define GW_SHOW_TOPIC_H

#include "apps/kafka.h"

/*
 * Each partition's leader, replicas and offsets, and the configuration: what differs from the
 * broker's, all of it with -v; as a table or as one JSON object, which always has all. 0, or as of
 * gw_kafka_topic() and gw_kafka_wait(); err filled.
 */
int	gw_show_topic(struct gw_kafka *k, const char *topic, bool json, struct gw_err *err);

#endif

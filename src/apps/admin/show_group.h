/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_group.h - everything about one consumer group, on stdout.
 */
#ifndef GW_SHOW_GROUP_H
#define GW_SHOW_GROUP_H

#include "apps/kafka.h"

/*
 * State, members, and for each partition what is committed, where it ends and the lag between; as
 * tables or as one JSON object. 0, GW_K_GROUP_ID_NOT_FOUND, or as of gw_kafka_wait(); err filled.
 */
int	gw_show_group(struct gw_kafka *k, const char *group, bool json, struct gw_err *err);

#endif

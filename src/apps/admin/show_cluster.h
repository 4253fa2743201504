/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_cluster.h - brokers, and what one of them offers, on stdout.
 */
#ifndef GW_SHOW_CLUSTER_H
#define GW_SHOW_CLUSTER_H

#include "apps/kafka.h"

/* Id, controller, brokers with their racks. Each: 0, or err as of gw_kafka_wait(). */
int	gw_show_cluster(struct gw_kafka *k, bool json, struct gw_err *err);
/* Finalized levels of the cluster and what the broker could do; node_id -1: any broker. */
int	gw_show_features(struct gw_kafka *k, int32_t node_id, bool json, struct gw_err *err);
/* Versions of every API that the broker offers, and the newest that gridwire knows. */
int	gw_show_versions(struct gw_kafka *k, int32_t node_id, bool json, struct gw_err *err);
/* Settings of a broker that differ from Kafka's defaults, with -v all. */
int	gw_show_broker_configs(struct gw_kafka *k, int32_t node_id, bool json, struct gw_err *err);

#endif

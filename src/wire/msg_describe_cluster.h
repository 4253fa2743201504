/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_cluster.h - DescribeCluster (key 60): brokers and controller.
 * Versions 0-2, always flexible.
 * Source: DescribeClusterRequest.json, DescribeClusterResponse.json (Apache Kafka 4.3.1); KIP-700,
 * KIP-919, KIP-1073.
 */
#ifndef GW_MSG_DESCRIBE_CLUSTER_H
#define GW_MSG_DESCRIBE_CLUSTER_H

#include "wire/codec.h"

/* DescribeClusterRequest.json. */
struct gw_describe_cluster_request {
	bool	include_cluster_authorized_operations;
	int8_t	endpoint_type;		/* v1+, else 1; 1 brokers, 2 controllers */
	bool	include_fenced_brokers;	/* v2+ */
};

/* DescribeClusterResponse.json: DescribeClusterBroker. */
struct gw_describe_cluster_broker {
	int32_t		broker_id;
	struct gw_slice	host;
	int32_t		port;
	struct gw_slice	rack;		/* may be null */
	bool		is_fenced;	/* v2+ */
};

/* DescribeClusterResponse.json. */
struct gw_describe_cluster_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	int16_t					 error_code;
	struct gw_slice				 error_message;	/* may be null */
	int8_t					 endpoint_type;	/* v1+, else 1 */
	struct gw_slice				 cluster_id;
	int32_t					 controller_id;	/* -1 (default): unknown */
	struct gw_describe_cluster_broker	*brokers;
	size_t					 n_brokers;
	/* default INT32_MIN; bit set (KIP-430) */
	int32_t					 cluster_authorized_operations;
};

void	gw_describe_cluster_request_visit(struct gw_codec *w, void *msg);
void	gw_describe_cluster_response_visit(struct gw_codec *w, void *msg);

#endif

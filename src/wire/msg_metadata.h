/* SPDX-License-Identifier: MIT
 *
 * wire/msg_metadata.h - Metadata (key 3): brokers, topics and who leads what.
 * Versions 0-13, flexible from 9.
 * Source: MetadataRequest.json, MetadataResponse.json (Apache Kafka 4.3.1); KIP-430, KIP-516,
 * KIP-1102.
 */
#ifndef GW_MSG_METADATA_H
#define GW_MSG_METADATA_H

#include "wire/codec.h"

/* MetadataRequest.json: MetadataRequestTopic. */
struct gw_metadata_request_topic {
	struct gw_uuid	topic_id;	/* v10+; zero: look up by name */
	struct gw_slice	name;		/* may be null from v10 */
};

/* MetadataRequest.json. */
struct gw_metadata_request {
	/* n may be GW_NULL_ARRAY from v1; null: all (in v0: empty is all); empty: none */
	struct gw_metadata_request_topic	*topics;
	size_t					 n_topics;
	/* v4+, else true */
	bool					 allow_auto_topic_creation;
	bool					 include_cluster_authorized_operations;	/* v8-10 */
	bool					 include_topic_authorized_operations;	/* v8+ */
};

/* MetadataResponse.json: MetadataResponseBroker. */
struct gw_metadata_broker {
	int32_t		node_id;
	struct gw_slice	host;
	int32_t		port;
	struct gw_slice	rack;	/* v1+; may be null */
};

/* MetadataResponse.json: MetadataResponsePartition. */
struct gw_metadata_partition {
	int16_t	 error_code;
	int32_t	 partition_index;
	int32_t	 leader_id;		/* -1: none now */
	int32_t	 leader_epoch;		/* v7+, else -1; KIP-320 */
	int32_t	*replica_nodes;
	size_t	 n_replica_nodes;
	int32_t	*isr_nodes;		/* in sync */
	size_t	 n_isr_nodes;
	int32_t	*offline_replicas;	/* v5+ */
	size_t	 n_offline_replicas;
};

/* MetadataResponse.json: MetadataResponseTopic. */
struct gw_metadata_topic {
	int16_t				 error_code;
	struct gw_slice			 name;		/* may be null from v12 */
	struct gw_uuid			 topic_id;	/* v10+ */
	bool				 is_internal;	/* v1+ */
	struct gw_metadata_partition	*partitions;
	size_t				 n_partitions;
	/* v8+, else INT32_MIN; bit set (KIP-430) */
	int32_t				 topic_authorized_operations;
};

/* MetadataResponse.json. */
struct gw_metadata_response {
	/* v3+; KIP-219: the client holds back */
	int32_t				 throttle_time_ms;
	struct gw_metadata_broker	*brokers;
	size_t				 n_brokers;
	struct gw_slice			 cluster_id;	/* v2+; may be null */
	int32_t				 controller_id;	/* v1+, else -1; -1: unknown */
	struct gw_metadata_topic	*topics;
	size_t				 n_topics;
	/* v8-10, else INT32_MIN; bit set (KIP-430) */
	int32_t				 cluster_authorized_operations;
	int16_t				 error_code;	/* v13+; REBOOTSTRAP_REQUIRED (KIP-1102) */
};

void	gw_metadata_request_visit(struct gw_codec *w, void *msg);
void	gw_metadata_response_visit(struct gw_codec *w, void *msg);

#endif

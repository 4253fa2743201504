/* SPDX-License-Identifier: MIT
 *
 * wire/msg_group_protocol.h - what members of classic consumer groups tell each other through the
 * broker, which only carries it: the metadata in JoinGroup and the assignments in SyncGroup. Each
 * blob begins with its int16 version, which gw_visit_encode() writes and gw_visit_decode() reads.
 * Versions 0-3, never flexible.
 * Source: ConsumerProtocolSubscription.json, ConsumerProtocolAssignment.json (Apache Kafka 4.3.1);
 * KIP-429 (owned partitions), KIP-792 (generation), KIP-881 (rack).
 */
#ifndef GW_MSG_GROUP_PROTOCOL_H
#define GW_MSG_GROUP_PROTOCOL_H

#include "wire/codec.h"

/* ConsumerProtocolSubscription.json, ConsumerProtocolAssignment.json: TopicPartition. */
struct gw_consumer_protocol_topic_partition {
	struct gw_slice	 topic;
	int32_t		*partitions;
	size_t		 n_partitions;
};

/* ConsumerProtocolSubscription.json. */
struct gw_consumer_protocol_subscription {
	struct gw_slice					*topics;
	size_t						 n_topics;
	struct gw_slice					 user_data;		/* may be null */
	struct gw_consumer_protocol_topic_partition	*owned_partitions;	/* v1+; KIP-429 */
	size_t						 n_owned_partitions;
	/* v2+, else -1; of owned_partitions (KIP-792) */
	int32_t						 generation_id;
	/* v3+; may be null; KIP-881 */
	struct gw_slice					 rack_id;
};

/* ConsumerProtocolAssignment.json. */
struct gw_consumer_protocol_assignment {
	struct gw_consumer_protocol_topic_partition	*assigned_partitions;
	size_t						 n_assigned_partitions;
	struct gw_slice					 user_data;	/* may be null */
};

void	gw_consumer_protocol_subscription_visit(struct gw_codec *w, void *msg);
void	gw_consumer_protocol_assignment_visit(struct gw_codec *w, void *msg);

#endif

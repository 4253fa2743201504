/* SPDX-License-Identifier: MIT
 *
 * wire/msg_delete_topics.h - DeleteTopics (key 20): delete topics by name or id.
 * Versions 1-6, flexible from 4.
 * Source: DeleteTopicsRequest.json, DeleteTopicsResponse.json (Apache Kafka 4.3.1); KIP-4,
 * KIP-516.
 */
#ifndef GW_MSG_DELETE_TOPICS_H
#define GW_MSG_DELETE_TOPICS_H

#include "wire/codec.h"

/* DeleteTopicsRequest.json: DeleteTopicState. */
struct gw_delete_topics_topic {
	struct gw_slice	name;		/* may be null */
	struct gw_uuid	topic_id;	/* used when name is null */
};

/* DeleteTopicsRequest.json. */
struct gw_delete_topics_request {
	struct gw_delete_topics_topic	*topics;	/* v6+ */
	size_t				 n_topics;
	struct gw_slice			*topic_names;	/* to v5 */
	size_t				 n_topic_names;
	int32_t				 timeout_ms;
};

/* DeleteTopicsResponse.json: DeletableTopicResult. */
struct gw_delete_topics_topic_result {
	struct gw_slice	name;		/* may be null from v6 */
	struct gw_uuid	topic_id;	/* v6+ */
	int16_t		error_code;
	struct gw_slice	error_message;	/* v5+; may be null */
};

/* DeleteTopicsResponse.json. */
struct gw_delete_topics_response {
	/* KIP-219: the client holds back */
	int32_t					 throttle_time_ms;
	struct gw_delete_topics_topic_result	*responses;
	size_t					 n_responses;
};

void	gw_delete_topics_request_visit(struct gw_codec *w, void *msg);
void	gw_delete_topics_response_visit(struct gw_codec *w, void *msg);

#endif

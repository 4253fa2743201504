/* SPDX-License-Identifier: MIT
 *
 * wire/api.h - the one table of APIs, and whole frames: header and body, both directions.
 * Source: the JSON schemas of Apache Kafka 4.3.1; RequestHeader.json, ResponseHeader.json; KIP-482,
 * KIP-511.
 *
 * A frame is what follows the 4-byte size. Names: schema "MetadataResponse" is struct
 * gw_metadata_response in wire/msg_metadata.h with visitor gw_metadata_response_visit(); a nested
 * struct is named after the message's API and its own JSON type without the API's words in front
 * ("MetadataResponsePartition" -> struct gw_metadata_partition; "request" stays where both sides
 * have one: struct gw_metadata_request_topic). Its comment gives the JSON type. Members are the
 * snake_case of the JSON names; an array "Topics" is members topics and n_topics, which is
 * GW_NULL_ARRAY for null. A string that is null has ptr NULL.
 */
#ifndef GW_API_H
#define GW_API_H

#include "wire/codec.h"

enum gw_api_key {
	GW_API_PRODUCE			= 0,
	GW_API_FETCH			= 1,
	GW_API_LIST_OFFSETS		= 2,
	GW_API_METADATA			= 3,
	GW_API_OFFSET_COMMIT		= 8,
	GW_API_OFFSET_FETCH		= 9,
	GW_API_FIND_COORDINATOR		= 10,
	GW_API_JOIN_GROUP		= 11,
	GW_API_HEARTBEAT		= 12,
	GW_API_LEAVE_GROUP		= 13,
	GW_API_SYNC_GROUP		= 14,
	GW_API_DESCRIBE_GROUPS		= 15,
	GW_API_LIST_GROUPS		= 16,
	GW_API_SASL_HANDSHAKE		= 17,
	GW_API_API_VERSIONS		= 18,
	GW_API_CREATE_TOPICS		= 19,
	GW_API_DELETE_TOPICS		= 20,
	GW_API_DELETE_RECORDS		= 21,
	GW_API_INIT_PRODUCER_ID		= 22,
	GW_API_OFFSET_FOR_LEADER_EPOCH	= 23,
	GW_API_ADD_PARTITIONS_TO_TXN	= 24,
	GW_API_ADD_OFFSETS_TO_TXN	= 25,
	GW_API_END_TXN			= 26,
	GW_API_WRITE_TXN_MARKERS	= 27,
	GW_API_TXN_OFFSET_COMMIT	= 28,
	GW_API_DESCRIBE_CONFIGS		= 32,
	GW_API_ALTER_CONFIGS		= 33,
	GW_API_SASL_AUTHENTICATE	= 36,
	GW_API_CREATE_PARTITIONS	= 37,
	GW_API_DELETE_GROUPS		= 42,
	GW_API_INCREMENTAL_ALTER_CONFIGS = 44,
	GW_API_OFFSET_DELETE		= 47,
	GW_API_DESCRIBE_CLUSTER		= 60,
	GW_API_DESCRIBE_PRODUCERS	= 61,
	GW_API_DESCRIBE_TRANSACTIONS	= 65,
	GW_API_LIST_TRANSACTIONS	= 66,
	GW_API_CONSUMER_GROUP_HEARTBEAT	= 68,
	GW_API_CONSUMER_GROUP_DESCRIBE	= 69
};

struct gw_api {
	int16_t		 key;
	const char	*name;			/* "Metadata" */
	int16_t		 min, max;		/* versions that the visitors know */
	int16_t		 flexible_since;	/* GW_NEVER: never */
	void		(*request)(struct gw_codec *w, void *msg);
	size_t		 request_size;
	void		(*response)(struct gw_codec *w, void *msg);
	size_t		 response_size;
};

extern const struct gw_api	gw_apis[];
extern const size_t		gw_n_apis;

const struct gw_api	*gw_api_find(int16_t key);	/* NULL: not known here */

static inline bool
gw_api_flexible(const struct gw_api *api, int16_t version)
{
	return version >= api->flexible_since;
}

struct gw_request_header {
	int16_t		 api_key, api_version;
	int32_t		 correlation_id;
	struct gw_slice	 client_id;			/* ptr NULL: null */
	struct gw_splices *splices;			/* to encode with; NULL: all is copied */
};

/*
 * Append size, header and body (body of the type that the API's row names). On error out, and
 * splices, are cut back to what they were. 0, GW_EVERSION (version unknown, or a set field that it
 * lacks), GW_ENOMEM, GW_ELIMIT; err names message, version and field.
 */
int	gw_request_encode(struct gw_buf *out, const struct gw_request_header *h, const void *body,
	    struct gw_err *err) GW_CHECK_RESULT;
int	gw_response_encode(struct gw_buf *out, int16_t key, int16_t version, int32_t correlation_id,
	    const void *body, struct gw_err *err) GW_CHECK_RESULT;

/*
 * The header of a request frame; *body_at is where its body begins. 0, GW_EPROTO, or GW_EVERSION
 * for an API or version that the table lacks: then h has key, version and correlation id, so that
 * the other side can be told.
 */
int	gw_request_header_decode(struct gw_slice frame, struct gw_request_header *h,
	    size_t *body_at, struct gw_err *err) GW_CHECK_RESULT;

/*
 * A body out of a frame, allocated in the arena, slices borrowing from the frame. Trailing bytes
 * are GW_EPROTO; so is everything that the schema does not allow. GW_ELIMIT is the arena's cap.
 * err: "MetadataResponse v9: Topics[3].Name: cut off at byte 117 of 240".
 */
int	gw_request_decode(struct gw_slice frame, size_t body_at, const struct gw_request_header *h,
	    struct gw_arena *arena, void **body, struct gw_err *err) GW_CHECK_RESULT;
int	gw_response_decode(struct gw_slice frame, int16_t key, int16_t version,
	    struct gw_arena *arena, int32_t *correlation_id, void **body, struct gw_err *err)
	    GW_CHECK_RESULT;

/*
 * Its size prefix: -1 if fewer than 4 bytes are there, GW_ELIMIT if negative or over max, else the
 * frame's length.
 */
int64_t	gw_frame_size(const uint8_t *ptr, size_t len, size_t max);

/*
 * A struct that travels inside a bytes field behind its own int16 version, as
 * ConsumerProtocolSubscription and -Assignment do. Encode writes that version and the struct.
 * Decode reads it; version is the newest that the caller knows. Bytes behind what it knows are left
 * alone, as members of a group may be newer than their leader. On error *msg is in no known state.
 */
int	gw_visit_encode(struct gw_buf *out, void (*visit)(struct gw_codec *, void *),
	    const void *msg, int16_t version, bool flexible, struct gw_err *err) GW_CHECK_RESULT;
int	gw_visit_decode(struct gw_slice bytes, void (*visit)(struct gw_codec *, void *), void *msg,
	    int16_t version, bool flexible, struct gw_arena *arena, struct gw_err *err)
	    GW_CHECK_RESULT;

#endif

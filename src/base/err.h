/* SPDX-License-Identifier: MIT
 *
 * base/err.h - one table of errors, gridwire's and Kafka's. Codes are in gridwire/types.h.
 */
#ifndef GW_ERR_H
#define GW_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include <gridwire/types.h>
#include "base/compiler.h"

/* Kafka's codes that the code decides on; all of them are in err_table.c (Errors.java, 4.4.0). */
enum gw_kafka_error {
	GW_K_UNKNOWN_SERVER_ERROR		= -1,
	GW_K_NONE				= 0,
	GW_K_OFFSET_OUT_OF_RANGE		= 1,
	GW_K_CORRUPT_MESSAGE			= 2,
	GW_K_UNKNOWN_TOPIC_OR_PARTITION		= 3,
	GW_K_INVALID_FETCH_SIZE			= 4,
	GW_K_LEADER_NOT_AVAILABLE		= 5,
	GW_K_NOT_LEADER_OR_FOLLOWER		= 6,
	GW_K_REQUEST_TIMED_OUT			= 7,
	GW_K_MESSAGE_TOO_LARGE			= 10,
	GW_K_OFFSET_METADATA_TOO_LARGE		= 12,
	GW_K_NETWORK_EXCEPTION			= 13,
	GW_K_COORDINATOR_LOAD_IN_PROGRESS	= 14,
	GW_K_COORDINATOR_NOT_AVAILABLE		= 15,
	GW_K_NOT_COORDINATOR			= 16,
	GW_K_INVALID_TOPIC_EXCEPTION		= 17,
	GW_K_RECORD_LIST_TOO_LARGE		= 18,
	GW_K_NOT_ENOUGH_REPLICAS		= 19,
	GW_K_NOT_ENOUGH_REPLICAS_AFTER_APPEND	= 20,
	GW_K_INVALID_REQUIRED_ACKS		= 21,
	GW_K_ILLEGAL_GENERATION			= 22,
	GW_K_INCONSISTENT_GROUP_PROTOCOL	= 23,
	GW_K_INVALID_GROUP_ID			= 24,
	GW_K_UNKNOWN_MEMBER_ID			= 25,
	GW_K_INVALID_SESSION_TIMEOUT		= 26,
	GW_K_REBALANCE_IN_PROGRESS		= 27,
	GW_K_INVALID_COMMIT_OFFSET_SIZE		= 28,
	GW_K_TOPIC_AUTHORIZATION_FAILED		= 29,
	GW_K_GROUP_AUTHORIZATION_FAILED		= 30,
	GW_K_CLUSTER_AUTHORIZATION_FAILED	= 31,
	GW_K_INVALID_TIMESTAMP			= 32,
	GW_K_UNSUPPORTED_SASL_MECHANISM		= 33,
	GW_K_ILLEGAL_SASL_STATE			= 34,
	GW_K_UNSUPPORTED_VERSION		= 35,
	GW_K_TOPIC_ALREADY_EXISTS		= 36,
	GW_K_INVALID_PARTITIONS			= 37,
	GW_K_INVALID_REPLICATION_FACTOR		= 38,
	GW_K_INVALID_CONFIG			= 40,
	GW_K_NOT_CONTROLLER			= 41,
	GW_K_INVALID_REQUEST			= 42,
	GW_K_UNSUPPORTED_FOR_MESSAGE_FORMAT	= 43,
	GW_K_POLICY_VIOLATION			= 44,
	GW_K_OUT_OF_ORDER_SEQUENCE_NUMBER	= 45,
	GW_K_DUPLICATE_SEQUENCE_NUMBER		= 46,
	GW_K_INVALID_PRODUCER_EPOCH		= 47,
	GW_K_INVALID_TXN_STATE			= 48,
	GW_K_INVALID_PRODUCER_ID_MAPPING	= 49,
	GW_K_INVALID_TRANSACTION_TIMEOUT	= 50,
	GW_K_CONCURRENT_TRANSACTIONS		= 51,
	GW_K_TRANSACTIONAL_ID_AUTHORIZATION_FAILED = 53,
	GW_K_OPERATION_NOT_ATTEMPTED		= 55,
	GW_K_KAFKA_STORAGE_ERROR		= 56,
	GW_K_SASL_AUTHENTICATION_FAILED		= 58,
	GW_K_UNKNOWN_PRODUCER_ID		= 59,
	GW_K_NON_EMPTY_GROUP			= 68,
	GW_K_GROUP_ID_NOT_FOUND			= 69,
	GW_K_FETCH_SESSION_ID_NOT_FOUND		= 70,
	GW_K_INVALID_FETCH_SESSION_EPOCH	= 71,
	GW_K_LISTENER_NOT_FOUND			= 72,
	GW_K_FENCED_LEADER_EPOCH		= 74,
	GW_K_UNKNOWN_LEADER_EPOCH		= 75,
	GW_K_UNSUPPORTED_COMPRESSION_TYPE	= 76,
	GW_K_MEMBER_ID_REQUIRED			= 79,
	GW_K_GROUP_MAX_SIZE_REACHED		= 81,
	GW_K_FENCED_INSTANCE_ID			= 82,
	GW_K_INVALID_RECORD			= 87,
	GW_K_UNSTABLE_OFFSET_COMMIT		= 88,
	GW_K_PRODUCER_FENCED			= 90,
	GW_K_UNKNOWN_TOPIC_ID			= 100,
	GW_K_INCONSISTENT_TOPIC_ID		= 103,
	GW_K_FETCH_SESSION_TOPIC_ID_ERROR	= 106,
	GW_K_FENCED_MEMBER_EPOCH		= 110,
	GW_K_UNRELEASED_INSTANCE_ID		= 111,
	GW_K_UNSUPPORTED_ASSIGNOR		= 112,
	GW_K_STALE_MEMBER_EPOCH			= 113,
	GW_K_TRANSACTION_ABORTABLE		= 120,
	GW_K_INVALID_REGULAR_EXPRESSION		= 128
};

/* Fill e (may be NULL) and return code, so that "return gw_err_set(...)" reads well. */
int	gw_err_set(struct gw_err *e, int code, const char *fmt, ...) GW_PRINTF(3, 4);
int	gw_err_vset(struct gw_err *e, int code, const char *fmt, va_list ap) GW_PRINTF(3, 0);
/* From an errno: picks the GW_E* code and appends ": " and the system's text. */
int	gw_err_sys(struct gw_err *e, int sys_errno, const char *fmt, ...) GW_PRINTF(3, 4);
/* The GW_E* code nearest to an errno. */
int	gw_err_from_errno(int sys_errno);
/* Put text before what e already says: "reading x: " + old. */
void	gw_err_prefix(struct gw_err *e, const char *fmt, ...) GW_PRINTF(2, 3);

/*
 * "UNKNOWN_TOPIC_OR_PARTITION", "GW_ETIMEOUT". An unknown code gives "ERROR_<n>", which lives until
 * the thread has asked for four more of them.
 */
const char *gw_err_name(int code);
/* Whether Kafka documents this code of its own as worth a retry. */
bool	gw_err_retriable(int code);

#endif

/* SPDX-License-Identifier: MIT
 *
 * client/configuration.h - the configuration of a client: one table of keys with Java's names.
 * doc/configuration.md is printed from it and a test compares the two.
 */
#ifndef GW_CLIENT_CONFIG_H
#define GW_CLIENT_CONFIG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define GW_BOOTSTRAP_MAX 64

/* How gw_send() picks a partition for a record with a key. */
enum gw_partitioner { GW_PARTITIONER_MURMUR2, GW_PARTITIONER_CRC32 };
/* Where a partition without a position begins. */
enum gw_auto_reset { GW_RESET_LATEST, GW_RESET_EARLIEST, GW_RESET_NONE };
enum gw_isolation { GW_READ_UNCOMMITTED, GW_READ_COMMITTED };
/* By which protocol to be a member: KIP-848's where the cluster has it, or one of the two. */
enum gw_group_choice { GW_GROUP_AUTO, GW_GROUP_CLASSIC, GW_GROUP_CONSUMER };
/* How the leader of a classic group shares out. */
enum gw_strategy { GW_STRATEGY_RANGE, GW_STRATEGY_COOPERATIVE_STICKY, GW_STRATEGIES };

/* The values of security.protocol: two bits. */
enum gw_security { GW_SECURITY_TLS = 1, GW_SECURITY_SASL = 2 };

struct gw_client_config {
	/* TEXT: "" where not set */
	const char	*bootstrap_servers, *client_id, *group_id, *group_instance_id, *client_rack;
	const char	*transactional_id, *partition_assignment_strategy;
	/* paths and a user; a secret is wiped by gw_config_forget() */
	const char	*sasl_username, *sasl_password, *sasl_jaas_config;
	const char	*sasl_token_url, *ssl_truststore_location, *ssl_keystore_location;
	const char	*ssl_key_password;
	/* CHOICE */
	int64_t		 acks_choice, compression_type, auto_offset_reset, isolation_level;
	int64_t		 partitioner, security_protocol, sasl_mechanism, group_protocol;
	int64_t		 ssl_identification;
	/* BOOL, kept as 0 and 1 */
	int64_t		 enable_idempotence, allow_auto_create_topics;
	/* INT */
	int64_t		 client_memory;
	int64_t		 linger_ms, batch_size, buffer_memory;
	int64_t		 max_request_size, delivery_timeout_ms, request_timeout_ms;
	int64_t		 retry_backoff_ms, metadata_max_age_ms, session_timeout_ms;
	int64_t		 heartbeat_interval_ms, max_poll_interval_ms;
	int64_t		 fetch_max_bytes, fetch_max_wait_ms, transaction_timeout_ms;
	/* derived */
	int16_t		 acks;		/* -1, 0, 1 */
	int64_t		 retry_backoff_max_ms, reconnect_backoff_ms, reconnect_backoff_max_ms;
	int64_t		 connection_setup_timeout_ms, api_timeout_ms;
	enum gw_strategy strategies[GW_STRATEGIES];	/* the first is liked best */
	size_t		 n_strategies;
};

/*
 * Read "key=value" pairs, one a line or separated by ';' (gw_client_new() in gridwire.h). A key
 * given twice: the last one counts. Texts are copied into the arena. Passwords take the rest of
 * their line, sasl.jaas.config ends at a ';' outside of quotes. 0, GW_EINVAL, GW_EUNSUPPORTED (a
 * security.protocol that is not built in), GW_ENOMEM.
 */
int	gw_config_read(struct gw_client_config *cfg, const char *text, struct gw_arena *arena,
	    struct gw_err *err) GW_CHECK_RESULT;

/* Overwrite the passwords in it, which the arena would keep. */
void	gw_config_forget(struct gw_client_config *cfg);

/* doc/configuration.md. */
void	gw_config_doc(struct gw_buf *out);

#endif

/* SPDX-License-Identifier: MIT
 *
 * gridwire/gridwire.h - a Kafka client without threads: produce, consume, administer.
 *
 * Brokers 2.1 to 4.4. A client belongs to one thread at a time; different clients are independent.
 * It owns no thread, installs no signal handler, prints nothing, reads no environment. It moves
 * only inside its calls; a call that may wait takes timeout_ms (0: do not wait, -1: without limit).
 * Waiting calls run the client's own poll(2); inside another loop use gw_pollfds(), gw_process().
 * Pointers handed out are borrowed: each function says until when.
 *
 * A waiting call of a client that has never reached any broker gives up as soon as every address of
 * bootstrap.servers failed once during the call, whatever its timeout: GW_ECONNECT, GW_ERESOLVE or
 * GW_ETIMEOUT. In a poll loop the client goes on trying and says so in a GW_EVENT_ERROR. After
 * fork(2) the child's calls answer GW_ESTATE and leave the parent's connections alone.
 */
#ifndef GRIDWIRE_H
#define GRIDWIRE_H

#include <poll.h>
#include <stdbool.h>

#include <gridwire/types.h>

struct gw_client;
struct gw_batch;
struct gw_call;

/* ---- life ---- */

/*
 * config: "key=value" pairs, one a line or separated by ';', with Java's key names; '#' begins a
 * comment line. "bootstrap.servers" is required. doc/configuration.md lists the keys. Connects
 * nothing yet. Returns NULL and fills err: GW_EINVAL (names the key, and for an unknown one the
 * nearest), GW_EUNSUPPORTED (a security.protocol that is not built in), GW_ENOMEM.
 */
struct gw_client	*gw_client_new(const char *config, struct gw_err *err);
/* The same with memory from elsewhere: alloc is copied, its ctx outlives the client. */
struct gw_client	*gw_client_new_alloc(const char *config, struct gw_alloc alloc,
			    struct gw_err *err);

/*
 * Where the token of sasl.mechanism=OAUTHBEARER comes from: called at each login, and again before
 * a session ends. It writes at most cap bytes and returns how many, or GW_E*: then the login fails.
 * It must not wait long and not call the client. Goes before a token file; set it before the first
 * call that may connect.
 */
typedef int		 gw_token_fn(void *ctx, char *token, size_t cap);
void			 gw_on_token(struct gw_client *c, gw_token_fn *fn, void *ctx);

/*
 * Every frame that is sent or has come, before it is looked at: for a capture, or a trace. bytes is
 * the frame without its size, and only its first 8 (request) or 4 (answer) for SaslAuthenticate,
 * whose rest are passwords. fn must not call the client.
 */
struct gw_frame {
	int32_t		broker;		/* node id; -1: not known yet */
	uint16_t	port;
	bool		is_request;
	int16_t		api_key, api_version;
	struct gw_slice	bytes;		/* borrowed until fn returns */
};
typedef void		 gw_frame_fn(void *ctx, const struct gw_frame *f);
void			 gw_on_frame(struct gw_client *c, gw_frame_fn *fn, void *ctx);

/* The numbers of record batches. */
enum gw_compression { GW_NONE, GW_GZIP, GW_SNAPPY, GW_LZ4, GW_ZSTD };

/*
 * Another implementation of a codec, in place of the library's own or for a number that it has
 * none for (up to 7). compress: all of in into out, at most cap bytes; returns how many, or
 * GW_ELIMIT when that is too few: then the batch is sent as it is. decompress: the same; when cap
 * is too few it returns how many are needed, or GW_ELIMIT when it cannot tell, and is called again
 * with more room. Both: another GW_E* for what cannot be done (GW_EPROTO: damaged). They must not
 * call the client.
 */
struct gw_compressor {
	int64_t	(*compress)(void *ctx, struct gw_slice in, char *out, size_t cap);
	int64_t	(*decompress)(void *ctx, struct gw_slice in, char *out, size_t cap);
	void	*ctx;
};
/* with is copied; a NULL function: the library's own. 0, or GW_EINVAL: no such number. */
int			 gw_use_compressor(struct gw_client *c, enum gw_compression number,
			    const struct gw_compressor *with);

/* Drops what is undelivered; gw_flush() first. NULL is accepted. */
void			 gw_client_free(struct gw_client *c);

/* Leave the group, flush and close connections within the time. The result is as of gw_flush(). */
struct gw_flushed	 gw_client_close(struct gw_client *c, int timeout_ms);

/* The newest error of the whole client, or code 0. Valid until the next call on c. */
const struct gw_err	*gw_client_error(const struct gw_client *c);

/* ---- the loop ---- */

/*
 * What to wait for, and at most how long (-1: forever). Returns how many fds it wants, which may be
 * more than cap: then call again with more room.
 */
size_t	gw_pollfds(struct gw_client *c, struct pollfd *fds, size_t cap, int *timeout_ms);

/*
 * Go on with what poll() reported (fds may be stale or few; n 0: only timers). Never blocks, but
 * for the name service when a host is looked up. 0, or GW_ESTATE after fork(2).
 */
int	gw_process(struct gw_client *c, const struct pollfd *fds, size_t n);

/*
 * One turn: gw_pollfds(), poll(), gw_process(). Waits at most timeout_ms for something to happen.
 * 0, GW_EINTR (a signal came), GW_ESTATE after fork(2), GW_ENOMEM.
 */
int	gw_run(struct gw_client *c, int timeout_ms);

enum gw_event_type {
	GW_EVENT_NONE,
	GW_EVENT_DELIVERED,	/* one record acknowledged: opaque, topic, partition, offset */
	GW_EVENT_FAILED,	/* one record given up: the same and err */
	GW_EVENT_ASSIGNED,	/* the group gave partitions; gw_assignment() lists all */
	GW_EVENT_REVOKED,	/* the group took them; commits for them came too late */
	GW_EVENT_COMMITTED,	/* an offset commit ended; err.code 0 if well */
	GW_EVENT_TXN,		/* gw_end() is done; err.code 0: as asked. Else retriable says that
				   it was aborted and may be done again in a new transaction;
				   GW_ETIMEOUT without it, that nobody could say */
	GW_EVENT_ERROR		/* something worth knowing; the client goes on by itself unless
				   err.code is GW_EFENCED or GW_EAUTH */
};

struct gw_event {
	enum gw_event_type	 type;
	void			*opaque;	/* of gw_message */
	struct gw_slice		 topic;
	int32_t			 partition;
	int64_t			 offset;
	int32_t			 broker;	/* node id, -1: none */
	bool			 retriable;	/* the client tries again by itself */
	struct gw_err		 err;
};

/*
 * The next event: 1 and *ev, or 0. Its slices live until the next call on c. Of events that nobody
 * takes the newest 1024 are kept; delivery reports that were asked for are never dropped but count
 * in buffer.memory.
 */
int	gw_next_event(struct gw_client *c, struct gw_event *ev);

/* ---- produce ---- */

struct gw_header {
	struct gw_slice	key;
	struct gw_slice	value;		/* ptr NULL: null */
};

enum gw_message_flag {
	GW_MSG_PARTITION	= 1 << 0,	/* partition is set; else by key, or sticky */
	GW_MSG_TIMESTAMP	= 1 << 1,	/* timestamp_ms is set; else now */
	GW_MSG_REPORT		= 1 << 2	/* say GW_EVENT_DELIVERED too, not only failures */
};

struct gw_message {
	const char		*topic;
	struct gw_slice		 key, value;	/* ptr NULL: null */
	const struct gw_header	*headers;
	size_t			 n_headers;
	unsigned		 flags;
	int32_t			 partition;
	int64_t			 timestamp_ms;	/* Unix epoch */
	void			*opaque;	/* comes back in the event */
};

/*
 * Append one record to its partition's batch; everything is copied. Idempotent, acks=all unless
 * configured otherwise. Returns 0, or GW_EAGAIN at buffer.memory (run the loop, then try again),
 * GW_ELIMIT (larger than max.request.size), GW_EINVAL (topic, partition), GW_EFENCED, GW_ENOMEM;
 * gw_client_error() says more. Never waits; every batch.size bytes it takes a turn without waiting.
 */
int	gw_send(struct gw_client *c, const struct gw_message *m);

struct gw_flushed {
	size_t	delivered, failed;	/* since the last gw_flush() */
	size_t	pending;		/* neither yet: their fate is unknown */
};

/*
 * Send everything now and wait for the answers. Honest: what is not acknowledged is not delivered.
 * With pending > 0 gw_client_error() says why.
 */
struct gw_flushed	gw_flush(struct gw_client *c, int timeout_ms);

/* ---- transactions ----
 *
 * With transactional.id set, records are sent in transactions: all of one are read, or none, by
 * whoever reads with isolation.level=read_committed. By the classic protocol (brokers from 2.1) or
 * by KIP-890's (where transaction.version is 2), whichever the cluster has.
 *
 * gw_begin(), gw_send() and gw_commit_in_txn() any number of times, gw_end(). If anything in it
 * fails, it can only be aborted: gw_send() answers GW_ESTATE, gw_client_error() says why, and
 * gw_end() aborts whatever is asked. After an abort a reader goes back by gw_seek() of its
 * partitions to GW_OFFSET_COMMITTED. A newer client with the same transactional.id fences this one:
 * GW_EFENCED, for good.
 */
enum gw_txn_end { GW_ABORT, GW_COMMIT };

/*
 * Open a transaction; asks nobody yet. 0, GW_EAGAIN (the last one is still ending), GW_ESTATE (one
 * is open, or transactional.id is not set), GW_EFENCED, GW_EAUTH, GW_EUNSUPPORTED.
 */
int	gw_begin(struct gw_client *c);

/*
 * The group's position after b is committed with the transaction or not at all. 0, GW_ESTATE (no
 * transaction; or the partition was taken away since b was fetched: abort).
 */
int	gw_commit_in_txn(struct gw_client *c, const struct gw_batch *b);
/*
 * The same by number: offset is the next one to read of a partition that is assigned. A partition
 * that is taken away before the end dooms the transaction, as above.
 */
int	gw_commit_offset_in_txn(struct gw_client *c, const char *topic, int32_t partition,
	    int64_t offset);
/*
 * One offset of another group, one without members: for a number that changes with the transaction
 * or not at all, as how much of a file belongs to what was committed. topic must exist. The last
 * call of a transaction counts. 0, GW_ESTATE, GW_EINVAL (a name is missing or too long).
 */
int	gw_commit_beside_in_txn(struct gw_client *c, const char *group, const char *topic,
	    int32_t partition, int64_t offset);

/*
 * Begin to end it: GW_COMMIT sends what was not sent yet, waits until all of it is acknowledged,
 * then commits. Returns at once, 0, GW_ESTATE, GW_EFENCED; GW_EVENT_TXN says how it ended. That
 * takes no longer than transaction.timeout.ms, twice that if a commit becomes an abort.
 */
int	gw_end(struct gw_client *c, enum gw_txn_end how);

/*
 * Run the client until the transaction has ended. 0: as asked. GW_EAGAIN: not in that time, it goes
 * on. Else why it was aborted; GW_ETIMEOUT of a commit: nobody could say whether it was committed,
 * which the next transaction finds out first; GW_EFENCED.
 */
int	gw_end_wait(struct gw_client *c, int timeout_ms);

/*
 * After GW_EFENCED of a transaction: take the transactional.id back, as a new instance would. For
 * who knows that nobody else has it, so that only transaction.timeout.ms can have fenced it: a
 * process that was stopped, a broker that was away. What was under way is lost: begin anew. 0,
 * GW_EAGAIN (answers are still under way: run the client, then try again), GW_ESTATE (not fenced).
 */
int	gw_txn_take_back(struct gw_client *c);

/* ---- consume ---- */

enum gw_offset {
	GW_OFFSET_EARLIEST	= -2,	/* ListOffsets' own codes */
	GW_OFFSET_LATEST	= -1,
	GW_OFFSET_COMMITTED	= -1000	/* of group.id; else auto.offset.reset */
};

/* Read a partition by hand, from an offset or enum gw_offset. Not together with gw_subscribe(). */
int	gw_assign(struct gw_client *c, const char *topic, int32_t partition, int64_t offset);
int	gw_unassign(struct gw_client *c, const char *topic, int32_t partition);

/*
 * Join a group for one topic (more calls: more topics); one that begins with '^' is a regular
 * expression for whole names of topics, also of those made later (doc/consuming.md says which). By
 * KIP-848's protocol where the cluster has it, see group.protocol. Positions come from the group's
 * commits. 0, GW_EINVAL, GW_ELIMIT (a large expression), GW_ESTATE, GW_ENOMEM.
 */
int	gw_subscribe(struct gw_client *c, const char *topic, const char *group);

/*
 * Records of one partition, in order, or NULL: err->code GW_ETIMEOUT when there were none in time
 * (0 asks without waiting), GW_EINTR, GW_ESTATE (nothing is assigned), Kafka's code if it refused;
 * GW_ENOMEM when an answer is larger than client.memory allows (gw_seek() past it); after most of
 * them the next call tries on. The batch and its records live until the next
 * gw_fetch() or gw_client_free(); the position moves past it now.
 */
struct gw_batch	*gw_fetch(struct gw_client *c, int timeout_ms, struct gw_err *err);

struct gw_record {
	int64_t		 offset;
	int64_t		 timestamp_ms;	/* Unix epoch */
	struct gw_slice	 key, value;	/* borrowed from the batch; ptr NULL: null */
	uint32_t	 n_headers;
	struct gw_slice	 headers_wire;	/* read with gw_record_header() */
};

/*
 * The next record: 1 and *r, 0 at the end, GW_EPROTO or GW_ECORRUPT if the rest cannot be read
 * (*err of gw_client_error() says where; gw_seek() past it to go on).
 */
int	gw_batch_next(struct gw_batch *b, struct gw_record *r);

/* The next header of a record: set *pos to 0 before the first. 1, 0 at the end, GW_EPROTO. */
int	gw_record_header(const struct gw_record *r, size_t *pos, struct gw_header *h);

struct gw_batch_info {
	struct gw_slice	topic;
	int32_t		partition;
	int64_t		next_offset;	/* the position after this batch */
	int64_t		high_watermark;
	int64_t		lag;		/* high_watermark - next_offset */
	int32_t		broker;		/* node id of the partition's leader; -1: not known now */
	bool		log_append_time; /* timestamps are the broker's, not the producer's */
	int64_t		unreadable;	/* gw_batch_next() failed: seek here to go on; else -1 */
};
struct gw_batch_info	gw_batch_info(const struct gw_batch *b);

/* True when every assigned partition was read up to its high watermark. */
bool	gw_at_end(const struct gw_client *c);

int	gw_seek(struct gw_client *c, const char *topic, int32_t partition, int64_t offset);
int	gw_pause(struct gw_client *c, const char *topic, int32_t partition);
int	gw_resume(struct gw_client *c, const char *topic, int32_t partition);

struct gw_position {
	struct gw_slice	topic;
	int32_t		partition;
	int64_t		position;	/* next offset to be handed out; -1: not known yet */
	int64_t		committed;	/* by this client; -1: not yet */
	int64_t		high_watermark;	/* -1: not known yet */
};

/* The i-th assigned partition: 1 and *p, or 0 when i is past the last. */
int	gw_assignment(const struct gw_client *c, size_t i, struct gw_position *p);

/* Commit the group's position after b, and of all batches before it in its partition. Async. */
int	gw_commit(struct gw_client *c, const struct gw_batch *b);
/* The same by number: offset is the next one to read. */
int	gw_commit_offset(struct gw_client *c, const char *topic, int32_t partition, int64_t offset);
/* Wait until every gw_commit() so far has its answer. 0, GW_ETIMEOUT, or the group's error. */
int	gw_commit_wait(struct gw_client *c, int timeout_ms);

/* ---- administer ----
 *
 * Each gw_call_*() begins a request and returns at once (NULL: out of memory or a bad argument).
 * It goes on inside gw_process(); gw_call_wait() runs the client until it ends. Results live in the
 * call until gw_call_free(). timeout_ms of the call itself: twice request.timeout.ms.
 */
int			 gw_call_wait(struct gw_call *call, int timeout_ms); /* 0, or its error */
bool			 gw_call_done(const struct gw_call *call);
const struct gw_err	*gw_call_error(const struct gw_call *call);		/* code 0: well */
void			 gw_call_free(struct gw_call *call);	/* NULL is accepted */

struct gw_config {
	const char	*name;
	const char	*value;		/* NULL: the broker keeps it secret, or unset */
	bool		 is_default, is_read_only;
};

/* n_partitions and replication_factor -1: the broker's default. configs may be NULL. */
struct gw_call	*gw_call_create_topic(struct gw_client *c, const char *topic, int32_t n_partitions,
		    int16_t replication_factor, const struct gw_config *configs, size_t n_configs);
struct gw_call	*gw_call_delete_topic(struct gw_client *c, const char *topic);

/* To so many in all; there is no way back. With dry_run the broker only says whether it would. */
struct gw_call	*gw_call_grow_topic(struct gw_client *c, const char *topic, int32_t n_partitions,
		    bool dry_run);

struct gw_broker_info {
	int32_t		 node_id;
	const char	*host, *rack;	/* rack may be NULL */
	int32_t		 port;
};
struct gw_partition_info {
	int32_t		 partition, leader, leader_epoch;	/* leader -1: none now */
	int32_t		*replicas, *isr;
	size_t		 n_replicas, n_isr;
	int		 error;
};
struct gw_topic_info {
	const char			*name;
	bool				 is_internal;
	int				 error;		/* Kafka's code; 3: no such topic */
	struct gw_partition_info	*partitions;
	size_t				 n_partitions;
};
struct gw_cluster_info {
	const char		*cluster_id;	/* may be NULL */
	int32_t			 controller;
	struct gw_broker_info	*brokers;
	size_t			 n_brokers;
	struct gw_topic_info	*topics;
	size_t			 n_topics;
};
/* topic NULL: all of them. Never creates a topic. */
struct gw_call			*gw_call_cluster(struct gw_client *c, const char *topic);
const struct gw_cluster_info	*gw_call_cluster_result(const struct gw_call *call);

struct gw_configs { struct gw_config *configs; size_t n_configs; };
struct gw_call			*gw_call_topic_configs(struct gw_client *c, const char *topic);
/* node_id -1: what is set for all brokers alike. */
struct gw_call			*gw_call_broker_configs(struct gw_client *c, int32_t node_id);
const struct gw_configs		*gw_call_configs_result(const struct gw_call *call);

/*
 * Changes what is named and nothing else (KIP-339). Brokers before 2.3 only replace all settings:
 * there they are read first and written back with the change, which a GW_EVENT_ERROR says, for what
 * somebody else changes meanwhile is lost; GW_EUNSUPPORTED if a secret one would be.
 */
struct gw_alter {
	const char		*topic;		/* NULL: of a broker */
	int32_t			 node_id;	/* -1: of all brokers */
	const struct gw_config	*configs;	/* value NULL: back to the default */
	size_t			 n_configs;
	bool			 dry_run;	/* only say whether it would do */
};
struct gw_call			*gw_call_alter_configs(struct gw_client *c,
				    const struct gw_alter *a);

struct gw_offset_info {
	const char	*topic;
	int32_t		 partition;
	int64_t		 offset;	/* -1: none */
	int64_t		 timestamp_ms;	/* -1: none */
	int		 error;
};
struct gw_offsets { struct gw_offset_info *offsets; size_t n_offsets; };
/* All partitions of a topic at enum gw_offset or, if >= 0, the first record of that time (ms). */
struct gw_call			*gw_call_list_offsets(struct gw_client *c, const char *topic,
				    int64_t at);
/*
 * Records before an offset, for good: topic and timestamp of "before" do not matter, offset -1 is
 * all there are. The result has each partition's first offset now, or its error.
 */
struct gw_call			*gw_call_delete_records(struct gw_client *c, const char *topic,
				    const struct gw_offset_info *before, size_t n);
/* What a group has committed, over all its topics. */
struct gw_call			*gw_call_group_offsets(struct gw_client *c, const char *group);
/*
 * Commit for a group from outside, or forget what it committed (offset does not matter; brokers
 * from 2.4 on). Partitions of a topic stand together. A group with members that read the topic
 * refuses: UNKNOWN_MEMBER_ID, GROUP_SUBSCRIBED_TO_TOPIC. The result has each partition and its
 * error.
 */
struct gw_call			*gw_call_set_group_offsets(struct gw_client *c, const char *group,
				    const struct gw_offset_info *offsets, size_t n);
struct gw_call			*gw_call_delete_group_offsets(struct gw_client *c,
				    const char *group, const struct gw_offset_info *offsets,
				    size_t n);
const struct gw_offsets		*gw_call_offsets_result(const struct gw_call *call);

struct gw_group_member {
	const char	*member_id, *instance_id;	/* instance_id may be NULL */
	const char	*client_id, *host;
	const char	**topics;	/* assigned: topics[i], partitions[i] for i < n_assigned */
	int32_t		*partitions;
	size_t		 n_assigned;
};
struct gw_group_info {
	const char		*group, *state, *protocol_type, *protocol;
	const char		*type;		/* "classic", "consumer", ...; "": not told */
	int			 error;
	struct gw_group_member	*members;	/* only in gw_call_describe_group() */
	size_t			 n_members;
};
struct gw_groups { struct gw_group_info *groups; size_t n_groups; };
struct gw_call			*gw_call_list_groups(struct gw_client *c); /* asks every broker */
struct gw_call			*gw_call_describe_group(struct gw_client *c, const char *group);
const struct gw_groups		*gw_call_groups_result(const struct gw_call *call);
/* One without members. */
struct gw_call			*gw_call_delete_group(struct gw_client *c, const char *group);

/* name NULL: not known here */
struct gw_api_info { int16_t key, min, max; const char *name; };
struct gw_feature_info {
	const char	*name;		/* "metadata.version" */
	int		 level;		/* of the cluster; -1: not set */
	int		 min, max;	/* that this broker could do */
};
struct gw_features {
	struct gw_api_info	*apis;
	size_t			 n_apis;
	struct gw_feature_info	*features;	/* brokers from 2.4 on */
	size_t			 n_features;
	int64_t			 epoch;		/* of the levels; -1: none */
};
/* What a broker offers; node_id -1: any. */
struct gw_call			*gw_call_features(struct gw_client *c, int32_t node_id);
const struct gw_features	*gw_call_features_result(const struct gw_call *call);

/* Transactions of anybody (KIP-664): brokers from 3.0 on, who writes from 2.8 on. */
struct gw_txn_info {
	const char	*id, *state;	/* transactional.id; "Ongoing", "CompleteCommit", ... */
	int64_t		 producer_id;
	int16_t		 producer_epoch;	/* this and the rest: only when described */
	int64_t		 started_ms;		/* -1: none is open */
	int32_t		 timeout_ms;
	/* what it has written to: topics[i], partitions[i] */
	const char	**topics;
	int32_t		*partitions;
	size_t		 n_partitions;
};
struct gw_txns { struct gw_txn_info *txns; size_t n_txns; };
/* asks every broker */
struct gw_call			*gw_call_list_txns(struct gw_client *c);
struct gw_call			*gw_call_describe_txn(struct gw_client *c, const char *id);
const struct gw_txns		*gw_call_txns_result(const struct gw_call *call);

struct gw_producer_info {
	const char	*topic;
	int32_t		 partition;
	int64_t		 producer_id;
	int16_t		 producer_epoch;
	int32_t		 coordinator_epoch;	/* -1: no transaction of it ended here yet */
	int32_t		 last_sequence;
	int64_t		 last_ms;
	int64_t		 txn_start;		/* first offset of its open transaction; -1: none */
};
struct gw_producers_found { struct gw_producer_info *producers; size_t n_producers; };
struct gw_call			*gw_call_topic_producers(struct gw_client *c, const char *topic);
const struct gw_producers_found	*gw_call_producers_result(const struct gw_call *call);
/*
 * Write the marker that ends a transaction nobody else will end. Only for one whose coordinator has
 * forgotten it: else what it writes later stands outside of any.
 */
struct gw_call			*gw_call_abort_txn(struct gw_client *c,
				    const struct gw_producer_info *p);

/* ---- the state, readable ---- */

struct gw_stats {
	uint64_t	records_sent, records_delivered, records_failed, records_received;
	uint64_t	bytes_out, bytes_in, requests, responses, retries, connects, disconnects;
	size_t		pending;		/* records neither delivered nor failed */
	/* of client.memory: now, and at most so far */
	size_t		memory_used, memory_max;
	size_t		connections;		/* open now */
	/* the first end of a certificate, ours or a broker's, that these show; 0: none */
	int64_t		certificate_expires_s;	/* Unix epoch */
	int		group_state;		/* enum gw_group_state */
	int32_t		generation;
};
enum gw_group_state { GW_GROUP_NONE, GW_GROUP_JOINING, GW_GROUP_SYNCING, GW_GROUP_STABLE };

void		 gw_get_stats(const struct gw_client *c, struct gw_stats *out);
const char	*gw_version(void);

#endif

/* SPDX-License-Identifier: MIT
 *
 * broker/broker_int.h - the broker's inside: what its parts share. Nobody else includes it.
 *
 *	broker.c	options, open, close
 *	broker_loop.c	descriptors, deadline, process
 *	broker_state.c	meta.log to topics, groups and ids, and back
 *	broker_sync.c	who is to be synced when; housekeeping by time
 *	group*.c	classic groups; ngroup*.c those of KIP-848
 *	txn.c		who may do what in a transaction; txn_state.c in meta.log; txn_end.c its end
 *	topics.c	topics and their partitions; topics_open.c at the start
 *	peer.c		connections: frames in, answers out, in order
 *	dispatch.c	the table of requests; requests that wait
 *	on_*.c		what each request does
 */
#ifndef GW_BROKER_INT_H
#define GW_BROKER_INT_H

#include "base/arena.h"
#include "broker/broker.h"
#include "broker/fetch_session.h"
#include "broker/group.h"
#include "broker/meta.h"
#include "broker/ngroup.h"
#include "broker/plog.h"
#include "broker/release.h"
#include "broker/topic_config.h"
#include "broker/users.h"
#include "broker/txn.h"
#include "wire/api.h"

#define GW_BROKER_ID		1

/* Limits that no option changes. */
#define GW_BROKER_FRAME_MAX	(64u << 20) /* a request; Apache Kafka takes 100 MiB */
#define GW_BROKER_FETCH_MAX	(16 << 20)  /* an answer's records, but for a larger first batch */
#define GW_BROKER_OUT_MAX	(1u << 20)  /* bytes of answers unsent: then no request is read */
#define GW_BROKER_WAITING_MAX	32	    /* requests of one connection that wait for a sync */
#define GW_BROKER_ARENA_MAX	(64u << 20) /* what one request may decode to */
#define GW_BROKER_PARTITIONS_MAX 10000	    /* of one topic */
#define GW_BROKER_ALL_PARTITIONS_MAX 100000
#define GW_BROKER_TOPIC_NAME_MAX 249	    /* as in Apache Kafka */
/* Then a sync begins whatever the policy, so that rolling a segment need not wait long. */
#define GW_BROKER_UNSYNCED_MAX	(16 << 20)

/* ---- topics ---- */

struct gw_topic {
	char			*name;
	struct gw_uuid		 id;
	struct gw_plog		**parts;
	int32_t			 n_parts;
	struct gw_topic_configs	 configs;
	struct gw_topic_policy	 policy;
};

struct gw_topic	*gw_topic_by_name(const struct gw_broker *b, struct gw_slice name);
struct gw_topic	*gw_topic_by_id(const struct gw_broker *b, const struct gw_uuid *id);
/* By whichever the version of a request carries: id from its version on, else name. */
struct gw_topic	*gw_topic_named(const struct gw_broker *b, bool by_id, struct gw_slice name,
	    const struct gw_uuid *id);
/* NULL: no such partition (or t is NULL). */
struct gw_plog	*gw_topic_part(const struct gw_topic *t, int32_t index);
bool	gw_topic_name_ok(struct gw_slice name);
/*
 * Make it on disk and in meta.log; durable when it returns. configs is copied. 0, Kafka's error or
 * GW_E*.
 */
int	gw_topic_create(struct gw_broker *b, struct gw_slice name, int32_t n_parts,
	    const struct gw_topic_configs *configs, struct gw_topic **out, struct gw_err *err)
	    GW_CHECK_RESULT;
int	gw_topic_grow(struct gw_broker *b, struct gw_topic *t, int32_t n_parts, struct gw_err *err)
	    GW_CHECK_RESULT;
int	gw_topic_delete(struct gw_broker *b, struct gw_topic *t, struct gw_err *err)
	    GW_CHECK_RESULT;
/* Replace the overrides (taken over on success). */
int	gw_topic_configure(struct gw_broker *b, struct gw_topic *t,
	    struct gw_topic_configs *configs) GW_CHECK_RESULT;
/* From meta.log: known, its logs not open yet; then open them all. */
int	gw_topic_restore(struct gw_broker *b, const struct gw_meta_topic *m) GW_CHECK_RESULT;
void	gw_topic_forget(struct gw_broker *b, const struct gw_uuid *id);
int	gw_topics_open(struct gw_broker *b, bool clean, struct gw_err *err) GW_CHECK_RESULT;
void	gw_topics_fini(struct gw_broker *b);
/* configs has room for GW_TOPIC_KEYS; m borrows from both. */
void	gw_topic_to_meta(const struct gw_topic *t, struct gw_meta_topic *m,
	    struct gw_meta_config *configs);

/* Between topics.c and topics_open.c. */
struct gw_topic	*gw_topic_new(struct gw_broker *b, struct gw_slice name, const struct gw_uuid *id,
	    int32_t n_parts);
void	gw_topic_free(struct gw_broker *b, struct gw_topic *t);	/* NULL is accepted */
int	gw_topic_enter(struct gw_broker *b, struct gw_topic *t) GW_CHECK_RESULT;
void	gw_topic_leave(struct gw_broker *b, struct gw_topic *t);
int	gw_topic_open_partition(struct gw_broker *b, struct gw_topic *t, int32_t i, bool create,
	    bool clean, struct gw_err *err) GW_CHECK_RESULT;
void	gw_topic_forget_offsets(struct gw_broker *b, const struct gw_topic *t);

/* ---- connections and requests ---- */

struct gw_peer;
struct gw_pending;

/* A request on its way to an answer. Pooled; the arena lives as long as the request. */
struct gw_pending {
	struct gw_broker	*b;
	struct gw_peer		*conn;
	struct gw_pending	*next;		/* of the connection, in order of arrival */
	struct gw_pending	*wait_prev, *wait_next;	/* of all that wait */
	struct gw_request_header h;		/* client_id: gone once it waits */
	const struct gw_api	*api;
	struct gw_arena		 arena;
	struct gw_buf		 answer;	/* when it cannot go out yet */
	bool			 waiting, answered;
	bool			 silent;	/* no answer is wanted (acks=0) */
	/*
	 * Of a waiting one. resume() is tried when something moved or the time is over: 0 when it
	 * has answered, GW_EAGAIN.
	 */
	int			(*resume)(struct gw_pending *p, bool timed_out);
	void			*state;
	int64_t			 deadline_us;	/* INT64_MAX: none */
	bool			 pipelines;	/* requests behind it may begin meanwhile */
};

/* What a handler gets. */
struct gw_request {
	struct gw_broker	*b;
	struct gw_pending	*p;
	struct gw_arena		*arena;
	int16_t			 version;
	struct gw_slice		 client_id;
	const char		*client_host;
	struct gw_time		 now;
};

/*
 * Fill the response (zeroed, then set to the schema's defaults). 0: answer with it. GW_EAGAIN: it
 * waits, p's resume, state and deadline are set. GW_ENOMEM, GW_EPROTO and others close the
 * connection.
 */
typedef int gw_handler(struct gw_request *rq, const void *request, void *response);

struct gw_served {
	int16_t		 key, min, max;
	gw_handler	*handle;
};
extern const struct gw_served	gw_served[];
extern const size_t		gw_n_served;
/* One of the table, narrowed to what the release offers that this broker plays; false: nothing. */
bool				 gw_served_narrow(const struct gw_broker *b,
				    const struct gw_served *s, struct gw_served *out);
bool				 gw_served_find(const struct gw_broker *b, int16_t key,
				    struct gw_served *out);

gw_handler gw_on_api_versions, gw_on_metadata, gw_on_describe_cluster, gw_on_find_coordinator;
gw_handler gw_on_create_topics, gw_on_delete_topics, gw_on_create_partitions, gw_on_delete_records;
gw_handler gw_on_describe_configs, gw_on_incremental_alter_configs, gw_on_alter_configs;
gw_handler gw_on_produce, gw_on_fetch, gw_on_list_offsets, gw_on_init_producer_id;
gw_handler gw_on_offset_for_leader_epoch;
gw_handler gw_on_sasl_handshake, gw_on_sasl_authenticate;
gw_handler gw_on_join_group, gw_on_sync_group, gw_on_heartbeat, gw_on_leave_group;
gw_handler gw_on_consumer_group_heartbeat, gw_on_consumer_group_describe;
gw_handler gw_on_describe_groups, gw_on_list_groups, gw_on_delete_groups;
gw_handler gw_on_offset_commit, gw_on_offset_fetch;
gw_handler gw_on_add_partitions_to_txn, gw_on_add_offsets_to_txn, gw_on_end_txn;
gw_handler gw_on_txn_offset_commit;
gw_handler gw_on_offset_delete, gw_on_write_txn_markers, gw_on_describe_producers;
gw_handler gw_on_describe_transactions, gw_on_list_transactions;

/* One frame (without its size) of a connection. 0, or GW_E*: close it. */
int	gw_dispatch(struct gw_broker *b, struct gw_peer *c, struct gw_slice frame);
/* A waiting request's response is ready. */
int	gw_pending_answer(struct gw_pending *p, const void *response);
void	gw_pending_wait(struct gw_pending *p);	/* into the list of those that wait */
/*
 * What a handler returns when its answer depends on meta.log: 0, or GW_EAGAIN with the answer to
 * come when the log is durable. The response may not borrow from the frame.
 */
int	gw_wait_meta(struct gw_request *rq, void *response) GW_CHECK_RESULT;
int	gw_never(struct gw_pending *p, bool timed_out);		/* a resume() that never goes on */
struct gw_pending *gw_pending_new(struct gw_broker *b, struct gw_peer *c);
void	gw_pending_free(struct gw_pending *p);
/* Try all that wait; returns when nothing more moves. */
void	gw_waiting_resume(struct gw_broker *b, struct gw_time now);
/* A topic goes: nothing may point at its logs after this. */
void	gw_waiting_forget_topic(struct gw_broker *b, const struct gw_topic *t);
void	gw_produce_forget(struct gw_pending *p, const struct gw_plog *l);
void	gw_fetch_forget(struct gw_pending *p, const struct gw_plog *l);
/* Hand out what the groups have answered. */
void	gw_coord_deliver(struct gw_broker *b);

struct gw_peer {
	struct gw_broker	*b;
	int			 h;		/* -1: closed, to be freed */
	char			 peer[GW_ADDR_TEXT_MAX];	/* address and port, for logs */
	char			 host[GW_ADDR_TEXT_MAX + 1]; /* "/127.0.0.1", as groups show it */
	struct gw_buf		 in, out;
	size_t			 out_at;	/* sent of out */
	struct gw_pending	*first, **last;	/* requests not answered yet, in order */
	size_t			 n_pending;
	int64_t			 last_us;	/* something came or went */
	bool			 ended;		/* the other side sends no more */
	bool			 spoke;		/* a whole request came once */
	bool			 logged_in;
	bool			 closing;	/* after what is to be said; nothing more is read */
	struct gw_peer_login	*login;		/* under way; on_sasl.c */
};

/* on_sasl.c */
bool	gw_peer_may_ask(const struct gw_peer *c, int16_t key);
void	gw_peer_login_drop(struct gw_peer *c);

void	gw_peer_accept_all(struct gw_broker *b, struct gw_time now);
/* why NULL: nothing to say in the log. */
void	gw_peer_close(struct gw_peer *c, const char *why);
void	gw_peer_ready(struct gw_peer *c, short revents, struct gw_time now);
/* Answers that may go out now, requests that may begin now. */
void	gw_peer_turn(struct gw_peer *c);
short	gw_peer_events(const struct gw_peer *c);
void	gw_peer_free(struct gw_peer *c);

/* ---- the whole ---- */

struct gw_broker {
	struct gw_env			*env;
	struct gw_broker_options	 o;
	const struct gw_release		*release;	/* NULL: none, all is offered */
	char				*dir, *host;
	int				 lock_h, listen_h;	/* -1: none */
	struct gw_addr			 addr;
	struct gw_uuid			 cluster_id;
	char				 cluster_text[32];	/* base64url, as Apache prints it */
	int32_t				 leader_epoch;
	struct gw_syncer		 syncer;
	struct gw_meta			 meta;
	struct gw_map			 topics_by_name, topics_by_id;
	size_t				 n_partitions;
	uint64_t			 topics_moved;	/* grows when topics come, go or grow */
	struct gw_users		 users;
	struct gw_coord		 groups;
	struct gw_xacts		 txns;
	struct gw_sessions		 sessions;
	int64_t				 producer_next, producer_end;	/* ids in hand */
	struct gw_map			 restored;	/* facts of meta.log until logs are open */
	struct gw_peer			**conns;
	size_t				 n_conns, cap_conns;
	struct gw_pending		*waiting, *pool;
	size_t				 n_pool;
	struct gw_plog			*dirty;		/* logs with unsynced bytes */
	struct gw_buf			 stage;		/* the batch being appended */
	struct gw_buf			 scratch;	/* inflated records */
	struct gw_buf			 fetched;	/* records to send */
	uint64_t			 moved, seen_moved; /* what may let a waiting one go on */
	uint64_t			 seen_syncs;
	int64_t				 sync_due_us, keep_due_us;	/* INT64_MAX: not due */
	bool				 disk_full_said, accept_paused;
	int				 fatal;
	struct gw_broker_stats		 stats;
};

/* broker_state.c */
int	gw_state_load(struct gw_broker *b, struct gw_err *err) GW_CHECK_RESULT;
int	gw_state_rewrite(struct gw_broker *b, struct gw_err *err) GW_CHECK_RESULT;
int	gw_state_producer_id(struct gw_broker *b, int64_t *id) GW_CHECK_RESULT;
/* Meta entries that must be durable before the answer unless the policy is NEVER. */
int	gw_state_put_now(struct gw_broker *b, enum gw_entry_type type,
	    void (*visit)(struct gw_codec *, void *),
	    const void *msg) GW_CHECK_RESULT;
struct gw_partition_facts {		/* from meta.log */
	struct gw_meta_partition	start;		/* topic_id and partition are the key */
	int64_t				log_start;
	struct gw_epoch_start		*epochs;
	size_t				n_epochs, cap_epochs;
};
struct gw_partition_facts *gw_state_facts(struct gw_broker *b, const struct gw_uuid *id,
	    int32_t partition, bool make);
void	gw_state_drop_facts(struct gw_broker *b);

/* txn_state.c: transactions in meta.log. */
int	gw_xact_restore(struct gw_broker *b, const struct gw_entry *e) GW_CHECK_RESULT;
int	gw_xact_write_all(struct gw_broker *b, struct gw_buf *out) GW_CHECK_RESULT;
/* parts (of which there are n) and groups of t beside: a decision is put before it is made. */
int	gw_xact_put(struct gw_broker *b, const struct gw_xact *t) GW_CHECK_RESULT;
/* Add to t, in meta.log too; what is there already costs nothing. 0 or GW_E*. */
int	gw_xact_put_part(struct gw_broker *b, struct gw_xact *t, const struct gw_uuid *topic,
	    int32_t partition, struct gw_time now) GW_CHECK_RESULT;
int	gw_xact_put_group(struct gw_broker *b, struct gw_xact *t, struct gw_slice group,
	    struct gw_time now) GW_CHECK_RESULT;
int	gw_xact_put_offset(struct gw_broker *b, struct gw_xact *t, const struct gw_xact_offset *o)
	    GW_CHECK_RESULT;
/* Its pending offsets become its groups'. 0 or GW_ENOMEM. */
int	gw_xact_give_offsets(struct gw_broker *b, const struct gw_xact *t) GW_CHECK_RESULT;

/* txn_end.c */
/*
 * Decide: in meta.log, and (unless that must be durable first) in the logs at once. 0, or GW_E* and
 * nothing has changed.
 */
int	gw_xact_end_it(struct gw_broker *b, struct gw_xact *t, bool commit, enum gw_xact_bump bump,
	    struct gw_time now) GW_CHECK_RESULT;
/* What was decided goes to the logs if meta.log is durable as far as the policy asks. */
void	gw_xact_finish(struct gw_broker *b, struct gw_xact *t, struct gw_time now);
/* Finish what can be, abort what took too long. */
void	gw_xact_turn(struct gw_broker *b, struct gw_time now);
/* After a start: end in every log what is decided, abort what nobody knows. */
int	gw_xact_recover(struct gw_broker *b, struct gw_err *err) GW_CHECK_RESULT;
void	gw_xact_keep(struct gw_broker *b, int64_t wall_ms);	/* forget old ids */

/* ngroup_state.c: KIP-848 groups in meta.log. 0 or GW_E*. */
int	gw_ngroup_put(struct gw_broker *b, struct gw_cgroup *g) GW_CHECK_RESULT; /* what changed */
void	gw_ngroups_put(struct gw_broker *b);	/* of all; an error is logged, and tried again */
int	gw_ngroups_write_all(struct gw_broker *b, struct gw_buf *out) GW_CHECK_RESULT;
/* Nobody is in it: from now on it is a classic group. */
int	gw_ngroup_end(struct gw_broker *b, struct gw_cgroup *g) GW_CHECK_RESULT;
int	gw_ngroup_restore(struct gw_broker *b, const struct gw_entry *e) GW_CHECK_RESULT;
bool	gw_ngroups_are_on(const struct gw_broker *b);	/* group.version 1; on_api_versions.c */

/* on_produce.c: append a batch that was checked, and note a new leader epoch. 0 or GW_E*. */
int	gw_log_append(struct gw_broker *b, struct gw_topic *t, int32_t partition, uint8_t *batch,
	    struct gw_batch_header *h, int64_t wall_ms) GW_CHECK_RESULT;

/* broker_sync.c */
void	gw_sync_touch(struct gw_broker *b, struct gw_plog *l);	/* it has unsynced bytes now */
void	gw_sync_forget(struct gw_broker *b, struct gw_plog *l);
/* Begin what is due, take what ended. 0 or what ends the broker. */
int	gw_sync_turn(struct gw_broker *b, struct gw_time now);
/* Retention, expiry, meta.log's size, when it is time; soon: a topic has new settings. */
void	gw_keep_turn(struct gw_broker *b, struct gw_time now);
void	gw_keep_soon(struct gw_broker *b, struct gw_time now);
/* Whether an answer may say "stored" for offsets below end. */
bool	gw_log_is_stored(const struct gw_plog *l, int64_t end);
/* Log a failed write once, until one works again; true for Kafka's KAFKA_STORAGE_ERROR. */
void	gw_broker_disk_error(struct gw_broker *b, const char *what, int rc);
void	gw_broker_disk_works(struct gw_broker *b);

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/client/fake.h - what a client is tested against: brokers that answer as scripted, on a
 * network in memory, under a clock that jumps to whatever happens next. Brokers keep logs, check
 * sequences as Apache Kafka does (ProducerAppendInfo.java) and run one group; a plan makes single
 * requests fail in chosen ways. Everything is in one struct so that tests can look inside.
 */
#ifndef GW_TEST_FAKE_H
#define GW_TEST_FAKE_H

#include "client/internal.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/mem_net.h"
#include "wire/api.h"
#include "wire/record_batch.h"

#define FAKE_BROKERS	3
#define FAKE_TOPICS	4
#define FAKE_PARTS	4
#define FAKE_CONNS	16
#define FAKE_BATCHES	512
#define FAKE_SEEN	2048
#define FAKE_PLANS	32
#define FAKE_PORT	9000		/* of node 1; node n is at FAKE_PORT + n - 1 */
#define FAKE_HELD	8

enum fake_action {
	FAKE_ERROR,		/* answer with the code, do nothing */
	FAKE_TAKE_AND_ERROR,	/* do it, but answer with the code */
	FAKE_CLOSE,		/* close the connection, do nothing */
	FAKE_TAKE_AND_CLOSE,	/* do it, then close without an answer */
	FAKE_SILENCE,		/* do nothing, never answer */
	FAKE_THROTTLE		/* answer well, with throttle_time_ms = code */
};

/* The next `times` requests of this API, after `skip` that pass. */
struct fake_plan {
	int16_t			key;
	enum fake_action	action;
	int16_t			code;
	unsigned		skip, times;
};

struct fake_batch {
	int64_t	 base_offset;
	uint8_t	*bytes;
	size_t	 len;
	int64_t	 producer_id;
	int16_t	 epoch;
	int32_t	 sequence, n;
	int16_t	 attributes;
};

struct fake_part {
	int32_t			 leader, epoch;
	int32_t			 near;		/* the replica that readers are sent to; 0: none */
	int64_t			 near_end;	/* as far as that one is; 0: all */
	struct fake_batch	 batches[FAKE_BATCHES];
	size_t			 n_batches;
	int64_t			 start, end;	/* offsets in the log */
	bool			 forgot;	/* knows nothing of producers any more */
	bool			 lost;		/* the next sequence check fails whatever it is */
	int64_t			 committed;	/* by the group; -1 none */
	int32_t			 committed_epoch;
};

struct fake_topic {
	const char		*name;
	int32_t			 n_parts;
	int16_t			 error;		/* in metadata */
	size_t			 batch_max;	/* max.message.bytes; 0: none */
	struct fake_part	 parts[FAKE_PARTS];
};

/* A request as it came. */
struct fake_seen {
	int16_t	key, version;
	int32_t	node;
	int64_t	at_us;
	/* Produce: of the first partition named; Fetch: its session, and how many it named */
	int32_t	partition, sequence, n_records;
	int16_t	epoch;
	int64_t	producer_id;
	int32_t	session_id, session_epoch, n_parts, n_forgotten;
	size_t	n_topics;	/* Metadata */
	int64_t	offset;
	bool	stable;		/* OffsetFetch: waits for open transactions */
};

struct fake_conn {
	int			 handle;	/* -1: none */
	struct gw_buf		 in, out;
};

/* A fetch that waits for data. */
struct fake_held {
	struct fake_conn	*conn;		/* NULL: free */
	int64_t			 until_us;
	struct gw_request_header header;
};

enum fake_versions { FAKE_V_NORMAL, FAKE_V_35_RANGE, FAKE_V_35_EMPTY, FAKE_V_CLOSE };

struct fake_broker {
	struct fake_world	*world;
	int32_t			 node_id;
	struct mem_node		*host;
	int			 listener;	/* -1: down */
	bool			 hangs;		/* reads nothing, answers nothing, keeps all */
	bool			 unnamed;	/* in no Metadata of the others */
	bool			 parks;		/* acks=all waits, and what is behind it in its
						   connection */
	struct fake_conn	 conns[FAKE_CONNS];
	struct fake_held	 held[FAKE_HELD];
	enum fake_versions	 versions;
	int16_t			 max[GW_API_KEY_MAX];	/* advertised; -1: as the codecs know */
	int32_t			 session_id, session_epoch;	/* of the fetch session; 0: none */
	int32_t			 fetch_max;	/* bytes, as asked last */
	int64_t			 session_at[FAKE_TOPICS][FAKE_PARTS];	/* -1: not in it */
	int32_t			 session_last[FAKE_TOPICS][FAKE_PARTS];	/* last fetched epoch */
	int32_t			 session_leader[FAKE_TOPICS][FAKE_PARTS];	/* epoch as asked */
};

struct fake_group {
	int32_t		generation;
	bool		need_member_id;		/* 79 first, as from JoinGroup 4 on */
	bool		has_other;		/* "aaa" is a member too, with the same topics */
	const char	*leader;		/* NULL: the client */
	int16_t		heartbeat;		/* answer to heartbeats */
	unsigned	n_left;
	char		member[64];
	uint8_t		metadata[2][512];	/* of the client's first strategy; "aaa"'s, else the
						   same */
	size_t		metadata_len[2];
	uint8_t		assignment[2][512];	/* made by the client: its own; the other's */
	size_t		assignment_len[2];
	int32_t		coordinator;		/* node */
};

/* The same group by KIP-848: one member, who gets what the test says. fake_consumer_group.c */
struct fake_consumer_group {
	int16_t		version;		/* finalized group.version; 0: none */
	int32_t		epoch, member_epoch;	/* of the group; of the member, 0: none */
	char		member[64];
	bool		given[FAKE_TOPICS][FAKE_PARTS];
	bool		owned[FAKE_TOPICS][FAKE_PARTS];	/* as the member said last */
	/* of the last heartbeat */
	bool		told_topics, told_owned;
	size_t		n_names;
	int32_t		rebalance_timeout_ms;
	char		regex[64], assignor[32], instance[32];
	unsigned	n_joins, n_left;
	int32_t		left_with;		/* epoch */
	const char	*message;		/* of an error */
};

/* The transactions of one transactional.id. */
struct fake_txn {
	int32_t		coordinator;		/* node */
	int16_t		version;		/* finalized transaction.version */
	int64_t		id;			/* -1: none yet */
	int16_t		epoch, last_epoch;	/* last: of the transaction that ended last */
	bool		open, group;		/* group: offsets belong to it */
	int		last;			/* 1: committed, 2: aborted */
	bool		in[FAKE_TOPICS][FAKE_PARTS];
	int64_t		offset[FAKE_TOPICS][FAKE_PARTS];	/* -1: none */
	int32_t		offset_epoch;		/* of the last of them */
	unsigned	n_commits, n_aborts, n_inits;
	bool		init_with_id;		/* the last InitProducerId named its own id */
	int32_t		generation;		/* of the last TxnOffsetCommit */
};

struct fake_world {
	struct gw_time		 now;
	struct mem_net		*net;
	struct mem_node		*client_host;
	struct gw_net		 client_net;	/* its seam, with a poll() that runs this world */
	struct fail_alloc	 client_alloc;
	struct gw_alloc		 alloc;		/* the brokers' own */
	struct gw_arena		 arena;
	struct gw_env		 env;
	struct fake_broker	 brokers[FAKE_BROKERS];
	size_t			 n_brokers;
	struct fake_topic	 topics[FAKE_TOPICS];
	size_t			 n_topics;
	char			 made[64];	/* name of the topic that a test created */
	char			 replaced[128];	/* by AlterConfigs: "name=value " of each */
	bool			 tried;		/* it was only to be tried */
	struct fake_plan	 plans[FAKE_PLANS];
	size_t			 n_plans;
	struct fake_seen	 seen[FAKE_SEEN];
	size_t			 n_seen;
	struct fake_group	 group;
	struct fake_consumer_group consumer_group;
	struct fake_txn		 txn;
	/* Metadata has no topic ids, as in versions before 10 */
	bool			 without_ids;
	int64_t			 next_producer_id;
	uint64_t		 polls;		/* a client that spins is found out */
	int64_t			 session_lifetime_ms;	/* of a login; 0: until closed */
	bool			 interrupt;	/* the next poll() answers GW_EINTR */
};

/* n_brokers nodes, all up; no topics. fake_free() asserts that the client left nothing. */
struct fake_world	*fake_new(size_t n_brokers);
void			 fake_free(struct fake_world *w);
/* n_parts partitions, led in turn by node 1, 2, ... */
struct fake_topic	*fake_topic(struct fake_world *w, const char *name, int32_t n_parts);
/* Bootstraps from node 1; more is appended to the configuration. */
struct gw_client	*fake_client(struct fake_world *w, const char *more);
void	fake_plan(struct fake_world *w, int16_t key, enum fake_action action, int16_t code,
	    unsigned skip, unsigned times);
void	fake_down(struct fake_broker *b);
void	fake_up(struct fake_broker *b);

/* Append n records "value-<i>" as some other producer would. */
void	fake_fill(struct fake_world *w, struct fake_part *p, int n, const char *value);
/* A batch of the given bytes and attributes at the end of the log. */
void	fake_append(struct fake_world *w, struct fake_part *p, const uint8_t *batch, size_t len);
/* A new leader without the batches from this offset on. */
void	fake_cut(struct fake_part *p, int64_t offset);
/* An empty control batch: end of a transaction. */
void	fake_marker(struct fake_world *w, struct fake_part *p, int64_t producer_id, bool commit);
/* Records in the log; *in_order is false if some "value-<i>" does not follow the one before. */
size_t	fake_count(struct fake_part *p, bool *in_order);

/* What tests of sending begin and end with, about partition 0 of the first topic, "t". */
void	fake_put(struct gw_client *c, int from, int n);	/* "value-FROM" and so on */
void	fake_ck_flush(struct gw_client *c, size_t delivered, size_t failed, size_t pending);
void	fake_ck_log(struct fake_world *w, size_t n);	/* so many, in their order */

/* So much virtual time passes while nobody runs the client. */
void	fake_away(struct fake_world *w, int ms);
/* Take all events; how many of them are errors that pass by themselves and say this. */
unsigned	fake_said(struct gw_client *c, const char *text);
/* Run the client for ms of virtual time. */
void	fake_run(struct fake_world *w, struct gw_client *c, int ms);
/* Requests of an API so far, and the i-th of them. */
size_t	fake_n_seen(const struct fake_world *w, int16_t key);
const struct fake_seen *fake_seen(const struct fake_world *w, int16_t key, size_t i);

/* fake_apis.c: the answer of a broker; false: none (yet). */
bool	fake_answer(struct fake_broker *b, struct fake_conn *conn,
	    const struct gw_request_header *h, void *body, const struct fake_plan *plan);
bool	fake_answer_held(struct fake_broker *b, struct fake_held *held);

/* fake_consumer_group.c */
bool	fake_consumer_group_answer(struct fake_broker *b, struct fake_conn *conn,
	    const struct gw_request_header *h, void *body, const struct fake_plan *plan);
/* What a commit or a fetch of commits with this epoch is answered. */
int16_t	fake_consumer_group_check(const struct fake_world *w, int32_t epoch);
/* Topics have ids: their place, counted from 1, in the last byte. */
struct gw_uuid	fake_topic_id(const struct fake_world *w, const struct fake_topic *t);

/* fake_admin.c */
bool	fake_admin_answer(struct fake_broker *b, struct fake_conn *conn,
	    const struct gw_request_header *h, void *body, int16_t code);

/* fake_txn.c */
void	fake_txn_init(struct fake_world *w);
bool	fake_txn_answer(struct fake_broker *b, struct fake_conn *conn,
	    const struct gw_request_header *h, void *body, const struct fake_plan *plan);
/* Whether a transactional batch may be appended: 0 or Kafka's code. */
int16_t	fake_txn_produce(struct fake_world *w, int16_t version, struct gw_slice topic,
	    int32_t index, const struct gw_batch_header *h);
/* Records of committed transactions in a log of transactions only. */
size_t	fake_visible(const struct fake_part *p);

#endif

/* SPDX-License-Identifier: MIT
 *
 * client/txn.h - transactions: which partitions and offsets belong to the open one, and its end.
 * Source: KIP-98, KIP-360 (an epoch of one's own), KIP-447 (fenced by the group), KIP-890 (v2);
 * docs/operations/transaction-protocol.md of Apache Kafka.
 *
 * IDLE -> OPEN by gw_begin(), -> ENDING by gw_end(), -> IDLE when the coordinator has said how it
 * ended. Classic brokers are told of each partition and of the group before anything is sent to
 * them; v2 (transaction.version 2) learns it from the requests themselves, and each end brings a
 * new epoch. One request to a coordinator is under way at a time.
 *
 * Whatever fails inside a transaction dooms it: its end is an abort then. An end whose answer never
 * came is repeated before the next transaction sends anything: a coordinator answers a repeated end
 * as it did the first.
 *
 * txn.c has the public calls and the states, txn_request.c the requests to the transaction's
 * coordinator, txn_offsets.c those about a group's offsets.
 */
#ifndef GW_CLIENT_TXN_H
#define GW_CLIENT_TXN_H

#include "client/cluster.h"

/*
 * Pause after CONCURRENT_TRANSACTIONS, the n-th in a row from 1 on: the transaction before is still
 * being written out. An idle broker has done that by the third or fourth time it is asked, each of
 * which takes it 0.2 ms; one that is busy is asked after 1, 2, 4 ... 20 ms. TransactionManager.java
 * waits 20 ms.
 */
static inline int64_t
gw_txn_concurrent_us(unsigned n)
{
	return (n > 8 ? 20 : n > 3 ? 1 << (n - 4) : 0) * INT64_C(1000);
}

enum gw_txn_state { GW_TXN_IDLE, GW_TXN_OPEN, GW_TXN_ENDING };

struct gw_ppart;
struct gw_cpart;

#define GW_TXN_NAME_MAX	256	/* of a group or topic, with its NUL */

/* The offset of another group: gw_commit_beside_in_txn(). */
struct gw_txn_beside {
	char	group[GW_TXN_NAME_MAX], topic[GW_TXN_NAME_MAX];
	int32_t	partition;
	int64_t	offset;
	bool	is_set, added, sent;
};

struct gw_txn {
	enum gw_txn_state	state;
	uint32_t		serial;		/* of the newest transaction; 0: there was none */
	bool			v2;		/* this one's protocol, once chosen */
	bool			chosen;
	bool			started;	/* the coordinator may know of it */
	bool			commit;		/* ENDING: what gw_end() asked for */
	bool			aborting;	/* ENDING: what is done */
	bool			end_sent;	/* EndTxn went out at least once */
	bool			unsettled;	/* the last end's answer never came: ask again */
	bool			unsettled_commit, unsettled_v2;
	bool			renew_id;	/* sequences have gaps: a new epoch first */
	bool			v2_epoch;	/* EndTxn gave one */
	bool			gated;		/* v2: AddPartitionsToTxn goes first */
	unsigned		n_smooth;	/* gates in a row that had not to wait */
	int64_t			ended_us;	/* the last end's answer; 0: there was none */
	bool			under_way;	/* a request to a coordinator */
	bool			group_added;	/* classic: AddOffsetsToTxn was answered */
	struct gw_txn_beside	beside;
	bool			asking_beside;	/* under way is a request about it */
	int64_t			retry_at_us;
	unsigned		n_errors, n_concurrent;
	int64_t			deadline_us;	/* ENDING */
	struct gw_err		err;		/* why it cannot be committed; code 0: it can */
	struct gw_err		result;		/* of the last end, for gw_end_wait() */
};

void	gw_txn_step(struct gw_client *c);
/* Something of the open transaction failed: all that is left is to abort. Keeps the first cause. */
void	gw_txn_doom(struct gw_client *c, const struct gw_err *err);
/* A newer instance took over, or the right is missing: no more transactions. Returns code. */
int	gw_txn_give_up(struct gw_client *c, int code, const char *fmt, ...) GW_PRINTF(3, 4);
bool	gw_txn_is_on(const struct gw_client *c);	/* transactional.id is set */
/* Whether records may be appended: 0, or GW_ESTATE with the client's error set. */
int	gw_txn_check_send(struct gw_client *c) GW_CHECK_RESULT;
/* Whether the partition belongs to the transaction already. */
bool	gw_txn_may_produce(const struct gw_client *c, const struct gw_ppart *p);
/* A Produce request is going out. */
void	gw_txn_produced(struct gw_client *c);
/* The partition was taken away, with its offset in the transaction. */
void	gw_txn_revoked(struct gw_client *c, const struct gw_cpart *p);
/* The end is asked for: batches do not linger. */
bool	gw_txn_hurries(const struct gw_client *c);
/* Nothing to wait for any more: gw_client_close(). */
bool	gw_txn_settled(const struct gw_client *c);

/* ---- between the files of this module ---- */

/* A coordinator's answer: 0 well; 1 tried again later; 2 the transaction is doomed or worse. */
enum gw_txn_verdict { GW_TXN_WELL, GW_TXN_AGAIN, GW_TXN_FAILED };
enum gw_txn_verdict gw_txn_judge(struct gw_client *c, int code, const char *doing);
void	gw_txn_retry_later(struct gw_client *c);
void	gw_txn_retry_at(struct gw_client *c, int64_t at_us);
/* EndTxn was answered well, or there is nothing to end. */
void	gw_txn_ended(struct gw_client *c);
/* The gate of a transaction of v2 is open. */
void	gw_txn_passed(struct gw_client *c, bool waited);

/* txn_request.c: each sends at most one request. */
void	gw_txn_init_id(struct gw_client *c);
void	gw_txn_add_partitions(struct gw_client *c);
void	gw_txn_end(struct gw_client *c, bool commit, bool v2);
/* The coordinator's connection once it takes requests and its versions are known, or NULL. */
struct gw_conn *gw_txn_conn(struct gw_client *c);
/* txn_offsets.c. False: no offsets are left to be sent. */
bool	gw_txn_offsets_step(struct gw_client *c);
void	gw_txn_offsets_end(struct gw_client *c, bool committed);

#endif

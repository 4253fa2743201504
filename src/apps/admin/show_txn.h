/* SPDX-License-Identifier: MIT
 *
 * apps/admin/show_txn.h - transactions of a cluster, and the end of those that hang. KIP-664.
 */
#ifndef GW_SHOW_TXN_H
#define GW_SHOW_TXN_H

#include "apps/kafka.h"

/* Each prints to stdout. 0, or err as of gw_kafka_wait(). */
int	gw_list_txns(struct gw_kafka *k, bool json, struct gw_err *err);
int	gw_show_txn(struct gw_kafka *k, const char *id, bool json, struct gw_err *err);
/* Who writes to a topic, and which transactions are open there. */
int	gw_show_producers(struct gw_kafka *k, const char *topic, bool json, struct gw_err *err);
/*
 * Transactions that are open in a partition while their coordinator knows nothing of that: nobody
 * will end them, and readers with read_committed wait for ever. topic NULL: in all topics.
 */
int	gw_show_hanging(struct gw_kafka *k, const char *topic, bool json, struct gw_err *err);

struct gw_hanging_place {
	const char	*topic;
	int64_t		 partition, start;	/* start: first offset of the transaction */
	bool		 dry_run;
};
/* Abort one. Refused (GW_K_INVALID_TXN_STATE) if it does not hang. */
int	gw_abort_hanging(struct gw_kafka *k, const struct gw_hanging_place *at, struct gw_err *err);

#endif

/* SPDX-License-Identifier: MIT
 *
 * client/versions.c - the table of versions.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/versions.h"

#include <stddef.h>

#include "wire/api.h"

/*
 * Where max is below what the codecs know: from Produce 13, Fetch 13, OffsetCommit 10 and
 * OffsetFetch 10 on topics go by id, which brokers before 2.8 do not have. Produce 12, EndTxn 5 and
 * TxnOffsetCommit 5 belong to transactions of KIP-890. Produce starts at 3 although brokers tell
 * 0 (KAFKA-18659).
 */
static const struct gw_spoken spoken[] = {
	{ GW_API_PRODUCE,		3, 12, 7, "2.1" },
	{ GW_API_FETCH,			4, 12, 10, "2.1" },
	{ GW_API_LIST_OFFSETS,		1, 10, 4, "2.1" },
	{ GW_API_METADATA,		4, 13, 7, "2.1" },
	{ GW_API_OFFSET_COMMIT,		2, 9, 6, "2.1" },
	{ GW_API_OFFSET_FETCH,		2, 9, -1, "2.1" },	/* v7 waits for open transactions */
	{ GW_API_FIND_COORDINATOR,	1, 5, 2, "2.1" },
	{ GW_API_JOIN_GROUP,		2, 9, -1, "2.1" },	/* v4 makes the member id known */
	{ GW_API_HEARTBEAT,		1, 4, -1, "2.1" },
	{ GW_API_LEAVE_GROUP,		1, 5, -1, "2.1" },
	{ GW_API_SYNC_GROUP,		1, 5, -1, "2.1" },
	{ GW_API_DESCRIBE_GROUPS,	0, 6, -1, "2.1" },	/* v4 tells group.instance.id */
	{ GW_API_LIST_GROUPS,		0, 5, -1, "2.1" },	/* v4 tells the state */
	{ GW_API_SASL_HANDSHAKE,	1, 1, 1, "2.1" },
	{ GW_API_API_VERSIONS,		0, 4, -1, "2.1" },	/* v3 tells features */
	{ GW_API_CREATE_TOPICS,		2, 7, -1, "2.1" },	/* v4 takes -1 for the defaults */
	{ GW_API_DELETE_TOPICS,		1, 6, -1, "2.1" },	/* v5 says why not */
	{ GW_API_SASL_AUTHENTICATE,	0, 2, 0, "2.1" },
	{ GW_API_INIT_PRODUCER_ID,	0, 5, 1, "2.1" },
	{ GW_API_OFFSET_FOR_LEADER_EPOCH, 2, 4, -1, "2.1" },
	{ GW_API_ADD_PARTITIONS_TO_TXN,	0, 3, -1, "2.1" },	/* from v4 on between brokers */
	{ GW_API_ADD_OFFSETS_TO_TXN,	0, 4, -1, "2.1" },
	{ GW_API_END_TXN,		0, 5, -1, "2.1" },
	{ GW_API_TXN_OFFSET_COMMIT,	0, 5, -1, "2.1" },
	{ GW_API_DESCRIBE_CONFIGS,	1, 4, 2, "2.1" },
	{ GW_API_CONSUMER_GROUP_HEARTBEAT, 0, 1, -1, "4.0" },
	{ GW_API_DELETE_RECORDS,	0, 2, 1, "2.1" },
	{ GW_API_WRITE_TXN_MARKERS,	1, 2, -1, "2.1" },
	{ GW_API_CREATE_PARTITIONS,	0, 3, 1, "2.1" },
	{ GW_API_DELETE_GROUPS,		0, 2, 1, "2.1" },
	{ GW_API_ALTER_CONFIGS,		0, 2, 1, "2.1" },	/* where the next is not there */
	{ GW_API_INCREMENTAL_ALTER_CONFIGS, 0, 1, -1, "2.3" },
	{ GW_API_OFFSET_DELETE,		0, 0, -1, "2.4" },
	{ GW_API_DESCRIBE_PRODUCERS,	0, 0, -1, "2.8" },
	{ GW_API_DESCRIBE_TRANSACTIONS,	0, 0, -1, "3.0" },
	{ GW_API_LIST_TRANSACTIONS,	0, 2, -1, "3.0" },
	{ GW_API_CONSUMER_GROUP_DESCRIBE, 0, 1, -1, "4.0" },
};

const struct gw_spoken *
gw_spoken(int16_t key)
{
	for (size_t i = 0; i < sizeof(spoken) / sizeof(spoken[0]); i++)
		if (spoken[i].key == key)
			return &spoken[i];
	return NULL;
}

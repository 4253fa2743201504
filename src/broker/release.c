/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/release.h"

#include <string.h>

#include "base/env.h"

enum { R_2_1, R_2_4, R_2_8, R_3_3, R_3_9, R_4_0, R_4_1, R_4_2, R_4_3, R_4_4, N_RELEASES };

static const struct gw_release releases[N_RELEASES] = {
	[R_2_1] = { "2.1", 0, 0 },
	[R_2_4] = { "2.4", 0, 0 },
	[R_2_8] = { "2.8", 0, 0 },
	[R_3_3] = { "3.3", 0, 0 },
	[R_3_9] = { "3.9", 0, 0 },
	[R_4_0] = { "4.0", 2, 1 },
	[R_4_1] = { "4.1", 2, 1 },
	[R_4_2] = { "4.2", 2, 1 },
	[R_4_3] = { "4.3", 2, 1 },
	[R_4_4] = { "4.4", 2, 1 },
};

/*
 * The newest version of each API, as brokers 2.1.1, 2.4.1, 2.8.2, 3.3.2, 3.9.2, 4.0.2, 4.1.2,
 * 4.2.2, 4.3.1 and 4.4.0 answer ApiVersions with default features; -1: not there. The oldest was 0
 * until 4.0 took some away (KIP-896).
 */
static const struct row {
	int16_t	key, min_4_0;
	int8_t	max[N_RELEASES];
} rows[] = {
/* clang-format off */
	{ 0, 0, { 7, 8, 9, 9, 11, 12, 13, 13, 13, 13 } },	/* Produce */
	{ 1, 4, { 10, 11, 12, 13, 17, 17, 18, 18, 18, 18 } },	/* Fetch */
	{ 2, 1, { 4, 5, 6, 7, 9, 10, 10, 11, 11, 11 } },	/* ListOffsets */
	{ 3, 0, { 7, 9, 11, 12, 12, 13, 13, 13, 13, 13 } },	/* Metadata */
	{ 8, 2, { 6, 8, 8, 8, 9, 9, 9, 10, 10, 10 } },	/* OffsetCommit */
	{ 9, 1, { 5, 6, 7, 8, 9, 9, 9, 10, 10, 10 } },	/* OffsetFetch */
	{ 10, 0, { 2, 3, 3, 4, 6, 6, 6, 6, 6, 6 } },	/* FindCoordinator */
	{ 11, 0, { 3, 6, 7, 9, 9, 9, 9, 9, 9, 9 } },	/* JoinGroup */
	{ 12, 0, { 2, 4, 4, 4, 4, 4, 4, 4, 4, 4 } },	/* Heartbeat */
	{ 13, 0, { 2, 4, 4, 5, 5, 5, 5, 5, 5, 5 } },	/* LeaveGroup */
	{ 14, 0, { 2, 4, 5, 5, 5, 5, 5, 5, 5, 5 } },	/* SyncGroup */
	{ 15, 0, { 2, 5, 5, 5, 5, 6, 6, 6, 6, 6 } },	/* DescribeGroups */
	{ 16, 0, { 2, 3, 4, 4, 5, 5, 5, 5, 5, 5 } },	/* ListGroups */
	{ 17, 0, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },	/* SaslHandshake */
	{ 18, 0, { 2, 3, 3, 3, 4, 4, 4, 4, 4, 5 } },	/* ApiVersions */
	{ 19, 2, { 3, 5, 7, 7, 7, 7, 7, 7, 7, 7 } },	/* CreateTopics */
	{ 20, 1, { 3, 4, 6, 6, 6, 6, 6, 6, 6, 6 } },	/* DeleteTopics */
	{ 21, 0, { 1, 1, 2, 2, 2, 2, 2, 2, 2, 2 } },	/* DeleteRecords */
	{ 22, 0, { 1, 2, 4, 4, 5, 5, 5, 5, 5, 5 } },	/* InitProducerId */
	{ 23, 2, { 2, 3, 4, 4, 4, 4, 4, 4, 4, 4 } },	/* OffsetForLeaderEpoch */
	{ 24, 0, { 1, 1, 3, 3, 5, 5, 5, 5, 5, 5 } },	/* AddPartitionsToTxn */
	{ 25, 0, { 1, 1, 3, 3, 4, 4, 4, 4, 4, 4 } },	/* AddOffsetsToTxn */
	{ 26, 0, { 1, 1, 3, 3, 4, 5, 5, 5, 5, 5 } },	/* EndTxn */
	{ 27, 1, { 0, 0, 1, 1, 1, 1, 1, 2, 2, 2 } },	/* WriteTxnMarkers */
	{ 28, 0, { 2, 2, 3, 3, 4, 5, 5, 5, 5, 6 } },	/* TxnOffsetCommit */
	{ 29, 1, { 1, 1, 2, 3, 3, 3, 3, 3, 3, 3 } },	/* DescribeAcls */
	{ 30, 1, { 1, 1, 2, 3, 3, 3, 3, 3, 3, 3 } },	/* CreateAcls */
	{ 31, 1, { 1, 1, 2, 3, 3, 3, 3, 3, 3, 3 } },	/* DeleteAcls */
	{ 32, 1, { 2, 2, 4, 4, 4, 4, 4, 4, 4, 4 } },	/* DescribeConfigs */
	{ 33, 0, { 1, 1, 2, 2, 2, 2, 2, 2, 2, 2 } },	/* AlterConfigs */
	{ 35, 1, { 1, 1, 2, 4, 4, 4, 4, 4, 5, 5 } },	/* DescribeLogDirs */
	{ 36, 0, { 0, 1, 2, 2, 2, 2, 2, 2, 2, 2 } },	/* SaslAuthenticate */
	{ 37, 0, { 1, 1, 3, 3, 3, 3, 3, 3, 3, 3 } },	/* CreatePartitions */
	{ 38, 1, { 1, 2, 2, -1, 3, 3, 3, 3, 3, 3 } },	/* CreateDelegationToken */
	{ 39, 1, { 1, 1, 2, -1, 2, 2, 2, 2, 2, 2 } },	/* RenewDelegationToken */
	{ 40, 1, { 1, 1, 2, -1, 2, 2, 2, 2, 2, 2 } },	/* ExpireDelegationToken */
	{ 41, 1, { 1, 1, 2, -1, 3, 3, 3, 3, 3, 3 } },	/* DescribeDelegationToken */
	{ 42, 0, { 1, 2, 2, 2, 2, 2, 2, 2, 2, 3 } },	/* DeleteGroups */
	{ 43, 0, { -1, 2, 2, 2, 2, 2, 2, 2, 2, 2 } },	/* ElectLeaders */
	{ 44, 0, { -1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },	/* IncrementalAlterConfigs */
	{ 45, 0, { -1, 0, 0, 0, 0, 0, 1, 1, 1, 1 } },	/* AlterPartitionReassignments */
	{ 46, 0, { -1, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },	/* ListPartitionReassignments */
	{ 47, 0, { -1, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },	/* OffsetDelete */
	{ 48, 0, { -1, -1, 1, 1, 1, 1, 1, 1, 1, 1 } },	/* DescribeClientQuotas */
	{ 49, 0, { -1, -1, 1, 1, 1, 1, 1, 1, 1, 1 } },	/* AlterClientQuotas */
	{ 50, 0, { -1, -1, 0, -1, 0, 0, 0, 0, 0, 0 } },	/* DescribeUserScramCredentials */
	{ 51, 0, { -1, -1, 0, -1, 0, 0, 0, 0, 0, 0 } },	/* AlterUserScramCredentials */
	{ 55, 0, { -1, -1, -1, 1, 2, 2, 2, 2, 2, 2 } },	/* DescribeQuorum */
	{ 57, 0, { -1, -1, 0, 1, 1, 2, 2, 2, 2, 2 } },	/* UpdateFeatures */
	{ 60, 0, { -1, -1, 0, 0, 1, 2, 2, 2, 2, 2 } },	/* DescribeCluster */
	{ 61, 0, { -1, -1, 0, 0, 0, 0, 0, 0, 0, 0 } },	/* DescribeProducers */
	{ 65, 0, { -1, -1, -1, 0, 0, 0, 0, 0, 0, 0 } },	/* DescribeTransactions */
	{ 66, 0, { -1, -1, -1, 0, 1, 1, 2, 2, 2, 2 } },	/* ListTransactions */
	{ 68, 0, { -1, -1, -1, -1, 0, 1, 1, 1, 1, 1 } },	/* ConsumerGroupHeartbeat */
	{ 69, 0, { -1, -1, -1, -1, 0, 1, 1, 1, 1, 1 } },	/* ConsumerGroupDescribe */
	{ 74, 0, { -1, -1, -1, -1, 0, 0, 1, 1, 1, 1 } },	/* ListConfigResources */
	{ 75, 0, { -1, -1, -1, -1, 0, 0, 0, 0, 0, 0 } },	/* DescribeTopicPartitions */
	{ 76, 1, { -1, -1, -1, -1, -1, -1, 1, 1, 1, 1 } },	/* ShareGroupHeartbeat */
	{ 77, 1, { -1, -1, -1, -1, -1, -1, 1, 1, 1, 1 } },	/* ShareGroupDescribe */
	{ 78, 1, { -1, -1, -1, -1, -1, -1, 1, 2, 2, 2 } },	/* ShareFetch */
	{ 79, 1, { -1, -1, -1, -1, -1, -1, 1, 2, 2, 2 } },	/* ShareAcknowledge */
	{ 88, 0, { -1, -1, -1, -1, -1, -1, -1, 0, 0, 1 } },	/* StreamsGroupHeartbeat */
	{ 89, 0, { -1, -1, -1, -1, -1, -1, -1, 0, 0, 1 } },	/* StreamsGroupDescribe */
	{ 90, 0, { -1, -1, -1, -1, -1, -1, 0, 1, 1, 1 } },	/* DescribeShareGroupOffsets */
	{ 91, 0, { -1, -1, -1, -1, -1, -1, 0, 0, 0, 0 } },	/* AlterShareGroupOffsets */
	{ 92, 0, { -1, -1, -1, -1, -1, -1, 0, 0, 0, 0 } },	/* DeleteShareGroupOffsets */
	{ 93, 0, { -1, -1, -1, -1, -1, -1, -1, -1, -1, 0 } },	/* StreamsGroupTopologyDescriptionUpdate */
	{ 94, 0, { -1, -1, -1, -1, -1, -1, -1, -1, -1, 0 } },	/* UnregisterController */
/* clang-format on */
};

const struct gw_release *
gw_release_find(const char *name)
{
	for (size_t i = 0; i < N_RELEASES; i++)
		if (strcmp(releases[i].name, name) == 0)
			return &releases[i];
	return NULL;
}

bool
gw_release_range(const struct gw_release *r, int16_t key, int16_t *min, int16_t *max)
{
	size_t at = (size_t)(r - releases);

	for (size_t i = 0; i < GW_N(rows); i++) {
		if (rows[i].key != key || rows[i].max[at] < 0)
			continue;
		*min = at >= R_4_0 ? rows[i].min_4_0 : 0;
		*max = rows[i].max[at];
		return true;
	}
	return false;
}

bool
gw_release_tells_ranges(const struct gw_release *r)
{
	return r >= &releases[R_2_4];
}

/* SPDX-License-Identifier: MIT
 *
 * wire/batch_layout.h - where the fields of a batch header are; for the record_batch files only.
 */
#ifndef GW_BATCH_LAYOUT_H
#define GW_BATCH_LAYOUT_H

enum {
	AT_BASE_OFFSET		= 0,
	AT_LENGTH		= 8,
	AT_LEADER_EPOCH		= 12,
	AT_MAGIC		= 16,
	AT_CRC			= 17,
	AT_ATTRIBUTES		= 21,
	AT_LAST_OFFSET_DELTA	= 23,
	AT_BASE_TIMESTAMP	= 27,
	AT_MAX_TIMESTAMP	= 35,
	AT_PRODUCER_ID		= 43,
	AT_PRODUCER_EPOCH	= 51,
	AT_BASE_SEQUENCE	= 53,
	AT_N_RECORDS		= 57
};

/* The smallest record: length, attributes, two deltas, two lengths and a count, a byte each. */
#define RECORD_MIN	7

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/records/consume.h - records of topics on stdout, by hand or in a group.
 */
#ifndef GW_CONSUME_H
#define GW_CONSUME_H

#include "apps/records/format.h"
#include "apps/kafka.h"
#include "apps/records/range.h"

#define GW_CONSUME_TOPICS_MAX 64

struct gw_consume_options {
	const char		*topics[GW_CONSUME_TOPICS_MAX];
	size_t			 n_topics;	/* at least one */
	const char		*group;		/* NULL: partitions by hand */
	int64_t			 partition;	/* -1: all of them */
	int64_t			 count;		/* end after so many records; 0: no limit */
	struct gw_range		 range;
	/* so many times as fast as they were written; 0: at once */
	double			 speed;
	bool			 exit_at_end;	/* of all partitions */
	bool			 json, unbuffered;
	const struct gw_format	*format;	/* unused with json */
};

/*
 * Prints until the end that was asked for, or a signal (GW_EINTR). In a group, offsets are
 * committed once what they stand for has left this process. 0, or why it broke off, in err.
 */
int	gw_consume(struct gw_kafka *k, const struct gw_consume_options *o, struct gw_err *err);

#endif

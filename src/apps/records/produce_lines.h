/* SPDX-License-Identifier: MIT
 *
 * apps/records/produce_lines.h - stdin or a file into a topic, a record a line, as kcat -P; files,
 * a record each; or records as "consume -J" wrote them. With transactional.id all of it is one
 * transaction.
 */
#ifndef GW_PRODUCE_LINES_H
#define GW_PRODUCE_LINES_H

#include "apps/kafka.h"

#define GW_PRODUCE_HEADERS_MAX	64
#define GW_PRODUCE_FILES_MAX	1024

struct gw_produce_lines {
	const char		*topic;		/* NULL with json: each record names its own */
	const char		*file;		/* of lines; NULL: stdin */
	const char		*whole[GW_PRODUCE_FILES_MAX];	/* a record each; then no lines */
	size_t			 n_whole;
	struct gw_slice		 delimiter;	/* not empty */
	struct gw_slice		 key_delimiter;	/* len 0: lines hold no key */
	const char		*key;		/* of records without their own; NULL: none */
	struct gw_header	 headers[GW_PRODUCE_HEADERS_MAX];
	size_t			 n_headers;
	bool			 has_partition;
	int32_t			 partition;	/* -1: by key */
	int64_t			 count;		/* end after so many; 0: no limit */
	bool			 json, empty_is_null, tee;
};

/* Returns the exit code; what went wrong has been said. */
int	gw_produce_lines(struct gw_kafka *k, const struct gw_produce_lines *o);

#endif

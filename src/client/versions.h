/* SPDX-License-Identifier: MIT
 *
 * client/versions.h - which versions this client speaks of what the codecs know.
 * Source: validVersions of Apache Kafka 2.1 and 4.3.1; KIP-516 (topic ids), KIP-890 (Produce 12).
 */
#ifndef GW_CLIENT_VERSIONS_H
#define GW_CLIENT_VERSIONS_H

#include <stdint.h>

struct gw_spoken {
	int16_t	key;
	int16_t	min, max;
	int16_t	common;		/* every broker from 2.1 to 4.4 accepts it unasked; -1: none */
	const char *since;	/* the first release that offers it unasked, "2.1" or later */
};

/* NULL: an API that the client does not use. */
const struct gw_spoken	*gw_spoken(int16_t key);

#endif

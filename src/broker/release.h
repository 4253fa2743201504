/* SPDX-License-Identifier: MIT
 *
 * broker/release.h - what releases of Apache Kafka offer, for a broker that plays one of them.
 */
#ifndef GW_RELEASE_H
#define GW_RELEASE_H

#include <stdbool.h>
#include <stdint.h>

struct gw_release {
	const char	*name;			/* "2.1" */
	/* Features finalized by default; 0: the feature is unknown. */
	int16_t		 transaction_version, group_version;
};

/* NULL: none of those that the table has, GW_RELEASE_NAMES. */
#define GW_RELEASE_NAMES "2.1, 2.4, 2.8, 3.3, 3.9, 4.0, 4.1, 4.2, 4.3 or 4.4"
const struct gw_release	*gw_release_find(const char *name);
/* False: it lacks the API. */
bool	gw_release_range(const struct gw_release *r, int16_t key, int16_t *min, int16_t *max);
/* Whether it names its ranges when it refuses a version of ApiVersions (KIP-511, since 2.4). */
bool	gw_release_tells_ranges(const struct gw_release *r);

#endif

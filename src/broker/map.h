/* SPDX-License-Identifier: MIT
 *
 * broker/map.h - a hash table from bytes to pointers: topics, groups, producers.
 * The key's bytes belong to the value and must live as long as the entry. Open addressing with
 * backward shift, so there are no tombstones. Seeded, as keys come from the wire.
 */
#ifndef GW_MAP_H
#define GW_MAP_H

#include "base/alloc.h"

struct gw_map_slot {
	struct gw_slice	 key;
	void		*value;		/* NULL: the slot is free */
	uint64_t	 hash;
};

struct gw_map {
	struct gw_alloc		*alloc;
	struct gw_map_slot	*slots;
	size_t			 n, cap;	/* cap is 0 or a power of two */
	uint64_t		 seed;
};

void	 gw_map_init(struct gw_map *m, struct gw_alloc *alloc, uint64_t seed);
void	 gw_map_fini(struct gw_map *m);		/* the table only, not the values */
void	*gw_map_get(const struct gw_map *m, struct gw_slice key);
/* Insert or replace. 0 or GW_ENOMEM (unchanged). */
int	 gw_map_put(struct gw_map *m, struct gw_slice key, void *value) GW_CHECK_RESULT;
void	 gw_map_del(struct gw_map *m, struct gw_slice key);
/* Set *pos to 0 first; NULL at the end. The table must not change meanwhile. */
void	*gw_map_next(const struct gw_map *m, size_t *pos);

#endif

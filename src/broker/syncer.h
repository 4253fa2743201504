/* SPDX-License-Identifier: MIT
 *
 * broker/syncer.h - the syncs that are on their way. fs->sync() begins one and its token comes back
 * later; this remembers whose it was, and keeps a file open whose owner went away meanwhile.
 */
#ifndef GW_SYNCER_H
#define GW_SYNCER_H

#include "base/env.h"
#include "base/hist.h"

/* Embedded in what waits for a sync: at most one on its way per owner. */
struct gw_sync_owner {
	void	(*done)(struct gw_sync_owner *o);	/* what was there at its start is durable */
	bool	 busy;
};

struct gw_sync_flight {
	uint64_t		 token;
	int			 h;
	int64_t			 began_us;
	struct gw_sync_owner	*owner;		/* NULL: gone, close h at the end */
};

struct gw_syncer {
	struct gw_env		*env;
	struct gw_sync_flight	*flights;
	size_t			 n, cap;
	uint64_t		 next_token;
	uint64_t		 count;		/* syncs that ended well */
	/* of gw_syncer_now(): nothing else was done meanwhile */
	uint64_t		 waited;
	struct gw_hist		 us;		/* how long each took, waited for or not */
	int			 failed;	/* the first error; it stays */
};

void	gw_syncer_init(struct gw_syncer *s, struct gw_env *env);
/* Forget everything, as a crash would; the files of owners that went are closed. */
void	gw_syncer_fini(struct gw_syncer *s);
/* Begin one for o, which must not be busy. 0 or GW_E*; a refused sync is a failed one. */
int	gw_syncer_begin(struct gw_syncer *s, struct gw_sync_owner *o, int h) GW_CHECK_RESULT;
/* Sync h and wait for it. 0, or the error, which sticks. */
int	gw_syncer_now(struct gw_syncer *s, int h) GW_CHECK_RESULT;
/* o goes away and h is to be closed: now, or when its sync ends. */
void	gw_syncer_drop(struct gw_syncer *s, struct gw_sync_owner *o, int h);
/* Take what ended and tell the owners. 0, or the error of a sync that failed (which sticks). */
int	gw_syncer_poll(struct gw_syncer *s);

#endif

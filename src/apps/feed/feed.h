/* SPDX-License-Identifier: MIT
 *
 * apps/feed/feed.h - plays of a season file, or pushed as they happen, into a topic, at a pace:
 * what "produce" and "demo" share.
 */
#ifndef GW_FEED_H
#define GW_FEED_H

#include "apps/loop.h"
#include "nfl/season.h"

struct gw_client;
struct gw_feed;

struct gw_feed_options {
	const char	*topic;			/* "nfl-plays" */
	const char	*game;			/* NULL: every game of the file, in its order */
	double		 delay_s;		/* between plays; 0: as fast as it goes */
	double		 rate;			/* plays a second; > 0 replaces delay_s */
	double		 speed;			/* > 0: so many times the game clock */
	int64_t		 plays_max;		/* 0: all */
	bool		 create_topic;		/* if it is not there, with: */
	int32_t		 partitions;
	int16_t		 replication_factor;
	const char	*retention_ms;		/* "86400000" */
	const char	*compression_type;	/* "gzip" */
};

/* At the end, sent but neither delivered nor failed: their fate is unknown. */
struct gw_feed_progress {
	size_t				 plays, plays_sent, plays_delivered, plays_failed;
	const struct gw_season_play	*newest;	/* last one sent; NULL: none yet */
	/* of the game: its final score; NULL: none */
	const struct gw_season_play	*last;
	size_t				 n_troubles;	/* errors with which the client goes on */
	const struct gw_err		*trouble;	/* the newest of them */
};

/*
 * The options' texts are borrowed. While the feed lives, the client's events are its to read.
 *
 * Loads the plays (so that bad data is told before the first is sent), then sends as a part of the
 * loop over client c, which the caller frees after it. NULL: err (GW_EDATA: no such game; names the
 * nearest ones).
 */
struct gw_feed		*gw_feed_new(struct gw_env *env, struct gw_client *c,
			    const char *season_file, const struct gw_feed_options *o,
			    struct gw_err *err);
void			 gw_feed_free(struct gw_feed *f);
/* The same without a file: plays come by gw_feed_push() until gw_feed_close(). */
struct gw_feed		*gw_feed_new_open(struct gw_env *env, struct gw_client *c,
			    const struct gw_feed_options *o, struct gw_err *err);
int			 gw_feed_push(struct gw_feed *f, const struct gw_play *p) GW_CHECK_RESULT;
void			 gw_feed_close(struct gw_feed *f);
struct gw_part		 gw_feed_part(struct gw_feed *f);	/* done when all is acknowledged */
struct gw_feed_progress	 gw_feed_progress(const struct gw_feed *f);
/* Send no more; the part is done when what was sent is answered. */
void			 gw_feed_stop(struct gw_feed *f);
/* Why the part failed, else why the first delivery did; code 0: neither. */
const struct gw_err	*gw_feed_error(const struct gw_feed *f);

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/espn/espn_source.h - the live feed as a part of the loop: asks ESPN's public JSON what is
 * new, or plays a recording, and tells the plays of one game or of every game that is on.
 *
 * Asking is polite: a scoreboard every 15 seconds while a game is on and rarer otherwise, a game's
 * rows only when the scoreboard says that something happened (or a minute has passed), one request
 * at a time, with jitter, with what the server gave to ask conditionally, and less and less often
 * while it answers with errors.
 */
#ifndef GW_ESPN_SOURCE_H
#define GW_ESPN_SOURCE_H

#include "apps/espn/web_get.h"
#include "apps/loop.h"
#include "base/proc.h"
#include "nfl/espn_track.h"

#define GW_ESPN_URL "https://site.api.espn.com/apis/site/v2/sports/football/nfl"

struct gw_espn_options {
	int64_t		 event;		/* 0: every game that is on */
	const char	*data;		/* folder of the games file, for names; NULL: none */
	const char	*url;		/* NULL: GW_ESPN_URL */
	const char	*from;		/* play this recording instead of asking; NULL */
	const char	*record;	/* write one here; NULL */
	enum gw_web_by	 fetch;
	double		 speed;		/* of from: so many times as fast; 0: all at once */
	int64_t		 interval_us;	/* between scoreboards while a game is on; 0: 15 s */
	bool		 next;		/* tell the play to come, too (play 0) */
	bool		 look;		/* one scoreboard and no more: what is on */
	gw_espn_tell	*tell;		/* for each play; NULL with look */
	void		*arg;
	/* Each scoreboard and game, after its plays. May be NULL. */
	void		(*game)(void *arg, const struct gw_espn_game *game);
};

/* Everything that came, by what became of it. */
struct gw_espn_stats {
	size_t	answers;		/* with status 200 */
	size_t	unchanged;		/* 304, or the very same bytes */
	size_t	bad;			/* no JSON, or JSON that says nothing we know */
	size_t	refused;		/* other statuses, and {"error": ...} */
	size_t	unreachable;		/* no answer at all */
	size_t	games, games_bad;	/* followed; without a name on a scoreboard */
	struct gw_espn_counts	plays;	/* of all games together */
};

struct gw_espn_source;

/*
 * The options' texts are borrowed. proc may be NULL with from. NULL: err (GW_ENOENT, GW_EDATA: the
 * recording).
 */
struct gw_espn_source	*gw_espn_source_new(struct gw_env *env, struct gw_proc *proc,
			    const struct gw_espn_options *o, struct gw_err *err);
void			 gw_espn_source_free(struct gw_espn_source *s);
/*
 * Done when the game is over (all that were followed are, and none begins within three hours), or
 * the recording is. Fails when the first request cannot be made or the event does not exist.
 */
struct gw_part		 gw_espn_source_part(struct gw_espn_source *s);
void			 gw_espn_source_stop(struct gw_espn_source *s);
const struct gw_err	*gw_espn_source_error(const struct gw_espn_source *s);
/* The newest thing that went wrong without ending it; code 0: nothing yet. */
const struct gw_err	*gw_espn_source_trouble(const struct gw_espn_source *s);
struct gw_espn_stats	 gw_espn_source_stats(const struct gw_espn_source *s);
/* "3 answers unchanged, 1 bad" into out: what is not 0 besides plays. */
void	gw_espn_stats_text(const struct gw_espn_stats *st, struct gw_buf *out);

#endif

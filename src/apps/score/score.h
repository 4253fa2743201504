/* SPDX-License-Identifier: MIT
 *
 * apps/score/score.h - the scorer: plays of a topic in, predictions out, as a part of the loop.
 *
 * gw_predict() is a pure function of model and play; all of this is delivery. Work goes in units:
 * the batches that are there now, a lone play at once. A unit is parsed and predicted, then brought
 * out of the house in one of two ways, then the next unit begins.
 *
 * Exactly once (exactly_once; doc/exactly-once.md has the whole argument): rows are appended to the
 * CSV and synced, then predictions, dead letters, the group's offsets and the length of the CSV are
 * committed in one transaction. The length is an offset of a group of the file's own: after a crash
 * the file is cut to it, wherever its partitions have moved meanwhile. A unit whose transaction is
 * aborted, because the group moves or a broker says so, is taken back from the CSV and read again.
 *
 * At least once (a client without transactions, or no group): predictions are acknowledged, then
 * rows synced, then offsets committed, so that a crash leaves, from newest to oldest,
 *
 *   predictions topic  >=  CSV  >=  committed offset
 *
 * and the next start goes on after the CSV's last row: no play twice in the CSV, none missing in
 * either. The predictions topic can then hold a unit's plays twice, told apart by partition and
 * offset in the value. When a partition moves to another scorer while a unit is under way, that
 * unit's plays can be in both CSVs.
 *
 * A play that comes again within the last GW_HISTORY offsets of its partition is a correction: its
 * prediction carries a revision (history.h). A sink that blocks (a full disk, a slow broker or
 * reader) pauses the partitions; nothing grows, the group keeps its member.
 *
 * Nothing here waits: no blocking call of the client, so broker, feeder and scorer fit one thread.
 */
#ifndef GW_SCORE_H
#define GW_SCORE_H

#include <gridwire/gridwire.h>

#include "apps/loop.h"
#include "base/hist.h"
#include "nfl/prediction.h"

struct gw_score;
struct gw_sink_csv;
struct gw_trial;

/* One play, at the moment it is scored. Borrowed. */
struct gw_scored {
	const struct gw_play		*play;
	const struct gw_prediction	*prediction;
	const char			*model;		/* "name:version" that predicted it */
	struct gw_play_place		 place;
	int64_t				 timestamp_ms;	/* of the record */
	/* its batch; itself. On env's clock */
	int64_t				 fetched_us, began_us;
};

/* The last three without a group: it goes on where it is. */
enum gw_score_from {
	GW_SCORE_EARLIEST, GW_SCORE_LATEST,
	GW_SCORE_OFFSET,	/* from_n */
	GW_SCORE_TAIL,		/* from_n before the end */
	GW_SCORE_TIME		/* the first record of from_n (ms since 1970) or later */
};

struct gw_score_options {
	const char			*topic;
	const char			*group;		/* NULL: read all, commit nothing */
	const char			*to;		/* made if missing; NULL: none */
	const char			*dlq;		/* for what is no play; as to */
	const struct gw_predictor	*predictor;
	const char			*model_sha256;	/* hex, for the header gw-model-sha256 */
	/* NULL: predictor alone; else it is its champion */
	struct gw_trial			*trial;
	const char			*shadow_to;	/* for what trial does not publish; as to */
	struct gw_sink_csv		*csv;		/* or NULL; closed after the scorer */
	enum gw_score_from		 from;		/* where neither group nor CSV knows */
	int64_t				 from_n;
	bool				 at_end;	/* stop at the end of all partitions */
	/* at_end: without a partition, stop after so long */
	int				 spare_ms;
	int64_t				 plays_max;	/* stop after so many; 0: no limit */
	int				 batch_ms;	/* collect for so long; 0: not at all */
	/* group is set, client has transactional.id */
	bool				 exactly_once;

	/*
	 * All may be NULL; arg is theirs. scored() is called when a play is predicted, and again
	 * if its unit was given up and is read again.
	 */
	void	(*scored)(void *arg, const struct gw_scored *s);
	/*
	 * Make what scored() wrote durable, before the offsets are committed. 0, GW_EAGAIN (not
	 * yet: asked again soon, and no play is read meanwhile) or GW_E*.
	 */
	int	(*durable)(void *arg);
	/* No unit is under way: the moment for gw_score_reload(). */
	void	(*between)(void *arg);
	/* A line for people: a topic that is waited for, the first skipped message of each kind. */
	void	(*notice)(void *arg, const char *text);
	/* An event of type GW_EVENT_ERROR. 0: go on; else its code, with err filled. */
	int	(*trouble)(void *arg, const struct gw_event *ev, struct gw_err *err);
	void	*arg;
};

#define GW_SCORE_REASONS_MAX	16
#define GW_SCORE_REASON_MAX	64

/* Messages that are no plays, by reason. */
struct gw_score_skip {
	char		reason[GW_SCORE_REASON_MAX];	/* "not JSON", "down missing" */
	uint64_t	n;
};

struct gw_score_stats {
	uint64_t		plays, skipped, repeated;	/* repeated: already in the CSV */
	uint64_t		units, given_up;	/* brought out; aborted and read again */
	uint64_t		dead, corrected, withdrawn;	/* of skipped, plays, plays */
	size_t			n_skips;
	struct gw_score_skip	skips[GW_SCORE_REASONS_MAX];	/* the last one: all others */
	int64_t			first_us, last_us;	/* first fetched, newest durable */
	/* Microseconds. The first two begin at the record's timestamp, which has milliseconds. */
	struct gw_hist		to_fetched;		/* produced: handed out by the client */
	struct gw_hist		to_scored;		/* produced: predicted */
	struct gw_hist		compute;		/* parse, features, predict */
	struct gw_hist		to_durable;		/* a unit: first fetched to all durable */
};

/*
 * o is copied; what it points to, client included, outlives the scorer. The client belongs to it:
 * it reads all of its events. Everything else happens in the part, which is done when the scorer
 * has stopped by itself or after gw_score_stop(). NULL: GW_ENOMEM in err.
 */
struct gw_score		*gw_score_new(struct gw_env *env, struct gw_client *client,
			    const struct gw_score_options *o, struct gw_err *err);
void			 gw_score_free(struct gw_score *s);	/* NULL is accepted */
struct gw_part		 gw_score_part(struct gw_score *s);

/* True once it has partitions and knows where to read each of them. */
bool			 gw_score_is_reading(const struct gw_score *s);
/*
 * Go on with o's predictor, model_sha256, trial and batch_ms; the rest of o is passed over. Only
 * within between(), so that a unit has one model from its first play to its commit.
 */
void			 gw_score_reload(struct gw_score *s, const struct gw_score_options *o);
/* Finish the unit under way, commit, and be done. */
void			 gw_score_stop(struct gw_score *s);

const struct gw_score_stats	*gw_score_get_stats(const struct gw_score *s);
/*
 * Why the part failed; code 0: it did not. Kafka's code 3: no such topic (only with at_end, else it
 * is waited for). GW_EDATA: the topic was made anew under the CSV's or the group's offsets.
 */
const struct gw_err	*gw_score_error(const struct gw_score *s);
/* True when it failed because predictions were not delivered. */
bool			 gw_score_undelivered(const struct gw_score *s);

/*
 * Why a message was no play, short and the same for all of its kind: "not JSON", "quarter
 * impossible". err as gw_play_parse() filled it.
 */
void			 gw_score_reason(const struct gw_err *err, char out[GW_SCORE_REASON_MAX]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/score/scorer.h - the scorer as people run it: score.h with its models, sinks, page, screen
 * and service around it. "gridwire score" fills in what was asked for; here it happens.
 *
 *   scorer.c         client, sinks, page and service in one loop
 *   scorer_says.c    what is said about plays, models and the end
 *   scorer_reload.c  models and settings that change while it runs
 */
#ifndef GW_SCORER_H
#define GW_SCORER_H

#include "apps/kafka.h"
#include "apps/page/page.h"
#include "apps/score/board.h"
#include "apps/score/score.h"
#include "apps/score/score_config.h"
#include "apps/score/trial.h"
#include "apps/service.h"
#include "nfl/watch.h"

struct gw_scorer {
	struct gw_app		*app;
	/* What was asked for. Strings belong to the command line or to config. */
	struct gw_kafka_args	 args;
	int			 argc;
	char			**argv;
	/* Fills another one from argc and argv, as at the start; for a reload. 0 or GW_E*. */
	int			(*parse)(struct gw_scorer *fresh, int argc, char **argv,
				    struct gw_err *err);
	struct gw_score_config	 config;
	bool			 check;
	int			 mistakes;	/* of the file, with --check */
	const char		*csv, *model, *models, *http, *token_file, *log_format, *challenger;
	double			 share, alpha;
	const char		*dlq;		/* NULL: not told */
	bool			 json, from_stdin, loose, all_games;
	char			 dlq_name[256], transactional_id[256];
	struct gw_score_options	 o;
	struct gw_buf		 token;
	struct gw_addr		 http_addr;

	/* What runs. */
	struct gw_kafka		 k;
	struct gw_trial		 trial;		/* the model, and perhaps another */
	struct gw_trial		 next;		/* for the next unit, if swap */
	bool			 swap, rolled_back;
	uint64_t		 rollbacks;	/* of challengers since the start */
	int64_t			 aliases_stamp;
	struct gw_service	 service;
	struct gw_page		*page;		/* NULL: none */
	struct gw_score		*score;		/* NULL: not yet */
	/* over the champion's predictions; NULL: not yet, or out of memory */
	struct gw_watch		*watch;
	const struct gw_model	*watched;
	int64_t			 watch_day;	/* since 1970, of the last line about it */
	/* on stdout: a line per play, or the board of all games */
	struct gw_board		 board;
	struct gw_board_style	 style;
	struct gw_play		 before;
	bool			 has_before;
};

void	gw_scorer_init(struct gw_scorer *c, struct gw_app *app);
void	gw_scorer_fini(struct gw_scorer *c);
/* Over Kafka, until it ends. Models are open. Returns the exit code. */
int	gw_scorer_run(struct gw_scorer *c);

/* scorer_says.c: its callbacks into o; the rest as it says. */
void	gw_scorer_speak(struct gw_scorer *c);
void	gw_scorer_show_board(struct gw_scorer *c, bool at_end);
/* NULL: none, or it is over a model that was replaced meanwhile. */
struct gw_watch	*gw_scorer_watch(const struct gw_scorer *c);
void	gw_scorer_say_watch(struct gw_scorer *c);
void	gw_scorer_say_stats(struct gw_app *app, const struct gw_score_stats *st);

/* scorer_reload.c */
int	gw_scorer_open_models(struct gw_scorer *c, struct gw_err *err);
/* As a gw_service and gw_score_options want them; arg is the gw_scorer. */
void	gw_scorer_on_reload(void *arg);
void	gw_scorer_on_tick(void *arg);
void	gw_scorer_on_status(void *arg, struct gw_buf *out);
void	gw_scorer_on_between(void *arg);

#endif

/* SPDX-License-Identifier: MIT
 *
 * nfl/state_fit.h - what the files of nfl/state_trainer.h share.
 */
#ifndef GW_STATE_FIT_H
#define GW_STATE_FIT_H

#include "ml/matrix.h"
#include "nfl/state_trainer.h"

/* A play without its texts. */
struct gw_state_row {
	unsigned	has;
	enum gw_play_type type;
	int32_t		quarter, time_remaining, home_score, away_score, field_position, down,
	    distance, home_receives_2h, home_backup_qb, away_backup_qb;
	bool		is_home_team;
	bool		ends_game;		/* the game's last play */
	double		spread_line, total_line, rating_line;
	int32_t		final_home, final_away;
};

struct gw_state_trainer {
	struct gw_alloc		*alloc;
	struct gw_pool		*pool;
	struct gw_state_row	*rows;
	size_t		 n, cap;
	char		 last_game[GW_GAME_ID_MAX];
};

/* What the parts of the fit share. */
struct gw_state_fit {
	struct gw_state_trainer	*t;
	struct gw_model		*m;
	struct gw_err		*err;
	struct gw_play		 play;	/* scratch */
	struct gw_expected	*e;	/* (n) */
	double			 log_loss;
};

void	gw_state_play_of(const struct gw_state_row *r, struct gw_play *p);
int	gw_state_no_memory(struct gw_state_fit *f);		/* GW_ENOMEM, told */
struct gw_head *gw_state_new_head(struct gw_model *m, const char *name, enum gw_family family);
/*
 * n features of every play into x (rows, n), derived ones included: from `even` on for plays 0, 2,
 * 4 and so on, from `odd` on for the others.
 */
int	gw_state_fill(struct gw_state_fit *f, struct gw_matrix *x, size_t even, size_t odd,
	    size_t n) GW_CHECK_RESULT;
/* home_score, away_score and the bands; state_scores.c. */
int	gw_state_fit_scores(struct gw_state_fit *f) GW_CHECK_RESULT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * apps/score/board_line.h - one play on one line of 80 columns, as a fan reads a scoreboard:
 *
 *   play  clock     score            situation            home team wins     final
 *     97  Q3 08:12 *BAL 10 @  KC  13  3rd & 7 at BAL 34    KC   57% ######.... 21-24
 *
 * "*" (or a bullet) marks who has the ball; the final score is the projected one, visitors first,
 * as everywhere on the line.
 */
#ifndef GW_BOARD_LINE_H
#define GW_BOARD_LINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "nfl/prediction.h"

struct gw_board_style {
	bool	utf8;		/* blocks and lines; else ASCII of the same width */
	bool	colour;		/* SGR sequences; never changes the width */
};

struct gw_app;

/* Colour as app says, UTF-8 as LC_ALL, LC_CTYPE, LANG say. */
struct gw_board_style	gw_board_style(const struct gw_app *app);

#define GW_BOARD_TEXT_MAX 40

/* "Q3 08:12", "OT 04:30", "2OT 12:00". */
void	gw_board_clock(const struct gw_play *p, char out[GW_BOARD_TEXT_MAX]);
/*
 * "3rd & 7 at BAL 34", "1st & goal at KC 5", "4th & 1 at the 50", "kick-off to KC", "extra point".
 */
void	gw_board_situation(const struct gw_play *p, char out[GW_BOARD_TEXT_MAX]);
/*
 * The same in 19 columns with what to do on a fourth down, if the model says it:
 * "4th&2 BAL 34: go", "4th&11 KC 27: punt", "4th&10 KC 27: kick".
 */
void	gw_board_advised(const struct gw_play *p, const struct gw_prediction *pr,
	    char out[GW_BOARD_TEXT_MAX]);
/*
 * "BAL 10 @ *KC  13": 17 columns, the mark in front of the team that has the ball; a score that
 * changed stands out in colour.
 */
void	gw_board_score(struct gw_buf *out, const struct gw_play *p, bool changed,
	    struct gw_board_style style);
/* "57%"; never a false certainty: "<1%" and ">99%" beside 0 and 1. */
void	gw_board_percent(double p, char out[GW_BOARD_TEXT_MAX]);
/* Seconds played in the whole game, overtime included; for the x axis of a chart. */
int32_t	gw_board_elapsed(const struct gw_play *p);

/* The line above, with its '\n'. before: the play of the line above, NULL: none (a score that
 * changed stands out in colour). */
void	gw_board_line(struct gw_buf *out, const struct gw_play *p, const struct gw_prediction *pr,
	    const struct gw_play *before, struct gw_board_style style);
void	gw_board_header(struct gw_buf *out, struct gw_board_style style);
/* A thin rule with the quarter's name, where one begins. */
void	gw_board_quarter(struct gw_buf *out, const struct gw_play *p, struct gw_board_style style);

#endif

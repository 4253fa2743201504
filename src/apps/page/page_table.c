/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/page/page_table.h"

#include <stdio.h>

#include "apps/score/board_line.h"
#include "base/slice.h"
#include "nfl/fourth_down.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"refresh\" content=\"10\">\n<title>gridwire: ";
static const char body[] =
    "</title>\n<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
    "<link rel=\"stylesheet\" href=\"/page.css\">\n</head>\n<body>\n"
    "<header class=\"top\"><p class=\"brand\">grid<b>wire</b></p></header>\n<main>\n<h1>";

void
gw_page_escape(struct gw_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			gw_buf_puts(out, "&amp;");
			break;
		case '<':
			gw_buf_puts(out, "&lt;");
			break;
		case '>':
			gw_buf_puts(out, "&gt;");
			break;
		case '"':
			gw_buf_puts(out, "&quot;");
			break;
		case '\'':
			gw_buf_puts(out, "&#39;");
			break;
		default:
			gw_buf_putc(out, *text);
		}
	}
}

/* For a query: what needs no escape stays. */
static void
put_query(struct gw_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_')
			gw_buf_putc(out, *text);
		else
			gw_buf_printf(out, "%%%02X", c);
	}
}

static void
put_cell(struct gw_buf *out, const char *text)
{
	gw_buf_puts(out, "<td>");
	gw_page_escape(out, text);
}

static void
put_score(struct gw_buf *out, const struct gw_play *p)
{
	put_cell(out, p->away_team);
	gw_buf_printf(out, " %d @ ", (int)p->away_score);
	gw_page_escape(out, p->home_team);
	gw_buf_printf(out, " %d", (int)p->home_score);
}

static void
put_chance(struct gw_buf *out, const struct gw_page_entry *e)
{
	char percent[GW_BOARD_TEXT_MAX];

	gw_board_percent(e->prediction.home_win_prob, percent);
	put_cell(out, e->play.home_team);
	gw_buf_putc(out, ' ');
	gw_page_escape(out, percent);
	gw_buf_printf(out, "<td>%.0f-%.0f", e->prediction.away_score_pred,
	    e->prediction.home_score_pred);
}

static bool
is_newest(const struct gw_page_log *l, uint64_t i)
{
	const char *game = gw_page_log_at(l, i)->play.game_id;

	for (uint64_t k = i + 1; k < l->end; k++)
		if (strcmp(gw_page_log_at(l, k)->play.game_id, game) == 0 &&
		    (gw_page_log_at(l, k)->play.has & GW_HAS_WITHDRAWN) == 0)
			return false;
	return true;
}

static void
put_games(struct gw_buf *out, const struct gw_page_log *l)
{
	char clock[GW_BOARD_TEXT_MAX];

	gw_buf_puts(out, "<table><caption class=\"sr\">Games, the latest play of each</caption>\n"
	    "<tr><th scope=\"col\">Game<th scope=\"col\">Clock<th scope=\"col\">Score"
	    "<th scope=\"col\">Home wins<th scope=\"col\">Final, projected\n");
	for (uint64_t i = l->end; i > l->begin; i--) {
		const struct gw_page_entry *e = gw_page_log_at(l, i - 1);

		if ((e->play.has & GW_HAS_WITHDRAWN) != 0 || !is_newest(l, i - 1))
			continue;
		gw_board_clock(&e->play, clock);
		gw_buf_puts(out, "<tr><td><a href=\"/table?game=");
		put_query(out, e->play.game_id);
		gw_buf_puts(out, "\">");
		gw_page_escape(out, e->play.game_id);
		gw_buf_puts(out, "</a>");
		put_cell(out, clock);
		put_score(out, &e->play);
		put_chance(out, e);
		gw_buf_putc(out, '\n');
	}
	gw_buf_puts(out, "</table>\n");
	if (l->begin == l->end)
		gw_buf_puts(out, "<p>No play has been scored yet.</p>\n");
}

#define SEEN_SLOTS	1024		/* a game has some 200 plays */

/*
 * Plays met on the way from the newest to the oldest; of one that is told again the
 * newest counts.
 */
struct seen {
	int64_t	ids[SEEN_SLOTS];	/* play_id + 1; 0: free */
	size_t	n;
};

static bool
was_seen(struct seen *s, int64_t play_id)
{
	size_t at = (uint64_t)play_id * UINT64_C(0x9e3779b97f4a7c15) >> 54;

	while (s->ids[at] != 0) {
		if (s->ids[at] == play_id + 1)
			return true;
		at = (at + 1) % SEEN_SLOTS;
	}
	if (s->n < SEEN_SLOTS / 2) {
		s->ids[at] = play_id + 1;
		s->n++;
	}
	return false;
}

/* After the situation, in its cell. */
static void
put_marks(struct gw_buf *out, const struct gw_page_entry *e)
{
	if (e->prediction.fourth.choice != GW_FOURTH_NONE)
		gw_buf_printf(out, " (advised: %s)", gw_fourth_name(e->prediction.fourth.choice));
	if ((e->play.has & GW_HAS_WITHDRAWN) != 0)
		gw_buf_puts(out, " (withdrawn)");
	else if ((e->play.has & GW_HAS_REVISION) != 0 && e->play.revision > 0)
		gw_buf_puts(out, " (corrected)");
}

static void
put_plays(struct gw_buf *out, const struct gw_page_log *l, struct gw_slice game)
{
	char clock[GW_BOARD_TEXT_MAX], situation[GW_BOARD_TEXT_MAX];
	struct seen seen = { .n = 0 };

	gw_buf_puts(out, "<p><a href=\"/table\">All games</a></p>\n<table>"
	    "<caption class=\"sr\">Plays, newest first</caption>\n<tr><th scope=\"col\">Clock"
	    "<th scope=\"col\">Situation<th scope=\"col\">Score<th scope=\"col\">Home wins"
	    "<th scope=\"col\">Final, projected<th scope=\"col\">Play\n");
	for (uint64_t i = l->end; i > l->begin; i--) {
		const struct gw_page_entry *e = gw_page_log_at(l, i - 1);

		if (!gw_slice_is(game, e->play.game_id) || was_seen(&seen, e->play.play_id))
			continue;
		gw_board_clock(&e->play, clock);
		gw_board_situation(&e->play, situation);
		gw_buf_puts(out, "<tr>");
		put_cell(out, clock);
		put_cell(out, situation);
		put_marks(out, e);
		put_score(out, &e->play);
		put_chance(out, e);
		put_cell(out, (e->play.has & GW_HAS_DESC) != 0 ? e->play.desc : "");
		gw_buf_putc(out, '\n');
	}
	gw_buf_puts(out, "</table>\n");
}

void
gw_page_table(struct gw_buf *out, const struct gw_page_log *l, struct gw_slice game)
{
	char title[GW_GAME_ID_MAX];

	snprintf(title, sizeof(title), "%.*s", game.len < sizeof(title) ? (int)game.len : 0,
	    game.ptr == NULL ? "" : game.ptr);
	gw_buf_puts(out, head);
	gw_page_escape(out, title[0] == '\0' ? "games" : title);
	gw_buf_puts(out, body);
	gw_page_escape(out, title[0] == '\0' ? "Games" : title);
	gw_buf_puts(out, "</h1>\n");
	if (title[0] == '\0')
		put_games(out, l);
	else
		put_plays(out, l, gw_str(title));
	gw_buf_puts(out, "<p class=\"note\">Probabilities are those before the play. This page "
	    "asks anew every 10 seconds; the one at <a href=\"/\">/</a> is live.</p>\n</main>\n"
	    "</body>\n</html>\n");
}

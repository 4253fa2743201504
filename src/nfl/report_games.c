/* SPDX-License-Identifier: MIT
 *
 * nfl/report_games.c - the games that a report draws: their plays, kept while the season is scored.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/report.h"

#include "base/err.h"
#include "base/slice.h"

#define OVERTIME_SECONDS	600
#define POST_SECONDS		900	/* of one in the play-offs */

void
gw_report_fini(struct gw_report *r)
{
	for (size_t i = 0; i < r->n_games; i++)
		gw_alloc_free(r->alloc, r->games[i].plays);
	r->n_games = 0;
}

int
gw_report_choose(struct gw_report *r, const char *list, struct gw_err *err)
{
	struct gw_slice rest = gw_str(list);

	while (rest.ptr != NULL) {
		struct gw_slice id = gw_slice_trim(gw_slice_cut(rest, ',', &rest));

		if (id.len == 0 || id.len >= GW_GAME_ID_MAX)
			return gw_err_set(err, GW_EINVAL,
			    "\"%.*s\" is no game id, as 2024_01_BAL_KC", GW_FMT(id));
		if (r->n_games == GW_REPORT_GAMES_MAX)
			return gw_err_set(err, GW_EINVAL, "at most %d games", GW_REPORT_GAMES_MAX);
		memcpy(r->games[r->n_games++].game_id, id.ptr, id.len);
	}
	return 0;
}

static int32_t
elapsed(const struct gw_play *p, bool post)
{
	int32_t each = post ? POST_SECONDS : OVERTIME_SECONDS, left = p->time_remaining;

	if (p->quarter <= 4)
		return 3600 - left;
	return 3600 + each * (p->quarter - 4) - (left < each ? left : each);
}

static int
keep(struct gw_report *r, struct gw_report_game *g, const struct gw_play *p, double home_win_prob)
{
	void *plays = g->plays;

	if (gw_alloc_room(r->alloc, &plays, &g->cap, g->n, sizeof(*g->plays)) != 0)
		return GW_ENOMEM;
	g->plays = plays;
	memcpy(g->home, p->home_team, sizeof(g->home));
	memcpy(g->away, p->away_team, sizeof(g->away));
	g->post = strcmp(p->season_type, "POST") == 0;
	g->plays[g->n++] = (struct gw_report_play){ elapsed(p, g->post), p->quarter, p->home_score,
		p->away_score, home_win_prob };
	return 0;
}

int
gw_report_add(struct gw_report *r, const struct gw_play *p, double home_win_prob)
{
	for (size_t i = 0; i < r->n_games; i++)
		if (strcmp(r->games[i].game_id, p->game_id) == 0)
			return keep(r, &r->games[i], p, home_win_prob);
	return 0;
}

int
gw_report_complete(const struct gw_report *r, struct gw_err *err)
{
	for (size_t i = 0; i < r->n_games; i++)
		if (r->games[i].n == 0)
			return gw_err_set(err, GW_EINVAL, "no play of game %s in the seasons that "
			    "were scored", r->games[i].game_id);
	return 0;
}

void
gw_report_text(struct gw_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		const char *safe = *text == '<' ? "&lt;" : *text == '&' ? "&amp;" :
		    *text == '"' ? "&quot;" : NULL;

		if (safe != NULL)
			gw_buf_puts(out, safe);
		else
			gw_buf_putc(out, *text);
	}
}

static void
put_game(struct gw_buf *out, const struct gw_report_game *g, size_t i)
{
	gw_buf_puts(out, "<h3>");
	gw_report_text(out, g->away);
	gw_buf_puts(out, " at ");
	gw_report_text(out, g->home);
	gw_buf_puts(out, ", ");
	gw_report_text(out, g->game_id);
	gw_buf_printf(out, "</h3>\n<figure class=\"chart\"><svg id=\"game-%zu\" role=\"img\" "
	    "aria-label=\"Chance of the home team, play by play\" data-home=\"", i);
	gw_report_text(out, g->home);
	gw_buf_puts(out, "\" data-away=\"");
	gw_report_text(out, g->away);
	gw_buf_printf(out, "\"%s hidden></svg></figure>\n<details><summary>%zu plays</summary>\n"
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Plays of game "
	    "%zu\">\n<table id=\"plays-%zu\">\n<tr><th>second<th>quarter<th>home<th>away"
	    "<th>home wins\n",
	    g->post ? " data-post" : "", g->n, i + 1, i);
	for (size_t k = 0; k < g->n; k++) {
		const struct gw_report_play *p = &g->plays[k];

		gw_buf_printf(out, "<tr><td>%d<td>%d<td>%d<td>%d<td>%.2f%%\n", (int)p->elapsed,
		    (int)p->quarter, (int)p->home_score, (int)p->away_score,
		    100 * p->home_win_prob);
	}
	gw_buf_puts(out, "</table>\n</div></details>\n");
}

void
gw_report_games_html(struct gw_buf *out, const struct gw_report *r)
{
	if (r->n_games == 0)
		return;
	gw_buf_puts(out, "<h2>Games</h2>\n");
	for (size_t i = 0; i < r->n_games; i++)
		put_game(out, &r->games[i], i);
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/board.h"

#define CELL_S		225
#define CLEAR_LINE	"\033[K"

static struct gw_board_game *
find(struct gw_board *b, const char *game_id)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->games[i].play.game_id, game_id) == 0)
			return &b->games[i];
	return NULL;
}

static struct gw_board_game *
add(struct gw_board *b)
{
	struct gw_board_game *g;

	if (b->n == GW_BOARD_GAMES_MAX) {
		memmove(b->games, b->games + 1, (b->n - 1) * sizeof(b->games[0]));
		b->n--;
		b->n_gone++;
	}
	g = &b->games[b->n++];
	*g = (struct gw_board_game){ .scored = false };
	for (size_t i = 0; i < GW_BOARD_CELLS; i++)
		g->cells[i] = -1;
	return g;
}

struct gw_board_game *
gw_board_scored(struct gw_board *b, const struct gw_scored *s)
{
	struct gw_board_game *g = find(b, s->play->game_id);
	size_t cell = (size_t)(gw_board_elapsed(s->play) / CELL_S);
	bool is_new = g == NULL;

	if ((s->play->has & GW_HAS_WITHDRAWN) != 0)
		return NULL;
	if (is_new)
		g = add(b);
	g->cells[cell < GW_BOARD_CELLS ? cell : GW_BOARD_CELLS - 1] =
	    (float)s->prediction->home_win_prob;
	if (!is_new && s->play->play_number < g->play.play_number)
		return g;		/* a correction of an earlier play */
	g->scored = !is_new && (s->play->home_score != g->play.home_score ||
	    s->play->away_score != g->play.away_score);
	g->play = *s->play;
	g->prediction = *s->prediction;
	return g;
}

/* Up to the newest play; a column without one holds what was before it. */
static void
put_cells(struct gw_buf *out, const struct gw_board_game *g, bool utf8)
{
	static const char *const blocks[] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	size_t last = GW_BOARD_CELLS;
	float held = -1;

	while (last > 0 && g->cells[last - 1] < 0)
		last--;
	for (size_t i = 0; i < last; i++) {
		if (g->cells[i] >= 0)
			held = g->cells[i];
		if (held < 0)
			gw_buf_putc(out, ' ');
		else if (utf8)
			gw_buf_puts(out, blocks[held >= 1 ? 7 : (int)(held * 8)]);
		else
			gw_buf_putc(out, (char)('0' + (held >= 1 ? 9 : (int)(held * 10))));
	}
}

void
gw_board_row(struct gw_buf *out, const struct gw_board_game *g, struct gw_board_style style)
{
	char clock[GW_BOARD_TEXT_MAX], situation[GW_BOARD_TEXT_MAX], percent[GW_BOARD_TEXT_MAX];

	gw_board_clock(&g->play, clock);
	gw_board_advised(&g->play, &g->prediction, situation);
	gw_board_percent(g->prediction.home_win_prob, percent);
	gw_board_score(out, &g->play, g->scored, style);
	gw_buf_printf(out, "  %-8s  %-19.19s  %-3.3s ", clock, situation, g->play.home_team);
	gw_buf_puts(out, style.colour ? "\033[1m" : "");
	gw_buf_printf(out, "%4s", percent);
	gw_buf_puts(out, style.colour ? "\033[0m\033[36m" : "");
	gw_buf_putc(out, ' ');
	put_cells(out, g, style.utf8);
	gw_buf_puts(out, style.colour ? "\033[0m\n" : "\n");
}

void
gw_board_draw(struct gw_board *b, struct gw_buf *out, struct gw_board_style style, size_t rows)
{
	size_t shown = b->n, unseen = b->n_gone;

	/*
	 * What has left the top of the screen could not be drawn over; the last row
	 * is the cursor's.
	 */
	if (shown + (unseen > 0) > rows - 1) {
		shown = rows - 2;
		unseen += b->n - shown;
	}
	if (b->n_drawn > 0)
		gw_buf_printf(out, "\033[%zuA", b->n_drawn);
	b->n_drawn = shown + (unseen > 0);
	if (unseen > 0)
		gw_buf_printf(out, CLEAR_LINE "%zu older games are not shown\n", unseen);
	for (size_t i = b->n - shown; i < b->n; i++) {
		gw_buf_puts(out, CLEAR_LINE);
		gw_board_row(out, &b->games[i], style);
	}
}

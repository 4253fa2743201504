/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/chart.h"

#include <math.h>

#define LABEL_WIDTH	9
#define PLOT		(GW_CHART_COLUMNS - LABEL_WIDTH - 1)
#define ROWS		GW_CHART_ROWS
#define QUARTER_S	900
#define GAME_S		3600
#define OVERTIME_S	600

#define SGR_OFF		"\033[0m"
#define SGR_DIM		"\033[2m"
#define SGR_LINE	"\033[1;36m"

/* What a cell of the plot shows; the order is that of glyphs[]. */
enum cell { BLANK, EVEN, MARK, FLAT, UPRIGHT, RISE_TO, RISE_FROM, FALL_TO, FALL_FROM };

static const struct { const char *utf8, *ascii; } glyphs[] = {
	[BLANK] = { " ", " " }, [EVEN] = { "┈", "." }, [MARK] = { "┊", ":" },
	[FLAT] = { "─", "*" }, [UPRIGHT] = { "│", "|" },
	[RISE_TO] = { "╭", "*" }, [RISE_FROM] = { "╯", "*" },
	[FALL_TO] = { "╰", "*" }, [FALL_FROM] = { "╮", "*" },
};

struct plot {
	unsigned char	cells[ROWS][PLOT];
	int32_t		length_s;	/* of the game, as far as the axis goes */
};

static int
column(const struct plot *p, int32_t elapsed_s)
{
	int x = (int)((int64_t)elapsed_s * PLOT / p->length_s);

	return x < 0 ? 0 : x < PLOT ? x : PLOT - 1;
}

static int
row(double home_win_prob)
{
	int y = (int)lround((1 - home_win_prob) * (ROWS - 1));

	return y < 0 ? 0 : y < ROWS ? y : ROWS - 1;
}

/* Quarters and the even line lie behind the curve. */
static void
draw_field(struct plot *p)
{
	for (int x = 0; x < PLOT; x++)
		p->cells[ROWS / 2][x] = EVEN;
	for (int32_t at = QUARTER_S; at < p->length_s && at <= GAME_S; at += QUARTER_S)
		for (int y = 0; y < ROWS; y++)
			p->cells[y][column(p, at)] = MARK;
}

/* One column of the curve, which came from row "from" and leaves in row "to". */
static void
draw_step(struct plot *p, int x, int from, int to)
{
	if (from == to) {
		p->cells[to][x] = FLAT;
		return;
	}
	p->cells[from][x] = to < from ? RISE_FROM : FALL_FROM;
	p->cells[to][x] = to < from ? RISE_TO : FALL_TO;
	for (int y = (to < from ? to : from) + 1; y < (to < from ? from : to); y++)
		p->cells[y][x] = UPRIGHT;
}

static void
draw_curve(struct plot *p, const struct gw_chart *c)
{
	int at = row(c->points[0].home_win_prob), end = column(p, c->points[c->n - 1].elapsed_s);
	size_t i = 0;

	for (int x = 0; x <= end; x++) {
		int to = at;

		for (; i < c->n && column(p, c->points[i].elapsed_s) <= x; i++)
			to = row(c->points[i].home_win_prob);
		draw_step(p, x, at, to);
		at = to;
	}
}

static int32_t
game_length(const struct gw_chart *c)
{
	int32_t last = c->n == 0 ? 0 : c->points[c->n - 1].elapsed_s, length = GAME_S;

	while (length < last)
		length += OVERTIME_S;
	return length;
}

static void
sgr(struct gw_buf *out, struct gw_board_style style, const char *seq)
{
	if (style.colour)
		gw_buf_puts(out, seq);
}

static void
put_label(struct gw_buf *out, const struct gw_chart *c, int y, struct gw_board_style style)
{
	if (y == 0)
		gw_buf_printf(out, "%*.3s 100%%", LABEL_WIDTH - 6, c->home);
	else if (y == ROWS - 1)
		gw_buf_printf(out, "%*.3s 100%%", LABEL_WIDTH - 6, c->away);
	else
		gw_buf_printf(out, "%*s", LABEL_WIDTH - 1, y == ROWS / 2 ? "50%" : "");
	gw_buf_putc(out, ' ');
	gw_buf_puts(out, style.utf8 ? "┤" : "|");
}

static void
put_row(struct gw_buf *out, const struct plot *p, int y, struct gw_board_style style)
{
	int end = PLOT;
	bool line = false;

	while (end > 0 && p->cells[y][end - 1] == BLANK)
		end--;
	sgr(out, style, SGR_DIM);
	for (int x = 0; x < end; x++) {
		enum cell cell = p->cells[y][x];

		if (line != (cell >= FLAT)) {
			line = !line;
			sgr(out, style, line ? SGR_OFF SGR_LINE : SGR_OFF SGR_DIM);
		}
		gw_buf_puts(out, style.utf8 ? glyphs[cell].utf8 : glyphs[cell].ascii);
	}
	sgr(out, style, SGR_OFF);
	gw_buf_putc(out, '\n');
}

static void
put_axis(struct gw_buf *out, const struct plot *p, struct gw_board_style style)
{
	gw_buf_printf(out, "%*s%s", LABEL_WIDTH, "", style.utf8 ? "└" : "+");
	for (int x = 0; x < PLOT; x++) {
		bool tick = false;

		for (int32_t at = QUARTER_S; at < p->length_s && at <= GAME_S; at += QUARTER_S)
			tick = tick || column(p, at) == x;
		if (style.utf8)
			gw_buf_puts(out, tick ? "┴" : "─");
		else
			gw_buf_putc(out, tick ? '+' : '-');
	}
	gw_buf_putc(out, '\n');
}

static void
put_names(struct gw_buf *out, const struct plot *p)
{
	static const char *const names[] = { "Q1", "Q2", "Q3", "Q4", "OT" };
	int written = -1;

	gw_buf_printf(out, "%*s", LABEL_WIDTH, "");
	for (size_t i = 0; i < GW_N(names); i++) {
		int32_t at = (int32_t)i * QUARTER_S;

		if (at >= p->length_s)
			break;
		gw_buf_printf(out, "%*s%s", column(p, at) - written, "", names[i]);
		written = column(p, at) + (int)strlen(names[i]);
	}
	gw_buf_putc(out, '\n');
}

void
gw_chart(struct gw_buf *out, const struct gw_chart *chart, struct gw_board_style style)
{
	struct plot p = { .length_s = game_length(chart) };

	draw_field(&p);
	if (chart->n > 0)
		draw_curve(&p, chart);
	for (int y = 0; y < ROWS; y++) {
		put_label(out, chart, y, style);
		put_row(out, &p, y, style);
	}
	put_axis(out, &p, style);
	put_names(out, &p);
}

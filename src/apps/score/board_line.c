/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/board_line.h"

#include <math.h>
#include <stdio.h>

#include "apps/app.h"
#include "base/slice.h"

#define BAR_CELLS	10
#define WIDTH		80
#define QUARTER_S	900
#define GAME_S		3600

#define SGR_OFF		"\033[0m"
#define SGR_BOLD	"\033[1m"
#define SGR_DIM		"\033[2m"
#define SGR_YELLOW	"\033[1;33m"
#define SGR_CYAN	"\033[36m"

static bool
names_utf8(const char *locale)
{
	static const char *const marks[] = { "UTF-8", "utf-8", "UTF8", "utf8" };

	for (size_t i = 0; i < GW_N(marks); i++)
		if (strstr(locale, marks[i]) != NULL)
			return true;
	return false;
}

struct gw_board_style
gw_board_style(const struct gw_app *app)
{
	static const char *const vars[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	struct gw_board_style style = { false, app->colour };

	for (size_t i = 0; i < GW_N(vars); i++) {
		const char *value = gw_app_getenv(vars[i]);

		if (value == NULL || *value == '\0')
			continue;
		style.utf8 = names_utf8(value);
		break;
	}
	return style;
}

static void
sgr(struct gw_buf *out, struct gw_board_style style, const char *seq)
{
	if (style.colour)
		gw_buf_puts(out, seq);
}

static void
repeat(struct gw_buf *out, const char *s, int n)
{
	while (n-- > 0)
		gw_buf_puts(out, s);
}

/* Overtime of any number: "OT", "2OT". */
static void
quarter_name(int32_t quarter, char *out, size_t cap)
{
	if (quarter <= 4)
		snprintf(out, cap, "Q%d", (int)quarter);
	else if (quarter == 5)
		snprintf(out, cap, "OT");
	else
		snprintf(out, cap, "%dOT", (int)quarter - 4);
}

/* The clock as the stadium shows it: time_remaining counts the whole game, but overtime alone. */
static int32_t
quarter_seconds(const struct gw_play *p)
{
	int32_t left = p->time_remaining;

	if (p->quarter < 4)
		left -= (4 - p->quarter) * QUARTER_S;
	return left < 0 ? 0 : left;
}

void
gw_board_clock(const struct gw_play *p, char out[GW_BOARD_TEXT_MAX])
{
	int32_t left = quarter_seconds(p);
	char name[16];

	quarter_name(p->quarter, name, sizeof(name));
	snprintf(out, GW_BOARD_TEXT_MAX, "%s %02d:%02d", name, (int)(left / 60), (int)(left % 60));
}

/* Overtime lasts 600 s, 900 in the play-offs: only what is left is told. */
int32_t
gw_board_elapsed(const struct gw_play *p)
{
	int32_t left = quarter_seconds(p), length = QUARTER_S;

	if (p->quarter > 4 && left <= 600 && strcmp(p->season_type, "POST") != 0)
		length = 600;
	if (p->quarter <= 4)
		return p->quarter * QUARTER_S - (left < QUARTER_S ? left : QUARTER_S);
	return GAME_S + (p->quarter - 5) * length + (left < length ? length - left : 0);
}

static void
spot(const struct gw_play *p, char *out, size_t cap)
{
	if (p->field_position == 50)
		snprintf(out, cap, "the 50");
	else if (p->field_position > 50)
		snprintf(out, cap, "%.3s %d", p->posteam, 100 - (int)p->field_position);
	else
		snprintf(out, cap, "%.3s %d", p->defteam, (int)p->field_position);
}

static void
down_and_distance(const struct gw_play *p, char out[GW_BOARD_TEXT_MAX])
{
	static const char *const ordinals[] = { "1st", "2nd", "3rd", "4th" };
	const char *ordinal = p->down >= 1 && p->down <= 4 ? ordinals[p->down - 1] : "?";
	bool known = (p->has & GW_HAS_FIELD_POSITION) != 0;
	char where[GW_BOARD_TEXT_MAX], to_go[16];

	if ((p->has & GW_HAS_DISTANCE) == 0)
		to_go[0] = '\0';
	else if (known && p->distance >= p->field_position)
		snprintf(to_go, sizeof(to_go), " & goal");
	else
		snprintf(to_go, sizeof(to_go), " & %d", (int)p->distance);
	if (known)
		spot(p, where, sizeof(where));
	snprintf(out, GW_BOARD_TEXT_MAX, "%s%s%s%.16s", ordinal, to_go, known ? " at " : "",
	    known ? where : "");
}

void
gw_board_situation(const struct gw_play *p, char out[GW_BOARD_TEXT_MAX])
{
	if ((p->has & GW_HAS_DOWN) != 0)
		down_and_distance(p, out);
	else if (p->type == GW_PLAY_KICKOFF)
		snprintf(out, GW_BOARD_TEXT_MAX, "kick-off to %.3s", p->posteam);
	else if (p->type == GW_PLAY_EXTRA_POINT)
		snprintf(out, GW_BOARD_TEXT_MAX, "extra point");
	else if (p->type == GW_PLAY_PASS || p->type == GW_PLAY_RUN)
		snprintf(out, GW_BOARD_TEXT_MAX, "two-point try");
	else
		out[0] = '\0';
}

void
gw_board_advised(const struct gw_play *p, const struct gw_prediction *pr,
    char out[GW_BOARD_TEXT_MAX])
{
	static const char *const words[] = { "", "go", "punt", "kick" };
	char where[GW_BOARD_TEXT_MAX];

	if (pr->fourth.choice == GW_FOURTH_NONE) {
		gw_board_situation(p, out);
		return;
	}
	spot(p, where, sizeof(where));
	snprintf(out, GW_BOARD_TEXT_MAX, "4th&%d %.16s: %s", (int)p->distance, where,
	    words[pr->fourth.choice]);
}

void
gw_board_percent(double p, char out[GW_BOARD_TEXT_MAX])
{
	if (p > 0 && p < 0.005)
		snprintf(out, GW_BOARD_TEXT_MAX, "<1%%");
	else if (p < 1 && p >= 0.995)
		snprintf(out, GW_BOARD_TEXT_MAX, ">99%%");
	else
		snprintf(out, GW_BOARD_TEXT_MAX, "%.0f%%", 100 * p);
}

/* The home team's share of BAR_CELLS, in eighths of a cell where the screen can. */
static void
bar(struct gw_buf *out, double p, struct gw_board_style style)
{
	static const char *const eighths[] = {
		"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"
	};
	int parts = (int)lround(p * BAR_CELLS * (style.utf8 ? 8 : 1));
	int full = style.utf8 ? parts / 8 : parts, part = style.utf8 ? parts % 8 : 0;

	sgr(out, style, SGR_CYAN);
	repeat(out, style.utf8 ? "█" : "#", full);
	gw_buf_puts(out, eighths[part]);
	sgr(out, style, SGR_OFF SGR_DIM);
	repeat(out, style.utf8 ? "·" : ".", BAR_CELLS - full - (part > 0));
	sgr(out, style, SGR_OFF);
}

void
gw_board_score(struct gw_buf *out, const struct gw_play *p, bool changed,
    struct gw_board_style style)
{
	const char *mark = style.utf8 ? "•" : "*";

	sgr(out, style, changed ? SGR_YELLOW : "");
	gw_buf_printf(out, "%s%-3.3s %2d @ %s%-3.3s %2d", p->is_home_team ? " " : mark,
	    p->away_team, (int)p->away_score, p->is_home_team ? mark : " ", p->home_team,
	    (int)p->home_score);
	sgr(out, style, changed ? SGR_OFF : "");
}

void
gw_board_line(struct gw_buf *out, const struct gw_play *p, const struct gw_prediction *pr,
    const struct gw_play *before, struct gw_board_style style)
{
	char clock[GW_BOARD_TEXT_MAX], situation[GW_BOARD_TEXT_MAX], percent[GW_BOARD_TEXT_MAX];
	bool changed = before != NULL && strcmp(before->game_id, p->game_id) == 0 &&
	    (before->home_score != p->home_score || before->away_score != p->away_score);

	gw_board_clock(p, clock);
	gw_board_advised(p, pr, situation);
	gw_board_percent(pr->home_win_prob, percent);
	gw_buf_printf(out, "%4d  %-8s ", (int)p->play_number, clock);
	gw_board_score(out, p, changed, style);
	gw_buf_printf(out, "  %-19.19s  %-3.3s ", situation, p->home_team);
	sgr(out, style, SGR_BOLD);
	gw_buf_printf(out, "%4s", percent);
	sgr(out, style, SGR_OFF);
	gw_buf_putc(out, ' ');
	bar(out, pr->home_win_prob, style);
	gw_buf_printf(out, " %2.0f-%.0f\n", pr->away_score_pred, pr->home_score_pred);
}

void
gw_board_header(struct gw_buf *out, struct gw_board_style style)
{
	sgr(out, style, SGR_DIM);
	gw_buf_printf(out, "%4s  %-8s %-17s  %-19s  %-19s%s", "play", "clock", " score",
	    "situation", "home team wins", "final");
	sgr(out, style, SGR_OFF);
	gw_buf_putc(out, '\n');
}

void
gw_board_quarter(struct gw_buf *out, const struct gw_play *p, struct gw_board_style style)
{
	static const char *const names[] = { "1st quarter", "2nd quarter", "3rd quarter",
		"4th quarter" };
	const char *name = p->quarter <= 4 ? names[p->quarter - 1] : "overtime";
	const char *dash = style.utf8 ? "─" : "-";

	sgr(out, style, SGR_DIM);
	repeat(out, dash, 4);
	gw_buf_printf(out, "  %s  ", name);
	repeat(out, dash, WIDTH - 8 - (int)strlen(name));
	sgr(out, style, SGR_OFF);
	gw_buf_putc(out, '\n');
}

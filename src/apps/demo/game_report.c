/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/demo/game_report.h"

#include <math.h>
#include <stdio.h>

#include "apps/chart.h"

#define POINTS_MAX	1024	/* an NFL game has about 150 plays, the longest below 250 */

/* A play and what it did to the home team's chances. */
struct swing {
	size_t	i;		/* of the play */
	double	from, to;
};

static void
put_chart(struct gw_buf *out, const struct gw_report *r, struct gw_board_style style)
{
	struct gw_chart_point points[POINTS_MAX];
	const struct gw_play *p = &r->plays[0].play;
	struct gw_chart chart = { .home = p->home_team, .away = p->away_team, .points = points };

	for (size_t i = 0; i < r->n && i < POINTS_MAX; i++) {
		points[i].elapsed_s = gw_board_elapsed(&r->plays[i].play);
		points[i].home_win_prob = r->plays[i].prediction.home_win_prob;
		chart.n++;
	}
	gw_chart(out, &chart, style);
}

/* ---- scores ---- */

static void
put_projected(struct gw_buf *out, const struct gw_report *r, size_t i, const char *when)
{
	const struct gw_report_play *p = &r->plays[i];

	gw_buf_printf(out, "  projected %-24s %3.3s %2.0f @ %-3.3s %2.0f\n", when,
	    p->play.away_team, p->prediction.away_score_pred, p->play.home_team,
	    p->prediction.home_score_pred);
}

/* The first play of a quarter or later one; n if the game did not get there. */
static size_t
first_of_quarter(const struct gw_report *r, int32_t quarter)
{
	size_t i = 0;

	while (i < r->n && r->plays[i].play.quarter < quarter)
		i++;
	return i;
}

static void
put_scores(struct gw_buf *out, const struct gw_report *r)
{
	const struct gw_play *p = &r->plays[0].play;
	size_t second_half = first_of_quarter(r, 3), last_quarter = first_of_quarter(r, 4);

	gw_buf_putc(out, '\n');
	if (r->over)
		gw_buf_printf(out, "  final score %-22s %3.3s %2d @ %-3.3s %2d\n", "", p->away_team,
		    (int)r->final_away, p->home_team, (int)r->final_home);
	put_projected(out, r, 0, "before the first play");
	if (second_half < r->n)
		put_projected(out, r, second_half, "at half-time");
	if (last_quarter < r->n)
		put_projected(out, r, last_quarter, "before the last quarter");
}

/* ---- swings ---- */

static double
chances_after(const struct gw_report *r, size_t i)
{
	if (i + 1 < r->n)
		return r->plays[i + 1].prediction.home_win_prob;
	return r->final_home > r->final_away ? 1 : r->final_home < r->final_away ? 0 : 0.5;
}

static size_t
find_swings(const struct gw_report *r, struct swing *top)
{
	size_t n = 0, n_plays = r->over ? r->n : r->n - 1;

	for (size_t i = 0; i < n_plays; i++) {
		struct swing s = { i, r->plays[i].prediction.home_win_prob, chances_after(r, i) };
		size_t at = n;

		while (at > 0 && fabs(top[at - 1].to - top[at - 1].from) < fabs(s.to - s.from))
			at--;
		if (at == GW_REPORT_SWINGS)
			continue;
		if (n < GW_REPORT_SWINGS)
			n++;
		for (size_t k = n - 1; k > at; k--)
			top[k] = top[k - 1];
		top[at] = s;
	}
	return n;
}

/* What a play brought, from the score and the ball after it; empty when nothing more is known. */
static void
outcome(const struct gw_play *p, int32_t home, int32_t away, const struct gw_play *after,
    char out[GW_BOARD_TEXT_MAX])
{
	int32_t own = p->is_home_team ? home - p->home_score : away - p->away_score;
	int32_t other = p->is_home_team ? away - p->away_score : home - p->home_score;
	bool kick = p->type == GW_PLAY_KICKOFF || p->type == GW_PLAY_PUNT;

	out[0] = '\0';
	if (own >= 6 || other >= 6)
		snprintf(out, GW_BOARD_TEXT_MAX, ", touchdown %.3s",
		    own >= 6 ? p->posteam : p->defteam);
	else if (other == 2)
		snprintf(out, GW_BOARD_TEXT_MAX, ", safety");
	else if (p->type == GW_PLAY_FIELD_GOAL)
		snprintf(out, GW_BOARD_TEXT_MAX, own == 3 ? ", good" : ", no good");
	else if (after != NULL && !kick && own <= 0 && after->is_home_team != p->is_home_team &&
	    after->quarter == p->quarter)
		snprintf(out, GW_BOARD_TEXT_MAX, (p->has & GW_HAS_DOWN) != 0 && p->down == 4 ?
		    ", stopped" : ", turnover");
}

static void
what_happened(const struct gw_play *p, char out[GW_BOARD_TEXT_MAX])
{
	static const char *const names[GW_N_PLAY_TYPES] = {
		[GW_PLAY_OTHER] = "play", [GW_PLAY_PASS] = "pass", [GW_PLAY_RUN] = "run",
		[GW_PLAY_PUNT] = "punt", [GW_PLAY_FIELD_GOAL] = "field goal",
		[GW_PLAY_KICKOFF] = "kick-off", [GW_PLAY_EXTRA_POINT] = "extra point",
		[GW_PLAY_QB_KNEEL] = "kneel-down", [GW_PLAY_QB_SPIKE] = "spike",
		[GW_PLAY_NO_PLAY] = "penalty",
	};
	const char *name = names[p->type];

	if ((p->type != GW_PLAY_PASS && p->type != GW_PLAY_RUN) ||
	    (p->has & GW_HAS_YARDS_GAINED) == 0)
		snprintf(out, GW_BOARD_TEXT_MAX, "%s", name);
	else if (p->yards_gained == 0)
		snprintf(out, GW_BOARD_TEXT_MAX, "%s, no gain", name);
	else
		snprintf(out, GW_BOARD_TEXT_MAX, "%d-yard %s%s", (int)(p->yards_gained < 0 ?
		    -p->yards_gained : p->yards_gained), name, p->yards_gained < 0 ? ", lost" : "");
}

static void
put_swing(struct gw_buf *out, const struct gw_report *r, const struct swing *s,
    struct gw_board_style style)
{
	const struct gw_play *p = &r->plays[s->i].play;
	const struct gw_play *after = s->i + 1 < r->n ? &r->plays[s->i + 1].play : NULL;
	char clock[GW_BOARD_TEXT_MAX], situation[GW_BOARD_TEXT_MAX], what[GW_BOARD_TEXT_MAX];
	char from[GW_BOARD_TEXT_MAX], to[GW_BOARD_TEXT_MAX], brought[GW_BOARD_TEXT_MAX];
	bool kickoff = p->type == GW_PLAY_KICKOFF;

	gw_board_clock(p, clock);
	gw_board_situation(p, situation);
	gw_board_percent(s->from, from);
	gw_board_percent(s->to, to);
	what_happened(p, what);
	outcome(p, after != NULL ? after->home_score : r->final_home,
	    after != NULL ? after->away_score : r->final_away, after, brought);
	gw_buf_printf(out, "  %-8s  %-3.3s %4s %s %-4s %-4.3s%-19.19s  %s%s\n", clock, p->home_team,
	    from, style.utf8 ? "→" : ">", to, kickoff ? "" : p->posteam, kickoff ? "" : situation,
	    what, brought);
}

static void
put_swings(struct gw_buf *out, const struct gw_report *r, struct gw_board_style style)
{
	struct swing top[GW_REPORT_SWINGS];
	size_t n = find_swings(r, top);

	if (n == 0)
		return;
	gw_buf_puts(out, "\n  the plays that moved it most\n");
	for (size_t i = 0; i < n; i++)
		put_swing(out, r, &top[i], style);
}

void
gw_report_put(struct gw_buf *out, const struct gw_report *r, struct gw_board_style style)
{
	put_chart(out, r, style);
	put_scores(out, r);
	put_swings(out, r, style);
}

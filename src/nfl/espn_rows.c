/* SPDX-License-Identifier: MIT
 *
 * The rows of the drives: each id once, sorted by sequenceNumber. The array's own order is not the
 * order of play, and the drive being played stands twice.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn_json.h"

#define PERIOD_S	900

struct rows {
	struct gw_espn_game	*game;
	struct gw_arena		*arena;
	struct gw_espn_row	*rows;
	size_t			 n, cap;
};

/* Texts of some seasons begin with the clock at the snap: "(5:57) (Shotgun) ...", "(:48) ...". */
static bool
clock_of_text(struct gw_slice text, int32_t *seconds)
{
	struct gw_slice rest, first;

	if (text.len < 4 || text.ptr[0] != '(')
		return false;
	first = gw_slice_cut((struct gw_slice){ text.ptr + 1, text.len - 1 }, ')', &rest);
	return rest.ptr != NULL && first.len <= 5 && memchr(first.ptr, ':', first.len) != NULL &&
	    gw_espn_clock(first, seconds);
}

static void
read_clock(const struct gw_json *j, struct gw_espn_row *r)
{
	const struct gw_json *scoring = gw_json_get(j, "scoringPlay");

	if (clock_of_text(r->text, &r->clock_s)) {
		r->has |= GW_ESPN_HAS_CLOCK;
	} else if (gw_espn_clock(gw_espn_text(gw_espn_get(j, "clock", "displayValue")),
	    &r->clock_s)) {
		r->has |= GW_ESPN_HAS_CLOCK;
		r->clock_is_end = scoring != NULL && scoring->type == GW_JSON_BOOL &&
		    scoring->boolean;
	}
	if (r->clock_s > PERIOD_S)
		r->has &= ~(unsigned)GW_ESPN_HAS_CLOCK;
}

static void
read_start(const struct gw_espn_game *game, const struct gw_json *j, struct gw_espn_row *r)
{
	const struct gw_json *s = gw_json_get(j, "start");

	if (gw_espn_i32(gw_json_get(s, "down"), 1, 4, &r->down))
		r->has |= GW_ESPN_HAS_DOWN;
	if (gw_espn_i32(gw_json_get(s, "distance"), 1, 99, &r->distance))
		r->has |= GW_ESPN_HAS_DISTANCE;
	if (gw_espn_i32(gw_json_get(s, "yardLine"), 1, 99, &r->yard_line))
		r->has |= GW_ESPN_HAS_YARD_LINE;
	r->team = gw_espn_side_of(game, gw_espn_get(gw_json_get(s, "team"), "id", ""));
}

static void
read_row(const struct gw_espn_game *game, const struct gw_json *j, struct gw_espn_row *r)
{
	r->type = -1;
	(void)gw_espn_i32(gw_espn_get(j, "type", "id"), 0, 9999, &r->type);
	(void)gw_espn_i32(gw_espn_get(j, "period", "number"), 1, GW_QUARTER_MAX, &r->period);
	r->text = gw_espn_text(gw_json_get(j, "text"));
	read_clock(j, r);
	if (gw_espn_i32(gw_json_get(j, "homeScore"), 0, GW_SCORE_MAX, &r->home_score) &&
	    gw_espn_i32(gw_json_get(j, "awayScore"), 0, GW_SCORE_MAX, &r->away_score))
		r->has |= GW_ESPN_HAS_SCORE;
	read_start(game, j, r);
	if (gw_espn_i32(gw_json_get(j, "statYardage"), -GW_YARDS_MAX, GW_YARDS_MAX, &r->yards))
		r->has |= GW_ESPN_HAS_YARDS;
}

/* Newer than what stands there under its id, or a row more, at its place. */
static int
put_row(struct rows *to, const struct gw_espn_row *r, struct gw_err *err)
{
	size_t i;

	for (i = 0; i < to->n && to->rows[i].id != r->id; i++)
		;
	if (i < to->n)		/* out, and in again where its sequence is now */
		memmove(&to->rows[i], &to->rows[i + 1], (to->n-- - i - 1) * sizeof(*r));
	else if (to->n == to->cap)
		return gw_err_set(err, GW_ELIMIT, "a game with more than %d rows",
		    GW_ESPN_ROWS_MAX);
	for (i = to->n; i > 0 && to->rows[i - 1].sequence > r->sequence; i--)
		;
	memmove(&to->rows[i + 1], &to->rows[i], (to->n++ - i) * sizeof(*r));
	to->rows[i] = *r;
	return 0;
}

static int
take_row(struct rows *to, const struct gw_json *j, struct gw_err *err)
{
	struct gw_espn_row r = { .id = gw_espn_play_id(to->game, gw_json_get(j, "id")) };

	if (r.id == -2) {
		to->game->n_rows_temporary++;
		return 0;
	}
	if (r.id < 0 || !gw_espn_int(gw_json_get(j, "sequenceNumber"), 0, GW_PLAY_ID_MAX,
	    &r.sequence)) {
		to->game->n_rows_bad++;
		return 0;
	}
	read_row(to->game, j, &r);
	return put_row(to, &r, err);
}

static int
take_drive(struct rows *to, const struct gw_json *drive, struct gw_err *err)
{
	const struct gw_json *plays = gw_json_get(drive, "plays");
	int rc = 0;

	if (plays == NULL || plays->type != GW_JSON_ARRAY)
		return 0;
	for (const struct gw_json *j = plays->child; j != NULL && rc == 0; j = j->next)
		rc = take_row(to, j, err);
	return rc;
}

static size_t
count(const struct gw_json *drives)
{
	const struct gw_json *plays, *previous = gw_json_get(drives, "previous");
	size_t n = 0;

	plays = gw_espn_get(drives, "current", "plays");
	n += plays != NULL ? plays->n : 0;
	for (const struct gw_json *d = previous == NULL ? NULL : previous->child; d != NULL;
	    d = d->next) {
		plays = gw_json_get(d, "plays");
		n += plays != NULL ? plays->n : 0;
	}
	return n < GW_ESPN_ROWS_MAX ? n : GW_ESPN_ROWS_MAX;
}

int
gw_espn_rows(const struct gw_json *drives, struct gw_arena *arena, struct gw_espn_game *game,
    struct gw_err *err)
{
	struct rows to = { .game = game, .arena = arena, .cap = count(drives) };
	const struct gw_json *previous = gw_json_get(drives, "previous");
	int rc = 0;

	to.rows = gw_arena_zero(arena, to.cap + 1, sizeof(*to.rows));
	if (to.rows == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (previous != NULL && previous->type == GW_JSON_ARRAY)
		for (const struct gw_json *d = previous->child; d != NULL && rc == 0; d = d->next)
			rc = take_drive(&to, d, err);
	if (rc == 0)
		rc = take_drive(&to, gw_json_get(drives, "current"), err);
	game->rows = to.rows;
	game->n_rows = to.n;
	return rc;
}

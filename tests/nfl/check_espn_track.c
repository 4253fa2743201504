/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_espn_track.c - one game over many answers, on good and bad days: nothing is
 * invented, nothing told twice, everything counted.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <stdio.h>

#include "nfl/espn_track.h"
#include "tests/nfl/recording.h"
#include "tests/support/fail_alloc.h"

#define EVENT		INT64_C(401671876)
#define TOLD_MAX	2048

static struct recording r;
static struct gw_espn_track *track;
static struct gw_play *told;
static size_t n_told;
static int refuse;			/* what tell answers */

static void
setup(void)
{
	recording_init(&r);
	track = gw_espn_track_new(r.env->alloc, EVENT);
	told = gw_alloc_zero(r.env->alloc, TOLD_MAX, sizeof(*told));
	ck_assert_ptr_nonnull(track);
	ck_assert_ptr_nonnull(told);
	n_told = 0;
	refuse = 0;
}

static void
teardown(void)
{
	gw_alloc_free(r.env->alloc, told);
	gw_espn_track_free(track);
	recording_fini(&r);
}

static int
tell(void *arg, const struct gw_play *p)
{
	(void)arg;
	ck_assert_uint_lt(n_told, TOLD_MAX);
	told[n_told++] = *p;
	return refuse;
}

static int
take(const struct gw_espn_game *g)
{
	return gw_espn_track_take(track, g, &r.arena, tell, NULL, NULL);
}

/* A whole game: 130 plays and 6 that were nullified. Tests drop and change its rows. */
static struct gw_espn_game *
whole_game(void)
{
	recording_load(&r, "playbyplay/2024_17_SEA_CHI.401671876.json.gz");
	r.answer.games[0].state = GW_ESPN_IN;
	r.answer.games[0].completed = false;
	return &r.answer.games[0];
}

static const struct gw_espn_counts *
counts(void)
{
	return gw_espn_track_counts(track);
}

static void
drop_row(struct gw_espn_game *g, size_t i)
{
	memmove(&g->rows[i], &g->rows[i + 1], (g->n_rows - i - 1) * sizeof(*g->rows));
	g->n_rows--;
}

static size_t
row_of(const struct gw_espn_game *g, int64_t id)
{
	for (size_t i = 0; i < g->n_rows; i++)
		if (g->rows[i].id == id)
			return i;
	ck_abort_msg("no row %lld", (long long)id);
	return 0;
}

START_TEST(each_play_is_told_once_and_in_order)
{
	struct gw_espn_game *g = whole_game();
	size_t n = g->n_rows;

	/* As the game goes: every answer has one row more; each is asked for twice. */
	for (size_t i = 1; i <= n; i++) {
		g->n_rows = i;
		ck_assert_int_eq(take(g), 0);
		ck_assert_int_eq(take(g), 0);
	}
	ck_assert_uint_eq(counts()->plays, n_told);
	ck_assert_uint_eq(counts()->revisions + counts()->withdrawn + counts()->late, 0);
	for (size_t i = 0; i < n_told; i++) {
		ck_assert_int_eq(told[i].play_number, (int)i + 1);
		ck_assert_uint_eq(told[i].has & (GW_HAS_REVISION | GW_HAS_WITHDRAWN), 0);
		ck_assert_int_ne(told[i].type, GW_PLAY_NO_PLAY);
		if (i > 0)
			ck_assert_int_gt(told[i].play_id, told[i - 1].play_id);
	}
	ck_assert_uint_gt(counts()->same, n / 2);
}
END_TEST

START_TEST(all_at_once_is_the_same_as_one_by_one)
{
	struct gw_espn_game *g = whole_game();

	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(counts()->plays, n_told);
	ck_assert_uint_eq(n_told, 130);
	ck_assert_uint_eq(counts()->same, 0);
}
END_TEST

START_TEST(a_correction_is_a_revision)
{
	struct gw_espn_game *g = whole_game();
	int64_t id;
	size_t n;

	ck_assert_int_eq(take(g), 0);
	n = n_told;
	id = told[50].play_id;
	g->rows[row_of(g, id)].distance += 1;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 1);
	ck_assert_int_eq(told[n].play_id, id);
	ck_assert_int_eq(told[n].revision, 1);
	ck_assert(told[n].has & GW_HAS_REVISION);
	ck_assert_int_eq(told[n].play_number, told[50].play_number);
	ck_assert_int_eq(told[n].distance, told[50].distance + 1);
	/* And back again: the second revision. */
	g->rows[row_of(g, id)].distance -= 1;
	ck_assert_int_eq(take(g), 0);
	ck_assert_int_eq(told[n + 1].revision, 2);
	ck_assert_uint_eq(counts()->revisions, 2);
}
END_TEST

/* "TOUCHDOWN" comes first without its extra point: the kick-off after it is corrected. */
START_TEST(a_corrected_score_corrects_the_plays_after_it)
{
	struct gw_espn_game *g = whole_game();
	size_t i, n;

	g->n_rows = 40;
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	i = row_of(g, told[n - 2].play_id);
	g->rows[i].home_score += 1;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 1);
	ck_assert_int_eq(told[n].play_id, told[n - 1].play_id);
	ck_assert_int_eq(told[n].home_score, told[n - 1].home_score + 1);
}
END_TEST

START_TEST(a_play_that_vanishes_twice_is_withdrawn)
{
	struct gw_espn_game *g = whole_game();
	struct gw_espn_row row;
	size_t i, n;

	g->n_rows = 60;
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	i = row_of(g, told[n - 1].play_id);
	row = g->rows[i];
	drop_row(g, i);
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n);		/* one copy may lag behind another */
	ck_assert_uint_eq(gw_espn_track_missing(track), 1);
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 1);
	ck_assert_int_eq(told[n].play_id, row.id);
	ck_assert(told[n].has & GW_HAS_WITHDRAWN);
	ck_assert_int_eq(told[n].revision, 1);
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 1);	/* once */
	/* It comes back after all. */
	memmove(&g->rows[i + 1], &g->rows[i], (g->n_rows++ - i) * sizeof(row));
	g->rows[i] = row;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 2);
	ck_assert_uint_eq(told[n + 1].has & GW_HAS_WITHDRAWN, 0);
	ck_assert_int_eq(told[n + 1].revision, 2);
	ck_assert_uint_eq(counts()->withdrawn, 1);
	ck_assert_uint_eq(counts()->returned, 1);
}
END_TEST

START_TEST(a_lagging_copy_withdraws_nothing)
{
	struct gw_espn_game *g = whole_game();
	size_t n;

	g->n_rows = 60;
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	for (int i = 0; i < 10; i++) {
		g->n_rows = i % 2 == 0 ? 50 : 60;
		ck_assert_int_eq(take(g), 0);
	}
	ck_assert_uint_eq(n_told, n);
}
END_TEST

START_TEST(the_final_answer_is_believed_at_once)
{
	struct gw_espn_game *g = whole_game();
	size_t n;

	ck_assert_int_eq(take(g), 0);
	n = n_told;
	drop_row(g, row_of(g, told[70].play_id));
	g->state = GW_ESPN_POST;
	g->completed = true;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_ge(n_told, n + 1);
	ck_assert_uint_eq(counts()->withdrawn, 1);
	ck_assert(told[n_told - 1].has & GW_HAS_WITHDRAWN);
}
END_TEST

START_TEST(an_answer_without_rows_is_not_believed)
{
	struct gw_espn_game *g = whole_game();
	size_t rows = g->n_rows, n;

	g->n_rows = 0;
	ck_assert_int_eq(take(g), 0);		/* before the kick-off: good */
	ck_assert_uint_eq(counts()->empty, 0);
	g->n_rows = rows;
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	g->n_rows = 0;
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n);
	ck_assert_uint_eq(counts()->empty, 5);
}
END_TEST

START_TEST(a_play_put_in_between_is_told_late)
{
	struct gw_espn_game *g = whole_game();
	struct gw_espn_row row;
	size_t i, n;

	g->n_rows = 60;
	i = 30;
	while (g->rows[i].type != 5)		/* a run */
		i++;
	row = g->rows[i];
	drop_row(g, i);
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	memmove(&g->rows[i + 1], &g->rows[i], (g->n_rows++ - i) * sizeof(row));
	g->rows[i] = row;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 1);
	ck_assert_int_eq(told[n].play_id, row.id);
	ck_assert_uint_eq(counts()->late, 1);
}
END_TEST

START_TEST(a_play_nullified_later_is_revised_and_an_early_one_never_told)
{
	struct gw_espn_game *g = whole_game();
	size_t n, i;

	g->n_rows = 60;
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	ck_assert_uint_gt(counts()->nullified, 0);
	i = row_of(g, told[n - 1].play_id);
	g->rows[i].text = gw_str("PENALTY on SEA, Offensive Holding - No Play.");
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, n + 1);
	ck_assert_int_eq(told[n].type, GW_PLAY_NO_PLAY);
}
END_TEST

START_TEST(another_events_answer_is_refused)
{
	struct gw_espn_game *g = whole_game();

	g->event++;
	ck_assert_int_eq(take(g), GW_EDATA);
	ck_assert_uint_eq(n_told, 0);
	g->event--;
	g->game_id[0] = '\0';
	ck_assert_int_eq(take(g), GW_EDATA);
	ck_assert_uint_eq(n_told, 0);
}
END_TEST

START_TEST(odds_of_the_running_game_change_nothing)
{
	struct gw_espn_game *g = whole_game();
	size_t n, rows = g->n_rows;

	g->n_rows = 60;
	g->has |= GW_ESPN_HAS_SPREAD;
	g->spread_line = 3;
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	g->spread_line = -10.5;
	g->n_rows = rows;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_gt(n_told, n);
	ck_assert_uint_eq(counts()->revisions, 0);
	ck_assert(told[n_told - 1].spread_line == 3);
}
END_TEST

/* The rating is told with each play, and a correction does not change what was told. */
START_TEST(a_rating_line_goes_with_each_play)
{
	struct gw_espn_game *g = whole_game();
	size_t all = g->n_rows, n;

	g->n_rows = all / 2;
	gw_espn_track_rate(track, 2.5);
	ck_assert_int_eq(take(g), 0);
	n = n_told;
	gw_espn_track_rate(track, 3.5);
	g->n_rows = all;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_gt(n_told, n);
	ck_assert_uint_eq(counts()->revisions, 0);
	for (size_t i = 0; i < n_told; i++) {
		ck_assert_uint_ne(told[i].has & GW_HAS_RATING_LINE, 0);
		ck_assert(told[i].rating_line == (i < n ? 2.5 : 3.5));
	}
}
END_TEST

/* Nobody but the two who began threw in this game. */
START_TEST(who_receives_the_second_half_is_known_from_the_first_kick_off)
{
	struct gw_espn_game *g = whole_game();
	unsigned want = GW_HAS_SECOND_HALF | GW_HAS_HOME_BACKUP_QB | GW_HAS_AWAY_BACKUP_QB;

	ck_assert_int_eq(take(g), 0);
	ck_assert_int_eq(told[0].type, GW_PLAY_KICKOFF);
	for (size_t i = 0; i < n_told; i++) {
		ck_assert_uint_eq(told[i].has & want, want);
		ck_assert_int_eq(told[i].home_receives_2h, !told[0].is_home_team);
		ck_assert_int_eq(told[i].home_backup_qb + told[i].away_backup_qb, 0);
	}
}
END_TEST

START_TEST(what_stops_telling_is_handed_back)
{
	struct gw_espn_game *g = whole_game();

	refuse = GW_ENOMEM;
	ck_assert_int_eq(take(g), GW_ENOMEM);
	ck_assert_uint_eq(n_told, 1);
	refuse = 0;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(n_told, counts()->plays);	/* and the first one not twice */
}
END_TEST

START_TEST(a_clock_that_goes_up_is_counted)
{
	struct gw_espn_game *g = whole_game();
	size_t before;

	ck_assert_int_eq(take(g), 0);
	before = counts()->clock_up;
	g->rows[row_of(g, told[50].play_id)].clock_s = 900;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_eq(counts()->clock_up, before + 1);
}
END_TEST

/* The scoreboard's time-outs for the play after the row that it names. */
START_TEST(a_situation_serves_the_play_that_follows)
{
	struct gw_espn_game *g = whole_game(), board = *g;
	size_t last;

	g->n_rows = 60;
	ck_assert_int_eq(take(g), 0);
	last = n_told;
	board.situation = (struct gw_espn_situation){ .has = GW_ESPN_HAS_TIMEOUTS,
		.after = g->rows[59].id, .home_timeouts = 0, .away_timeouts = 1 };
	ck_assert_int_eq(gw_espn_track_look(track, &board), 0);
	g->n_rows = 65;
	ck_assert_int_eq(take(g), 0);
	ck_assert_uint_gt(n_told, last);
	ck_assert_int_eq(told[last].home_timeouts, 0);
	ck_assert_int_eq(told[last].away_timeouts, 1);
	ck_assert_int_eq(told[last + 1].home_timeouts, 3);
	ck_assert_uint_eq(counts()->revisions, 0);
}
END_TEST

START_TEST(the_play_to_come_is_play_0_and_revised)
{
	struct gw_espn_game *g;
	struct gw_play p;

	recording_load(&r, "live/scoreboard.2022-11-20.json.gz");
	g = &r.answer.games[0];
	ck_assert(!gw_espn_track_next(track, g, &p));	/* another event */
	gw_espn_track_free(track);
	track = gw_espn_track_new(r.env->alloc, g->event);
	ck_assert(gw_espn_track_next(track, g, &p));
	ck_assert_int_eq(p.play_id, 0);
	ck_assert_uint_eq(p.has & GW_HAS_REVISION, 0);
	ck_assert(!gw_espn_track_next(track, g, &p));	/* the same again */
	g->situation.down = 4;
	ck_assert(gw_espn_track_next(track, g, &p));
	ck_assert_int_eq(p.revision, 1);
	ck_assert_int_eq(p.down, 4);
}
END_TEST

/* ---- fifty real polls of one game ---- */

/* The next object of an array of objects, *at behind it; an empty slice at the end. */
static struct gw_slice
next_object(struct gw_slice text, size_t *at)
{
	size_t begin, depth = 0;
	bool quoted = false;

	while (*at < text.len && text.ptr[*at] != '{')
		(*at)++;
	for (begin = *at; *at < text.len; (*at)++) {
		char c = text.ptr[*at];

		if (quoted && c == '\\')
			(*at)++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '{')
			depth++;
		else if (!quoted && c == '}' && --depth == 0)
			return (struct gw_slice){ text.ptr + begin, ++*at - begin };
	}
	return (struct gw_slice){ "", 0 };
}

/* The poll on a scoreboard, as it is: scores are only in its texts, so they stay 0. */
static const struct gw_espn_game *
scoreboard_of(struct gw_slice situation, struct gw_buf *text)
{
	gw_buf_clear(text);
	gw_buf_printf(text, "{\"season\":{\"year\":2021,\"type\":2},\"week\":{\"number\":10},"
	    "\"events\":[{\"id\":\"401326465\",\"competitions\":[{\"status\":{\"period\":4,"
	    "\"displayClock\":\"5:00\",\"type\":{\"state\":\"in\"}},\"competitors\":[{\"homeAway\":"
	    "\"home\",\"score\":\"0\",\"team\":{\"id\":\"15\",\"abbreviation\":\"MIA\"}},{"
	    "\"homeAway\":\"away\",\"score\":\"0\",\"team\":{\"id\":\"33\",\"abbreviation\":"
	    "\"BAL\"}}],\"situation\":%.*s}]}]}", GW_FMT(situation));
	gw_arena_reset(&r.arena);
	ck_assert_int_eq(gw_espn_parse(gw_buf_slice(text), &r.arena, &r.answer, NULL), 0);
	ck_assert_uint_eq(r.answer.n_games, 1);
	return &r.answer.games[0];
}

/* Posteam, down, distance, yards to goal: nflverse's rows of 2021_10_BAL_MIA, in their order. */
static const struct {
	const char	*posteam;
	int32_t		 down, distance, field_position;
} nflverse[] = {
	{ "BAL", 1, 10, 64 },
	{ "BAL", 2, 6, 60 },
	{ "BAL", 1, 10, 37 },
	{ "BAL", 2, 10, 37 },
	{ "BAL", 3, 3, 30 },
	{ "BAL", 1, 10, 25 },
	{ "BAL", 1, 5, 5 },
	{ "MIA", 1, 10, 75 },
	{ "MIA", 2, 10, 75 },
	{ "MIA", 1, 10, 11 },
	{ "MIA", 1, 5, 6 },
	{ "MIA", 2, 4, 5 },
	{ "MIA", 2, 9, 10 },
	{ "MIA", 3, 2, 3 },
	{ "MIA", 1, 1, 1 },
	{ "BAL", 1, 10, 75 },
	{ "BAL", 2, 2, 67 },
};

START_TEST(real_polls_repeat_skip_and_take_back)
{
	size_t at = 0, n_polls = 0, n_temporary = 0, n_back = 0, row = 0;
	int32_t timeouts = 3;
	struct gw_buf text;
	struct gw_slice s;
	struct gw_play p;

	gw_espn_track_free(track);
	track = gw_espn_track_new(r.env->alloc, 401326465);
	recording_read(&r, "live/situation_polls.2021_10_BAL_MIA.401326465.json.gz");
	gw_buf_init(&text, r.env->alloc, 0);
	while ((s = next_object(gw_buf_slice(&r.text), &at)).len > 0) {
		const struct gw_espn_game *g = scoreboard_of(s, &text);

		n_polls++;
		n_temporary += g->situation.after < 0;
		n_back += g->situation.away_timeouts > timeouts;
		timeouts = g->situation.away_timeouts;
		ck_assert_int_eq(gw_espn_track_look(track, g), 0);
		if (!gw_espn_track_next(track, g, &p))
			continue;
		while (row < GW_N(nflverse) && (strcmp(nflverse[row].posteam, p.posteam) != 0 ||
		    nflverse[row].down != p.down || nflverse[row].distance != p.distance ||
		    nflverse[row].field_position != p.field_position))
			row++;
		ck_assert_msg(row < GW_N(nflverse), "poll %zu: %s %d and %d at %d is no state of "
		    "nflverse's, or comes too late", n_polls, p.posteam, (int)p.down,
		    (int)p.distance, (int)p.field_position);
		n_told++;
	}
	ck_assert_uint_eq(n_polls, 50);
	ck_assert_uint_eq(n_temporary, 4);
	ck_assert_uint_eq(n_back, 1);
	ck_assert_uint_eq(n_told, 15);
	gw_buf_fini(&text);
}
END_TEST

/* ---- memory ---- */

static int
say_nothing(void *arg, const struct gw_play *p)
{
	size_t *n = arg;

	(void)p;
	(*n)++;
	return 0;
}

static int
use(struct gw_alloc *a, void *arg)
{
	const struct gw_espn_game *g = arg;
	struct gw_espn_track *t = gw_espn_track_new(a, g->event);
	struct gw_arena arena;
	size_t n = 0;
	int rc;

	if (t == NULL)
		return GW_ENOMEM;
	gw_arena_init(&arena, a, 0);
	rc = gw_espn_track_look(t, g);
	if (rc == 0)
		rc = gw_espn_track_take(t, g, &arena, say_nothing, &n, NULL);
	if (rc == GW_ENOMEM)	/* again: what was told is not told again */
		rc = gw_espn_track_take(t, g, &arena, say_nothing, &n, NULL);
	if (rc == 0)
		ck_assert_uint_le(n, 130);
	gw_arena_fini(&arena);
	gw_espn_track_free(t);
	return rc;
}

START_TEST(tracking_survives_a_failing_allocator)
{
	struct gw_espn_game *g = whole_game();

	g->situation = (struct gw_espn_situation){ .has = GW_ESPN_HAS_TIMEOUTS, .after = 40 };
	ck_assert_uint_ge(fail_alloc_sweep_lenient(use, g), 5);
}
END_TEST

Suite *
check_espn_track_suite(void)
{
	Suite *s = suite_create("espn_track");
	TCase *tc = tcase_create("answers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, each_play_is_told_once_and_in_order);
	tcase_add_test(tc, all_at_once_is_the_same_as_one_by_one);
	tcase_add_test(tc, a_correction_is_a_revision);
	tcase_add_test(tc, a_corrected_score_corrects_the_plays_after_it);
	tcase_add_test(tc, a_play_that_vanishes_twice_is_withdrawn);
	tcase_add_test(tc, a_lagging_copy_withdraws_nothing);
	tcase_add_test(tc, the_final_answer_is_believed_at_once);
	tcase_add_test(tc, an_answer_without_rows_is_not_believed);
	tcase_add_test(tc, a_play_put_in_between_is_told_late);
	tcase_add_test(tc, a_play_nullified_later_is_revised_and_an_early_one_never_told);
	tcase_add_test(tc, another_events_answer_is_refused);
	tcase_add_test(tc, odds_of_the_running_game_change_nothing);
	tcase_add_test(tc, a_rating_line_goes_with_each_play);
	tcase_add_test(tc, who_receives_the_second_half_is_known_from_the_first_kick_off);
	tcase_add_test(tc, what_stops_telling_is_handed_back);
	tcase_add_test(tc, a_clock_that_goes_up_is_counted);
	tcase_add_test(tc, a_situation_serves_the_play_that_follows);
	tcase_add_test(tc, the_play_to_come_is_play_0_and_revised);
	tcase_add_test(tc, real_polls_repeat_skip_and_take_back);
	tcase_add_test(tc, tracking_survives_a_failing_allocator);
	suite_add_tcase(s, tc);
	return s;
}

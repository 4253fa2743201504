/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_season.c - season files: the rules, the traps, three kinds of files, bad ones.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <zlib.h>

#include "nfl/season.h"
#include "tests/nfl/sample.h"

#define MAX_SEEN 32

struct seen {
	struct gw_season_play	 plays[MAX_SEEN];
	size_t			 n;
	struct gw_season_counts	 counts;
	struct gw_err		 err;
};

static struct sample_world w;

static void
setup(void)
{
	sample_world_init(&w);
}

static void
teardown(void)
{
	sample_world_fini(&w);
}

static int
see(void *arg, const struct gw_season_play *p)
{
	struct seen *s = arg;

	ck_assert_uint_lt(s->n, MAX_SEEN);
	s->plays[s->n++] = *p;
	return 0;
}

static int
read_text(const char *text, enum gw_season_use use, struct seen *s)
{
	memset(s, 0, sizeof(*s));
	sample_write(&w, "s.csv", text);
	return gw_season_read(&w.env, "s.csv", use, see, s, &s->counts, &s->err);
}

static void
must_read(const char *text, enum gw_season_use use, struct seen *s)
{
	ck_assert_msg(read_text(text, use, s) == 0, "%s", s->err.msg);
}

static void
assert_refused(const char *text, const char *message)
{
	static struct seen s;

	ck_assert_int_eq(read_text(text, GW_FOR_TRAINING, &s), GW_EDATA);
	ck_assert_msg(strstr(s.err.msg, message) != NULL, "'%s' does not say '%s'", s.err.msg,
	    message);
}

/* game, play, season, week, type, home, away, posteam, qtr, clock, down, togo, yardline, type, ...
 */
#define KICKOFF \
	"2024_01_BAL_KC,40,2024,1,REG,KC,BAL,BAL,1,3600,,0,35,kickoff,0,0,0,27,20,7,3,46.5,0.61\n"
#define RUN "2024_01_BAL_KC,61,2024,1,REG,KC,BAL,BAL,1,3590,1,10,70,run,3,0,0,27,20,7,3,46.5,0.6\n"
#define PENALTY \
	"2024_01_BAL_KC,70,2024,1,REG,KC,BAL,BAL,1,3580,2,7,67,no_play,0,0,0,27,20,7,3,46.5,\n"
#define TRY "2024_01_BAL_KC,75,2024,1,REG,KC,BAL,BAL,1,3570,,0,2,pass,0,6,0,27,20,7,3,46.5,0.5\n"
#define EXTRA \
	"2024_01_BAL_KC,77,2024,1,REG,KC,BAL,BAL,1,3570,,0,15,extra_point,0,6,0,27,20,7,3,46.5,\n"
#define MARKER	"2024_01_BAL_KC,80,2024,1,REG,KC,BAL,,1,3560,,0,,,,,,27,20,7,3,46.5,\n"
#define KNEEL \
	"2024_01_BAL_KC,90,2024,1,REG,KC,BAL,KC,4,30,1,10,40,qb_kneel,-1,20,17,27,20,7,3,46.5,\n"
#define PASS "2024_01_BAL_KC,95,2024,1,REG,KC,BAL,KC,4,20,2,11,41,pass,9,20,17,27,20,7,3,46.5,0.9\n"
#define TIE  "2024_02_CIN_KC,50,2024,2,REG,KC,CIN,KC,1,3500,1,10,75,run,4,0,0,20,20,0,-3,44,0.5\n"
#define OPEN	"2024_03_SF_KC,50,2024,3,REG,KC,SF,KC,1,3500,1,10,75,run,4,0,0,,,,-3,44,0.5\n"

START_TEST(scores_are_those_before_the_play_by_side)
{
	static struct seen s;

	must_read(SAMPLE_HEADER RUN TRY PASS, GW_FOR_TRAINING, &s);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_int_eq(s.plays[0].play.home_score, 0);
	/* posteam KC is at home and has 20 */
	ck_assert(s.plays[1].play.is_home_team);
	ck_assert_int_eq(s.plays[1].play.home_score, 20);
	ck_assert_int_eq(s.plays[1].play.away_score, 17);
	ck_assert_int_eq(s.plays[1].final_home, 27);
	ck_assert_int_eq(s.plays[1].result, 7);
	ck_assert_str_eq(s.plays[0].play.posteam, "BAL");
	ck_assert_str_eq(s.plays[0].play.defteam, "KC");
	ck_assert(!s.plays[0].play.is_home_team);
}
END_TEST

START_TEST(a_kickoff_has_no_down_distance_or_field_position)
{
	static struct seen s;

	must_read(SAMPLE_HEADER KICKOFF RUN, GW_FOR_TRAINING, &s);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_uint_eq(
	    s.plays[0].play.has & (GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION), 0);
	ck_assert_int_eq(s.plays[1].play.down, 1);
	ck_assert_int_eq(s.plays[1].play.distance, 10);
	ck_assert_int_eq(s.plays[1].play.field_position, 70);
	ck_assert(s.plays[1].has_reference && s.plays[1].reference_wp == 0.6);
	ck_assert(s.plays[1].play.spread_line == 3 && s.plays[1].play.total_line == 46.5);
}
END_TEST

START_TEST(training_drops_are_counted_with_their_reasons)
{
	static struct seen s;
	char drops[GW_DROPS_TEXT_MAX];

	must_read(SAMPLE_HEADER KICKOFF RUN PENALTY TRY EXTRA MARKER KNEEL PASS TIE OPEN,
	    GW_FOR_TRAINING, &s);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_uint_eq(s.counts.rows, 10);
	ck_assert_uint_eq(s.counts.games, 3);
	ck_assert_uint_eq(s.counts.used, 3);
	ck_assert_uint_eq(s.counts.used_games, 1);
	ck_assert_uint_eq(s.counts.dropped[GW_DROP_PLAY_TYPE], 4);
	ck_assert_uint_eq(s.counts.dropped[GW_DROP_TRY], 1);
	ck_assert_uint_eq(s.counts.dropped[GW_DROP_TIE], 1);
	ck_assert_uint_eq(s.counts.dropped[GW_DROP_NO_RESULT], 1);
	gw_season_drops_text(&s.counts, drops);
	ck_assert_str_eq(drops, "play_type 4, no_result 1, try 1, tie 1");
}
END_TEST

START_TEST(streaming_keeps_kneels_ties_and_open_games)
{
	static struct seen s;

	must_read(SAMPLE_HEADER KICKOFF RUN PENALTY TRY EXTRA MARKER KNEEL PASS TIE OPEN,
	    GW_FOR_STREAMING, &s);
	ck_assert_uint_eq(s.n, 6);
	ck_assert_int_eq(s.plays[2].play.type, GW_PLAY_QB_KNEEL);
	ck_assert(s.plays[4].has_result && s.plays[4].result == 0);
	ck_assert(!s.plays[5].has_result);
}
END_TEST

START_TEST(a_play_has_the_same_number_in_training_and_streaming)
{
	static struct seen training, streaming;

	must_read(SAMPLE_HEADER KICKOFF PENALTY RUN KNEEL PASS TIE, GW_FOR_STREAMING, &streaming);
	must_read(SAMPLE_HEADER KICKOFF PENALTY RUN KNEEL PASS TIE, GW_FOR_TRAINING, &training);
	ck_assert_int_eq(streaming.plays[0].play.play_number, 1);
	ck_assert_int_eq(streaming.plays[1].play.play_number, 2);
	ck_assert_int_eq(streaming.plays[3].play.play_number, 4);
	ck_assert_int_eq(streaming.plays[4].play.play_number, 1);	/* the next game */
	ck_assert_int_eq(training.plays[2].play.play_id, 95);
	ck_assert_int_eq(training.plays[2].play.play_number, 4);
}
END_TEST

START_TEST(unknown_state_is_dropped_and_never_zero)
{
	static struct seen s;

	must_read(SAMPLE_HEADER
	    "g,1,2024,1,REG,KC,BAL,KC,1,,1,10,70,run,3,0,0,27,20,7,3,46.5,\n"
	    "g,2,2024,1,REG,KC,BAL,KC,1,3000,1,10,70,run,3,,0,27,20,7,3,46.5,\n"
	    "g,3,2024,1,REG,KC,BAL,KC,1,3000,1,10,,run,3,0,0,27,20,7,3,46.5,\n"
	    "g,4,2024,1,REG,KC,BAL,KC,1,3000,1,10,70,run,,0,0,27,20,7,,,\n", GW_FOR_TRAINING, &s);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_uint_eq(s.counts.dropped[GW_DROP_NO_STATE], 3);
	ck_assert_uint_eq(s.plays[0].play.has & (GW_HAS_SPREAD_LINE | GW_HAS_YARDS_GAINED), 0);
	ck_assert(!s.plays[0].has_reference);
}
END_TEST

START_TEST(columns_may_stand_anywhere_among_others_and_na_is_empty)
{
	static struct seen s;

	must_read("desc,home_wp,home_score,extra,posteam_score,defteam_score,qtr,play_type,"
		  "yardline_100,ydstogo,"
		  "down,game_seconds_remaining,posteam,away_team,home_team,play_id,game_id,away_"
		  "score,result,"
		  "spread_line,home_timeouts_remaining\n"
		  "\"run, "
		  "\"\"middle\"\"\",0.25,20.0,NA,3.0,0,2.0,run,12.0,5,2.0,2000.0,BAL,BAL,KC,7.0,g,"
		  "10,10.0,NA,-1\n",
	    GW_FOR_TRAINING, &s);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_str_eq(s.plays[0].play.desc, "run, \"middle\"");
	ck_assert_int_eq(s.plays[0].play.away_score, 3);
	ck_assert_int_eq(s.plays[0].play.quarter, 2);
	ck_assert_int_eq(s.plays[0].play.home_timeouts, 0);
	ck_assert(s.plays[0].reference_wp == 0.25);
	ck_assert_uint_eq(s.plays[0].play.has & (GW_HAS_SPREAD_LINE | GW_HAS_SEASON), 0);
}
END_TEST

#define OLD_HEADER                                                                             \
	"play_id,game_id,home_team,away_team,posteam,yardline_100,game_seconds_remaining,qtr," \
	"down,ydstogo,play_type,posteam_score,defteam_score,total_home_score,total_away_score\n"

START_TEST(without_a_result_the_last_row_of_the_game_tells_it)
{
	static struct seen s;

	must_read(OLD_HEADER
	    "36,2010010901,CIN,NYJ,CIN,30,3600,1,NA,0,kickoff,NA,NA,0,0\n"
	    "61,2010010901,CIN,NYJ,CIN,36,3591,1,1,6,run,0,0,0,0\n"
	    "99,2010010901,CIN,NYJ,NYJ,36,3000,1,1,6,run,3,7,14,24\n"
	    "99,2010010901,CIN,NYJ,NA,NA,NA,NA,NA,NA,NA,NA,NA,14,27\n"
	    "61,2009091000,PIT,TEN,PIT,36,3591,1,1,6,run,0,0,13,10\n", GW_FOR_TRAINING, &s);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_int_eq(s.plays[0].final_away, 27);
	ck_assert_int_eq(s.plays[1].result, -13);
	ck_assert_int_eq(s.plays[2].result, 3);
	ck_assert_int_eq(s.plays[1].play.home_score, 7);
	/* The season is in the id: January 2010 ends season 2009. */
	ck_assert_int_eq(s.plays[0].play.season, 2009);
	ck_assert_int_eq(s.plays[2].play.season, 2009);
}
END_TEST

START_TEST(missing_columns_are_named_with_the_nearest)
{
	assert_refused("game_id,play_id,home_team,away_team,posteam,play_type,quarter\n",
	    "s.csv: no column qtr, game_seconds_remaining, down, ydstogo, yardline_100, "
	    "posteam_score,"
	    " defteam_score");
	assert_refused(
	    "game_id,play_id,home_team,away_team,posteam,play_typ,qtr,game_seconds_remaining,"
	    "down,ydstogo,yardline_100,posteam_score,defteam_score\n",
	    "no column play_type (there is play_typ)");
	assert_refused(
	    "game_id,play_id,home_team,away_team,posteam,play_type,qtr,game_seconds_remaining,"
	    "down,ydstogo,yardline_100,posteam_score,defteam_score\n",
	    "no column tells the final score");
	assert_refused("", "s.csv: empty");
}
END_TEST

START_TEST(bad_fields_are_named_with_file_line_and_column)
{
	static const struct {
		const char	*row, *message;
	} bad[] = {
		{ "g,1,2024,1,REG,KC,BAL,KC,1,NaN,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: game_seconds_remaining: 'NaN' is not a number" },
		{ "g,1,2024,1,REG,KC,BAL,KC,1,3601,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: game_seconds_remaining: '3601' is out of range" },
		{ "g,1,2024,1,REG,KC,BAL,KC,1,3600,1.5,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: down: '1.5' is not a whole number" },
		{ "g,1,2024,1,REG,KC,BAL,SF,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: posteam: 'SF' is neither home_team nor away_team" },
		{ "g,1,2024,1,REG,,BAL,BAL,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: home_team: '' is empty" },
		{ "g,x,2024,1,REG,KC,BAL,KC,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: play_id: 'x' is not a number" },
		{ "g,1,2024,1,REG,KC,BAL,KC,1,3600,1,10,70,run,3,0,0,27,20,8,3,46.5,\n",
		    "s.csv:3: result: '8' is not home_score minus away_score" },
		{ "g,1,2024,1,REG,KC,BAL,KC,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,1.5\n",
		    "s.csv:3: home_wp_rebuilt: '1.5' is not a probability" },
		{ "g,1,2024,1,REG,KC,BAL,KC,1,3600,1,10,70,run,3,0,0,27,20,7,999,46.5,\n",
		    "s.csv:3: spread_line: '999' is out of range" },
		{ ",1,2024,1,REG,KC,BAL,KC,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: game_id: '' is empty" },
		{ "g,1,2024,1,REG,KC,KC,KC,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: away_team: 'KC' is home_team too" },
		{ "g,1,2024,1,REG,KC,B\x01,KC,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: away_team: 'B\x01' holds control bytes" },
		{ "g\xff,1,2024,1,REG,KC,BAL,KC,1,3600,1,10,70,run,3,0,0,27,20,7,3,46.5,\n",
		    "is not UTF-8" },
		{ "g,1,2024,1,REG,KC,BAL,KC,1,3600,1,10,7O,no_play,3,0,0,27,20,7,3,46.5,\n",
		    "s.csv:3: yardline_100: '7O' is not a number" },
		{ "g,1,2024\n", "s.csv:3: 3 fields, the header has 23" }
	};

	for (size_t i = 0; i < GW_N(bad); i++) {
		struct gw_buf text;

		gw_buf_init(&text, &w.alloc, 0);
		gw_buf_printf(&text, "%s%s%s", SAMPLE_HEADER, RUN, bad[i].row);
		gw_buf_putc(&text, '\0');
		assert_refused((char *)text.ptr, bad[i].message);
		gw_buf_fini(&text);
	}
}
END_TEST

START_TEST(a_game_that_comes_back_is_refused)
{
	assert_refused(SAMPLE_HEADER RUN TIE PASS,
	    "s.csv:4: game_id: '2024_01_BAL_KC' appears again");
}
END_TEST

static void
write_gzip(const char *path, size_t cut)
{
	struct gw_buf text;
	uint8_t packed[8192];
	z_stream z = { 0 };
	size_t n;

	gw_buf_init(&text, &w.alloc, 0);
	sample_season(&text, 2024, 12);
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = text.ptr;
	z.avail_in = (uInt)text.len;
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = sizeof(packed) - z.avail_out - cut;
	deflateEnd(&z);
	ck_assert_int_eq(gw_fs_replace(w.env.fs, path, (struct gw_slice){ (char *)packed, n },
	    NULL), 0);
	gw_buf_fini(&text);
}

static int
count(void *arg, const struct gw_season_play *p)
{
	(void)p;
	(*(size_t *)arg)++;
	return 0;
}

START_TEST(gzip_is_read_and_a_cut_one_is_refused)
{
	struct gw_season_counts counts = { 0 };
	struct gw_err err;
	size_t n = 0;

	write_gzip("s.csv.gz", 0);
	ck_assert_int_eq(gw_season_read(&w.env, "s.csv.gz", GW_FOR_TRAINING, count, &n, &counts,
	    &err), 0);
	ck_assert_uint_eq(n, 240);
	write_gzip("s.csv.gz", 200);
	ck_assert_int_eq(gw_season_read(&w.env, "s.csv.gz", GW_FOR_TRAINING, count, &n, &counts,
	    &err),
	    GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "s.csv.gz"));
}
END_TEST

static int
stop(void *arg, const struct gw_season_play *p)
{
	(void)p;
	return --*(int *)arg == 0 ? GW_EINTR : 0;
}

START_TEST(a_callback_that_stops_is_obeyed)
{
	struct gw_season_counts counts = { 0 };
	struct gw_buf text;
	int left = 5;

	gw_buf_init(&text, &w.alloc, 0);
	sample_season(&text, 2024, 3);
	gw_buf_putc(&text, '\0');
	sample_write(&w, "s.csv", (char *)text.ptr);
	gw_buf_fini(&text);
	ck_assert_int_eq(gw_season_read(&w.env, "s.csv", GW_FOR_TRAINING, stop, &left, &counts,
	    NULL), GW_EINTR);
	ck_assert_int_eq(left, 0);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	struct gw_season_counts counts = { 0 };
	struct gw_err err;
	size_t n = 0;

	ck_assert_int_eq(gw_season_read(&w.env, "nowhere.csv", GW_FOR_TRAINING, count, &n, &counts,
	    &err),
	    GW_ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "nowhere.csv"));
}
END_TEST

Suite *
check_season_suite(void)
{
	Suite *s = suite_create("nfl/season");
	TCase *t = tcase_create("season");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, scores_are_those_before_the_play_by_side);
	tcase_add_test(t, a_kickoff_has_no_down_distance_or_field_position);
	tcase_add_test(t, training_drops_are_counted_with_their_reasons);
	tcase_add_test(t, streaming_keeps_kneels_ties_and_open_games);
	tcase_add_test(t, a_play_has_the_same_number_in_training_and_streaming);
	tcase_add_test(t, unknown_state_is_dropped_and_never_zero);
	tcase_add_test(t, columns_may_stand_anywhere_among_others_and_na_is_empty);
	tcase_add_test(t, without_a_result_the_last_row_of_the_game_tells_it);
	tcase_add_test(t, missing_columns_are_named_with_the_nearest);
	tcase_add_test(t, bad_fields_are_named_with_file_line_and_column);
	tcase_add_test(t, a_game_that_comes_back_is_refused);
	tcase_add_test(t, gzip_is_read_and_a_cut_one_is_refused);
	tcase_add_test(t, a_callback_that_stops_is_obeyed);
	tcase_add_test(t, a_file_that_is_not_there_is_named);
	suite_add_tcase(s, t);
	return s;
}

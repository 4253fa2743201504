/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_state.c - the model of feature set state, trained on two real seasons: what a
 * viewer may ask of it, on grids of states and on every row there is.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <math.h>

#include "base/env.h"
#include "nfl/prediction.h"
#include "nfl/ratings.h"
#include "nfl/state.h"
#include "nfl/trainer.h"
#include "tests/nfl/sample.h"
#include "tests/support/files.h"

static struct gw_env *env;
static struct gw_model *model;
static struct gw_predictor *predictor;

static void
setup(void)
{
	struct gw_season_counts counts = { 0 };
	struct gw_seasons s = { .use = GW_FOR_TRAINING, .years = { 2021, 2022 }, .n_years = 2 };
	struct gw_trainer t;
	struct gw_trained trained;
	struct gw_err err = { 0 };
	char data[TEST_PATH_MAX];

	env = gw_env_posix_new(0, false, &err);
	test_source_path("data", data);
	s.env = env;
	s.data = data;
	gw_trainer_init(&t, env->alloc, gw_feature_set_find("state"));
	ck_assert_msg(gw_seasons_read(&s, gw_trainer_add, &t, &counts, &err) == 0, "%s", err.msg);
	model = gw_trainer_fit(&t, "state", 1, &trained, &err);
	ck_assert_msg(model != NULL, "%s", err.msg);
	model->version = 1;
	gw_trainer_fini(&t);
	predictor = gw_predictor_new(env->alloc, model, &err);
	ck_assert_msg(predictor != NULL, "%s", err.msg);
}

static void
teardown(void)
{
	gw_predictor_free(predictor);
	gw_model_free(model);
	gw_env_posix_free(env);
}

/* A state of the grid; lead and line are the home team's. */
struct at {
	int	lead, time, yards;
	bool	home;
	double	line;
};

static struct gw_play
play_at(const struct at *a)
{
	struct gw_play p = sample_play();

	p.has &= ~(unsigned)(GW_HAS_HOME_TIMEOUTS | GW_HAS_AWAY_TIMEOUTS);
	p.time_remaining = a->time;
	p.quarter = a->time > 2700 ? 1 : a->time > 1800 ? 2 : a->time > 900 ? 3 : 4;
	p.home_score = 20 + (a->lead > 0 ? a->lead : 0);
	p.away_score = 20 - (a->lead < 0 ? a->lead : 0);
	p.is_home_team = a->home;
	p.field_position = a->yards;
	p.down = 1;
	p.distance = a->yards < 10 ? a->yards : 10;
	p.spread_line = a->line;
	return p;
}

static double
win_at(const struct at *a)
{
	struct gw_play p = play_at(a);
	struct gw_prediction out;

	gw_predict(predictor, &p, &out);
	return out.home_win_prob;
}

static const int times[] = { 0, 1, 5, 20, 46, 60, 120, 300, 900, 1800, 2700, 3590 };
static const int yards[] = { 3, 20, 40, 60, 75, 95 };
static const double lines[] = { -10, -3, 0, 3, 10 };

/* Every state of the grid without a lead through f. */
static void
for_all(void (*f)(struct at a))
{
	for (size_t t = 0; t < GW_N(times); t++)
		for (size_t y = 0; y < GW_N(yards); y++)
			for (size_t l = 0; l < GW_N(lines); l++)
				for (int home = 0; home < 2; home++)
					f((struct at){ .time = times[t], .yards = yards[y],
					    .line = lines[l], .home = home });
}

static void
assert_monotone(struct at a)
{
	double before = 0;

	for (a.lead = -30; a.lead <= 30; a.lead++) {
		double p = win_at(&a);

		ck_assert_msg(p >= before, "%d s, %d yards, lead %d: %g after %g", a.time, a.yards,
		    a.lead, p, before);
		before = p;
	}
}

static void
assert_mirrored(struct at a)
{
	for (a.lead = -10; a.lead <= 10; a.lead += 5) {
		struct at b = { -a.lead, a.time, a.yards, !a.home, -a.line };

		ck_assert(win_at(&a) == 1 - win_at(&b) || win_at(&b) == 1 - win_at(&a));
	}
}

static void
assert_two_scores_hold(struct at a)
{
	a.lead = 9;
	if (a.time <= 60)
		ck_assert_msg(win_at(&a) >= 0.97, "%d s, %d yards: %g", a.time, a.yards,
		    win_at(&a));
}

static void
assert_ball_and_lead_hold(struct at a)
{
	a.home = true;
	a.lead = 1;
	if (a.time <= 5)
		ck_assert_msg(win_at(&a) >= 0.99, "%d s, %d yards: %g", a.time, a.yards,
		    win_at(&a));
}

START_TEST(a_point_more_never_makes_winning_less_likely)
{
	for_all(assert_monotone);
}
END_TEST

START_TEST(mirrored_teams_have_mirrored_probabilities)
{
	for_all(assert_mirrored);
}
END_TEST

START_TEST(two_scores_with_a_minute_left_are_kept)
{
	for_all(assert_two_scores_hold);
}
END_TEST

START_TEST(a_lead_with_the_ball_on_the_last_play_is_kept)
{
	for_all(assert_ball_and_lead_hold);
}
END_TEST

START_TEST(a_leader_who_can_kneel_the_clock_out_has_won)
{
	struct at a = { .lead = 3, .time = 46, .yards = 60, .home = true };
	struct gw_play p = play_at(&a);

	ck_assert(gw_state_is_kept(&p));
	ck_assert(win_at(&a) >= 0.99);
	p.down = 4;
	ck_assert(!gw_state_is_kept(&p));
	p.down = 1;
	p.field_position = 98;
	ck_assert(!gw_state_is_kept(&p));
	p.field_position = 60;
	p.is_home_team = false;
	ck_assert(!gw_state_is_kept(&p));
	p.is_home_team = true;
	p.time_remaining = 47;
	ck_assert(!gw_state_is_kept(&p));
	p.has |= GW_HAS_AWAY_TIMEOUTS;
	p.away_timeouts = 0;
	p.time_remaining = 126;
	ck_assert(gw_state_is_kept(&p));
	p.down = 2;
	ck_assert(!gw_state_is_kept(&p));
	p.down = 1;
	p.away_timeouts = 3;
	p.time_remaining = 7;
	ck_assert(!gw_state_is_kept(&p));
	p.time_remaining = 6;
	ck_assert(gw_state_is_kept(&p));
}
END_TEST

/* What six seasons say of leads that the rule keeps, and of last plays. */
struct ends {
	size_t	kept, lost, last_by_leader, below, two_scores, two_below;
	size_t	last_by_other;
	double	predicted, won, variance;	/* sums over those */
	struct gw_season_play before;	/* the game's newest play */
	bool	any;
};

static bool
leader_won(const struct gw_season_play *s)
{
	return (s->play.home_score > s->play.away_score) == (s->final_home > s->final_away) &&
	    s->final_home != s->final_away;
}

static double
leader_chance(const struct gw_play *p)
{
	struct gw_prediction out;

	gw_predict(predictor, p, &out);
	return p->home_score > p->away_score ? out.home_win_prob : 1 - out.home_win_prob;
}

/* The last play of a game that did not go to overtime. */
static void
judge_last(struct ends *e)
{
	const struct gw_play *p = &e->before.play;
	int lead = p->home_score - p->away_score;
	double chance;

	if (!e->any || p->quarter != 4 || lead == 0)
		return;
	chance = leader_chance(p);
	if ((lead > 0) == p->is_home_team && p->type != GW_PLAY_KICKOFF) {
		e->last_by_leader++;
		e->below += chance < 0.99 && p->time_remaining <= 46;
		return;
	}
	e->last_by_other++;
	e->predicted += chance;
	e->variance += chance * (1 - chance);
	e->won += leader_won(&e->before);
}

static int
judge_play(void *arg, const struct gw_season_play *s)
{
	struct ends *e = arg;
	const struct gw_play *p = &s->play;
	int lead = p->home_score - p->away_score;

	if (!e->any || strcmp(e->before.play.game_id, p->game_id) != 0)
		judge_last(e);
	e->before = *s;
	e->any = true;
	if (p->quarter != 4 || lead == 0 || p->time_remaining > 60)
		return 0;
	if (gw_state_is_kept(p)) {
		e->kept++;
		e->lost += !leader_won(s);
		ck_assert(leader_chance(p) >= 0.99);
	}
	if (lead > 8 || lead < -8) {
		e->two_scores++;
		e->two_below += leader_chance(p) < 0.97;
	}
	return 0;
}

START_TEST(leads_at_the_end_of_six_seasons_are_told_as_they_were)
{
	struct gw_seasons s = { .env = env, .use = GW_FOR_STREAMING, .n_years = 6,
		.years = { 2019, 2020, 2021, 2022, 2023, 2024 } };
	struct gw_season_counts counts = { 0 };
	struct ends e = { 0 };
	struct gw_err err = { 0 };
	char data[TEST_PATH_MAX];
	double off;

	test_source_path("data", data);
	s.data = data;
	ck_assert_msg(gw_seasons_read(&s, judge_play, &e, &counts, &err) == 0, "%s", err.msg);
	judge_last(&e);
	/* No lead that the rule keeps was lost; few last plays of a leader are outside of it. */
	ck_assert_msg(e.kept > 1000 && e.lost == 0, "%zu kept, %zu lost", e.kept, e.lost);
	ck_assert_msg(e.last_by_leader > 900 && e.below <= 5, "%zu, %zu below .99",
	    e.last_by_leader, e.below);
	ck_assert_msg(e.two_scores > 1000 && e.two_below == 0, "%zu, %zu", e.two_scores,
	    e.two_below);
	/* Where the other team has the last play, the lead is worth what became of it. */
	off = (e.won - e.predicted) / sqrt(e.variance);
	ck_assert_msg(e.last_by_other > 400 && off > -3 && off < 3, "%zu: %g won of %g (%g sd)",
	    e.last_by_other, e.won, e.predicted, off);
}
END_TEST

/* The teams change places. */
static struct gw_play
mirrored(const struct gw_play *p)
{
	static const unsigned home = GW_HAS_HOME_TIMEOUTS | GW_HAS_HOME_BACKUP_QB,
	    away = GW_HAS_AWAY_TIMEOUTS | GW_HAS_AWAY_BACKUP_QB;
	struct gw_play m = *p;

	ck_assert(GW_HAS_AWAY_TIMEOUTS == GW_HAS_HOME_TIMEOUTS << 1 &&
	    GW_HAS_AWAY_BACKUP_QB == GW_HAS_HOME_BACKUP_QB << 1);
	m.has = (p->has & ~(home | away)) | (p->has & home) << 1 | (p->has & away) >> 1;
	m.home_score = p->away_score;
	m.away_score = p->home_score;
	m.is_home_team = !p->is_home_team;
	m.spread_line = -p->spread_line;
	m.rating_line = -p->rating_line;
	m.home_receives_2h = !p->home_receives_2h;
	m.home_timeouts = p->away_timeouts;
	m.away_timeouts = p->home_timeouts;
	m.home_backup_qb = p->away_backup_qb;
	m.away_backup_qb = p->home_backup_qb;
	return m;
}

#define EVERY 32	/* of the rows, for what takes many predictions */

/* What six seasons' rows are asked one by one. */
struct asked {
	size_t	rows, kick_offs, overtimes, even;
	double	off_line;		/* most that a first kick-off is off its line */
	char	last_game[GW_GAME_ID_MAX];
	int	last_quarter;
};

static double
chance(const struct gw_play *p)
{
	struct gw_prediction out;

	gw_predict(predictor, p, &out);
	return out.home_win_prob;
}

/* One line at a time: whatever stands in for the spread must be mirrored and monotone too. */
static void
ask_row(struct gw_play p)
{
	static const unsigned known[GW_N_LINES] = { GW_HAS_SPREAD_LINE | GW_HAS_RATING_LINE,
		GW_HAS_RATING_LINE, 0 };

	for (int line = 0; line < GW_N_LINES; line++) {
		struct gw_play q;
		double before, after;

		p.has &= known[line] | ~(unsigned)(GW_HAS_SPREAD_LINE | GW_HAS_RATING_LINE);
		q = mirrored(&p);
		before = chance(&p);
		after = chance(&q);
		ck_assert_msg(before == 1 - after || after == 1 - before, "%s %lld: %g, %g",
		    p.game_id, (long long)p.play_id, before, after);
		for (q = p; q.home_score < p.home_score + 9; before = after) {
			q.home_score++;
			after = chance(&q);
			ck_assert_msg(after >= before, "%s %lld, %d to %d: %g after %g", p.game_id,
			    (long long)p.play_id, (int)q.home_score, (int)q.away_score, after,
			    before);
		}
	}
}

/* What a normal margin around the line, of 13 points, says of it. */
static double
chance_of_line(double line)
{
	return 0.5 * erfc(-line / 13 / sqrt(2));
}

static int
ask(void *arg, const struct gw_season_play *s)
{
	struct asked *k = arg;
	const struct gw_play *p = &s->play;
	bool first = strcmp(k->last_game, p->game_id) != 0;

	if (first && p->type == GW_PLAY_KICKOFF && (p->has & GW_HAS_SPREAD_LINE)) {
		double off = fabs(chance(p) - chance_of_line(p->spread_line));

		k->kick_offs++;
		k->off_line = off > k->off_line ? off : k->off_line;
	}
	if (!first && k->last_quarter == 4 && p->quarter == 5) {
		k->overtimes++;
		ck_assert_msg(chance(p) > 0.15 && chance(p) < 0.85, "%s: %g", p->game_id,
		    chance(p));
		if (fabs(p->spread_line) <= 3 && p->home_backup_qb == p->away_backup_qb) {
			k->even++;
			ck_assert_msg(chance(p) > 0.38 && chance(p) < 0.62, "%s: %g", p->game_id,
			    chance(p));
		}
	}
	memcpy(k->last_game, p->game_id, sizeof(k->last_game));
	k->last_quarter = p->quarter;
	if (k->rows++ % EVERY == 0)
		ask_row(*p);
	return 0;
}

START_TEST(rows_of_six_seasons_are_mirrored_and_monotone_and_begin_at_their_line)
{
	struct gw_seasons s = { .env = env, .use = GW_FOR_STREAMING, .n_years = 6,
		.years = { 2019, 2020, 2021, 2022, 2023, 2024 } };
	struct gw_season_counts counts = { 0 };
	struct asked k = { 0 };
	struct gw_err err = { 0 };
	char data[TEST_PATH_MAX];

	test_source_path("data", data);
	s.data = data;
	ck_assert_msg(gw_seasons_read(&s, ask, &k, &counts, &err) == 0, "%s", err.msg);
	ck_assert_uint_gt(k.rows, 240000);
	ck_assert_uint_gt(k.kick_offs, 1600);
	ck_assert_uint_gt(k.overtimes, 80);
	ck_assert_uint_gt(k.even, 20);
	ck_assert_msg(k.off_line < 0.06, "%g", k.off_line);
}
END_TEST

START_TEST(overtime_that_begins_is_near_one_half)
{
	struct at a = { .time = 600, .yards = 75, .home = true };
	struct gw_play p = play_at(&a);
	struct gw_prediction out;

	p.quarter = 5;
	gw_predict(predictor, &p, &out);
	ck_assert_msg(out.home_win_prob > 0.5 && out.home_win_prob < 0.6, "%g", out.home_win_prob);
}
END_TEST

START_TEST(the_first_kick_off_has_the_lines_own_probability)
{
	struct at a = { .time = 3600, .yards = 75, .home = true, .line = 3 };
	struct gw_play p = play_at(&a);
	struct gw_prediction out;

	p.type = GW_PLAY_KICKOFF;
	p.has &= ~(unsigned)(GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION);
	p.has |= GW_HAS_SECOND_HALF;
	p.home_receives_2h = 0;
	gw_predict(predictor, &p, &out);
	/* Favourites by 3 win 59 % of their games. */
	ck_assert_msg(out.home_win_prob > 0.55 && out.home_win_prob < 0.63, "%g",
	    out.home_win_prob);
	p.spread_line = 0;
	gw_predict(predictor, &p, &out);
	ck_assert_msg(out.home_win_prob > 0.48 && out.home_win_prob < 0.52, "%g",
	    out.home_win_prob);
}
END_TEST

START_TEST(what_is_known_chooses_the_head_and_the_prediction_says_so)
{
	struct at a = { .time = 3000, .yards = 75, .home = true, .line = 10 };
	struct gw_play p = play_at(&a);
	struct gw_prediction spread, rating, none;

	p.rating_line = 10;
	p.has |= GW_HAS_RATING_LINE;
	gw_predict(predictor, &p, &spread);
	p.has &= ~(unsigned)GW_HAS_SPREAD_LINE;
	gw_predict(predictor, &p, &rating);
	p.has &= ~(unsigned)GW_HAS_RATING_LINE;
	gw_predict(predictor, &p, &none);
	ck_assert_str_eq(spread.line, "spread");
	ck_assert_str_eq(rating.line, "rating");
	ck_assert_str_eq(none.line, "none");
	ck_assert(spread.home_win_prob > 0.65 && rating.home_win_prob > 0.65);
	ck_assert(none.home_win_prob < 0.6);
}
END_TEST

START_TEST(a_try_is_worth_a_point_less_a_kick_off)
{
	struct at a = { .time = 300, .yards = 75, .home = true };
	struct gw_play p = play_at(&a);
	struct gw_prediction try, even;

	gw_predict(predictor, &p, &even);
	p.type = GW_PLAY_EXTRA_POINT;
	p.has &= ~(unsigned)(GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION);
	gw_predict(predictor, &p, &try);
	ck_assert(try.home_win_prob > 0.4 && try.home_win_prob < even.home_win_prob);
}
END_TEST

START_TEST(bands_hold_the_median_and_never_fall_below_the_board)
{
	for (int lead = -20; lead <= 20; lead += 4)
		for (size_t t = 0; t < GW_N(times); t++) {
			struct at a = { lead, times[t], 50, true, 3 };
			struct gw_play p = play_at(&a);
			struct gw_prediction o;

			gw_predict(predictor, &p, &o);
			ck_assert(o.has_band && o.home_score_lo >= p.home_score);
			ck_assert(o.away_score_lo >= p.away_score);
			ck_assert(o.home_score_lo <= o.home_score_pred);
			ck_assert(o.home_score_pred <= o.home_score_hi);
			ck_assert(o.away_score_lo <= o.away_score_pred);
			ck_assert(o.away_score_pred <= o.away_score_hi);
		}
}
END_TEST

static void
assert_scores_mirrored(struct at a)
{
	for (a.lead = -10; a.lead <= 10; a.lead += 5) {
		struct gw_play p = play_at(&a), q = mirrored(&p);
		struct gw_prediction o, m;

		gw_predict(predictor, &p, &o);
		gw_predict(predictor, &q, &m);
		ck_assert_double_eq(o.home_score_pred, m.away_score_pred);
		ck_assert_double_eq(o.away_score_pred, m.home_score_pred);
		ck_assert_double_eq(o.home_score_hi, m.away_score_hi);
		ck_assert_double_eq(o.away_score_lo, m.home_score_lo);
	}
}

START_TEST(mirrored_teams_have_each_others_scores)
{
	const struct gw_head *home = gw_model_head(model, GW_HEAD_HOME_SCORE);

	/* Linear part and trees: of both, one model serves both sides. */
	ck_assert_ptr_nonnull(home->trees);
	ck_assert_uint_gt(home->trees->n_trees, 10);
	for_all(assert_scores_mirrored);
}
END_TEST

START_TEST(ratings_know_only_games_before)
{
	struct gw_ratings *r;
	struct gw_err err = { 0 };
	char data[TEST_PATH_MAX];
	double line = 0;

	test_source_path("data", data);
	ck_assert_int_eq(gw_ratings_open(env, data, &r, &err), 0);
	ck_assert_ptr_nonnull(r);
	ck_assert(gw_ratings_line(r, "2023_02_NYJ_DAL", &line) && line > 3 && line < 14);
	ck_assert(!gw_ratings_line(r, "2012_02_DET_SF", &line));
	ck_assert(!gw_ratings_line(r, "2023_99_NYJ_DAL", &line));
	gw_ratings_free(r);
	ck_assert_int_eq(gw_ratings_open(env, "/nowhere", &r, &err), 0);
	ck_assert_ptr_null(r);
}
END_TEST

Suite *
check_state_suite(void)
{
	Suite *s = suite_create("nfl/state");
	TCase *t = tcase_create("state");

	tcase_set_timeout(t, 300);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, a_point_more_never_makes_winning_less_likely);
	tcase_add_test(t, mirrored_teams_have_mirrored_probabilities);
	tcase_add_test(t, two_scores_with_a_minute_left_are_kept);
	tcase_add_test(t, a_lead_with_the_ball_on_the_last_play_is_kept);
	tcase_add_test(t, a_leader_who_can_kneel_the_clock_out_has_won);
	tcase_add_test(t, leads_at_the_end_of_six_seasons_are_told_as_they_were);
	tcase_add_test(t, rows_of_six_seasons_are_mirrored_and_monotone_and_begin_at_their_line);
	tcase_add_test(t, overtime_that_begins_is_near_one_half);
	tcase_add_test(t, the_first_kick_off_has_the_lines_own_probability);
	tcase_add_test(t, what_is_known_chooses_the_head_and_the_prediction_says_so);
	tcase_add_test(t, a_try_is_worth_a_point_less_a_kick_off);
	tcase_add_test(t, bands_hold_the_median_and_never_fall_below_the_board);
	tcase_add_test(t, mirrored_teams_have_each_others_scores);
	tcase_add_test(t, ratings_know_only_games_before);
	suite_add_tcase(s, t);
	return s;
}

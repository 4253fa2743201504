/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/sample.h"

#include <check.h>

#include "nfl/trainer.h"

struct gw_play
sample_play(void)
{
	return (struct gw_play){ .game_id = "2024_01_BAL_KC",
		.play_id = 1462,
		.play_number = 58,
		.quarter = 2,
		.time_remaining = 1834,
		.home_score = 13,
		.away_score = 10,
		.field_position = 68,
		.down = 2,
		.distance = 7,
		.type = GW_PLAY_PASS,
		.yards_gained = 12,
		.home_team = "KC",
		.away_team = "BAL",
		.posteam = "BAL",
		.defteam = "KC",
		.home_timeouts = 3,
		.away_timeouts = 2,
		.is_home_team = false,
		.spread_line = 3,
		.total_line = 46.5,
		.season = 2024,
		.week = 1,
		.season_type = "REG",
		.desc = "(0:34) (Shotgun) pass short right for 12 yards.",
		.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION | GW_HAS_SPREAD_LINE |
		       GW_HAS_TOTAL_LINE | GW_HAS_HOME_TIMEOUTS | GW_HAS_AWAY_TIMEOUTS |
		       GW_HAS_YARDS_GAINED | GW_HAS_SEASON | GW_HAS_WEEK | GW_HAS_DESC |
		       GW_HAS_SEASON_TYPE };
}

void
sample_world_init(struct sample_world *w)
{
	w->alloc = gw_alloc_libc(0);
	w->disk = mem_fs_new(1);
	w->env = (struct gw_env){ .alloc = &w->alloc, .fs = mem_fs_seam(w->disk) };
	gw_rng_seed(&w->env.rng, 1);
}

void
sample_world_fini(struct sample_world *w)
{
	ck_assert_uint_eq(w->alloc.used, 0);
	ck_assert_int_eq(mem_fs_open_handles(w->disk), 0);
	mem_fs_free(w->disk);
}

void
sample_write(struct sample_world *w, const char *path, const char *text)
{
	struct gw_err err;

	ck_assert_msg(gw_fs_replace(w->env.fs, path, gw_str(text), &err) == 0, "%s", err.msg);
}

/* The lead grows for whoever wins; the home team kicks off in odd games. */
static void
sample_game(struct gw_buf *out, int year, int game)
{
	int home_wins = game % 2, home = 0, away = 0;
	int final_home = home_wins ? 24 + game % 5 : 10,
	    final_away = home_wins ? 13 : 27 + game % 3;

	for (int i = 0; i < 20; i++) {
		int has_ball = (i + game) % 2, kickoff = i == 0 || i == 10, clock = 3600 - i * 180;

		gw_buf_printf(out, "%d_%02d_AAA_BBB,%d,%d,%d,REG,BBB,AAA,%s,%d,%d,", year, game,
		    40 + 20 * i, year, game, has_ball ? "BBB" : "AAA", 1 + i / 5, clock);
		if (kickoff)
			gw_buf_puts(out, ",0,35,kickoff,0,");
		else
			gw_buf_printf(out, "%d,%d,%d,%s,%d,", 1 + i % 3, 10 - i % 4, 80 - 3 * i,
			    i % 3 ? "pass" : "run", i % 9);
		gw_buf_printf(out, "%d,%d,%d,%d,%d,%d,44.5,0.%d\n", has_ball ? home : away,
		    has_ball ? away : home, final_home, final_away, final_home - final_away,
		    game % 7 - 3, 40 + (i + game) % 20);
		if (i % 6 == 5) {
			home += home_wins ? 7 : 3;
			away += home_wins ? 3 : 7;
		}
	}
}

void
sample_season(struct gw_buf *out, int year, int n_games)
{
	gw_buf_puts(out, SAMPLE_HEADER);
	for (int g = 1; g <= n_games; g++)
		sample_game(out, year, g);
}

struct gw_model *
sample_trained(struct gw_alloc *alloc, const char *set)
{
	struct gw_season_counts counts = { 0 };
	struct gw_trained trained;
	struct gw_trainer trainer;
	struct sample_world w;
	struct gw_model *m;
	struct gw_buf text;
	struct gw_err err;

	sample_world_init(&w);
	gw_buf_init(&text, &w.alloc, 0);
	sample_season(&text, 2023, 30);
	gw_buf_putc(&text, '\0');
	sample_write(&w, "s.csv", (const char *)text.ptr);
	gw_buf_fini(&text);
	gw_trainer_init(&trainer, &w.alloc, gw_feature_set_find(set));
	ck_assert_msg(gw_season_read(&w.env, "s.csv", GW_FOR_TRAINING, gw_trainer_add, &trainer,
			  &counts, &err) == 0,
	    "%s", err.msg);
	trainer.alloc = alloc;
	m = gw_trainer_fit(&trainer, set, 1, &trained, &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	m->version = 1;
	gw_trainer_fini(&trainer);
	sample_world_fini(&w);
	return m;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_seasons.c - which seasons there are, and several in one go.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include "base/sha256.h"
#include "nfl/season.h"
#include "tests/nfl/sample.h"

static struct sample_world w;

static void
write_season(const char *path, int from, int to, int n_games)
{
	struct gw_buf text;

	gw_buf_init(&text, &w.alloc, 0);
	for (int year = from; year <= to; year++) {
		struct gw_buf one;

		gw_buf_init(&one, &w.alloc, 0);
		sample_season(&one, year, n_games);
		if (year > from)	/* one header is enough */
			gw_buf_consume(&one, sizeof(SAMPLE_HEADER) - 1);
		gw_buf_put(&text, one.ptr, one.len);
		gw_buf_fini(&one);
	}
	gw_buf_putc(&text, '\0');
	sample_write(&w, path, (const char *)text.ptr);
	gw_buf_fini(&text);
}

static void
setup(void)
{
	sample_world_init(&w);
	ck_assert_int_eq(w.env.fs->mkdir(w.env.fs->ctx, "data", NULL), 0);
	write_season("data/play_by_play_2022.csv", 2022, 2022, 2);
	write_season("data/play_by_play_2019.csv", 2019, 2019, 3);
	write_season("data/play_by_play_2020.csv.gz", 2020, 2020, 1);
	write_season("data/play_by_play_2020.csv", 2020, 2020, 1);
	sample_write(&w, "data/play_by_play_20x.csv", "");
	sample_write(&w, "data/play_by_play_2021.txt", "");
	sample_write(&w, "data/README.md", "");
}

static void
teardown(void)
{
	sample_world_fini(&w);
}

START_TEST(years_and_ranges_are_parsed_in_order_and_once)
{
	int years[8];
	char text[64];

	ck_assert_int_eq(gw_seasons_parse("2024,2019-2021, 2020", years, 8, NULL), 4);
	ck_assert(years[0] == 2019 && years[1] == 2020 && years[2] == 2021 && years[3] == 2024);
	gw_seasons_text(years, 4, text, sizeof(text));
	ck_assert_str_eq(text, "2019-2021,2024");
	gw_seasons_text(years + 3, 1, text, sizeof(text));
	ck_assert_str_eq(text, "2024");
	gw_seasons_text(years, 0, text, sizeof(text));
	ck_assert_str_eq(text, "");
	gw_seasons_text(years, 4, text, 8);
	ck_assert_str_eq(text, "2019-20");
}
END_TEST

START_TEST(what_is_no_season_is_refused)
{
	static const char *const bad[] = { "", "x", "2019-", "-2019", "2021-2019", "2019,", "19",
		"99999", "2019-2020-2021", "2019.5", "1900-9999" };
	struct gw_err err;
	int years[8];

	for (size_t i = 0; i < GW_N(bad); i++) {
		ck_assert_msg(gw_seasons_parse(bad[i], years, 8, &err) == GW_EINVAL, "%s", bad[i]);
		ck_assert_ptr_nonnull(strstr(err.msg, bad[i]));
	}
}
END_TEST

START_TEST(a_folder_tells_its_seasons_and_a_file_none)
{
	struct gw_err err;
	int years[8];

	ck_assert_int_eq(gw_seasons_present(&w.env, "data", years, 8, NULL), 3);
	ck_assert(years[0] == 2019 && years[1] == 2020 && years[2] == 2022);
	ck_assert_int_eq(gw_seasons_present(&w.env, "data/README.md", years, 8, NULL), 0);
	ck_assert_int_eq(gw_seasons_present(&w.env, "nowhere", years, 8, &err), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "nowhere"));
}
END_TEST

START_TEST(a_season_that_is_not_there_is_named_with_those_that_are)
{
	struct gw_err err;
	char path[64];

	ck_assert_int_eq(gw_season_path(&w.env, "data", 1902, path, sizeof(path), &err), GW_EDATA);
	ck_assert_str_eq(err.msg,
	    "no season 1902 in data (play_by_play_1902.csv.gz or .csv); it has"
	    " 2019-2020,2022; scripts/fetch-data 1902 gets it");
}
END_TEST

START_TEST(paths_prefer_gzip_and_a_file_is_itself)
{
	char path[64];

	ck_assert_int_eq(gw_season_path(&w.env, "data", 2020, path, sizeof(path), NULL), 0);
	ck_assert_str_eq(path, "data/play_by_play_2020.csv.gz");
	ck_assert_int_eq(gw_season_path(&w.env, "data", 2022, path, sizeof(path), NULL), 0);
	ck_assert_str_eq(path, "data/play_by_play_2022.csv");
	ck_assert_int_eq(gw_season_path(&w.env, "data/README.md", 2022, path, sizeof(path), NULL),
	    0);
	ck_assert_str_eq(path, "data/README.md");
	ck_assert_int_eq(gw_season_path(&w.env, "data", 2020, path, 20, NULL), GW_EINVAL);
}
END_TEST

static int
count(void *arg, const struct gw_season_play *p)
{
	(void)p;
	(*(size_t *)arg)++;
	return 0;
}

START_TEST(several_seasons_are_read_and_counted_together)
{
	struct gw_seasons s = {
		.env = &w.env, .data = "data", .years = { 2019, 2022 }, .n_years = 2
	};
	struct gw_season_counts counts = { 0 };
	size_t n = 0;

	ck_assert_int_eq(gw_seasons_read(&s, count, &n, &counts, NULL), 0);
	ck_assert_uint_eq(n, 100);
	ck_assert_uint_eq(counts.used, 100);
	ck_assert_uint_eq(counts.used_games, 5);
}
END_TEST

START_TEST(one_file_of_several_seasons_is_read_once_and_filtered)
{
	struct gw_seasons s = { .env = &w.env, .data = "all.csv", .years = { 2021 }, .n_years = 1 };
	struct gw_season_counts counts = { 0 };
	struct gw_err err;
	size_t n = 0;

	write_season("all.csv", 2020, 2022, 2);
	ck_assert_int_eq(gw_seasons_read(&s, count, &n, &counts, NULL), 0);
	ck_assert_uint_eq(n, 40);
	ck_assert_uint_eq(counts.used_games, 2);
	s.n_years = 0;
	ck_assert_int_eq(gw_seasons_read(&s, count, &n, &counts, NULL), 0);
	ck_assert_uint_eq(n, 40 + 120);
	s.years[0] = 1999;
	s.n_years = 1;
	ck_assert_int_eq(gw_seasons_read(&s, count, &n, &counts, &err), GW_EDATA);
	ck_assert_str_eq(err.msg, "all.csv: no play of season 1999");
}
END_TEST

START_TEST(a_fingerprint_is_the_sum_of_the_files_one_after_the_other)
{
	struct gw_seasons s = { .env = &w.env, .data = "one", .years = { 2019, 2020 },
		.n_years = 2 };
	char sum[65], want[65];
	struct gw_err err;

	ck_assert_int_eq(w.env.fs->mkdir(w.env.fs->ctx, "one", NULL), 0);
	sample_write(&w, "one/play_by_play_2019.csv", "first");
	sample_write(&w, "one/play_by_play_2020.csv", "second");
	sample_write(&w, "one/play_by_play_2021.csv", "not asked for");
	ck_assert_int_eq(gw_seasons_fingerprint(&s, sum, &err), 0);
	gw_sha256_hex("firstsecond", 11, want);
	ck_assert_str_eq(sum, want);
	sample_write(&w, "one/games.csv", "games");
	ck_assert_int_eq(gw_seasons_fingerprint(&s, sum, &err), 0);
	gw_sha256_hex("firstsecondgames", 16, want);
	ck_assert_str_eq(sum, want);
	s.data = "one/play_by_play_2021.csv";
	ck_assert_int_eq(gw_seasons_fingerprint(&s, sum, &err), 0);
	gw_sha256_hex("not asked forgames", 18, want);
	ck_assert_str_eq(sum, want);
	sample_write(&w, "one/play_by_play_2021.csv", "");
	ck_assert_int_eq(gw_seasons_fingerprint(&s, sum, &err), GW_EDATA);
}
END_TEST

Suite *
check_seasons_suite(void)
{
	Suite *s = suite_create("nfl/seasons");
	TCase *t = tcase_create("seasons");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, years_and_ranges_are_parsed_in_order_and_once);
	tcase_add_test(t, what_is_no_season_is_refused);
	tcase_add_test(t, a_folder_tells_its_seasons_and_a_file_none);
	tcase_add_test(t, a_season_that_is_not_there_is_named_with_those_that_are);
	tcase_add_test(t, paths_prefer_gzip_and_a_file_is_itself);
	tcase_add_test(t, several_seasons_are_read_and_counted_together);
	tcase_add_test(t, one_file_of_several_seasons_is_read_once_and_filtered);
	tcase_add_test(t, a_fingerprint_is_the_sum_of_the_files_one_after_the_other);
	suite_add_tcase(s, t);
	return s;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/check_espn_parity.c - the state before each play by ESPN's rows and by nflverse's, on
 * every game that both have. Each difference is listed in the output by play; those that there are
 * are explained in doc/live.md.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

#include <stdio.h>

#include "base/csv.h"
#include "tests/nfl/recording.h"
#include "tests/support/files.h"

#define GAMES_MAX	32
#define ROWS_MAX	300
#define LIVE_LAST	3730	/* of 2024_18_SEA_LA: what was not played yet when it was taken */

enum { C_GAME, C_PLAY, C_POSTEAM, C_QTR, C_CLOCK, C_DOWN, C_YDSTOGO, C_YARDLINE, C_TYPE, C_POS,
	C_DEF, N_COLUMNS };
static const char *const columns[N_COLUMNS] = { "game_id", "play_id", "posteam", "qtr",
	"game_seconds_remaining", "down", "ydstogo", "yardline_100", "play_type", "posteam_score",
	"defteam_score" };

/* A row of nflverse; -1: empty. */
struct row {
	int64_t			play_id;
	char			posteam[GW_TEAM_MAX];
	int64_t			quarter, clock, down, distance, field_position, posteam_score,
				defteam_score;
	enum gw_play_type	type;
	bool			matched;
};

struct game {
	char		id[GW_GAME_ID_MAX];
	struct row	rows[ROWS_MAX];
	size_t		n;
};

struct figures {
	size_t	rows, kickoffs;		/* with a down; without */
	size_t	period, down, possession, distance, field_position, score;
	size_t	clock, clock_of;	/* equal; rows that have it before the play */
	size_t	clock_new, clock_new_of;	/* of them from week 11 of 2024 on */
	size_t	kick_score, kick_possession;
	size_t	type, extra, missing;
};

static struct recording rec;
static struct game *games;
static size_t n_games;
static struct figures sum;

/* ---- nflverse ---- */

static void
wanted(void *arg, const char *path)
{
	const char *name = strrchr(path, '/') + 1, *dot = strchr(name, '.');

	(void)arg;
	ck_assert_uint_lt(n_games, GAMES_MAX);
	for (size_t i = 0; i < n_games; i++)
		if (strncmp(games[i].id, name, (size_t)(dot - name)) == 0)
			return;
	memcpy(games[n_games++].id, name, (size_t)(dot - name));
}

static int64_t
whole(struct gw_slice s)
{
	double d;

	return s.len > 0 && gw_slice_double(s, &d) == 0 ? (int64_t)d : -1;
}

static void
take_row(const struct gw_slice *f, const int *at)
{
	struct row *r = NULL;

	for (size_t i = 0; i < n_games && r == NULL; i++)
		if (gw_slice_is(f[at[C_GAME]], games[i].id)) {
			ck_assert_uint_lt(games[i].n, ROWS_MAX);
			r = &games[i].rows[games[i].n++];
		}
	if (r == NULL)
		return;
	r->play_id = whole(f[at[C_PLAY]]);
	ck_assert_uint_lt(f[at[C_POSTEAM]].len, GW_TEAM_MAX);
	memcpy(r->posteam, f[at[C_POSTEAM]].ptr, f[at[C_POSTEAM]].len);
	r->quarter = whole(f[at[C_QTR]]);
	r->clock = whole(f[at[C_CLOCK]]);
	r->down = whole(f[at[C_DOWN]]);
	r->distance = whole(f[at[C_YDSTOGO]]);
	r->field_position = whole(f[at[C_YARDLINE]]);
	r->posteam_score = whole(f[at[C_POS]]);
	r->defteam_score = whole(f[at[C_DEF]]);
	r->type = f[at[C_TYPE]].len > 0 ? gw_play_type_parse(f[at[C_TYPE]]) : GW_PLAY_OTHER;
}

static void
read_season(int year)
{
	char under[TEST_PATH_MAX], path[TEST_PATH_MAX];
	const struct gw_slice *fields;
	struct gw_source source;
	struct gw_csv *csv;
	struct gw_err err;
	int at[N_COLUMNS], n;

	snprintf(under, sizeof(under), "data/play_by_play_%d.csv.gz", year);
	test_source_path(under, path);
	ck_assert_msg(gw_source_file(&source, rec.env->alloc, rec.env->fs, path, &err) == 0, "%s",
	    err.msg);
	csv = gw_csv_new(rec.env->alloc, source, path);
	ck_assert_ptr_nonnull(csv);
	n = gw_csv_next(csv, &fields, &err);
	for (int c = 0; c < N_COLUMNS; c++) {
		for (at[c] = 0; at[c] < n && !gw_slice_is(fields[at[c]], columns[c]); at[c]++)
			;
		ck_assert_int_lt(at[c], n);
	}
	while (gw_csv_next(csv, &fields, &err) > 0)
		take_row(fields, at);
	gw_csv_free(csv);
}

/* ---- the comparison ---- */

static bool
streamed(const struct row *r)
{
	return r->type != GW_PLAY_OTHER && r->type != GW_PLAY_NO_PLAY &&
	    r->type != GW_PLAY_EXTRA_POINT && (r->down > 0 || r->type == GW_PLAY_KICKOFF);
}

static void
count(bool equal, size_t *n, const struct gw_play *p, const char *what, int64_t ours,
    int64_t theirs)
{
	*n += equal;
	if (!equal)
		printf("# %s %lld %s: ESPN %lld, nflverse %lld: %.70s\n", p->game_id,
		    (long long)p->play_id, what, (long long)ours, (long long)theirs, p->desc);
}

static bool
score_equal(const struct gw_play *p, const struct row *r)
{
	int64_t pos = p->is_home_team ? p->home_score : p->away_score;
	int64_t def = p->is_home_team ? p->away_score : p->home_score;

	return pos == r->posteam_score && def == r->defteam_score;
}

/* Rows that score have the clock of the end of the play; two games' rows nearly all do. */
static void
compare_clock(const struct gw_play *p, const struct row *r, bool before)
{
	bool equal = p->time_remaining == r->clock;
	bool recent = p->season == 2024 && p->week >= 11;

	if (!equal)
		printf("# %s %lld clock: ESPN %d, nflverse %lld%s: %.50s\n", p->game_id,
		    (long long)p->play_id, (int)p->time_remaining, (long long)r->clock,
		    before ? "" : ", the end of a play that scores", p->desc);
	if (!before)
		return;
	sum.clock_of++;
	sum.clock += equal;
	sum.clock_new_of += recent;
	sum.clock_new += recent && equal;
}

static void
compare(const struct gw_play *p, const struct row *r, bool clock_before)
{
	int64_t down = p->has & GW_HAS_DOWN ? p->down : -1;
	int64_t distance = p->has & GW_HAS_DISTANCE ? p->distance : -1;
	int64_t position = p->has & GW_HAS_FIELD_POSITION ? p->field_position : -1;
	bool possession = strcmp(p->posteam, r->posteam) == 0;

	count(p->type == r->type, &sum.type, p, "type", (int64_t)p->type, (int64_t)r->type);
	if (p->type == GW_PLAY_KICKOFF) {
		sum.kickoffs++;
		count(score_equal(p, r), &sum.kick_score, p, "score", p->home_score, 0);
		count(possession, &sum.kick_possession, p, "possession", p->is_home_team, 0);
		ck_assert_int_eq(down, -1);
		return;
	}
	sum.rows++;
	count(p->quarter == r->quarter, &sum.period, p, "period", p->quarter, r->quarter);
	count(possession, &sum.possession, p, "possession", p->is_home_team, 0);
	count(down == r->down, &sum.down, p, "down", down, r->down);
	count(distance == r->distance, &sum.distance, p, "distance", distance, r->distance);
	count(position == r->field_position, &sum.field_position, p, "yards to goal", position,
	    r->field_position);
	count(score_equal(p, r), &sum.score, p, "score", p->home_score, r->posteam_score);
	compare_clock(p, r, clock_before);
}

static struct row *
find(struct game *g, int64_t play_id)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->rows[i].play_id == play_id)
			return &g->rows[i];
	return NULL;
}

static bool
clock_is_before(const struct gw_espn_game *g, int64_t id)
{
	for (size_t i = 0; i < g->n_rows; i++)
		if (g->rows[i].id == id)
			return !g->rows[i].clock_is_end;
	return false;
}

static void
list_missing(const struct game *g, bool live)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct row *r = &g->rows[i];

		if (!streamed(r) || r->matched || (live && r->play_id > LIVE_LAST))
			continue;
		sum.missing++;
		printf("# %s %lld: a play of nflverse only\n", g->id, (long long)r->play_id);
	}
}

static void
compare_game(void *arg, const char *path)
{
	const struct gw_espn_game *e;
	struct gw_espn_plays plays;
	struct game *g = NULL;

	(void)arg;
	if (strstr(path, "_PRE") != NULL)
		return;
	recording_load(&rec, path);
	e = &rec.answer.games[0];
	for (size_t i = 0; i < n_games; i++)
		if (strcmp(games[i].id, e->game_id) == 0)
			g = &games[i];
	ck_assert_msg(g != NULL, "%s: no game %s in data/", path, e->game_id);
	ck_assert_int_eq(gw_espn_plays(e, &rec.arena, &plays, NULL), 0);
	for (size_t i = 0; i < plays.n; i++) {
		const struct gw_play *p = &plays.plays[i].play;
		struct row *r = find(g, p->play_id);

		if (r == NULL) {
			sum.extra += p->type != GW_PLAY_NO_PLAY;
			printf("# %s %lld: a row of ESPN only: %.70s\n", p->game_id,
			    (long long)p->play_id, p->desc);
			continue;
		}
		r->matched = p->type != GW_PLAY_NO_PLAY;
		compare(p, r, clock_is_before(e, p->play_id));
	}
	list_missing(g, strstr(path, "live/") != NULL);
}

static void
compare_live(void *arg, const char *path)
{
	if (strstr(path, "live/20") != NULL)
		compare_game(arg, path);
}

static void
tell(void)
{
	printf("# %zu rows with a down: period %zu, down %zu, possession %zu, distance %zu, "
	    "yards to goal %zu, score %zu\n", sum.rows, sum.period, sum.down, sum.possession,
	    sum.distance, sum.field_position, sum.score);
	printf("# clock %zu of %zu plays that do not score; %zu of %zu from week 11 of 2024 on\n",
	    sum.clock, sum.clock_of, sum.clock_new, sum.clock_new_of);
	printf("# %zu kick-offs: score %zu, possession %zu; play types %zu of %zu\n", sum.kickoffs,
	    sum.kick_score, sum.kick_possession, sum.type, sum.rows + sum.kickoffs);
	fflush(stdout);
}

START_TEST(the_state_before_each_play_is_nflverses)
{
	recording_init(&rec);
	games = gw_alloc_zero(rec.env->alloc, GAMES_MAX, sizeof(*games));
	ck_assert_ptr_nonnull(games);
	recording_each("playbyplay", wanted, NULL);
	recording_each("summary", wanted, NULL);
	recording_each("live", wanted, NULL);
	read_season(2023);
	read_season(2024);
	recording_each("playbyplay", compare_game, NULL);
	recording_each("summary", compare_game, NULL);
	recording_each("live", compare_live, NULL);
	tell();
	ck_assert_uint_eq(sum.rows, 3103);
	ck_assert_uint_eq(sum.period, sum.rows);
	ck_assert_uint_eq(sum.down, sum.rows);
	ck_assert_uint_eq(sum.possession, sum.rows);
	ck_assert_uint_ge(sum.distance, sum.rows - 1);
	ck_assert_uint_ge(sum.field_position, sum.rows - 1);
	ck_assert_uint_eq(sum.score, sum.rows);
	ck_assert_uint_eq(sum.kickoffs, 211);
	ck_assert_uint_eq(sum.kick_score, sum.kickoffs);
	ck_assert_uint_eq(sum.kick_possession, sum.kickoffs);
	ck_assert_uint_ge(sum.clock_new, sum.clock_new_of - 1);
	ck_assert_uint_ge(sum.clock, sum.clock_of - 369);
	ck_assert_uint_ge(sum.type, sum.rows + sum.kickoffs - 3);
	ck_assert_uint_le(sum.missing, 2);
	ck_assert_uint_le(sum.extra, 1);
	gw_alloc_free(rec.env->alloc, games);
	recording_fini(&rec);
}
END_TEST

Suite *
check_espn_parity_suite(void)
{
	Suite *s = suite_create("espn_parity");
	TCase *tc = tcase_create("nflverse");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_state_before_each_play_is_nflverses);
	suite_add_tcase(s, tc);
	return s;
}

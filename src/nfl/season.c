/* SPDX-License-Identifier: MIT
 *
 * Rows of one season file. The rows of a game are kept until the game ends: files without a result
 * column tell the final score only in the game's last row.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/season.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/slice.h"
#include "nfl/carry.h"

/* clang-format off */
enum column {
	C_GAME_ID, C_PLAY_ID, C_HOME_TEAM, C_AWAY_TEAM, C_POSTEAM, C_PLAY_TYPE, C_QTR, C_CLOCK,
	C_DOWN, C_YDSTOGO, C_YARDLINE, C_POSTEAM_SCORE, C_DEFTEAM_SCORE,
	N_REQUIRED,
	C_SEASON = N_REQUIRED, C_WEEK, C_SEASON_TYPE, C_YARDS_GAINED, C_SPREAD_LINE, C_TOTAL_LINE,
	C_HOME_TIMEOUTS, C_AWAY_TIMEOUTS, C_DESC, C_RESULT, C_HOME_SCORE, C_AWAY_SCORE,
	C_TOTAL_HOME, C_TOTAL_AWAY, C_HOME_WP_REBUILT, C_HOME_WP, C_VEGAS_WP, C_PASSER,
	N_COLUMNS
};

static const char *const column_names[N_COLUMNS] = {
	"game_id", "play_id", "home_team", "away_team", "posteam", "play_type", "qtr",
	"game_seconds_remaining", "down", "ydstogo", "yardline_100", "posteam_score",
	"defteam_score", "season", "week", "season_type", "yards_gained", "spread_line",
	"total_line", "home_timeouts_remaining", "away_timeouts_remaining", "desc", "result",
	"home_score", "away_score", "total_home_score", "total_away_score", "home_wp_rebuilt",
	"home_wp", "vegas_home_wp", "passer_player_id"
};

static const char *const drop_names[GW_N_DROPS] = {
	"play_type", "no_state", "no_result", "try", "tie"
};
/* clang-format on */

struct reader {
	struct gw_alloc			*alloc;
	const char			*path;
	struct gw_csv			*csv;
	enum gw_season_use		 use;
	int				(*each)(void *arg, const struct gw_season_play *p);
	void				*arg;
	struct gw_season_counts		*counts;
	struct gw_err			*err;
	const struct gw_slice		*fields;	/* of this row */
	int				 n_fields;	/* of the header, so of each row */
	int				 at[N_COLUMNS];	/* index in fields, -1: no such column */
	/* The game being read. */
	char				 game_id[GW_GAME_ID_MAX];
	struct gw_season_play		*plays;
	size_t				 n_plays, cap_plays;
	int32_t				 play_number, last_home, last_away;
	struct gw_carry			 carry;
	/* Ids of the games before, to tell when one comes back. */
	char				(*games)[GW_GAME_ID_MAX];
	size_t				 n_games, cap_games;
};

const char *
gw_drop_name(enum gw_drop d)
{
	return drop_names[d];
}

void
gw_season_drops_text(const struct gw_season_counts *counts, char out[GW_DROPS_TEXT_MAX])
{
	size_t len = 0;

	memcpy(out, "nothing", sizeof("nothing"));
	for (int d = 0; d < GW_N_DROPS; d++) {
		int n;

		if (counts->dropped[d] == 0)
			continue;
		n = snprintf(out + len, GW_DROPS_TEXT_MAX - len, "%s%s %zu", len > 0 ? ", " : "",
		    drop_names[d], counts->dropped[d]);
		if (n < 0 || len + (size_t)n >= GW_DROPS_TEXT_MAX)
			return;
		len += (size_t)n;
	}
}

static bool
has_column(const struct reader *r, enum column c)
{
	return r->at[c] >= 0;
}

/* The field, with NA (what R writes) and a missing column as empty. */
static struct gw_slice
field(const struct reader *r, enum column c)
{
	static const struct gw_slice nothing = { "", 0 };
	struct gw_slice s;

	if (r->at[c] < 0)
		return nothing;
	s = r->fields[r->at[c]];
	return s.len == 2 && s.ptr[0] == 'N' && s.ptr[1] == 'A' ? nothing : s;
}

static int
bad_field(const struct reader *r, enum column c, const char *what)
{
	struct gw_slice s = field(r, c);

	return gw_err_set(r->err, GW_EDATA, "%s:%zu: %s: '%.*s' %s", r->path, gw_csv_line(r->csv),
	    column_names[c], (int)(s.len < 40 ? s.len : 40), s.ptr, what);
}

/* A finite number. 1 and *out, 0 when empty, or GW_EDATA. */
static int
number(const struct reader *r, enum column c, double *out)
{
	struct gw_slice s = field(r, c);

	if (s.len == 0)
		return 0;
	return gw_slice_double(s, out) == 0 ? 1 : bad_field(r, c, "is not a number");
}

/*
 * A whole number, also as R writes it (7.0), in [min, max]. 1 and *out, 0 when empty, or GW_EDATA.
 */
static int
whole(const struct reader *r, enum column c, int32_t min, int32_t max, int32_t *out)
{
	struct gw_slice s = field(r, c);
	int64_t i;
	double d;

	if (s.len == 0)
		return 0;
	if (gw_slice_i64(s, &i) != 0) {
		if (gw_slice_double(s, &d) != 0)
			return bad_field(r, c, "is not a number");
		if (!(d >= INT32_MIN && d <= INT32_MAX) || d != (double)(int64_t)d)
			return bad_field(r, c, "is not a whole number");
		i = (int64_t)d;
	}
	if (i < min || i > max)
		return bad_field(r, c, "is out of range");
	*out = (int32_t)i;
	return 1;
}

/* What a message may hold too: a play that is read can always be sent. */
static int
check_text(const struct reader *r, enum column c, struct gw_slice s, size_t cap)
{
	if (s.len >= cap)
		return bad_field(r, c, "is too long");
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return bad_field(r, c, "holds control bytes");
	return gw_utf8_valid(s) ? 0 : bad_field(r, c, "is not UTF-8");
}

/* 1 and the text in out, 0 when empty, or GW_EDATA. */
static int
text(const struct reader *r, enum column c, char *out, size_t cap)
{
	struct gw_slice s = field(r, c);

	int rc;

	if (s.len == 0)
		return 0;
	if ((rc = check_text(r, c, s, cap)) != 0)
		return rc;
	memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
	return 1;
}

static int
must(const struct reader *r, enum column c, int rc)
{
	return rc == 0 ? bad_field(r, c, "is empty") : rc < 0 ? rc : 0;
}

static int
team(const struct reader *r, enum column c, char out[GW_TEAM_MAX])
{
	return must(r, c, text(r, c, out, GW_TEAM_MAX));
}

/* The whole id, which can be beyond 32 bits. */
static int
read_play_id(const struct reader *r, int64_t *out)
{
	double d = 0;
	int rc = must(r, C_PLAY_ID, number(r, C_PLAY_ID, &d));

	if (rc != 0)
		return rc;
	if (!(d >= 0 && d < (double)GW_PLAY_ID_MAX) || d != (double)(int64_t)d)
		return bad_field(r, C_PLAY_ID, "is not a whole number");
	*out = (int64_t)d;
	return 0;
}

static bool
wanted_type(enum gw_play_type t, enum gw_season_use use)
{
	switch (t) {
	case GW_PLAY_PASS:
	case GW_PLAY_RUN:
	case GW_PLAY_PUNT:
	case GW_PLAY_FIELD_GOAL:
	case GW_PLAY_KICKOFF:
		return true;
	case GW_PLAY_QB_KNEEL:
	case GW_PLAY_QB_SPIKE:
		return use == GW_FOR_STREAMING;
	default:
		return false;
	}
}

/* Teams and who is in possession. 0, 1: unknown, or GW_EDATA. */
static int
read_teams(const struct reader *r, struct gw_play *p)
{
	int rc;

	if ((rc = team(r, C_HOME_TEAM, p->home_team)) != 0 ||
	    (rc = team(r, C_AWAY_TEAM, p->away_team)) != 0)
		return rc;
	if (strcmp(p->home_team, p->away_team) == 0)
		return bad_field(r, C_AWAY_TEAM, "is home_team too");
	if ((rc = text(r, C_POSTEAM, p->posteam, sizeof(p->posteam))) <= 0)
		return rc < 0 ? rc : 1;
	p->is_home_team = strcmp(p->posteam, p->home_team) == 0;
	if (!p->is_home_team && strcmp(p->posteam, p->away_team) != 0)
		return bad_field(r, C_POSTEAM, "is neither home_team nor away_team");
	memcpy(p->defteam, p->is_home_team ? p->away_team : p->home_team, sizeof(p->defteam));
	return 0;
}

/* Score before the play, quarter, clock. 0, 1: unknown, or GW_EDATA. */
static int
read_state(const struct reader *r, struct gw_play *p)
{
	int32_t posteam_score = 0, defteam_score = 0;
	int known[4];

	known[0] = whole(r, C_POSTEAM_SCORE, 0, GW_SCORE_MAX, &posteam_score);
	known[1] = whole(r, C_DEFTEAM_SCORE, 0, GW_SCORE_MAX, &defteam_score);
	known[2] = whole(r, C_QTR, 1, GW_QUARTER_MAX, &p->quarter);
	known[3] = whole(r, C_CLOCK, 0, GW_CLOCK_MAX, &p->time_remaining);
	for (size_t i = 0; i < GW_N(known); i++)
		if (known[i] <= 0)
			return known[i] < 0 ? known[i] : 1;
	p->home_score = p->is_home_team ? posteam_score : defteam_score;
	p->away_score = p->is_home_team ? defteam_score : posteam_score;
	return 0;
}

/* A whole number that may be unknown. */
struct optional {
	enum column	 column;
	int32_t		 min, max;
	int32_t		*to;
	unsigned	 has;
};

static int
read_optional(const struct reader *r, struct gw_play *p, const struct optional *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = whole(r, o[i].column, o[i].min, o[i].max, o[i].to);

		if (rc < 0)
			return rc;
		if (rc > 0)
			p->has |= o[i].has;
	}
	return 0;
}

/* On a kick-off the file holds the spot of the kick and 0 to go: no field position, no distance. */
static int
read_situation(const struct reader *r, struct gw_play *p)
{
	const struct optional o[] = {
		{ C_DOWN, 1, 4, &p->down, GW_HAS_DOWN },
		{ C_YDSTOGO, 0, 100, &p->distance, GW_HAS_DISTANCE },
		{ C_YARDLINE, 0, 100, &p->field_position, GW_HAS_FIELD_POSITION }
	};

	return p->type == GW_PLAY_KICKOFF ? 0 : read_optional(r, p, o, GW_N(o));
}

static int
read_points(const struct reader *r, enum column c, struct gw_play *p, double *to, unsigned has)
{
	double d;
	int rc = number(r, c, &d);

	if (rc <= 0)
		return rc;
	if (!(d >= -GW_LINE_MAX && d <= GW_LINE_MAX))
		return bad_field(r, c, "is out of range");
	*to = d;
	p->has |= has;
	return 0;
}

/*
 * Files without a season column tell it in the id: 2024_01_BAL_KC, or 2010010901 (of season 2009).
 */
static void
season_from_id(struct gw_play *p)
{
	size_t digits = strspn(p->game_id, "0123456789");
	int32_t year = 0;

	if (digits != 4 && digits != 10)
		return;
	for (size_t i = 0; i < 4; i++)
		year = year * 10 + (p->game_id[i] - '0');
	if (digits == 10 && p->game_id[4] == '0' && p->game_id[5] <= '3')
		year--;		/* January to March end the season of the year before */
	if (year < 1900)
		return;
	p->season = year;
	p->has |= GW_HAS_SEASON;
}

static int
read_rest(const struct reader *r, struct gw_play *p)
{
	enum { YARDS = GW_YARDS_MAX };
	const struct optional o[] = {
		{ C_SEASON, 1900, 9999, &p->season, GW_HAS_SEASON },
		{ C_WEEK, 0, 99, &p->week, GW_HAS_WEEK },
		{ C_YARDS_GAINED, -YARDS, YARDS, &p->yards_gained, GW_HAS_YARDS_GAINED },
		{ C_HOME_TIMEOUTS, -99, 3, &p->home_timeouts, GW_HAS_HOME_TIMEOUTS },
		{ C_AWAY_TIMEOUTS, -99, 3, &p->away_timeouts, GW_HAS_AWAY_TIMEOUTS }
	};
	struct gw_slice desc = field(r, C_DESC);
	int rc;

	if ((rc = read_optional(r, p, o, GW_N(o))) != 0 ||
	    (rc = read_points(r, C_SPREAD_LINE, p, &p->spread_line, GW_HAS_SPREAD_LINE)) != 0 ||
	    (rc = read_points(r, C_TOTAL_LINE, p, &p->total_line, GW_HAS_TOTAL_LINE)) != 0 ||
	    (rc = text(r, C_SEASON_TYPE, p->season_type, sizeof(p->season_type))) < 0)
		return rc;
	if (rc > 0)
		p->has |= GW_HAS_SEASON_TYPE;
	/* nflscrapR counts on below zero after a challenge that was not allowed. */
	if (p->home_timeouts < 0)
		p->home_timeouts = 0;
	if (p->away_timeouts < 0)
		p->away_timeouts = 0;
	if (!(p->has & GW_HAS_SEASON))
		season_from_id(p);
	if (desc.len > 0 && gw_utf8_valid(desc))
		gw_play_set_desc(p, desc);
	return 0;
}

/* The final score where columns tell it; deriving it from totals is left to the game's end. */
static int
read_result(const struct reader *r, struct gw_season_play *s)
{
	int32_t result = 0;
	int home = whole(r, C_HOME_SCORE, 0, GW_SCORE_MAX, &s->final_home);
	int away = whole(r, C_AWAY_SCORE, 0, GW_SCORE_MAX, &s->final_away);
	int told = whole(r, C_RESULT, -GW_SCORE_MAX, GW_SCORE_MAX, &result);

	if (home < 0 || away < 0 || told < 0)
		return GW_EDATA;
	if (home == 0 || away == 0)
		return 0;
	s->has_result = told > 0 || !has_column(r, C_RESULT);
	s->result = s->final_home - s->final_away;
	if (told > 0 && result != s->result)
		return bad_field(r, C_RESULT, "is not home_score minus away_score");
	return 0;
}

/* 1 and a probability, 0: none, or GW_EDATA. */
static int
probability(const struct reader *r, enum column c, double *out)
{
	int rc = number(r, c, out);

	/* A hair outside by rounding is still a probability; more is a wrong column. */
	if (rc > 0 && !(*out >= -0.01 && *out <= 1.01))
		return bad_field(r, c, "is not a probability");
	return rc;
}

static int
read_reference(const struct reader *r, struct gw_season_play *s)
{
	int rc = probability(r, has_column(r, C_HOME_WP_REBUILT) ? C_HOME_WP_REBUILT : C_HOME_WP,
	    &s->reference_wp);

	if (rc < 0)
		return rc;
	s->has_reference = rc > 0;
	rc = probability(r, C_VEGAS_WP, &s->vegas_wp);
	s->has_vegas = rc > 0;
	return rc < 0 ? rc : 0;
}

/* What is passed over is not examined further, but a column of words must not go unnoticed. */
static int
check_numbers(const struct reader *r)
{
	double d;
	int64_t i;

	for (int c = C_QTR; c < N_REQUIRED; c++) {
		struct gw_slice s = field(r, (enum column)c);

		if (s.len > 0 && gw_slice_i64(s, &i) != 0 && gw_slice_double(s, &d) != 0)
			return bad_field(r, (enum column)c, "is not a number");
	}
	return 0;
}

static bool
is_try(const struct gw_play *p)
{
	return p->type != GW_PLAY_KICKOFF && !(p->has & GW_HAS_DOWN);
}

/* 1: wanted for streaming, and *drop says whether training wants it too (GW_N_DROPS: yes). */
static int
read_play(struct reader *r, struct gw_season_play *s, enum gw_drop *drop)
{
	struct gw_play *p = &s->play;
	int rc;

	p->type = gw_play_type_parse(field(r, C_PLAY_TYPE));
	*drop = GW_DROP_PLAY_TYPE;
	if (!wanted_type(p->type, GW_FOR_STREAMING))
		return check_numbers(r);
	if ((rc = read_play_id(r, &p->play_id)) != 0)
		return rc;
	*drop = GW_DROP_NO_STATE;
	if ((rc = read_teams(r, p)) != 0 || (rc = read_state(r, p)) != 0)
		return rc < 0 ? rc : 0;
	if ((rc = read_situation(r, p)) != 0 || (rc = read_rest(r, p)) != 0 ||
	    (rc = read_result(r, s)) != 0 || (rc = read_reference(r, s)) != 0)
		return rc;
	*drop = GW_DROP_TRY;
	if (is_try(p))
		return 0;
	*drop = GW_N_DROPS;
	if (r->use == GW_FOR_TRAINING && !wanted_type(p->type, GW_FOR_TRAINING))
		*drop = GW_DROP_PLAY_TYPE;
	else if (r->use == GW_FOR_TRAINING && field(r, C_YARDLINE).len == 0)
		*drop = GW_DROP_NO_STATE;
	return 1;
}

/* Hand out the game's plays, now that its end is known. */
static int
end_game(struct reader *r)
{
	bool derive = !has_column(r, C_HOME_SCORE) || !has_column(r, C_AWAY_SCORE);
	bool used = false;
	int rc = 0;

	for (size_t i = 0; i < r->n_plays && rc == 0; i++) {
		struct gw_season_play *s = &r->plays[i];

		if (derive && r->last_home >= 0 && r->last_away >= 0) {
			s->final_home = r->last_home;
			s->final_away = r->last_away;
			s->result = s->final_home - s->final_away;
			s->has_result = true;
		}
		if (r->use == GW_FOR_TRAINING && !s->has_result) {
			r->counts->dropped[GW_DROP_NO_RESULT]++;
		} else if (r->use == GW_FOR_TRAINING && s->result == 0) {
			r->counts->dropped[GW_DROP_TIE]++;
		} else {
			r->counts->used++;
			r->counts->used_games += !used;
			used = true;
			rc = r->each(r->arg, s);
		}
	}
	r->n_plays = 0;
	return rc;
}

static int
begin_game(struct reader *r, struct gw_slice id)
{
	void *games = r->games;
	int rc;

	if (id.len == 0)
		return bad_field(r, C_GAME_ID, "is empty");
	if ((rc = check_text(r, C_GAME_ID, id, sizeof(r->game_id))) != 0)
		return rc;
	memset(r->game_id, 0, sizeof(r->game_id));
	memcpy(r->game_id, id.ptr, id.len);
	/* Newest first: a game that comes back usually does so soon. */
	for (size_t i = r->n_games; i-- > 0;)
		if (strcmp(r->games[i], r->game_id) == 0)
			return bad_field(r, C_GAME_ID,
			    "appears again; the rows of a game must stand together");
	if (r->n_games == GW_SEASON_GAMES_MAX)
		return bad_field(r, C_GAME_ID, "is one game too many for one file");
	if (gw_alloc_room(r->alloc, &games, &r->cap_games, r->n_games, sizeof(*r->games)) != 0)
		return gw_err_set(r->err, GW_ENOMEM, "%s: out of memory", r->path);
	r->games = games;
	memcpy(r->games[r->n_games++], r->game_id, sizeof(r->game_id));
	r->play_number = 0;
	r->last_home = r->last_away = -1;
	memset(&r->carry, 0, sizeof(r->carry));
	r->counts->games++;
	return 0;
}

static int
next_slot(struct reader *r, struct gw_season_play **out)
{
	void *plays = r->plays;

	if (r->n_plays == GW_SEASON_PLAYS_MAX)
		return bad_field(r, C_GAME_ID, "has more plays than a game can");
	if (gw_alloc_room(r->alloc, &plays, &r->cap_plays, r->n_plays, sizeof(*r->plays)) != 0)
		return gw_err_set(r->err, GW_ENOMEM, "%s: out of memory", r->path);
	r->plays = plays;
	*out = &r->plays[r->n_plays];
	memset(*out, 0, sizeof(**out));
	memcpy((*out)->play.game_id, r->game_id, sizeof(r->game_id));
	return 0;
}

static int
read_totals(struct reader *r)
{
	int home = whole(r, C_TOTAL_HOME, 0, GW_SCORE_MAX, &r->last_home);
	int away = whole(r, C_TOTAL_AWAY, 0, GW_SCORE_MAX, &r->last_away);

	return home < 0 || away < 0 ? GW_EDATA : 0;
}

static int
read_row(struct reader *r)
{
	struct gw_slice id = field(r, C_GAME_ID);
	struct gw_season_play *s = NULL;
	enum gw_drop drop;
	int rc;

	r->counts->rows++;
	if (!gw_slice_is(id, r->game_id) &&
	    ((rc = end_game(r)) != 0 || (rc = begin_game(r, id)) != 0))
		return rc;
	if ((rc = read_totals(r)) != 0 || (rc = next_slot(r, &s)) != 0 ||
	    (rc = read_play(r, s, &drop)) < 0)
		return rc;
	if (rc > 0) {
		s->play.play_number = ++r->play_number;
		gw_carry_kick_off(&r->carry, &s->play);
		if (has_column(r, C_PASSER))
			gw_carry_passer(&r->carry, &s->play, field(r, C_PASSER));
	}
	if (drop == GW_N_DROPS)
		r->n_plays++;
	else
		r->counts->dropped[drop]++;
	return 0;
}

static void
find_columns(struct reader *r)
{
	for (int c = 0; c < N_COLUMNS; c++) {
		r->at[c] = -1;
		for (int i = 0; i < r->n_fields && r->at[c] < 0; i++)
			if (gw_slice_is(r->fields[i], column_names[c]))
				r->at[c] = i;
	}
}

/* "did you mean" for one missing column, as NUL-terminated names are needed only here. */
static const char *
nearest_column(const struct reader *r, struct gw_arena *arena, const char *name)
{
	const char **names = gw_arena_zero(arena, (size_t)r->n_fields, sizeof(*names));

	for (int i = 0; i < r->n_fields && names != NULL; i++)
		if ((names[i] = gw_arena_str(arena, r->fields[i])) == NULL)
			names = NULL;
	return names == NULL ? NULL : gw_nearest(name, names, sizeof(*names), (size_t)r->n_fields);
}

static int
missing_columns(const struct reader *r)
{
	const char *near = NULL, *names = "";
	struct gw_arena arena;
	int n = 0, rc = 0;

	gw_arena_init(&arena, r->alloc, 0);
	for (int c = 0; c < N_REQUIRED && names != NULL; c++) {
		if (has_column(r, (enum column)c))
			continue;
		names =
		    gw_arena_printf(&arena, "%s%s%s", names, n++ > 0 ? ", " : "", column_names[c]);
		if (near == NULL)
			near = nearest_column(r, &arena, column_names[c]);
	}
	if (names == NULL)
		rc = gw_err_set(r->err, GW_ENOMEM, "%s: out of memory", r->path);
	else if (n > 0)
		rc = gw_err_set(r->err, GW_EDATA,
		    "%s: no column %s%s%s%s: no season file of nflverse"
		    " or nflscrapR",
		    r->path, names, near != NULL ? " (there is " : "", near != NULL ? near : "",
		    near != NULL ? ")" : "");
	gw_arena_fini(&arena);
	return rc;
}

static int
check_columns(const struct reader *r)
{
	bool scores = has_column(r, C_HOME_SCORE) && has_column(r, C_AWAY_SCORE);
	bool totals = has_column(r, C_TOTAL_HOME) && has_column(r, C_TOTAL_AWAY);
	int rc = missing_columns(r);

	if (rc == 0 && r->use == GW_FOR_TRAINING && !scores && !totals)
		rc = gw_err_set(r->err, GW_EDATA,
		    "%s: no column tells the final score: home_score and away_score,"
		    " or total_home_score and total_away_score",
		    r->path);
	return rc;
}

static int
read_header(struct reader *r)
{
	r->n_fields = gw_csv_next(r->csv, &r->fields, r->err);
	if (r->n_fields < 0)
		return r->n_fields;
	if (r->n_fields == 0)
		return gw_err_set(r->err, GW_EDATA, "%s: empty", r->path);
	find_columns(r);
	return check_columns(r);
}

static int
read_rows(struct reader *r)
{
	int n, rc;

	if ((rc = read_header(r)) != 0)
		return rc;
	while ((n = gw_csv_next(r->csv, &r->fields, r->err)) > 0) {
		if (n != r->n_fields)
			return gw_err_set(r->err, GW_EDATA, "%s:%zu: %d fields, the header has %d",
			    r->path, gw_csv_line(r->csv), n, r->n_fields);
		if ((rc = read_row(r)) != 0)
			return rc;
	}
	return n < 0 ? n : end_game(r);
}

int
gw_season_read(struct gw_env *env, const char *path, enum gw_season_use use,
    int (*each)(void *arg, const struct gw_season_play *p), void *arg,
    struct gw_season_counts *counts, struct gw_err *err)
{
	struct reader r = { .alloc = env->alloc, .path = path, .use = use, .each = each, .arg = arg,
	    .counts = counts, .err = err };
	struct gw_source source;
	int rc;

	if ((rc = gw_source_file(&source, env->alloc, env->fs, path, err)) != 0)
		return rc;
	r.csv = gw_csv_new(env->alloc, source, path);
	rc = r.csv == NULL ? gw_err_set(err, GW_ENOMEM, "%s: out of memory", path) : read_rows(&r);
	gw_csv_free(r.csv);
	gw_alloc_free(env->alloc, r.plays);
	gw_alloc_free(env->alloc, r.games);
	return rc;
}

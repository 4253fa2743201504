/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/ratings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/csv.h"
#include "base/slice.h"
#include "ml/math.h"
#include "ml/matrix.h"
#include "nfl/play.h"

#define TEAMS_MAX	64
#define NAME_MAX_LEN	24
#define GAMES_MAX	100000
#define PATH_LEN GW_RATINGS_PATH_MAX
#define WEEKS_A_SEASON	28	/* 22 and the summer, which counts as 6 */
#define MEMORY_WEEKS	12.0
#define WEIGHT_MIN	0.02	/* older games are left out */
#define MARGIN_MAX	24
#define HOME_POINTS	2
#define TEAM_PENALTY	3
#define QB_PENALTY	6
#define ELO_K		20
#define ELO_HOME	48
#define ELO_POINTS	25
#define STARTS_KEPT	10
#define REST_MAX	7
#define TEACH_FROM	2012
#define LN2		0.69314718055994530942
#define LN10		2.30258509299404568402

/* clang-format off */
enum column { C_GAME_ID, C_SEASON, C_WEEK, C_AWAY_TEAM, C_HOME_TEAM, C_RESULT, N_REQUIRED,
	C_LOCATION = N_REQUIRED, C_SPREAD_LINE, C_AWAY_REST, C_HOME_REST, C_AWAY_QB, C_HOME_QB,
	N_COLUMNS };
static const char *const column_names[N_COLUMNS] = { "game_id", "season", "week", "away_team",
	"home_team", "result", "location", "spread_line", "away_rest", "home_rest", "away_qb_id",
	"home_qb_id" };
/* clang-format on */

/* A franchise that moved is the same team. */
static const char *const moved[][2] = { { "OAK", "LV" }, { "SD", "LAC" }, { "STL", "LA" } };

enum { F_ELO, F_RIDGE, F_CHANGE, F_NOVICE, F_REST, F_HOME, N_F };

struct game {
	char	id[GW_GAME_ID_MAX];
	int32_t	season, week;
	int	team[2], qb[2];		/* away, home; qb -1: unknown */
	bool	has_result, has_line, neutral, rated;
	double	result, line, rest;
	double	f[N_F];
	double	rating;
};

struct qb {
	char	id[NAME_MAX_LEN];
	int	starts;
	int	at;		/* column in the ridge regression of this week, -1: none */
};

struct team {
	char	name[GW_TEAM_MAX];
	double	elo;
	int	last[STARTS_KEPT];	/* quarterbacks of the last games, a ring */
	size_t	n_games;
};

struct gw_ratings {
	struct gw_alloc	*alloc;
	struct game	*games;
	size_t		 n, cap;
	struct team	 teams[TEAMS_MAX];
	size_t		 n_teams;
	struct qb	*qbs;
	size_t		 n_qbs, cap_qbs;
	size_t		*by_id;		/* (n) games in order of their id */
	double		 a[N_F * N_F], b[N_F];	/* normal equations of the lines so far */
};

/* Reading. */

struct reader {
	struct gw_ratings	*r;
	const char		*path;
	struct gw_csv		*csv;
	struct gw_err		*err;
	const struct gw_slice	*fields;
	int			 n_fields, at[N_COLUMNS];
};

static struct gw_slice
field(const struct reader *d, enum column c)
{
	struct gw_slice s = { "", 0 };

	if (d->at[c] >= 0)
		s = d->fields[d->at[c]];
	return s.len == 2 && s.ptr[0] == 'N' && s.ptr[1] == 'A' ? (struct gw_slice){ "", 0 } : s;
}

static int
bad(const struct reader *d, enum column c, const char *what)
{
	struct gw_slice s = field(d, c);

	return gw_err_set(d->err, GW_EDATA, "%s:%zu: %s: '%.*s' %s", d->path, gw_csv_line(d->csv),
	    column_names[c], (int)(s.len < 40 ? s.len : 40), s.ptr, what);
}

/* 1 and the number, 0 when there is none, or GW_EDATA. */
static int
number(const struct reader *d, enum column c, double most, double *out)
{
	struct gw_slice s = field(d, c);

	if (s.len == 0)
		return 0;
	if (gw_slice_double(s, out) != 0 || !(*out >= -most && *out <= most))
		return bad(d, c, "is no number, or out of range");
	return 1;
}

static int
team_of(struct reader *d, enum column c, int *out)
{
	struct gw_ratings *r = d->r;
	struct gw_slice s = field(d, c);
	size_t i = 0;

	for (size_t k = 0; k < GW_N(moved); k++)
		if (gw_slice_is(s, moved[k][0]))
			s = gw_str(moved[k][1]);
	if (s.len == 0 || s.len >= GW_TEAM_MAX)
		return bad(d, c, "is no team");
	while (i < r->n_teams && !gw_slice_is(s, r->teams[i].name))
		i++;
	if (i == TEAMS_MAX)
		return bad(d, c, "is one team too many");
	if (i == r->n_teams) {
		memcpy(r->teams[i].name, s.ptr, s.len);
		r->n_teams++;
	}
	*out = (int)i;
	return 0;
}

static int
qb_of(struct reader *d, enum column c, int *out)
{
	struct gw_ratings *r = d->r;
	struct gw_slice s = field(d, c);
	void *qbs = r->qbs;
	size_t i = 0;

	*out = -1;
	if (s.len == 0)
		return 0;
	if (s.len >= NAME_MAX_LEN)
		return bad(d, c, "is too long");
	while (i < r->n_qbs && !gw_slice_is(s, r->qbs[i].id))
		i++;
	if (i == r->n_qbs) {
		if (gw_alloc_room(r->alloc, &qbs, &r->cap_qbs, r->n_qbs, sizeof(*r->qbs)) != 0)
			return GW_ENOMEM;
		r->qbs = qbs;
		r->qbs[i] = (struct qb){ .at = -1 };
		memcpy(r->qbs[i].id, s.ptr, s.len);
		r->n_qbs++;
	}
	*out = (int)i;
	return 0;
}

/* The numbers of a game. 1, 0: a season that does not count, or GW_E*. */
static int
read_numbers(struct reader *d, struct game *g)
{
	double season = 0, week = 0, rest[2] = { 0 };
	int has[4];

	if (number(d, C_SEASON, 9999, &season) <= 0 || number(d, C_WEEK, 99, &week) <= 0)
		return bad(d, C_SEASON, "and week must be numbers");
	if (season < GW_RATINGS_FROM)
		return 0;
	has[0] = number(d, C_RESULT, 999, &g->result);
	has[1] = number(d, C_SPREAD_LINE, GW_LINE_MAX, &g->line);
	has[2] = number(d, C_AWAY_REST, 999, &rest[0]);
	has[3] = number(d, C_HOME_REST, 999, &rest[1]);
	for (size_t i = 0; i < GW_N(has); i++)
		if (has[i] < 0)
			return has[i];
	g->season = (int32_t)season;
	g->week = (int32_t)week;
	g->has_result = has[0] > 0;
	g->has_line = has[1] > 0;
	if (has[2] > 0 && has[3] > 0)
		g->rest = rest[1] - rest[0];
	g->rest = g->rest > REST_MAX ? REST_MAX : g->rest < -REST_MAX ? -REST_MAX : g->rest;
	return 1;
}

static int
read_game(struct reader *d)
{
	struct gw_ratings *r = d->r;
	struct gw_slice id = field(d, C_GAME_ID);
	struct game g = { .neutral = gw_slice_is(field(d, C_LOCATION), "Neutral") };
	void *games = r->games;
	int rc;

	if (id.len == 0 || id.len >= sizeof(g.id))
		return bad(d, C_GAME_ID, "is no id");
	memcpy(g.id, id.ptr, id.len);
	if ((rc = read_numbers(d, &g)) <= 0)
		return rc;
	if ((rc = team_of(d, C_AWAY_TEAM, &g.team[0])) != 0 ||
	    (rc = team_of(d, C_HOME_TEAM, &g.team[1])) != 0 ||
	    (rc = qb_of(d, C_AWAY_QB, &g.qb[0])) != 0 || (rc = qb_of(d, C_HOME_QB, &g.qb[1])) != 0)
		return rc;
	if (r->n == GAMES_MAX)
		return bad(d, C_GAME_ID, "is one game too many");
	if (gw_alloc_room(r->alloc, &games, &r->cap, r->n, sizeof(*r->games)) != 0)
		return GW_ENOMEM;
	r->games = games;
	r->games[r->n++] = g;
	return 0;
}

static int
read_columns(struct reader *d)
{
	d->n_fields = gw_csv_next(d->csv, &d->fields, d->err);
	if (d->n_fields < 0)
		return d->n_fields;
	for (int c = 0; c < N_COLUMNS; c++) {
		d->at[c] = -1;
		for (int i = 0; i < d->n_fields && d->at[c] < 0; i++)
			if (gw_slice_is(d->fields[i], column_names[c]))
				d->at[c] = i;
		if (c < N_REQUIRED && d->at[c] < 0)
			return gw_err_set(d->err, GW_EDATA, "%s: no column %s: no file of games",
			    d->path, column_names[c]);
	}
	return 0;
}

static int
read_games(struct reader *d)
{
	int n, rc = read_columns(d);

	while (rc == 0 && (n = gw_csv_next(d->csv, &d->fields, d->err)) != 0) {
		if (n < 0)
			return n;
		rc = n == d->n_fields ? read_game(d) :
		    gw_err_set(d->err, GW_EDATA, "%s:%zu: %d fields, the header has %d", d->path,
			gw_csv_line(d->csv), n, d->n_fields);
	}
	return rc;
}

/* The walk. */

static double
elo_of(const struct gw_ratings *r, const struct game *g)
{
	return r->teams[g->team[1]].elo - r->teams[g->team[0]].elo;
}

static void
learn_elo(struct gw_ratings *r, const struct game *g)
{
	double d = elo_of(r, g) + (g->neutral ? 0 : ELO_HOME);
	double expected = gw_sigmoid(d * (LN10 / 400));
	double won = g->result > 0 ? 1 : g->result < 0 ? 0 : 0.5;
	double favour = (won > 0.5 ? d : -d) * 0.001;
	double step = ELO_K * gw_ln(fabs(g->result) + 1) * 2.2 / (favour + 2.2) * (won - expected);

	r->teams[g->team[1]].elo += step;
	r->teams[g->team[0]].elo -= step;
}

static int32_t
week_of(const struct game *g)
{
	return g->season * WEEKS_A_SEASON + g->week;
}

/* A ridge regression over the teams and the quarterbacks of the games that still count. */
struct ridge {
	size_t	 d;
	double	*a, *b;		/* (d, d), (d) */
};

/* Columns of a game: its four signed ones, fewer without quarterbacks. */
static size_t
columns_of(const struct gw_ratings *r, const struct game *g, size_t at[4], double sign[4])
{
	size_t n = 0;

	for (int side = 0; side < 2; side++) {
		at[n] = (size_t)g->team[side];
		sign[n++] = side == 1 ? 1 : -1;
		if (g->qb[side] < 0 || r->qbs[g->qb[side]].at < 0)
			continue;
		at[n] = (size_t)r->qbs[g->qb[side]].at;
		sign[n++] = side == 1 ? 1 : -1;
	}
	return n;
}

static void
add_game(const struct gw_ratings *r, const struct game *g, double weight, struct ridge *m)
{
	double sign[4], y = g->result - (g->neutral ? 0 : HOME_POINTS);
	size_t at[4], n = columns_of(r, g, at, sign);

	if (fabs(g->result) > MARGIN_MAX)
		y += (g->result > 0 ? MARGIN_MAX : -MARGIN_MAX) - g->result;
	for (size_t i = 0; i < n; i++) {
		m->b[at[i]] += weight * sign[i] * y;
		for (size_t j = 0; j < n; j++)
			m->a[at[i] * m->d + at[j]] += weight * sign[i] * sign[j];
	}
}

/* The first game that still counts in the week of game i. */
static size_t
first_counting(const struct gw_ratings *r, size_t i, const double *decay, size_t n_decay)
{
	size_t first = i;

	while (first > 0) {
		int32_t age = week_of(&r->games[i]) - week_of(&r->games[first - 1]);

		if (age < 0 || (size_t)age >= n_decay || decay[age] < WEIGHT_MIN)
			break;
		first--;
	}
	return first;
}

static size_t
give_columns(struct gw_ratings *r, size_t first, size_t end)
{
	size_t d = r->n_teams;

	for (size_t q = 0; q < r->n_qbs; q++)
		r->qbs[q].at = -1;
	for (size_t i = first; i < end; i++)
		for (int side = 0; side < 2; side++)
			if (r->games[i].qb[side] >= 0 && r->qbs[r->games[i].qb[side]].at < 0)
				r->qbs[r->games[i].qb[side]].at = (int)d++;
	return d;
}

#define N_DECAY 128

static int
rate_week(struct gw_ratings *r, size_t start, size_t end, const double decay[N_DECAY])
{
	size_t first = first_counting(r, start, decay, N_DECAY);
	struct ridge m = { .d = give_columns(r, first, start) };
	int rc = 0;

	m.a = gw_alloc_zero(r->alloc, m.d * (m.d + 1), sizeof(*m.a));
	if (m.a == NULL)
		return GW_ENOMEM;
	m.b = m.a + m.d * m.d;
	for (size_t i = first; i < start; i++)
		if (r->games[i].has_result)
			add_game(r, &r->games[i],
			    decay[week_of(&r->games[start]) - week_of(&r->games[i])], &m);
	for (size_t j = 0; j < m.d; j++)
		m.a[j * m.d + j] += j < r->n_teams ? TEAM_PENALTY : QB_PENALTY;
	rc = gw_cholesky(m.a, m.d);
	if (rc == 0)
		gw_cholesky_solve(m.a, m.d, m.b);
	for (size_t i = start; i < end && rc == 0; i++) {
		double sign[4];
		size_t at[4], n = columns_of(r, &r->games[i], at, sign);

		for (size_t k = 0; k < n; k++)
			r->games[i].f[F_RIDGE] += sign[k] * m.b[at[k]];
	}
	gw_alloc_free(r->alloc, m.a);
	return rc;
}

/* Share of the team's last games in which another started. */
static double
change_of(const struct team *t, int qb)
{
	size_t n = t->n_games < STARTS_KEPT ? t->n_games : STARTS_KEPT, same = 0;

	for (size_t i = 0; i < n; i++)
		same += t->last[i] == qb;
	return n == 0 || qb < 0 ? 0 : 1 - (double)same / (double)n;
}

static void
note_features(const struct gw_ratings *r, struct game *g)
{
	g->f[F_ELO] = elo_of(r, g) / ELO_POINTS;
	g->f[F_HOME] = !g->neutral;
	g->f[F_REST] = g->rest;
	for (int side = 0; side < 2; side++) {
		double sign = side == 1 ? 1 : -1;

		g->f[F_CHANGE] += sign * change_of(&r->teams[g->team[side]], g->qb[side]);
		if (g->qb[0] >= 0 && g->qb[1] >= 0)
			g->f[F_NOVICE] += sign / (1 + r->qbs[g->qb[side]].starts / 16.0);
	}
}

static void
learn_game(struct gw_ratings *r, const struct game *g)
{
	if (!g->has_result)
		return;
	learn_elo(r, g);
	for (int side = 0; side < 2; side++) {
		struct team *t = &r->teams[g->team[side]];

		if (g->qb[side] < 0)
			continue;
		t->last[t->n_games++ % STARTS_KEPT] = g->qb[side];
		r->qbs[g->qb[side]].starts++;
	}
}

static void
learn_line(struct gw_ratings *r, const struct game *g)
{
	if (!g->has_line || g->season < TEACH_FROM)
		return;
	for (size_t i = 0; i < N_F; i++) {
		r->b[i] += g->f[i] * g->line;
		for (size_t j = 0; j < N_F; j++)
			r->a[i * N_F + j] += g->f[i] * g->f[j];
	}
}

/* Weights from the lines of the seasons before; false: too few yet. */
static bool
weigh(const struct gw_ratings *r, double w[N_F])
{
	double a[N_F * N_F];

	memcpy(a, r->a, sizeof(a));
	memcpy(w, r->b, N_F * sizeof(*w));
	for (size_t i = 0; i < N_F; i++)
		a[i * N_F + i] += 1e-6;
	if (gw_cholesky(a, N_F) != 0)
		return false;
	gw_cholesky_solve(a, N_F, w);
	return true;
}

static void
new_season(struct gw_ratings *r)
{
	for (size_t i = 0; i < r->n_teams; i++)
		r->teams[i].elo *= 2.0 / 3;
}

static void
end_season(struct gw_ratings *r, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		learn_line(r, &r->games[i]);
}

/* Games start to end are one week: rated by what was before, then learnt from. */
static int
walk_week(struct gw_ratings *r, size_t start, size_t end, const double *decay, const double *w)
{
	int rc = rate_week(r, start, end, decay);

	for (size_t i = start; i < end && rc == 0; i++) {
		struct game *g = &r->games[i];

		note_features(r, g);
		g->rated = w != NULL && g->season >= GW_RATINGS_TAUGHT;
		for (size_t j = 0; j < N_F && g->rated; j++)
			g->rating += w[j] * g->f[j];
	}
	for (size_t i = start; i < end && rc == 0; i++)
		learn_game(r, &r->games[i]);
	return rc;
}

static int
walk(struct gw_ratings *r)
{
	double decay[N_DECAY], w[N_F];
	size_t season = 0, start = 0, end;
	bool taught = false;
	int rc = 0;

	for (size_t i = 0; i < N_DECAY; i++)
		decay[i] = gw_exp(-LN2 * (double)i / MEMORY_WEEKS);
	for (; start < r->n && rc == 0; start = end) {
		if (r->games[start].season != r->games[season].season) {
			end_season(r, season, start);
			new_season(r);
			season = start;
			taught = weigh(r, w);
		}
		for (end = start + 1; end < r->n &&
		    week_of(&r->games[end]) == week_of(&r->games[start]); end++)
			continue;
		rc = walk_week(r, start, end, decay, taught ? w : NULL);
	}
	return rc;
}

/* Looking up. */

struct entry {
	const char	*id;
	size_t		 i;
};

static int
by_id(const void *a, const void *b)
{
	const struct entry *p = a, *q = b;

	return strcmp(p->id, q->id);
}

static int
make_index(struct gw_ratings *r)
{
	struct entry *e = gw_alloc_zero(r->alloc, r->n + 1, sizeof(*e));

	r->by_id = gw_alloc_zero(r->alloc, r->n + 1, sizeof(*r->by_id));
	for (size_t i = 0; i < r->n && e != NULL; i++)
		e[i] = (struct entry){ r->games[i].id, i };
	if (e != NULL && r->by_id != NULL) {
		qsort(e, r->n, sizeof(*e), by_id);
		for (size_t i = 0; i < r->n; i++)
			r->by_id[i] = e[i].i;
	}
	gw_alloc_free(r->alloc, e);
	return e != NULL && r->by_id != NULL ? 0 : GW_ENOMEM;
}

bool
gw_ratings_line(const struct gw_ratings *r, const char *game_id, double *line)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct game *g = &r->games[r->by_id[mid]];
		int order = strcmp(game_id, g->id);

		if (order == 0) {
			*line = g->rating;
			return g->rated;
		}
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

void
gw_ratings_free(struct gw_ratings *r)
{
	if (r == NULL)
		return;
	gw_alloc_free(r->alloc, r->games);
	gw_alloc_free(r->alloc, r->qbs);
	gw_alloc_free(r->alloc, r->by_id);
	gw_alloc_free(r->alloc, r);
}

bool
gw_ratings_file(struct gw_env *env, const char *data, char path[PATH_LEN])
{
	static const char *const names[] = { "games.csv.gz", "games.csv" };
	struct gw_fs_stat st;
	const char *slash = strrchr(data, '/');
	int len = (int)strlen(data);

	if (env->fs->stat(env->fs->ctx, data, &st) != 0)
		return false;
	if (!st.is_dir)
		len = slash == NULL ? 0 : (int)(slash - data);
	for (size_t i = 0; i < GW_N(names); i++) {
		int n = len == 0 ? snprintf(path, PATH_LEN, "%s", names[i]) :
				   snprintf(path, PATH_LEN, "%.*s/%s", len, data, names[i]);

		if (n > 0 && n < PATH_LEN && env->fs->stat(env->fs->ctx, path, &st) == 0 &&
		    !st.is_dir)
			return true;
	}
	return false;
}

static int
read_file(struct gw_env *env, const char *path, struct gw_ratings *r, struct gw_err *err)
{
	struct reader d = { .r = r, .path = path, .err = err };
	struct gw_source source;
	int rc;

	if ((rc = gw_source_file(&source, env->alloc, env->fs, path, err)) != 0)
		return rc;
	d.csv = gw_csv_new(env->alloc, source, path);
	rc = d.csv == NULL ? GW_ENOMEM : read_games(&d);
	gw_csv_free(d.csv);
	return rc;
}

int
gw_ratings_open(struct gw_env *env, const char *data, struct gw_ratings **out, struct gw_err *err)
{
	char path[PATH_LEN];
	struct gw_ratings *r;
	int rc;

	*out = NULL;
	if (!gw_ratings_file(env, data, path))
		return 0;
	r = gw_alloc_zero(env->alloc, 1, sizeof(*r));
	if (r == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: out of memory", path);
	r->alloc = env->alloc;
	if ((rc = read_file(env, path, r, err)) == 0 && (rc = walk(r)) == 0)
		rc = make_index(r);
	if (rc == 0) {
		*out = r;
		return 0;
	}
	gw_ratings_free(r);
	return rc == GW_ENOMEM ? gw_err_set(err, rc, "%s: out of memory", path) : rc;
}

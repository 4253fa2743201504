/* SPDX-License-Identifier: MIT
 *
 * Which seasons there are, and several of them in one go.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/season.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "base/slice.h"
#include "nfl/ratings.h"

#define YEAR_MIN	1900
#define YEAR_MAX	9999
#define PATH_LEN	1024
#define PREFIX		"play_by_play_"

static bool
is_file(struct gw_env *env, const char *path)
{
	struct gw_fs_stat st;

	return env->fs->stat(env->fs->ctx, path, &st) == 0 && !st.is_dir;
}

struct present {
	int	*years;
	size_t	 n, cap;
};

/* The year of play_by_play_YEAR.csv or .csv.gz, or 0. */
static int
year_of_name(const char *name)
{
	struct gw_slice rest, year = gw_str(name);
	int64_t y;

	if (!gw_slice_starts(year, PREFIX))
		return 0;
	year = gw_slice_cut((struct gw_slice){ name + sizeof(PREFIX) - 1,
	    year.len - (sizeof(PREFIX) - 1) }, '.',
	    &rest);
	if (!gw_slice_is(rest, "csv") && !gw_slice_is(rest, "csv.gz"))
		return 0;
	return gw_slice_i64(year, &y) == 0 && y >= YEAR_MIN && y <= YEAR_MAX ? (int)y : 0;
}

static int
add_present(void *arg, const char *name)
{
	struct present *p = arg;
	int year = year_of_name(name);

	/* Sorted by name, so .csv and .csv.gz of one year follow each other. */
	if (year == 0 || p->n == p->cap || (p->n > 0 && p->years[p->n - 1] == year))
		return 0;
	p->years[p->n++] = year;
	return 0;
}

int
gw_seasons_present(struct gw_env *env, const char *data, int *years, size_t cap, struct gw_err *err)
{
	struct present p = { years, 0, cap };
	int rc;

	if (is_file(env, data))
		return 0;
	rc = env->fs->list(env->fs->ctx, data, add_present, &p);
	if (rc == GW_ENOENT)
		return gw_err_set(err, GW_EDATA, "%s: no such folder or file of seasons; --data "
		    "says where they are", data);
	if (rc != 0)
		return gw_err_set(err, rc, "%s: %s", data, gw_strerror(rc));
	return (int)p.n;
}

static int
no_season(struct gw_env *env, const char *data, int year, struct gw_err *err)
{
	int years[GW_SEASONS_MAX], n = gw_seasons_present(env, data, years, GW_SEASONS_MAX, err);
	char there[128];

	if (n < 0)
		return n;
	gw_seasons_text(years, (size_t)n, there, sizeof(there));
	return gw_err_set(err, GW_EDATA,
	    "no season %d in %s (" PREFIX "%d.csv.gz or .csv); it has %s;"
	    " scripts/fetch-data %d gets it",
	    year, data, year, n == 0 ? "none" : there, year);
}

int
gw_season_path(struct gw_env *env, const char *data, int year, char *path, size_t cap,
    struct gw_err *err)
{
	static const char *const suffixes[] = { ".csv.gz", ".csv" };
	int n;

	if (is_file(env, data)) {
		n = snprintf(path, cap, "%s", data);
		if (n < 0 || (size_t)n >= cap)
			return gw_err_set(err, GW_EINVAL, "%s: too long a path", data);
		return 0;
	}
	for (size_t i = 0; i < GW_N(suffixes); i++) {
		n = snprintf(path, cap, "%s/" PREFIX "%d%s", data, year, suffixes[i]);
		if (n < 0 || (size_t)n >= cap)
			return gw_err_set(err, GW_EINVAL, "%s: too long a path", data);
		if (is_file(env, path))
			return 0;
	}
	return no_season(env, data, year, err);
}

static int
by_year(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static size_t
unique(int *years, size_t n)
{
	size_t kept = 0;

	qsort(years, n, sizeof(*years), by_year);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || years[kept - 1] != years[i])
			years[kept++] = years[i];
	return kept;
}

/* "2019" or "2019-2023". 0 or GW_EDATA. */
static int
parse_range(struct gw_slice part, int64_t *from, int64_t *to)
{
	struct gw_slice last, first = gw_slice_cut(gw_slice_trim(part), '-', &last);

	if (gw_slice_i64(first, from) != 0 || *from < YEAR_MIN || *from > YEAR_MAX)
		return GW_EDATA;
	*to = *from;
	if (last.ptr == NULL)
		return 0;
	return gw_slice_i64(last, to) != 0 || *to < *from || *to > YEAR_MAX ? GW_EDATA : 0;
}

int
gw_seasons_parse(const char *text, int *years, size_t cap, struct gw_err *err)
{
	struct gw_slice rest = gw_str(text);
	int64_t from = 0, to = 0;
	size_t n = 0;

	do {
		if (parse_range(gw_slice_cut(rest, ',', &rest), &from, &to) != 0)
			return gw_err_set(err, GW_EINVAL,
			    "seasons '%s': give years and ranges, as 2019-2023,2024", text);
		for (int64_t y = from; y <= to; y++) {
			if (n == cap)
				n = unique(years, n);
			if (n == cap)
				return gw_err_set(err, GW_EINVAL,
				    "seasons '%s': more than %zu years", text, cap);
			years[n++] = (int)y;
		}
	} while (rest.ptr != NULL);
	return (int)unique(years, n);
}

void
gw_seasons_text(const int *years, size_t n, char *text, size_t cap)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0, last; i < n && len < cap; i = last + 1) {
		int k;

		for (last = i; last + 1 < n && years[last + 1] == years[last] + 1; last++)
			continue;
		k = snprintf(text + len, cap - len, "%s%d", i > 0 ? "," : "", years[i]);
		len += k > 0 ? (size_t)k : 0;
		if (last == i || len >= cap)
			continue;
		k = snprintf(text + len, cap - len, "-%d", years[last]);
		len += k > 0 ? (size_t)k : 0;
	}
}

/* One file of several seasons: pass over the ones that were not asked for. */
struct filter {
	const struct gw_seasons	*s;
	int			(*each)(void *arg, const struct gw_season_play *p);
	void			*arg;
	struct gw_season_counts	 counts;
	char			 last_game[GW_GAME_ID_MAX];
};

static int
pass_wanted(void *arg, const struct gw_season_play *p)
{
	struct filter *f = arg;

	for (size_t i = 0; i < f->s->n_years; i++) {
		if (!(p->play.has & GW_HAS_SEASON) || p->play.season != f->s->years[i])
			continue;
		f->counts.used++;
		f->counts.used_games += strcmp(f->last_game, p->play.game_id) != 0;
		memcpy(f->last_game, p->play.game_id, sizeof(f->last_game));
		return f->each(f->arg, p);
	}
	return 0;
}

static int
read_filtered(struct filter *f, struct gw_season_counts *counts, struct gw_err *err)
{
	struct gw_season_counts all = { 0 };
	char text[128];
	int rc = gw_season_read(f->s->env, f->s->data, f->s->use, pass_wanted, f, &all, err);

	if (rc != 0)
		return rc;
	gw_seasons_text(f->s->years, f->s->n_years, text, sizeof(text));
	if (f->counts.used == 0)
		return gw_err_set(err, GW_EDATA, "%s: no play of season %s", f->s->data, text);
	counts->rows += all.rows;
	counts->games += all.games;
	counts->used += f->counts.used;
	counts->used_games += f->counts.used_games;
	for (int d = 0; d < GW_N_DROPS; d++)
		counts->dropped[d] += all.dropped[d];
	return 0;
}

/* Plays with the rating line of their game. */
struct rated {
	struct gw_ratings	*ratings;	/* NULL: there is no file of games */
	int			(*each)(void *arg, const struct gw_season_play *p);
	void			*arg;
	struct gw_season_play	 play;
	char			 game_id[GW_GAME_ID_MAX];	/* of the line below */
	bool			 known;
	double			 line;
};

static int
pass_rated(void *arg, const struct gw_season_play *p)
{
	struct rated *r = arg;

	if (strcmp(r->game_id, p->play.game_id) != 0) {
		memcpy(r->game_id, p->play.game_id, sizeof(r->game_id));
		r->known = gw_ratings_line(r->ratings, r->game_id, &r->line);
	}
	if (!r->known)
		return r->each(r->arg, p);
	r->play = *p;
	r->play.play.rating_line = r->line;
	r->play.play.has |= GW_HAS_RATING_LINE;
	return r->each(r->arg, &r->play);
}

static int
read_seasons(const struct gw_seasons *s, int (*each)(void *arg, const struct gw_season_play *p),
    void *arg, struct gw_season_counts *counts, struct gw_err *err)
{
	char path[PATH_LEN];
	int rc = 0;

	if (is_file(s->env, s->data)) {
		struct filter f = { .s = s, .each = each, .arg = arg };

		return s->n_years == 0 ?
		    gw_season_read(s->env, s->data, s->use, each, arg, counts, err) :
		    read_filtered(&f, counts, err);
	}
	for (size_t i = 0; i < s->n_years && rc == 0; i++)
		if ((rc = gw_season_path(s->env, s->data, s->years[i], path, sizeof(path), err)) ==
		    0)
			rc = gw_season_read(s->env, path, s->use, each, arg, counts, err);
	return rc;
}

int
gw_seasons_read(const struct gw_seasons *s, int (*each)(void *arg, const struct gw_season_play *p),
    void *arg, struct gw_season_counts *counts, struct gw_err *err)
{
	struct rated r = { .each = each, .arg = arg };
	int rc;

	if ((rc = gw_ratings_open(s->env, s->data, &r.ratings, err)) != 0)
		return rc;
	rc = r.ratings == NULL ? read_seasons(s, each, arg, counts, err) :
				 read_seasons(s, pass_rated, &r, counts, err);
	gw_ratings_free(r.ratings);
	return rc;
}

/* The file's bytes onto the sum; a pipe has none left. */
static int
add_file(const struct gw_seasons *s, const char *path, struct gw_sha256 *sum, struct gw_err *err)
{
	struct gw_fs_stat st;
	struct gw_buf bytes;
	int rc;

	if (s->env->fs->stat(s->env->fs->ctx, path, &st) != 0 || st.size == 0)
		return gw_err_set(err, GW_EDATA, "%s: no file that can be read twice", path);
	gw_buf_init(&bytes, s->env->alloc, 0);
	rc = gw_fs_read_file(s->env->fs, path, &bytes, err);
	if (rc == 0)
		gw_sha256_add(sum, bytes.ptr, bytes.len);
	gw_buf_fini(&bytes);
	return rc;
}

int
gw_seasons_fingerprint(const struct gw_seasons *s, char out[65], struct gw_err *err)
{
	struct gw_sha256 sum;
	char path[PATH_LEN], games[GW_RATINGS_PATH_MAX];
	int rc = 0;

	gw_sha256_init(&sum);
	if (is_file(s->env, s->data))
		rc = add_file(s, s->data, &sum, err);
	else
		for (size_t i = 0; i < s->n_years && rc == 0; i++)
			if ((rc = gw_season_path(s->env, s->data, s->years[i], path, sizeof(path),
				 err)) == 0)
				rc = add_file(s, path, &sum, err);
	if (rc == 0 && gw_ratings_file(s->env, s->data, games))
		rc = add_file(s, games, &sum, err);
	if (rc == 0)
		gw_sha256_end_hex(&sum, out);
	return rc;
}

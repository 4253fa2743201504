/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/pairing.h"

#include <math.h>
#include <stdlib.h>

#include "base/slice.h"
#include "ml/bootstrap.h"

/* What is kept of a prediction: the model's name is not. */
struct row {
	char	game_id[GW_GAME_ID_MAX];
	int64_t	play_id;
	size_t	seq;			/* in the order they came */
	int32_t	play_number, revision, quarter, time_remaining, lead;
	int	side;
	bool	withdrawn;
	double	p, home, away;
};

struct game {
	size_t	at, n;			/* its pairs */
	int	home_won;		/* -1: not known */
	int	home, away;		/* final; -1: not known */
	int32_t	last;			/* the highest play_number */
};

struct pair { const struct row *of[2]; };

struct gw_pairing {
	struct gw_alloc	*alloc;
	struct row	*rows;
	size_t		 n, cap;
	struct pair	*pairs;
	struct game	*games;
	size_t		 n_pairs, n_games, only[2];
};

/* ---- what was published ---- */

static int
whole(const struct gw_json *o, const char *key, int64_t max, int64_t *out, struct gw_err *err)
{
	const struct gw_json *v = gw_json_get(o, key);

	if (v == NULL || v->type != GW_JSON_NUMBER || gw_slice_i64(v->text, out) < 0 || *out < 0 ||
	    *out > max)
		return gw_err_set(err, GW_EDATA, "%s is no whole number from 0 to %lld", key,
		    (long long)max);
	return 0;
}

static int
number(const struct gw_json *o, const char *key, double max, double *out, struct gw_err *err)
{
	const struct gw_json *v = gw_json_get(o, key);

	if (v == NULL || v->type != GW_JSON_NUMBER || !(v->number >= 0 && v->number <= max))
		return gw_err_set(err, GW_EDATA, "%s is no number from 0 to %g", key, max);
	*out = v->number;
	return 0;
}

static int
text_of(const struct gw_json *o, const char *key, char *out, size_t cap, struct gw_err *err)
{
	const struct gw_json *v = gw_json_get(o, key);

	if (v == NULL || v->type != GW_JSON_STRING || v->text.len == 0 || v->text.len >= cap)
		return gw_err_set(err, GW_EDATA, "%s is no text of 1 to %zu bytes", key, cap - 1);
	memcpy(out, v->text.ptr, v->text.len);
	out[v->text.len] = '\0';
	return 0;
}

int
gw_told_parse(struct gw_slice text, struct gw_arena *arena, struct gw_told *out, struct gw_err *err)
{
	struct gw_told t = { 0 };
	const struct { const char *key; int64_t max; int32_t *to; } counts[] = {
		{ "play_number", 1000000, &t.play_number }, { "quarter", 20, &t.quarter },
		{ "time_remaining", 3600, &t.time_remaining }, { "home_score", 999, &t.home_score },
		{ "away_score", 999, &t.away_score }, { "revision", INT32_MAX, &t.revision },
	};
	const struct gw_json *mark;
	struct gw_json *o;
	int64_t v;
	int rc = gw_json_parse(text, arena, &o, err);

	if (rc < 0)
		return rc;
	if ((rc = text_of(o, "game_id", t.game_id, sizeof(t.game_id), err)) < 0 ||
	    (rc = text_of(o, "model", t.model, sizeof(t.model), err)) < 0 ||
	    (rc = whole(o, "play_id", INT64_C(1) << 53, &t.play_id, err)) < 0)
		return rc;
	for (size_t i = 0; i < GW_N(counts); i++) {
		if (counts[i].to == &t.revision && gw_json_get(o, "revision") == NULL)
			continue;
		if ((rc = whole(o, counts[i].key, counts[i].max, &v, err)) < 0)
			return rc;
		*counts[i].to = (int32_t)v;
	}
	if ((rc = number(o, "home_win_prob", 1, &t.p, err)) < 0 ||
	    (rc = number(o, "home_score_pred", 1e6, &t.home, err)) < 0 ||
	    (rc = number(o, "away_score_pred", 1e6, &t.away, err)) < 0)
		return rc;
	mark = gw_json_get(o, "withdrawn");
	t.withdrawn = mark != NULL && mark->boolean;
	*out = t;
	return 0;
}

/* ---- the join ---- */

struct gw_pairing *
gw_pairing_new(struct gw_alloc *alloc)
{
	struct gw_pairing *p = gw_alloc_zero(alloc, 1, sizeof(*p));

	if (p != NULL)
		p->alloc = alloc;
	return p;
}

void
gw_pairing_free(struct gw_pairing *p)
{
	if (p == NULL)
		return;
	gw_alloc_free(p->alloc, p->rows);
	gw_alloc_free(p->alloc, p->pairs);
	gw_alloc_free(p->alloc, p->games);
	gw_alloc_free(p->alloc, p);
}

int
gw_pairing_add(struct gw_pairing *p, int side, const struct gw_told *t)
{
	void *rows = p->rows;
	struct row *r;

	if (gw_alloc_room(p->alloc, &rows, &p->cap, p->n, sizeof(*r)) != 0)
		return GW_ENOMEM;
	p->rows = rows;
	r = &p->rows[p->n];
	*r = (struct row){ .play_id = t->play_id, .seq = p->n, .play_number = t->play_number,
		.revision = t->revision, .quarter = t->quarter, .time_remaining = t->time_remaining,
		.lead = t->home_score - t->away_score, .side = side, .withdrawn = t->withdrawn,
		.p = t->p, .home = t->home, .away = t->away };
	memcpy(r->game_id, t->game_id, sizeof(r->game_id));
	p->n++;
	return 0;
}

#define ORDER(a, b)	(((a) > (b)) - ((a) < (b)))

static int
by_play(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int d = strcmp(a->game_id, b->game_id);

	return d != 0 ? d : ORDER(a->play_id, b->play_id);
}

static int
by_all(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int d = by_play(x, y);

	if (d == 0)
		d = ORDER(a->side, b->side);
	if (d == 0)
		d = ORDER(a->revision, b->revision);
	return d != 0 ? d : ORDER(a->seq, b->seq);
}

/* The winner that the plays themselves tell. */
static void
tell_by_lead(struct game *g, const struct row *last)
{
	if (last->play_number < g->last)
		return;
	g->last = last->play_number;
	g->home_won = -1;
	if (last->quarter >= 4 && last->time_remaining <= GW_PAIRING_LAST_S && last->lead != 0)
		g->home_won = last->lead > 0;
}

static void
add_pair(struct gw_pairing *p, const struct row *const of[2])
{
	struct game *g = p->n_games > 0 ? &p->games[p->n_games - 1] : NULL;

	if (g == NULL || strcmp(p->pairs[g->at].of[0]->game_id, of[0]->game_id) != 0) {
		g = &p->games[p->n_games++];
		*g = (struct game){ .at = p->n_pairs, .home_won = -1, .home = -1, .away = -1 };
	}
	p->pairs[p->n_pairs++] = (struct pair){ { of[0], of[1] } };
	g->n++;
	tell_by_lead(g, of[0]);
}

int
gw_pairing_join(struct gw_pairing *p)
{
	p->pairs = gw_alloc_zero(p->alloc, p->n + 1, sizeof(*p->pairs));
	p->games = gw_alloc_zero(p->alloc, p->n + 1, sizeof(*p->games));
	if (p->pairs == NULL || p->games == NULL)
		return GW_ENOMEM;
	if (p->n > 0)
		qsort(p->rows, p->n, sizeof(*p->rows), by_all);
	for (size_t i = 0, next; i < p->n; i = next) {
		const struct row *of[2] = { NULL, NULL };

		for (next = i; next < p->n && by_play(&p->rows[i], &p->rows[next]) == 0; next++)
			of[p->rows[next].side] = &p->rows[next];
		for (int side = 0; side < 2; side++)
			if (of[side] != NULL && of[side]->withdrawn)
				of[side] = NULL;
		if (of[0] != NULL && of[1] != NULL)
			add_pair(p, of);
		else if (of[0] != NULL || of[1] != NULL)
			p->only[of[0] == NULL]++;
	}
	return 0;
}

static const char *
game_id(const struct gw_pairing *p, size_t game)
{
	return p->pairs[p->games[game].at].of[0]->game_id;
}

size_t
gw_pairing_years(const struct gw_pairing *p, int *years, size_t cap)
{
	size_t n = 0;

	for (size_t g = 0; g < p->n_games && n < cap; g++) {
		int64_t year;
		struct gw_slice id = gw_str(game_id(p, g)), rest;

		/* In the order of their names: a season's games stand together. */
		if (gw_slice_i64(gw_slice_cut(id, '_', &rest), &year) == 0 && year >= 1900 &&
		    year <= 9999 && (n == 0 || years[n - 1] != (int)year))
			years[n++] = (int)year;
	}
	return n;
}

void
gw_pairing_outcome(struct gw_pairing *p, const char *id, int home, int away)
{
	size_t lo = 0, hi = p->n_games;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(game_id(p, mid), id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->n_games || strcmp(game_id(p, lo), id) != 0)
		return;
	p->games[lo].home = home;
	p->games[lo].away = away;
	p->games[lo].home_won = home == away ? -1 : home > away;
}

/* ---- the verdict ---- */

struct tally {
	double		*sum, *count;	/* by game: of the differences, of the rows */
	struct gw_paired out;
};

static void
tally_add(struct tally *t, double first, double second)
{
	t->out.model_log_loss += first;
	t->out.log_loss += second;
	t->out.rows++;
	t->sum[t->out.games] += first - second;
	t->count[t->out.games] += 1;
}

static void
tally_game(struct tally *t)
{
	t->out.games += t->count[t->out.games] > 0;
}

static int
tally_end(struct tally *t, struct gw_alloc *alloc, uint64_t seed)
{
	struct gw_bootstrap b = { .sum = t->sum, .count = t->count, .n_groups = t->out.games,
		.draws = GW_EVALUATION_DRAWS, .seed = seed };
	int rc;

	if (t->out.rows == 0)
		return 0;
	t->out.model_log_loss /= (double)t->out.rows;
	t->out.log_loss /= (double)t->out.rows;
	rc = gw_bootstrap(alloc, &b);
	t->out.diff = b.mean;
	t->out.lo = b.lo;
	t->out.hi = b.hi;
	return rc;
}

static double
score_error(const struct row *r, const struct game *g)
{
	return (fabs(r->home - g->home) + fabs(r->away - g->away)) / 2;
}

static struct gw_pair
pair_of(const struct pair *p, int home_won)
{
	const struct row *a = p->of[0];

	return (struct gw_pair){ .game_id = a->game_id, .play_id = a->play_id,
		.play_number = a->play_number, .quarter = a->quarter,
		.time_remaining = a->time_remaining, .first = a->p, .second = p->of[1]->p,
		.home_won = home_won };
}

static void
measure(struct gw_pairing_result *out, const struct gw_pair *pair)
{
	double apart = fabs(pair->first - pair->second);

	out->plays++;
	out->same += apart == 0;
	out->mean_apart += apart;
	if (apart > out->most_apart) {
		out->most_apart = apart;
		out->most = *pair;
	}
}

static int
judge_game(const struct gw_pairing *p, const struct game *g, struct tally t[2],
    struct gw_pairing_result *out, int (*each)(void *, const struct gw_pair *), void *arg)
{
	int rc = 0;

	for (size_t i = g->at; rc == 0 && i < g->at + g->n; i++) {
		const struct row *const *of = p->pairs[i].of;
		struct gw_pair pair = pair_of(&p->pairs[i], g->home_won);

		measure(out, &pair);
		if (g->home_won >= 0)
			tally_add(&t[0], gw_log_loss_of(of[0]->p, g->home_won),
			    gw_log_loss_of(of[1]->p, g->home_won));
		if (g->home >= 0)
			tally_add(&t[1], score_error(of[0], g), score_error(of[1], g));
		if (each != NULL)
			rc = each(arg, &pair);
	}
	out->games_decided += g->home_won >= 0;
	tally_game(&t[0]);
	tally_game(&t[1]);
	return rc;
}

int
gw_pairing_judge(const struct gw_pairing *p, uint64_t seed,
    int (*each)(void *arg, const struct gw_pair *pair), void *arg, struct gw_pairing_result *out)
{
	size_t n = p->n_games + 1;
	double *work = gw_alloc_zero(p->alloc, 4 * n, sizeof(*work));
	struct tally t[2] = { { .sum = work, .count = work + n },
		{ .sum = work + 2 * n, .count = work + 3 * n } };
	int rc = work == NULL ? GW_ENOMEM : 0;

	*out = (struct gw_pairing_result){ .games = p->n_games,
		.only = { p->only[0], p->only[1] } };
	for (size_t g = 0; rc == 0 && g < p->n_games; g++)
		rc = judge_game(p, &p->games[g], t, out, each, arg);
	for (int i = 0; rc == 0 && i < 2; i++)
		rc = tally_end(&t[i], p->alloc, seed);
	if (out->plays > 0)
		out->mean_apart /= (double)out->plays;
	out->win = t[0].out;
	out->scores = t[1].out;
	gw_alloc_free(p->alloc, work);
	return rc;
}

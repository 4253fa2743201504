/* SPDX-License-Identifier: MIT
 *
 * apps/feed/plays.c - the plays of one game or of a whole file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/feed/plays.h"

#include "base/slice.h"

#define N_NEAREST 3

struct loading {
	struct gw_plays	*to;
	const char	*game;
};

static int
load_play(void *arg, const struct gw_season_play *p)
{
	const struct loading *l = arg;
	void *plays = l->to->plays;

	if (l->game != NULL && strcmp(p->play.game_id, l->game) != 0)
		return 0;
	if (gw_alloc_room(l->to->alloc, &plays, &l->to->cap, l->to->n, sizeof(*p)) != 0)
		return GW_ENOMEM;
	l->to->plays = plays;
	l->to->plays[l->to->n++] = *p;
	return 0;
}

struct nearest {
	const char	*wanted;
	struct {
		char	id[GW_GAME_ID_MAX];
		int	score;
	} best[N_NEAREST];
};

/*
 * Parts of the id in common: one at its place counts twice. 2024_01_KC_BAL is nearest to
 * 2024_01_BAL_KC.
 */
static int
likeness(const char *a, const char *b)
{
	struct gw_slice rest_a = gw_str(a), rest_b, pa, pb;
	int i, k, score = 0;

	for (i = 0; rest_a.ptr != NULL; i++) {
		pa = gw_slice_cut(rest_a, '_', &rest_a);
		rest_b = gw_str(b);
		for (k = 0; rest_b.ptr != NULL; k++) {
			pb = gw_slice_cut(rest_b, '_', &rest_b);
			if (gw_slice_eq(pa, pb))
				score += i == k ? 2 : 1;
		}
	}
	return score;
}

static int
rank_game(void *arg, const struct gw_season_play *p)
{
	struct nearest *near = arg;
	int i, k, score = likeness(near->wanted, p->play.game_id);

	for (i = 0; i < N_NEAREST; i++)
		if (strcmp(near->best[i].id, p->play.game_id) == 0)
			return 0;
	for (i = 0; i < N_NEAREST && score <= near->best[i].score; i++)
		;
	if (i == N_NEAREST)
		return 0;
	for (k = N_NEAREST - 1; k > i; k--)
		near->best[k] = near->best[k - 1];
	near->best[i].score = score;
	memcpy(near->best[i].id, p->play.game_id, sizeof(near->best[i].id));
	return 0;
}

static int
no_such_game(struct gw_env *env, const char *path, const char *game, struct gw_err *err)
{
	struct nearest near = { .wanted = game };
	struct gw_season_counts counts = { 0 };
	int rc;

	rc = gw_season_read(env, path, GW_FOR_STREAMING, rank_game, &near, &counts, err);
	if (rc != 0)
		return rc;
	if (near.best[0].score == 0)
		return gw_err_set(err, GW_EDATA, "%s has no game %s", path, game);
	return gw_err_set(err, GW_EDATA, "%s has no game %s; the nearest: %s%s%s%s%s", path, game,
	    near.best[0].id, near.best[1].score > 0 ? ", " : "", near.best[1].id,
	    near.best[2].score > 0 ? ", " : "", near.best[2].id);
}

int
gw_plays_load(struct gw_plays *plays, struct gw_env *env, const char *path, const char *game,
    struct gw_err *err)
{
	struct loading l = { .to = plays, .game = game };
	struct gw_seasons file = { .env = env, .data = path, .use = GW_FOR_STREAMING };
	struct gw_season_counts counts = { 0 };
	int rc;

	*plays = (struct gw_plays){ .alloc = env->alloc };
	rc = gw_seasons_read(&file, load_play, &l, &counts, err);
	if (rc == GW_ENOMEM)
		return gw_err_set(err, rc, "%s: %s", path, gw_strerror(rc));
	if (rc != 0)
		return rc;
	if (plays->n == 0 && game != NULL)
		return no_such_game(env, path, game, err);
	if (plays->n == 0)
		return gw_err_set(err, GW_EDATA, "%s holds no play", path);
	return 0;
}

void
gw_plays_free(struct gw_plays *plays)
{
	if (plays->alloc != NULL)
		gw_alloc_free(plays->alloc, plays->plays);
	plays->plays = NULL;
	plays->n = plays->cap = 0;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/it/stream_features.c - for features.sh: every play of the seasons in a folder as a message,
 * written and read back; its features of all sets, to the last bit those of the play in the file.
 * The model, of set state, derives what is derived.
 *
 *   stream_features MODEL-FILE DATA	prints "plays values"; status 1 and the first that differs
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "ml/model.h"
#include "nfl/features.h"
#include "nfl/prediction.h"
#include "nfl/season.h"
#include "nfl/state.h"
#include "tests/support/model_stream.h"

struct check {
	const struct gw_predictor	*predictor;
	struct gw_buf			 text;
	struct gw_arena			 arena;
	size_t				 plays, values;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "stream_features: %s\n", what);
	exit(1);
}

static void
values_of(const struct check *c, const struct gw_feature_set *set, const struct gw_play *p,
    double *x)
{
	if (set == gw_predictor_set(c->predictor))
		gw_predictor_features(c->predictor, p, x);
	else
		gw_features(set, p, x);
}

/* The predictor's short way to the situation is that of the table. */
static void
check_situation(const struct gw_feature_set *set, const struct gw_play *p, const double *x)
{
	double table[GW_FEATURES_MAX];

	gw_features(set, p, table);
	if (memcmp(table, x, GW_STATE_WIN * sizeof(*x)) != 0)
		die("gw_state_situation() is not gw_features()");
}

static void
die_of(const struct gw_play *p, const struct gw_feature *f, double x)
{
	(void)fprintf(stderr, "%s play %lld: %s is %g, not within %g to %g\n", p->game_id,
	    (long long)p->play_id, f->name, x, f->lo, f->hi);
	exit(1);
}

static void
compare(struct check *c, const struct gw_feature_set *set, const struct gw_play *file,
    const struct gw_play *stream)
{
	double from_file[GW_FEATURES_MAX], from_stream[GW_FEATURES_MAX];

	values_of(c, set, file, from_file);
	values_of(c, set, stream, from_stream);
	if (set == gw_predictor_set(c->predictor))
		check_situation(set, file, from_file);
	for (size_t j = 0; j < set->n; j++) {
		if (!(from_file[j] >= set->features[j]->lo && from_file[j] <= set->features[j]->hi))
			die_of(file, set->features[j], from_file[j]);
		if (memcmp(&from_file[j], &from_stream[j], sizeof(double)) == 0)
			continue;
		(void)fprintf(stderr, "%s play %lld: %s is %a in the file, %a in the stream\n",
		    file->game_id, (long long)file->play_id, set->features[j]->name, from_file[j],
		    from_stream[j]);
		exit(1);
	}
	c->values += set->n;
}

static int
each(void *arg, const struct gw_season_play *s)
{
	struct check *c = arg;
	const struct gw_feature_set *sets;
	size_t n = gw_feature_sets(&sets);
	struct gw_play stream;
	struct gw_err err;

	gw_buf_clear(&c->text);
	gw_play_write(&c->text, &s->play);
	if (gw_play_parse(gw_buf_slice(&c->text), &c->arena, &stream, &err) != 0)
		die(err.msg);
	gw_arena_reset(&c->arena);
	for (size_t i = 0; i < n; i++)
		compare(c, &sets[i], &s->play, &stream);
	c->plays++;
	return 0;
}

int
main(int argc, char **argv)
{
	struct gw_err err = { 0 };
	struct gw_env *env = gw_env_posix_new(0, false, &err);
	struct gw_seasons s = { .env = env, .use = GW_FOR_STREAMING };
	struct gw_season_counts counts = { 0 };
	struct gw_predictor *p = NULL;
	struct check c = { .plays = 0 };
	struct gw_model *m;
	int n = 0;

	if (env == NULL || argc != 3)
		die("MODEL-FILE DATA");
	if ((m = test_model_file(env->alloc, argv[1], &err)) == NULL ||
	    (p = gw_predictor_new(env->alloc, m, &err)) == NULL ||
	    (n = gw_seasons_present(env, argv[2], s.years, GW_SEASONS_MAX, &err)) <= 0)
		die(err.msg);
	s.data = argv[2];
	s.n_years = (size_t)n;
	c.predictor = p;
	gw_buf_init(&c.text, env->alloc, 0);
	gw_arena_init(&c.arena, env->alloc, 0);
	if (gw_seasons_read(&s, each, &c, &counts, &err) != 0)
		die(err.msg);
	printf("%d %zu %zu\n", n, c.plays, c.values);
	gw_arena_fini(&c.arena);
	gw_buf_fini(&c.text);
	gw_predictor_free(p);
	gw_model_free(m);
	gw_env_posix_free(env);
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/it/train_once.c - for determinism.sh, which builds it with several compilers: trains each
 * family on one season of a folder, with so many threads, and prints the model files one after the
 * other: train_once DATA YEAR THREADS. state: temporal differences, least squares, bands, and trees
 * by Huber's loss; classic: logistic and least squares; full: trees on the margin of a logistic
 * regression, each on a bag of games.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "nfl/trainer.h"

#define ROUNDS 30

static const struct family {
	const char	*set;
	bool		 trees;
} families[] = { { "state", false }, { "classic", false }, { "full", true } };

static void
die(const struct gw_err *err)
{
	(void)fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

static void
print_model(struct gw_env *env, struct gw_model *m)
{
	struct gw_buf out;

	m->version = 1;
	gw_buf_init(&out, env->alloc, 0);
	if (gw_model_write(m, &out) != 0)
		exit(1);
	(void)fwrite(out.ptr, 1, out.len, stdout);
	gw_buf_fini(&out);
}

static void
train(struct gw_env *env, const struct gw_seasons *s, const struct family *f, struct gw_pool *pool)
{
	struct gw_season_counts counts = { 0 };
	struct gw_trained trained;
	struct gw_boost boost = { .on_linear = true };
	struct gw_err err = { 0 };
	struct gw_trainer t;
	struct gw_model *m;

	gw_boost_defaults(&boost);
	boost.on_linear = true;
	boost.rounds_max = ROUNDS;
	boost.bag = 0.5;
	boost.seed = 1;
	gw_trainer_init(&t, env->alloc, gw_feature_set_find(f->set));
	t.pool = pool;
	if (f->trees)
		t.boost = &boost;
	if (gw_seasons_read(s, gw_trainer_add, &t, &counts, &err) != 0 ||
	    (m = gw_trainer_fit(&t, f->set, 1, &trained, &err)) == NULL)
		die(&err);
	print_model(env, m);
	gw_model_free(m);
	gw_trainer_fini(&t);
}

int
main(int argc, char **argv)
{
	struct gw_err err = { 0 };
	struct gw_env *env = gw_env_posix_new(0, false, &err);
	struct gw_seasons s = { .env = env, .use = GW_FOR_TRAINING, .n_years = 1 };
	struct gw_pool *pool;

	if (argc != 4 || env == NULL)
		return 1;
	s.data = argv[1];
	s.years[0] = atoi(argv[2]);
	pool = gw_pool_new(env->alloc, (unsigned)atoi(argv[3]));
	for (size_t i = 0; pool != NULL && i < sizeof(families) / sizeof(families[0]); i++)
		train(env, &s, &families[i], pool);
	gw_pool_free(pool);
	gw_env_posix_free(env);
	return pool == NULL;
}

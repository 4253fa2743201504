/* SPDX-License-Identifier: MIT
 *
 * tests/it/train_once.c - for determinism.sh, which builds it with several compilers: trains on one
 * season of a folder and prints the model file.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "nfl/trainer.h"

int
main(int argc, char **argv)
{
	struct gw_err err = { 0 };
	struct gw_env *env = gw_env_posix_new(0, false, &err);
	struct gw_seasons s = { .env = env, .use = GW_FOR_TRAINING, .n_years = 1 };
	struct gw_season_counts counts = { 0 };
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_model *m;
	struct gw_buf out;

	if (argc != 3 || env == NULL)
		return 1;
	s.data = argv[1];
	s.years[0] = atoi(argv[2]);
	gw_trainer_init(&t, env->alloc, gw_feature_set_find("state"));
	if (gw_seasons_read(&s, gw_trainer_add, &t, &counts, &err) != 0 ||
	    (m = gw_trainer_fit(&t, "state", 1, &trained, &err)) == NULL) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	m->version = 1;
	gw_buf_init(&out, env->alloc, 0);
	if (gw_model_write(m, &out) != 0)
		return 1;
	fwrite(out.ptr, 1, out.len, stdout);
	gw_buf_fini(&out);
	gw_model_free(m);
	gw_trainer_fini(&t);
	gw_env_posix_free(env);
	return 0;
}

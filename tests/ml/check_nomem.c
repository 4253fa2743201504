/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_nomem.c - each allocation of the module failing in turn.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include "ml/bootstrap.h"
#include "ml/linear.h"
#include "ml/logistic.h"
#include "ml/metrics.h"
#include "ml/registry.h"
#include "tests/ml/sample.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/mem_fs.h"

static int
use_fits(struct gw_alloc *a, void *arg)
{
	double coef[SAMPLE_COLUMNS], p[SAMPLE_ROWS] = { 0 };
	bool dropped[SAMPLE_COLUMNS];
	struct gw_binary_metrics metrics;
	struct sample *s = arg;
	struct gw_logistic logistic = { .z = &s->x, .y = s->won, .c = 1, .coef = coef };
	struct gw_linear linear = { .z = &s->x, .n_targets = 1, .dropped = dropped,
		.targets = { { .y = s->score, .coef = coef } } };
	struct gw_bootstrap b = {
		.sum = s->won, .count = s->score, .n_groups = SAMPLE_ROWS, .draws = 3
	};
	int rc;

	if ((rc = gw_logistic_fit(a, &logistic, NULL)) != 0 ||
	    (rc = gw_linear_fit(a, &linear, NULL)) != 0 || (rc = gw_bootstrap(a, &b)) != 0)
		return rc;
	return gw_binary_metrics(a, p, s->won, SAMPLE_ROWS, &metrics);
}

START_TEST(fits_and_metrics_survive_a_failing_allocator)
{
	struct sample s;

	sample_init(&s);
	ck_assert_uint_ge(fail_alloc_sweep(use_fits, &s), 4);
	sample_fini(&s);
}
END_TEST

static int
use_matrix(struct gw_alloc *a, void *arg)
{
	struct gw_matrix m;
	int rc = 0;

	(void)arg;
	gw_matrix_init(&m, a, 2);
	for (int i = 0; i < 100 && rc == 0; i++)
		rc = gw_matrix_add(&m) == NULL ? GW_ENOMEM : 0;
	gw_matrix_fini(&m);
	return rc;
}

START_TEST(a_growing_matrix_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(use_matrix, NULL), 3);
}
END_TEST

static int
list_one(void *arg, const char *name, int32_t version, const char *aliases)
{
	(void)arg, (void)name, (void)version, (void)aliases;
	return 0;
}

/* Store, alias, load, list, roll back: errors must come with their code and a message. */
static int
use_registry(struct gw_alloc *a, void *arg)
{
	struct mem_fs *disk = mem_fs_new(1);
	struct gw_env env = { .alloc = a, .fs = mem_fs_seam(disk) };
	struct gw_model *m = sample_model(a, "full"), *back = NULL;
	struct gw_err err = { .code = GW_ENOMEM };
	struct gw_buf card;
	int32_t version;
	int rc = m == NULL ? GW_ENOMEM : 0;

	(void)arg;
	gw_rng_seed(&env.rng, 1);
	gw_buf_init(&card, a, 0);
	if (rc == 0)
		rc = gw_registry_store(&env, "models", m, gw_str("card"), &err);
	if (rc == 0)
		rc = gw_registry_store(&env, "models", m, gw_str("card"), &err);
	if (rc == 0)
		rc = gw_registry_alias(&env, "models", "full", "champion", 1, &err);
	if (rc == 0)
		rc = gw_registry_alias(&env, "models", "full", "champion", 2, &err);
	if (rc == 0)
		rc = gw_registry_rollback(&env, "models", "full", "champion", &version, &err);
	if (rc == 0 && (back = gw_registry_load(&env, "models", "full", &err)) == NULL)
		rc = err.code;
	if (rc == 0)
		rc = gw_registry_list(&env, "models", list_one, NULL, &err);
	if (rc == 0)
		rc = gw_registry_card(&env, "models", back, &card, &err);
	if (rc != 0)
		ck_assert_int_eq(err.code, rc);
	gw_buf_fini(&card);
	gw_model_free(back);
	gw_model_free(m);
	ck_assert_int_eq(mem_fs_open_handles(disk), 0);
	mem_fs_free(disk);
	return rc;
}

START_TEST(the_registry_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(use_registry, NULL), 20);
}
END_TEST

Suite *
check_nomem_suite(void)
{
	Suite *s = suite_create("ml/nomem");
	TCase *t = tcase_create("nomem");

	tcase_add_test(t, fits_and_metrics_survive_a_failing_allocator);
	tcase_add_test(t, a_growing_matrix_survives_a_failing_allocator);
	tcase_add_test(t, the_registry_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}

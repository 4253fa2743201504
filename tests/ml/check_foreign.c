/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_foreign.c - other libraries' files, small ones: what they say, what is refused
 * and in which words. Whole models, against the libraries themselves, are in tests/it/exchange.sh.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>
#include <stdlib.h>

#include "base/slice.h"
#include "ml/foreign.h"
#include "tests/ml/sample.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"

static struct gw_alloc alloc;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
}

static void
teardown(void)
{
	ck_assert_uint_eq(alloc.used, 0);
}

/* The seeds of the fuzzers are the examples here. */
static void
load(const char *name, struct gw_buf *out)
{
	char path[TEST_PATH_MAX], from[256] = "tests/fuzz/corpus/";
	size_t n;
	char *text;

	ck_assert_uint_lt(strlen(from) + strlen(name), sizeof(from));
	strcat(from, name);
	test_source_path(from, path);
	text = test_read(path, &n);
	gw_buf_init(out, &alloc, 0);
	gw_buf_put(out, text, n);
	free(text);
}

/* The answer of the file's only head to down, distance. */
static double
answer(const char *name, double down, double distance)
{
	const double x[2] = { down, distance };
	const size_t map[2] = { 0, 1 };
	struct gw_model *m = gw_model_new(&alloc, 2, NULL);
	struct gw_foreign f;
	struct gw_err err = { 0 };
	struct gw_buf bytes;
	double p;

	load(name, &bytes);
	ck_assert_msg(gw_foreign_read(&f, &alloc, gw_buf_slice(&bytes), name, &err) == 0, "%s",
	    err.msg);
	ck_assert_uint_eq(f.n_features, 2);
	ck_assert_int_eq(gw_foreign_move(&f, 0, m, 0, map, NULL), 0);
	p = gw_head_predict(m, &m->heads[0], x);
	gw_foreign_free(&f);
	gw_buf_fini(&bytes);
	gw_model_free(m);
	return p;
}

static double
sigmoid(double f)
{
	return 1 / (1 + exp(-f));
}

START_TEST(xgboost_answers_by_its_leaves_and_its_base_score)
{
	assert_near(answer("xgboost/stump.json", 0.25, 0), sigmoid(-0.25), 1e-7);
	assert_near(answer("xgboost/stump.json", 0.5, 0), sigmoid(0.25), 1e-7);
	assert_near(answer("xgboost/stump.json", NAN, 0), sigmoid(-0.25), 1e-7);
	assert_near(answer("xgboost/vector-score.json", 1, 0),
	    sigmoid(0.25 + log(0.3 / 0.7)), 1e-7);
	assert_near(answer("xgboost/regression.json", 1, 0), 22.75, 1e-7);
	assert_near(answer("xgboost/no-names.json", 1, 0), sigmoid(0.25), 1e-7);
	/* Of three trees the first alone was in use. */
	assert_near(answer("xgboost/early.json", 1, 0), sigmoid(0.25), 1e-7);
}
END_TEST

START_TEST(ubjson_says_what_json_says)
{
	for (double down = 0; down < 3; down += 0.25)
		for (double distance = 0; distance < 4; distance++) {
			ck_assert_double_eq(answer("ubjson/two.ubj", down, distance),
			    answer("xgboost/two.json", down, distance));
			ck_assert_double_eq(answer("ubjson/regression.ubj", down, distance),
			    answer("xgboost/regression.json", down, distance));
		}
}
END_TEST

START_TEST(lightgbm_answers_by_its_rules)
{
	/* Left of down <= 1.5: distance <= 2.5 0.1, else -0.2; right 0.3. And 0.5 always. */
	assert_near(answer("lightgbm/two.txt", 1.5, 2.5), sigmoid(0.6), 1e-15);
	assert_near(answer("lightgbm/two.txt", 1.5, 2.6), sigmoid(0.3), 1e-15);
	assert_near(answer("lightgbm/two.txt", 1.6, 2.5), sigmoid(0.8), 1e-15);
	assert_near(answer("lightgbm/two.txt", NAN, NAN), sigmoid(0.3), 1e-15);
	assert_near(answer("lightgbm/crlf.txt", 1.6, 2.5), sigmoid(0.3), 1e-15);
	/* Nothing is missing for down, so a NaN is a 0; for distance a 0 is, and goes left. */
	assert_near(answer("lightgbm/none-zero.txt", NAN, 0), sigmoid(0.07), 1e-15);
	assert_near(answer("lightgbm/none-zero.txt", 1, 3), sigmoid(-0.14), 1e-15);
	/* An infinite threshold parts what is missing from the rest. */
	assert_near(answer("lightgbm/infinite.txt", 1, 1e300), 0.1, 1e-15);
	assert_near(answer("lightgbm/infinite.txt", 1, NAN), -0.2, 1e-15);
	assert_near(answer("lightgbm/no-tree.txt", 1, 1), 0, 0);
}
END_TEST

START_TEST(sklearn_coefficients_are_taken_over_to_our_standardisation)
{
	struct gw_model *m = gw_model_new(&alloc, 2, NULL);
	const size_t map[2] = { 1, 0 };
	const double x[2] = { 10, 3 };
	struct gw_foreign f;
	struct gw_buf bytes;

	load("xgboost/sklearn.json", &bytes);
	ck_assert_int_eq(gw_foreign_read(&f, &alloc, gw_buf_slice(&bytes), "f", NULL), 0);
	ck_assert_uint_eq(f.n_heads, 2);
	m->features[0].mean = 7;
	m->features[1].scale = 3;
	ck_assert_int_eq(gw_foreign_move(&f, 0, m, 0, map, NULL), 0);
	ck_assert_int_eq(gw_foreign_move(&f, 1, m, 1, map, NULL), 0);
	assert_near(gw_head_predict(m, &m->heads[0], x),
	    sigmoid(0.3 + 0.1 * (3 - 1.9) - 0.2 * (10 - 8.5) / 4), 1e-14);
	assert_near(gw_head_predict(m, &m->heads[1], x), 20 + (3 - 1.9) + 2 * (10 - 8.5) / 4,
	    1e-13);
	gw_foreign_free(&f);
	gw_buf_fini(&bytes);
	gw_model_free(m);
}
END_TEST

static const struct { const char *file, *why; } refused[] = {
	{ "xgboost/circle.json", "tree 0: a node has two parents" },
	{ "xgboost/short-list.json", "split_conditions" },
	{ "xgboost/category.json", "by category" },
	{ "xgboost/many-features.json", "513 features" },
	{ "xgboost/dart.json", "booster \"dart\"" },
	{ "xgboost/score-one.json", "no probability" },
	{ "xgboost/sklearn-scale-0.json", "not above 0" },
	{ "lightgbm/category.txt", "by category" },
	{ "lightgbm/cut.txt", "cut short" },
	{ "lightgbm/multiclass.txt", "several classes" },
	{ "lightgbm/forest.txt", "random forest" },
	{ "lightgbm/circle.txt", "two parents" },
	{ "lightgbm/many-leaves.txt", "num_leaves" },
	{ "lightgbm/short.txt", "leaf_value" },
	{ "json/numbers.json", "no model of XGBoost" },
	{ "csv/season.csv", "no model of XGBoost" },
};

START_TEST(what_cannot_be_taken_is_refused_by_name)
{
	struct gw_foreign f;
	struct gw_err err;
	struct gw_buf bytes;

	load(refused[_i].file, &bytes);
	ck_assert_int_ne(gw_foreign_read(&f, &alloc, gw_buf_slice(&bytes), "their.file", &err), 0);
	ck_assert_msg(strstr(err.msg, refused[_i].why) != NULL, "%s: %s", refused[_i].file,
	    err.msg);
	ck_assert(gw_slice_starts(gw_str(err.msg), "their.file: "));
	gw_buf_fini(&bytes);
}
END_TEST

START_TEST(every_beginning_of_a_file_is_refused)
{
	static const char *const files[] = { "xgboost/two.json", "ubjson/two.ubj",
		"lightgbm/two.txt" };

	for (size_t i = 0; i < GW_N(files); i++) {
		struct gw_foreign f;
		struct gw_buf bytes;
		/* After the trees LightGBM's file has nothing that a model needs. */
		size_t whole;

		load(files[i], &bytes);
		whole = bytes.len - 1;
		if (i == 2)
			whole = (size_t)(strstr((const char *)bytes.ptr, "end of trees") -
			    (const char *)bytes.ptr);
		for (size_t n = 0; n < whole; n++)
			ck_assert_int_ne(gw_foreign_read(&f, &alloc,
			    (struct gw_slice){ (const char *)bytes.ptr, n }, "f", NULL), 0);
		gw_buf_fini(&bytes);
	}
}
END_TEST

START_TEST(an_export_is_read_back_as_the_same_model)
{
	struct gw_model *m = gw_model_new(&alloc, 2, NULL), *back = gw_model_new(&alloc, 2, NULL);
	const size_t map[2] = { 0, 1 };
	struct gw_foreign f;
	struct gw_buf bytes, out;

	strcpy(m->features[0].name, "down");
	strcpy(m->features[1].name, "distance");
	load("xgboost/two.json", &bytes);
	ck_assert_int_eq(gw_foreign_read(&f, &alloc, gw_buf_slice(&bytes), "f", NULL), 0);
	ck_assert_int_eq(gw_foreign_move(&f, 0, m, 0, map, NULL), 0);
	gw_foreign_free(&f);
	m->heads[0].intercept = 0.123456789;
	gw_buf_init(&out, &alloc, 0);
	ck_assert_int_eq(gw_export_xgboost(m, &m->heads[0], &out, NULL), 0);
	ck_assert_int_eq(gw_foreign_read(&f, &alloc, gw_buf_slice(&out), "f", NULL), 0);
	ck_assert_int_eq(gw_foreign_move(&f, 0, back, 0, map, NULL), 0);
	for (double down = 0; down < 3; down += 0.25) {
		const double x[2] = { down, 2 * down };

		assert_near(gw_head_predict(back, &back->heads[0], x),
		    gw_head_predict(m, &m->heads[0], x), 1e-7);
	}
	gw_foreign_free(&f);
	m->heads[0].coef[1] = 1;
	ck_assert_int_eq(gw_export_xgboost(m, &m->heads[0], &out, NULL), GW_EDATA);
	gw_buf_fini(&out);
	gw_buf_fini(&bytes);
	gw_model_free(m);
	gw_model_free(back);
}
END_TEST

static int
read_with(struct gw_alloc *a, void *arg)
{
	const struct gw_buf *bytes = arg;
	struct gw_foreign f;
	struct gw_err err = { .code = GW_ENOMEM };
	int rc = gw_foreign_read(&f, a, gw_buf_slice(bytes), "f", &err);

	ck_assert_int_eq(err.code, rc == 0 ? GW_ENOMEM : rc);
	if (rc == 0)
		gw_foreign_free(&f);
	return rc;
}

START_TEST(reading_survives_a_failing_allocator)
{
	static const char *const files[] = { "xgboost/two.json", "ubjson/two.ubj",
		"lightgbm/two.txt", "xgboost/sklearn.json" };

	for (size_t i = 0; i < GW_N(files); i++) {
		struct gw_buf bytes;

		load(files[i], &bytes);
		ck_assert_uint_ge(fail_alloc_sweep(read_with, &bytes), 2);
		gw_buf_fini(&bytes);
	}
}
END_TEST

Suite *
check_foreign_suite(void)
{
	Suite *s = suite_create("foreign");
	TCase *t = tcase_create("foreign");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, xgboost_answers_by_its_leaves_and_its_base_score);
	tcase_add_test(t, ubjson_says_what_json_says);
	tcase_add_test(t, lightgbm_answers_by_its_rules);
	tcase_add_test(t, sklearn_coefficients_are_taken_over_to_our_standardisation);
	tcase_add_loop_test(t, what_cannot_be_taken_is_refused_by_name, 0, (int)GW_N(refused));
	tcase_add_test(t, every_beginning_of_a_file_is_refused);
	tcase_add_test(t, an_export_is_read_back_as_the_same_model);
	tcase_add_test(t, reading_survives_a_failing_allocator);
	suite_add_tcase(s, t);
	return s;
}

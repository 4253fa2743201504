/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_tree.c - sums of trees: the rules at ties and for missing values, against a walk
 * node by node, and through the model file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <math.h>

#include "base/rng.h"
#include "base/slice.h"
#include "ml/model.h"
#include "ml/model_trees.h"
#include "ml/tree_text.h"
#include "tests/ml/sample.h"

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

/* One split of feature 0 at `threshold`: 1 on the left, 2 on the right. */
static double
stump(enum gw_trees_kind kind, double threshold, enum gw_missing missing, bool left, double x)
{
	struct gw_tree_source s[3] = { { threshold, 1, 2, 0, missing, left },
		{ .value = 1, .left = -1, .right = -1 }, { .value = 2, .left = -1, .right = -1 } };
	struct gw_trees *t = gw_trees_new(&alloc, kind, 1);
	double f;

	ck_assert_int_eq(gw_trees_add(t, s, 3, NULL), 0);
	ck_assert_int_eq(gw_trees_finish(t, NULL), 0);
	f = gw_trees_sum(t, 0, &x);
	gw_trees_free(t);
	return f;
}

START_TEST(a_tree_reads_as_c_would_write_it)
{
	struct gw_tree_source s[5] = { { .value = 0.25, .left = 1, .right = 2, .feature = 1 },
		{ .value = 3, .left = 3, .right = 4, .feature = 0 },
		{ .value = 1.5, .left = -1, .right = -1 }, { .value = -1, .left = -1, .right = -1 },
		{ .value = 0.125, .left = -1, .right = -1 } };
	static const enum gw_trees_kind kinds[] = { GW_TREES_SINGLE, GW_TREES_DOUBLE };
	static const char *const texts[] = { "lead < 0.25 ? (time < 3 ? -1 : 0.125) : 1.5",
		"lead <= 0.25 ? (time <= 3 ? -1 : 0.125) : 1.5" };
	struct gw_model *m = gw_model_new(&alloc, 2, NULL);

	memcpy(m->features[0].name, "time", sizeof("time"));
	memcpy(m->features[1].name, "lead", sizeof("lead"));
	for (size_t k = 0; k < 2; k++) {
		struct gw_trees *t = gw_trees_new(&alloc, kinds[k], 2);
		struct gw_buf text;

		gw_buf_init(&text, &alloc, 0);
		ck_assert_int_eq(gw_trees_add(t, s + 2, 1, NULL), 0);
		ck_assert_int_eq(gw_trees_add(t, s, 5, NULL), 0);
		gw_tree_text(&text, m, t, 1);
		gw_buf_putc(&text, '\0');
		ck_assert_str_eq((char *)text.ptr, texts[k]);
		gw_buf_fini(&text);
		gw_trees_free(t);
	}
	gw_model_free(m);
}
END_TEST

START_TEST(a_tie_goes_right_in_single_and_left_in_double)
{
	ck_assert_double_eq(stump(GW_TREES_SINGLE, 0.5, GW_MISSING_NAN, false, 0.5), 2);
	ck_assert_double_eq(stump(GW_TREES_DOUBLE, 0.5, GW_MISSING_NAN, false, 0.5), 1);
	ck_assert_double_eq(stump(GW_TREES_SINGLE, 0.5, GW_MISSING_NAN, false, 0.4999), 1);
	ck_assert_double_eq(stump(GW_TREES_DOUBLE, 0.5, GW_MISSING_NAN, false, 0.5001), 2);
}
END_TEST

START_TEST(single_rounds_the_feature_and_the_threshold_before_it_compares)
{
	/* 0.1 and 0.1 + 1e-9 are one float32. */
	ck_assert_double_eq(stump(GW_TREES_SINGLE, 0.1 + 1e-9, GW_MISSING_NAN, false, 0.1), 2);
	ck_assert_double_eq(stump(GW_TREES_DOUBLE, 0.1 + 1e-9, GW_MISSING_NAN, false, 0.1), 1);
	ck_assert_double_eq(stump(GW_TREES_SINGLE, 1e30, GW_MISSING_NAN, false, 1e300), 2);
	ck_assert_double_eq(stump(GW_TREES_SINGLE, -1e30, GW_MISSING_NAN, false, -1e300), 1);
}
END_TEST

START_TEST(a_missing_value_goes_where_the_rule_says)
{
	for (int kind = GW_TREES_SINGLE; kind <= GW_TREES_DOUBLE; kind++) {
		enum gw_trees_kind k = (enum gw_trees_kind)kind;

		ck_assert_double_eq(stump(k, -1, GW_MISSING_NAN, true, NAN), 1);
		ck_assert_double_eq(stump(k, -1, GW_MISSING_NAN, false, NAN), 2);
		ck_assert_double_eq(stump(k, 1, GW_MISSING_NAN, false, NAN), 2);
		/* A NaN counts as 0, whatever the default side. */
		ck_assert_double_eq(stump(k, 1, GW_MISSING_NONE, false, NAN), 1);
		ck_assert_double_eq(stump(k, -1, GW_MISSING_NONE, true, NAN), 2);
		/* 0 is missing too. */
		ck_assert_double_eq(stump(k, -1, GW_MISSING_ZERO, true, 0), 1);
		ck_assert_double_eq(stump(k, 1, GW_MISSING_ZERO, false, 1e-36), 2);
		ck_assert_double_eq(stump(k, 1, GW_MISSING_ZERO, false, NAN), 2);
		ck_assert_double_eq(stump(k, 1, GW_MISSING_ZERO, false, 1e-34), 1);
	}
}
END_TEST

#define FEATURES 5

/* Few different values, so that ties are common, or many. */
static double
draw(struct gw_rng *rng, bool many)
{
	double v = gw_rng_unit(rng) * 9 - 4;

	return many ? v : (double)(int)v / 2;
}

/* A tree grown at random; children stand anywhere behind their parent. Returns its nodes. */
static size_t
grow(struct gw_rng *rng, struct gw_tree_source *s, size_t max, bool many)
{
	size_t n = 1;

	for (size_t i = 0; i < n; i++) {
		s[i] = (struct gw_tree_source){ .value = gw_rng_unit(rng) * 4 - 2, .left = -1,
		    .right = -1 };
		if (n + 2 > max || gw_rng_below(rng, 8) == 0)
			continue;
		s[i].value = draw(rng, many);
		s[i].feature = (int64_t)gw_rng_below(rng, FEATURES);
		s[i].missing = (enum gw_missing)gw_rng_below(rng, 3);
		s[i].default_left = gw_rng_below(rng, 2) == 0;
		s[i].left = (int64_t)n++;
		s[i].right = (int64_t)n++;
	}
	return n;
}

/* What the comments of tree.h say, without ranks. */
static double
reach(const struct gw_tree_source *s, enum gw_trees_kind kind, const double *x)
{
	size_t i = 0;

	while (s[i].left != -1) {
		double v = x[s[i].feature];
		bool left, missing = isnan(v);

		if (missing && s[i].missing != GW_MISSING_NAN)
			v = 0;
		if (s[i].missing == GW_MISSING_ZERO)
			missing = fabs(v) <= 1e-35;
		if (s[i].missing == GW_MISSING_NONE)
			missing = false;
		left = kind == GW_TREES_SINGLE ? v < s[i].value : v <= s[i].value;
		i = (size_t)((missing ? s[i].default_left : left) ? s[i].left : s[i].right);
	}
	return s[i].value;
}

#define TREES	123

/*
 * Both kinds, thresholds whose numbers fit a byte and more of them than that, trees of up to five
 * levels, of six, and deeper.
 */
START_TEST(ranks_reach_the_leaves_that_a_walk_reaches)
{
	static const size_t nodes[] = { 15, 31, 63 };
	static struct gw_tree_source s[TREES][63];
	struct gw_trees *t = gw_trees_new(&alloc, (enum gw_trees_kind)(_i % 2), FEATURES);
	bool many = _i / 2 % 2 != 0;
	struct gw_rng rng;
	double x[FEATURES];

	gw_rng_seed(&rng, 7);
	for (size_t k = 0; k < TREES; k++)
		ck_assert_int_eq(gw_trees_add(t, s[k], grow(&rng, s[k], nodes[_i / 4], many),
				     NULL), 0);
	ck_assert_int_eq(gw_trees_finish(t, NULL), 0);
	for (int row = 0; row < 2000; row++) {
		double sum = 0.25;
		float single = 0.25f;

		for (size_t j = 0; j < FEATURES; j++) {
			x[j] = draw(&rng, many);
			if (gw_rng_below(&rng, 6) == 0)
				x[j] = NAN;
		}
		for (size_t k = 0; k < TREES; k++) {
			sum += reach(s[k], t->kind, x);
			single += (float)reach(s[k], t->kind, x);
		}
		ck_assert_double_eq(gw_trees_sum(t, 0.25, x),
		    t->kind == GW_TREES_SINGLE ? (double)single : sum);
	}
	gw_trees_free(t);
}
END_TEST

static void
assert_bad(const struct gw_tree_source *s, size_t n, const char *why)
{
	struct gw_trees *t = gw_trees_new(&alloc, GW_TREES_DOUBLE, 2);
	struct gw_err err = { 0 };

	ck_assert_int_eq(gw_trees_add(t, s, n, &err), GW_EDATA);
	ck_assert_msg(strstr(err.msg, why) != NULL, "%s", err.msg);
	ck_assert_uint_eq(t->n_nodes, 0);
	ck_assert_uint_eq(t->n_trees, 0);
	gw_trees_free(t);
}

#define LEAF(v) { .value = (v), .left = -1, .right = -1 }

START_TEST(what_is_no_tree_is_refused)
{
	struct gw_tree_source circle[3] = { { 0, 1, 2, 0, 0, 0 }, { 0, 0, 2, 0, 0, 0 }, LEAF(1) };
	struct gw_tree_source twice[3] = { { 0, 1, 1, 0, 0, 0 }, { 0, 2, 2, 0, 0, 0 }, LEAF(1) };
	struct gw_tree_source gone[3] = { { 0, 1, 3, 0, 0, 0 }, LEAF(1), LEAF(1) };
	struct gw_tree_source half[3] = { { 0, 1, -1, 0, 0, 0 }, LEAF(1), LEAF(1) };
	struct gw_tree_source feature[3] = { { 0, 1, 2, 2, 0, 0 }, LEAF(1), LEAF(1) };
	struct gw_tree_source nan[1] = { LEAF(NAN) }, big[1] = { LEAF(1e31) };

	assert_bad(circle, 3, "two parents");
	assert_bad(twice, 3, "two parents");
	assert_bad(gone, 3, "not among");
	assert_bad(half, 3, "not among");
	assert_bad(feature, 3, "feature 2");
	assert_bad(nan, 1, "leaf");
	assert_bad(big, 1, "leaf");
	assert_bad(nan, 0, "without a node");
}
END_TEST

/* sample_model() with trees in both heads, one of each kind. */
static struct gw_model *
model_with_trees(void)
{
	struct gw_model *m = sample_model(&alloc, "pair");
	struct gw_tree_source s[63];
	struct gw_rng rng;

	gw_rng_seed(&rng, 3);
	for (int h = 0; h < 2; h++) {
		struct gw_trees *t = gw_trees_new(&alloc, (enum gw_trees_kind)h, 2);

		for (int k = 0; k < 10; k++) {
			size_t n = grow(&rng, s, 31, false);

			for (size_t i = 0; i < n; i++)
				s[i].feature %= 2;
			ck_assert_int_eq(gw_trees_add(t, s, n, NULL), 0);
		}
		ck_assert_int_eq(gw_trees_finish(t, NULL), 0);
		m->heads[h].trees = t;
	}
	return m;
}

START_TEST(trees_come_back_from_the_file_as_they_were)
{
	struct gw_model *m = model_with_trees(), *back;
	struct gw_buf text, again;
	struct gw_rng rng;

	gw_buf_init(&text, &alloc, 0);
	gw_buf_init(&again, &alloc, 0);
	ck_assert_int_eq(gw_model_write(m, &text), 0);
	ck_assert(gw_slice_starts(gw_buf_slice(&text), "gridwire-model 2\n"));
	back = gw_model_read(&alloc, gw_buf_slice(&text), "m.gw", NULL);
	ck_assert_ptr_nonnull(back);
	ck_assert_int_eq(gw_model_write(back, &again), 0);
	ck_assert(gw_slice_eq(gw_buf_slice(&text), gw_buf_slice(&again)));
	gw_rng_seed(&rng, 5);
	for (int i = 0; i < 500; i++) {
		double x[2] = { gw_rng_unit(&rng) * 4 - 2, gw_rng_unit(&rng) * 4 - 2 };

		for (int h = 0; h < 2; h++)
			ck_assert_double_eq(gw_head_predict(m, &m->heads[h], x),
			    gw_head_predict(back, &back->heads[h], x));
	}
	gw_model_free(back);
	gw_model_free(m);
	gw_buf_fini(&text);
	gw_buf_fini(&again);
}
END_TEST

START_TEST(a_missing_value_passes_a_coefficient_of_zero)
{
	struct gw_model *m = model_with_trees();
	double x[2] = { NAN, 1 };

	m->heads[1].coef[0] = 0;
	ck_assert(isfinite(gw_head_predict(m, &m->heads[1], x)));
	gw_model_free(m);
}
END_TEST

START_TEST(a_damaged_tree_line_is_named)
{
	static const struct { const char *line, *why; } bad[] = {
		{ "=1 =2", "splits need 1" }, { "0L1 =1", "splits need 3" },
		{ "", "node 1 of 1" },
		{ "0X1 =1 =2", "node 1 of 3" }, { "L1 =1 =2", "node 1 of 3" },
		{ "0L =1 =2", "node 1 of 3" }, { "0L1 =1 =nan", "node 3 of 3" },
		{ "7L1 =1 =2", "feature 7" }, { "99999999999999999999L1 =1 =2", "node 1 of 3" },
		{ "=1e31", "in range" }, { "0L1  =1 =2", "node 2 of 4" },
	};

	for (size_t i = 0; i < GW_N(bad); i++) {
		struct gw_trees *t = gw_trees_new(&alloc, GW_TREES_DOUBLE, 2);
		struct gw_err err = { 0 };

		ck_assert_int_eq(gw_model_trees_read(t, gw_str(bad[i].line), &err), GW_EDATA);
		ck_assert_msg(strstr(err.msg, bad[i].why) != NULL, "%s: %s", bad[i].line, err.msg);
		gw_trees_free(t);
	}
}
END_TEST

Suite *
check_tree_suite(void)
{
	Suite *s = suite_create("tree");
	TCase *t = tcase_create("tree");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_tree_reads_as_c_would_write_it);
	tcase_add_test(t, a_tie_goes_right_in_single_and_left_in_double);
	tcase_add_test(t, single_rounds_the_feature_and_the_threshold_before_it_compares);
	tcase_add_test(t, a_missing_value_goes_where_the_rule_says);
	tcase_add_loop_test(t, ranks_reach_the_leaves_that_a_walk_reaches, 0, 12);
	tcase_add_test(t, what_is_no_tree_is_refused);
	tcase_add_test(t, trees_come_back_from_the_file_as_they_were);
	tcase_add_test(t, a_missing_value_passes_a_coefficient_of_zero);
	tcase_add_test(t, a_damaged_tree_line_is_named);
	suite_add_tcase(s, t);
	return s;
}

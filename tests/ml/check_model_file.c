/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_model_file.c - write, read, write: identical; every change of the bytes is
 * noticed.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <stdlib.h>

#include "base/sha256.h"
#include "base/slice.h"
#include "ml/model.h"
#include "tests/ml/sample.h"
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

static void
write_sample(struct gw_buf *out)
{
	struct gw_model *m = sample_model(&alloc, "pair");

	gw_buf_init(out, &alloc, 0);
	ck_assert_int_eq(gw_model_write(m, out), 0);
	gw_model_free(m);
}

/* The sample with `from` replaced by `to` and a right checksum: what only the parser can notice. */
static void
edit(struct gw_buf *out, const char *from, const char *to)
{
	struct gw_buf text;
	char sum[65], *at;

	write_sample(&text);
	gw_buf_putc(&text, '\0');
	at = strstr((char *)text.ptr, from);
	ck_assert_msg(at != NULL, "the sample has no '%s'", from);
	gw_buf_init(out, &alloc, 0);
	gw_buf_put(out, text.ptr, (size_t)(at - (char *)text.ptr));
	gw_buf_puts(out, to);
	gw_buf_put(out, at + strlen(from),
	    text.len - 1 - 72 - (size_t)(at + strlen(from) - (char *)text.ptr));
	gw_sha256_hex(out->ptr, out->len, sum);
	gw_buf_printf(out, "sha256 %s\n", sum);
	gw_buf_fini(&text);
}

static void
assert_refused(const char *from, const char *to, const char *message)
{
	struct gw_err err = { 0 };
	struct gw_buf text;

	edit(&text, from, to);
	ck_assert_msg(gw_model_read(&alloc, gw_buf_slice(&text), "m.gw", &err) == NULL,
	    "'%s' for '%s' was accepted", to, from);
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_msg(strstr(err.msg, message) != NULL, "'%s' does not say '%s'", err.msg, message);
	gw_buf_fini(&text);
}

START_TEST(write_read_write_gives_the_same_bytes)
{
	struct gw_buf first, second;
	struct gw_model *m;
	struct gw_err err;
	char sum[65];

	write_sample(&first);
	m = gw_model_read(&alloc, gw_buf_slice(&first), "m.gw", &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	gw_buf_init(&second, &alloc, 0);
	ck_assert_int_eq(gw_model_write(m, &second), 0);
	ck_assert(gw_slice_eq(gw_buf_slice(&first), gw_buf_slice(&second)));
	gw_sha256_hex(first.ptr, first.len, sum);
	ck_assert_str_eq(m->sha256, sum);
	gw_model_free(m);
	gw_buf_fini(&first);
	gw_buf_fini(&second);
}
END_TEST

START_TEST(predictions_survive_the_file_bit_for_bit)
{
	struct gw_model *m = sample_model(&alloc, "pair"), *back;
	struct gw_buf text;

	gw_buf_init(&text, &alloc, 0);
	ck_assert_int_eq(gw_model_write(m, &text), 0);
	back = gw_model_read(&alloc, gw_buf_slice(&text), "m.gw", NULL);
	ck_assert_ptr_nonnull(back);
	for (int i = -50; i < 50; i++) {
		const double x[2] = { i / 7.0, i / 3.0 };

		for (size_t h = 0; h < m->n_heads; h++) {
			double a = gw_head_predict(m, &m->heads[h], x);
			double b = gw_head_predict(back, &back->heads[h], x);

			ck_assert(memcmp(&a, &b, sizeof(a)) == 0);
		}
	}
	gw_model_free(m);
	gw_model_free(back);
	gw_buf_fini(&text);
}
END_TEST

static void
write_tables(struct gw_buf *out)
{
	static const double numbers[] = { 1e-17, -0.2857142857142857, 3 };
	struct gw_model *m = sample_model(&alloc, "pair");

	gw_model_set_table(m, "three", numbers, 2);
	gw_model_set_table(m, "three", numbers, 3);
	gw_model_set_table(m, "one", numbers + 1, 1);
	gw_buf_init(out, &alloc, 0);
	ck_assert_int_eq(gw_model_write(m, out), 0);
	gw_model_free(m);
}

START_TEST(tables_are_read_as_they_were_written)
{
	struct gw_buf text, again;
	struct gw_model *m;

	write_tables(&text);
	ck_assert(gw_slice_starts(gw_buf_slice(&text), "gridwire-model 4\n"));
	m = gw_model_read(&alloc, gw_buf_slice(&text), "m.gw", NULL);
	ck_assert_ptr_nonnull(m);
	ck_assert_uint_eq(m->n_tables, 2);
	ck_assert_uint_eq(gw_model_table(m, "three")->n, 3);
	ck_assert(gw_model_table(m, "three")->v[1] == -0.2857142857142857);
	ck_assert_ptr_null(gw_model_table(m, "two"));
	gw_buf_init(&again, &alloc, 0);
	ck_assert_int_eq(gw_model_write(m, &again), 0);
	ck_assert(gw_slice_eq(gw_buf_slice(&text), gw_buf_slice(&again)));
	gw_model_free(m);
	gw_buf_fini(&text);
	gw_buf_fini(&again);
}
END_TEST

START_TEST(every_prefix_is_refused)
{
	struct gw_buf text;

	write_sample(&text);
	for (size_t n = 0; n < text.len; n++) {
		struct gw_err err = { 0 };

		ck_assert_ptr_null(gw_model_read(&alloc, (struct gw_slice){ (char *)text.ptr, n },
		    "m", &err));
		ck_assert(err.code == GW_EDATA || err.code == GW_ECORRUPT);
	}
	gw_buf_fini(&text);
}
END_TEST

START_TEST(every_flipped_bit_is_refused)
{
	struct gw_buf text;

	write_sample(&text);
	for (size_t i = 0; i < text.len * 8; i += 5) {
		struct gw_err err = { 0 };

		text.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
		ck_assert_ptr_null(gw_model_read(&alloc, gw_buf_slice(&text), "m", &err));
		ck_assert(err.code == GW_EDATA || err.code == GW_ECORRUPT);
		text.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	gw_buf_fini(&text);
}
END_TEST

START_TEST(the_checksum_is_that_of_the_lines_above_it)
{
	struct gw_buf text;
	char sum[65];

	write_sample(&text);
	gw_sha256_hex(text.ptr, text.len - 72, sum);
	ck_assert_int_eq(memcmp(text.ptr + text.len - 65, sum, 64), 0);
	gw_buf_fini(&text);
}
END_TEST

START_TEST(another_file_is_no_model)
{
	struct gw_err err = { 0 };

	ck_assert_ptr_null(gw_model_read(&alloc, gw_str("not a model\n"), "x", &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_str_eq(err.msg,
	    "x: not a gridwire model (it does not begin with 'gridwire-model ')");
}
END_TEST

START_TEST(errors_name_file_line_and_field)
{
	assert_refused("version 3", "version 0", "m.gw:3: version: not a whole number from 1");
	assert_refused("feature_set pair", "feature_set p/r", "m.gw:4: feature_set: not a name");
	assert_refused("scale 0.3", "scale -0.3", "m.gw:15: scale: not above zero");
	assert_refused("mean 0.2", "mean nan", "mean: number 1 of 1 is missing, no number");
	assert_refused("edges -4.5 -3.5", "edges -3.5 -4.5", "m.gw:16: edges: not ascending");
	assert_refused("share 0.1", "share 1.1", "share: not in [0, 1]");
	assert_refused("feature clock", "feature lead", "feature: lead is here twice");
	assert_refused("head home_score linear", "head home_win linear",
	    "head: home_win is here twice");
	assert_refused("home_win logistic", "home_win forest", "neither logistic nor linear");
	assert_refused("intercept 0.25", "intercept 1e101", "beyond 1e100");
	assert_refused("coef 10.5 0", "coef 10.5", "coef: number 2 of 2 is missing");
	assert_refused("coef 10.5 0", "coef 10.5 0 1", "coef: more than 2 numbers");
	assert_refused("heads 2", "heads 3", "head is missing here");
	assert_refused("heads 2", "heads 9", "heads: not a whole number from 1 to 8");
	assert_refused("features 2", "features 100000",
	    "features: not a whole number from 1 to 512");
	assert_refused("metrics 2", "metrics 1", "lines after the last metric");
	assert_refused("seed 7\n", "", "seed is missing here; the line is 'rows 1000'");
	assert_refused("feature_hash a", "feature_hash A",
	    "feature_hash: not 64 hexadecimal digits");
	assert_refused("trained_on 2019-2023", "trained_on \x01", "trained_on: not plain text");
}
END_TEST

START_TEST(a_newer_format_says_so)
{
	assert_refused("gridwire-model 1", "gridwire-model 5",
	    "model format 5, this program reads up to 4");
	assert_refused("gridwire-model 1", "gridwire-model x", "m.gw:1: no format number");
}
END_TEST

START_TEST(a_file_that_is_too_long_is_refused_before_it_is_read)
{
	size_t n = GW_MODEL_FILE_MAX + 1;
	char *text = malloc(n);
	struct gw_err err;

	memset(text, 'x', n);
	ck_assert_ptr_null(gw_model_read(&alloc, (struct gw_slice){ text, n }, "m", &err));
	ck_assert_int_eq(err.code, GW_ELIMIT);
	free(text);
}
END_TEST

START_TEST(what_no_file_can_hold_is_not_written)
{
	struct gw_model *m = sample_model(&alloc, "pair");
	struct gw_buf out;

	gw_buf_init(&out, &alloc, 0);
	m->heads[0].coef[1] = 0.0 / 0.0;
	ck_assert_int_eq(gw_model_write(m, &out), GW_EINVAL);
	m->heads[0].coef[1] = 1;
	m->version = 0;
	ck_assert_int_eq(gw_model_write(m, &out), GW_EINVAL);
	m->version = 1;
	m->trained_on[4] = '\n';
	ck_assert_int_eq(gw_model_write(m, &out), GW_EINVAL);
	m->trained_on[4] = '-';
	m->features[0].scale = 0;
	ck_assert_int_eq(gw_model_write(m, &out), GW_EINVAL);
	ck_assert_uint_eq(out.len, 0);
	gw_model_free(m);
	gw_buf_fini(&out);
}
END_TEST

START_TEST(the_example_of_the_manual_is_a_model)
{
	char path[TEST_PATH_MAX], *page, *from, *to;
	struct gw_model *m;
	struct gw_err err;

	test_source_path("doc/model-file.md", path);
	page = test_read(path, NULL);
	from = strstr(page, "```\ngridwire-model 1\n");
	ck_assert_ptr_nonnull(from);
	from += 4;
	to = strstr(from, "```");
	ck_assert_ptr_nonnull(to);
	m = gw_model_read(&alloc, (struct gw_slice){ from, (size_t)(to - from) },
	    "doc/model-file.md", &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	ck_assert_str_eq(m->name, "pair");
	gw_model_free(m);
	free(page);
}
END_TEST

Suite *
check_model_file_suite(void)
{
	Suite *s = suite_create("ml/model_file");
	TCase *t = tcase_create("model_file");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, write_read_write_gives_the_same_bytes);
	tcase_add_test(t, predictions_survive_the_file_bit_for_bit);
	tcase_add_test(t, tables_are_read_as_they_were_written);
	tcase_add_test(t, every_prefix_is_refused);
	tcase_add_test(t, every_flipped_bit_is_refused);
	tcase_add_test(t, the_checksum_is_that_of_the_lines_above_it);
	tcase_add_test(t, another_file_is_no_model);
	tcase_add_test(t, errors_name_file_line_and_field);
	tcase_add_test(t, a_newer_format_says_so);
	tcase_add_test(t, a_file_that_is_too_long_is_refused_before_it_is_read);
	tcase_add_test(t, what_no_file_can_hold_is_not_written);
	tcase_add_test(t, the_example_of_the_manual_is_a_model);
	suite_add_tcase(s, t);
	return s;
}

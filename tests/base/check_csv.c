/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_csv.c - records out of every cut of the bytes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/csv.h"
#include "base/rng.h"
#include "tests/support/fail_alloc.h"

/* Hands out at most step bytes at a time, so that every boundary falls everywhere. */
struct drip {
	struct gw_slice	 left;
	size_t		 step;
	int		 error;		/* instead of the end */
	bool		 ended, closed;
};

static ssize_t
drip_read(void *ctx, void *buf, size_t len, struct gw_err *err)
{
	struct drip *d = ctx;
	size_t n = d->left.len < d->step ? d->left.len : d->step;

	ck_assert_uint_gt(len, 0);
	n = n < len ? n : len;
	if (n == 0 && d->error != 0)
		return gw_err_set(err, d->error, "the source failed");
	ck_assert(!d->ended);	/* nobody reads on behind the end */
	d->ended = n == 0;
	if (n > 0)
		memcpy(buf, d->left.ptr, n);
	d->left.ptr += n;
	d->left.len -= n;
	return (ssize_t)n;
}

static void
drip_close(void *ctx)
{
	struct drip *d = ctx;

	ck_assert(!d->closed);
	d->closed = true;
}

static struct fail_alloc	f;
static struct drip		drip;
static struct gw_err		err;

static struct gw_csv *
open_csv(const char *text, size_t len, size_t step)
{
	struct gw_csv *csv;

	fail_alloc_init(&f, 0);
	drip = (struct drip){ .left = { text, len }, .step = step };
	csv = gw_csv_new(&f.alloc, (struct gw_source){ drip_read, drip_close, &drip }, "t.csv");
	ck_assert_ptr_nonnull(csv);
	return csv;
}

static void
close_csv(struct gw_csv *csv)
{
	gw_csv_free(csv);
	ck_assert(drip.closed);
	ck_assert_uint_eq(f.blocks, 0);
}

/* All records as text: fields in brackets, a newline after each record. */
static int
dump(struct gw_csv *csv, char *out, size_t cap)
{
	const struct gw_slice *fields;
	size_t at = 0;
	int n;

	out[0] = '\0';
	while ((n = gw_csv_next(csv, &fields, &err)) > 0) {
		for (int i = 0; i < n; i++)
			at += (size_t)snprintf(out + at, cap - at, "[%.*s]", GW_FMT(fields[i]));
		at += (size_t)snprintf(out + at, cap - at, "\n");
		ck_assert_uint_lt(at, cap);
	}
	return n;
}

static void
assert_records(const char *text, const char *want)
{
	char got[2000];
	struct gw_csv *csv;

	for (size_t step = 1; step < 12; step++) {
		csv = open_csv(text, strlen(text), step);
		ck_assert_msg(dump(csv, got, sizeof(got)) == 0, "%s", err.msg);
		ck_assert_str_eq(got, want);
		close_csv(csv);
	}
}

static void
assert_refused(const char *text, const char *want)
{
	const struct gw_slice *fields;
	char got[2000];
	struct gw_csv *csv;

	for (size_t step = 1; step < 12; step++) {
		csv = open_csv(text, strlen(text), step);
		ck_assert_int_eq(dump(csv, got, sizeof(got)), GW_EDATA);
		ck_assert_str_eq(err.msg, want);
		(void)gw_err_set(&err, 0, "%s", "");
		ck_assert_int_eq(gw_csv_next(csv, &fields, &err), GW_EDATA);	/* and again */
		ck_assert_str_eq(err.msg, want);
		close_csv(csv);
	}
}

START_TEST(plain_records_are_split)
{
	assert_records("a,b,c\n1,2,3\n", "[a][b][c]\n[1][2][3]\n");
	assert_records("a,b\n1,2", "[a][b]\n[1][2]\n");
	assert_records("a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n");
	assert_records("a\n", "[a]\n");
	assert_records("a", "[a]\n");
	assert_records("", "");
}
END_TEST

START_TEST(empty_fields_count_and_empty_lines_do_not)
{
	assert_records(",\n,,\n", "[][]\n[][][]\n");
	assert_records("a,\n,b\n", "[a][]\n[][b]\n");
	assert_records("a,", "[a][]\n");
	assert_records("\n\na\n\r\n\nb\n\n", "[a]\n[b]\n");
	assert_records("\"\"\n", "[]\n");
	assert_records("\r\n", "");
}
END_TEST

START_TEST(quoted_fields_may_hold_anything)
{
	assert_records("\"a,b\",\"c\"\"d\",\"e\nf\"\r\n", "[a,b][c\"d][e\nf]\n");
	assert_records("\"\",\"\"\"\",\"\"\"\"\"\"\n", "[][\"][\"\"]\n");
	assert_records("\"a\r\nb\",c\n\"d\"", "[a\r\nb][c]\n[d]\n");
	assert_records("x,\"y\"\r\nz,\"w\"", "[x][y]\n[z][w]\n");
	assert_records(" \t, a b \n", "[ \t][ a b ]\n");
}
END_TEST

START_TEST(a_byte_order_mark_is_no_part_of_the_first_name)
{
	assert_records("\xef\xbb\xbf" "a,b\n", "[a][b]\n");
	assert_records("\xef\xbb\xbf\"a\",b\n", "[a][b]\n");
	assert_records("\xef\xbb" "a\n", "[\xef\xbb" "a]\n");
	assert_records("\xef\xbb\xbf", "");
}
END_TEST

START_TEST(malformed_records_are_refused_with_their_line)
{
	assert_refused("a\nb\"c\n", "t.csv:2: a quote inside a field that does not begin with one");
	assert_refused("a\n\"b\"c\n", "t.csv:2: text behind the closing quote of a field");
	assert_refused("a\n\"b\"\rc", "t.csv:2: a carriage return behind a quoted field");
	assert_refused("a\n\nx,\"b\n\n\n", "t.csv:3: a quoted field that never ends");
	assert_refused("\"a\nb\n\",\"c\"d", "t.csv:3: text behind the closing quote of a field");
	assert_refused("\"", "t.csv:1: a quoted field that never ends");
}
END_TEST

START_TEST(the_line_is_where_the_record_began)
{
	const char *text = "a\n\n\"b\nc\",d\r\n\ne\n";
	static const size_t want[] = { 1, 3, 6 };
	const struct gw_slice *fields;
	struct gw_csv *csv;

	csv = open_csv(text, strlen(text), 3);
	for (size_t i = 0; i < GW_N(want); i++) {
		ck_assert_int_gt(gw_csv_next(csv, &fields, &err), 0);
		ck_assert_uint_eq(gw_csv_line(csv), want[i]);
	}
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), 0);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), 0);
	close_csv(csv);
}
END_TEST

START_TEST(an_error_of_the_source_comes_through_and_stays)
{
	const struct gw_slice *fields;
	struct gw_csv *csv = open_csv("a,b\nc,d", 7, 2);

	drip.error = GW_ECORRUPT;
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), 2);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), GW_ECORRUPT);
	ck_assert_str_eq(err.msg, "the source failed");
	ck_assert_int_eq(gw_csv_next(csv, &fields, NULL), GW_ECORRUPT);
	close_csv(csv);
}
END_TEST

START_TEST(a_field_of_almost_the_limit_is_read_and_a_longer_one_refused)
{
	const struct gw_slice *fields;
	size_t len = GW_CSV_RECORD_MAX - 1;
	char *text = malloc(len + 2);
	struct gw_csv *csv;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', len + 2);
	text[len] = '\n';
	csv = open_csv(text, len + 1, 100000);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), 1);
	ck_assert_uint_eq(fields[0].len, len);
	ck_assert_mem_eq(fields[0].ptr, text, len);
	close_csv(csv);
	text[len] = 'x';
	text[0] = '"';
	csv = open_csv(text, len + 2, 100000);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), GW_ELIMIT);
	ck_assert_str_eq(err.msg,
	    "t.csv:1: a record longer than a mebibyte; is a quote not closed?");
	close_csv(csv);
	free(text);
}
END_TEST

START_TEST(too_many_fields_are_refused)
{
	char text[GW_CSV_FIELDS_MAX + 2];
	const struct gw_slice *fields;
	struct gw_csv *csv;

	memset(text, ',', sizeof(text));
	csv = open_csv(text, GW_CSV_FIELDS_MAX - 1, 1000);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), GW_CSV_FIELDS_MAX);
	close_csv(csv);
	csv = open_csv(text, GW_CSV_FIELDS_MAX, 1000);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), GW_ELIMIT);
	ck_assert_str_eq(err.msg, "t.csv:1: more fields than 4096");
	close_csv(csv);
}
END_TEST

static void
put_random_record(struct gw_rng *r, struct gw_buf *out)
{
	static const char letters[] = "ab,\"\n\r x";
	size_t n = 1 + (size_t)gw_rng_below(r, 6);
	char field[12];

	for (size_t i = 0; i < n; i++) {
		struct gw_slice s = { field, (size_t)gw_rng_below(r, sizeof(field)) };

		for (size_t j = 0; j < s.len; j++)
			field[j] = letters[gw_rng_below(r, sizeof(letters) - 1)];
		gw_csv_put(out, s);
	}
	gw_csv_end(out);
}

/* Write random records, read them, write them again: the same bytes. */
START_TEST(what_is_written_reads_back)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	const struct gw_slice *fields;
	struct gw_buf out, again;
	struct gw_rng r;
	struct gw_csv *csv;
	int n;

	gw_buf_init(&out, &alloc, 0);
	gw_buf_init(&again, &alloc, 0);
	for (uint64_t seed = 0; seed < 300; seed++) {
		gw_rng_seed(&r, seed);
		gw_buf_clear(&out);
		gw_buf_clear(&again);
		for (int i = 0; i < 8; i++)
			put_random_record(&r, &out);
		csv = open_csv((char *)out.ptr, out.len, 1 + seed % 50);
		while ((n = gw_csv_next(csv, &fields, &err)) > 0) {
			for (int i = 0; i < n; i++)
				gw_csv_put(&again, fields[i]);
			gw_csv_end(&again);
		}
		ck_assert_msg(n == 0, "%s", err.msg);
		ck_assert(gw_slice_eq(gw_buf_slice(&out), gw_buf_slice(&again)));
		close_csv(csv);
	}
	gw_buf_fini(&out);
	gw_buf_fini(&again);
}
END_TEST

START_TEST(a_field_like_a_byte_order_mark_reads_back)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	const struct gw_slice *fields;
	struct gw_csv *csv;
	struct gw_buf out;

	gw_buf_init(&out, &alloc, 0);
	gw_csv_put(&out, gw_str("\xef\xbb\xbf" "a"));
	gw_csv_end(&out);
	csv = open_csv((char *)out.ptr, out.len, 100);
	ck_assert_int_eq(gw_csv_next(csv, &fields, &err), 1);
	ck_assert(gw_slice_is(fields[0], "\xef\xbb\xbf" "a"));
	close_csv(csv);
	gw_buf_fini(&out);
}
END_TEST

START_TEST(fields_are_quoted_only_where_needed)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf out;

	gw_buf_init(&out, &alloc, 0);
	gw_csv_put(&out, gw_str(""));
	gw_csv_put(&out, gw_str(""));
	gw_csv_put(&out, gw_str("a b"));
	gw_csv_put(&out, gw_str("c,d"));
	gw_csv_put(&out, gw_str("\"e\""));
	gw_csv_put(&out, gw_str("f\n"));
	gw_csv_put(&out, (struct gw_slice){ NULL, 0 });
	gw_csv_end(&out);
	gw_csv_put(&out, gw_str("g"));
	gw_csv_end(&out);
	gw_buf_putc(&out, '\0');
	ck_assert_str_eq((char *)out.ptr, "\"\",,a b,\"c,d\",\"\"\"e\"\"\",\"f\n\",\ng\n");
	gw_buf_fini(&out);
}
END_TEST

Suite *
check_csv_suite(void)
{
	Suite *s = suite_create("base/csv");
	TCase *tc = tcase_create("csv");

	tcase_add_test(tc, plain_records_are_split);
	tcase_add_test(tc, empty_fields_count_and_empty_lines_do_not);
	tcase_add_test(tc, quoted_fields_may_hold_anything);
	tcase_add_test(tc, a_byte_order_mark_is_no_part_of_the_first_name);
	tcase_add_test(tc, malformed_records_are_refused_with_their_line);
	tcase_add_test(tc, the_line_is_where_the_record_began);
	tcase_add_test(tc, an_error_of_the_source_comes_through_and_stays);
	tcase_add_test(tc, a_field_of_almost_the_limit_is_read_and_a_longer_one_refused);
	tcase_add_test(tc, too_many_fields_are_refused);
	tcase_add_test(tc, what_is_written_reads_back);
	tcase_add_test(tc, a_field_like_a_byte_order_mark_reads_back);
	tcase_add_test(tc, fields_are_quoted_only_where_needed);
	suite_add_tcase(s, tc);
	return s;
}

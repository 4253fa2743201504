/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_metrics.c - the text that Prometheus reads. tests/it/metrics.sh has promtool's
 * word on whole pages.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <math.h>

#include "apps/http/metrics.h"
#include "base/slice.h"

static struct gw_alloc memory;
static struct gw_buf out;

static void
setup(void)
{
	memory = gw_alloc_libc(0);
	gw_buf_init(&out, &memory, 0);
}

static void
teardown(void)
{
	gw_buf_fini(&out);
	ck_assert_uint_eq(memory.used, 0);
}

static const char *
text(void)
{
	gw_buf_putc(&out, '\0');
	out.len--;
	ck_assert_int_eq(out.err, 0);
	return (const char *)out.ptr;
}

START_TEST(a_label_escapes_what_would_end_it)
{
	gw_metrics_label(&out, "reason", gw_str("a \"b\\c\"\nd"));
	ck_assert_str_eq(text(), "reason=\"a \\\"b\\\\c\\\"\\nd\"");
}
END_TEST

START_TEST(a_value_has_help_type_and_number)
{
	gw_metrics_one(&out, "gw_x_total", "counter", "Xs.", 1e15);
	gw_metrics_value(&out, "gw_y", "a=\"b\"", NAN);
	ck_assert_str_eq(text(), "# HELP gw_x_total Xs.\n# TYPE gw_x_total counter\n"
	    "gw_x_total 1000000000000000\ngw_y{a=\"b\"} NaN\n");
}
END_TEST

START_TEST(a_histogram_is_in_seconds_from_1_us_to_10_s)
{
	static struct gw_hist us;

	memset(&us, 0, sizeof(us));
	gw_hist_add(&us, 1);
	gw_hist_add(&us, 1500);
	gw_hist_add(&us, 60000000);
	gw_metrics_hist(&out, "h", "s=\"a\"", &us);
	ck_assert_ptr_nonnull(strstr(text(), "h_bucket{s=\"a\",le=\"0.000001\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_bucket{s=\"a\",le=\"0.001\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_bucket{s=\"a\",le=\"0.002\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_bucket{s=\"a\",le=\"10\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_bucket{s=\"a\",le=\"+Inf\"} 3\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_sum{s=\"a\"} 60.001501\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_count{s=\"a\"} 3\n"));
	gw_buf_clear(&out);
	gw_metrics_hist(&out, "h", NULL, &us);
	ck_assert_ptr_nonnull(strstr(text(), "h_bucket{le=\"5\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text(), "h_count 3\n"));
}
END_TEST

static bool
never(void *arg)
{
	(void)arg;
	return false;
}

START_TEST(who_is_not_ready_says_so_and_is_healthy)
{
	struct gw_metrics m = { .ready = never };
	struct gw_http_request q = { .path = "/readyz" };
	struct gw_http_reply r = { .made = &out };

	ck_assert(gw_metrics_answer(&m, &q, &r));
	ck_assert_int_eq(r.status, 503);
	memcpy(q.path, "/healthz", 9);
	ck_assert(gw_metrics_answer(&m, &q, &r));
	ck_assert_int_eq(r.status, 200);
	memcpy(q.path, "/metrics", 9);
	ck_assert(!gw_metrics_answer(&m, &q, &r));	/* there are none */
}
END_TEST

Suite *
check_metrics_suite(void)
{
	Suite *s = suite_create("metrics");
	TCase *t = tcase_create("metrics");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_label_escapes_what_would_end_it);
	tcase_add_test(t, a_value_has_help_type_and_number);
	tcase_add_test(t, a_histogram_is_in_seconds_from_1_us_to_10_s);
	tcase_add_test(t, who_is_not_ready_says_so_and_is_healthy);
	suite_add_tcase(s, t);
	return s;
}

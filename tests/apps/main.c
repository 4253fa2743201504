/* SPDX-License-Identifier: MIT
 *
 * tests/apps/main.c - every suite of apps, as TAP on stdout.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(check_chart_suite());
	int failed;

	srunner_add_suite(sr, check_board_suite());
	srunner_add_suite(sr, check_demo_suite());
	srunner_add_suite(sr, check_espn_source_suite());
	srunner_add_suite(sr, check_feed_suite());
	srunner_add_suite(sr, check_format_suite());
	srunner_add_suite(sr, check_http_suite());
	srunner_add_suite(sr, check_input_suite());
	srunner_add_suite(sr, check_kafka_suite());
	srunner_add_suite(sr, check_loop_suite());
	srunner_add_suite(sr, check_memory_suite());
	srunner_add_suite(sr, check_metrics_suite());
	srunner_add_suite(sr, check_page_suite());
	srunner_add_suite(sr, check_properties_suite());
	srunner_add_suite(sr, check_range_suite());
	srunner_add_suite(sr, check_run_suite());
	srunner_add_suite(sr, check_score_suite());
	srunner_add_suite(sr, check_score_lines_suite());
	srunner_add_suite(sr, check_service_suite());
	srunner_add_suite(sr, check_sink_csv_suite());
	srunner_add_suite(sr, check_table_suite());
	srunner_add_suite(sr, check_trial_suite());
	srunner_add_suite(sr, check_verbs_suite());
	srunner_add_suite(sr, check_web_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

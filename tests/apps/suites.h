/* SPDX-License-Identifier: MIT
 *
 * tests/apps/suites.h - the suites of this module; main.c runs them all.
 */
#ifndef GW_TEST_APPS_SUITES_H
#define GW_TEST_APPS_SUITES_H

#include <check.h>

Suite	*check_board_suite(void);
Suite	*check_chart_suite(void);
Suite	*check_chart_suite(void);
Suite	*check_demo_suite(void);
Suite	*check_espn_source_suite(void);
Suite	*check_feed_suite(void);
Suite	*check_format_suite(void);
Suite	*check_http_suite(void);
Suite	*check_input_suite(void);
Suite	*check_kafka_suite(void);
Suite	*check_loop_suite(void);
Suite	*check_memory_suite(void);
Suite	*check_metrics_suite(void);
Suite	*check_page_suite(void);
Suite	*check_properties_suite(void);
Suite	*check_range_suite(void);
Suite	*check_run_suite(void);
Suite	*check_score_suite(void);
Suite	*check_score_lines_suite(void);
Suite	*check_service_suite(void);
Suite	*check_sink_csv_suite(void);
Suite	*check_table_suite(void);
Suite	*check_trial_suite(void);
Suite	*check_verbs_suite(void);
Suite	*check_web_suite(void);

#endif

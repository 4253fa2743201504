/* SPDX-License-Identifier: MIT
 *
 * tests/broker/main.c - all suites of src/broker.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>

#include "tests/broker/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(NULL);
	int failed;

	srunner_add_suite(sr, check_map_suite());
	srunner_add_suite(sr, check_segment_suite());
	srunner_add_suite(sr, check_plog_suite());
	srunner_add_suite(sr, check_recovery_suite());
	srunner_add_suite(sr, check_producer_state_suite());
	srunner_add_suite(sr, check_meta_suite());
	srunner_add_suite(sr, check_topic_config_suite());
	srunner_add_suite(sr, check_group_suite());
	srunner_add_suite(sr, check_ngroup_suite());
	srunner_add_suite(sr, check_requests_suite());
	srunner_add_suite(sr, check_group_requests_suite());
	srunner_add_suite(sr, check_txn_suite());
	srunner_add_suite(sr, check_txn_requests_suite());
	srunner_add_suite(sr, check_admin_requests_suite());
	srunner_add_suite(sr, check_broker_suite());
	srunner_add_suite(sr, check_memory_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

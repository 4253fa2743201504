/* SPDX-License-Identifier: MIT
 *
 * tests/client/main.c - all suites of src/client.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>

#include "tests/client/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(NULL);
	int failed;

	srunner_add_suite(sr, check_configuration_suite());
	srunner_add_suite(sr, check_partitioner_suite());
	srunner_add_suite(sr, check_assignor_suite());
	srunner_add_suite(sr, check_conn_suite());
	srunner_add_suite(sr, check_silence_suite());
	srunner_add_suite(sr, check_outbox_suite());
	srunner_add_suite(sr, check_producer_suite());
	srunner_add_suite(sr, check_txn_suite());
	srunner_add_suite(sr, check_consumer_suite());
	srunner_add_suite(sr, check_group_suite());
	srunner_add_suite(sr, check_group_consumer_suite());
	srunner_add_suite(sr, check_login_suite());
	srunner_add_suite(sr, check_admin_suite());
	srunner_add_suite(sr, check_admin_changes_suite());
	srunner_add_suite(sr, check_memory_suite());
	srunner_add_suite(sr, check_nomem_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

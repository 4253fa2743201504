/* SPDX-License-Identifier: MIT
 *
 * tests/ml/main.c - every suite of ml, as TAP on stdout.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(check_bootstrap_suite());
	int failed;

	srunner_add_suite(sr, check_drift_suite());
	srunner_add_suite(sr, check_foreign_suite());
	srunner_add_suite(sr, check_gbdt_suite());
	srunner_add_suite(sr, check_linear_suite());
	srunner_add_suite(sr, check_logistic_suite());
	srunner_add_suite(sr, check_matrix_suite());
	srunner_add_suite(sr, check_metrics_suite());
	srunner_add_suite(sr, check_model_suite());
	srunner_add_suite(sr, check_model_file_suite());
	srunner_add_suite(sr, check_nomem_suite());
	srunner_add_suite(sr, check_registry_suite());
	srunner_add_suite(sr, check_scaler_suite());
	srunner_add_suite(sr, check_sequential_suite());
	srunner_add_suite(sr, check_td_logistic_suite());
	srunner_add_suite(sr, check_tree_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

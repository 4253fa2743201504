/* SPDX-License-Identifier: MIT
 *
 * tests/ml/suites.h - the suites of this module; main.c runs them all.
 */
#ifndef GW_TEST_ML_SUITES_H
#define GW_TEST_ML_SUITES_H

#include <check.h>

Suite	*check_bootstrap_suite(void);
Suite	*check_drift_suite(void);
Suite	*check_foreign_suite(void);
Suite	*check_gbdt_suite(void);
Suite	*check_linear_suite(void);
Suite	*check_logistic_suite(void);
Suite	*check_matrix_suite(void);
Suite	*check_metrics_suite(void);
Suite	*check_model_suite(void);
Suite	*check_model_file_suite(void);
Suite	*check_nomem_suite(void);
Suite	*check_registry_suite(void);
Suite	*check_scaler_suite(void);
Suite	*check_sequential_suite(void);
Suite	*check_td_logistic_suite(void);
Suite	*check_tree_suite(void);

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/base/suites.h - the suites of this module; main.c runs them all.
 */
#ifndef GW_TEST_BASE_SUITES_H
#define GW_TEST_BASE_SUITES_H

#include <check.h>

Suite	*check_alloc_suite(void);
Suite	*check_arena_suite(void);
Suite	*check_base64_suite(void);
Suite	*check_buf_suite(void);
Suite	*check_cli_suite(void);
Suite	*check_csv_suite(void);
Suite	*check_env_suite(void);
Suite	*check_err_suite(void);
Suite	*check_fs_suite(void);
Suite	*check_fs_sync_suite(void);
Suite	*check_hist_suite(void);
Suite	*check_json_read_suite(void);
Suite	*check_json_write_suite(void);
Suite	*check_log_suite(void);
Suite	*check_net_suite(void);
Suite	*check_nomem_suite(void);
Suite	*check_number_suite(void);
Suite	*check_pattern_suite(void);
Suite	*check_pool_suite(void);
Suite	*check_proc_suite(void);
Suite	*check_rng_suite(void);
Suite	*check_secret_suite(void);
Suite	*check_sha256_suite(void);
Suite	*check_slice_suite(void);
Suite	*check_source_suite(void);
Suite	*check_utf8_suite(void);

#endif

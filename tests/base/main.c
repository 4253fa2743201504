/* SPDX-License-Identifier: MIT
 *
 * tests/base/main.c - every suite of base, as TAP on stdout.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(check_alloc_suite());
	int failed;

	srunner_add_suite(sr, check_arena_suite());
	srunner_add_suite(sr, check_base64_suite());
	srunner_add_suite(sr, check_buf_suite());
	srunner_add_suite(sr, check_cli_suite());
	srunner_add_suite(sr, check_csv_suite());
	srunner_add_suite(sr, check_env_suite());
	srunner_add_suite(sr, check_err_suite());
	srunner_add_suite(sr, check_fs_suite());
	srunner_add_suite(sr, check_fs_sync_suite());
	srunner_add_suite(sr, check_hist_suite());
	srunner_add_suite(sr, check_json_read_suite());
	srunner_add_suite(sr, check_json_write_suite());
	srunner_add_suite(sr, check_log_suite());
	srunner_add_suite(sr, check_net_suite());
	srunner_add_suite(sr, check_nomem_suite());
	srunner_add_suite(sr, check_number_suite());
	srunner_add_suite(sr, check_pattern_suite());
	srunner_add_suite(sr, check_pool_suite());
	srunner_add_suite(sr, check_proc_suite());
	srunner_add_suite(sr, check_rng_suite());
	srunner_add_suite(sr, check_secret_suite());
	srunner_add_suite(sr, check_sha256_suite());
	srunner_add_suite(sr, check_slice_suite());
	srunner_add_suite(sr, check_source_suite());
	srunner_add_suite(sr, check_utf8_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

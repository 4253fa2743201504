/* SPDX-License-Identifier: MIT
 *
 * tests/wire/main.c - all suites of src/wire.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>

#include "tests/wire/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(NULL);
	int failed;

	srunner_add_suite(sr, check_varint_suite());
	srunner_add_suite(sr, check_codec_suite());
	srunner_add_suite(sr, check_api_suite());
	srunner_add_suite(sr, check_sasl_suite());
	srunner_add_suite(sr, check_schema_suite());
	srunner_add_suite(sr, check_roundtrip_suite());
	srunner_add_suite(sr, check_frames_suite());
	srunner_add_suite(sr, check_dump_suite());
	srunner_add_suite(sr, check_compress_suite());
	srunner_add_suite(sr, check_record_batch_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

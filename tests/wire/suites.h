/* SPDX-License-Identifier: MIT
 *
 * tests/wire/suites.h - one suite a file.
 */
#ifndef GW_TEST_WIRE_SUITES_H
#define GW_TEST_WIRE_SUITES_H

#include <check.h>

Suite	*check_api_suite(void);
Suite	*check_codec_suite(void);
Suite	*check_compress_suite(void);
Suite	*check_dump_suite(void);
Suite	*check_frames_suite(void);
Suite	*check_record_batch_suite(void);
Suite	*check_roundtrip_suite(void);
Suite	*check_sasl_suite(void);
Suite	*check_schema_suite(void);
Suite	*check_varint_suite(void);

#endif

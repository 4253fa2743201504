/* SPDX-License-Identifier: MIT
 *
 * tests/wire/suites.h - one suite a file.
 */
#ifndef GW_TEST_WIRE_SUITES_H
#define GW_TEST_WIRE_SUITES_H

#include <check.h>

Suite	*check_roundtrip_suite(void);
Suite	*check_schema_suite(void);

#endif

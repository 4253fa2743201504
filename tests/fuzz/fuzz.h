/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz.h - what every fuzzer shares: libFuzzer's entry, and a check that no build drops.
 */
#ifndef GW_TEST_FUZZ_H
#define GW_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() that NDEBUG cannot switch off. */
#define FUZZ_CHECK(x) \
	do { \
		if (!(x)) { \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); \
			abort(); \
		} \
	} while (0)

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_lightgbm.c - LightGBM's text.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz_foreign.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_foreign(data, size);
}

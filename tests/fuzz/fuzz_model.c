/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_model.c - the model file. The input is read twice: as it is, and as the lines
 * above a checksum that is put right, since otherwise nothing behind the checksum would ever be
 * reached. What is accepted is written and read again to the same bytes, and predicts no NaN.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "base/sha256.h"
#include "base/slice.h"
#include "ml/model.h"

#define MEMORY_MAX ((size_t)64 << 20)

static void
check_model(struct gw_alloc *alloc, const struct gw_model *m)
{
	struct gw_buf first, second;
	struct gw_model *again;
	static double x[GW_MODEL_FEATURES_MAX];

	for (size_t j = 0; j < m->n_features; j++)
		x[j] = j % 2 == 0 ? 3600 : -999;
	for (size_t h = 0; h < m->n_heads; h++)
		FUZZ_CHECK(isfinite(gw_head_predict(m, &m->heads[h], x)));
	gw_buf_init(&first, alloc, 0);
	gw_buf_init(&second, alloc, 0);
	FUZZ_CHECK(gw_model_write(m, &first) == 0);
	again = gw_model_read(alloc, gw_buf_slice(&first), "again", NULL);
	FUZZ_CHECK(again != NULL);
	FUZZ_CHECK(gw_model_write(again, &second) == 0);
	FUZZ_CHECK(gw_slice_eq(gw_buf_slice(&first), gw_buf_slice(&second)));
	gw_model_free(again);
	gw_buf_fini(&second);
	gw_buf_fini(&first);
}

static void
read_once(struct gw_alloc *alloc, struct gw_slice text)
{
	struct gw_err err = { 0 };
	struct gw_model *m = gw_model_read(alloc, text, "input", &err);

	if (m == NULL)
		FUZZ_CHECK(err.code == GW_EDATA || err.code == GW_ECORRUPT ||
		    err.code == GW_ELIMIT);
	else
		check_model(alloc, m);
	gw_model_free(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_buf summed;
	char sum[65];

	read_once(&alloc, (struct gw_slice){ (const char *)data, size });
	gw_buf_init(&summed, &alloc, 0);
	gw_buf_put(&summed, data, size);
	gw_sha256_hex(data, size, sum);
	gw_buf_printf(&summed, "sha256 %s\n", sum);
	FUZZ_CHECK(summed.err == 0);
	read_once(&alloc, gw_buf_slice(&summed));
	gw_buf_fini(&summed);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}

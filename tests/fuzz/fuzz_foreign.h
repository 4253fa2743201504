/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_foreign.h - what holds for every file of another library: it is refused with a
 * reason, or becomes a model that can be written, and answers numbers for any row.
 */
#ifndef GW_TEST_FUZZ_FOREIGN_H
#define GW_TEST_FUZZ_FOREIGN_H

#include <math.h>

#include "base/slice.h"
#include "ml/foreign.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_MEMORY_MAX ((size_t)256 << 20)

static inline void
fuzz_model_of(struct gw_foreign *f)
{
	static const double row[3] = { 0, NAN, -1e300 };
	struct gw_model *m = gw_model_new(f->alloc, f->n_features, NULL);
	static double x[GW_MODEL_FEATURES_MAX];
	static size_t map[GW_MODEL_FEATURES_MAX];
	bool whole = true;

	FUZZ_CHECK(m != NULL);
	for (size_t j = 0; j < f->n_features; j++) {
		map[j] = j;
		FUZZ_CHECK(f->names[j].ptr != NULL);
	}
	for (size_t i = 0; i < f->n_heads; i++) {
		whole = gw_foreign_move(f, i, m, i, map, NULL) == 0;
		if (!whole)
			break;
		for (size_t j = 0; j < f->n_features; j++)
			x[j] = m->heads[i].trees != NULL ? row[j % 3] : 1;
		FUZZ_CHECK(isfinite(gw_head_predict(m, &m->heads[i], x)));
	}
	gw_model_free(m);
}

static inline int
fuzz_foreign(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(FUZZ_MEMORY_MAX);
	struct gw_foreign f;
	struct gw_err err = { 0 };
	int rc = gw_foreign_read(&f, &alloc, (struct gw_slice){ (const char *)data, size }, "input",
	    &err);

	if (rc != 0) {
		FUZZ_CHECK(rc == GW_EDATA || rc == GW_ELIMIT || rc == GW_ENOMEM);
		FUZZ_CHECK(err.code == rc && gw_slice_starts(gw_str(err.msg), "input: "));
	} else {
		fuzz_model_of(&f);
		gw_foreign_free(&f);
	}
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/ml/sample.h - 60 rows that any language can make: numbers of a linear congruential
 * generator. The expected values in the tests came from scikit-learn 1.2.1 (numpy, float64) on the
 * same rows:
 *
 *   s = 1; next: s = (s * 1103515245 + 12345) mod 2^31, value (s >> 8) % 1000 / 100 - 5
 *   per row: x0, x1, x2 = next; x3 = x0 - 2 x1 + 1; won = x0 - x2 + next > 0; score = 2 x0 + 3 x2 +
 * next
 */
#ifndef GW_TEST_SAMPLE_H
#define GW_TEST_SAMPLE_H

#include "ml/matrix.h"
#include "ml/model.h"

#define SAMPLE_ROWS	60
#define SAMPLE_COLUMNS	4	/* the last is a combination of the first two */

struct sample {
	struct gw_alloc		alloc;
	struct gw_matrix	x;
	double			won[SAMPLE_ROWS], score[SAMPLE_ROWS];
};

void	sample_init(struct sample *s);
void	sample_fini(struct sample *s);
/* A complete model of two features, a head of each family and two metrics, version 3. */
struct gw_model	*sample_model(struct gw_alloc *alloc, const char *name);

#define assert_near(got, want, tolerance) \
	ck_assert_msg((got) - (want) <= (tolerance) && (want) - (got) <= (tolerance), \
	    "%s is %.17g, not %.17g", #got, (double)(got), (double)(want))

#endif

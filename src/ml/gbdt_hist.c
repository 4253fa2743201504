/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt_hist.c - histograms: for each bin of each feature the sums of g and h over the rows in
 * it.
 *
 * Both sums are in one 64-bit number while a block of rows is added up, g above and h below 2^32,
 * so that a row costs one addition a feature. 32,768 rows fit without either running over. Blocks
 * are then added to pairs of 64-bit numbers. All of it is whole numbers: any order gives the
 * same.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/gbdt_int.h"

#define BLOCK_ROWS	32768
#define SHARED_ROWS_MIN	8192	/* fewer are not worth waking threads */

static uint64_t
packed_of(const uint8_t *record)
{
	int16_t g;
	uint16_t h;

	memcpy(&g, record, sizeof(g));
	memcpy(&h, record + 2, sizeof(h));
	return ((uint64_t)(int64_t)g << 32) + h;
}

static void
add_rows(const struct gw_grower *w, const uint32_t *rows, size_t n, uint64_t *packed)
{
	const struct gw_bins *bins = &w->bins;
	const uint32_t *at = bins->at;
	size_t d = bins->d;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *record = gw_record(&w->train, rows[i]);
		uint64_t v = packed_of(record);
		size_t j = 0;

		record += GW_RECORD_HEAD;
		for (; j + 4 <= d; j += 4) {
			packed[at[j] + record[j]] += v;
			packed[at[j + 1] + record[j + 1]] += v;
			packed[at[j + 2] + record[j + 2]] += v;
			packed[at[j + 3] + record[j + 3]] += v;
		}
		for (; j < d; j++)
			packed[at[j] + record[j]] += v;
	}
}

/* The lower half is h; taken off, the upper one is g. */
static void
flush(uint64_t *packed, struct gw_sums *sums, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint32_t h = (uint32_t)packed[k], g = (uint32_t)(packed[k] >> 32);

		sums[k].h += h;
		sums[k].g += g < 0x80000000u ? (int64_t)g : (int64_t)g - 0x100000000;
		packed[k] = 0;
	}
}

static void
add_range(const struct gw_grower *w, size_t begin, size_t end, uint64_t *packed,
    struct gw_sums *sums)
{
	memset(sums, 0, w->bins.total * sizeof(*sums));
	while (begin < end) {
		size_t n = end - begin < BLOCK_ROWS ? end - begin : BLOCK_ROWS;

		add_rows(w, w->order + begin, n, packed);
		flush(packed, sums, w->bins.total);
		begin += n;
	}
}

struct range {
	const struct gw_grower	*w;
	size_t			 begin, end;
	struct gw_sums		*out;
};

static void
add_share(void *arg, unsigned i, unsigned size)
{
	const struct range *r = arg;
	size_t begin, end;

	gw_pool_share(r->end - r->begin, i, size, &begin, &end);
	add_range(r->w, r->begin + begin, r->begin + end, r->w->work[i].packed,
	    i == 0 ? r->out : r->w->work[i].sums);
}

void
gw_histogram(struct gw_grower *w, size_t begin, size_t end, struct gw_sums *out)
{
	struct range r = { w, begin, end, out };

	if (end - begin < SHARED_ROWS_MIN) {
		add_range(w, begin, end, w->work[0].packed, out);
		return;
	}
	gw_pool_run(w->fit->pool, add_share, &r);
	for (unsigned i = 1; i < gw_pool_size(w->fit->pool); i++)
		for (size_t k = 0; k < w->bins.total; k++) {
			out[k].g += w->work[i].sums[k].g;
			out[k].h += w->work[i].sums[k].h;
		}
}

/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt_bins.c - where to cut each feature: between all different values when they are few,
 * else so that every bin has about as many rows.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <float.h>
#include <math.h>

#include "ml/gbdt_int.h"

#define AT_ONCE 4	/* columns gathered in one pass: they lie side by side */

static float
single(double v)
{
	if (v > (double)FLT_MAX)
		return FLT_MAX;
	if (v < -(double)FLT_MAX)
		return -FLT_MAX;
	return (float)v;
}

/* Whole numbers in the order of the floats, -0 and 0 being one. */
static uint32_t
key_of(float v)
{
	uint32_t bits;

	v += 0.0f;
	memcpy(&bits, &v, sizeof(bits));
	return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static float
value_of(uint32_t key)
{
	uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/*
 * Ascending, by up to four passes over a byte each: one that all share needs none. Returns where
 * the result is, a or b.
 */
static const uint32_t *
sort_keys(uint32_t *a, uint32_t *b, size_t n)
{
	size_t counts[4][256] = { { 0 } };

	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 4; k++)
			counts[k][a[i] >> 8 * k & 255]++;
	for (unsigned k = 0; k < 4 && n > 0; k++) {
		size_t *at = counts[k], sum = 0;
		uint32_t *swap = a;

		if (at[a[0] >> 8 * k & 255] == n)
			continue;
		for (size_t v = 0; v < 256; v++) {
			sum += at[v];
			at[v] = sum - at[v];
		}
		for (size_t i = 0; i < n; i++)
			b[at[a[i] >> 8 * k & 255]++] = a[i];
		a = b;
		b = swap;
	}
	return a;
}

/* A number above low and not above high; halfway if there is one. */
static float
between(uint32_t low, uint32_t high)
{
	float a = value_of(low), b = value_of(high), middle = a + (b - a) / 2;

	return middle > a && middle <= b ? middle : b;
}

/* Cuts of a sorted column; returns the number of bins. */
static uint16_t
cut(const uint32_t *keys, size_t n, float *cuts)
{
	size_t n_values = n > 0, n_cuts = 0, in_bin = 0, left_rows = n;
	bool each;

	for (size_t i = 1; i < n; i++)
		n_values += keys[i] != keys[i - 1];
	each = n_values <= GW_BINS_MAX;
	for (size_t i = 1; i < n && n_cuts < GW_BINS_MAX - 1; i++) {
		in_bin++;
		/* As many rows as what is left has for each bin that is left. */
		if (keys[i] == keys[i - 1] ||
		    (!each && in_bin * (GW_BINS_MAX - n_cuts) < left_rows))
			continue;
		cuts[n_cuts++] = between(keys[i - 1], keys[i]);
		left_rows -= in_bin;
		in_bin = 0;
	}
	return (uint16_t)(n_cuts + 1);
}

struct make {
	const struct gw_matrix	*x;
	struct gw_bins		*bins;
	uint32_t		*keys;		/* (threads, 1 + AT_ONCE, n) */
};

static void
make_share(void *arg, unsigned share, unsigned size)
{
	const struct make *m = arg;
	const struct gw_matrix *x = m->x;
	uint32_t *sorted = m->keys + (1 + AT_ONCE) * share * x->n, *keys = sorted + x->n;
	size_t begin, end;

	gw_pool_share(x->d, share, size, &begin, &end);
	for (size_t j = begin; j < end; j += AT_ONCE) {
		size_t n[AT_ONCE] = { 0 }, some = end - j < AT_ONCE ? end - j : AT_ONCE;

		for (size_t i = 0; i < x->n; i++)
			for (size_t k = 0; k < some; k++) {
				double v = x->x[i * x->d + j + k];

				keys[k * x->n + n[k]] = key_of(single(v));
				n[k] += (size_t)!isnan(v);
			}
		for (size_t k = 0; k < some; k++)
			m->bins->n[j + k] = cut(sort_keys(keys + k * x->n, sorted, n[k]), n[k],
			    m->bins->cuts + (j + k) * GW_BINS_MAX);
	}
}

int
gw_bins_make(struct gw_grower *w, struct gw_err *err)
{
	const struct gw_matrix *x = w->fit->train.x;
	struct gw_bins *bins = &w->bins;
	struct make m = { .x = x, .bins = bins };

	m.keys = gw_alloc_zero(w->alloc, (1 + AT_ONCE) * gw_pool_size(w->fit->pool),
	    x->n * sizeof(*m.keys));
	bins->d = x->d;
	bins->cuts = gw_alloc_zero(w->alloc, x->d * GW_BINS_MAX, sizeof(*bins->cuts));
	if (m.keys != NULL && bins->cuts != NULL)
		gw_pool_run(w->fit->pool, make_share, &m);
	gw_alloc_free(w->alloc, m.keys);
	if (m.keys == NULL || bins->cuts == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for %zu rows", x->n);
	for (size_t j = 0; j < x->d; j++)
		bins->at[j + 1] = bins->at[j] + bins->n[j] + 1u;
	bins->total = bins->at[x->d];
	return 0;
}

/* The number of cuts that are not above x, without a branch on the data. */
static uint8_t
bin_of(const struct gw_bins *bins, size_t j, double x)
{
	const float *cuts = bins->cuts + j * GW_BINS_MAX;
	size_t at = 0, n = bins->n[j] - 1u;
	float v = isnan(x) ? 0 : single(x);

	while (n > 0) {
		size_t half = (n + 1) / 2;

		at += cuts[at + half - 1] <= v ? half : 0;
		n -= half;
	}
	return (uint8_t)(isnan(x) ? bins->n[j] : at);
}

struct apply {
	const struct gw_bins	*bins;
	const struct gw_matrix	*x;
	struct gw_records	*out;
	uint8_t			*columns;
};

static void
apply_share(void *arg, unsigned i, unsigned size)
{
	const struct apply *a = arg;
	size_t begin, end;

	gw_pool_share(a->x->n, i, size, &begin, &end);
	for (size_t row = begin; row < end; row++) {
		uint8_t *record = gw_record(a->out, row);

		for (size_t j = 0; j < a->x->d; j++) {
			uint8_t bin = bin_of(a->bins, j, a->x->x[row * a->x->d + j]);

			record[GW_RECORD_HEAD + j] = bin;
			if (a->columns != NULL)
				a->columns[j * a->x->n + row] = bin;
		}
	}
}

int
gw_bins_apply(struct gw_grower *w, const struct gw_matrix *x, struct gw_records *out,
    uint8_t *columns, struct gw_err *err)
{
	struct apply a = { &w->bins, x, out, columns };

	out->n = x->n;
	out->stride = (GW_RECORD_HEAD + x->d + 3) / 4 * 4;
	out->bytes = gw_alloc_zero(w->alloc, x->n, out->stride);
	if (out->bytes == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for %zu rows", x->n);
	gw_pool_run(w->fit->pool, apply_share, &a);
	return 0;
}

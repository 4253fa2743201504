/* SPDX-License-Identifier: MIT
 *
 * ml/gbdt_loss.c - gradients as fixed-point numbers. The sigmoid comes from a table with linear
 * interpolation: its error is below 1e-6, a thirtieth of the rounding to 16 bits that follows.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <math.h>

#include "ml/gbdt_int.h"
#include "ml/math.h"

#define TABLE_END	16		/* of margins; beyond it p is within 2e-7 of 0 or 1 */
#define TABLE_STEPS	128		/* a unit */
#define TABLE_N		(2 * TABLE_END * TABLE_STEPS + 2)
#define G_MAX		32767
#define H_MAX		65535

int
gw_loss_init(struct gw_grower *w, struct gw_err *err)
{
	if (w->fit->loss == GW_LOSS_SQUARED)
		return 0;
	w->sigmoid = gw_alloc_zero(w->alloc, TABLE_N, sizeof(*w->sigmoid));
	if (w->sigmoid == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory");
	for (int i = 0; i < TABLE_N; i++)
		w->sigmoid[i] = (float)gw_sigmoid((double)i / TABLE_STEPS - TABLE_END);
	w->g_unit = 1.0 / G_MAX;
	w->h_unit = 0.25 / H_MAX;
	return 0;
}

static void
put_gradient(uint8_t *record, int32_t g, int32_t h)
{
	int16_t g16 = (int16_t)g;
	uint16_t h16 = (uint16_t)h;

	memcpy(record, &g16, sizeof(g16));
	memcpy(record + 2, &h16, sizeof(h16));
}

static void
logistic_share(void *arg, unsigned share, unsigned size)
{
	const struct gw_grower *w = arg;
	const double *y = w->fit->train.y;
	size_t begin, end;

	gw_pool_share(w->train.n, share, size, &begin, &end);
	for (size_t i = begin; i < end; i++) {
		float f = w->train_margin[i], at, p, g;
		int32_t k;

		f = f > TABLE_END ? TABLE_END : f < -TABLE_END ? -TABLE_END : f;
		at = (f + TABLE_END) * TABLE_STEPS;
		k = (int32_t)at;
		p = w->sigmoid[k] + (at - (float)k) * (w->sigmoid[k + 1] - w->sigmoid[k]);
		/* Rounded to the nearest: the cast cuts, so the number is made positive first. */
		g = (p - (float)y[i]) * G_MAX + 32768.5f;
		put_gradient(gw_record(&w->train, i), (int32_t)g - 32768,
		    (int32_t)(p * (1 - p) * 4 * H_MAX + 0.5f));
	}
}

/* The gradient of the squared loss, cut where the loss is linear. */
static double
residual(const struct gw_gbdt *fit, double f, double y)
{
	double g = f - y;

	if (fit->delta > 0 && fabs(g) > fit->delta)
		g = g > 0 ? fit->delta : -fit->delta;
	return g;
}

static void
squared_share(void *arg, unsigned share, unsigned size)
{
	const struct gw_grower *w = arg;
	double per_unit = 1 / w->g_unit;
	size_t begin, end;

	gw_pool_share(w->train.n, share, size, &begin, &end);
	for (size_t i = begin; i < end; i++) {
		double g = residual(w->fit, (double)w->train_margin[i], w->fit->train.y[i]);

		put_gradient(gw_record(&w->train, i), (int32_t)(g * per_unit + 32768.5) - 32768, 1);
	}
}

void
gw_loss_gradients(struct gw_grower *w)
{
	double most = 1e-30;

	if (w->fit->loss == GW_LOSS_LOGISTIC) {
		gw_pool_run(w->fit->pool, logistic_share, w);
		return;
	}
	if (w->fit->delta > 0)
		most = w->fit->delta;
	for (size_t i = 0; i < w->train.n && w->fit->delta == 0; i++) {
		double g = fabs(residual(w->fit, (double)w->train_margin[i],
		    w->fit->train.y[i]));

		if (g > most)
			most = g;
	}
	w->g_unit = most / G_MAX;
	w->h_unit = 1;
	gw_pool_run(w->fit->pool, squared_share, w);
}

/* ln(1 + exp(-|f|)) needs no clipping, whatever f. */
static double
logistic_loss(double f, double y)
{
	double low = f > 0 ? 0 : -f;

	return low + gw_log1p(gw_exp(f > 0 ? -f : f)) + (1 - y) * f;
}

double
gw_loss_mean(const struct gw_gbdt *fit, const struct gw_gbdt_rows *rows, const float *margin)
{
	double sum = 0;

	for (size_t i = 0; i < rows->x->n; i++) {
		double f = (double)margin[i], e = f - rows->y[i];
		double g = residual(fit, f, rows->y[i]);

		sum += fit->loss == GW_LOSS_LOGISTIC ? logistic_loss(f, rows->y[i]) :
						       g * e - g * g / 2;
	}
	return sum / (double)rows->x->n;
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/sample.h"

#include <check.h>

static double
next(uint32_t *s)
{
	*s = (*s * UINT32_C(1103515245) + 12345) & 0x7fffffff;
	return (*s >> 8) % 1000 / 100.0 - 5;
}

void
sample_init(struct sample *s)
{
	uint32_t seed = 1;

	s->alloc = gw_alloc_libc(0);
	gw_matrix_init(&s->x, &s->alloc, SAMPLE_COLUMNS);
	for (size_t i = 0; i < SAMPLE_ROWS; i++) {
		double *x = gw_matrix_add(&s->x);

		ck_assert_ptr_nonnull(x);
		for (size_t j = 0; j < 3; j++)
			x[j] = next(&seed);
		x[3] = x[0] - 2 * x[1] + 1;
		s->won[i] = x[0] - x[2] + next(&seed) > 0;
		s->score[i] = 2 * x[0] + 3 * x[2] + next(&seed);
	}
}

void
sample_fini(struct sample *s)
{
	gw_matrix_fini(&s->x);
	ck_assert_uint_eq(s->alloc.used, 0);
}

static void
fill_features(struct gw_model *m)
{
	static const char *const names[] = { "lead", "clock" };

	for (size_t j = 0; j < 2; j++) {
		struct gw_model_feature *f = &m->features[j];

		strcpy(f->name, names[j]);
		f->mean = 0.1 * (double)(j + 1);
		f->scale = 1.0 / 3;
		for (size_t b = 0; b < GW_MODEL_BINS; b++)
			f->share[b] = 0.1;
		for (size_t b = 0; b < GW_MODEL_BINS - 1; b++)
			f->edges[b] = (double)b - 4.5;
	}
}

struct gw_model *
sample_model(struct gw_alloc *alloc, const char *name)
{
	struct gw_model *m = gw_model_new(alloc, 2, NULL);

	if (m == NULL)
		return NULL;
	strcpy(m->name, name);
	m->version = 3;
	strcpy(m->feature_set, "pair");
	memset(m->feature_hash, 'a', 64);
	strcpy(m->trained_on, "2019-2023");
	m->seed = 7;
	m->n_rows = 1000;
	m->n_groups = 10;
	fill_features(m);
	m->n_heads = 2;
	strcpy(m->heads[0].name, "home_win");
	m->heads[0].family = GW_LOGISTIC;
	m->heads[0].intercept = 0.25;
	m->heads[0].coef[0] = 1e-17;
	m->heads[0].coef[1] = -2.0 / 7;
	strcpy(m->heads[1].name, "home_score");
	m->heads[1].family = GW_LINEAR;
	m->heads[1].intercept = 23;
	m->heads[1].coef[0] = 10.5;
	m->heads[1].coef[1] = 0;
	gw_model_metric(m, "log_loss", 0.48722066403056247);
	gw_model_metric(m, "brier", 0.16);
	return m;
}

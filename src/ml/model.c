/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/model.h"

#include <assert.h>

#include "ml/math.h"

static const char *const family_names[GW_N_FAMILIES] = { "logistic", "linear" };

const char *
gw_family_name(enum gw_family f)
{
	return family_names[f];
}

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == '.' || c == '-';
}

bool
gw_model_name_ok(struct gw_slice name)
{
	if (name.len == 0 || name.len >= GW_MODEL_NAME_MAX || name.ptr[0] == '.' ||
	    name.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!name_char(name.ptr[i]))
			return false;
	return true;
}

struct gw_model *
gw_model_new(struct gw_alloc *alloc, size_t n_features, struct gw_err *err)
{
	struct gw_model *m;
	double *coef;

	assert(n_features > 0 && n_features <= GW_MODEL_FEATURES_MAX);
	/* One allocation: the model, its features, the coefficients of all heads. */
	m = gw_alloc_zero(alloc, 1, sizeof(*m) + n_features * sizeof(*m->features) +
	    GW_MODEL_HEADS_MAX * n_features * sizeof(*coef));
	if (m == NULL) {
		gw_err_set(err, GW_ENOMEM, "out of memory for a model of %zu features", n_features);
		return NULL;
	}
	m->alloc = alloc;
	m->n_features = n_features;
	m->features = (struct gw_model_feature *)(m + 1);
	coef = (double *)(m->features + n_features);
	for (size_t h = 0; h < GW_MODEL_HEADS_MAX; h++)
		m->heads[h].coef = coef + h * n_features;
	for (size_t j = 0; j < n_features; j++)
		m->features[j].scale = 1;
	return m;
}

void
gw_model_free(struct gw_model *m)
{
	if (m == NULL)
		return;
	for (size_t h = 0; h < GW_MODEL_HEADS_MAX; h++)
		gw_trees_free(m->heads[h].trees);
	gw_alloc_free(m->alloc, m->bands);
	gw_alloc_free(m->alloc, m);
}

int
gw_model_add_bands(struct gw_model *m, struct gw_err *err)
{
	m->bands = gw_alloc_zero(m->alloc, 1, sizeof(*m->bands));
	return m->bands != NULL ? 0 : gw_err_set(err, GW_ENOMEM, "out of memory for bands");
}

const struct gw_head *
gw_model_head(const struct gw_model *m, const char *name)
{
	for (size_t h = 0; h < m->n_heads; h++)
		if (strcmp(m->heads[h].name, name) == 0)
			return &m->heads[h];
	return NULL;
}

void
gw_model_metric(struct gw_model *m, const char *name, double value)
{
	size_t i = 0;

	assert(gw_model_name_ok(gw_str(name)));
	while (i < m->n_metrics && strcmp(m->metrics[i].name, name) != 0)
		i++;
	if (i == GW_MODEL_METRICS_MAX)
		return;
	if (i == m->n_metrics)
		memcpy(m->metrics[m->n_metrics++].name, name, strlen(name) + 1);
	m->metrics[i].value = value;
}

void
gw_model_set_table(struct gw_model *m, const char *name, const double *v, size_t n)
{
	size_t i = 0;

	while (i < m->n_tables && strcmp(m->tables[i].name, name) != 0)
		i++;
	assert(gw_model_name_ok(gw_str(name)) && n > 0 && n <= GW_MODEL_TABLE_MAX);
	assert(i < GW_MODEL_TABLES_MAX);
	if (i == m->n_tables)
		memcpy(m->tables[m->n_tables++].name, name, strlen(name) + 1);
	m->tables[i].n = n;
	memcpy(m->tables[i].v, v, n * sizeof(*v));
}

const struct gw_model_table *
gw_model_table(const struct gw_model *m, const char *name)
{
	for (size_t i = 0; i < m->n_tables; i++)
		if (strcmp(m->tables[i].name, name) == 0)
			return &m->tables[i];
	return NULL;
}

static double
predict_trees(const struct gw_model *m, const struct gw_head *h, const double *x)
{
	double f = h->intercept;

	for (size_t j = 0; j < m->n_features; j++)
		if (h->coef[j] != 0)
			f += h->coef[j] * ((x[j] - m->features[j].mean) / m->features[j].scale);
	f = gw_trees_sum(h->trees, f, x);
	return h->family == GW_LOGISTIC ? gw_sigmoid(f) : f;
}

double
gw_head_predict(const struct gw_model *m, const struct gw_head *h, const double *x)
{
	double f = h->intercept;

	if (h->trees != NULL)
		return predict_trees(m, h, x);
	for (size_t j = 0; j < m->n_features; j++)
		f += h->coef[j] * ((x[j] - m->features[j].mean) / m->features[j].scale);
	return h->family == GW_LOGISTIC ? gw_sigmoid(f) : f;
}

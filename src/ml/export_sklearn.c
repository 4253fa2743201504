/* SPDX-License-Identifier: MIT
 *
 * ml/export_sklearn.c - linear heads as the document that import_sklearn.c describes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/json.h"
#include "ml/foreign.h"

static void
put_features(struct gw_json_out *w, const struct gw_model *m)
{
	gw_json_key(w, "features");
	gw_json_array(w);
	for (size_t j = 0; j < m->n_features; j++)
		gw_json_str(w, gw_str(m->features[j].name));
	gw_json_array_end(w);
	gw_json_key(w, "mean");
	gw_json_array(w);
	for (size_t j = 0; j < m->n_features; j++)
		gw_json_num(w, m->features[j].mean);
	gw_json_array_end(w);
	gw_json_key(w, "scale");
	gw_json_array(w);
	for (size_t j = 0; j < m->n_features; j++)
		gw_json_num(w, m->features[j].scale);
	gw_json_array_end(w);
}

static void
put_head(struct gw_json_out *w, const struct gw_model *m, const struct gw_head *h)
{
	gw_json_key(w, h->name);
	gw_json_object(w);
	gw_json_kv_str(w, "model",
	    h->family == GW_LOGISTIC ? GW_LIT("LogisticRegression") : GW_LIT("LinearRegression"));
	gw_json_kv_num(w, "intercept", h->intercept);
	gw_json_key(w, "coef");
	gw_json_array(w);
	for (size_t j = 0; j < m->n_features; j++)
		gw_json_num(w, h->coef[j]);
	gw_json_array_end(w);
	gw_json_object_end(w);
}

int
gw_export_sklearn(const struct gw_model *m, struct gw_buf *out, struct gw_err *err)
{
	struct gw_json_out w;
	size_t n = 0;

	for (size_t h = 0; h < m->n_heads; h++)
		n += m->heads[h].trees == NULL;
	if (n == 0)
		return gw_err_set(err, GW_EDATA, "every head has trees; export one for XGBoost");
	gw_json_begin(&w, out);
	gw_json_object(&w);
	put_features(&w, m);
	gw_json_key(&w, "heads");
	gw_json_object(&w);
	for (size_t h = 0; h < m->n_heads; h++)
		if (m->heads[h].trees == NULL)
			put_head(&w, m, &m->heads[h]);
	gw_json_object_end(&w);
	gw_json_object_end(&w);
	gw_buf_putc(out, '\n');
	return out->err == 0 ? 0 : gw_err_set(err, out->err, "out of memory");
}

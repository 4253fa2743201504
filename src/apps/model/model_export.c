/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_exchange.h"

#include "base/slice.h"
#include "ml/foreign.h"
#include "ml/registry.h"

/* --head, or the only head with trees, or none: all that are linear. */
static int
choose_head(const struct gw_exchange *x, const struct gw_model *m, const struct gw_head **out,
    struct gw_err *err)
{
	const char *known[GW_MODEL_HEADS_MAX];
	const char *near;

	*out = NULL;
	for (size_t h = 0; h < m->n_heads; h++) {
		known[h] = m->heads[h].name;
		if (x->head == NULL && m->heads[h].trees != NULL && *out == NULL)
			*out = &m->heads[h];
	}
	if (x->head == NULL || (*out = gw_model_head(m, x->head)) != NULL)
		return 0;
	near = gw_nearest(x->head, known, sizeof(known[0]), m->n_heads);
	return gw_err_set(err, GW_EINVAL, "%s has no head %s%s%s", x->what, x->head,
	    near != NULL ? ", did you mean " : "", near != NULL ? near : "");
}

static int
write_as(const struct gw_exchange *x, const struct gw_model *m, struct gw_buf *out,
    struct gw_err *err)
{
	const struct gw_head *h;
	int rc = choose_head(x, m, &h, err);

	if (rc != 0)
		return rc;
	if (x->format == NULL)
		return h != NULL && h->trees != NULL ? gw_export_xgboost(m, h, out, err) :
						       gw_export_sklearn(m, out, err);
	if (strcmp(x->format, "sklearn") == 0)
		return gw_export_sklearn(m, out, err);
	if (strcmp(x->format, "xgboost") != 0)
		return gw_err_set(err, GW_EINVAL, "no format \"%s\"; there are xgboost and sklearn",
		    x->format);
	return gw_export_xgboost(m, h != NULL ? h : &m->heads[0], out, err);
}

int
gw_exchange_export(const struct gw_exchange *x, struct gw_err *err)
{
	struct gw_model *m = gw_registry_load(x->app->env, x->models, x->what, err);
	struct gw_buf text;
	int rc;

	if (m == NULL)
		return err->code;
	gw_buf_init(&text, x->app->env->alloc, 0);
	rc = write_as(x, m, &text, err);
	if (rc == 0 && x->out != NULL)
		rc = gw_fs_replace(x->app->env->fs, x->out, gw_buf_slice(&text), err);
	else if (rc == 0)
		gw_buf_put(&x->app->out, text.ptr, text.len);
	gw_buf_fini(&text);
	gw_model_free(m);
	return rc;
}

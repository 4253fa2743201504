/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/web_get.h"

#include "apps/app.h"
#include "client/transport.h"

struct gw_web {
	struct gw_env			*env;
	const struct gw_web_way		*way;
	void				*ctx;
};

enum gw_web_by
gw_web_by_name(const char *name)
{
	if (name != NULL && strcmp(name, "curl") == 0)
		return GW_WEB_BY_CURL;
	return name != NULL && strcmp(name, "built-in") == 0 ? GW_WEB_BY_US : GW_WEB_BY_BUILD;
}

/* As curl reads them: http_proxy in small letters only, for CGI's sake. */
static bool
has_proxy(void)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
		"ALL_PROXY", "http_proxy" };

	for (size_t i = 0; i < GW_N(names); i++) {
		const char *value = gw_app_getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return true;
	}
	return false;
}

struct gw_web *
gw_web_new(struct gw_env *env, struct gw_proc *proc, enum gw_web_by by)
{
	struct gw_web *w = gw_alloc_zero(env->alloc, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	if (by == GW_WEB_BY_BUILD)
		by = gw_web_by_name(gw_app_getenv("GRIDWIRE_FETCH"));
	if (by == GW_WEB_BY_BUILD)
		by = gw_tls_built_in() && !has_proxy() ? GW_WEB_BY_US : GW_WEB_BY_CURL;
	w->env = env;
	w->way = by == GW_WEB_BY_US ? &gw_web_own : &gw_web_curl;
	w->ctx = by == GW_WEB_BY_US ? gw_web_own_new(env) : gw_web_curl_new(env, proc);
	if (w->ctx != NULL)
		return w;
	gw_alloc_free(env->alloc, w);
	return NULL;
}

void
gw_web_free(struct gw_web *w)
{
	if (w == NULL)
		return;
	w->way->free(w->ctx);
	gw_alloc_free(w->env->alloc, w);
}

int
gw_web_get(struct gw_web *w, const struct gw_web_request *q, struct gw_err *err)
{
	return w->way->get(w->ctx, q, err);
}

int
gw_web_fd(const struct gw_web *w, short *events, int64_t *deadline_us)
{
	return w->way->fd(w->ctx, events, deadline_us);
}

int
gw_web_take(struct gw_web *w, struct gw_web_answer *out, struct gw_err *err)
{
	return w->way->take(w->ctx, out, err);
}

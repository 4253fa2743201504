/* SPDX-License-Identifier: MIT
 *
 * client/login_setup.c - who we are, out of the configuration.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/login.h"

#include "base/secret.h"
#include "client/internal.h"
#include "client/jaas.h"

static int
no_memory(struct gw_err *err)
{
	return gw_err_set(err, GW_ENOMEM, "login: %s", gw_strerror(GW_ENOMEM));
}

static int
take_jaas(struct gw_client *c, struct gw_err *err)
{
	static const char *const names[] = { "PlainLoginModule", "ScramLoginModule",
		"OAuthBearerLoginModule" };
	enum gw_sasl_mechanism m = c->login.mechanism;
	enum gw_jaas_module wanted = m == GW_SASL_PLAIN ? GW_JAAS_PLAIN :
	    m == GW_SASL_OAUTHBEARER ? GW_JAAS_OAUTHBEARER : GW_JAAS_SCRAM;
	struct gw_jaas j;
	int rc = gw_jaas_read(&j, c->cfg.sasl_jaas_config, c->env->alloc, err);

	if (rc == 0 && j.module != wanted)
		rc = gw_err_set(err, GW_EINVAL, "sasl.jaas.config has %s, but sasl.mechanism=%s "
		    "needs %s", names[j.module], gw_sasl_name(m), names[wanted]);
	if (rc == 0) {
		c->login.user = j.user;
		c->login.password = j.password;
		j.user = j.password = NULL;
	}
	gw_jaas_fini(&j, c->env->alloc);
	return rc;
}

static int
take_keys(struct gw_client *c, struct gw_err *err)
{
	const struct gw_client_config *cfg = &c->cfg;

	if (cfg->sasl_username[0] != '\0') {
		c->login.user = gw_alloc_str(c->env->alloc, gw_str(cfg->sasl_username));
		if (c->login.user == NULL)
			return no_memory(err);
	}
	if (cfg->sasl_password[0] != '\0') {
		c->login.password = gw_alloc_str(c->env->alloc, gw_str(cfg->sasl_password));
		if (c->login.password == NULL)
			return no_memory(err);
	}
	return 0;
}

/* "file:///path" or "file:/path". */
static int
take_token_url(struct gw_client *c, struct gw_err *err)
{
	struct gw_slice url = gw_str(c->cfg.sasl_token_url);
	size_t skip = gw_slice_starts(url, "file:///") ? 7 : 5;

	if (url.len == 0)
		return 0;
	if (!gw_slice_starts(url, "file:/"))
		return gw_err_set(err, GW_EINVAL, "sasl.oauthbearer.token.endpoint.url=%s: only "
		    "file:///path is read", c->cfg.sasl_token_url);
	c->login.token_path = gw_alloc_str(
	    c->env->alloc, (struct gw_slice){ url.ptr + skip, url.len - skip });
	return c->login.token_path == NULL ? no_memory(err) : 0;
}

static int
check_user(const struct gw_login *l, struct gw_err *err)
{
	int rc;

	if (l->user == NULL || l->password == NULL)
		return gw_err_set(err, GW_EINVAL, "sasl.mechanism=%s needs sasl.username and "
		    "sasl.password, or sasl.jaas.config",
		    gw_sasl_name(l->mechanism));
	rc = gw_sasl_check(gw_str(l->user), "sasl.username", err);
	return rc != 0 ? rc : gw_sasl_check(gw_str(l->password), "the password", err);
}

int
gw_login_setup(struct gw_client *c, struct gw_err *err)
{
	bool by_keys = c->cfg.sasl_username[0] != '\0' || c->cfg.sasl_password[0] != '\0';
	int rc = 0;

	c->login.wanted = (c->cfg.security_protocol & GW_SECURITY_SASL) != 0;
	c->login.mechanism = (enum gw_sasl_mechanism)c->cfg.sasl_mechanism;
	if (!c->login.wanted)
		return 0;
	if (c->cfg.sasl_jaas_config[0] != '\0' && by_keys)
		return gw_err_set(err, GW_EINVAL, "sasl.jaas.config and sasl.username or "
		    "sasl.password: one of them is enough");
	if (c->cfg.sasl_jaas_config[0] != '\0')
		rc = take_jaas(c, err);
	else if (c->login.mechanism != GW_SASL_OAUTHBEARER)
		rc = take_keys(c, err);
	if (rc == 0 && c->login.mechanism == GW_SASL_OAUTHBEARER)
		return take_token_url(c, err);
	return rc == 0 ? check_user(&c->login, err) : rc;
}

void
gw_login_forget(struct gw_client *c)
{
	struct gw_alloc *alloc = c->env->alloc;

	gw_secret_free(alloc, c->login.user);
	gw_secret_free(alloc, c->login.password);
	gw_alloc_free(alloc, c->login.token_path);
	c->login = (struct gw_login){ .user = NULL };
}

void
gw_on_token(struct gw_client *c, gw_token_fn *fn, void *ctx)
{
	c->login.token = fn;
	c->login.token_ctx = ctx;
}

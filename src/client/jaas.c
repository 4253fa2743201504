/* SPDX-License-Identifier: MIT
 *
 * client/jaas.c - reading a login module's line.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/jaas.h"

#include "base/secret.h"
#include "base/slice.h"

#define KEY "sasl.jaas.config: "

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(const char **at)
{
	while (is_space(**at))
		(*at)++;
}

/* Letters up to a blank, '=', ';' or the end. */
static struct gw_slice
take_word(const char **at)
{
	const char *begin;

	skip_space(at);
	begin = *at;
	while (**at != '\0' && **at != '=' && **at != ';' && !is_space(**at))
		(*at)++;
	return (struct gw_slice){ begin, (size_t)(*at - begin) };
}

/* A word, or anything in quotes with '\' before what is meant as it is. */
static int
take_value(const char **at, struct gw_alloc *alloc, char **out, struct gw_err *err)
{
	char quote = '\0', *to;

	skip_space(at);
	if (**at == '"' || **at == '\'')
		quote = *(*at)++;
	/* Never longer than what is left, so that it does not move and leave copies. */
	*out = to = gw_alloc_bytes(alloc, strlen(*at) + 1);
	if (to == NULL)
		return gw_err_set(err, GW_ENOMEM, KEY "%s", gw_strerror(GW_ENOMEM));
	while (**at != '\0' && (quote != '\0' ? **at != quote : **at != ';' && !is_space(**at))) {
		if (quote != '\0' && **at == '\\' && (*at)[1] != '\0')
			(*at)++;
		*to++ = *(*at)++;
	}
	*to = '\0';
	if (quote == '\0')
		return 0;
	if (**at != quote)
		return gw_err_set(err, GW_EINVAL, KEY "a quote (%c) has no end", quote);
	(*at)++;
	return 0;
}

static int
take_module(struct gw_jaas *j, const char **at, struct gw_err *err)
{
	static const char *const names[] = { "PlainLoginModule", "ScramLoginModule",
		"OAuthBearerLoginModule" };
	struct gw_slice class = take_word(at), flag;

	for (size_t i = 0; i < GW_N(names); i++) {
		size_t len = strlen(names[i]);

		if (class.len < len || memcmp(class.ptr + class.len - len, names[i], len) != 0)
			continue;
		j->module = (enum gw_jaas_module)i;
		flag = take_word(at);
		if (gw_slice_is(flag, "required") || gw_slice_is(flag, "requisite") ||
		    gw_slice_is(flag, "sufficient") || gw_slice_is(flag, "optional"))
			return 0;
		return gw_err_set(err, GW_EINVAL, KEY "\"required\" is missing behind %.*s",
		    GW_FMT(class));
	}
	return gw_err_set(err, GW_EINVAL,
	    KEY "it begins with PlainLoginModule, ScramLoginModule or OAuthBearerLoginModule");
}

static int
take_option(struct gw_jaas *j, const char **at, struct gw_alloc *alloc, struct gw_err *err)
{
	struct gw_slice name = take_word(at);
	char *value = NULL, **to;
	int rc;

	to = gw_slice_is(name, "username") ? &j->user :
	    gw_slice_is(name, "password") ? &j->password : NULL;
	if (**at != '=' || name.len == 0)
		return gw_err_set(err, GW_EINVAL, KEY "name=\"value\" is wanted");
	if (to == NULL || j->module == GW_JAAS_OAUTHBEARER)
		return gw_err_set(err, GW_EINVAL, KEY "%.*s is not understood%s", GW_FMT(name),
		    j->module == GW_JAAS_OAUTHBEARER ?
		    "; tokens come from sasl.oauthbearer.token.endpoint.url" : "");
	(*at)++;
	rc = take_value(at, alloc, &value, err);
	gw_secret_free(alloc, *to);
	*to = value;
	return rc;
}

int
gw_jaas_read(struct gw_jaas *j, const char *text, struct gw_alloc *alloc, struct gw_err *err)
{
	int rc;

	*j = (struct gw_jaas){ .user = NULL };
	rc = take_module(j, &text, err);
	for (skip_space(&text); rc == 0 && *text != '\0' && *text != ';'; skip_space(&text))
		rc = take_option(j, &text, alloc, err);
	return rc;
}

void
gw_jaas_fini(struct gw_jaas *j, struct gw_alloc *alloc)
{
	gw_secret_free(alloc, j->user);
	gw_secret_free(alloc, j->password);
	*j = (struct gw_jaas){ .user = NULL };
}

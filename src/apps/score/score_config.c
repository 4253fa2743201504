/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_config.h"

#include "base/slice.h"

#define KEY_MAX	64
#define KEYS_MAX 64

/* Of the command line alone: where a client is, one has Java's keys for. */
static const char *const not_ours[] = { "bootstrap-server", "property", "config-file", "debug",
	"config", "check", "stdin", "help" };

/* "batch-ms" to "gridwire.batch.ms"; false: it has no key. */
static bool
key_of(const struct gw_opt *o, char out[KEY_MAX])
{
	size_t n = strlen(GW_OUR_KEYS);

	if (o->name == NULL || n + strlen(o->name) >= KEY_MAX)
		return false;
	for (size_t i = 0; i < GW_N(not_ours); i++)
		if (strcmp(o->name, not_ours[i]) == 0)
			return false;
	memcpy(out, GW_OUR_KEYS, n);
	for (const char *p = o->name; *p != '\0'; p++)
		out[n++] = *p == '-' ? '.' : *p;
	out[n] = '\0';
	return true;
}

static int
unknown(const struct gw_score_take *t, const char *key, struct gw_err *err)
{
	char texts[KEYS_MAX][KEY_MAX];
	const char *names[KEYS_MAX], *near;
	size_t n = 0;

	for (size_t i = 0; i < t->n_opts && n < KEYS_MAX; i++)
		if (key_of(&t->opts[i], texts[n])) {
			names[n] = texts[n];
			n++;
		}
	near = gw_nearest(key, names, sizeof(names[0]), n);
	if (near == NULL)
		return gw_err_set(err, GW_EINVAL, "unknown key %s", key);
	return gw_err_set(err, GW_EINVAL, "unknown key %s, did you mean %s?", key, near);
}

static int
take_flag(const struct gw_score_take *t, int i, const char *key, const char *value,
    struct gw_err *err)
{
	if (strcmp(value, "true") == 0)
		return t->take(t->arg, i, NULL, err);
	if (strcmp(value, "false") == 0)
		return 0;
	return gw_err_set(err, GW_EINVAL, "%s=%s: true or false is wanted", key, value);
}

static int
take_ours(const struct gw_score_take *t, const char *key, const char *value, struct gw_err *err)
{
	char name[KEY_MAX];

	for (size_t i = 0; i < t->n_opts; i++) {
		if (!key_of(&t->opts[i], name) || strcmp(name, key) != 0)
			continue;
		return t->opts[i].arg == NULL ? take_flag(t, (int)i, key, value, err) :
		    t->take(t->arg, (int)i, value, err);
	}
	return unknown(t, key, err);
}

/* Java's name for what the scorer has to know, too. */
static int
take_group(const struct gw_score_take *t, const char *value, struct gw_err *err)
{
	return take_ours(t, GW_OUR_KEYS "group", value, err);
}

static int
take_one(const struct gw_score_config *c, const struct gw_score_take *t, struct gw_property *one,
    struct gw_err *err)
{
	int rc = gw_kafka_check_property(c->properties.env->alloc, one, err);
	size_t len;

	if (rc != 0)
		return rc;
	if (strncmp(one->key, GW_OUR_KEYS, strlen(GW_OUR_KEYS)) != 0)
		return strcmp(one->key, "group.id") == 0 ? take_group(t, one->value, err) : 0;
	for (len = strlen(one->value); len > 0 && strchr(" \t", one->value[len - 1]) != NULL; len--)
		one->value[len - 1] = '\0';
	return take_ours(t, one->key, one->value, err);
}

static int
take_all(struct gw_score_config *c, const struct gw_score_take *t, struct gw_err *err)
{
	struct gw_err one;
	int rc, worst = 0;

	for (size_t i = 0; i < c->properties.n; i++) {
		rc = take_one(c, t, &c->properties.list[i], &one);
		if (rc == 0)
			continue;
		gw_err_prefix(&one, "%s:%zu: ", c->path, c->properties.list[i].line);
		*err = one;
		worst = rc;
		if (t->mistake == NULL)
			return rc;
		t->mistake(t->arg, &one);
	}
	return worst;
}

int
gw_score_config_read(struct gw_score_config *c, struct gw_kafka_args *args,
    const struct gw_score_take *take, struct gw_err *err)
{
	int rc;

	gw_properties_init(&c->properties, args->app->env);
	rc = gw_properties_read(&c->properties, c->path, err);
	if (rc == 0)
		rc = take_all(c, take, err);
	else if (take->mistake != NULL)
		take->mistake(take->arg, err);
	if (rc != 0)
		return rc;
	(void)gw_buf_reserve(&args->properties, GW_PROPERTIES_MAX / 4);
	rc = gw_kafka_put_properties(&c->properties, c->path, &args->properties, err);
	if (rc != 0 && take->mistake != NULL)
		take->mistake(take->arg, err);
	return rc;
}

void
gw_score_config_fini(struct gw_score_config *c)
{
	if (c->properties.env != NULL)
		gw_properties_fini(&c->properties);
}

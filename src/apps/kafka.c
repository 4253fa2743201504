/* SPDX-License-Identifier: MIT
 *
 * apps/kafka.c - options, client and waiting, for the verbs that talk to a cluster.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/kafka.h"

#include "base/secret.h"
#include "base/slice.h"
#include "client/client.h"
#include "client/configuration.h"

#define FILE_MAX	(1u << 20)
#define NEW_TOPIC_US	10000000	/* how long a new topic may go without a leader */
#define RETRY_US	100000
#define WARN_AGAIN_US	30000000
/* What a timer of the client does just before poll() is seen this much later at worst. */
#define TURN_US		1000000

void
gw_kafka_args_init(struct gw_kafka_args *a, struct gw_app *app)
{
	memset(a, 0, sizeof(*a));
	a->app = app;
	gw_buf_init(&a->properties, app->env->alloc, FILE_MAX);
}

void
gw_kafka_args_fini(struct gw_kafka_args *a)
{
	gw_secret_buf_fini(&a->properties);
}

static int
take_property(struct gw_kafka_args *a, const char *value, struct gw_err *err)
{
	int rc;

	if (strchr(value, '=') == NULL)
		return gw_err_set(err, GW_EINVAL, "-X %s: key=value is wanted", value);
	rc = gw_properties_expand(a->app->env, gw_str(value), &a->properties, err);
	if (rc < 0)
		return rc;
	gw_buf_putc(&a->properties, '\n');
	return 1;
}

int
gw_kafka_arg(struct gw_kafka_args *a, int i, const char *value, struct gw_err *err)
{
	switch (i) {
	case GW_KAFKA_BOOTSTRAP:
		a->bootstrap = value;
		return 1;
	case GW_KAFKA_PROPERTY:
		return take_property(a, value, err);
	case GW_KAFKA_FILE:
		a->file = value;
		return 1;
	case GW_KAFKA_QUIET:
		a->quiet = true;
		return 1;
	case GW_KAFKA_VERBOSE:
		a->verbose++;
		return 1;
	case GW_KAFKA_DEBUG:
		a->verbose = 2;
		return 1;
	case GW_KAFKA_CAPTURE:
		a->capture = value;
		return 1;
	default:
		return 0;
	}
}

int
gw_kafka_options(struct gw_kafka_args *a, struct gw_cli *cli, gw_option_fn *take, void *arg,
    struct gw_err *err)
{
	const char *value;
	int i, rc;

	while ((i = gw_cli_next(cli, &value, err)) != GW_CLI_END) {
		rc = gw_kafka_arg(a, i, value, err);
		if (rc == 0)
			rc = take(arg, i, value, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* As the client reads it, with a server so that only what is in text can be wrong. */
static int
check(struct gw_alloc *alloc, struct gw_slice text, struct gw_err *err)
{
	struct gw_client_config cfg = { .bootstrap_servers = NULL };
	struct gw_arena arena;
	struct gw_buf all;
	int rc;

	gw_buf_init(&all, alloc, 0);
	(void)gw_buf_reserve(&all, text.len + 64);	/* secrets leave no copy by growing */
	gw_arena_init(&arena, alloc, 0);
	gw_buf_printf(&all, "bootstrap.servers=localhost:9092\n%.*s", GW_FMT(text));
	gw_buf_putc(&all, '\0');
	rc = all.err != 0 ? gw_err_set(err, all.err, "%s", gw_strerror(all.err)) :
	    gw_config_read(&cfg, (const char *)all.ptr, &arena, err);
	gw_config_forget(&cfg);
	gw_arena_fini(&arena);
	gw_secret_buf_fini(&all);
	return rc;
}

int
gw_kafka_check_property(struct gw_alloc *alloc, const struct gw_property *one, struct gw_err *err)
{
	struct gw_buf pair;
	int rc;

	if (one->value == NULL)
		return gw_err_set(err, GW_EINVAL, "%s", one->why);
	if (strncmp(one->key, GW_OUR_KEYS, strlen(GW_OUR_KEYS)) == 0)
		return 0;
	gw_buf_init(&pair, alloc, 0);
	(void)gw_buf_reserve(&pair, strlen(one->key) + strlen(one->value) + 2);
	gw_buf_printf(&pair, "%s=%s", one->key, one->value);
	rc = pair.err != 0 ? gw_err_set(err, pair.err, "%s", gw_strerror(pair.err)) :
	    check(alloc, gw_buf_slice(&pair), err);
	gw_secret_buf_fini(&pair);
	return rc;
}

/* The file as a whole is wrong: say on which line, if a line alone is to blame. */
static int
blame_line(struct gw_alloc *alloc, const char *path, const struct gw_properties *p,
    struct gw_err *err)
{
	struct gw_err one;

	for (size_t i = 0; i < p->n; i++)
		if (gw_kafka_check_property(alloc, &p->list[i], &one) != 0 &&
		    strcmp(one.msg, err->msg) == 0) {
			gw_err_prefix(err, "%s:%zu: ", path, p->list[i].line);
			return err->code;
		}
	gw_err_prefix(err, "%s: ", path);
	return err->code;
}

int
gw_kafka_put_properties(const struct gw_properties *p, const char *path, struct gw_buf *out,
    struct gw_err *err)
{
	struct gw_alloc *alloc = p->env->alloc;
	size_t begin = out->len;
	int rc;

	for (size_t i = 0; i < p->n; i++) {
		const struct gw_property *one = &p->list[i];

		if (one->value == NULL)
			return gw_err_set(err, GW_EINVAL, "%s:%zu: %s", path, one->line, one->why);
		if (strncmp(one->key, GW_OUR_KEYS, strlen(GW_OUR_KEYS)) != 0)
			gw_buf_printf(out, "%s=%s\n", one->key, one->value);
	}
	if (out->err != 0)
		return gw_err_set(err, out->err, "%s", gw_strerror(out->err));
	if (out->len == begin)
		return 0;
	rc = check(alloc, (struct gw_slice){ (const char *)out->ptr + begin, out->len - begin },
	    err);
	return rc == 0 ? 0 : blame_line(alloc, path, p, err);
}

static int
add_file(struct gw_kafka_args *a, struct gw_buf *out, struct gw_err *err)
{
	struct gw_properties p;
	int rc;

	gw_properties_init(&p, a->app->env);
	rc = gw_properties_read(&p, a->file, err);
	if (rc == 0) {
		(void)gw_buf_reserve(out, FILE_MAX + a->properties.len + FILE_MAX / 256);
		rc = gw_kafka_put_properties(&p, a->file, out, err);
	}
	gw_properties_fini(&p);
	return rc;
}

int
gw_kafka_config(
    struct gw_kafka_args *a, const char *defaults, struct gw_buf *out, struct gw_err *err)
{
	int rc;

	gw_app_verbosity(a->app, a->quiet, a->verbose);
	gw_buf_printf(out, "bootstrap.servers=%s\n%s\n", gw_app_bootstrap(a->app, NULL),
	    defaults == NULL ? "" : defaults);
	if (a->file != NULL && (rc = add_file(a, out, err)) != 0)
		return rc;
	gw_buf_put(out, a->properties.ptr, a->properties.len);
	if (a->bootstrap != NULL)
		gw_buf_printf(out, "bootstrap.servers=%s\n", a->bootstrap);
	gw_buf_putc(out, '\0');
	rc = out->err != 0 ? out->err : a->properties.err;
	return rc == 0 ? 0 : gw_err_set(err, rc, "%s", gw_strerror(rc));
}

/* What counts in the end, for messages and for how many refusals are all. */
static int
note_bootstrap(struct gw_kafka *k, const char *config, struct gw_err *err)
{
	struct gw_client_config cfg;
	struct gw_arena arena;
	const char *p;
	int rc;

	gw_arena_init(&arena, k->app->env->alloc, 0);
	rc = gw_config_read(&cfg, config, &arena, err);
	if (rc == 0) {
		k->bootstrap = gw_alloc_str(k->app->env->alloc, gw_str(cfg.bootstrap_servers));
		if (k->bootstrap == NULL)
			rc = gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		k->n_servers = 1;
		for (p = cfg.bootstrap_servers; *p != '\0'; p++)
			k->n_servers += *p == ',';
	}
	gw_config_forget(&cfg);
	gw_arena_fini(&arena);
	return rc;
}

int
gw_kafka_open(struct gw_kafka *k, struct gw_kafka_args *a, const char *defaults, struct gw_err *err)
{
	struct gw_env *env = a->app->env;
	struct gw_buf config;
	int rc;

	memset(k, 0, sizeof(*k));
	k->app = a->app;
	gw_buf_init(&config, env->alloc, 0);
	rc = gw_kafka_config(a, defaults, &config, err);
	if (rc == 0)
		rc = note_bootstrap(k, (const char *)config.ptr, err);
	if (rc == 0) {
		k->client = gw_client_new_env(env, (const char *)config.ptr, err);
		rc = k->client == NULL ? err->code : 0;
	}
	gw_secret_buf_fini(&config);
	if (rc == 0 && a->capture != NULL) {
		k->capture = gw_capture_new(env, a->capture, err);
		if (k->capture == NULL) {
			rc = err->code;
			gw_client_free(k->client);
			k->client = NULL;
		} else
			gw_on_frame(k->client, gw_capture_frame, k->capture);
	}
	if (rc == 0) {
		k->part = gw_part_client(k->client);
		gw_loop_init(&k->loop, env, &k->part, 1);
	} else {
		gw_alloc_free(env->alloc, (void *)(uintptr_t)k->bootstrap);
		k->bootstrap = NULL;
	}
	return rc;
}

void
gw_kafka_close(struct gw_kafka *k)
{
	struct gw_err err;

	if (k->client == NULL)
		return;
	gw_loop_fini(&k->loop);
	gw_client_free(k->client);
	gw_alloc_free(k->app->env->alloc, (void *)(uintptr_t)k->bootstrap);
	k->client = NULL;
	if (gw_capture_free(k->capture, &err) != 0)
		gw_app_say(k->app, "gridwire %s: %s", k->app->verb, err.msg);
}

static bool
is_connected(struct gw_kafka *k)
{
	struct gw_stats stats;

	if (!k->connected) {
		gw_get_stats(k->client, &stats);
		k->connected = stats.responses > 0;
	}
	return k->connected;
}

/* A broker that stays away says so at each attempt: the same words once in a while are enough. */
void
gw_kafka_warn(struct gw_kafka *k, const struct gw_err *err, bool retriable)
{
	int64_t now = gw_env_now(k->app->env).us;

	if (strcmp(k->warning, err->msg) == 0 && now < k->warned_us + WARN_AGAIN_US)
		return;
	memcpy(k->warning, err->msg, sizeof(k->warning));
	k->warned_us = now;
	gw_app_say(k->app, "gridwire %s: %s%s", k->app->verb, err->msg,
	    retriable ? "; trying again" : "");
}

int
gw_kafka_event(struct gw_kafka *k, const struct gw_event *ev, struct gw_err *err)
{
	int code = ev->err.code;

	if (ev->type != GW_EVENT_ERROR)
		return 0;
	if (code == GW_EAUTH || code == GW_EFENCED || code == GW_EUNSUPPORTED ||
	    gw_app_exit_code(code) == GW_EXIT_AUTH) {
		*err = ev->err;
		return code;
	}
	/*
	 * A broker that was there and went away comes back, so the client goes on trying. One that
	 * was never there is most likely a wrong address: say so at once.
	 */
	if (gw_app_exit_code(code) == GW_EXIT_CONNECT && !is_connected(k) &&
	    ++k->n_refusals >= k->n_servers) {
		*err = ev->err;
		return code;
	}
	if (is_connected(k))
		gw_kafka_warn(k, &ev->err, ev->retriable);
	return 0;
}

int
gw_kafka_turn(struct gw_kafka *k, int64_t deadline_us, struct gw_err *err)
{
	int64_t longest = gw_env_now(k->app->env).us + TURN_US;
	struct gw_event ev;
	int rc;

	rc = gw_loop_turn(&k->loop, deadline_us < longest ? deadline_us : longest);
	if (rc != 0 && rc != GW_EINTR)
		return gw_err_set(err, rc, "%s", gw_strerror(rc));
	while (gw_next_event(k->client, &ev) > 0)
		if ((rc = gw_kafka_event(k, &ev, err)) != 0)
			return rc;
	return 0;
}

int
gw_kafka_wait(struct gw_kafka *k, struct gw_call *call, struct gw_err *err)
{
	int rc;

	if (call == NULL) {
		*err = *gw_client_error(k->client);
		if (err->code == 0)
			gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return err->code;
	}
	while (!gw_call_done(call)) {
		if (gw_app_stopping(k->app))
			return gw_err_set(err, GW_EINTR, "interrupted");
		if ((rc = gw_kafka_turn(k, INT64_MAX, err)) != 0)
			return rc;
	}
	*err = *gw_call_error(call);
	return err->code;
}

int
gw_kafka_sleep(struct gw_kafka *k, int64_t us, struct gw_err *err)
{
	int rc = 0;

	while (rc == 0 && gw_env_now(k->app->env).us < us) {
		if (gw_app_stopping(k->app))
			return gw_err_set(err, GW_EINTR, "interrupted");
		rc = gw_kafka_turn(k, us, err);
	}
	return rc;
}

const struct gw_topic_info *
gw_kafka_find_topic(const struct gw_call *call, const char *topic)
{
	const struct gw_cluster_info *ci = gw_call_cluster_result(call);
	size_t i;

	for (i = 0; ci != NULL && i < ci->n_topics; i++)
		if (strcmp(ci->topics[i].name, topic) == 0)
			return &ci->topics[i];
	return NULL;
}

int64_t
gw_kafka_offset(const struct gw_call *call, int32_t partition)
{
	const struct gw_offsets *o = call == NULL ? NULL : gw_call_offsets_result(call);
	size_t i;

	for (i = 0; o != NULL && i < o->n_offsets; i++)
		if (o->offsets[i].partition == partition && o->offsets[i].error == 0)
			return o->offsets[i].offset;
	return -1;
}

/* Ask once: 0 and *call, *info, or Kafka's or our code; then there is no call to free. */
static int
ask_topic(struct gw_kafka *k, const char *topic, struct gw_call **call,
    const struct gw_topic_info **info, struct gw_err *err)
{
	int rc;

	*call = gw_call_cluster(k->client, topic);
	rc = gw_kafka_wait(k, *call, err);
	*info = rc == 0 ? gw_kafka_find_topic(*call, topic) : NULL;
	if (*info != NULL && (*info)->error == 0)
		return 0;
	if (rc == 0) {
		rc = *info == NULL ? GW_K_UNKNOWN_TOPIC_OR_PARTITION : (*info)->error;
		gw_err_set(err, rc, "topic \"%s\": %s", topic, gw_strerror(rc));
	}
	gw_call_free(*call);
	*call = NULL;
	return rc;
}

int
gw_kafka_topic(struct gw_kafka *k, const char *topic, struct gw_call **call,
    const struct gw_topic_info **info, struct gw_err *err)
{
	int64_t now = gw_env_now(k->app->env).us, give_up = now + NEW_TOPIC_US;
	int rc;

	while ((rc = ask_topic(k, topic, call, info, err)) == GW_K_LEADER_NOT_AVAILABLE &&
	       now < give_up) {
		if ((rc = gw_kafka_sleep(k, now + RETRY_US, err)) != 0)
			return rc;
		now = gw_env_now(k->app->env).us;
	}
	if (rc == GW_K_UNKNOWN_TOPIC_OR_PARTITION)
		return gw_err_set(err, rc, "topic \"%s\" does not exist on %s; "
		    "\"gridwire topic list\" shows what there is", topic, k->bootstrap);
	if (rc == GW_K_LEADER_NOT_AVAILABLE)
		return gw_err_set(err, rc, "topic \"%s\" has no leader on %s; are all brokers up?",
		    topic, k->bootstrap);
	return rc;
}

/* SPDX-License-Identifier: MIT
 *
 * apps/verb/cmd_broker.c - gridwire broker: the embedded broker as a program of its own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/app.h"
#include "apps/service.h"
#include "apps/http/metrics.h"
#include "apps/verbs.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "broker/broker.h"

#define DEFAULT_DIR	"./gridwire-data"
#define USERS_MAX	64	/* on one command line */
#define PASSWORD_MAX	2048	/* bytes of its file */

enum opt {
	OPT_LISTEN,
	OPT_DIR,
	OPT_FSYNC,
	OPT_INTERVAL,
	OPT_RETENTION_MS,
	OPT_RETENTION_BYTES,
	OPT_FEATURE,
	OPT_AS_VERSION,
	OPT_USER,
	OPT_PASSWORD,
	OPT_REMOVE,
	OPT_X,
	OPT_METRICS,
	OPT_QUIET,
	OPT_VERBOSE
};

static const struct gw_opt options[] = {
	[OPT_LISTEN] = { 0, "listen", "ADDR:PORT",
	    "where to listen; without users loopback only, port 0: any free one "
	    "(127.0.0.1:9092)" },
	[OPT_DIR] = { 0, "dir", "DIR", "folder of its data, made if missing (" DEFAULT_DIR ")" },
	[OPT_FSYNC] = { 0, "fsync", "WHEN",
	    "when a record counts as stored: always, batch or never (batch)" },
	[OPT_INTERVAL] = { 0, "fsync-interval-ms", "MS",
	    "of batch: at most so much is lost with the power (100)" },
	[OPT_RETENTION_MS] = { 0, "retention-ms", "MS",
	    "how long records are kept, by their timestamps; -1: for ever (7 days)" },
	[OPT_RETENTION_BYTES] = { 0, "retention-bytes", "N",
	    "bytes to keep in each partition; -1: no limit (-1)" },
	[OPT_FEATURE] = { 0, "feature", "NAME=LEVEL",
	    "what clients may count on: transaction.version 0 to 2 (2), group.version 0 or 1 (1)" },
	[OPT_AS_VERSION] = { 0, "as-version", "RELEASE",
	    "offer only what that release of Apache Kafka does, 2.1 to 4.4 (everything)" },
	[OPT_USER] = { 0, "user", "NAME",
	    "let NAME in, with the password of the --password-file behind it; may be repeated" },
	[OPT_PASSWORD] = { 0, "password-file", "FILE", "file that holds only that password" },
	[OPT_REMOVE] = { 0, "remove-user", "NAME", "let NAME in no more; may be repeated" },
	[OPT_X] = { 'X', NULL, "KEY=VALUE", "a setting under Apache Kafka's name, see below" },
	[OPT_METRICS] = { 0, "metrics", "ADDR:PORT",
	    "serve /metrics, /healthz and /readyz there; loopback only" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "say nothing but errors" },
	[OPT_VERBOSE] = { 'v', "verbose", NULL, "log what happens; twice: more" },
};

/* ---- -X key=value ---- */

enum key {
	KEY_RETENTION_MS,
	KEY_RETENTION_HOURS,
	KEY_RETENTION_BYTES,
	KEY_SEGMENT_BYTES,
	KEY_PARTITIONS,
	KEY_AUTO_CREATE,
	KEY_MESSAGE_MAX,
	KEY_IDLE_MS,
	KEY_CONNECTIONS,
	KEY_REBALANCE_DELAY,
	KEY_SESSION,
	KEY_HEARTBEAT,
	KEY_TXN_TIMEOUT
};

static const struct setting {
	const char	*name;
	int64_t		 min, max;
} settings[] = {
	[KEY_RETENTION_MS] = { "log.retention.ms", -1, INT64_MAX },
	[KEY_RETENTION_HOURS] = { "log.retention.hours", -1, INT32_MAX },
	[KEY_RETENTION_BYTES] = { "log.retention.bytes", -1, INT64_MAX },
	[KEY_SEGMENT_BYTES] = { "log.segment.bytes", 1024, 1 << 30 },
	[KEY_PARTITIONS] = { "num.partitions", 1, 10000 },
	[KEY_AUTO_CREATE] = { "auto.create.topics.enable", 0, 1 },
	[KEY_MESSAGE_MAX] = { "message.max.bytes", 61, INT32_MAX },
	[KEY_IDLE_MS] = { "connections.max.idle.ms", 1, INT32_MAX },
	[KEY_CONNECTIONS] = { "max.connections", 1, 100000 },
	[KEY_REBALANCE_DELAY] = { "group.initial.rebalance.delay.ms", 0, INT32_MAX },
	[KEY_SESSION] = { "group.consumer.session.timeout.ms", 1000, 1800000 },
	[KEY_HEARTBEAT] = { "group.consumer.heartbeat.interval.ms", 1, INT32_MAX },
	[KEY_TXN_TIMEOUT] = { "transaction.max.timeout.ms", 1, INT32_MAX },
};

static void
store(struct gw_broker_options *o, enum key key, int64_t v)
{
	switch (key) {
	case KEY_RETENTION_MS:
		o->retention_ms = v;
		break;
	case KEY_RETENTION_HOURS:
		o->retention_ms = v < 0 ? -1 : v * 3600 * 1000;
		break;
	case KEY_RETENTION_BYTES:
		o->retention_bytes = v;
		break;
	case KEY_SEGMENT_BYTES:
		o->segment_bytes = v;
		break;
	case KEY_PARTITIONS:
		o->num_partitions = (int32_t)v;
		break;
	case KEY_AUTO_CREATE:
		o->auto_create_topics = v != 0;
		break;
	case KEY_MESSAGE_MAX:
		o->message_max_bytes = (int32_t)v;
		break;
	case KEY_IDLE_MS:
		o->connections_max_idle_ms = v;
		break;
	case KEY_CONNECTIONS:
		o->connections_max = (size_t)v;
		break;
	case KEY_REBALANCE_DELAY:
		o->initial_rebalance_delay_ms = (int)v;
		break;
	case KEY_SESSION:
		o->consumer_session_ms = (int)v;
		break;
	case KEY_HEARTBEAT:
		o->consumer_heartbeat_ms = (int)v;
		break;
	case KEY_TXN_TIMEOUT:
		o->transaction_max_timeout_ms = (int32_t)v;
		break;
	}
}

static int
set_key(struct gw_broker_options *o, const char *text, struct gw_err *err)
{
	struct gw_slice value, key = gw_slice_cut(gw_str(text), '=', &value);
	const char *near;
	char name[64];
	int64_t v;
	size_t i = 0;

	if (value.ptr == NULL)
		return gw_err_set(err, GW_EINVAL, "-X %s: write it as key=value", text);
	while (i < GW_N(settings) && !gw_slice_is(key, settings[i].name))
		i++;
	if (i == GW_N(settings)) {
		snprintf(name, sizeof(name), "%.*s", key.len < 60 ? (int)key.len : 60, key.ptr);
		near = gw_nearest(name, settings, sizeof(settings[0]), GW_N(settings));
		return gw_err_set(err, GW_EINVAL, "-X %s: unknown setting%s%s%s", name,
		    near == NULL ? "" : ", did you mean ", near == NULL ? "" : near,
		    near == NULL ? "" : "?");
	}
	if (i == KEY_AUTO_CREATE && (gw_slice_is(value, "true") || gw_slice_is(value, "false")))
		v = gw_slice_is(value, "true");
	else if (gw_slice_i64(value, &v) < 0 || v < settings[i].min || v > settings[i].max)
		return gw_err_set(err, GW_EINVAL, "-X %s: %.*s is not %s", settings[i].name,
		    GW_FMT(value),
		    i == KEY_AUTO_CREATE ? "true or false" : "a number in its range");
	store(o, (enum key)i, v);
	return 0;
}

/* ---- options ---- */

static int
set_fsync(struct gw_broker_options *o, const char *value, struct gw_err *err)
{
	static const char *const names[] = {
		[GW_FSYNC_ALWAYS] = "always", [GW_FSYNC_BATCH] = "batch", [GW_FSYNC_NEVER] = "never"
	};

	for (size_t i = 0; i < GW_N(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			o->fsync = (enum gw_fsync)i;
			return 0;
		}
	}
	return gw_err_set(err, GW_EINVAL, "--fsync %s: it is always, batch or never", value);
}

/* KIP-584: features by their names and levels in Apache Kafka. */
static int
set_feature(struct gw_broker_options *o, const char *text, struct gw_err *err)
{
	struct gw_slice value, name = gw_slice_cut(gw_str(text), '=', &value);
	bool txn = gw_slice_is(name, "transaction.version");
	int64_t level, max = txn ? 2 : 1;

	if (value.ptr == NULL || gw_slice_i64(value, &level) < 0)
		return gw_err_set(
		    err, GW_EINVAL, "--feature %s: write it as transaction.version=2", text);
	if (!txn && !gw_slice_is(name, "group.version"))
		return gw_err_set(err, GW_EINVAL,
		    "--feature %s: unknown, there are transaction.version and group.version", text);
	if (level < 0 || level > max)
		return gw_err_set(err, GW_EINVAL, "--feature %s: its level is 0 to %lld", text,
		    (long long)max);
	*(txn ? &o->transaction_version : &o->group_version) = (int16_t)level;
	return 0;
}

/* ---- users ---- */

struct users {
	struct gw_broker_user	 all[USERS_MAX];
	struct gw_buf		 passwords[USERS_MAX];	/* the files */
	size_t			 n;
	bool			 waits;			/* the last one for its password */
};

static int
add_user(struct users *us, struct gw_app *app, const char *name, struct gw_err *err)
{
	if (us->n == USERS_MAX)
		return gw_err_set(err, GW_EINVAL, "--user %s: more than %d at once", name,
		    USERS_MAX);
	gw_buf_init(&us->passwords[us->n], app->env->alloc, PASSWORD_MAX);
	us->all[us->n++] = (struct gw_broker_user){ .name = name };
	return 0;
}

static int
add_password(struct users *us, struct gw_app *app, const char *path, struct gw_err *err)
{
	struct gw_broker_user *u = us->n == 0 ? NULL : &us->all[us->n - 1];
	struct gw_buf *text = us->n == 0 ? NULL : &us->passwords[us->n - 1];
	int rc;

	if (!us->waits)
		return gw_err_set(err, GW_EINVAL, "--password-file %s: --user NAME comes before it",
		    path);
	(void)gw_buf_reserve(text, PASSWORD_MAX);
	rc = gw_fs_read_file(app->env->fs, path, text, err);
	if (rc != 0)
		return rc;
	u->password = (struct gw_slice){ (const char *)text->ptr, text->len };
	if (u->password.len > 0 && u->password.ptr[u->password.len - 1] == '\n')
		u->password.len--;
	return 0;
}

static void
forget_users(struct users *us)
{
	for (size_t i = 0; i < us->n; i++)
		gw_secret_buf_fini(&us->passwords[i]);
	us->n = 0;
}

/* 1: it was one of these options; 0: another one. */
static int
user_option(struct users *us, struct gw_app *app, int i, const char *value, struct gw_err *err)
{
	int rc;

	if (us->waits && i != OPT_PASSWORD)
		return gw_err_set(err, GW_EINVAL, "--user %s: --password-file FILE is missing",
		    us->all[us->n - 1].name);
	if (i != OPT_USER && i != OPT_REMOVE && i != OPT_PASSWORD)
		return 0;
	rc = i == OPT_PASSWORD ? add_password(us, app, value, err) : add_user(us, app, value, err);
	us->waits = i == OPT_USER;
	return rc < 0 ? rc : 1;
}

static int
set_option(struct gw_broker_options *o, int i, const char *value, struct gw_err *err)
{
	int64_t v;
	int rc;

	switch (i) {
	case OPT_LISTEN:
		if (gw_addr_parse(gw_str(value), &o->listen) < 0)
			return gw_err_set(err, GW_EINVAL,
			    "--listen %s: write it as 127.0.0.1:9092 or [::1]:9092", value);
		return 0;
	case OPT_DIR:
		o->dir = value;
		return 0;
	case OPT_FSYNC:
		return set_fsync(o, value, err);
	case OPT_INTERVAL:
		rc = gw_cli_i64(&options[i], value, 1, 3600000, &v, err);
		if (rc == 0)
			o->fsync_interval_ms = (int)v;
		return rc;
	case OPT_RETENTION_MS:
		return gw_cli_i64(&options[i], value, -1, INT64_MAX, &o->retention_ms, err);
	case OPT_RETENTION_BYTES:
		return gw_cli_i64(&options[i], value, -1, INT64_MAX, &o->retention_bytes, err);
	case OPT_FEATURE:
		return set_feature(o, value, err);
	case OPT_AS_VERSION:
		o->as_version = value;
		return 0;
	default:
		return set_key(o, value, err);
	}
}

struct cmd {
	struct gw_env			*env;
	struct gw_broker_options	 o;
	struct users			 users;		/* until it is open */
	struct gw_broker		*broker;
	bool				 serves_metrics;
	struct gw_addr			 metrics_at;
	struct gw_metrics		 metrics;
	struct gw_http			*http;		/* NULL: none */
};

static int
parse(struct gw_app *app, int argc, char **argv, struct cmd *c, struct gw_err *err)
{
	bool quiet = false;
	struct gw_cli cli;
	const char *value;
	int i, verbose = 0, rc = 0;

	gw_cli_init(&cli, options, GW_N(options), argc, argv);
	while (rc == 0 && (i = gw_cli_next(&cli, &value, err)) != GW_CLI_END) {
		if (i == GW_EINVAL)
			return i;
		if (i == GW_CLI_OPERAND)
			return gw_err_set(
			    err, GW_EINVAL, "\"%s\": the broker takes options only", value);
		rc = user_option(&c->users, app, i, value, err);
		if (rc != 0)
			rc = rc == 1 ? 0 : rc;
		else if (i == OPT_QUIET)
			quiet = true;
		else if (i == OPT_VERBOSE)
			verbose++;
		else if (i == OPT_METRICS) {
			c->serves_metrics = true;
			rc = gw_http_address("metrics", value, &c->metrics_at, err);
		} else
			rc = set_option(&c->o, i, value, err);
	}
	gw_app_verbosity(app, quiet, verbose);
	if (rc == 0 && c->users.waits)
		rc = user_option(&c->users, app, -1, NULL, err);
	c->o.users = c->users.all;
	c->o.n_users = c->users.n;
	return rc;
}

/* ---- run ---- */

static void
put_metrics(void *arg, struct gw_buf *out)
{
	struct cmd *c = arg;

	gw_metrics_common(out, c->env, c->http);
	gw_metrics_broker(out, c->env, c->broker, c->o.dir);
}

static int
open_metrics(struct cmd *c, struct gw_app *app, struct gw_err *err)
{
	char text[GW_ADDR_TEXT_MAX];
	struct gw_addr at;

	if (!c->serves_metrics)
		return 0;
	c->metrics = (struct gw_metrics){ .put = put_metrics, .arg = c };
	c->http = gw_metrics_serve(app->env, &c->metrics_at, &c->metrics, err);
	if (c->http == NULL)
		return err->code;
	at = gw_http_addr(c->http);
	gw_addr_text(&at, text);
	gw_app_say(app, "metrics at http://%s/metrics", text);
	return 0;
}

static int
serve(struct gw_app *app, struct cmd *c, struct gw_err *err)
{
	struct gw_part parts[3] = { gw_part_broker(c->broker) };
	struct gw_service service = { 0 };
	struct gw_loop loop;
	size_t n = 1;
	int rc = gw_service_init(&service, app, err);

	if (rc < 0)
		return rc;
	parts[n++] = gw_service_part(&service);
	if (c->http != NULL)
		parts[n++] = gw_http_part(c->http);
	gw_loop_init(&loop, app->env, parts, n);
	gw_service_ready(&service);
	rc = gw_loop_until(&loop, 0, gw_app_stop_asked, app);
	gw_service_stopping(&service);
	gw_loop_fini(&loop);
	return rc == GW_EINTR ? 0 : rc;
}

static int
open_broker(struct cmd *c, struct gw_app *app, struct gw_err *err)
{
	char text[GW_ADDR_TEXT_MAX];
	struct gw_addr at;

	c->broker = gw_broker_new(app->env, &c->o, err);
	if (c->broker == NULL) {
		if (err->code == GW_EINVAL)
			return gw_app_usage(app, "%s", err->msg);
		gw_app_fail(app, err);
		return GW_EXIT_FILE;
	}
	if (open_metrics(c, app, err) < 0) {
		gw_broker_abandon(c->broker);
		return gw_app_fail(app, err);
	}
	at = gw_broker_addr(c->broker);
	gw_addr_text(&at, text);
	gw_app_say(app, "listening on %s", text);
	return GW_EXIT_OK;
}

/* A server that was asked to stop and did has done well, whatever the signal. */
static int
run(struct gw_app *app, int argc, char **argv)
{
	struct cmd c = { .env = app->env, .o = gw_broker_defaults() };
	struct gw_err err = { 0 };
	int rc;

	c.o.dir = DEFAULT_DIR;
	rc = parse(app, argc, argv, &c, &err);
	rc = rc < 0 ? gw_app_usage(app, "%s", err.msg) : open_broker(&c, app, &err);
	forget_users(&c.users);
	if (rc != GW_EXIT_OK)
		return rc;
	rc = serve(app, &c, &err);
	gw_http_free(c.http);
	if (rc < 0) {
		gw_err_set(&err, rc, "%s: the broker cannot go on: %s", c.o.dir, gw_strerror(rc));
		gw_broker_abandon(c.broker);
		gw_app_fail(app, &err);
		return GW_EXIT_FILE;
	}
	rc = gw_broker_close(c.broker, &err);
	if (rc == 0)
		return GW_EXIT_OK;
	gw_app_fail(app, &err);
	return GW_EXIT_FILE;
}

const struct gw_verb gw_verb_broker = {
	.name = "broker",
	.summary = "the embedded broker: one durable node for the first run, tests and edge boxes",
	.usage = "gridwire broker [options]",
	.details =
	    "Any Kafka client can talk to it. It prints \"listening on ADDR:PORT\" on stderr when "
	    "it is\n"
	    "ready, and stops cleanly on SIGTERM or Ctrl-C. Replication is Apache Kafka's job.\n"
	    "\n"
	    "With a --user it wants a login from everybody, by SCRAM-SHA-512, SCRAM-SHA-256 or\n"
	    "PLAIN. Users are kept in --dir, as salted hashes. Without one it listens on loopback\n"
	    "addresses only. There is no TLS: keep it in a private network.\n"
	    "\n"
	    "--fsync always   acknowledged and readable after the disk has it; survives a\n"
	    "                 power cut\n"
	    "--fsync batch    acknowledged at once, synced every --fsync-interval-ms; a\n"
	    "                 power cut may take that much, a killed process nothing\n"
	    "--fsync never    the system writes when it likes; a killed process loses nothing\n"
	    "\n"
	    "-X takes log.retention.ms, log.retention.hours, log.retention.bytes, "
	    "log.segment.bytes,\n"
	    "num.partitions, auto.create.topics.enable, message.max.bytes, "
	    "connections.max.idle.ms,\n"
	    "max.connections, group.initial.rebalance.delay.ms and transaction.max.timeout.ms.",
	.opts = options,
	.n_opts = GW_N(options),
	.run = run,
};

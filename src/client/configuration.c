/* SPDX-License-Identifier: MIT
 *
 * client/configuration.c - the table of keys, and reading text by it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/configuration.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/slice.h"
#include "client/transport.h"

/* JAAS: text that may hold ';' in quotes, and a secret. */
enum type { TYPE_TEXT, TYPE_CHOICE, TYPE_BOOL, TYPE_INT, TYPE_SECRET, TYPE_JAAS };

struct key {
	const char	*name;		/* first, for gw_nearest() */
	enum type	 type;
	size_t		 at;		/* of the member */
	const char	*dflt;
	int64_t		 min, max;
	const char	*choices;	/* CHOICE: separated by '|', the value is the place in it */
	const char	*doc;
};

#define AT(member) offsetof(struct gw_client_config, member)
#define INT(name, member, dflt, min, max, doc) \
	{ name, TYPE_INT, AT(member), dflt, min, max, NULL, doc }
#define BOOL(name, member, dflt, doc) { name, TYPE_BOOL, AT(member), dflt, 0, 1, NULL, doc }
#define CHOICE(name, member, dflt, choices, doc) \
	{ name, TYPE_CHOICE, AT(member), dflt, 0, 0, choices, doc }
#define TEXT(name, member, dflt, doc) { name, TYPE_TEXT, AT(member), dflt, 0, 0, NULL, doc }

#define SECRET(name, member, doc) { name, TYPE_SECRET, AT(member), "", 0, 0, NULL, doc }
#define JAAS(name, member, doc) { name, TYPE_JAAS, AT(member), "", 0, 0, NULL, doc }

#define KIB(n)	((int64_t)(n) << 10)
#define DAY_MS	86400000

/* clang-format off */
static const struct key keys[] = {
	TEXT("bootstrap.servers", bootstrap_servers, "",
	    "Required. host:port, separated by commas; any of them leads to the whole cluster."),
	TEXT("client.id", client_id, "gridwire",
	    "Name of this client in the broker's logs and quotas."),
	CHOICE("security.protocol", security_protocol, "PLAINTEXT",
	    "PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL",
	    "SASL: log in. SSL: TLS, if it is built in (`gridwire version` says so)."),
	INT("client.memory", client_memory, "268435456", KIB(1024), INT64_MAX,
	    "Cap on all that the client allocates: buffer.memory, what was fetched, connections, "
	    "metadata. At it gw_send() answers GW_EAGAIN and fetching pauses. If not given, at "
	    "least four times buffer.memory. (Java has no such key.)"),
	INT("request.timeout.ms", request_timeout_ms, "30000", 100, DAY_MS,
	    "A broker that does not answer for so long is taken for dead, its connection closed; "
	    "one address of a host has a third of it, at most 10 s, to accept the connection. An "
	    "administrative call goes on trying for twice as long."),
	INT("retry.backoff.ms", retry_backoff_ms, "100", 1, 60000,
	    "Pause before the first retry of a request; doubled each time up to ten times it, with "
	    "20 % jitter. Half of it, up to ten times it, before a broker is connected to again."),
	INT("metadata.max.age.ms", metadata_max_age_ms, "300000", 100, DAY_MS,
	    "Brokers and leaders are asked for again after so long even without an error."),
	BOOL("allow.auto.create.topics", allow_auto_create_topics, "true",
	    "Let a broker that is set so create a topic that is used before it exists."),

	CHOICE("sasl.mechanism", sasl_mechanism, "SCRAM-SHA-512",
	    "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512|OAUTHBEARER",
	    "How to log in. PLAIN and OAUTHBEARER show their secret to whoever listens: only over "
	    "TLS. (Java's default is GSSAPI.)"),
	TEXT("sasl.username", sasl_username, "", "For PLAIN and SCRAM, as UTF-8."),
	SECRET("sasl.password", sasl_password,
	    "The same; takes the rest of its line, `;` too. Give it in a file (`-F`): everybody on "
	    "a machine may see a command line."),
	JAAS("sasl.jaas.config", sasl_jaas_config,
	    "User and password as Java wants them: `...PlainLoginModule required "
	    "username=\"u\" password=\"p\";` (or ScramLoginModule)."),
	TEXT("sasl.oauthbearer.token.endpoint.url", sasl_token_url, "",
	    "`file:///path` of the token, read at each login. Other URLs are refused; a program "
	    "can give tokens with gw_on_token()."),
	TEXT("ssl.truststore.location", ssl_truststore_location, "",
	    "PEM file with the certificates of trusted authorities; else those of the system."),
	TEXT("ssl.keystore.location", ssl_keystore_location, "",
	    "PEM file with the client's private key, its certificate and the chain behind it."),
	SECRET("ssl.key.password", ssl_key_password,
	    "Of an encrypted private key; takes the rest of its line."),
	CHOICE("ssl.endpoint.identification.algorithm", ssl_identification, "https", "https|",
	    "The broker's certificate must be for the host that was asked for; empty: for any."),

	CHOICE("acks", acks_choice, "all", "0|1|all|-1",
	    "Who must have a batch before it counts as delivered: nobody, the leader, all in sync "
	    "(-1 is all)."),
	BOOL("enable.idempotence", enable_idempotence, "true",
	    "No duplicates and no reordering by retries. Needs acks=all; another acks switches it "
	    "off unless it was asked for."),
	INT("linger.ms", linger_ms, "5", 0, 900000,
	    "How long a batch that is not full waits for more records."),
	INT("batch.size", batch_size, "131072", 1, KIB(1 << 20) - 1,
	    "Bytes of a batch before it is sent without lingering. A larger record gets its own "
	    "batch. (Java's default is 16384.)"),
	INT("buffer.memory", buffer_memory, "33554432", 1024, INT64_MAX,
	    "Cap on the records that wait for delivery and on delivery reports that were not read; "
	    "gw_send() answers GW_EAGAIN at it. At most half of client.memory; if not given, at "
	    "most a quarter."),
	CHOICE("compression.type", compression_type, "none", "none|gzip|snappy|lz4|zstd",
	    "How batches are compressed. A batch that does not shrink is sent as it is."),
	INT("max.request.size", max_request_size, "1048576", 1024, KIB(1 << 20) - 1,
	    "Largest record, and largest produce request unless a single batch is larger."),
	INT("delivery.timeout.ms", delivery_timeout_ms, "120000", 1, INT32_MAX,
	    "A record that is not acknowledged so long after gw_send() is given up; one that is "
	    "under way at that moment, when its request ends. At least linger.ms + "
	    "request.timeout.ms."),
	CHOICE("partitioner", partitioner, "murmur2", "murmur2|crc32",
	    "Hash of a key: murmur2 as in Java, or crc32 as in librdkafka's default. Records "
	    "without a key stay on one partition for a batch, then move to another."),
	TEXT("transactional.id", transactional_id, "",
	    "Name of this producer's transactions: the newest client that has it fences the others. "
	    "gw_send() works between gw_begin() and gw_end() then. Needs enable.idempotence."),
	INT("transaction.timeout.ms", transaction_timeout_ms, "60000", 1, INT32_MAX,
	    "A transaction that is open for so long is aborted by the broker. At most the broker's "
	    "transaction.max.timeout.ms."),

	TEXT("group.id", group_id, "",
	    "Group for commits and GW_OFFSET_COMMITTED; gw_subscribe() sets it too."),
	TEXT("group.instance.id", group_instance_id, "",
	    "Static membership (brokers from 2.3): a restart within session.timeout.ms moves no "
	    "partition."),
	CHOICE("group.protocol", group_protocol, "auto", "auto|classic|consumer",
	    "consumer: the coordinator assigns (KIP-848, brokers from 4.0). classic: a member does. "
	    "auto: consumer where the cluster has it and the group is not a classic one that may "
	    "not change, unless a key that only classic has is given. (Java's default is classic.)"),
	TEXT("partition.assignment.strategy", partition_assignment_strategy,
	    "range,cooperative-sticky",
	    "classic only: range, cooperative-sticky or both, the better liked first; Java's class "
	    "names do too. With cooperative-sticky alone, members keep what stays theirs while "
	    "the group rebalances."),
	INT("session.timeout.ms", session_timeout_ms, "45000", 100, DAY_MS,
	    "classic only: the group takes a member that is not heard of for so long for dead."),
	INT("heartbeat.interval.ms", heartbeat_interval_ms, "3000", 10, DAY_MS,
	    "classic only: less than session.timeout.ms, a third of it is usual."),
	INT("max.poll.interval.ms", max_poll_interval_ms, "300000", 100, DAY_MS,
	    "A member that does not call gw_fetch() for so long leaves the group, and says so."),
	CHOICE("auto.offset.reset", auto_offset_reset, "latest", "latest|earliest|none",
	    "Where to begin without a committed offset, or when the wanted one is gone; none: an "
	    "error."),
	INT("fetch.max.wait.ms", fetch_max_wait_ms, "500", 0, INT32_MAX,
	    "How long a broker that has nothing to give holds a request."),
	INT("fetch.max.bytes", fetch_max_bytes, "16777216", 1024, KIB(1 << 20) - 1,
	    "Most bytes of one answer, of one partition at most 1 MiB; a single larger batch still "
	    "comes. Two answers a broker are in memory: one that is read, and one on its way or "
	    "waiting; less is asked for where client.memory does not allow that. Java has 52428800, "
	    "which costs twice the processor time where answers are that large, and pays where a "
	    "broker is far away: it is what comes in one round trip."),
	CHOICE("isolation.level", isolation_level, "read_uncommitted",
	    "read_uncommitted|read_committed",
	    "read_committed: no records of open or aborted transactions."),
	TEXT("client.rack", client_rack, "",
	    "Where this client is; a broker with a replica selector then names a near replica to "
	    "read from."),
};

/*
 * Keys that Java's files often have and that are no choice here: accepted when they say what this
 * client does anyway.
 */
static const struct constant {
	const char	*name, *value, *doc;
} constants[] = {
	{ "check.crcs", "true", "The checksum of every batch that is read is compared." },
	{ "compression.gzip.level", "-1", "zlib's default." },
	{ "connections.max.idle.ms", "540000", "A connection without traffic is closed then." },
	{ "enable.auto.commit", "false", "gw_commit() commits, when the program has done its work." },
	{ "fetch.min.bytes", "1", "A broker answers as soon as it has something." },
	{ "max.in.flight.requests.per.connection", "5", "Produce requests under way to one broker." },
	{ "max.partition.fetch.bytes", "1048576", "See fetch.max.bytes." },
	{ "ssl.keystore.type", "PEM", "`openssl pkcs12 -in STORE -out STORE.pem` makes one." },
	{ "ssl.truststore.type", "PEM", "`openssl pkcs12 -in STORE -out STORE.pem` makes one." },
};

/* The same of those that follow from another key: of one times by part, at most the limit. */
static const struct follower {
	const char	*name, *doc;
	size_t		 at, of;
	int64_t		 times, part, limit;
} followers[] = {
	{ "default.api.timeout.ms", "Twice request.timeout.ms.",
	    AT(api_timeout_ms), AT(request_timeout_ms), 2, 1, INT64_MAX },
	{ "reconnect.backoff.max.ms", "Ten times retry.backoff.ms.",
	    AT(reconnect_backoff_max_ms), AT(retry_backoff_ms), 10, 1, INT64_MAX },
	{ "reconnect.backoff.ms", "Half of retry.backoff.ms.",
	    AT(reconnect_backoff_ms), AT(retry_backoff_ms), 1, 2, INT64_MAX },
	{ "retry.backoff.max.ms", "Ten times retry.backoff.ms.",
	    AT(retry_backoff_max_ms), AT(retry_backoff_ms), 10, 1, INT64_MAX },
	{ "socket.connection.setup.timeout.ms", "A third of request.timeout.ms, at most 10000.",
	    AT(connection_setup_timeout_ms), AT(request_timeout_ms), 1, 3, 10000 },
};
/* clang-format on */

static int64_t *
int_at(struct gw_client_config *cfg, size_t at)
{
	return (int64_t *)(void *)((char *)cfg + at);
}

static const char **
text_at(struct gw_client_config *cfg, const struct key *k)
{
	return (const char **)(void *)((char *)cfg + k->at);
}

static int
set_choice(struct gw_client_config *cfg, const struct key *k, struct gw_slice v, struct gw_err *err)
{
	struct gw_slice rest = gw_str(k->choices);

	for (int64_t i = 0; rest.ptr != NULL; i++)
		if (gw_slice_eq(gw_slice_cut(rest, '|', &rest), v)) {
			*int_at(cfg, k->at) = i;
			return 0;
		}
	return gw_err_set(
	    err, GW_EINVAL, "%s=%.*s: one of %s is wanted", k->name, GW_FMT(v), k->choices);
}

static int
set_int(struct gw_client_config *cfg, const struct key *k, struct gw_slice v, struct gw_err *err)
{
	int64_t n;

	if (gw_slice_i64(v, &n) != 0 || n < k->min || n > k->max)
		return gw_err_set(err, GW_EINVAL,
		    "%s=%.*s: a whole number from %" PRId64 " to %" PRId64 " is wanted", k->name,
		    GW_FMT(v), k->min, k->max);
	*int_at(cfg, k->at) = n;
	return 0;
}

static int
set(struct gw_client_config *cfg, const struct key *k, struct gw_slice v, struct gw_arena *arena,
    struct gw_err *err)
{
	char *copy;

	switch (k->type) {
	case TYPE_CHOICE:
		return set_choice(cfg, k, v, err);
	case TYPE_INT:
		return set_int(cfg, k, v, err);
	case TYPE_BOOL:
		if (!gw_slice_is(v, "true") && !gw_slice_is(v, "false"))
			return gw_err_set(
			    err, GW_EINVAL, "%s=%.*s: true or false is wanted", k->name, GW_FMT(v));
		*int_at(cfg, k->at) = gw_slice_is(v, "true");
		return 0;
	case TYPE_TEXT:
	case TYPE_SECRET:
	case TYPE_JAAS:
		break;
	}
	copy = gw_arena_str(arena, v);
	if (copy == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: %s", k->name, gw_strerror(GW_ENOMEM));
	*text_at(cfg, k) = copy;
	return 0;
}

static const struct key *
find(struct gw_slice name)
{
	for (size_t i = 0; i < GW_N(keys); i++)
		if (gw_slice_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static int
unknown(struct gw_slice name, struct gw_arena *arena, struct gw_err *err)
{
	const char *word = gw_arena_str(arena, name);
	const char *near =
	    word == NULL ? NULL : gw_nearest(word, keys, sizeof(keys[0]), GW_N(keys));

	if (near == NULL)
		return gw_err_set(err, GW_EINVAL, "unknown configuration key %.*s", GW_FMT(name));
	return gw_err_set(err, GW_EINVAL, "unknown configuration key %.*s, did you mean %s?",
	    GW_FMT(name), near);
}

/* Whether it says what is so anyway. What a follower will be is not known before the end. */
static int
check_constant(struct gw_client_config *cfg, struct gw_slice name, struct gw_slice value,
    struct gw_arena *arena, struct gw_err *err)
{
	for (size_t i = 0; i < GW_N(followers); i++) {
		const struct key as_int = { .name = followers[i].name, .at = followers[i].at,
		    .min = 1, .max = INT64_MAX };

		if (gw_slice_is(name, followers[i].name))
			return set_int(cfg, &as_int, value, err);
	}
	for (size_t i = 0; i < GW_N(constants); i++) {
		const struct constant *k = &constants[i];

		if (!gw_slice_is(name, k->name))
			continue;
		if (gw_slice_is(value, k->value))
			return 0;
		return gw_err_set(err, GW_EINVAL, "%s=%.*s: it is always %s here. %s", k->name,
		    GW_FMT(value), k->value, k->doc);
	}
	return unknown(name, arena, err);
}

/* given: one flag a key, so that a default and a wish can be told apart. */
static int
read_pair(struct gw_client_config *cfg, struct gw_slice pair, bool *given, struct gw_arena *arena,
    struct gw_err *err)
{
	struct gw_slice value, name = gw_slice_trim(gw_slice_cut(pair, '=', &value));
	const struct key *k = find(name);

	if (value.ptr == NULL)
		return gw_err_set(err, GW_EINVAL, "configuration \"%.*s\": key=value is wanted",
		    GW_FMT(pair));
	if (k == NULL)
		return check_constant(cfg, name, gw_slice_trim(value), arena, err);
	given[k - keys] = true;
	return set(cfg, k, gw_slice_trim(value), arena, err);
}

/* The quotes of a login module's line may hold a ';'. Up to the one that ends it, or all. */
static size_t
jaas_len(struct gw_slice line)
{
	char quote = '\0';

	for (size_t i = 0; i < line.len; i++) {
		char c = line.ptr[i];

		if (quote != '\0' && c == '\\' && i + 1 < line.len)
			i++;
		else if (quote != '\0' ? c == quote : c == '"' || c == '\'')
			quote = quote == '\0' ? c : '\0';
		else if (c == ';' && quote == '\0')
			return i;
	}
	return line.len;
}

/* Cut the first pair from a line: at ';', but see the types of secrets. */
static struct gw_slice
cut_pair(struct gw_slice line, struct gw_slice *rest)
{
	struct gw_slice value, pair = gw_slice_cut(line, ';', rest);
	const struct key *k = find(gw_slice_trim(gw_slice_cut(pair, '=', &value)));

	if (k == NULL || value.ptr == NULL || (k->type != TYPE_SECRET && k->type != TYPE_JAAS))
		return pair;
	pair = line;
	if (k->type == TYPE_JAAS)
		pair.len = jaas_len(line);
	*rest = pair.len == line.len ? (struct gw_slice){ NULL, 0 } :
	    (struct gw_slice){ line.ptr + pair.len + 1, line.len - pair.len - 1 };
	return pair;
}

static bool
is_given(const bool *given, size_t at)
{
	for (size_t i = 0; i < GW_N(keys); i++)
		if (keys[i].at == at)
			return given[i];
	return false;
}

static int
check_security(const struct gw_client_config *cfg, struct gw_err *err)
{
	if ((cfg->security_protocol & GW_SECURITY_TLS) == 0 || gw_tls_built_in())
		return 0;
	return gw_err_set(err, GW_EUNSUPPORTED,
	    "security.protocol=%s is not built in: this build has no TLS (configure "
	    "--with-openssl); or reach the broker through a TLS proxy such as stunnel",
	    (cfg->security_protocol & GW_SECURITY_SASL) != 0 ? "SASL_SSL" : "SSL");
}

static int
add_strategy(struct gw_client_config *cfg, struct gw_slice name, struct gw_err *err)
{
	static const struct {
		const char	*name, *java;
	} known[GW_STRATEGIES] = {
		{ "range", "RangeAssignor" },
		{ "cooperative-sticky", "CooperativeStickyAssignor" },
	};
	struct gw_slice last = name;

	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '.')
			last = (struct gw_slice){ name.ptr + i + 1, name.len - i - 1 };
	for (int i = 0; i < GW_STRATEGIES; i++) {
		if (!gw_slice_is(name, known[i].name) && !gw_slice_is(last, known[i].java))
			continue;
		for (size_t k = 0; k < cfg->n_strategies; k++)
			if (cfg->strategies[k] == (enum gw_strategy)i)
				return 0;
		cfg->strategies[cfg->n_strategies++] = (enum gw_strategy)i;
		return 0;
	}
	return gw_err_set(err, GW_EINVAL, "partition.assignment.strategy: \"%.*s\" is not known "
	    "here; range and cooperative-sticky are", GW_FMT(name));
}

/* The keys of one group protocol only: with auto they choose it, with the other it is a mistake. */
static int
settle_group(struct gw_client_config *cfg, const bool *given, struct gw_err *err)
{
	static const struct { size_t at; const char *name; } classic[] = {
		{ AT(partition_assignment_strategy), "partition.assignment.strategy" },
		{ AT(session_timeout_ms), "session.timeout.ms" },
		{ AT(heartbeat_interval_ms), "heartbeat.interval.ms" },
	};
	struct gw_slice rest = gw_str(cfg->partition_assignment_strategy);
	int rc = 0;

	while (rest.ptr != NULL && rc == 0)
		rc = add_strategy(cfg, gw_slice_trim(gw_slice_cut(rest, ',', &rest)), err);
	for (size_t i = 0; i < GW_N(classic) && rc == 0; i++) {
		if (!is_given(given, classic[i].at) || cfg->group_protocol == GW_GROUP_CLASSIC)
			continue;
		if (cfg->group_protocol == GW_GROUP_CONSUMER)
			rc = gw_err_set(err, GW_EINVAL, "%s is of group.protocol=classic: with "
			    "consumer the broker decides it", classic[i].name);
		cfg->group_protocol = GW_GROUP_CLASSIC;
	}
	return rc;
}

/* What one part of the client may take leaves room for the others. */
static int
settle_memory(struct gw_client_config *cfg, const bool *given, struct gw_err *err)
{
	if (!is_given(given, AT(client_memory)) && cfg->client_memory / 4 < cfg->buffer_memory)
		cfg->client_memory = cfg->buffer_memory > INT64_MAX / 4 ? INT64_MAX :
		    cfg->buffer_memory * 4;
	if (!is_given(given, AT(buffer_memory)) && cfg->buffer_memory > cfg->client_memory / 4)
		cfg->buffer_memory = cfg->client_memory / 4;
	if (is_given(given, AT(client_memory)) && cfg->buffer_memory > cfg->client_memory / 2)
		return gw_err_set(err, GW_EINVAL, "buffer.memory=%" PRId64 " is more than half of "
		    "client.memory=%" PRId64, cfg->buffer_memory, cfg->client_memory);
	return 0;
}

static int64_t
following(struct gw_client_config *cfg, const struct follower *f)
{
	int64_t value = (*int_at(cfg, f->of) * f->times + f->part / 2) / f->part;

	return value < f->limit ? value : f->limit;
}

/* What was given for them, if anything, has to be what they are. */
static int
derive(struct gw_client_config *cfg, struct gw_err *err)
{
	for (size_t i = 0; i < GW_N(followers); i++) {
		const struct follower *f = &followers[i];
		int64_t *place = int_at(cfg, f->at), value = following(cfg, f);

		if (*place != 0 && *place != value)
			return gw_err_set(err, GW_EINVAL,
			    "%s=%" PRId64 ": it is %" PRId64 " here. %s",
			    f->name, *place, value, f->doc);
		*place = value;
	}
	return 0;
}

/* Java's rules between keys: a wish that contradicts another is refused, a default gives way. */
static int
settle(struct gw_client_config *cfg, const bool *given, struct gw_err *err)
{
	static const int16_t acks[] = { 0, 1, -1, -1 };
	int64_t least = cfg->linger_ms + cfg->request_timeout_ms;

	cfg->acks = acks[cfg->acks_choice];
	if (cfg->bootstrap_servers[0] == '\0')
		return gw_err_set(
		    err, GW_EINVAL, "bootstrap.servers is missing: host:port of a broker");
	if (cfg->enable_idempotence && cfg->acks != -1) {
		if (is_given(given, AT(enable_idempotence)))
			return gw_err_set(
			    err, GW_EINVAL, "enable.idempotence=true needs acks=all");
		cfg->enable_idempotence = 0;
	}
	if (cfg->transactional_id[0] != '\0' && !cfg->enable_idempotence)
		return gw_err_set(err, GW_EINVAL,
		    "transactional.id needs enable.idempotence=true and acks=all");
	if (cfg->delivery_timeout_ms < least) {
		if (is_given(given, AT(delivery_timeout_ms)))
			return gw_err_set(err, GW_EINVAL,
			    "delivery.timeout.ms=%" PRId64 " is less than "
			    "linger.ms + request.timeout.ms = %" PRId64,
			    cfg->delivery_timeout_ms, least);
		cfg->delivery_timeout_ms = least;
	}
	if (cfg->heartbeat_interval_ms >= cfg->session_timeout_ms) {
		if (is_given(given, AT(heartbeat_interval_ms)))
			return gw_err_set(err, GW_EINVAL,
			    "heartbeat.interval.ms=%" PRId64 " must be less than "
			    "session.timeout.ms=%" PRId64,
			    cfg->heartbeat_interval_ms, cfg->session_timeout_ms);
		cfg->heartbeat_interval_ms = cfg->session_timeout_ms / 3;
	}
	if (derive(cfg, err) != 0)
		return GW_EINVAL;
	if (settle_memory(cfg, given, err) != 0 || settle_group(cfg, given, err) != 0)
		return GW_EINVAL;
	return check_security(cfg, err);
}

/* Texts live in an arena that is ours, whatever their type says. */
static void
forget(const char **text)
{
	gw_secret_wipe((void *)(uintptr_t)*text, strlen(*text));
}

void
gw_config_forget(struct gw_client_config *cfg)
{
	for (size_t i = 0; i < GW_N(keys); i++)
		if ((keys[i].type == TYPE_SECRET || keys[i].type == TYPE_JAAS) &&
		    *text_at(cfg, &keys[i]) != NULL)
			forget(text_at(cfg, &keys[i]));
}

int
gw_config_read(struct gw_client_config *cfg, const char *text, struct gw_arena *arena,
    struct gw_err *err)
{
	bool given[GW_N(keys)] = { false };
	struct gw_slice lines = gw_str(text == NULL ? "" : text);
	int rc;

	memset(cfg, 0, sizeof(*cfg));
	for (size_t i = 0; i < GW_N(keys); i++) {
		rc = set(cfg, &keys[i], gw_str(keys[i].dflt), arena, err);
		if (rc != 0)
			return rc;
	}
	while (lines.ptr != NULL) {
		struct gw_slice line = gw_slice_trim(gw_slice_cut(lines, '\n', &lines));

		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (gw_slice_starts(line, "#"))
			continue;
		while (line.ptr != NULL) {
			struct gw_slice pair = gw_slice_trim(cut_pair(line, &line));

			if (pair.len == 0)
				continue;
			rc = read_pair(cfg, pair, given, arena, err);
			if (rc != 0)
				return rc;
		}
	}
	return settle(cfg, given, err);
}

static void
doc_key(struct gw_buf *out, const struct key *k)
{
	gw_buf_printf(out, "| `%s` | ", k->name);
	if (k->dflt[0] != '\0')
		gw_buf_printf(out, "`%s`", k->dflt);
	gw_buf_puts(out, " | ");
	if (k->type == TYPE_INT && k->max == INT64_MAX)
		gw_buf_printf(out, "%" PRId64 " and more", k->min);
	else if (k->type == TYPE_INT)
		gw_buf_printf(out, "%" PRId64 " to %" PRId64, k->min, k->max);
	else if (k->type == TYPE_BOOL)
		gw_buf_puts(out, "true, false");
	else if (k->type != TYPE_CHOICE)
		gw_buf_puts(out, "text");
	for (const char *p = k->choices; p != NULL && *p != '\0'; p++)
		gw_buf_printf(out, *p == '|' ? "%s" : "%.1s", *p == '|' ? ", " : p);
	gw_buf_printf(out, " | %s |\n", k->doc);
}

void
gw_config_doc(struct gw_buf *out)
{
	gw_buf_puts(out, "# Configuration of the client\n\n"
			 "`gw_client_new()` takes `key=value` pairs, one a line or separated by "
			 "`;`. Blanks around both\n"
			 "are ignored, a line that begins with `#` is a comment, a key given twice "
			 "counts as given last.\n"
			 "Names and meanings are those of Apache Kafka's Java client. An unknown "
			 "key is an error that\n"
			 "names the nearest one. This page is printed from the table in "
			 "`src/client/configuration.c`.\n\n"
			 "| key | default | values | meaning |\n"
			 "| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < GW_N(keys); i++)
		doc_key(out, &keys[i]);
	gw_buf_puts(out, "\n## What is no choice here\n\n"
			 "Keys that files of Java clients often have. They are accepted when they "
			 "say what this client\ndoes anyway; another value is an error.\n\n"
			 "| key | always | |\n"
			 "| --- | --- | --- |\n");
	for (size_t i = 0; i < GW_N(constants); i++)
		gw_buf_printf(out, "| `%s` | `%s` | %s |\n", constants[i].name,
		    constants[i].value, constants[i].doc);
	for (size_t i = 0; i < GW_N(followers); i++)
		gw_buf_printf(out, "| `%s` | | %s |\n", followers[i].name, followers[i].doc);
}

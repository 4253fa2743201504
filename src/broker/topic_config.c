/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/topic_config.h"

#include <stdio.h>

#include "base/slice.h"
#include "broker/segment.h"
#include "wire/compress.h"

#define MAX_LONG "9223372036854775807"

/* clang-format off */
const struct gw_topic_setting gw_topic_settings[] = {
	[GW_TOPIC_CLEANUP_POLICY] = { "cleanup.policy", GW_CONFIG_LIST, "delete", 0, 0,
	    "What happens to old segments: they are deleted." },
	[GW_TOPIC_COMPRESSION_TYPE] = { "compression.type", GW_CONFIG_STRING, "producer", 0, 0,
	    "Told to clients; batches are stored as the producer compressed them." },
	[GW_TOPIC_MAX_MESSAGE_BYTES] = {
	    "max.message.bytes", GW_CONFIG_INT, "1048588", 0, INT32_MAX,
	    "The largest batch that is accepted, in bytes as sent." },
	[GW_TOPIC_TIMESTAMP_TYPE] = {
	    "message.timestamp.type", GW_CONFIG_STRING, "CreateTime", 0, 0,
	    "CreateTime keeps the producer's timestamps, LogAppendTime puts the broker's." },
	[GW_TOPIC_RETENTION_BYTES] = { "retention.bytes", GW_CONFIG_LONG, "-1", -1, INT64_MAX,
	    "Bytes to keep in each partition; -1: no limit." },
	[GW_TOPIC_RETENTION_MS] = { "retention.ms", GW_CONFIG_LONG, "604800000", -1, INT64_MAX,
	    "How long records are kept, by their timestamps; -1: for ever." },
	[GW_TOPIC_SEGMENT_BYTES] = {
	    "segment.bytes", GW_CONFIG_INT, "134217728", 1024, GW_SEGMENT_BYTES_MAX,
	    "Size at which a new segment file begins." },
	{ "delete.retention.ms", GW_CONFIG_LONG, "86400000", 0, 0,
	    "Of compaction, which is not done." },
	{ "file.delete.delay.ms", GW_CONFIG_LONG, "0", 0, 0, "Files are deleted at once." },
	{ "flush.messages", GW_CONFIG_LONG, MAX_LONG, 0, 0, "See the broker's --fsync." },
	{ "flush.ms", GW_CONFIG_LONG, MAX_LONG, 0, 0, "See the broker's --fsync." },
	{ "follower.replication.throttled.replicas", GW_CONFIG_LIST, "", 0, 0,
	    "There are no followers." },
	{ "index.interval.bytes", GW_CONFIG_INT, "4096", 0, 0,
	    "Bytes between two entries of the index." },
	{ "leader.replication.throttled.replicas", GW_CONFIG_LIST, "", 0, 0,
	    "There are no followers." },
	{ "local.retention.bytes", GW_CONFIG_LONG, "-2", 0, 0,
	    "Of tiered storage, which there is not." },
	{ "local.retention.ms", GW_CONFIG_LONG, "-2", 0, 0,
	    "Of tiered storage, which there is not." },
	{ "max.compaction.lag.ms", GW_CONFIG_LONG, MAX_LONG, 0, 0,
	    "Of compaction, which is not done." },
	{ "message.timestamp.after.max.ms", GW_CONFIG_LONG, MAX_LONG, 0, 0,
	    "Timestamps are not judged." },
	{ "message.timestamp.before.max.ms", GW_CONFIG_LONG, MAX_LONG, 0, 0,
	    "Timestamps are not judged." },
	{ "min.cleanable.dirty.ratio", GW_CONFIG_DOUBLE, "0.5", 0, 0,
	    "Of compaction, which is not done." },
	{ "min.compaction.lag.ms", GW_CONFIG_LONG, "0", 0, 0, "Of compaction, which is not done." },
	{ "min.insync.replicas", GW_CONFIG_INT, "1", 0, 0, "There is one replica." },
	{ "preallocate", GW_CONFIG_BOOLEAN, "false", 0, 0, "Files grow as they are written." },
	{ "remote.storage.enable", GW_CONFIG_BOOLEAN, "false", 0, 0,
	    "There is no tiered storage." },
	{ "segment.index.bytes", GW_CONFIG_INT, "10485760", 0, 0,
	    "The index has no limit of its own." },
	{ "segment.jitter.ms", GW_CONFIG_LONG, "0", 0, 0, "Segments roll by size." },
	{ "segment.ms", GW_CONFIG_LONG, "604800000", 0, 0, "Segments roll by size." },
	{ "unclean.leader.election.enable", GW_CONFIG_BOOLEAN, "false", 0, 0,
	    "There is one replica." },
};
/* clang-format on */
const size_t gw_n_topic_settings = GW_N(gw_topic_settings);

static int
check_number(const struct gw_topic_setting *s, struct gw_slice value, struct gw_err *err)
{
	int64_t v;

	if (gw_slice_i64(value, &v) < 0)
		return gw_err_set(err, GW_K_INVALID_CONFIG,
		    "Invalid value %.*s for configuration %s: Not a number", GW_FMT(value),
		    s->name);
	if (v < s->min || v > s->max)
		return gw_err_set(err, GW_K_INVALID_CONFIG,
		    "Invalid value %.*s for configuration %s: Value must be "
		    "between %lld and %lld",
		    GW_FMT(value), s->name, (long long)s->min, (long long)s->max);
	return 0;
}

static bool
compression_known(struct gw_slice v)
{
	return gw_slice_is(v, "producer") || gw_slice_is(v, "uncompressed") ||
	    (!gw_slice_is(v, "none") && gw_compression_parse(v) >= 0);
}

static int
check(size_t i, struct gw_slice value, struct gw_err *err)
{
	const struct gw_topic_setting *s = &gw_topic_settings[i];

	switch (i) {
	case GW_TOPIC_CLEANUP_POLICY:
		if (gw_slice_is(value, "delete"))
			return 0;
		return gw_err_set(err, GW_K_INVALID_CONFIG,
		    "Invalid value %.*s for configuration %s: this broker does "
		    "not compact; only delete is possible",
		    GW_FMT(value), s->name);
	case GW_TOPIC_COMPRESSION_TYPE:
		if (compression_known(value))
			return 0;
		return gw_err_set(err, GW_K_INVALID_CONFIG,
		    "Invalid value %.*s for configuration %s: String must be one "
		    "of: uncompressed, zstd, lz4, snappy, gzip, producer",
		    GW_FMT(value), s->name);
	case GW_TOPIC_TIMESTAMP_TYPE:
		if (gw_slice_is(value, "CreateTime") || gw_slice_is(value, "LogAppendTime"))
			return 0;
		return gw_err_set(err, GW_K_INVALID_CONFIG,
		    "Invalid value %.*s for configuration %s: String must be one "
		    "of: CreateTime, LogAppendTime",
		    GW_FMT(value), s->name);
	default:
		if (i < GW_TOPIC_KEYS)
			return check_number(s, value, err);
		if (gw_slice_is(value, s->value))
			return 0;
		return gw_err_set(err, GW_K_INVALID_CONFIG,
		    "Invalid value %.*s for configuration %s: this broker has only "
		    "%s (%s)",
		    GW_FMT(value), s->name, s->value[0] == '\0' ? "the empty value" : s->value,
		    s->doc);
	}
}

int
gw_topic_config_set(struct gw_topic_configs *c, struct gw_alloc *alloc, struct gw_slice name,
    struct gw_slice value, struct gw_err *err)
{
	char *copy = NULL;
	size_t i = 0;
	int rc;

	while (i < gw_n_topic_settings && !gw_slice_is(name, gw_topic_settings[i].name))
		i++;
	if (i == gw_n_topic_settings)
		return gw_err_set(
		    err, GW_K_INVALID_CONFIG, "Unknown topic config name: %.*s", GW_FMT(name));
	if (value.ptr != NULL) {
		rc = check(i, value, err);
		if (rc != 0)
			return rc;
		if (i >= GW_TOPIC_KEYS)
			return 0;
		copy = gw_alloc_str(alloc, value);
		if (copy == NULL)
			return GW_ENOMEM;
	}
	if (i < GW_TOPIC_KEYS) {
		gw_alloc_free(alloc, c->values[i]);
		c->values[i] = copy;
	}
	return 0;
}

int
gw_topic_config_copy(
    struct gw_topic_configs *to, const struct gw_topic_configs *from, struct gw_alloc *alloc)
{
	*to = (struct gw_topic_configs){ { NULL } };
	for (size_t i = 0; i < GW_TOPIC_KEYS; i++) {
		if (from->values[i] == NULL)
			continue;
		to->values[i] = gw_alloc_str(alloc, gw_str(from->values[i]));
		if (to->values[i] == NULL) {
			gw_topic_config_fini(to, alloc);
			return GW_ENOMEM;
		}
	}
	return 0;
}

void
gw_topic_config_fini(struct gw_topic_configs *c, struct gw_alloc *alloc)
{
	for (size_t i = 0; i < GW_TOPIC_KEYS; i++) {
		gw_alloc_free(alloc, c->values[i]);
		c->values[i] = NULL;
	}
}

/* A number that was checked when it was set. */
static int64_t
number(const struct gw_topic_configs *c, enum gw_topic_key key, int64_t otherwise)
{
	int64_t v = otherwise;

	if (c->values[key] != NULL && gw_slice_i64(gw_str(c->values[key]), &v) < 0)
		return otherwise;
	return v;
}

struct gw_topic_policy
gw_topic_policy(const struct gw_topic_configs *c, const struct gw_broker_options *o)
{
	const char *stamp = c->values[GW_TOPIC_TIMESTAMP_TYPE];

	return (struct gw_topic_policy){
		.retention_ms = number(c, GW_TOPIC_RETENTION_MS, o->retention_ms),
		.retention_bytes = number(c, GW_TOPIC_RETENTION_BYTES, o->retention_bytes),
		.segment_bytes = number(c, GW_TOPIC_SEGMENT_BYTES, o->segment_bytes),
		.max_message_bytes =
		    (int32_t)number(c, GW_TOPIC_MAX_MESSAGE_BYTES, o->message_max_bytes),
		.log_append_time = stamp != NULL && strcmp(stamp, "LogAppendTime") == 0,
	};
}

struct gw_slice
gw_topic_config_text(const struct gw_topic_configs *c, const struct gw_broker_options *o, size_t i,
    char buf[GW_CONFIG_TEXT_MAX], enum gw_config_source *source)
{
	int64_t v;

	*source = GW_CONFIG_DEFAULT;
	if (i < GW_TOPIC_KEYS && c->values[i] != NULL) {
		*source = GW_CONFIG_TOPIC;
		return gw_str(c->values[i]);
	}
	switch (i) {
	case GW_TOPIC_MAX_MESSAGE_BYTES:
		v = o->message_max_bytes;
		break;
	case GW_TOPIC_RETENTION_BYTES:
		v = o->retention_bytes;
		break;
	case GW_TOPIC_RETENTION_MS:
		v = o->retention_ms;
		break;
	case GW_TOPIC_SEGMENT_BYTES:
		v = o->segment_bytes;
		break;
	default:
		return gw_str(gw_topic_settings[i].value);
	}
	snprintf(buf, GW_CONFIG_TEXT_MAX, "%lld", (long long)v);
	if (strcmp(buf, gw_topic_settings[i].value) != 0)
		*source = GW_CONFIG_BROKER;
	return gw_str(buf);
}

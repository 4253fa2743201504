/* SPDX-License-Identifier: MIT
 *
 * broker/topic_config.h - the settings of a topic, under Apache Kafka's names: one table of all
 * that a tool may ask for. A few are obeyed; the others have one value here, and another is
 * refused.
 * Source: TopicConfig.java (Apache Kafka 4.3.1).
 */
#ifndef GW_TOPIC_CONFIG_H
#define GW_TOPIC_CONFIG_H

#include "base/buf.h"
#include "base/err.h"
#include "broker/broker.h"

enum gw_topic_key {			/* those that are obeyed; the rest of the table follows */
	GW_TOPIC_CLEANUP_POLICY,	/* only delete */
	GW_TOPIC_COMPRESSION_TYPE,	/* any known name; batches are kept as they came */
	GW_TOPIC_MAX_MESSAGE_BYTES,
	GW_TOPIC_TIMESTAMP_TYPE,
	GW_TOPIC_RETENTION_BYTES,
	GW_TOPIC_RETENTION_MS,
	GW_TOPIC_SEGMENT_BYTES,
	GW_TOPIC_KEYS			/* how many of them a topic may override */
};

enum gw_config_type {			/* DescribeConfigs' numbers */
	GW_CONFIG_BOOLEAN = 1, GW_CONFIG_STRING = 2, GW_CONFIG_INT = 3, GW_CONFIG_LONG = 5,
	GW_CONFIG_DOUBLE = 6, GW_CONFIG_LIST = 7
};

enum gw_config_source { GW_CONFIG_TOPIC = 1, GW_CONFIG_BROKER = 4, GW_CONFIG_DEFAULT = 5 };

struct gw_topic_setting {
	const char		*name;
	enum gw_config_type	 type;
	const char		*value;		/* the default; of fixed ones the only value */
	int64_t			 min, max;	/* of obeyed numbers */
	const char		*doc;
};

/* The first GW_TOPIC_KEYS are obeyed. */
extern const struct gw_topic_setting	gw_topic_settings[];
extern const size_t			gw_n_topic_settings;

/* Overrides of one topic; NULL: as the broker says. */
struct gw_topic_configs {
	char	*values[GW_TOPIC_KEYS];
};

/* What the log needs to know, overrides and broker options put together. */
struct gw_topic_policy {
	int64_t	retention_ms, retention_bytes, segment_bytes;
	int32_t	max_message_bytes;
	bool	log_append_time;
};

/*
 * Check name=value and store a copy (value ptr NULL: back to the broker's). 0, GW_K_INVALID_CONFIG
 * with err, or GW_ENOMEM. A fixed setting is accepted with its value and not stored.
 */
int	gw_topic_config_set(struct gw_topic_configs *c, struct gw_alloc *alloc,
	    struct gw_slice name,
	    struct gw_slice value, struct gw_err *err) GW_CHECK_RESULT;
int	gw_topic_config_copy(struct gw_topic_configs *to, const struct gw_topic_configs *from,
	    struct gw_alloc *alloc)
	    GW_CHECK_RESULT;
void	gw_topic_config_fini(struct gw_topic_configs *c, struct gw_alloc *alloc);

struct gw_topic_policy	gw_topic_policy(const struct gw_topic_configs *c,
	    const struct gw_broker_options *o);

/* The i-th setting's value as text into buf (of GW_CONFIG_TEXT_MAX), and where it comes from. */
#define GW_CONFIG_TEXT_MAX 64
struct gw_slice	gw_topic_config_text(const struct gw_topic_configs *c,
	    const struct gw_broker_options *o, size_t i,
		    char buf[GW_CONFIG_TEXT_MAX], enum gw_config_source *source);

#endif

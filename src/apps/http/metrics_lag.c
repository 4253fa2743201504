/* SPDX-License-Identifier: MIT
 *
 * apps/http/metrics_lag.c - offsets of the broker's topics and groups under the names of
 * kafka_exporter, whose dashboards then read our broker. Its two sums over partitions are left out:
 * promtool refuses a gauge named _sum, and sum() of the others says the same.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/metrics.h"
#include "base/slice.h"
#include "broker/broker.h"

enum what { PARTITIONS, NEWEST, OLDEST, COMMITTED, LAG, MEMBERS };

static const struct {
	enum what	 what;
	const char	*name, *help;
} families[] = {
	{ PARTITIONS, "kafka_topic_partitions", "Partitions of the topic." },
	{ NEWEST, "kafka_topic_partition_current_offset", "The partition's end." },
	{ OLDEST, "kafka_topic_partition_oldest_offset", "The oldest offset that is kept." },
	{ COMMITTED, "kafka_consumergroup_current_offset", "The offset that is committed." },
	{ LAG, "kafka_consumergroup_lag", "Records that wait to be read." },
	{ MEMBERS, "kafka_consumergroup_members", "Members of the group." },
};

struct putter {
	struct gw_buf	*out;
	enum what	 what;
	const char	*name;
	const char	*group;		/* told last, of MEMBERS */
};

static void
put_value(struct putter *p, struct gw_slice topic, int32_t partition, int64_t value)
{
	if (p->what != MEMBERS)
		gw_metrics_label(p->out, "topic", topic);
	if (p->what != PARTITIONS && p->what != MEMBERS)
		gw_buf_printf(p->out, ",partition=\"%d\"", (int)partition);
	gw_buf_printf(p->out, "} %lld\n", (long long)value);
}

static void
put_partition(void *arg, const struct gw_broker_ends *e)
{
	struct putter *p = arg;

	if (p->what == PARTITIONS && e->partition != 0)
		return;
	gw_buf_printf(p->out, "%s{", p->name);
	put_value(p, gw_str(e->topic), e->partition,
	    p->what == PARTITIONS ? e->n_partitions : p->what == NEWEST ? e->end : e->start);
}

static void
put_committed(void *arg, const struct gw_broker_committed *c)
{
	struct putter *p = arg;

	if ((p->what == MEMBERS && p->group == c->group) || (p->what == LAG && c->lag < 0))
		return;
	p->group = c->group;
	gw_buf_printf(p->out, "%s{", p->name);
	gw_metrics_label(p->out, "consumergroup", gw_str(c->group));
	if (p->what != MEMBERS)
		gw_buf_putc(p->out, ',');
	put_value(p, c->topic, c->partition,
	    p->what == MEMBERS ? (int64_t)c->n_members : p->what == LAG ? c->lag : c->offset);
}

void
gw_metrics_lag(struct gw_buf *out, const struct gw_broker *b)
{
	gw_metrics_one(out, "kafka_brokers", "gauge", "Brokers of the cluster: this one.", 1);
	for (size_t i = 0; i < GW_N(families); i++) {
		struct putter p = { .out = out, .what = families[i].what,
			.name = families[i].name };

		gw_metrics_family(out, p.name, "gauge", families[i].help);
		if (p.what <= OLDEST)
			gw_broker_each_partition(b, put_partition, &p);
		else
			gw_broker_each_committed(b, put_committed, &p);
	}
}

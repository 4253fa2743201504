/* SPDX-License-Identifier: MIT
 *
 * apps/http/metrics_broker.c - the broker's numbers.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/metrics.h"
#include "broker/broker.h"

void
gw_metrics_broker(struct gw_buf *out, const struct gw_env *env, const struct gw_broker *b,
    const char *dir)
{
	struct gw_broker_stats st;
	int64_t free_bytes = env->fs->free_bytes(env->fs->ctx, dir);

	gw_broker_get_stats(b, &st);
	gw_metrics_one(out, "gridwire_broker_connections_total", "counter",
	    "Connections accepted.", (double)st.connections);
	gw_metrics_one(out, "gridwire_broker_requests_total", "counter", "Requests answered.",
	    (double)st.requests);
	gw_metrics_one(out, "gridwire_broker_records_total", "counter", "Records appended.",
	    (double)st.records_in);
	gw_metrics_one(out, "gridwire_broker_received_bytes_total", "counter",
	    "Bytes of requests.", (double)st.bytes_in);
	gw_metrics_one(out, "gridwire_broker_sent_bytes_total", "counter", "Bytes of answers.",
	    (double)st.bytes_out);
	gw_metrics_one(out, "gridwire_broker_produce_requests_total", "counter",
	    "Produce requests.", (double)st.produce_requests);
	gw_metrics_one(out, "gridwire_broker_produce_errors_total", "counter",
	    "Batches that were refused.", (double)st.produce_errors);
	gw_metrics_one(out, "gridwire_broker_fetch_requests_total", "counter", "Fetch requests.",
	    (double)st.fetch_requests);
	gw_metrics_one(out, "gridwire_broker_fetch_records_bytes_total", "counter",
	    "Bytes of records handed out, as they are stored.", (double)st.fetch_bytes);
	gw_metrics_family(out, "gridwire_broker_transactions_total", "counter",
	    "Transactions ended.");
	gw_metrics_value(out, "gridwire_broker_transactions_total", "result=\"committed\"",
	    (double)st.txns_committed);
	gw_metrics_value(out, "gridwire_broker_transactions_total", "result=\"aborted\"",
	    (double)st.txns_aborted);
	gw_metrics_one(out, "gridwire_broker_transactions_open", "gauge",
	    "Transactions begun and not ended.", (double)st.txns_open);
	gw_metrics_one(out, "gridwire_broker_syncs_total", "counter",
	    "Times that the disk was asked to keep what was written.", (double)st.syncs);
	gw_metrics_one(out, "gridwire_broker_sync_waits_total", "counter",
	    "Syncs for which the whole broker waited.", (double)st.sync_waits);
	gw_metrics_family(out, "gridwire_broker_sync_duration_seconds", "histogram",
	    "One sync of the disk, from asking to done.");
	gw_metrics_hist(out, "gridwire_broker_sync_duration_seconds", NULL,
	    gw_broker_sync_times(b));
	gw_metrics_one(out, "gridwire_broker_connections", "gauge", "Connections open.",
	    (double)st.connections_open);
	gw_metrics_one(out, "gridwire_broker_topics", "gauge", "Topics.", (double)st.topics);
	gw_metrics_one(out, "gridwire_broker_partitions", "gauge", "Partitions.",
	    (double)st.partitions);
	gw_metrics_one(out, "gridwire_broker_groups", "gauge", "Consumer groups.",
	    (double)st.groups);
	if (free_bytes >= 0)
		gw_metrics_one(out, "gridwire_broker_disk_free_bytes", "gauge",
		    "Free on the file system of the data folder.", (double)free_bytes);
	gw_metrics_lag(out, b);
}

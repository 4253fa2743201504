/* SPDX-License-Identifier: MIT
 *
 * apps/http/metrics_score.c - the scorer's numbers.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/metrics.h"
#include "apps/score/score.h"
#include "apps/score/trial.h"
#include "base/slice.h"
#include "ml/model.h"

void
gw_metrics_model(struct gw_buf *out, const char *name, const char *help, const struct gw_model *m)
{
	gw_metrics_family(out, name, "gauge", help);
	gw_buf_printf(out, "%s{", name);
	gw_metrics_label(out, "model", gw_str(m->name));
	gw_buf_printf(out, ",version=\"%d\",", (int)m->version);
	gw_metrics_label(out, "sha256", gw_str(m->sha256));
	gw_buf_putc(out, ',');
	gw_metrics_label(out, "features", gw_str(m->feature_set));
	gw_buf_puts(out, "} 1\n");
}

static void
put_plays(struct gw_buf *out, const struct gw_score_stats *st)
{
	gw_metrics_one(out, "nfl_plays_scored_total", "counter", "Plays scored.",
	    (double)st->plays);
	gw_metrics_one(out, "nfl_plays_repeated_total", "counter",
	    "Plays passed over because the CSV has them already.", (double)st->repeated);
	gw_metrics_one(out, "nfl_plays_corrected_total", "counter",
	    "Plays scored that came again, with a revision.", (double)st->corrected);
	gw_metrics_one(out, "nfl_plays_withdrawn_total", "counter",
	    "Plays scored that their source took back.", (double)st->withdrawn);
	gw_metrics_one(out, "nfl_units_total", "counter",
	    "Units of plays that became durable as one.", (double)st->units);
	gw_metrics_one(out, "nfl_units_given_up_total", "counter",
	    "Units whose transaction was aborted, and whose plays were read again.",
	    (double)st->given_up);
	gw_metrics_one(out, "nfl_dead_letters_total", "counter",
	    "Messages that are no plays and went to the dead-letter topic.", (double)st->dead);
	gw_metrics_family(out, "nfl_messages_skipped_total", "counter",
	    "Messages that are no plays, by reason.");
	for (size_t i = 0; i < st->n_skips; i++) {
		if (st->skips[i].n == 0)
			continue;
		gw_buf_puts(out, "nfl_messages_skipped_total{");
		gw_metrics_label(out, "reason", gw_str(st->skips[i].reason));
		gw_buf_printf(out, "} %llu\n", (unsigned long long)st->skips[i].n);
	}
}

static void
put_stages(struct gw_buf *out, const struct gw_score_stats *st)
{
	const char *stage = "nfl_stage_duration_seconds";

	gw_metrics_family(out, stage, "histogram",
	    "From the record's timestamp to: fetched, scored. Of one play: compute.");
	gw_metrics_hist(out, stage, "stage=\"fetched\"", &st->to_fetched);
	gw_metrics_hist(out, stage, "stage=\"scored\"", &st->to_scored);
	gw_metrics_hist(out, stage, "stage=\"compute\"", &st->compute);
	gw_metrics_family(out, "nfl_unit_duration_seconds", "histogram",
	    "A unit of plays from fetched to durable everywhere.");
	gw_metrics_hist(out, "nfl_unit_duration_seconds", NULL, &st->to_durable);
}

struct number {
	const char	*name, *help;
	int64_t		(*of)(const struct gw_position *p);	/* -1: not known */
	bool		in_group;
};

static int64_t
lag(const struct gw_position *p)
{
	if (p->high_watermark < 0 || p->position < 0)
		return -1;
	return p->high_watermark > p->position ? p->high_watermark - p->position : 0;
}

static int64_t
position(const struct gw_position *p)
{
	return p->position;
}

static int64_t
committed(const struct gw_position *p)
{
	return p->committed;
}

static int64_t
high_watermark(const struct gw_position *p)
{
	return p->high_watermark;
}

/* The last four have the names of kafka_exporter, so that its dashboard reads them. */
static const struct number numbers[] = {
	{ "nfl_consumer_lag_records", "Records that wait to be read.", lag, false },
	{ "nfl_consumer_position", "The offset to be read next.", position, false },
	{ "kafka_consumergroup_lag", "Records that wait to be read.", lag, true },
	{ "kafka_consumergroup_current_offset", "The offset that is committed.", committed, true },
	{ "kafka_topic_partition_current_offset", "The partition's end.", high_watermark, false },
};

static void
put_number(struct gw_buf *out, const struct gw_metrics_score *s, const struct number *n)
{
	struct gw_position at;

	gw_metrics_family(out, n->name, "gauge", n->help);
	for (size_t i = 0; gw_assignment(s->client, i, &at) > 0; i++) {
		if (n->of(&at) < 0)
			continue;
		gw_buf_printf(out, "%s{", n->name);
		if (n->in_group) {
			gw_metrics_label(out, "consumergroup", gw_str(s->group));
			gw_buf_putc(out, ',');
		}
		gw_metrics_label(out, "topic", at.topic);
		gw_buf_printf(out, ",partition=\"%d\"} %lld\n", (int)at.partition,
		    (long long)n->of(&at));
	}
}

static void
put_client(struct gw_buf *out, const struct gw_client *client)
{
	struct gw_stats st;

	gw_get_stats(client, &st);
	gw_metrics_one(out, "nfl_predictions_delivered_total", "counter",
	    "Predictions and dead letters that the broker acknowledged.",
	    (double)st.records_delivered);
	gw_metrics_one(out, "nfl_predictions_failed_total", "counter",
	    "Predictions that could not be delivered.", (double)st.records_failed);
	gw_metrics_one(out, "nfl_predictions_pending", "gauge",
	    "Predictions that are neither delivered nor failed.", (double)st.pending);
	gw_metrics_one(out, "gridwire_client_requests_total", "counter", "Requests to brokers.",
	    (double)st.requests);
	gw_metrics_one(out, "gridwire_client_retries_total", "counter",
	    "Requests that were sent again.", (double)st.retries);
	gw_metrics_one(out, "gridwire_client_disconnects_total", "counter",
	    "Connections to brokers that ended.", (double)st.disconnects);
	gw_metrics_one(out, "gridwire_client_connections", "gauge",
	    "Connections to brokers now.", (double)st.connections);
	gw_metrics_one(out, "gridwire_client_sent_bytes_total", "counter", "To brokers.",
	    (double)st.bytes_out);
	gw_metrics_one(out, "gridwire_client_received_bytes_total", "counter", "From brokers.",
	    (double)st.bytes_in);
	if (st.certificate_expires_s != 0)
		gw_metrics_one(out, "gridwire_client_certificate_expires_timestamp_seconds",
		    "gauge", "When the first of the certificates in use ends, the brokers' or "
		    "the client's, since the Unix epoch.", (double)st.certificate_expires_s);
}

void
gw_metrics_score(struct gw_buf *out, const struct gw_metrics_score *s)
{
	gw_metrics_model(out, "nfl_model_info", "The model that scores; always 1.",
	    s->trial->champion.model);
	gw_metrics_trial(out, s->trial, s->rollbacks);
	if (s->score != NULL) {
		put_plays(out, gw_score_get_stats(s->score));
		put_stages(out, gw_score_get_stats(s->score));
	}
	for (size_t i = 0; i < GW_N(numbers); i++)
		if (!numbers[i].in_group || s->group != NULL)
			put_number(out, s, &numbers[i]);
	put_client(out, s->client);
	if (s->csv_free_bytes >= 0)
		gw_metrics_one(out, "nfl_csv_disk_free_bytes", "gauge",
		    "Free on the file system of the CSV.", (double)s->csv_free_bytes);
	if (s->watch != NULL)
		gw_metrics_watch(out, s->watch, s->now_ms);
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/metrics.h"

#include <gridwire/gridwire.h>

#include "base/slice.h"

#define TYPE	"text/plain; version=0.0.4; charset=utf-8"

void
gw_metrics_family(struct gw_buf *out, const char *name, const char *type, const char *help)
{
	gw_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_number(struct gw_buf *out, double value)
{
	char text[GW_DOUBLE_MAX];

	gw_double_text(value, text);
	gw_buf_puts(out, value == value ? text : "NaN");
}

void
gw_metrics_value(struct gw_buf *out, const char *name, const char *labels, double value)
{
	gw_buf_puts(out, name);
	if (labels != NULL)
		gw_buf_printf(out, "{%s}", labels);
	gw_buf_putc(out, ' ');
	put_number(out, value);
	gw_buf_putc(out, '\n');
}

void
gw_metrics_one(struct gw_buf *out, const char *name, const char *type, const char *help,
    double value)
{
	gw_metrics_family(out, name, type, help);
	gw_metrics_value(out, name, NULL, value);
}

static void
put_bucket(struct gw_buf *out, const char *name, const char *labels, const char *le, uint64_t n)
{
	gw_buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %llu\n", name, labels == NULL ? "" : labels,
	    labels == NULL ? "" : ",", le, (unsigned long long)n);
}

void
gw_metrics_hist(struct gw_buf *out, const char *name, const char *labels, const struct gw_hist *us)
{
	static const uint64_t steps[] = { 1, 2, 5 };
	const char *open = labels == NULL ? "" : "{", *close = labels == NULL ? "" : "}";
	char le[GW_DOUBLE_MAX];

	for (uint64_t decade = 1; decade <= 10000000; decade *= 10) {
		for (size_t i = 0; i < GW_N(steps) && decade * steps[i] <= 10000000; i++) {
			gw_double_text((double)(decade * steps[i]) / 1e6, le);
			put_bucket(out, name, labels, le, gw_hist_count_to(us, decade * steps[i]));
		}
	}
	put_bucket(out, name, labels, "+Inf", us->count);
	gw_buf_printf(out, "%s_sum%s%s%s ", name, open, labels == NULL ? "" : labels, close);
	put_number(out, (double)us->sum / 1e6);
	gw_buf_printf(out, "\n%s_count%s%s%s %llu\n", name, open, labels == NULL ? "" : labels,
	    close, (unsigned long long)us->count);
}

void
gw_metrics_label(struct gw_buf *out, const char *name, struct gw_slice value)
{
	gw_buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n')
			gw_buf_puts(out, "\\n");
		else {
			if (value.ptr[i] == '\\' || value.ptr[i] == '"')
				gw_buf_putc(out, '\\');
			gw_buf_putc(out, value.ptr[i]);
		}
	}
	gw_buf_putc(out, '"');
}

/* ---- the pages ---- */

bool
gw_metrics_answer(const struct gw_metrics *m, const struct gw_http_request *q,
    struct gw_http_reply *r)
{
	bool well = true;

	if (strcmp(q->path, "/metrics") == 0 && m->put != NULL) {
		r->status = 200;
		r->type = TYPE;
		m->put(m->arg, r->made);
		return true;
	}
	if (strcmp(q->path, "/readyz") == 0)
		well = m->ready == NULL || m->ready(m->arg);
	else if (strcmp(q->path, "/healthz") != 0)
		return false;
	r->status = well ? 200 : 503;
	r->type = "text/plain; charset=utf-8";
	gw_buf_puts(r->made, well ? "ok\n" : "not ready\n");
	return true;
}

static void
handle(void *arg, const struct gw_http_request *q, struct gw_http_reply *r)
{
	(void)gw_metrics_answer(arg, q, r);
}

struct gw_http *
gw_metrics_serve(struct gw_env *env, const struct gw_addr *at, struct gw_metrics *m,
    struct gw_err *err)
{
	struct gw_http_options o = { .listen = *at, .handle = handle, .arg = m };

	return gw_http_new(env, &o, err);
}

/* ---- what is common ---- */

void
gw_metrics_common(struct gw_buf *out, const struct gw_env *env, const struct gw_http *http)
{
	struct gw_http_stats st;

	gw_metrics_family(out, "gridwire_build_info", "gauge", "The program; always 1.");
	gw_buf_printf(out, "gridwire_build_info{version=\"%s\"} 1\n", gw_version());
	gw_metrics_one(out, "gridwire_memory_used_bytes", "gauge",
	    "Memory held through the allocator.", (double)env->alloc->used);
	gw_metrics_one(out, "gridwire_memory_used_max_bytes", "gauge",
	    "The most that was held so far.", (double)env->alloc->used_max);
	if (http == NULL)
		return;
	st = gw_http_get_stats(http);
	gw_metrics_one(out, "gridwire_start_time_seconds", "gauge",
	    "When it was started, since the Unix epoch.", (double)st.started_ms / 1000);
	gw_metrics_one(out, "gridwire_http_requests_total", "counter", "Requests for pages.",
	    (double)st.requests);
	gw_metrics_one(out, "gridwire_http_refused_total", "counter",
	    "Requests and connections that were refused.", (double)st.refused);
	gw_metrics_one(out, "gridwire_http_dropped_total", "counter",
	    "Connections that were dropped because the other side was too slow.",
	    (double)st.dropped);
	gw_metrics_one(out, "gridwire_http_received_bytes_total", "counter", "Bytes of requests.",
	    (double)st.bytes_in);
	gw_metrics_one(out, "gridwire_http_sent_bytes_total", "counter", "Bytes sent.",
	    (double)st.bytes_out);
	gw_metrics_one(out, "gridwire_http_connections", "gauge", "Connections now.",
	    (double)st.connections);
	gw_metrics_one(out, "gridwire_http_streams", "gauge", "Viewers of the live page now.",
	    (double)st.streams);
}

/* SPDX-License-Identifier: MIT
 *
 * apps/http/metrics.h - numbers as Prometheus reads them (text format 0.0.4), and the pages around
 * them: /metrics, /healthz, /readyz. What each means is in doc/metrics.md.
 */
#ifndef GW_METRICS_H
#define GW_METRICS_H

#include "apps/http/http.h"
#include "base/hist.h"

/* A family begins with its help and type ("counter", "gauge", "histogram"). */
void	gw_metrics_family(struct gw_buf *out, const char *name, const char *type, const char *help);
/* One sample; labels as `partition="0"`, NULL: none. */
void	gw_metrics_value(struct gw_buf *out, const char *name, const char *labels, double value);
/* A family of one sample without labels. */
void	gw_metrics_one(struct gw_buf *out, const char *name, const char *type, const char *help,
	    double value);
/* The samples of a histogram of microseconds, in seconds: buckets of 1, 2, 5 from 1 us to 10 s. */
void	gw_metrics_hist(struct gw_buf *out, const char *name, const char *labels,
	    const struct gw_hist *us);
/* Text as the value of a label: quoted, with backslash, quote and line end escaped. */
void	gw_metrics_label(struct gw_buf *out, const char *name, struct gw_slice value);

struct gw_metrics {
	void	(*put)(void *arg, struct gw_buf *out);		/* NULL: there is no /metrics */
	bool	(*ready)(void *arg);
	void	*arg;
};

/* Answers the three paths; false: it is another one. */
bool	gw_metrics_answer(const struct gw_metrics *m, const struct gw_http_request *q,
	    struct gw_http_reply *r);

/* A server of these three alone. m outlives it. */
struct gw_http	*gw_metrics_serve(struct gw_env *env, const struct gw_addr *at,
		    struct gw_metrics *m, struct gw_err *err);

/* What every program of ours has: build, memory, and the pages' own. http may be NULL. */
void	gw_metrics_common(struct gw_buf *out, const struct gw_env *env, const struct gw_http *http);

struct gw_score;
struct gw_client;
struct gw_model;
struct gw_trial;
struct gw_watch;

/* The scorer's. */
struct gw_metrics_score {
	const struct gw_score	*score;
	const struct gw_client	*client;
	const struct gw_trial	*trial;		/* the models */
	uint64_t		 rollbacks;	/* of challengers, so far */
	const char		*group;		/* NULL: none */
	const struct gw_watch	*watch;		/* NULL: none */
	int64_t			 now_ms;
	int64_t			 csv_free_bytes;	/* -1: not known, or no CSV */
};
void	gw_metrics_score(struct gw_buf *out, const struct gw_metrics_score *s);

/* A family of one sample that names a model. */
void	gw_metrics_model(struct gw_buf *out, const char *name, const char *help,
	    const struct gw_model *m);
/* The challenger's; nothing where there is none. gw_metrics_score() has it too. */
void	gw_metrics_trial(struct gw_buf *out, const struct gw_trial *t, uint64_t rollbacks);

/* What the models are worth lately; gw_metrics_score() has it too. */
void	gw_metrics_watch(struct gw_buf *out, const struct gw_watch *w, int64_t now_ms);

struct gw_broker;

/* kafka_exporter's, of all topics and groups of the broker; gw_metrics_broker() has them too. */
void	gw_metrics_lag(struct gw_buf *out, const struct gw_broker *b);

/* The broker's; dir is where its data is. */
void	gw_metrics_broker(struct gw_buf *out, const struct gw_env *env, const struct gw_broker *b,
	    const char *dir);

#endif

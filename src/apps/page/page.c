/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/page/page.h"

#include <stdio.h>

#include "apps/page/page_files.h"
#include "apps/page/page_log.h"
#include "apps/page/page_table.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "ml/model.h"
#include "wire/compress.h"

#define GZIP_LEVEL	9
#define END_US		1000000		/* for viewers to read the rest */

struct file {
	char		etag[65];
	struct gw_buf	gzip;
};

struct gw_page {
	struct gw_env		*env;
	struct gw_page_options	 o;
	struct gw_page_log	 log;
	struct gw_http		*http;
	struct file		 files[GW_PAGE_FILES];	/* as gw_page_files[] */
};

/* ---- what can be asked for ---- */

static void
answer_file(struct gw_page *p, size_t i, struct gw_http_reply *r)
{
	const struct gw_page_file *f = &gw_page_files[i];

	r->status = 200;
	r->type = f->type;
	r->body = (struct gw_slice){ (const char *)f->bytes, f->len };
	r->gzip = gw_buf_slice(&p->files[i].gzip);
	r->etag = p->files[i].etag;
}

static void
answer_events(struct gw_page *p, const struct gw_http_request *q, struct gw_http_reply *r)
{
	r->status = 200;
	r->stream = true;
	r->cursor = gw_page_log_after(&p->log, q->last_event_id);
}

/* ?game=ID, decoded by nobody: an id has no character that is escaped. ptr NULL: not there. */
static struct gw_slice
game_asked(const struct gw_http_request *q)
{
	struct gw_slice value, rest = q->query, pair;

	while (rest.ptr != NULL) {
		pair = gw_slice_cut(rest, '&', &rest);
		if (gw_slice_is(gw_slice_cut(pair, '=', &value), "game"))
			return value;
	}
	return (struct gw_slice){ NULL, 0 };
}

static void
answer_table(struct gw_page *p, const struct gw_http_request *q, struct gw_http_reply *r)
{
	r->status = 200;
	r->type = "text/html; charset=utf-8";
	gw_page_table(r->made, &p->log, game_asked(q));
}

static void
answer_plays(struct gw_page *p, const struct gw_http_request *q, struct gw_http_reply *r)
{
	struct gw_slice game = game_asked(q);

	r->status = 200;
	r->type = "application/x-ndjson; charset=utf-8";
	for (uint64_t i = p->log.begin; i < p->log.end; i++) {
		const struct gw_page_entry *e = gw_page_log_at(&p->log, i);

		if (game.ptr != NULL && !gw_slice_is(game, e->play.game_id))
			continue;
		gw_page_log_json(r->made, e);
		gw_buf_putc(r->made, '\n');
	}
}

static void
model_ref(const struct gw_page *p, char out[GW_MODEL_REF_MAX])
{
	snprintf(out, GW_MODEL_REF_MAX, "%s:%d", p->o.model->name, (int)p->o.model->version);
}

static void
answer_csv(struct gw_page *p, const struct gw_http_request *q, struct gw_http_reply *r)
{
	struct gw_slice game = game_asked(q);
	char model[GW_MODEL_REF_MAX];

	r->status = 200;
	r->type = "text/csv; charset=utf-8; header=present";
	model_ref(p, model);
	gw_prediction_csv_header(r->made);
	for (uint64_t i = p->log.begin; i < p->log.end; i++) {
		const struct gw_page_entry *e = gw_page_log_at(&p->log, i);

		if (game.ptr == NULL || gw_slice_is(game, e->play.game_id))
			gw_prediction_csv(r->made, &e->play, &e->prediction, model, &e->place);
	}
}

static void
put_model_parts(struct gw_json_out *w, const struct gw_model *m)
{
	gw_json_key(w, "features");
	gw_json_array(w);
	for (size_t i = 0; i < m->n_features; i++)
		gw_json_str(w, gw_str(m->features[i].name));
	gw_json_array_end(w);
	gw_json_key(w, "metrics");
	gw_json_object(w);
	for (size_t i = 0; i < m->n_metrics; i++)
		gw_json_kv_num(w, m->metrics[i].name, m->metrics[i].value);
	gw_json_object_end(w);
}

static void
answer_model(struct gw_page *p, const struct gw_http_request *q, struct gw_http_reply *r)
{
	const struct gw_model *m = p->o.model;
	char ref[GW_MODEL_REF_MAX];
	struct gw_json_out w;

	(void)q;
	r->status = 200;
	r->type = "application/json; charset=utf-8";
	model_ref(p, ref);
	gw_json_begin(&w, r->made);
	gw_json_object(&w);
	gw_json_kv_str(&w, "model", gw_str(ref));
	gw_json_kv_str(&w, "sha256", gw_str(m->sha256));
	gw_json_kv_str(&w, "topic", gw_str(p->o.topic));
	gw_json_kv_str(&w, "feature_set", gw_str(m->feature_set));
	gw_json_kv_str(&w, "trained_on", gw_str(m->trained_on));
	gw_json_kv_int(&w, "rows", (int64_t)m->n_rows);
	gw_json_kv_int(&w, "games", (int64_t)m->n_groups);
	put_model_parts(&w, m);
	gw_json_object_end(&w);
	gw_buf_putc(r->made, '\n');
}

static const struct {
	const char	*path;
	void		(*answer)(struct gw_page *p, const struct gw_http_request *q,
			    struct gw_http_reply *r);
} routes[] = {
	{ "/events", answer_events },
	{ "/table", answer_table },
	{ "/plays.jsonl", answer_plays },
	{ "/predictions.csv", answer_csv },
	{ "/model.json", answer_model },
};

static void
handle(void *arg, const struct gw_http_request *q, struct gw_http_reply *r)
{
	struct gw_page *p = arg;

	for (size_t i = 0; i < GW_PAGE_FILES; i++)
		if (strcmp(q->path, gw_page_files[i].path) == 0)
			answer_file(p, i, r);
	for (size_t i = 0; i < GW_N(routes); i++)
		if (strcmp(q->path, routes[i].path) == 0)
			routes[i].answer(p, q, r);
	if (r->status == 0)
		(void)gw_metrics_answer(&p->o.metrics, q, r);
}

static void
fill(void *arg, uint64_t *cursor, struct gw_buf *out)
{
	struct gw_page *p = arg;

	gw_page_log_fill(&p->log, cursor, out);
}

/* ---- opening, closing ---- */

static int
pack_files(struct gw_page *p)
{
	int rc = 0;

	for (size_t i = 0; i < GW_PAGE_FILES && rc == 0; i++) {
		const struct gw_page_file *f = &gw_page_files[i];

		gw_sha256_hex(f->bytes, f->len, p->files[i].etag);
		p->files[i].etag[16] = '\0';
		rc = gw_compress(GW_GZIP, GZIP_LEVEL,
		    (struct gw_slice){ (const char *)f->bytes, f->len }, &p->files[i].gzip);
	}
	return rc;
}

struct gw_page *
gw_page_new(struct gw_env *env, const struct gw_page_options *o, struct gw_err *err)
{
	struct gw_http_options http = { .listen = o->listen, .token = o->token,
		.handle = handle, .fill = fill };
	struct gw_page *p = gw_alloc_zero(env->alloc, 1, sizeof(*p));
	int rc;

	if (p == NULL) {
		gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	p->env = env;
	p->o = *o;
	gw_page_log_init(&p->log, env->alloc, GW_PAGE_PLAYS_MAX);
	for (size_t i = 0; i < GW_PAGE_FILES; i++)
		gw_buf_init(&p->files[i].gzip, env->alloc, 0);
	rc = pack_files(p);
	http.arg = p;
	if (rc < 0)
		gw_err_set(err, rc, "%s", gw_strerror(rc));
	else
		p->http = gw_http_new(env, &http, err);
	if (p->http != NULL)
		return p;
	gw_page_free(p);
	return NULL;
}

void
gw_page_free(struct gw_page *p)
{
	if (p == NULL)
		return;
	gw_http_free(p->http);
	gw_page_log_fini(&p->log);
	for (size_t i = 0; i < GW_PAGE_FILES; i++)
		gw_buf_fini(&p->files[i].gzip);
	gw_alloc_free(p->env->alloc, p);
}

void
gw_page_set_model(struct gw_page *p, const struct gw_model *model)
{
	p->o.model = model;
}

struct gw_part
gw_page_part(struct gw_page *p)
{
	return gw_http_part(p->http);
}

struct gw_addr
gw_page_addr(const struct gw_page *p)
{
	return gw_http_addr(p->http);
}

const struct gw_http *
gw_page_http(const struct gw_page *p)
{
	return p->http;
}

void
gw_page_scored(struct gw_page *p, const struct gw_scored *s)
{
	if (gw_page_log_add(&p->log, s) == 0)
		gw_http_stream_end(p->http, p->log.end);
}

void
gw_page_end(struct gw_page *p)
{
	int64_t until = gw_env_now(p->env).us + END_US;
	struct gw_part part = gw_page_part(p);
	struct gw_loop loop;

	p->log.ended = true;
	gw_http_stream_end(p->http, p->log.end + 1);
	gw_loop_init(&loop, p->env, &part, 1);
	loop.stop_fd = -1;	/* a second is short; it is not cut shorter */
	while (!gw_http_all_told(p->http) && gw_env_now(p->env).us < until)
		if (gw_loop_turn(&loop, until) < 0)
			break;
	gw_loop_fini(&loop);
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score_lines.h"

#include <poll.h>

#include "apps/input.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"

#define PARSE_ARENA_MAX	(16u << 20)
#define OUT_BLOCK	65536

struct filter {
	struct gw_app			*app;
	const struct gw_predictor	*predictor;
	struct gw_score_lines		*counts;
	struct gw_input			 in;
	struct gw_arena			 arena;
};

static void
put_error(struct filter *f, const char *why)
{
	struct gw_json_out w;

	f->counts->skipped++;
	gw_json_begin(&w, &f->app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "error", gw_str(why));
	gw_json_kv_int(&w, "line", (int64_t)f->in.n_messages);
	gw_json_object_end(&w);
	gw_buf_putc(&f->app->out, '\n');
}

static int
one_line(struct filter *f, struct gw_slice line, struct gw_err *err)
{
	struct gw_prediction prediction;
	struct gw_err why = { 0 };
	struct gw_play play;
	int rc;

	gw_arena_reset(&f->arena);
	rc = gw_play_parse(line, &f->arena, &play, &why);
	if (rc == GW_ENOMEM) {
		*err = why;
		return rc;
	}
	if (rc < 0) {
		put_error(f, gw_slice_trim(line).len == 0 ? "the line is empty" : why.msg);
		return 0;
	}
	gw_predict(f->predictor, &play, &prediction);
	gw_prediction_json(&f->app->out, &play, &prediction, gw_predictor_model(f->predictor),
	    NULL);
	gw_buf_putc(&f->app->out, '\n');
	f->counts->plays++;
	return 0;
}

/* True when a read would wait: then whoever reads us may be waiting too. */
static bool
input_pauses(struct filter *f)
{
	struct pollfd fd = { .fd = f->in.fd, .events = POLLIN };
	struct gw_net *net = f->app->env->net;

	return net->poll(net->ctx, &fd, 1, 0) <= 0;
}

static int
more_input(struct filter *f, struct gw_err *err)
{
	int rc;

	if (input_pauses(f)) {
		rc = gw_app_flush(f->app);
		if (rc < 0)
			return gw_err_set(err, rc, "stdout: %s", gw_strerror(rc));
	}
	if (gw_app_stopping(f->app))
		return gw_err_set(err, GW_EINTR, "interrupted");
	return gw_input_read(&f->in, err);
}

static int
filter(struct filter *f, struct gw_err *err)
{
	struct gw_slice line;
	int rc;

	while ((rc = gw_input_next(&f->in, &line)) != 0) {
		rc = rc == GW_EAGAIN ? more_input(f, err) : one_line(f, line, err);
		if (rc == 0 && f->app->out.len >= OUT_BLOCK) {
			rc = gw_app_flush(f->app);
			if (rc < 0)
				gw_err_set(err, rc, "stdout: %s", gw_strerror(rc));
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

int
gw_score_lines(struct gw_app *app, const struct gw_predictor *predictor,
    struct gw_score_lines *counts, struct gw_err *err)
{
	struct filter f = { .app = app, .predictor = predictor, .counts = counts };
	int rc;

	*counts = (struct gw_score_lines){ 0, 0 };
	gw_arena_init(&f.arena, app->env->alloc, PARSE_ARENA_MAX);
	rc = gw_input_open(&f.in, app->env, NULL, GW_LIT("\n"), err);
	if (rc == 0) {
		rc = filter(&f, err);
		gw_input_close(&f.in);
	}
	gw_arena_fini(&f.arena);
	return rc;
}

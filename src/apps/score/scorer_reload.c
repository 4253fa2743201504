/* SPDX-License-Identifier: MIT
 *
 * apps/score/scorer_reload.c - models and settings that change while the scorer runs.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/scorer.h"

#include "base/secret.h"
#include "base/slice.h"

int
gw_scorer_open_models(struct gw_scorer *c, struct gw_err *err)
{
	struct gw_trial_refs refs = { gw_app_models_dir(c->app, c->models), c->model,
		c->challenger };
	int rc = gw_trial_open(&c->trial, c->app, &refs, err);

	c->trial.share = c->share;
	c->trial.alpha = c->alpha;
	c->o.trial = &c->trial;
	if (rc == 0) {
		c->o.predictor = c->trial.champion.predictor;
		c->o.model_sha256 = c->trial.champion.model->sha256;
	}
	return rc;
}

static bool
differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

/* What a reload leaves as it is. */
static void
tell_fixed(const struct gw_scorer *c, const struct gw_scorer *fresh)
{
	const struct { const char *name, *old, *new; } fixed[] = {
		{ "topic", c->o.topic, fresh->o.topic }, { "group", c->o.group, fresh->o.group },
		{ "to", c->o.to, fresh->o.to }, { "dlq", c->o.dlq, fresh->o.dlq },
		{ "shadow-to", c->o.shadow_to, fresh->o.shadow_to }, { "csv", c->csv, fresh->csv },
		{ "http", c->http, fresh->http },
	};

	for (size_t i = 0; i < GW_N(fixed); i++)
		if (differ(fixed[i].old, fixed[i].new))
			gw_app_say(c->app, "gridwire score: %s is read at the start only: still %s",
			    fixed[i].name, fixed[i].old == NULL ? "none" : fixed[i].old);
	if (fresh->args.properties.len != c->args.properties.len || (c->args.properties.len > 0 &&
	    memcmp(fresh->args.properties.ptr, c->args.properties.ptr,
	    c->args.properties.len) != 0))
		gw_app_say(c->app, "gridwire score: the client's keys are read at the start only");
}

/* SIGHUP, or an alias was switched: all is read again, and taken over when no play is under way. */
void
gw_scorer_on_reload(void *arg)
{
	struct gw_scorer *c = arg, fresh;
	struct gw_err err = { 0 };
	int rc;

	gw_scorer_init(&fresh, c->app);
	rc = c->parse(&fresh, c->argc, c->argv, &err);
	if (rc == 0)
		rc = gw_scorer_open_models(&fresh, &err);
	if (rc < 0) {
		gw_app_say(c->app, "gridwire score: not reloaded, the old models and settings "
		    "stay: %s", err.msg);
		gw_trial_close(&fresh.trial);
	} else {
		tell_fixed(c, &fresh);
		if (c->swap)
			gw_trial_close(&c->next);
		c->next = fresh.trial;
		c->swap = true;
		c->o.batch_ms = fresh.o.batch_ms;
		gw_app_verbosity(c->app, fresh.args.quiet, fresh.args.verbose);
		if (fresh.log_format != NULL)
			(void)gw_app_log_format(c->app, fresh.log_format, &err);
	}
	gw_scorer_fini(&fresh);
}

static void
take_over(struct gw_scorer *c)
{
	struct gw_trial *t = &c->trial;

	c->swap = false;
	if (gw_trial_has_same_models(t, &c->next)) {
		t->share = c->next.share;
		t->alpha = c->next.alpha;
		gw_trial_close(&c->next);
	} else {
		gw_trial_close(t);
		*t = c->next;
		c->rolled_back = false;
	}
	c->o.predictor = t->champion.predictor;
	c->o.model_sha256 = t->champion.model->sha256;
	if (c->page != NULL)
		gw_page_set_model(c->page, t->champion.model);
	gw_score_reload(c->score, &c->o);
	gw_app_say(c->app, "gridwire score: reloaded; %s scores%s%s",
	    gw_predictor_model(t->champion.predictor), t->challenger.predictor == NULL ? "" :
	    ", challenger ", t->challenger.predictor == NULL ? "" :
	    gw_predictor_model(t->challenger.predictor));
}

static void
point_back(struct gw_scorer *c)
{
	struct gw_buf text;

	c->rolled_back = true;
	c->rollbacks++;
	gw_buf_init(&text, c->app->env->alloc, 0);
	gw_trial_put(&c->trial, &text);
	gw_buf_puts(&text, "; ");
	gw_trial_point_back(&c->trial, c->app, &text);
	gw_buf_putc(&text, '\0');
	if (text.err == 0)
		gw_app_say(c->app, "gridwire score: %s", (const char *)text.ptr);
	gw_buf_fini(&text);
}

void
gw_scorer_on_between(void *arg)
{
	struct gw_scorer *c = arg;

	if (c->swap)
		take_over(c);
	if (c->trial.stopped != NULL && !c->rolled_back)
		point_back(c);
}

void
gw_scorer_on_tick(void *arg)
{
	struct gw_scorer *c = arg;
	int64_t stamp = gw_trial_aliases_stamp(&c->trial, c->app);

	if (stamp != c->aliases_stamp && c->aliases_stamp != 0)
		gw_scorer_on_reload(c);
	c->aliases_stamp = stamp;
}

void
gw_scorer_on_status(void *arg, struct gw_buf *out)
{
	const struct gw_scorer *c = arg;
	struct gw_position at;
	int64_t lag = 0;

	for (size_t i = 0; gw_assignment(c->k.client, i, &at) > 0; i++)
		if (at.position >= 0 && at.high_watermark > at.position)
			lag += at.high_watermark - at.position;
	gw_buf_printf(out, "%llu plays scored by %s, %lld waiting",
	    (unsigned long long)gw_score_get_stats(c->score)->plays,
	    gw_predictor_model(c->trial.champion.predictor), (long long)lag);
}

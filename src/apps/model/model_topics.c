/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/model/model_topics.h"

#include <stdio.h>

#include "apps/model/model_paired.h"
#include "base/slice.h"
#include "nfl/pairing.h"

#define ARENA_MAX	(1u << 20)	/* of one prediction's JSON */
#define SEED		1

struct topics {
	const struct gw_compare_topics *c;
	struct gw_kafka		 k;
	struct gw_arena		 arena;
	struct gw_pairing	*pairing;
	struct gw_pairing_result result;
	size_t			 others, bad;	/* of neither model; no predictions */
	char			 model[2][GW_MODEL_REF_MAX];	/* the side's last */
	bool			 mixed[2];	/* the side has more than that one */
	struct gw_buf		 csv;
	int			 years[GW_SEASONS_MAX];
};

/* ---- reading ---- */

static int
assign(struct topics *t, const char *topic, struct gw_err *err)
{
	const struct gw_topic_info *info;
	struct gw_call *call = NULL;
	int rc = gw_kafka_topic(&t->k, topic, &call, &info, err);

	for (size_t i = 0; rc == 0 && i < info->n_partitions; i++) {
		rc = gw_assign(t->k.client, topic, info->partitions[i].partition,
		    GW_OFFSET_EARLIEST);
		if (rc < 0)
			*err = *gw_client_error(t->k.client);
	}
	gw_call_free(call);
	return rc;
}

/* Which of the two it belongs to; -1: neither. */
static int
side_of(const struct topics *t, const struct gw_batch_info *info, const struct gw_told *told)
{
	for (int i = 0; i < 2; i++)
		if (t->c->models[0] != NULL ? strcmp(told->model, t->c->models[i]) == 0 :
		    gw_slice_is(info->topic, t->c->topics[i]))
			return i;
	return -1;
}

static int
take(struct topics *t, const struct gw_batch_info *info, const struct gw_record *r,
    struct gw_err *err)
{
	struct gw_told told;
	struct gw_err why;
	int side, rc;

	gw_arena_reset(&t->arena);
	rc = gw_told_parse(r->value, &t->arena, &told, &why);
	if (rc == GW_ENOMEM)
		return gw_err_set(err, rc, "%s", gw_strerror(rc));
	if (rc < 0) {
		if (t->bad++ == 0)
			gw_app_say(t->c->app, "gridwire model: %.*s partition %d offset %lld is no "
			    "prediction, and passed over: %s", GW_FMT(info->topic),
			    (int)info->partition, (long long)r->offset, why.msg);
		return 0;
	}
	side = side_of(t, info, &told);
	if (side < 0) {
		t->others++;
		return 0;
	}
	t->mixed[side] |= t->model[side][0] != '\0' && strcmp(t->model[side], told.model) != 0;
	memcpy(t->model[side], told.model, sizeof(told.model));
	rc = gw_pairing_add(t->pairing, side, &told);
	return rc < 0 ? gw_err_set(err, rc, "out of memory for the predictions") : 0;
}

static int
take_batch(struct topics *t, struct gw_batch *b, struct gw_err *err)
{
	const struct gw_batch_info info = gw_batch_info(b);
	struct gw_record r;
	int rc;

	while ((rc = gw_batch_next(b, &r)) > 0)
		if ((rc = take(t, &info, &r, err)) < 0)
			return rc;
	if (rc < 0)
		*err = *gw_client_error(t->k.client);
	return rc;
}

static int
read_all(struct topics *t, struct gw_err *err)
{
	struct gw_batch *b;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->c->n_topics; i++)
		rc = assign(t, t->c->topics[i], err);
	while (rc == 0 && !gw_at_end(t->k.client)) {
		if (gw_app_stopping(t->c->app))
			return gw_err_set(err, GW_EINTR, "interrupted");
		b = gw_fetch(t->k.client, 0, err);
		if (b != NULL)
			rc = take_batch(t, b, err);
		else if (err->code != GW_ETIMEOUT)
			rc = err->code;
		else if (!gw_at_end(t->k.client))
			rc = gw_kafka_turn(&t->k, INT64_MAX, err);
	}
	return rc;
}

/* ---- how games ended ---- */

static int
add_outcome(void *arg, const struct gw_season_play *p)
{
	struct topics *t = arg;

	if (gw_app_stopping(t->c->app))
		return GW_EINTR;
	if (p->has_result)
		gw_pairing_outcome(t->pairing, p->play.game_id, p->final_home, p->final_away);
	return 0;
}

static bool
is_in(int year, const int *years, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (years[i] == year)
			return true;
	return false;
}

/* Of the seasons that are there; the others' games end as their last plays say. */
static int
read_outcomes(struct topics *t, struct gw_err *err)
{
	struct gw_seasons seasons = { .env = t->c->app->env, .data = t->c->data,
		.use = GW_FOR_STREAMING };
	struct gw_season_counts counts;
	struct gw_err none;
	int present[GW_SEASONS_MAX];
	size_t n = gw_pairing_years(t->pairing, t->years, GW_SEASONS_MAX);
	int n_present = gw_seasons_present(seasons.env, seasons.data, present, GW_SEASONS_MAX,
	    &none);

	for (size_t i = 0; i < n && n_present > 0; i++)
		if (is_in(t->years[i], present, (size_t)n_present))
			seasons.years[seasons.n_years++] = t->years[i];
	return seasons.n_years == 0 ? 0 : gw_seasons_read(&seasons, add_outcome, t, &counts, err);
}

/* ---- telling ---- */

static int
put_pair(void *arg, const struct gw_pair *p)
{
	struct topics *t = arg;
	const double both[] = { p->first, p->second, p->first - p->second };

	gw_buf_printf(&t->csv, "%s,%lld,%d,%d,%d", p->game_id, (long long)p->play_id,
	    (int)p->play_number, (int)p->quarter, (int)p->time_remaining);
	for (size_t i = 0; i < GW_N(both); i++) {
		char text[GW_DOUBLE_MAX];

		gw_double_text(both[i], text);
		gw_buf_printf(&t->csv, ",%s", text);
	}
	if (p->home_won >= 0)
		gw_buf_printf(&t->csv, ",%d\n", p->home_won);
	else
		gw_buf_puts(&t->csv, ",\n");
	return t->csv.err;
}

/* The topic or model that a side is. */
static const char *
name_of(const struct topics *t, int side)
{
	return t->c->models[0] != NULL ? t->c->models[side] : t->c->topics[side];
}

static const char *
model_of(const struct topics *t, int side)
{
	return t->mixed[side] ? "several models" : t->model[side];
}

static void
print_text(const struct topics *t)
{
	const struct gw_pairing_result *r = &t->result;
	struct gw_app *app = t->c->app;

	gw_app_print(app, "%s (%s) and %s (%s):\n", name_of(t, 0), model_of(t, 0), name_of(t, 1),
	    model_of(t, 1));
	gw_app_print(app, "%zu plays of %zu games in both, %zu only in the first, %zu only in the "
	    "second\n", r->plays, r->games, r->only[0], r->only[1]);
	gw_app_print(app, "chances to win: the same bit for bit on %zu plays, apart by %.5f on "
	    "average\n", r->same, r->mean_apart);
	if (r->most_apart > 0)
		gw_app_print(app, "and by %.4f at most: %.4f and %.4f on play %lld of %s\n",
		    r->most_apart, r->most.first, r->most.second, (long long)r->most.play_id,
		    r->most.game_id);
	if (r->games_decided < r->games)
		gw_app_print(app, "%zu games without a known winner do not count below\n",
		    r->games - r->games_decided);
	gw_app_print_paired(app, name_of(t, 0), name_of(t, 1), &r->win, "log-loss");
	gw_app_print_paired(app, name_of(t, 0), name_of(t, 1), &r->scores,
	    "mean error of the final scores");
}

static void
print_json(const struct topics *t)
{
	const struct gw_pairing_result *r = &t->result;
	struct gw_json_out w;

	gw_json_begin(&w, &t->c->app->out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "first", gw_str(name_of(t, 0)));
	gw_json_kv_str(&w, "first_model", gw_str(model_of(t, 0)));
	gw_json_kv_str(&w, "second", gw_str(name_of(t, 1)));
	gw_json_kv_str(&w, "second_model", gw_str(model_of(t, 1)));
	gw_json_kv_int(&w, "rows", (int64_t)r->plays);
	gw_json_kv_int(&w, "games", (int64_t)r->games);
	gw_json_kv_int(&w, "games_decided", (int64_t)r->games_decided);
	gw_json_kv_int(&w, "only_first", (int64_t)r->only[0]);
	gw_json_kv_int(&w, "only_second", (int64_t)r->only[1]);
	gw_json_kv_int(&w, "same", (int64_t)r->same);
	gw_json_kv_num(&w, "mean_apart", r->mean_apart);
	gw_json_kv_num(&w, "most_apart", r->most_apart);
	gw_paired_json(&w, "win", name_of(t, 1), &r->win);
	gw_paired_json(&w, "scores", name_of(t, 1), &r->scores);
	gw_json_object_end(&w);
	gw_app_print(t->c->app, "\n");
}

static int
judge(struct topics *t, struct gw_err *err)
{
	const struct gw_compare_topics *c = t->c;
	int rc = gw_pairing_join(t->pairing);

	if (rc == 0)
		rc = read_outcomes(t, err);
	if (rc == 0 && c->plays != NULL)
		gw_buf_puts(&t->csv, "game_id,play_id,play_number,quarter,time_remaining,first,"
		    "second,difference,home_won\n");
	if (rc == 0)
		rc = gw_pairing_judge(t->pairing, SEED, c->plays != NULL ? put_pair : NULL, t,
		    &t->result);
	if (rc == GW_ENOMEM)
		return gw_err_set(err, rc, "out of memory for the predictions");
	if (rc == 0 && t->result.plays == 0)
		return gw_err_set(err, GW_EDATA, "no play has a prediction of %s and one of %s: "
		    "%zu of the first, %zu of the second, %zu of other models", name_of(t, 0),
		    name_of(t, 1), t->result.only[0], t->result.only[1], t->others);
	if (rc == 0 && c->plays != NULL)
		rc = gw_fs_replace(c->app->env->fs, c->plays, gw_buf_slice(&t->csv), err);
	return rc;
}

int
gw_compare_topics(const struct gw_compare_topics *c, struct gw_err *err)
{
	struct topics t = { .c = c };
	int rc;

	gw_arena_init(&t.arena, c->app->env->alloc, ARENA_MAX);
	gw_buf_init(&t.csv, c->app->env->alloc, 0);
	t.pairing = gw_pairing_new(c->app->env->alloc);
	rc = t.pairing == NULL ? gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM)) :
	    gw_kafka_open(&t.k, c->args, "isolation.level=read_committed\n", err);
	if (rc == 0)
		rc = read_all(&t, err);
	if (rc == 0)
		rc = judge(&t, err);
	if (rc == 0)
		(c->json ? print_json : print_text)(&t);
	if (t.pairing != NULL)
		gw_kafka_close(&t.k);
	gw_pairing_free(t.pairing);
	gw_arena_fini(&t.arena);
	gw_buf_fini(&t.csv);
	return rc;
}

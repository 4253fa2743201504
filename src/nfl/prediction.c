/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/prediction.h"

#include <assert.h>
#include <stdio.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/slice.h"
#include "ml/model.h"
#include "nfl/features.h"
#include "nfl/fourth_down.h"
#include "nfl/state_model.h"

struct gw_predictor {
	struct gw_alloc			*alloc;
	const struct gw_model		*model;
	const struct gw_feature_set	*set;
	const struct gw_head		*home_win, *home_score, *away_score;
	bool				 is_state;	/* then by these heads */
	struct gw_state_heads		 state;
	bool				 has_fourth;
	struct gw_fourth_fit		 fourth;
	char				 ref[GW_MODEL_REF_MAX];
};

/* The hash differs: find the first thing that can be named. */
static int
other_features(const struct gw_predictor *p, struct gw_err *err)
{
	const struct gw_feature_set *set = p->set;
	const struct gw_model *m = p->model;

	for (size_t j = 0; j < m->n_features && j < set->n; j++)
		if (strcmp(m->features[j].name, set->features[j]->name) != 0)
			return gw_err_set(err, GW_EDATA,
			    "model %s: feature %zu is %s, in this program's set %s it is"
			    " %s; train it again",
			    p->ref, j + 1, m->features[j].name, set->name, set->features[j]->name);
	if (m->n_features != set->n)
		return gw_err_set(err, GW_EDATA,
		    "model %s: %zu features, this program's set %s has %zu; train it"
		    " again",
		    p->ref, m->n_features, set->name, set->n);
	return gw_err_set(err, GW_EDATA,
	    "model %s: made with other definitions of the features in %s (hash"
	    " %.8s..., not this program's); train it again",
	    p->ref, set->name, m->feature_hash);
}

static int
bind_features(struct gw_predictor *p, struct gw_err *err)
{
	const struct gw_model *m = p->model;
	char hash[65];

	p->set = gw_feature_set_find(m->feature_set);
	if (p->set == NULL)
		return gw_err_set(err, GW_EDATA,
		    "model %s: this program has no feature set %s; see gridwire features", p->ref,
		    m->feature_set);
	gw_feature_set_hash(p->set, hash);
	if (m->n_features != p->set->n || strcmp(hash, m->feature_hash) != 0)
		return other_features(p, err);
	for (size_t j = 0; j < m->n_features; j++)
		if (strcmp(m->features[j].name, p->set->features[j]->name) != 0)
			return other_features(p, err);
	return 0;
}

static const struct gw_head *
bind_head(const struct gw_predictor *p, const char *name, enum gw_family family, struct gw_err *err)
{
	const struct gw_head *h = gw_model_head(p->model, name);

	if (h != NULL && h->family == family)
		return h;
	gw_err_set(err, GW_EDATA, "model %s: no %s head %s, so it cannot score plays", p->ref,
	    gw_family_name(family), name);
	return NULL;
}

struct gw_predictor *
gw_predictor_new(struct gw_alloc *alloc, const struct gw_model *model, struct gw_err *err)
{
	struct gw_predictor *p = gw_alloc_zero(alloc, 1, sizeof(*p));

	if (p == NULL) {
		gw_err_set(err, GW_ENOMEM, "out of memory for a predictor");
		return NULL;
	}
	p->alloc = alloc;
	p->model = model;
	snprintf(p->ref, sizeof(p->ref), "%s:%d", model->name, (int)model->version);
	p->has_fourth = gw_fourth_of_model(model, &p->fourth);
	p->is_state = strcmp(model->feature_set, "state") == 0;
	if (bind_features(p, err) != 0)
		goto fail;
	if (p->is_state && gw_state_bind(&p->state, model, err) == 0)
		return p;
	if (!p->is_state &&
	    (p->home_win = bind_head(p, GW_HEAD_HOME_WIN, GW_LOGISTIC, err)) != NULL &&
	    (p->home_score = bind_head(p, GW_HEAD_HOME_SCORE, GW_LINEAR, err)) != NULL &&
	    (p->away_score = bind_head(p, GW_HEAD_AWAY_SCORE, GW_LINEAR, err)) != NULL)
		return p;
fail:
	gw_predictor_free(p);
	return NULL;
}

void
gw_predictor_free(struct gw_predictor *p)
{
	if (p != NULL)
		gw_alloc_free(p->alloc, p);
}

const char *
gw_predictor_model(const struct gw_predictor *p)
{
	return p->ref;
}

const struct gw_feature_set *
gw_predictor_set(const struct gw_predictor *p)
{
	return p->set;
}

void
gw_predictor_features(const struct gw_predictor *p, const struct gw_play *play, double *x)
{
	assert(p->set->n <= GW_FEATURES_MAX);
	if (p->is_state)
		gw_state_values(&p->state, play, x);
	else
		gw_features(p->set, play, x);
}

void
gw_predict_unfloored(const struct gw_predictor *p, const struct gw_play *play,
    struct gw_prediction *out)
{
	double x[GW_FEATURES_MAX];

	if (p->is_state) {
		gw_state_predict(&p->state, play, out);
		return;
	}
	assert(p->set->n <= GW_FEATURES_MAX);
	gw_features(p->set, play, x);
	*out = (struct gw_prediction){
		.home_win_prob = gw_head_predict(p->model, p->home_win, x),
		.home_score_pred = gw_head_predict(p->model, p->home_score, x),
		.away_score_pred = gw_head_predict(p->model, p->away_score, x)
	};
}

void
gw_predict_floor(const struct gw_play *play, struct gw_prediction *out)
{
	if (out->home_score_pred < play->home_score)
		out->home_score_pred = play->home_score;
	if (out->away_score_pred < play->away_score)
		out->away_score_pred = play->away_score;
}

void
gw_predict_advise(const struct gw_predictor *p, const struct gw_play *play,
    struct gw_prediction *out)
{
	out->model = p->ref;
	out->fourth.choice = GW_FOURTH_NONE;
	if (p->has_fourth && play->down == 4)
		gw_fourth_advise(&p->fourth, p, play, &out->fourth);
}

void
gw_predict(const struct gw_predictor *p, const struct gw_play *play, struct gw_prediction *out)
{
	gw_predict_unfloored(p, play, out);
	gw_predict_floor(play, out);
	gw_predict_advise(p, play, out);
}

/* One column of the prediction, the same for JSON and CSV. */
enum kind { TEXT, INT, NUM, FLAG };

struct value {
	const char	*name;
	enum kind	 kind;
	bool		 absent;
	const char	*text;
	int64_t		 i;
	double		 d;
};

#define N_VALUES 26

#define V_TEXT(n, t)	(struct value){ .name = (n), .kind = TEXT, .text = (t) }
#define V_INT(n, v)	(struct value){ .name = (n), .kind = INT, .i = (v) }
#define V_NUM(n, v)	(struct value){ .name = (n), .kind = NUM, .d = (v) }
#define V_BAND(n, has, v) (struct value){ .name = (n), .kind = NUM, .d = (v), .absent = !(has) }

/* The one list of names and their order (INTERFACE); all four writers walk it. */
static void
values(struct value v[N_VALUES], const struct gw_play *play, const struct gw_prediction *pr,
    const char *model, const struct gw_play_place *place)
{
	const struct gw_fourth_down *f = &pr->fourth;
	bool advised = f->choice != GW_FOURTH_NONE;
	size_t n = 0;

	v[n++] = V_TEXT("game_id", play->game_id);
	v[n++] = V_INT("play_id", play->play_id);
	v[n++] = V_INT("play_number", play->play_number);
	v[n++] = V_INT("quarter", play->quarter);
	v[n++] = V_INT("time_remaining", play->time_remaining);
	v[n++] = V_TEXT("home_team", play->home_team);
	v[n++] = V_TEXT("away_team", play->away_team);
	v[n++] = V_INT("home_score", play->home_score);
	v[n++] = V_INT("away_score", play->away_score);
	v[n++] = V_NUM("home_win_prob", pr->home_win_prob);
	v[n++] = V_NUM("home_score_pred", pr->home_score_pred);
	v[n++] = V_NUM("away_score_pred", pr->away_score_pred);
	v[n++] = V_BAND("home_score_lo", pr->has_band, pr->home_score_lo);
	v[n++] = V_BAND("home_score_hi", pr->has_band, pr->home_score_hi);
	v[n++] = V_BAND("away_score_lo", pr->has_band, pr->away_score_lo);
	v[n++] = V_BAND("away_score_hi", pr->has_band, pr->away_score_hi);
	v[n++] = V_TEXT("model", model);
	v[n] = V_INT("partition", place == NULL ? 0 : place->partition);
	v[n++].absent = place == NULL;
	v[n] = V_INT("offset", place == NULL ? 0 : place->offset);
	v[n++].absent = place == NULL;
	v[n] = V_INT("revision", play->revision);
	v[n++].absent = (play->has & GW_HAS_REVISION) == 0 || play->revision == 0;
	v[n] = V_TEXT("line", pr->line);
	v[n++].absent = pr->line == NULL;
	v[n] = (struct value){ .name = "withdrawn", .kind = FLAG, .text = "true" };
	v[n++].absent = (play->has & GW_HAS_WITHDRAWN) == 0;
	v[n] = V_TEXT("fourth_down", gw_fourth_name(f->choice));
	v[n++].absent = !advised;
	v[n++] = V_BAND("go_win_prob", advised, f->go);
	v[n++] = V_BAND("punt_win_prob", advised && f->can_punt, f->punt);
	v[n++] = V_BAND("field_goal_win_prob", advised && f->can_kick, f->field_goal);
	assert(n == N_VALUES);
}

void
gw_prediction_json(struct gw_buf *out, const struct gw_play *play, const struct gw_prediction *pr,
    const char *model, const struct gw_play_place *place)
{
	struct value v[N_VALUES];
	struct gw_json_out w;

	values(v, play, pr, model, place);
	gw_json_begin(&w, out);
	gw_json_object(&w);
	for (size_t i = 0; i < N_VALUES; i++) {
		if (v[i].absent)
			continue;
		if (v[i].kind == TEXT)
			gw_json_kv_str(&w, v[i].name, gw_str(v[i].text));
		else if (v[i].kind == FLAG)
			gw_json_kv_bool(&w, v[i].name, true);
		else if (v[i].kind == INT)
			gw_json_kv_int(&w, v[i].name, v[i].i);
		else
			gw_json_kv_num(&w, v[i].name, v[i].d);
	}
	gw_json_object_end(&w);
}

void
gw_prediction_csv_header(struct gw_buf *out)
{
	static const struct gw_play play;
	static const struct gw_prediction none;
	struct value v[N_VALUES];

	values(v, &play, &none, "", NULL);
	for (size_t i = 0; i < N_VALUES; i++)
		gw_csv_put(out, gw_str(v[i].name));
	gw_csv_end(out);
}

void
gw_prediction_csv(struct gw_buf *out, const struct gw_play *play, const struct gw_prediction *pr,
    const char *model, const struct gw_play_place *place)
{
	struct value v[N_VALUES];
	char text[GW_DOUBLE_MAX];

	values(v, play, pr, model, place);
	for (size_t i = 0; i < N_VALUES; i++) {
		struct gw_slice field = { text, 0 };

		if (v[i].absent)
			field.len = 0;
		else if (v[i].kind == TEXT || v[i].kind == FLAG)
			field = gw_str(v[i].text);
		else if (v[i].kind == INT)
			field.len = (size_t)snprintf(text, sizeof(text), "%lld", (long long)v[i].i);
		else
			field.len = gw_double_text(v[i].d, text);
		gw_csv_put(out, field);
	}
	gw_csv_end(out);
}

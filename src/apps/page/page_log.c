/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/page/page_log.h"

#include <stdio.h>

#include "apps/score/board_line.h"
#include "base/json.h"
#include "base/slice.h"
#include "nfl/fourth_down.h"

void
gw_page_log_init(struct gw_page_log *l, struct gw_alloc *alloc, size_t plays_max)
{
	memset(l, 0, sizeof(*l));
	l->alloc = alloc;
	l->plays_max = plays_max;
}

void
gw_page_log_fini(struct gw_page_log *l)
{
	for (uint64_t i = l->begin; i < l->end; i++)
		gw_alloc_free(l->alloc, l->entries[i % l->plays_max].event);
	gw_alloc_free(l->alloc, l->entries);
	memset(l, 0, sizeof(*l));
}

static int
grow(struct gw_page_log *l)
{
	size_t cap = l->cap == 0 ? 64 : l->cap * 2;
	struct gw_page_entry *entries;

	if (l->cap == l->plays_max || l->end < l->cap)
		return 0;
	if (cap > l->plays_max)
		cap = l->plays_max;
	entries = gw_alloc_resize(l->alloc, l->entries, cap, sizeof(*entries));
	if (entries == NULL)
		return GW_ENOMEM;
	l->entries = entries;
	l->cap = cap;
	return 0;
}

/* The few models there are, each kept once: what names them may go before the play does. */
static const char *
model_of(struct gw_page_log *l, const char *model)
{
	size_t i = 0;

	if (model == NULL)
		return NULL;
	while (i < l->n_models && strcmp(l->models[i], model) != 0)
		i++;
	if (i == GW_PAGE_MODELS_MAX)
		return NULL;
	if (i == l->n_models)
		snprintf(l->models[l->n_models++], sizeof(l->models[0]), "%s", model);
	return l->models[i];
}

int
gw_page_log_add(struct gw_page_log *l, const struct gw_scored *s)
{
	struct gw_page_entry *e;
	int rc = grow(l);

	if (rc < 0)
		return rc;
	e = &l->entries[l->end % l->plays_max];
	if (l->end - l->begin == l->plays_max) {
		gw_alloc_free(l->alloc, e->event);
		l->begin++;
	}
	*e = (struct gw_page_entry){ .play = *s->play, .prediction = *s->prediction,
		.place = s->place };
	e->prediction.model = model_of(l, s->prediction->model);
	l->end++;
	return 0;
}

const struct gw_page_entry *
gw_page_log_at(const struct gw_page_log *l, uint64_t i)
{
	return &l->entries[i % l->plays_max];
}

uint64_t
gw_page_log_after(const struct gw_page_log *l, struct gw_slice last_event_id)
{
	struct gw_slice offset_text, partition_text;
	int64_t partition, offset;

	partition_text = gw_slice_cut(last_event_id, ':', &offset_text);
	if (last_event_id.ptr == NULL || offset_text.ptr == NULL ||
	    gw_slice_i64(partition_text, &partition) < 0 || gw_slice_i64(offset_text, &offset) < 0)
		return l->begin;
	for (uint64_t i = l->end; i > l->begin; i--) {
		const struct gw_page_entry *e = gw_page_log_at(l, i - 1);

		if (e->place.offset == offset && e->place.partition == partition)
			return i;
	}
	return l->begin;
}

/* ---- one play as JSON ---- */

static void
put_state(struct gw_json_out *w, const struct gw_play *p)
{
	char clock[GW_BOARD_TEXT_MAX], situation[GW_BOARD_TEXT_MAX];

	gw_board_clock(p, clock);
	gw_board_situation(p, situation);
	gw_json_kv_str(w, "game_id", gw_str(p->game_id));
	gw_json_kv_int(w, "play_id", p->play_id);
	gw_json_kv_int(w, "play_number", p->play_number);
	if ((p->has & GW_HAS_SEASON) != 0)
		gw_json_kv_int(w, "season", p->season);
	if ((p->has & GW_HAS_WEEK) != 0)
		gw_json_kv_int(w, "week", p->week);
	gw_json_kv_int(w, "quarter", p->quarter);
	gw_json_kv_int(w, "time_remaining", p->time_remaining);
	gw_json_kv_int(w, "elapsed", gw_board_elapsed(p));
	gw_json_kv_str(w, "clock", gw_str(clock));
	gw_json_kv_str(w, "situation", gw_str(situation));
	gw_json_kv_str(w, "home_team", gw_str(p->home_team));
	gw_json_kv_str(w, "away_team", gw_str(p->away_team));
	gw_json_kv_str(w, "posteam", gw_str(p->posteam));
	gw_json_kv_int(w, "home_score", p->home_score);
	gw_json_kv_int(w, "away_score", p->away_score);
	gw_json_kv_str(w, "play_type", gw_str(gw_play_type_name(p->type)));
	if ((p->has & GW_HAS_YARDS_GAINED) != 0)
		gw_json_kv_int(w, "yards_gained", p->yards_gained);
	if ((p->has & GW_HAS_DESC) != 0)
		gw_json_kv_str(w, "desc", gw_str(p->desc));
	if ((p->has & GW_HAS_REVISION) != 0)
		gw_json_kv_int(w, "revision", p->revision);
	if ((p->has & GW_HAS_WITHDRAWN) != 0)
		gw_json_kv_bool(w, "withdrawn", true);
	gw_json_kv_bool(w, "post", strcmp(p->season_type, "POST") == 0);
}

static void
put_fourth_down(struct gw_json_out *w, const struct gw_fourth_down *d)
{
	if (d->choice == GW_FOURTH_NONE)
		return;
	gw_json_kv_str(w, "fourth_down", gw_str(gw_fourth_name(d->choice)));
	gw_json_kv_num(w, "go_win_prob", d->go);
	gw_json_kv_num(w, "p_convert", d->p_convert);
	if (d->can_punt)
		gw_json_kv_num(w, "punt_win_prob", d->punt);
	if (!d->can_kick)
		return;
	gw_json_kv_num(w, "field_goal_win_prob", d->field_goal);
	gw_json_kv_num(w, "p_made", d->p_made);
}

static void
put_prediction(struct gw_json_out *w, const struct gw_prediction *pr)
{
	gw_json_kv_num(w, "home_win_prob", pr->home_win_prob);
	gw_json_kv_num(w, "home_score_pred", pr->home_score_pred);
	gw_json_kv_num(w, "away_score_pred", pr->away_score_pred);
	put_fourth_down(w, &pr->fourth);
	if (!pr->has_band)
		return;
	gw_json_kv_num(w, "home_score_lo", pr->home_score_lo);
	gw_json_kv_num(w, "home_score_hi", pr->home_score_hi);
	gw_json_kv_num(w, "away_score_lo", pr->away_score_lo);
	gw_json_kv_num(w, "away_score_hi", pr->away_score_hi);
}

void
gw_page_log_json(struct gw_buf *out, const struct gw_page_entry *e)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	gw_json_object(&w);
	put_state(&w, &e->play);
	put_prediction(&w, &e->prediction);
	if (e->prediction.model != NULL)
		gw_json_kv_str(&w, "model", gw_str(e->prediction.model));
	gw_json_kv_int(&w, "partition", e->place.partition);
	gw_json_kv_int(&w, "offset", e->place.offset);
	gw_json_object_end(&w);
}

/* ---- events ---- */

static void
make_event(struct gw_page_log *l, struct gw_page_entry *e)
{
	struct gw_buf text;

	gw_buf_init(&text, l->alloc, 0);
	gw_buf_printf(&text, "id: %d:%lld\nevent: play\ndata: ", (int)e->place.partition,
	    (long long)e->place.offset);
	gw_page_log_json(&text, e);
	gw_buf_puts(&text, "\n\n");
	if (text.err == 0) {
		e->event = gw_alloc_str(l->alloc, gw_buf_slice(&text));
		e->event_len = e->event == NULL ? 0 : text.len;
	}
	gw_buf_fini(&text);
}

static void
put_event(struct gw_page_log *l, uint64_t i, struct gw_buf *out)
{
	struct gw_page_entry *e = &l->entries[i % l->plays_max];

	if (e->event == NULL)
		make_event(l, e);
	if (e->event == NULL)
		out->err = GW_ENOMEM;	/* the viewer is dropped and asks again */
	gw_buf_put(out, e->event, e->event_len);
}

void
gw_page_log_fill(struct gw_page_log *l, uint64_t *cursor, struct gw_buf *out)
{
	size_t full = out->len + GW_HTTP_STREAM_CHUNK;

	if (*cursor < l->begin)
		*cursor = l->begin;
	for (; *cursor < l->end && out->len < full && out->err == 0; (*cursor)++)
		put_event(l, *cursor, out);
	if (l->ended && *cursor == l->end && out->len < full) {
		gw_buf_puts(out, "event: end\ndata: {}\n\n");
		(*cursor)++;
	}
}

/* SPDX-License-Identifier: MIT
 *
 * apps/espn/espn_source.c - what to ask next and when, and what an answer means for the games.
 * Where answers come from (the network, a recording) ends at take_answer().
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/espn/espn_source.h"

#include <inttypes.h>
#include <stdio.h>

#include "apps/espn/espn_games.h"
#include "apps/espn/espn_tape.h"
#include "apps/espn/web_get.h"
#include "base/err.h"
#include "nfl/espn_ids.h"
#include "nfl/ratings.h"

#define SECOND_US	INT64_C(1000000)
#define INTERVAL_US	(15 * SECOND_US)	/* while a game is on */
#define IDLE_MAX_US	(300 * SECOND_US)	/* while none is */
#define BACKOFF_MAX_US	(300 * SECOND_US)
#define REFRESH_US	(60 * SECOND_US)	/* rows, though nothing seems to have happened */
#define SOON_S		(3 * 3600)		/* a game that is worth waiting for */
#define LATE_S		(6 * 3600)		/* and one that does not begin */
#define JITTER		0.2			/* of every pause, to both sides */
#define ARENA_MAX	((size_t)256 << 20)	/* one answer as a tree: about 5 times its text */
#define SCOREBOARD	0			/* asked is an event, or this */
#define NOT_FOUND	404
#define OTHERS_MAX	160

struct gw_espn_source {
	struct gw_env		*env;
	struct gw_espn_options	 o;
	struct gw_web		*web;
	struct gw_tape		 tape;
	size_t			 tape_at;
	int64_t			 tape_us;	/* when its first answer was played */
	struct gw_tape_writer	*record;
	struct gw_espn_games	 games;
	struct gw_espn_ids	*ids;		/* NULL: none */
	struct gw_ratings	*ratings;	/* NULL: none */
	struct gw_arena		 arena;
	struct gw_buf		 body;
	int64_t			 asked;		/* under way: an event or SCOREBOARD */
	int64_t			 due_us;	/* the next request */
	int			 n_failed;	/* in a row */
	bool			 began, done, broken, had_answer;
	bool			 wait_board;	/* the scoreboard's turn */
	bool			 followed_on_board;
	bool			 met_event;	/* an answer was about o.event */
	/* games that the answers were about instead */
	char			 others[OTHERS_MAX];
	int64_t			 next_start_s;	/* of the next game to begin; INT64_MAX: none */
	uint64_t		 board_hash;
	char			 board_etag[GW_WEB_TAG_MAX], board_modified[GW_WEB_TAG_MAX];
	struct gw_espn_stats	 stats;
	struct gw_err		 err, trouble;
};

/* It went wrong, and it goes on. */
static void
note(struct gw_espn_source *s, const struct gw_err *err)
{
	s->trouble = *err;
	gw_log(s->env->log, GW_LOG_INFO, "espn_trouble", gw_kv_s("why", gw_str(err->msg)));
}

/* For who asks a recording for a game that it does not hold. */
static void
note_other(struct gw_espn_source *s, const struct gw_espn_game *g)
{
	size_t len = strlen(s->others);
	char one[64];
	int n = snprintf(one, sizeof(one), "%s%" PRId64, len > 0 ? ", " : "", g->event);

	if (n > 0 && len + (size_t)n + sizeof(", ...") < OTHERS_MAX)
		memcpy(s->others + len, one, (size_t)n + 1);
	else if (len > 3 && strcmp(s->others + len - 3, "...") != 0)
		memcpy(s->others + len, ", ...", sizeof(", ..."));
}

/* ---- beginning and end ---- */

static int
open_all(struct gw_espn_source *s, struct gw_proc *proc, struct gw_err *err)
{
	int rc = 0;

	if (s->o.data != NULL && (rc = gw_espn_ids_open(s->env, s->o.data, &s->ids, err)) != 0)
		return rc;
	if (s->o.data != NULL && !s->o.look &&
	    (rc = gw_ratings_open(s->env, s->o.data, &s->ratings, err)) == GW_ENOMEM)
		return rc;
	if (rc != 0)
		note(s, err);		/* plays without a rating are plays all the same */
	if (s->o.from != NULL && (rc = gw_tape_open(&s->tape, s->env, s->o.from, err)) != 0)
		return rc;
	if (s->o.record != NULL &&
	    (s->record = gw_tape_writer_new(s->env, s->o.record, err)) == NULL)
		return err->code;
	if (s->o.from == NULL && (s->web = gw_web_new(s->env, proc, s->o.fetch)) == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (s->o.event != 0 && gw_espn_games_follow(&s->games, s->o.event) == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	return 0;
}

struct gw_espn_source *
gw_espn_source_new(struct gw_env *env, struct gw_proc *proc, const struct gw_espn_options *o,
    struct gw_err *err)
{
	struct gw_espn_source *s = gw_alloc_zero(env->alloc, 1, sizeof(*s));

	if (s == NULL) {
		(void)gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	s->env = env;
	s->o = *o;
	if (s->o.url == NULL)
		s->o.url = GW_ESPN_URL;
	if (s->o.interval_us <= 0)
		s->o.interval_us = INTERVAL_US;
	s->wait_board = o->event == 0;
	s->next_start_s = INT64_MAX;
	gw_espn_games_init(&s->games, env->alloc);
	gw_arena_init(&s->arena, env->alloc, ARENA_MAX);
	gw_buf_init(&s->body, env->alloc, GW_WEB_BODY_MAX);
	if (open_all(s, proc, err) == 0)
		return s;
	gw_espn_source_free(s);
	return NULL;
}

void
gw_espn_source_free(struct gw_espn_source *s)
{
	if (s == NULL)
		return;
	gw_web_free(s->web);
	gw_tape_close(&s->tape);
	gw_tape_writer_free(s->record);
	gw_espn_games_fini(&s->games);
	gw_espn_ids_free(s->ids);
	gw_ratings_free(s->ratings);
	gw_arena_fini(&s->arena);
	gw_buf_fini(&s->body);
	gw_alloc_free(s->env->alloc, s);
}

void
gw_espn_source_stop(struct gw_espn_source *s)
{
	s->done = true;
}

const struct gw_err *
gw_espn_source_error(const struct gw_espn_source *s)
{
	return &s->err;
}

const struct gw_err *
gw_espn_source_trouble(const struct gw_espn_source *s)
{
	return &s->trouble;
}

/* ---- pace ---- */

static int64_t
jittered(struct gw_espn_source *s, int64_t us)
{
	double by = 1 - JITTER + 2 * JITTER * gw_rng_unit(&s->env->rng);

	return (int64_t)((double)us * by);
}

static bool
any_on(const struct gw_espn_source *s)
{
	for (size_t i = 0; i < s->games.n; i++)
		if (!s->games.games[i].over && s->games.games[i].mark.state != GW_ESPN_PRE)
			return true;
	return false;
}

/* Before a game, half of the time that is left, so that its beginning is not missed. */
static int64_t
pause_us(const struct gw_espn_source *s)
{
	int64_t left = IDLE_MAX_US, now_s = gw_env_now(s->env).wall_ms / 1000;

	if (any_on(s))
		return s->o.interval_us;
	if (s->next_start_s != INT64_MAX && s->next_start_s - now_s < IDLE_MAX_US / SECOND_US * 2)
		left = (s->next_start_s - now_s) * SECOND_US / 2;
	return left < s->o.interval_us ? s->o.interval_us : left;
}

static void
mark_stale_rows(struct gw_espn_source *s)
{
	int64_t now = gw_env_now(s->env).us;

	for (size_t i = 0; i < s->games.n; i++) {
		struct gw_followed *f = &s->games.games[i];

		if (f->over || f->asked_us == INT64_MIN || now - f->asked_us < REFRESH_US)
			continue;
		if (f->mark.state != GW_ESPN_PRE || !s->followed_on_board)
			f->due = true;
	}
}

/* After an answer: the rows that are due at once, else a pause and the scoreboard. */
static void
schedule(struct gw_espn_source *s)
{
	int64_t now = gw_env_now(s->env).us;

	if (gw_espn_games_due(&s->games) != NULL) {
		s->due_us = now;
		return;
	}
	s->wait_board = true;
	s->due_us = now + jittered(s, pause_us(s));
}

static void
back_off(struct gw_espn_source *s, int64_t at_least_s)
{
	int64_t us = s->o.interval_us << (s->n_failed < 6 ? s->n_failed : 6);

	s->n_failed++;
	if (us > BACKOFF_MAX_US)
		us = BACKOFF_MAX_US;
	us = jittered(s, us);
	if (us < at_least_s * SECOND_US)
		us = at_least_s * SECOND_US;
	s->due_us = gw_env_now(s->env).us + us;
}

/* ---- what answers mean ---- */

static int
fail(struct gw_espn_source *s, const struct gw_err *err)
{
	s->err = *err;
	s->broken = true;
	return err->code < 0 ? err->code : GW_ESTATE;
}

/* After the rows it follows, if they are still to come. */
static int
tell_next(struct gw_espn_source *s, struct gw_followed *f)
{
	struct gw_play next;

	if (!s->o.next || f->due || !gw_espn_track_next(f->track, &f->board, &next))
		return 0;
	return s->o.tell(s->o.arg, &next);
}

/* Which games are worth following: that of the options, else those that are on. */
static int
board_game(struct gw_espn_source *s, const struct gw_espn_game *g)
{
	struct gw_followed *f = gw_espn_games_find(&s->games, g->event);
	int64_t start = gw_espn_time(g->start), now_s = gw_env_now(s->env).wall_ms / 1000;
	int rc;

	if (s->o.game != NULL)
		s->o.game(s->o.arg, g);
	if (s->o.look)
		return 0;
	if (g->state == GW_ESPN_PRE && start > now_s - LATE_S && start < s->next_start_s &&
	    (s->o.event == 0 || s->o.event == g->event))
		s->next_start_s = start;
	if (f == NULL && s->o.event == 0 && g->state == GW_ESPN_IN &&
	    (f = gw_espn_games_follow(&s->games, g->event)) == NULL)
		return GW_ENOMEM;
	if (f == NULL)
		return 0;
	s->followed_on_board = s->met_event = true;
	rc = gw_espn_games_look(f, g);
	return rc == 0 ? tell_next(s, f) : rc;
}

static void
scoreboard_end(struct gw_espn_source *s)
{
	int64_t now_s = gw_env_now(s->env).wall_ms / 1000;

	mark_stale_rows(s);
	if (s->o.look)
		s->done = s->o.from == NULL;	/* of a recording, the newest counts */
	else if (s->o.event == 0 && s->o.from == NULL &&
	    gw_espn_games_running(&s->games) == 0 &&
	    (s->next_start_s == INT64_MAX || s->next_start_s > now_s + SOON_S))
		s->done = true;
}

static int
take_scoreboard(struct gw_espn_source *s, const struct gw_espn_answer *a)
{
	int rc = 0;

	s->next_start_s = INT64_MAX;
	s->followed_on_board = false;
	s->stats.games_bad = a->n_games_bad;
	for (size_t i = 0; i < a->n_games && rc == 0; i++)
		rc = board_game(s, &a->games[i]);
	if (rc == 0)
		scoreboard_end(s);
	return rc;
}

static int
take_game(struct gw_espn_source *s, const struct gw_espn_game *g, struct gw_err *err)
{
	struct gw_followed *f = gw_espn_games_find(&s->games, g->event);
	double rating;
	int rc;

	if (s->o.look) {
		if (s->o.game != NULL)
			s->o.game(s->o.arg, g);
		return 0;
	}
	if (f == NULL && s->o.event == 0 &&
	    (f = gw_espn_games_follow(&s->games, g->event)) == NULL)
		return GW_ENOMEM;
	if (f == NULL) {
		note_other(s, g);
		return 0;
	}
	s->met_event = true;
	if (s->ratings != NULL && gw_ratings_line(s->ratings, g->game_id, &rating))
		gw_espn_track_rate(f->track, rating);
	rc = gw_espn_track_take(f->track, g, &s->arena, s->o.tell, s->o.arg, err);
	if (rc != 0)
		return rc;
	f->due = false;
	if (f->mark.state == GW_ESPN_UNKNOWN)
		f->mark.state = g->state;
	if (g->state == GW_ESPN_PRE && gw_espn_time(g->start) >= 0)
		s->next_start_s = gw_espn_time(g->start);
	if ((rc = tell_next(s, f)) != 0)
		return rc;
	if (s->o.game != NULL)
		s->o.game(s->o.arg, g);
	if (g->state == GW_ESPN_POST)
		f->over = true;
	if (s->o.event != 0 && f->over)
		s->done = true;
	return 0;
}

/* {"error":{"message":"No event found","code":404}}: for ever, if nothing better ever came. */
static int
take_refusal(struct gw_espn_source *s, int status, struct gw_slice words)
{
	struct gw_err err;

	s->stats.refused++;
	if (words.len > 200)
		words.len = 200;
	gw_err_set(&err, GW_EDATA, "ESPN answers with %d%s%.*s", status,
	    words.len > 0 ? ": " : "", GW_FMT(words));
	if ((status == NOT_FOUND || status == 400) && s->asked != SCOREBOARD && !s->had_answer &&
	    s->o.from == NULL) {
		gw_err_set(&err, GW_EDATA, "ESPN knows no event %" PRId64 "; \"gridwire games\" "
		    "lists today's", s->asked);
		return fail(s, &err);
	}
	note(s, &err);
	return 1;
}

static bool
is_same(struct gw_espn_source *s, struct gw_slice body)
{
	struct gw_followed *f = gw_espn_games_find(&s->games, s->asked);
	uint64_t *hash = s->asked == SCOREBOARD ? &s->board_hash : f != NULL ? &f->hash : NULL;
	uint64_t now = gw_espn_hash(body);
	bool same = hash != NULL && *hash == now;

	if (hash != NULL)
		*hash = now;
	return same && !s->o.look && (f == NULL || gw_espn_track_missing(f->track) == 0);
}

/* What the games file calls them counts; else what season, week and teams make. */
static void
name_games(const struct gw_espn_source *s, struct gw_espn_answer *a)
{
	for (size_t i = 0; i < a->n_games; i++) {
		const char *name = gw_espn_ids_game(s->ids, a->games[i].event);

		if (name != NULL)
			memcpy(a->games[i].game_id, name, strlen(name) + 1);
	}
}

/* 0: good. 1: it was not, and that is counted. GW_E*: going on is useless. */
static int
take_body(struct gw_espn_source *s, struct gw_slice body)
{
	struct gw_espn_answer a;
	struct gw_err err = { 0 };
	int rc;

	gw_arena_reset(&s->arena);
	rc = gw_espn_parse(body, &s->arena, &a, &err);
	if (rc == GW_ENOMEM)
		return fail(s, &err);
	if (rc == 0 && a.kind == GW_ESPN_ERROR)
		return take_refusal(s, a.error_code, a.error);
	if (rc == 0)
		name_games(s, &a);
	if (rc == 0)
		rc = a.kind == GW_ESPN_SCOREBOARD ? take_scoreboard(s, &a) :
			take_game(s, &a.games[0], &err);
	if (rc == 0) {
		s->had_answer = true;
		return 0;
	}
	if (err.code != rc)
		gw_err_set(&err, rc, "%s", gw_strerror(rc));
	if (rc != GW_EDATA && rc != GW_ELIMIT)
		return fail(s, &err);
	s->stats.bad++;
	gw_err_prefix(&err, "ESPN's answer is not understood: ");
	note(s, &err);
	return 1;
}

static int
take_same(struct gw_espn_source *s)
{
	struct gw_followed *f = gw_espn_games_find(&s->games, s->asked);

	s->stats.unchanged++;
	if (s->asked == SCOREBOARD)
		scoreboard_end(s);
	if (f == NULL)
		return 0;
	f->due = false;
	return tell_next(s, f);
}

static int
take_answer(struct gw_espn_source *s, int status, struct gw_slice body)
{
	if (status == 304)
		return take_same(s);
	if (status != 200)
		return take_refusal(s, status, (struct gw_slice){ "", 0 });
	s->stats.answers++;
	if (is_same(s, body))
		return take_same(s);
	return take_body(s, body);
}

/* ---- the network ---- */

static void
request_text(const struct gw_espn_source *s, char *out, size_t cap)
{
	if (s->asked == SCOREBOARD)
		snprintf(out, cap, "/scoreboard");
	else
		snprintf(out, cap, "/summary?event=%" PRId64, s->asked);
}

static int
write_record(struct gw_espn_source *s, int status, struct gw_slice body)
{
	char request[64];
	struct gw_err err;

	if (s->record == NULL)
		return 0;
	request_text(s, request, sizeof(request));
	return gw_tape_write(s->record, request, status, body, &err) == 0 ? 0 : fail(s, &err);
}

static void
keep_tags(struct gw_espn_source *s, const struct gw_web_answer *a)
{
	struct gw_followed *f = gw_espn_games_find(&s->games, s->asked);
	char *etag = f != NULL ? f->etag : s->board_etag;
	char *modified = f != NULL ? f->last_modified : s->board_modified;

	if (a->status != 200)
		return;
	memcpy(etag, a->etag, GW_WEB_TAG_MAX);
	memcpy(modified, a->last_modified, GW_WEB_TAG_MAX);
}

/*
 * It went wrong: the whole answer next time, after the scoreboard, so that one game's trouble is
 * not every game's.
 */
static void
give_up(struct gw_espn_source *s)
{
	struct gw_followed *f = gw_espn_games_find(&s->games, s->asked);

	mark_stale_rows(s);
	s->wait_board = f != NULL;
	if (f != NULL) {
		f->due = false;
		f->etag[0] = f->last_modified[0] = '\0';
		f->hash = 0;
	} else {
		s->board_etag[0] = s->board_modified[0] = '\0';
		s->board_hash = 0;
	}
}

/* The request failed. Nothing ever came: that is told at once, and not after a long patience. */
static int
unreachable(struct gw_espn_source *s, const struct gw_err *err)
{
	int rc;

	s->stats.unreachable++;
	if (err->code == GW_ENOMEM || err->code == GW_EUNSUPPORTED ||
	    (!s->had_answer && s->stats.answers == 0 && s->stats.refused == 0))
		return fail(s, err);
	if ((rc = write_record(s, 0, (struct gw_slice){ "", 0 })) != 0)
		return rc;
	note(s, err);
	give_up(s);
	back_off(s, 0);
	return 0;
}

static int
begin_request(struct gw_espn_source *s)
{
	struct gw_followed *f = s->wait_board ? NULL : gw_espn_games_due(&s->games);
	struct gw_web_request q = { .etag = s->board_etag, .last_modified = s->board_modified };
	char request[64], url[512];
	struct gw_err err = { 0 };

	s->wait_board = false;
	s->asked = SCOREBOARD;
	if (f != NULL) {
		s->asked = gw_espn_track_event(f->track);
		f->asked_us = gw_env_now(s->env).us;
		q.etag = gw_espn_track_missing(f->track) == 0 ? f->etag : NULL;
		q.last_modified = q.etag != NULL ? f->last_modified : NULL;
	}
	request_text(s, request, sizeof(request));
	if (snprintf(url, sizeof(url), "%s%s", s->o.url, request) >= (int)sizeof(url)) {
		gw_err_set(&err, GW_EINVAL, "%.200s...: the address is too long", s->o.url);
		return fail(s, &err);
	}
	q.url = url;
	return gw_web_get(s->web, &q, &err) == 0 ? 0 : unreachable(s, &err);
}

static int
take_web(struct gw_espn_source *s)
{
	struct gw_web_answer a;
	struct gw_err err = { 0 };
	int rc = gw_web_take(s->web, &a, &err);

	if (rc == 0)
		return 0;
	if (rc < 0)
		return unreachable(s, &err);
	if ((rc = write_record(s, a.status, a.body)) != 0)
		return rc;
	keep_tags(s, &a);
	rc = take_answer(s, a.status, a.body);
	if (rc < 0)
		return rc;
	if (rc > 0 && s->o.look)	/* whoever looks does not wait for better days */
		return fail(s, &s->trouble);
	if (rc > 0) {
		give_up(s);
		back_off(s, a.retry_after_s);
		return 0;
	}
	s->n_failed = 0;
	schedule(s);
	return 0;
}

/* ---- the recording ---- */

static int64_t
tape_due(const struct gw_espn_source *s)
{
	const struct gw_tape_answer *a = s->tape.answers;
	double after = (double)(a[s->tape_at].at_ms - a[0].at_ms) * 1000;

	if (s->tape_at == 0 || s->o.speed <= 0 || !(after > 0))
		return s->tape_us;
	return s->tape_us + (int64_t)(after / s->o.speed);
}

/* "/summary?event=401671664": which; others are the scoreboard. */
static int64_t
event_of(const char *request)
{
	static const char key[] = "event=";
	const char *at = strstr(request, key);
	int64_t event;

	if (at == NULL || gw_slice_i64(gw_str(at + sizeof(key) - 1), &event) != 0)
		return SCOREBOARD;
	return event;
}

/* An answer about the game that was asked for, or an error that says what there was. */
static int
tape_held_it(struct gw_espn_source *s)
{
	struct gw_err err;

	if (s->o.event == 0 || s->o.look || s->met_event)
		return 0;
	gw_err_set(&err, GW_EDATA, "%s holds no answer about event %" PRId64 "%s%s", s->o.from,
	    s->o.event, s->others[0] != '\0' ? "; it has " : "", s->others);
	return fail(s, &err);
}

static int
play_tape(struct gw_espn_source *s)
{
	const struct gw_tape_answer *a = &s->tape.answers[s->tape_at];
	struct gw_err err;
	int rc = 0;

	if (gw_tape_body(&s->tape, s->tape_at, &s->body, &err) != 0)
		return fail(s, &err);
	s->tape_at++;
	s->asked = event_of(a->request);
	if (a->request[0] == '\0')
		s->asked = -1;		/* a file of whatever kind */
	if (a->status == 0)
		s->stats.unreachable++;
	else
		rc = take_answer(s, a->status, gw_buf_slice(&s->body));
	if (rc >= 0 && s->tape_at == s->tape.n) {
		s->done = true;
		rc = tape_held_it(s);
	}
	return rc < 0 ? rc : 0;
}

/* ---- the part ---- */

static size_t
source_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct gw_espn_source *s = self;
	short events;
	int fd;

	if (s->done || s->broken || !s->began) {
		*deadline_us = 0;
		return 0;
	}
	if (s->o.from != NULL) {
		*deadline_us = tape_due(s);
		return 0;
	}
	fd = gw_web_fd(s->web, &events, deadline_us);
	if (fd < 0) {
		*deadline_us = s->due_us;
		return 0;
	}
	if (cap > 0)
		fds[0] = (struct pollfd){ .fd = fd, .events = events };
	return 1;
}

static int
source_process(void *self, const struct pollfd *fds, size_t n)
{
	struct gw_espn_source *s = self;
	int64_t now = gw_env_now(s->env).us, until;
	short events;
	int rc = 0;

	(void)fds;
	(void)n;
	if (s->broken)
		return s->err.code < 0 ? s->err.code : GW_ESTATE;
	if (!s->began) {
		s->began = true;
		s->tape_us = s->due_us = now;
	}
	if (s->done)
		return 1;
	if (s->o.from != NULL)
		rc = tape_due(s) <= now ? play_tape(s) : 0;
	else if (gw_web_fd(s->web, &events, &until) >= 0)
		rc = take_web(s);
	else if (s->due_us <= now)
		rc = begin_request(s);
	return rc != 0 ? rc : s->done;
}

struct gw_part
gw_espn_source_part(struct gw_espn_source *s)
{
	return (struct gw_part){ .name = "espn", .self = s, .pollfds = source_pollfds,
		.process = source_process };
}

/* ---- figures ---- */

static void
add(struct gw_espn_counts *to, const struct gw_espn_counts *c)
{
	to->answers += c->answers;
	to->same += c->same;
	to->empty += c->empty;
	to->plays += c->plays;
	to->revisions += c->revisions;
	to->withdrawn += c->withdrawn;
	to->returned += c->returned;
	to->late += c->late;
	to->rows += c->rows;
	to->rows_bad += c->rows_bad;
	to->rows_temporary += c->rows_temporary;
	to->nullified += c->nullified;
	to->clock_up += c->clock_up;
	for (int i = 0; i < GW_N_ESPN_SKIPS; i++)
		to->skipped[i] += c->skipped[i];
}

struct gw_espn_stats
gw_espn_source_stats(const struct gw_espn_source *s)
{
	struct gw_espn_stats st = s->stats;

	st.games = s->games.n;
	for (size_t i = 0; i < s->games.n; i++)
		add(&st.plays, gw_espn_track_counts(s->games.games[i].track));
	return st;
}

void
gw_espn_stats_text(const struct gw_espn_stats *st, struct gw_buf *out)
{
	const struct {
		const char	*what;
		size_t		 n;
	} figures[] = {
		{ "answers", st->answers },
		{ "unchanged", st->unchanged },
		{ "bad", st->bad },
		{ "refused", st->refused },
		{ "unreachable", st->unreachable },
		{ "empty", st->plays.empty },
		{ "revisions", st->plays.revisions },
		{ "withdrawn", st->plays.withdrawn },
		{ "returned", st->plays.returned },
		{ "late", st->plays.late },
		{ "rows unreadable", st->plays.rows_bad },
		{ "temporary", st->plays.rows_temporary },
		{ "without state", st->plays.skipped[GW_ESPN_SKIP_NO_STATE] },
		{ "clock up", st->plays.clock_up },
	};
	size_t begun = out->len;

	for (size_t i = 0; i < GW_N(figures); i++)
		if (figures[i].n > 0)
			gw_buf_printf(out, "%s%zu %s", out->len > begun ? ", " : "", figures[i].n,
			    figures[i].what);
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn_track.h"

#include "base/alloc.h"

#define LINES		((unsigned)(GW_HAS_SPREAD_LINE | GW_HAS_TOTAL_LINE | GW_HAS_RATING_LINE))
#define MISSING_MAX	2	/* answers in a row without a play that was told */

struct told {
	struct gw_play	play;		/* as told last */
	int64_t		sequence;
	int		n_missing;
	bool		here;		/* in the answer being taken */
};

struct gw_espn_track {
	struct gw_alloc		*alloc;
	int64_t			 event;
	struct told		*told;		/* as they were told first */
	size_t			 n_told, told_cap;
	struct gw_espn_situation *seen;		/* by the row each followed */
	size_t			 n_seen, seen_cap;
	struct gw_play		 next;		/* as told last */
	bool			 has_next;
	unsigned		 has_lines;	/* of LINES */
	double			 spread_line, total_line, rating_line;
	struct gw_espn_counts	 counts;
};

struct taking {
	struct gw_espn_track	*t;
	bool			 final;		/* nothing will follow */
	bool			 news;
	gw_espn_tell		*tell;
	void			*arg;
};

struct gw_espn_track *
gw_espn_track_new(struct gw_alloc *alloc, int64_t event)
{
	struct gw_espn_track *t = gw_alloc_zero(alloc, 1, sizeof(*t));

	if (t != NULL) {
		t->alloc = alloc;
		t->event = event;
	}
	return t;
}

void
gw_espn_track_free(struct gw_espn_track *t)
{
	if (t == NULL)
		return;
	gw_alloc_free(t->alloc, t->told);
	gw_alloc_free(t->alloc, t->seen);
	gw_alloc_free(t->alloc, t);
}

int64_t
gw_espn_track_event(const struct gw_espn_track *t)
{
	return t->event;
}

const struct gw_espn_counts *
gw_espn_track_counts(const struct gw_espn_track *t)
{
	return &t->counts;
}

size_t
gw_espn_track_missing(const struct gw_espn_track *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_told; i++)
		n += t->told[i].n_missing > 0 && !(t->told[i].play.has & GW_HAS_WITHDRAWN);
	return n;
}

/* ---- lines ---- */

static void
keep_lines(struct gw_espn_track *t, const struct gw_espn_game *g)
{
	if ((g->has & GW_ESPN_HAS_SPREAD) && !(t->has_lines & GW_HAS_SPREAD_LINE)) {
		t->has_lines |= GW_HAS_SPREAD_LINE;
		t->spread_line = g->spread_line;
	}
	if ((g->has & GW_ESPN_HAS_TOTAL) && !(t->has_lines & GW_HAS_TOTAL_LINE)) {
		t->has_lines |= GW_HAS_TOTAL_LINE;
		t->total_line = g->total_line;
	}
}

void
gw_espn_track_rate(struct gw_espn_track *t, double rating_line)
{
	t->has_lines |= GW_HAS_RATING_LINE;
	t->rating_line = rating_line;
}

static void
put_lines(const struct gw_espn_track *t, struct gw_play *p)
{
	p->has &= ~LINES;
	p->has |= t->has_lines;
	p->spread_line = t->spread_line;
	p->total_line = t->total_line;
	p->rating_line = t->rating_line;
}

/* ---- telling ---- */

/* The fields that a correction can change: not the number, the revision, the lines. */
static bool
same(const struct gw_play *a, const struct gw_play *b)
{
	unsigned mask = ~(LINES | (unsigned)(GW_HAS_REVISION | GW_HAS_WITHDRAWN));

	return (a->has & mask) == (b->has & mask) && a->type == b->type &&
	    a->quarter == b->quarter && a->time_remaining == b->time_remaining &&
	    a->home_score == b->home_score && a->away_score == b->away_score &&
	    a->field_position == b->field_position && a->down == b->down &&
	    a->distance == b->distance && a->yards_gained == b->yards_gained &&
	    a->home_timeouts == b->home_timeouts && a->away_timeouts == b->away_timeouts &&
	    a->home_receives_2h == b->home_receives_2h &&
	    a->home_backup_qb == b->home_backup_qb && a->away_backup_qb == b->away_backup_qb &&
	    a->is_home_team == b->is_home_team && strcmp(a->desc, b->desc) == 0;
}

static int
tell(struct taking *k, struct told *told)
{
	k->news = true;
	return k->tell(k->arg, &told->play);
}

/* The same play as another message: a correction, its end, or its return. */
static int
tell_again(struct taking *k, struct told *told, const struct gw_play *now, bool withdrawn)
{
	int32_t number = told->play.play_number, revision = told->play.revision + 1;
	unsigned lines = told->play.has & LINES;
	double spread = told->play.spread_line, total = told->play.total_line;
	double rating = told->play.rating_line;

	told->play = *now;
	told->play.play_number = number;
	told->play.revision = revision;
	told->play.has &= ~(LINES | (unsigned)GW_HAS_WITHDRAWN);
	told->play.has |= lines | GW_HAS_REVISION | (withdrawn ? (unsigned)GW_HAS_WITHDRAWN : 0);
	told->play.spread_line = spread;
	told->play.total_line = total;
	told->play.rating_line = rating;
	return tell(k, told);
}

static struct told *
find(const struct gw_espn_track *t, int64_t play_id)
{
	for (size_t i = t->n_told; i-- > 0;)
		if (t->told[i].play.play_id == play_id)
			return &t->told[i];
	return NULL;
}

/* ---- what a row lacks, the scoreboard may have told before the snap ---- */

static const struct gw_espn_situation *
situation_after(const struct gw_espn_track *t, int64_t row)
{
	for (size_t i = t->n_seen; i-- > 0;)
		if (t->seen[i].after == row)
			return &t->seen[i];
	return NULL;
}

static void
fill_in(const struct gw_espn_situation *s, struct gw_play *p)
{
	bool home = s->possession == GW_ESPN_HOME;

	if ((s->has & GW_ESPN_HAS_TIMEOUTS) && p->type != GW_PLAY_KICKOFF) {
		p->home_timeouts = s->home_timeouts;
		p->away_timeouts = s->away_timeouts;
		p->has |= GW_HAS_HOME_TIMEOUTS | GW_HAS_AWAY_TIMEOUTS;
	}
	if (s->possession == GW_ESPN_NOBODY || home != p->is_home_team ||
	    p->type == GW_PLAY_KICKOFF || !(s->has & GW_ESPN_HAS_DOWN) || s->down != p->down)
		return;
	if ((s->has & GW_ESPN_HAS_DISTANCE) && !(p->has & GW_HAS_DISTANCE)) {
		p->distance = s->distance;
		p->has |= GW_HAS_DISTANCE;
	}
	if ((s->has & GW_ESPN_HAS_YARD_LINE) && !(p->has & GW_HAS_FIELD_POSITION)) {
		p->field_position = home ? 100 - s->yard_line : s->yard_line;
		p->has |= GW_HAS_FIELD_POSITION;
	}
}

/* The row right before a play, be it a play or a time-out. -1: none. */
static int64_t
row_before(const struct gw_espn_game *g, int64_t sequence)
{
	int64_t id = -1;

	for (size_t i = 0; i < g->n_rows && g->rows[i].sequence < sequence; i++)
		id = g->rows[i].id;
	return id;
}

/* ---- an answer ---- */

static int
tell_new(struct taking *k, const struct gw_espn_play *p, int32_t number, struct gw_err *err)
{
	struct gw_espn_track *t = k->t;
	void *told = t->told;
	struct told *to;

	if (p->nullified)
		return 0;
	if (gw_alloc_room(t->alloc, &told, &t->told_cap, t->n_told, sizeof(*t->told)) != 0)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	t->told = told;
	for (size_t i = 0; i < t->n_told; i++)
		if (t->told[i].sequence > p->sequence) {
			t->counts.late++;
			break;
		}
	to = &t->told[t->n_told++];
	*to = (struct told){ .play = p->play, .sequence = p->sequence, .here = true };
	to->play.play_number = number;
	put_lines(t, &to->play);
	t->counts.plays++;
	return tell(k, to);
}

static int
take_play(struct taking *k, const struct gw_espn_play *p, int32_t number, struct gw_err *err)
{
	struct told *told = find(k->t, p->play.play_id);

	if (told == NULL)
		return tell_new(k, p, number, err);
	told->here = true;
	told->n_missing = 0;
	told->sequence = p->sequence;
	if (told->play.has & GW_HAS_WITHDRAWN) {
		k->t->counts.returned++;
		return tell_again(k, told, &p->play, false);
	}
	if (same(&told->play, &p->play))
		return 0;
	k->t->counts.revisions++;
	return tell_again(k, told, &p->play, false);
}

static int
take_plays(struct taking *k, const struct gw_espn_game *g, struct gw_espn_plays *plays,
    struct gw_err *err)
{
	int32_t number = 0;
	int rc = 0;

	k->t->counts.nullified = 0;
	for (size_t i = 0; i < plays->n && rc == 0; i++) {
		struct gw_espn_play *p = &plays->plays[i];
		const struct gw_espn_situation *s =
		    situation_after(k->t, row_before(g, p->sequence));

		if (s != NULL)
			fill_in(s, &p->play);
		number += !p->nullified;
		k->t->counts.nullified += p->nullified;
		rc = take_play(k, p, number > 0 ? number : 1, err);
	}
	return rc;
}

static int
withdraw_missing(struct taking *k)
{
	struct gw_espn_track *t = k->t;
	int rc = 0;

	for (size_t i = 0; i < t->n_told && rc == 0; i++) {
		struct told *told = &t->told[i];

		if (told->here || (told->play.has & GW_HAS_WITHDRAWN))
			continue;
		if (++told->n_missing < MISSING_MAX && !k->final)
			continue;
		t->counts.withdrawn++;
		rc = tell_again(k, told, &told->play, true);
	}
	return rc;
}

static void
raise_to(size_t *to, size_t n)
{
	if (*to < n)
		*to = n;
}

static void
count_answer(struct gw_espn_track *t, const struct gw_espn_game *g,
    const struct gw_espn_plays *plays)
{
	raise_to(&t->counts.rows_bad, g->n_rows_bad);
	raise_to(&t->counts.rows_temporary, g->n_rows_temporary);
	raise_to(&t->counts.clock_up, plays->n_clock_up);
	t->counts.rows = g->n_rows;
	memcpy(t->counts.skipped, plays->skipped, sizeof(t->counts.skipped));
}

int
gw_espn_track_take(struct gw_espn_track *t, const struct gw_espn_game *game,
    struct gw_arena *arena, gw_espn_tell *each, void *arg, struct gw_err *err)
{
	struct taking k = { .t = t, .final = game->state == GW_ESPN_POST && game->completed,
		.tell = each, .arg = arg };
	struct gw_espn_plays plays;
	int rc;

	if (game->event != t->event)
		return gw_err_set(err, GW_EDATA, "an answer about event %lld instead of %lld",
		    (long long)game->event, (long long)t->event);
	if ((rc = gw_espn_plays(game, arena, &plays, err)) != 0)
		return rc;
	t->counts.answers++;
	if (game->n_rows == 0 && t->n_told > 0) {
		t->counts.empty++;
		return 0;
	}
	keep_lines(t, game);
	count_answer(t, game, &plays);
	for (size_t i = 0; i < t->n_told; i++)
		t->told[i].here = false;
	if ((rc = take_plays(&k, game, &plays, err)) != 0 || (rc = withdraw_missing(&k)) != 0)
		return rc;
	t->counts.same += !k.news;
	return 0;
}

/* ---- scoreboards ---- */

int
gw_espn_track_look(struct gw_espn_track *t, const struct gw_espn_game *game)
{
	void *seen = t->seen;

	keep_lines(t, game);
	if (game->situation.after < 0 || game->situation.has == 0)
		return 0;
	if (t->n_seen > 0 && t->seen[t->n_seen - 1].after == game->situation.after) {
		t->seen[t->n_seen - 1] = game->situation;
		return 0;
	}
	if (situation_after(t, game->situation.after) != NULL)
		return 0;		/* an older scoreboard: what followed is known */
	if (t->n_seen >= GW_ESPN_ROWS_MAX)
		t->n_seen = 0;		/* no game has so many: the feed is out of its mind */
	if (gw_alloc_room(t->alloc, &seen, &t->seen_cap, t->n_seen, sizeof(*t->seen)) != 0)
		return GW_ENOMEM;
	t->seen = seen;
	t->seen[t->n_seen++] = game->situation;
	return 0;
}

/* What the newest play had from those before it. */
static void
carry_on(const struct gw_play *newest, struct gw_play *p)
{
	p->has |= newest->has & (unsigned)(GW_HAS_SECOND_HALF | GW_HAS_HOME_BACKUP_QB |
	    GW_HAS_AWAY_BACKUP_QB);
	p->home_receives_2h = newest->home_receives_2h;
	p->home_backup_qb = newest->home_backup_qb;
	p->away_backup_qb = newest->away_backup_qb;
}

bool
gw_espn_track_next(struct gw_espn_track *t, const struct gw_espn_game *game, struct gw_play *out)
{
	struct gw_play p;

	if (game->event != t->event || !gw_espn_next(game, &p))
		return false;
	put_lines(t, &p);
	if (t->n_told > 0)
		carry_on(&t->told[t->n_told - 1].play, &p);
	p.play_number = (int32_t)t->n_told + 1;
	if (t->has_next && same(&t->next, &p))
		return false;
	if (t->has_next) {
		p.revision = t->next.revision + 1;
		p.has |= GW_HAS_REVISION;
	}
	t->next = p;
	t->has_next = true;
	*out = p;
	return true;
}

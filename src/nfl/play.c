/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/play.h"

#include <stddef.h>

#include "base/json.h"
#include "base/slice.h"

static const char *const type_names[GW_N_PLAY_TYPES] = {
	[GW_PLAY_OTHER] = "other", [GW_PLAY_PASS] = "pass", [GW_PLAY_RUN] = "run",
	[GW_PLAY_PUNT] = "punt", [GW_PLAY_FIELD_GOAL] = "field_goal", [GW_PLAY_KICKOFF] = "kickoff",
	[GW_PLAY_EXTRA_POINT] = "extra_point", [GW_PLAY_QB_KNEEL] = "qb_kneel",
	[GW_PLAY_QB_SPIKE] = "qb_spike", [GW_PLAY_NO_PLAY] = "no_play"
};

const char *
gw_play_type_name(enum gw_play_type t)
{
	return type_names[t];
}

enum gw_play_type
gw_play_type_parse(struct gw_slice name)
{
	for (int t = 0; t < GW_N_PLAY_TYPES; t++)
		if (gw_slice_is(name, type_names[t]))
			return (enum gw_play_type)t;
	return GW_PLAY_OTHER;
}

void
gw_play_set_desc(struct gw_play *play, struct gw_slice text)
{
	size_t n = text.len;

	if (n >= sizeof(play->desc)) {
		n = sizeof(play->desc) - 1;
		while (n > 0 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80)
			n--;
	}
	if (n > 0)
		memcpy(play->desc, text.ptr, n);
	play->desc[n] = '\0';
	play->has |= GW_HAS_DESC;
}

enum kind { TEXT, DESC, TYPE, INT, ID, POINTS, FLAG, MARK, DIFFERENCE };

/* Index of the fields that the checks after the table ask about. */
enum { F_POSTEAM = 15, F_DEFTEAM, F_IS_HOME = 19 };

struct field {
	const char	*key;
	enum kind	 kind;
	bool		 required;
	unsigned	 has;		/* enum gw_play_has; 0: none */
	size_t		 offset, cap;	/* in struct gw_play; bytes of a TEXT */
	int32_t		 min, max;
};

#define AT(member) offsetof(struct gw_play, member), sizeof(((struct gw_play *)0)->member)

/*
 * In the order in which gw_play_write() writes them: a reader that expects that order rarely
 * searches.
 */
/* clang-format off */
static const struct field fields[] = {
	{ "game_id",		TEXT,	true,  0, AT(game_id), 0, 0 },
	{ "play_id",		ID,	true,  0, AT(play_id), 0, 0 },
	{ "play_number",	INT,	true,  0, AT(play_number), 1, GW_PLAY_NUMBER_MAX },
	{ "quarter",		INT,	true,  0, AT(quarter), 1, GW_QUARTER_MAX },
	{ "time_remaining",	INT,	true,  0, AT(time_remaining), 0, GW_CLOCK_MAX },
	{ "home_score",		INT,	true,  0, AT(home_score), 0, GW_SCORE_MAX },
	{ "away_score",		INT,	true,  0, AT(away_score), 0, GW_SCORE_MAX },
	{ "field_position",	INT,	false, GW_HAS_FIELD_POSITION, AT(field_position), 0, 100 },
	{ "down",		INT,	false, GW_HAS_DOWN, AT(down), 1, 4 },
	{ "distance",		INT,	false, GW_HAS_DISTANCE, AT(distance), 0, 100 },
	{ "score_differential",	DIFFERENCE, false, 0, 0, 0, -GW_SCORE_MAX, GW_SCORE_MAX },
	{ "play_type",		TYPE,	false, 0, AT(type), 0, 0 },
	{ "yards_gained",	INT,	false, GW_HAS_YARDS_GAINED, AT(yards_gained),
		-GW_YARDS_MAX, GW_YARDS_MAX },
	{ "home_team",		TEXT,	true,  0, AT(home_team), 0, 0 },
	{ "away_team",		TEXT,	true,  0, AT(away_team), 0, 0 },
	{ "posteam",		TEXT,	false, 0, AT(posteam), 0, 0 },
	{ "defteam",		TEXT,	false, 0, AT(defteam), 0, 0 },
	{ "home_timeouts",	INT,	false, GW_HAS_HOME_TIMEOUTS, AT(home_timeouts), 0, 3 },
	{ "away_timeouts",	INT,	false, GW_HAS_AWAY_TIMEOUTS, AT(away_timeouts), 0, 3 },
	{ "is_home_team",	FLAG,	false, 0, AT(is_home_team), 0, 1 },
	{ "spread_line",	POINTS,	false, GW_HAS_SPREAD_LINE, AT(spread_line), 0, 0 },
	{ "total_line",		POINTS,	false, GW_HAS_TOTAL_LINE, AT(total_line), 0, 0 },
	{ "rating_line",	POINTS,	false, GW_HAS_RATING_LINE, AT(rating_line), 0, 0 },
	{ "home_receives_2h",	INT,	false, GW_HAS_SECOND_HALF, AT(home_receives_2h), 0, 1 },
	{ "home_backup_qb",	INT,	false, GW_HAS_HOME_BACKUP_QB, AT(home_backup_qb), 0, 1 },
	{ "away_backup_qb",	INT,	false, GW_HAS_AWAY_BACKUP_QB, AT(away_backup_qb), 0, 1 },
	{ "season",		INT,	false, GW_HAS_SEASON, AT(season), 1900, 9999 },
	{ "week",		INT,	false, GW_HAS_WEEK, AT(week), 0, 99 },
	{ "season_type",	TEXT,	false, GW_HAS_SEASON_TYPE, AT(season_type), 0, 0 },
	{ "revision",		INT,	false, GW_HAS_REVISION, AT(revision), 0, INT32_MAX },
	{ "withdrawn",		MARK,	false, GW_HAS_WITHDRAWN, 0, 0, 0, 1 },
	{ "desc",		DESC,	false, GW_HAS_DESC, AT(desc), 0, 0 }
};
/* clang-format on */

struct parser {
	struct gw_play	*play;
	struct gw_err	*err;
	uint64_t	 seen;		/* bit i: fields[i] */
	bool		 has_difference;
	int32_t		 difference;
};

/* The field of a key; *hint is where it would be if the message is in our order. */
static const struct field *
find(struct gw_slice key, size_t *hint)
{
	for (size_t tried = 0, i = *hint; tried < GW_N(fields); tried++, i++) {
		if (i >= GW_N(fields))
			i = 0;
		if (gw_slice_is(key, fields[i].key)) {
			*hint = i + 1;
			return &fields[i];
		}
	}
	return NULL;
}

/* What a value held, short enough for a message. */
static struct gw_slice
held(const struct gw_json *v)
{
	static const char *const words[] = { "null", "true or false", "", "", "an array",
		"an object" };
	struct gw_slice s = v->type == GW_JSON_NUMBER || v->type == GW_JSON_STRING ? v->text :
	    gw_str(words[v->type]);

	if (s.len > 40)
		s.len = 40;
	return s;
}

static int
bad(struct parser *p, const struct field *f, const struct gw_json *v, const char *wanted)
{
	struct gw_slice s = held(v);

	return gw_err_set(p->err, GW_EDATA, "%s: '%.*s' is not %s", f->key, GW_FMT(s), wanted);
}

static bool
printable(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	return s.len > 0;
}

static int
set_text(struct parser *p, const struct field *f, const struct gw_json *v)
{
	char *to = (char *)p->play + f->offset;

	if (v->type != GW_JSON_STRING || !printable(v->text) || v->text.len >= f->cap)
		return gw_err_set(p->err, GW_EDATA, "%s: '%.*s' is not a text of 1 to %zu bytes",
		    f->key, GW_FMT(held(v)), f->cap - 1);
	memcpy(to, v->text.ptr, v->text.len);
	to[v->text.len] = '\0';
	return 0;
}

static int
whole(struct parser *p, const struct field *f, const struct gw_json *v, int32_t *out)
{
	if (v->type != GW_JSON_NUMBER || !(v->number >= f->min && v->number <= f->max) ||
	    v->number != (double)(int32_t)v->number)
		return gw_err_set(p->err, GW_EDATA,
		    "%s: '%.*s' is not a whole number from %d to %d", f->key, GW_FMT(held(v)),
		    (int)f->min, (int)f->max);
	*out = (int32_t)v->number;
	return 0;
}

static int
set_id(struct parser *p, const struct field *f, const struct gw_json *v)
{
	if (v->type != GW_JSON_NUMBER || !(v->number >= 0 && v->number < (double)GW_PLAY_ID_MAX) ||
	    v->number != (double)(int64_t)v->number)
		return bad(p, f, v, "a whole number from 0 to 2^53");
	p->play->play_id = (int64_t)v->number;
	return 0;
}

static int
set_flag(struct parser *p, const struct field *f, const struct gw_json *v)
{
	if (v->type == GW_JSON_BOOL)
		p->play->is_home_team = v->boolean;
	else if (v->type == GW_JSON_NUMBER && (v->number == 0 || v->number == 1))
		p->play->is_home_team = v->number == 1;
	else
		return bad(p, f, v, "0 or 1");
	return 0;
}

/* true is its bit; false is as good as absent. */
static int
set_mark(struct parser *p, const struct field *f, const struct gw_json *v)
{
	if (v->type != GW_JSON_BOOL)
		return bad(p, f, v, "true or false");
	if (v->boolean)
		p->play->has |= f->has;
	return 0;
}

static int
set_points(struct parser *p, const struct field *f, const struct gw_json *v)
{
	if (v->type != GW_JSON_NUMBER || !(v->number >= -GW_LINE_MAX && v->number <= GW_LINE_MAX))
		return bad(p, f, v, "a number of points from -200 to 200");
	memcpy((char *)p->play + f->offset, &v->number, sizeof(v->number));
	return 0;
}

static int
set_int(struct parser *p, const struct field *f, const struct gw_json *v)
{
	int32_t n;
	int rc;

	if ((rc = whole(p, f, v, &n)) == 0)
		memcpy((char *)p->play + f->offset, &n, sizeof(n));
	return rc;
}

static int
set_string(struct parser *p, const struct field *f, const struct gw_json *v)
{
	if (v->type != GW_JSON_STRING)
		return bad(p, f, v, "a text");
	if (f->kind == TYPE)
		p->play->type = gw_play_type_parse(v->text);
	else
		gw_play_set_desc(p->play, v->text);
	return 0;
}

static int
set(struct parser *p, const struct field *f, const struct gw_json *v)
{
	switch (f->kind) {
	case TEXT:
		return set_text(p, f, v);
	case DESC:
	case TYPE:
		return set_string(p, f, v);
	case ID:
		return set_id(p, f, v);
	case POINTS:
		return set_points(p, f, v);
	case FLAG:
		return set_flag(p, f, v);
	case MARK:
		return set_mark(p, f, v);
	case DIFFERENCE:
		p->has_difference = true;
		return whole(p, f, v, &p->difference);
	case INT:
		break;
	}
	return set_int(p, f, v);
}

static int
read_fields(struct parser *p, const struct gw_json *object)
{
	size_t hint = 0;
	int rc;

	for (const struct gw_json *v = object->child; v != NULL; v = v->next) {
		const struct field *f = find(v->key, &hint);
		uint64_t bit;

		if (f == NULL || v->type == GW_JSON_NULL)
			continue;
		bit = UINT64_C(1) << (f - fields);
		if (p->seen & bit)
			continue;	/* as everywhere: the first of two counts */
		if ((rc = set(p, f, v)) != 0)
			return rc;
		p->seen |= bit;
		if (f->kind != MARK)
			p->play->has |= f->has;
	}
	return 0;
}

static bool
seen(const struct parser *p, unsigned i)
{
	return (p->seen >> i & 1) != 0;
}

/* posteam and is_home_team say the same thing: one of them is enough, both must agree. */
static int
check_possession(struct parser *p)
{
	struct gw_play *play = p->play;
	bool home = strcmp(play->posteam, play->home_team) == 0;
	bool away = strcmp(play->posteam, play->away_team) == 0;

	if (!seen(p, F_POSTEAM) && !seen(p, F_IS_HOME))
		return gw_err_set(p->err, GW_EDATA, "is_home_team: missing, and posteam too");
	if (seen(p, F_POSTEAM) && !home && !away)
		return gw_err_set(p->err, GW_EDATA,
		    "posteam: '%s' is neither home_team '%s' nor away_team '%s'", play->posteam,
		    play->home_team, play->away_team);
	if (seen(p, F_POSTEAM) && seen(p, F_IS_HOME) && play->is_home_team != home)
		return gw_err_set(p->err, GW_EDATA,
		    "is_home_team: '%d', but posteam is '%s' and home_team '%s'",
		    play->is_home_team, play->posteam, play->home_team);
	if (!seen(p, F_IS_HOME))
		play->is_home_team = home;
	memcpy(play->posteam, play->is_home_team ? play->home_team : play->away_team, GW_TEAM_MAX);
	if (!seen(p, F_DEFTEAM))
		memcpy(play->defteam, play->is_home_team ? play->away_team : play->home_team,
		    GW_TEAM_MAX);
	return 0;
}

static int
check(struct parser *p)
{
	const struct gw_play *play = p->play;

	for (size_t i = 0; i < GW_N(fields); i++)
		if (fields[i].required && !seen(p, (unsigned)i))
			return gw_err_set(p->err, GW_EDATA, "%s: missing", fields[i].key);
	if (strcmp(play->home_team, play->away_team) == 0)
		return gw_err_set(p->err, GW_EDATA, "away_team: '%s' is home_team too",
		    play->away_team);
	if (p->has_difference && p->difference != play->home_score - play->away_score)
		return gw_err_set(p->err, GW_EDATA,
		    "score_differential: '%d', but home_score minus away_score is"
		    " %d (it is home minus away, not possession minus defence)",
		    (int)p->difference, (int)(play->home_score - play->away_score));
	return check_possession(p);
}

int
gw_play_parse(struct gw_slice json, struct gw_arena *arena, struct gw_play *play,
    struct gw_err *err)
{
	struct gw_play read;
	struct parser p = { .play = &read, .err = err };
	struct gw_json *root;
	int rc;

	if ((rc = gw_json_parse(json, arena, &root, err)) != 0)
		return rc;
	if (root->type != GW_JSON_OBJECT)
		return gw_err_set(err, GW_EDATA, "a play is a JSON object, this is none");
	memset(&read, 0, sizeof(read));
	if ((rc = read_fields(&p, root)) != 0 || (rc = check(&p)) != 0)
		return rc;
	*play = read;
	return 0;
}

static void
put_text(struct gw_json_out *w, const char *key, const char *text)
{
	gw_json_kv_str(w, key, gw_str(text));
}

static void
put_field(struct gw_json_out *w, const struct field *f, const struct gw_play *play)
{
	const char *from = (const char *)play + f->offset;
	double points;
	int32_t n;

	switch (f->kind) {
	case TEXT:
	case DESC:
		put_text(w, f->key, from);
		break;
	case TYPE:
		put_text(w, f->key, gw_play_type_name(play->type));
		break;
	case ID:
		gw_json_kv_int(w, f->key, play->play_id);
		break;
	case POINTS:
		memcpy(&points, from, sizeof(points));
		gw_json_kv_num(w, f->key, points);
		break;
	case FLAG:
		gw_json_kv_int(w, f->key, play->is_home_team);
		break;
	case MARK:
		gw_json_kv_bool(w, f->key, true);
		break;
	case DIFFERENCE:
		gw_json_kv_int(w, f->key, play->home_score - play->away_score);
		break;
	case INT:
		memcpy(&n, from, sizeof(n));
		gw_json_kv_int(w, f->key, n);
		break;
	}
}

void
gw_play_write(struct gw_buf *out, const struct gw_play *play)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	gw_json_object(&w);
	for (size_t i = 0; i < GW_N(fields); i++)
		if (fields[i].has == 0 || (play->has & fields[i].has) != 0)
			put_field(&w, &fields[i], play);
	gw_json_object_end(&w);
}

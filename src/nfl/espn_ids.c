/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn_ids.h"

#include "base/csv.h"
#include "base/slice.h"
#include "nfl/ratings.h"

#define EVENT_MAX (INT64_MAX / 1000000)	/* a play's id has it in front */

struct pair {
	int64_t	event;
	char	game_id[GW_GAME_ID_MAX];
};

struct gw_espn_ids {
	struct gw_alloc	*alloc;
	struct pair	*pairs;
	size_t		 n, cap;
};

/* Where a column stands, or n. */
static size_t
column(const struct gw_slice *fields, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n && !gw_slice_is(fields[i], name); i++)
		;
	return i;
}

/* A game without an event, or with an impossible one, is left out. */
static int
add(struct gw_espn_ids *ids, struct gw_slice game_id, struct gw_slice espn)
{
	void *pairs = ids->pairs;
	struct pair p = { .event = 0 };

	if (gw_slice_i64(espn, &p.event) != 0 || p.event <= 0 || game_id.len == 0 ||
	    game_id.len >= sizeof(p.game_id))
		return 0;
	if (gw_alloc_room(ids->alloc, &pairs, &ids->cap, ids->n, sizeof(p)) != 0)
		return GW_ENOMEM;
	memcpy(p.game_id, game_id.ptr, game_id.len);
	ids->pairs = pairs;
	ids->pairs[ids->n++] = p;
	return 0;
}

static int
read_pairs(struct gw_espn_ids *ids, struct gw_csv *csv, struct gw_err *err)
{
	const struct gw_slice *fields;
	size_t game_at, espn_at;
	int n = gw_csv_next(csv, &fields, err), rc = 0;

	if (n <= 0)
		return n;
	game_at = column(fields, (size_t)n, "game_id");
	espn_at = column(fields, (size_t)n, "espn");
	if (game_at == (size_t)n || espn_at == (size_t)n)
		return 0;
	while (rc == 0 && (n = gw_csv_next(csv, &fields, err)) > 0)
		if (game_at < (size_t)n && espn_at < (size_t)n)
			rc = add(ids, fields[game_at], fields[espn_at]);
	return rc != 0 ? gw_err_set(err, rc, "%s", gw_strerror(rc)) : n;
}

static int
read_file(struct gw_env *env, const char *path, struct gw_espn_ids *ids, struct gw_err *err)
{
	struct gw_source source;
	struct gw_csv *csv;
	int rc = gw_source_file(&source, env->alloc, env->fs, path, err);

	if (rc != 0)
		return rc;
	csv = gw_csv_new(env->alloc, source, path);
	rc = csv == NULL ? gw_err_set(err, GW_ENOMEM, "%s: %s", path, gw_strerror(GW_ENOMEM)) :
	    read_pairs(ids, csv, err);
	gw_csv_free(csv);
	return rc;
}

int
gw_espn_ids_open(struct gw_env *env, const char *data, struct gw_espn_ids **out,
    struct gw_err *err)
{
	char path[GW_RATINGS_PATH_MAX];
	struct gw_espn_ids *ids;
	int rc;

	*out = NULL;
	if (!gw_ratings_file(env, data, path))
		return 0;
	ids = gw_alloc_zero(env->alloc, 1, sizeof(*ids));
	if (ids == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s: %s", path, gw_strerror(GW_ENOMEM));
	ids->alloc = env->alloc;
	rc = read_file(env, path, ids, err);
	if (rc == 0 && ids->n > 0) {
		*out = ids;
		return 0;
	}
	gw_espn_ids_free(ids);
	return rc;
}

void
gw_espn_ids_free(struct gw_espn_ids *ids)
{
	if (ids == NULL)
		return;
	gw_alloc_free(ids->alloc, ids->pairs);
	gw_alloc_free(ids->alloc, ids);
}

const char *
gw_espn_ids_game(const struct gw_espn_ids *ids, int64_t event)
{
	const char *game = NULL;

	for (size_t i = 0; ids != NULL && i < ids->n; i++) {
		if (ids->pairs[i].event != event)
			continue;
		if (game != NULL)
			return NULL;
		game = ids->pairs[i].game_id;
	}
	return game;
}

int64_t
gw_espn_ids_event(const struct gw_espn_ids *ids, const char *game_id)
{
	for (size_t i = 0; ids != NULL && i < ids->n; i++)
		if (strcmp(ids->pairs[i].game_id, game_id) == 0)
			return ids->pairs[i].event;
	return 0;
}

int
gw_espn_event_named(struct gw_env *env, const char *data, const char *name, int64_t *event,
    struct gw_err *err)
{
	struct gw_espn_ids *ids;
	int64_t found;
	int rc;

	if (gw_slice_i64(gw_str(name), &found) != 0) {
		if ((rc = gw_espn_ids_open(env, data, &ids, err)) != 0)
			return rc;
		found = gw_espn_ids_event(ids, name);
		gw_espn_ids_free(ids);
	}
	if (found <= 0 || found > EVENT_MAX)
		return gw_err_set(err, GW_EDATA, "event %s: neither a number of ESPN's nor a game "
		    "of the games file in %s; \"gridwire games\" lists today's", name, data);
	*event = found;
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * nfl/espn_json.h - values of a document that may hold anything: numbers come as numbers or as
 * texts, and what is missing is unknown. Internal to nfl/espn*.c.
 */
#ifndef GW_ESPN_JSON_H
#define GW_ESPN_JSON_H

#include "base/json.h"
#include "nfl/espn.h"

/* obj.a.b, "" ends the path early. NULL when any of it is missing. */
const struct gw_json	*gw_espn_get(const struct gw_json *obj, const char *a, const char *b);
/* A whole number in [min, max], as number or as text. *out is written only then. */
bool	gw_espn_int(const struct gw_json *v, int64_t min, int64_t max, int64_t *out);
bool	gw_espn_i32(const struct gw_json *v, int32_t min, int32_t max, int32_t *out);
bool	gw_espn_number(const struct gw_json *v, double *out);
struct gw_slice	gw_espn_text(const struct gw_json *v);		/* "" if it is none */
/* Cut to fit, between two characters; control bytes become blanks. */
void	gw_espn_copy(char *to, size_t cap, struct gw_slice s);
/* "12:34", "0:07", ":48", "48.3" (tenths are cut off). */
bool	gw_espn_clock(struct gw_slice s, int32_t *seconds);

/* The rows of a document's drives into game. 0, GW_ENOMEM, GW_ELIMIT. */
int	gw_espn_rows(const struct gw_json *drives, struct gw_arena *arena,
	    struct gw_espn_game *game, struct gw_err *err) GW_CHECK_RESULT;
/* Id of a play without its event in front; -1: another game's, or no number; -2: made up. */
int64_t	gw_espn_play_id(const struct gw_espn_game *game, const struct gw_json *id);
enum gw_espn_side	gw_espn_side_of(const struct gw_espn_game *game, const struct gw_json *id);

#endif

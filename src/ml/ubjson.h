/* SPDX-License-Identifier: MIT
 *
 * ml/ubjson.h - Universal Binary JSON (ubjson.org, draft 12) into the same values as base/json.h,
 * so that what reads XGBoost's JSON reads its UBJ too. Containers with a type or a count ("[$d#")
 * are supported as XGBoost writes them; numbers are big-endian.
 */
#ifndef GW_UBJSON_H
#define GW_UBJSON_H

#include "base/json.h"

/*
 * One value, nothing after it. Strings borrow from the bytes; a number has no text. 0, GW_EDATA
 * ("at byte N: ..."), GW_ENOMEM (the arena's cap included), GW_ELIMIT (deeper than
 * GW_JSON_DEPTH_MAX).
 */
int	gw_ubjson_parse(struct gw_slice bytes, struct gw_arena *arena, struct gw_json **out,
	    struct gw_err *err) GW_CHECK_RESULT;

#endif

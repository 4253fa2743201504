/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/recording.h - recorded answers of tests/data/espn, parsed.
 */
#ifndef GW_TEST_NFL_RECORDING_H
#define GW_TEST_NFL_RECORDING_H

#include "base/env.h"
#include "nfl/espn.h"

struct recording {
	struct gw_env		*env;
	struct gw_buf		 text;
	struct gw_arena		 arena;
	struct gw_espn_answer	 answer;
};

void	recording_init(struct recording *r);
void	recording_fini(struct recording *r);
/* A path under tests/data/espn, inflated into r->text; asserts success. */
void	recording_read(struct recording *r, const char *path);
/* The same, parsed. */
void	recording_load(struct recording *r, const char *path);
/* Every file of one of its folders, by name. */
void	recording_each(const char *folder, void (*each)(void *arg, const char *path), void *arg);

#endif

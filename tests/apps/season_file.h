/* SPDX-License-Identifier: MIT
 *
 * tests/apps/season_file.h - a season of two short games.
 */
#ifndef GW_TEST_APPS_SEASON_FILE_H
#define GW_TEST_APPS_SEASON_FILE_H

#define SEASON_GAME	"2024_01_BAL_KC"	/* 5 plays */
#define SEASON_OTHER	"2024_01_GB_PHI"	/* 3 plays */
#define SEASON_PLAYS	8

/* Game seconds between the plays of SEASON_GAME: 40, 0 (the clock stands), 20, 0 (overtime). */

void	season_file_write(const char *path);

#endif

/* SPDX-License-Identifier: MIT
 *
 * tests/apps/season_file.c - a season of two short games.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/season_file.h"

#include "tests/support/files.h"

#include <string.h>

static const char text[] = "game_id,play_id,season,week,season_type,home_team,away_team,posteam,"
			   "defteam,qtr,game_seconds_remaining,"
			   "quarter_seconds_remaining,down,ydstogo,yardline_100,play_type,yards_"
			   "gained,posteam_score,defteam_score,"
			   "score_differential,posteam_type,home_score,away_score,result,spread_"
			   "line,total_line,total_home_score,"
			   "total_away_score\n"
			   "2024_01_BAL_KC,1,2024,1,REG,KC,BAL,BAL,KC,4,60,60,1,10,75,run,5,20,20,"
			   "0,away,27,20,7,3,46,20,20\n"
			   "2024_01_BAL_KC,2,2024,1,REG,KC,BAL,BAL,KC,4,20,20,2,5,70,pass,0,20,20,"
			   "0,away,27,20,7,3,46,20,20\n"
			   "2024_01_BAL_KC,3,2024,1,REG,KC,BAL,BAL,KC,4,20,20,3,5,70,pass,0,20,20,"
			   "0,away,27,20,7,3,46,20,20\n"
			   "2024_01_BAL_KC,4,2024,1,REG,KC,BAL,BAL,KC,4,0,0,4,5,70,punt,0,20,20,0,"
			   "away,27,20,7,3,46,20,20\n"
			   "2024_01_BAL_KC,5,2024,1,REG,KC,BAL,KC,BAL,5,600,600,1,10,20,pass,20,20,"
			   "20,0,home,27,20,7,3,46,26,20\n"
			   "2024_01_GB_PHI,1,2024,1,REG,PHI,GB,GB,PHI,1,3600,900,1,10,75,run,5,0,0,"
			   "0,away,34,29,5,2,49,0,0\n"
			   "2024_01_GB_PHI,2,2024,1,REG,PHI,GB,GB,PHI,1,3570,870,2,5,70,run,1,0,0,"
			   "0,away,34,29,5,2,49,0,0\n"
			   "2024_01_GB_PHI,3,2024,1,REG,PHI,GB,GB,PHI,1,3540,840,3,4,69,pass,4,0,0,"
			   "0,away,34,29,5,2,49,0,0\n";

void
season_file_write(const char *path)
{
	test_write(path, text, strlen(text));
}

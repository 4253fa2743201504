/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/suites.h - the suites of this module; main.c runs them all.
 */
#ifndef GW_TEST_NFL_SUITES_H
#define GW_TEST_NFL_SUITES_H

#include <check.h>

Suite	*check_espn_suite(void);
Suite	*check_espn_ids_suite(void);
Suite	*check_espn_parity_suite(void);
Suite	*check_espn_track_suite(void);
Suite	*check_boost_suite(void);
Suite	*check_evaluation_suite(void);
Suite	*check_features_suite(void);
Suite	*check_fourth_down_suite(void);
Suite	*check_loso_suite(void);
Suite	*check_messages_suite(void);
Suite	*check_nomem_suite(void);
Suite	*check_pairing_suite(void);
Suite	*check_parity_suite(void);
Suite	*check_play_suite(void);
Suite	*check_prediction_suite(void);
Suite	*check_season_suite(void);
Suite	*check_seasons_suite(void);
Suite	*check_state_suite(void);
Suite	*check_trainer_suite(void);
Suite	*check_watch_suite(void);

#define assert_near(got, want, tolerance) \
	ck_assert_msg((got) - (want) <= (tolerance) && (want) - (got) <= (tolerance), \
	    "%s is %.17g, not %.17g", #got, (double)(got), (double)(want))

#endif

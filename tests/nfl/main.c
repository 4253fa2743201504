/* SPDX-License-Identifier: MIT
 *
 * tests/nfl/main.c - every suite of nfl, as TAP on stdout.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/nfl/suites.h"

int
main(void)
{
	SRunner *sr = srunner_create(check_boost_suite());
	int failed;

	srunner_add_suite(sr, check_evaluation_suite());
	srunner_add_suite(sr, check_espn_suite());
	srunner_add_suite(sr, check_espn_ids_suite());
	srunner_add_suite(sr, check_espn_parity_suite());
	srunner_add_suite(sr, check_espn_track_suite());
	srunner_add_suite(sr, check_features_suite());
	srunner_add_suite(sr, check_fourth_down_suite());
	srunner_add_suite(sr, check_loso_suite());
	srunner_add_suite(sr, check_messages_suite());
	srunner_add_suite(sr, check_nomem_suite());
	srunner_add_suite(sr, check_pairing_suite());
	srunner_add_suite(sr, check_parity_suite());
	srunner_add_suite(sr, check_play_suite());
	srunner_add_suite(sr, check_prediction_suite());
	srunner_add_suite(sr, check_season_suite());
	srunner_add_suite(sr, check_seasons_suite());
	srunner_add_suite(sr, check_state_suite());
	srunner_add_suite(sr, check_trainer_suite());
	srunner_add_suite(sr, check_watch_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

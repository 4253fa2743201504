# tests/nfl/local.mk
check_PROGRAMS += tests/nfl/check_nfl
tests_nfl_check_nfl_SOURCES = \
	tests/nfl/check_espn.c \
	tests/nfl/check_espn_ids.c \
	tests/nfl/check_espn_parity.c \
	tests/nfl/check_espn_track.c \
	tests/nfl/check_boost.c \
	tests/nfl/check_evaluation.c \
	tests/nfl/check_features.c \
	tests/nfl/check_fourth_down.c \
	tests/nfl/check_loso.c \
	tests/nfl/check_messages.c \
	tests/nfl/check_nomem.c \
	tests/nfl/check_pairing.c \
	tests/nfl/check_parity.c \
	tests/nfl/check_play.c \
	tests/nfl/check_prediction.c \
	tests/nfl/check_season.c \
	tests/nfl/check_seasons.c \
	tests/nfl/check_state.c \
	tests/nfl/check_trainer.c \
	tests/nfl/check_watch.c \
	tests/nfl/main.c \
	tests/nfl/recording.c \
	tests/nfl/recording.h \
	tests/nfl/sample.c \
	tests/nfl/sample.h \
	tests/nfl/suites.h \
	tests/support/fail_alloc.c \
	tests/support/fail_alloc.h \
	tests/support/files.c \
	tests/support/files.h \
	tests/support/mem_fs.c \
	tests/support/mem_fs.h
tests_nfl_check_nfl_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_nfl_check_nfl_LDADD = src/nfl/libgwnfl.a src/ml/libgwml.a src/base/libgwbase.a $(CHECK_LIBS) \
	$(LIBS)

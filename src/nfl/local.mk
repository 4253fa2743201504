# src/nfl/local.mk - plays, seasons, features, training, evaluation: the only place that knows football
noinst_LIBRARIES += src/nfl/libgwnfl.a src/nfl/libgwscoring.a
src_nfl_libgwnfl_a_CFLAGS = $(AM_CFLAGS) $(SMALL_CFLAGS)
src_nfl_libgwnfl_a_LIBADD = $(src_nfl_libgwscoring_a_OBJECTS)
src_nfl_libgwnfl_a_DEPENDENCIES = $(src_nfl_libgwscoring_a_OBJECTS)
# Of the same archive, what every play goes through: for speed, not for size.
src_nfl_libgwscoring_a_SOURCES = \
	src/nfl/play.c src/nfl/play.h \
	src/nfl/prediction.c src/nfl/prediction.h \
	src/nfl/state.c src/nfl/state.h \
	src/nfl/state_model.c src/nfl/state_model.h \
	src/nfl/features.c src/nfl/features.h \
	src/nfl/state_scores.c
src_nfl_libgwnfl_a_SOURCES = \
	src/nfl/boost.c src/nfl/boost.h \
	src/nfl/card.c \
	src/nfl/card.h \
	src/nfl/card_figures.c \
	src/nfl/carry.c \
	src/nfl/carry.h \
	src/nfl/espn.c \
	src/nfl/espn.h \
	src/nfl/espn_ids.c \
	src/nfl/espn_ids.h \
	src/nfl/espn_json.c \
	src/nfl/espn_json.h \
	src/nfl/espn_passer.c \
	src/nfl/espn_passer.h \
	src/nfl/espn_play.c \
	src/nfl/espn_rows.c \
	src/nfl/espn_teams.c \
	src/nfl/espn_track.c \
	src/nfl/espn_track.h \
	src/nfl/evaluation.c \
	src/nfl/evaluation.h \
	src/nfl/fourth_down.c \
	src/nfl/fourth_down.h \
	src/nfl/fourth_down_backtest.c \
	src/nfl/fourth_down_backtest.h \
	src/nfl/fourth_down_fit.c \
	src/nfl/fourth_down_fit.h \
	src/nfl/importance.c \
	src/nfl/importance.h \
	src/nfl/loso.c \
	src/nfl/loso.h \
	src/nfl/pairing.c \
	src/nfl/pairing.h \
	src/nfl/ratings.c \
	src/nfl/ratings.h \
	src/nfl/report.c \
	src/nfl/report.h \
	src/nfl/report_games.c \
	src/nfl/season.c \
	src/nfl/season.h \
	src/nfl/seasons.c \
	src/nfl/state_fit.h \
	src/nfl/state_trainer.c \
	src/nfl/state_trainer.h \
	src/nfl/trainer.c \
	src/nfl/trainer.h \
	src/nfl/watch.c \
	src/nfl/watch.h

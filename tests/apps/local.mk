# tests/apps/local.mk
check_PROGRAMS += tests/apps/check_apps
tests_apps_check_apps_SOURCES = \
	tests/apps/main.c tests/apps/suites.h \
	tests/apps/check_board.c \
	tests/apps/check_chart.c \
	tests/apps/check_demo.c \
	tests/apps/check_espn_source.c \
	tests/apps/check_feed.c \
	tests/apps/check_format.c \
	tests/apps/check_http.c \
	tests/apps/check_input.c \
	tests/apps/check_kafka.c \
	tests/apps/check_loop.c \
	tests/apps/check_memory.c \
	tests/apps/check_metrics.c \
	tests/apps/check_page.c \
	tests/apps/check_properties.c \
	tests/apps/check_range.c \
	tests/apps/check_run.c \
	tests/apps/check_score.c \
	tests/apps/check_score_lines.c \
	tests/apps/check_service.c \
	tests/apps/check_sink_csv.c \
	tests/apps/check_table.c \
	tests/apps/check_trial.c \
	tests/apps/check_verbs.c \
	tests/apps/check_web.c \
	tests/apps/fixture.c tests/apps/fixture.h \
	tests/apps/record.c tests/apps/record.h \
	tests/apps/season_file.c tests/apps/season_file.h \
	tests/support/fail_alloc.c tests/support/fail_alloc.h \
	tests/support/files.c tests/support/files.h \
	tests/support/mem_fs.c tests/support/mem_fs.h \
	tests/support/mem_net.c tests/support/mem_net.h
tests_apps_check_apps_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_apps_check_apps_LDADD = src/apps/libgwapps.a src/client/libgwclient.a src/broker/libgwbroker.a \
	src/nfl/libgwnfl.a src/ml/libgwml.a src/wire/libgwwire.a src/base/libgwbase.a $(CHECK_LIBS) $(LIBS)

# src/apps/local.mk: all of the program but main(), so that the tests can link it
noinst_LIBRARIES += src/apps/libgwapps.a
src_apps_libgwapps_a_SOURCES = \
	src/apps/app.c src/apps/app.h \
	src/apps/board_line.c src/apps/board_line.h \
	src/apps/chart.c src/apps/chart.h \
	src/apps/cmd_broker.c \
	src/apps/cmd_consume.c \
	src/apps/cmd_demo.c \
	src/apps/cmd_eval.c \
	src/apps/cmd_features.c \
	src/apps/cmd_games.c \
	src/apps/cmd_group.c \
	src/apps/cmd_model.c \
	src/apps/cmd_produce.c \
	src/apps/cmd_score.c \
	src/apps/cmd_topic.c \
	src/apps/cmd_train.c \
	src/apps/cmd_version.c \
	src/apps/consume.c src/apps/consume.h \
	src/apps/demo.c src/apps/demo.h \
	src/apps/demo_live.c src/apps/demo_live.h \
	src/apps/espn_games.c src/apps/espn_games.h \
	src/apps/espn_look.c src/apps/espn_look.h \
	src/apps/espn_source.c src/apps/espn_source.h \
	src/apps/espn_tape.c src/apps/espn_tape.h \
	src/apps/feed.c src/apps/feed.h \
	src/apps/format.c src/apps/format.h src/apps/format_json.c \
	src/apps/game_report.c src/apps/game_report.h \
	src/apps/http.c src/apps/http.h src/apps/http_conn.c src/apps/http_int.h \
	src/apps/http_parse.c \
	src/apps/input.c src/apps/input.h \
	src/apps/kafka.c src/apps/kafka.h \
	src/apps/loop.c src/apps/loop.h \
	src/apps/model_exchange.h src/apps/model_export.c src/apps/model_import.c \
	src/apps/metrics.c src/apps/metrics.h \
	src/apps/metrics_broker.c src/apps/metrics_score.c \
	src/apps/model_load.c src/apps/model_load.h \
	src/apps/page.c src/apps/page.h \
	src/apps/page_files.c src/apps/page_files.h \
	src/apps/page_log.c src/apps/page_log.h \
	src/apps/page_table.c src/apps/page_table.h \
	src/apps/plays.c src/apps/plays.h \
	src/apps/produce_lines.c src/apps/produce_lines.h \
	src/apps/produce_plays.c src/apps/produce_plays.h \
	src/apps/range.c src/apps/range.h \
	src/apps/run.c \
	src/apps/score.c src/apps/score.h src/apps/score_int.h \
	src/apps/score_begin.c \
	src/apps/score_lines.c src/apps/score_lines.h \
	src/apps/score_read.c \
	src/apps/score_start.c src/apps/score_start.h \
	src/apps/score_write.c \
	src/apps/show_group.c src/apps/show_group.h \
	src/apps/show_topic.c src/apps/show_topic.h \
	src/apps/sink_csv.c src/apps/sink_csv.h src/apps/sink_csv_int.h \
	src/apps/sink_csv_tail.c \
	src/apps/stop.c \
	src/apps/table.c src/apps/table.h \
	src/apps/verbs.c src/apps/verbs.h \
	src/apps/web_get.c src/apps/web_get.h

# The page's files go into the program as they are, as lists of bytes.
page_files = src/apps/page/index.html src/apps/page/page.css src/apps/page/page.js \
	src/apps/page/games.js src/apps/page/chart.js src/apps/page/teams.js src/apps/page/icon.svg
page_bytes = src/apps/page/index.html.inc src/apps/page/page.css.inc src/apps/page/page.js.inc \
	src/apps/page/games.js.inc src/apps/page/chart.js.inc src/apps/page/teams.js.inc \
	src/apps/page/icon.svg.inc
EXTRA_DIST += $(page_files)
CLEANFILES += $(page_bytes)
src/apps/page_files.$(OBJEXT): $(page_bytes)
$(page_bytes): $(page_files)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && file=$@ && od -v -A n -t x1 $(srcdir)/$${file%.inc} | \
	sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g' >$@.tmp && mv $@.tmp $@

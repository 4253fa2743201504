# src/apps/local.mk: all of the program but main(), so that the tests can link it;
# what all verbs share here, a room for each part of the program below
noinst_LIBRARIES += src/apps/libgwapps.a
src_apps_libgwapps_a_CFLAGS = $(AM_CFLAGS) $(SMALL_CFLAGS)
src_apps_libgwapps_a_SOURCES = \
	src/apps/actions.c src/apps/actions.h \
	src/apps/app.c src/apps/app.h \
	src/apps/chart.c src/apps/chart.h \
	src/apps/input.c src/apps/input.h \
	src/apps/kafka.c src/apps/kafka.h \
	src/apps/loop.c src/apps/loop.h \
	src/apps/properties.c src/apps/properties.h \
	src/apps/run.c \
	src/apps/service.c src/apps/service.h \
	src/apps/stop.c \
	src/apps/table.c src/apps/table.h \
	src/apps/verbs.c src/apps/verbs.h \
	src/apps/admin/change_topic.c src/apps/admin/change_topic.h \
	src/apps/admin/hanging_txn.c \
	src/apps/admin/reset_group.c src/apps/admin/reset_group.h \
	src/apps/admin/show_cluster.c src/apps/admin/show_cluster.h \
	src/apps/admin/show_group.c src/apps/admin/show_group.h \
	src/apps/admin/show_topic.c src/apps/admin/show_topic.h \
	src/apps/admin/show_txn.c src/apps/admin/show_txn.h \
	src/apps/decode/capture.c src/apps/decode/capture.h \
	src/apps/decode/decode.c src/apps/decode/decode.h \
	src/apps/decode/json_text.c \
	src/apps/bench/bench.c src/apps/bench/bench.h \
	src/apps/demo/demo.c src/apps/demo/demo.h \
	src/apps/demo/demo_live.c src/apps/demo/demo_live.h \
	src/apps/demo/game_report.c src/apps/demo/game_report.h \
	src/apps/espn/espn_games.c src/apps/espn/espn_games.h \
	src/apps/espn/espn_look.c src/apps/espn/espn_look.h \
	src/apps/espn/espn_source.c src/apps/espn/espn_source.h \
	src/apps/espn/espn_tape.c src/apps/espn/espn_tape.h \
	src/apps/espn/web_answer.c src/apps/espn/web_answer.h \
	src/apps/espn/web_curl.c \
	src/apps/espn/web_get.c src/apps/espn/web_get.h \
	src/apps/espn/web_own.c \
	src/apps/feed/feed.c src/apps/feed/feed.h \
	src/apps/feed/plays.c src/apps/feed/plays.h \
	src/apps/feed/produce_plays.c src/apps/feed/produce_plays.h \
	src/apps/http/http.c src/apps/http/http.h \
	src/apps/http/http_conn.c \
	src/apps/http/http_int.h \
	src/apps/http/http_parse.c \
	src/apps/http/metrics.c src/apps/http/metrics.h \
	src/apps/http/metrics_broker.c \
	src/apps/http/metrics_lag.c \
	src/apps/http/metrics_score.c \
	src/apps/http/metrics_trial.c \
	src/apps/http/metrics_watch.c \
	src/apps/model/model_exchange.h \
	src/apps/model/model_export.c \
	src/apps/model/model_import.c \
	src/apps/model/model_judge.c src/apps/model/model_judge.h \
	src/apps/model/model_load.c src/apps/model/model_load.h \
	src/apps/model/model_paired.c src/apps/model/model_paired.h \
	src/apps/model/model_topics.c src/apps/model/model_topics.h \
	src/apps/page/page.c src/apps/page/page.h \
	src/apps/page/page_files.c src/apps/page/page_files.h \
	src/apps/page/page_log.c src/apps/page/page_log.h \
	src/apps/page/page_table.c src/apps/page/page_table.h \
	src/apps/records/consume.c src/apps/records/consume.h \
	src/apps/records/format.c src/apps/records/format.h \
	src/apps/records/format_json.c \
	src/apps/records/unpack.c src/apps/records/unpack.h \
	src/apps/records/produce_lines.c src/apps/records/produce_lines.h \
	src/apps/records/range.c src/apps/records/range.h \
	src/apps/score/board.c src/apps/score/board.h \
	src/apps/score/board_line.c src/apps/score/board_line.h \
	src/apps/score/history.c src/apps/score/history.h \
	src/apps/score/score.c src/apps/score/score.h \
	src/apps/score/score_begin.c \
	src/apps/score/score_config.c src/apps/score/score_config.h \
	src/apps/score/score_int.h \
	src/apps/score/score_lines.c src/apps/score/score_lines.h \
	src/apps/score/score_place.c \
	src/apps/score/score_read.c \
	src/apps/score/score_start.c src/apps/score/score_start.h \
	src/apps/score/score_txn.c \
	src/apps/score/score_unit.c \
	src/apps/score/score_write.c \
	src/apps/score/scorer.c src/apps/score/scorer.h \
	src/apps/score/scorer_reload.c \
	src/apps/score/scorer_says.c \
	src/apps/score/sink_csv.c src/apps/score/sink_csv.h \
	src/apps/score/sink_csv_int.h \
	src/apps/score/sink_csv_tail.c \
	src/apps/score/trial.c src/apps/score/trial.h \
	src/apps/score/trial_models.c \
	src/apps/verb/cmd_bench.c \
	src/apps/verb/cmd_broker.c \
	src/apps/verb/cmd_cluster.c \
	src/apps/verb/cmd_consume.c \
	src/apps/verb/cmd_decode.c \
	src/apps/verb/cmd_demo.c \
	src/apps/verb/cmd_eval.c \
	src/apps/verb/cmd_features.c \
	src/apps/verb/cmd_fourth_down.c \
	src/apps/verb/cmd_games.c \
	src/apps/verb/cmd_group.c \
	src/apps/verb/cmd_model.c \
	src/apps/verb/cmd_produce.c \
	src/apps/verb/cmd_score.c \
	src/apps/verb/cmd_topic.c \
	src/apps/verb/cmd_train.c \
	src/apps/verb/cmd_txn.c \
	src/apps/verb/cmd_version.c

# The page's files go into the program as they are, as lists of bytes.
page_files = src/apps/page/web/index.html src/apps/page/web/page.css src/apps/page/web/page.js \
	src/apps/page/web/games.js src/apps/page/web/chart.js src/apps/page/web/teams.js src/apps/page/web/icon.svg
page_bytes = src/apps/page/web/index.html.inc src/apps/page/web/page.css.inc src/apps/page/web/page.js.inc \
	src/apps/page/web/games.js.inc src/apps/page/web/chart.js.inc src/apps/page/web/teams.js.inc \
	src/apps/page/web/icon.svg.inc
EXTRA_DIST += $(page_files)
CLEANFILES += $(page_bytes)
# automake's name of the object, by its versions up to 1.15 and after
src/apps/page/src_apps_libgwapps_a-page_files.$(OBJEXT): $(page_bytes)
src/apps/page/libgwapps_a-page_files.$(OBJEXT): $(page_bytes)
$(page_bytes): $(page_files)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && file=$@ && od -v -A n -t x1 $(srcdir)/$${file%.inc} | \
	sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g' >$@.tmp && mv $@.tmp $@

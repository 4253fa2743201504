# tests/fuzz/local.mk - each fuzzer replays its corpus in "make check"; --enable-fuzzing builds them
# for libFuzzer instead: tests/fuzz/fuzz_json tests/fuzz/corpus/json
fuzzers = tests/fuzz/fuzz_csv tests/fuzz/fuzz_decode tests/fuzz/fuzz_espn tests/fuzz/fuzz_http tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_lightgbm tests/fuzz/fuzz_model tests/fuzz/fuzz_pattern tests/fuzz/fuzz_play tests/fuzz/fuzz_season \
	tests/fuzz/fuzz_ubjson tests/fuzz/fuzz_xgboost \
	tests/fuzz/fuzz_record_batch tests/fuzz/fuzz_request tests/fuzz/fuzz_response \
	tests/fuzz/fuzz_scram tests/fuzz/fuzz_segment tests/fuzz/fuzz_web
EXTRA_DIST += tests/fuzz/corpus

if FUZZING
noinst_PROGRAMS += $(fuzzers)
fuzz_main = tests/fuzz/fuzz.h
else
check_PROGRAMS += $(fuzzers)
fuzz_main = tests/fuzz/fuzz.h tests/fuzz/replay_main.c
endif

tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c $(fuzz_main)
tests_fuzz_fuzz_csv_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_csv_LDADD = src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz_decode.c $(fuzz_main)
tests_fuzz_fuzz_decode_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_decode_LDADD = src/apps/libgwapps.a src/client/libgwclient.a src/wire/libgwwire.a \
	src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c $(fuzz_main)
tests_fuzz_fuzz_http_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_http_LDADD = src/apps/libgwapps.a src/client/libgwclient.a src/broker/libgwbroker.a \
	src/nfl/libgwnfl.a src/ml/libgwml.a src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_web_SOURCES = tests/fuzz/fuzz_web.c $(fuzz_main)
tests_fuzz_fuzz_web_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_web_LDADD = src/apps/libgwapps.a src/client/libgwclient.a src/broker/libgwbroker.a \
	src/nfl/libgwnfl.a src/ml/libgwml.a src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_espn_SOURCES = tests/fuzz/fuzz_espn.c $(fuzz_main)
tests_fuzz_fuzz_espn_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_espn_LDADD = src/nfl/libgwnfl.a src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_pattern_SOURCES = tests/fuzz/fuzz_pattern.c $(fuzz_main)
tests_fuzz_fuzz_pattern_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_pattern_LDADD = src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_main)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_json_LDADD = src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_record_batch_SOURCES = tests/fuzz/fuzz_record_batch.c $(fuzz_main)
tests_fuzz_fuzz_record_batch_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_record_batch_LDADD = src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_request_SOURCES = tests/fuzz/fuzz_request.c $(fuzz_main)
tests_fuzz_fuzz_request_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_request_LDADD = src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_response_SOURCES = tests/fuzz/fuzz_response.c $(fuzz_main)
tests_fuzz_fuzz_response_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_response_LDADD = src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_segment_SOURCES = tests/fuzz/fuzz_segment.c $(fuzz_main)
tests_fuzz_fuzz_segment_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_segment_LDADD = src/broker/libgwbroker.a src/wire/libgwwire.a \
	src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_lightgbm_SOURCES = tests/fuzz/fuzz_lightgbm.c tests/fuzz/fuzz_foreign.h $(fuzz_main)
tests_fuzz_fuzz_lightgbm_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_lightgbm_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_ubjson_SOURCES = tests/fuzz/fuzz_ubjson.c tests/fuzz/fuzz_foreign.h $(fuzz_main)
tests_fuzz_fuzz_ubjson_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ubjson_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_xgboost_SOURCES = tests/fuzz/fuzz_xgboost.c tests/fuzz/fuzz_foreign.h $(fuzz_main)
tests_fuzz_fuzz_xgboost_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_xgboost_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_scram_SOURCES = tests/fuzz/fuzz_scram.c $(fuzz_main)
tests_fuzz_fuzz_scram_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_scram_LDADD = src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_model_SOURCES = tests/fuzz/fuzz_model.c $(fuzz_main)
tests_fuzz_fuzz_model_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_model_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_play_SOURCES = tests/fuzz/fuzz_play.c $(fuzz_main)
tests_fuzz_fuzz_play_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_play_LDADD = src/nfl/libgwnfl.a src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

tests_fuzz_fuzz_season_SOURCES = tests/fuzz/fuzz_season.c tests/support/mem_fs.c tests/support/mem_fs.h $(fuzz_main)
tests_fuzz_fuzz_season_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_season_LDADD = src/nfl/libgwnfl.a src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

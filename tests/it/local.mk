# tests/it/local.mk - the whole program, from outside.
dist_check_SCRIPTS += \
	tests/it/admin.sh \
	tests/it/analyst.sh \
	tests/it/cluster.sh \
	tests/it/crash.sh \
	tests/it/decode.sh \
	tests/it/demo.sh \
	tests/it/determinism.sh \
	tests/it/exchange.sh \
	tests/it/features.sh \
	tests/it/groups.sh \
	tests/it/kcat.sh \
	tests/it/live.sh \
	tests/it/login.sh \
	tests/it/metrics.sh \
	tests/it/model.sh \
	tests/it/page.sh \
	tests/it/pipeline.sh \
	tests/it/security.sh \
	tests/it/service.sh \
	tests/it/trees.sh \
	tests/it/transactions.sh \
	tests/it/verbs.sh \
	tests/it/viewers.sh \
	tests/it/web.sh
EXTRA_DIST += tests/it/books.sh tests/it/train_once.c tests/it/page.py tests/it/exchange.py tests/it/hanging.py tests/it/espn_server.py tests/it/live_check.py tests/it/web_server.py tests/it/lib.sh tests/support/tap.sh tests/it/viewers.py tests/it/panels.py

# For features.sh.
noinst_PROGRAMS += tests/it/stream_features
tests_it_stream_features_SOURCES = tests/it/stream_features.c tests/support/model_stream.c tests/support/model_stream.h
tests_it_stream_features_LDADD = src/nfl/libgwnfl.a src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

# For exchange.sh, no test by itself.
noinst_PROGRAMS += tests/it/predict_rows
tests_it_predict_rows_SOURCES = tests/it/predict_rows.c tests/support/model_stream.c tests/support/model_stream.h
tests_it_predict_rows_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)

# For transactions.sh, no test by itself.
noinst_PROGRAMS += tests/it/bank
tests_it_bank_SOURCES = tests/it/bank.c
tests_it_bank_LDADD = src/client/libgwclient.a src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

# For cluster.sh, no test by itself.
noinst_PROGRAMS += tests/it/writer
tests_it_writer_SOURCES = tests/it/writer.c
tests_it_writer_LDADD = src/client/libgwclient.a src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

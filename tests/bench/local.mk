# tests/bench/local.mk - speed beside other programs; run by hand, not by "make check".
noinst_PROGRAMS += tests/bench/bench_trees
tests_bench_bench_trees_SOURCES = tests/bench/bench_trees.c
tests_bench_bench_trees_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)
noinst_PROGRAMS += tests/bench/bench_predict
tests_bench_bench_predict_SOURCES = tests/bench/bench_predict.c tests/support/model_stream.c tests/support/model_stream.h
tests_bench_bench_predict_LDADD = src/nfl/libgwnfl.a src/ml/libgwml.a src/base/libgwbase.a $(LIBS)
EXTRA_DIST += tests/bench/trees.sh tests/bench/trees.py tests/bench/models.sh tests/bench/models.py
EXTRA_DIST += tests/bench/experiments.sh tests/bench/experiments.py

noinst_PROGRAMS += tests/bench/bench_client tests/bench/bench_raw
tests_bench_bench_client_SOURCES = tests/bench/bench_client.c
tests_bench_bench_client_LDADD = libgridwire.a $(LIBS)
tests_bench_bench_raw_SOURCES = tests/bench/bench_raw.c
tests_bench_bench_raw_LDADD = src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)
EXTRA_DIST += tests/bench/timing.h tests/bench/client.sh tests/bench/client.py tests/bench/count_calls.c tests/bench/peers/librdkafka.c \
	tests/bench/peers/franz/main.go tests/bench/peers/franz/go.mod tests/bench/peers/franz/go.sum

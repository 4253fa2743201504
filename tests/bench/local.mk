# tests/bench/local.mk - speed beside other programs; run by hand, not by "make check".
noinst_PROGRAMS += tests/bench/bench_trees
tests_bench_bench_trees_SOURCES = tests/bench/bench_trees.c
tests_bench_bench_trees_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(LIBS)
EXTRA_DIST += tests/bench/trees.sh tests/bench/trees.py
noinst_PROGRAMS += tests/bench/bench_client
tests_bench_bench_client_SOURCES = tests/bench/bench_client.c
tests_bench_bench_client_LDADD = libgridwire.a $(LIBS)

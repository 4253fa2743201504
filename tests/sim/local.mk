# gw-sim is a tool with options; check-seeds runs some hundred seeds of it as tests.
noinst_PROGRAMS += tests/sim/gw-sim
dist_check_SCRIPTS += tests/sim/check-seeds
tests_sim_gw_sim_SOURCES = tests/sim/main.c tests/sim/world.c tests/sim/world.h tests/sim/actors.h \
	tests/sim/actor_broker.c tests/sim/actor_producer.c tests/sim/actor_consumer.c \
	tests/sim/cluster.c tests/sim/cluster.h tests/sim/cluster_rules.c \
	tests/sim/delivery.c tests/sim/delivery.h \
	tests/sim/transactions.c tests/sim/transactions.h \
	tests/sim/actor_scorer.c tests/sim/actor_scorer.h tests/sim/scoring.c tests/sim/scoring.h \
	tests/support/mem_fs.c tests/support/mem_fs.h tests/support/mem_net.c tests/support/mem_net.h
tests_sim_gw_sim_LDADD = src/apps/libgwapps.a src/client/libgwclient.a src/broker/libgwbroker.a \
	src/nfl/libgwnfl.a src/ml/libgwml.a src/wire/libgwwire.a src/base/libgwbase.a $(LIBS)

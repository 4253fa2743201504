# tests/broker/local.mk
check_PROGRAMS += tests/broker/check_broker
tests_broker_check_broker_SOURCES = \
	tests/broker/main.c tests/broker/suites.h \
	tests/broker/check_admin_requests.c \
	tests/broker/check_broker.c \
	tests/broker/check_group.c \
	tests/broker/check_group_requests.c \
	tests/broker/check_map.c \
	tests/broker/check_memory.c \
	tests/broker/check_meta.c \
	tests/broker/check_ngroup.c \
	tests/broker/check_plog.c \
	tests/broker/check_producer_state.c \
	tests/broker/check_recovery.c \
	tests/broker/check_requests.c \
	tests/broker/check_segment.c \
	tests/broker/check_topic_config.c \
	tests/broker/check_txn.c \
	tests/broker/check_txn_requests.c \
	tests/broker/logs.c tests/broker/logs.h \
	tests/broker/rig.c tests/broker/rig.h \
	tests/support/fail_alloc.c tests/support/fail_alloc.h \
	tests/support/files.c tests/support/files.h \
	tests/support/mem_fs.c tests/support/mem_fs.h \
	tests/support/mem_net.c tests/support/mem_net.h
tests_broker_check_broker_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_broker_check_broker_LDADD = src/broker/libgwbroker.a src/wire/libgwwire.a \
	src/base/libgwbase.a $(CHECK_LIBS) $(LIBS)

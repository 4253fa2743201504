# tests/client/local.mk
check_PROGRAMS += tests/client/check_client
tests_client_check_client_SOURCES = \
	tests/client/main.c tests/client/suites.h \
	tests/client/check_admin.c \
	tests/client/check_admin_changes.c \
	tests/client/check_assignor.c \
	tests/client/check_configuration.c \
	tests/client/check_conn.c \
	tests/client/check_consumer.c \
	tests/client/check_group.c \
	tests/client/check_group_consumer.c \
	tests/client/check_login.c \
	tests/client/check_memory.c \
	tests/client/check_nomem.c \
	tests/client/check_outbox.c \
	tests/client/check_partitioner.c \
	tests/client/check_producer.c \
	tests/client/check_silence.c \
	tests/client/check_txn.c \
	tests/client/fake.c tests/client/fake.h \
	tests/client/fake_admin.c \
	tests/client/fake_apis.c \
	tests/client/fake_consumer_group.c \
	tests/client/fake_txn.c \
	tests/support/fail_alloc.c tests/support/fail_alloc.h \
	tests/support/files.c tests/support/files.h \
	tests/support/mem_net.c tests/support/mem_net.h
tests_client_check_client_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_client_check_client_LDADD = src/client/libgwclient.a src/wire/libgwwire.a src/base/libgwbase.a $(CHECK_LIBS) $(LIBS)

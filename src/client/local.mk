# src/client/local.mk
noinst_LIBRARIES += src/client/libgwclient.a src/client/libgwcalls.a
src_client_libgwclient_a_LIBADD = $(src_client_libgwcalls_a_OBJECTS)
src_client_libgwclient_a_DEPENDENCIES = $(src_client_libgwcalls_a_OBJECTS)
# Of the same archive, what is asked now and then: for size, not for speed.
src_client_libgwcalls_a_CFLAGS = $(AM_CFLAGS) $(SMALL_CFLAGS)
src_client_libgwcalls_a_SOURCES = \
	src/client/admin.c src/client/admin.h \
	src/client/admin_commits.c \
	src/client/admin_configs.c \
	src/client/admin_features.c \
	src/client/admin_groups.c \
	src/client/admin_records.c \
	src/client/admin_topics.c \
	src/client/admin_txns.c \
	src/client/configuration.c src/client/configuration.h \
	src/client/jaas.c src/client/jaas.h \
	src/client/login.c src/client/login.h \
	src/client/login_setup.c
src_client_libgwclient_a_SOURCES = \
	src/client/assignor.c src/client/assignor.h \
	src/client/assignor_sticky.c \
	src/client/client.c src/client/client.h \
	src/client/client_posix.c \
	src/client/cluster.c src/client/cluster.h \
	src/client/commit.c \
	src/client/conn.c src/client/conn.h \
	src/client/consumer.c src/client/consumer.h \
	src/client/consumer_epochs.c \
	src/client/consumer_offsets.c \
	src/client/coordinator.c \
	src/client/event.c src/client/event.h \
	src/client/fetched.c \
	src/client/fetcher.c \
	src/client/group.c src/client/group.h \
	src/client/group_classic.c \
	src/client/group_consumer.c \
	src/client/group_join.c \
	src/client/group_target.c \
	src/client/group_topics.c \
	src/client/internal.h \
	src/client/memory.c \
	src/client/metadata.c src/client/metadata.h \
	src/client/outbox.c src/client/outbox.h \
	src/client/partitioner.c src/client/partitioner.h \
	src/client/produce_batch.c src/client/produce_batch.h \
	src/client/produce_queue.c \
	src/client/produce_request.c \
	src/client/produce_split.c \
	src/client/produce_waiting.c src/client/produce_waiting.h \
	src/client/producer.c src/client/producer.h \
	src/client/producer_id.c \
	src/client/request.c src/client/request.h \
	src/client/silence.c \
	src/client/tls_none.c src/client/tls_openssl.c \
	src/client/transport.h \
	src/client/txn.c src/client/txn.h \
	src/client/txn_offsets.c \
	src/client/txn_request.c \
	src/client/versions.c src/client/versions.h

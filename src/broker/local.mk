# src/broker/local.mk - the embedded broker
noinst_LIBRARIES += src/broker/libgwbroker.a
src_broker_libgwbroker_a_CFLAGS = $(AM_CFLAGS) $(SMALL_CFLAGS)
src_broker_libgwbroker_a_SOURCES = \
	src/broker/broker.c src/broker/broker.h \
	src/broker/broker_int.h \
	src/broker/broker_loop.c \
	src/broker/broker_state.c \
	src/broker/broker_sync.c \
	src/broker/dispatch.c \
	src/broker/entry.c src/broker/entry.h \
	src/broker/fetch_session.c src/broker/fetch_session.h \
	src/broker/group.c src/broker/group.h \
	src/broker/group_join.c \
	src/broker/group_offsets.c \
	src/broker/group_rebalance.c \
	src/broker/group_request.c \
	src/broker/map.c src/broker/map.h \
	src/broker/meta.c src/broker/meta.h \
	src/broker/ngroup.c src/broker/ngroup.h \
	src/broker/ngroup_assign.c \
	src/broker/ngroup_beat.c \
	src/broker/ngroup_parts.c \
	src/broker/ngroup_state.c \
	src/broker/ngroup_target.c \
	src/broker/on_api_versions.c \
	src/broker/on_commit.c \
	src/broker/on_configs.c \
	src/broker/on_fetch.c \
	src/broker/on_group.c \
	src/broker/on_group_admin.c \
	src/broker/on_metadata.c \
	src/broker/on_ngroup.c \
	src/broker/on_offset_delete.c \
	src/broker/on_offsets.c \
	src/broker/on_produce.c \
	src/broker/on_sasl.c \
	src/broker/on_topics.c \
	src/broker/on_txn.c \
	src/broker/on_txn_admin.c \
	src/broker/on_txn_offsets.c \
	src/broker/peer.c \
	src/broker/plog.c src/broker/plog.h \
	src/broker/plog_find.c \
	src/broker/plog_open.c \
	src/broker/positions.c \
	src/broker/producer_state.c src/broker/producer_state.h \
	src/broker/release.c src/broker/release.h \
	src/broker/segment.c src/broker/segment.h \
	src/broker/syncer.c src/broker/syncer.h \
	src/broker/topic_config.c src/broker/topic_config.h \
	src/broker/topics.c \
	src/broker/topics_open.c \
	src/broker/txn.c src/broker/txn.h \
	src/broker/txn_end.c \
	src/broker/txn_marker.c src/broker/txn_marker.h \
	src/broker/txn_state.c \
	src/broker/users.c src/broker/users.h

# examples/local.mk - built by installcheck against the installed library, and by hand.
EXTRA_DIST += examples/produce.c examples/consume_group.c examples/poll_loop.c examples/exactly_once.c examples/libev_loop.c examples/zstd.c

# tests/base/local.mk
check_PROGRAMS += tests/base/check_base
EXTRA_DIST += tests/data/kafka-errors.txt
tests_base_check_base_SOURCES = \
	tests/base/main.c tests/base/suites.h \
	tests/base/check_alloc.c \
	tests/base/check_arena.c \
	tests/base/check_base64.c \
	tests/base/check_buf.c \
	tests/base/check_cli.c \
	tests/base/check_csv.c \
	tests/base/check_env.c \
	tests/base/check_err.c \
	tests/base/check_fs.c \
	tests/base/check_fs_sync.c \
	tests/base/check_hist.c \
	tests/base/check_json_read.c \
	tests/base/check_json_write.c \
	tests/base/check_log.c \
	tests/base/check_net.c \
	tests/base/check_nomem.c \
	tests/base/check_number.c \
	tests/base/check_pattern.c \
	tests/base/check_pool.c \
	tests/base/check_proc.c \
	tests/base/check_rng.c \
	tests/base/check_secret.c \
	tests/base/check_sha256.c \
	tests/base/check_slice.c \
	tests/base/check_source.c \
	tests/base/check_utf8.c \
	tests/support/fail_alloc.c tests/support/fail_alloc.h \
	tests/support/files.c tests/support/files.h
tests_base_check_base_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_base_check_base_LDADD = src/base/libgwbase.a $(CHECK_LIBS) $(LIBS)

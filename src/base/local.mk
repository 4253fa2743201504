# src/base/local.mk
noinst_LIBRARIES += src/base/libgwbase.a
src_base_libgwbase_a_SOURCES = \
	src/base/alloc.c src/base/alloc.h \
	src/base/arena.c src/base/arena.h \
	src/base/base64.c \
	src/base/buf.c src/base/buf.h \
	src/base/cli.c src/base/cli.h \
	src/base/compiler.h \
	src/base/csv.c src/base/csv.h \
	src/base/env.h src/base/env_posix.c \
	src/base/err.c src/base/err.h \
	src/base/err_table.c src/base/err_table.h \
	src/base/fs.c src/base/fs.h src/base/fs_posix.c \
	src/base/hist.c src/base/hist.h \
	src/base/hmac.c src/base/hmac.h \
	src/base/json.h src/base/json_read.c src/base/json_write.c \
	src/base/log.c src/base/log.h \
	src/base/net.c src/base/net.h src/base/net_posix.c \
	src/base/number.c \
	src/base/pool.c src/base/pool.h \
	src/base/pattern.c src/base/pattern.h \
	src/base/pbkdf2.c \
	src/base/proc.h src/base/proc_posix.c \
	src/base/rng.c src/base/rng.h \
	src/base/secret.c src/base/secret.h \
	src/base/sha256.c src/base/sha256.h \
	src/base/sha512.c src/base/sha512.h \
	src/base/slice.c src/base/slice.h \
	src/base/source.c \
	src/base/utf8.c src/base/utf8.h

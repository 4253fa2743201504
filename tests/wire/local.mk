# tests/wire/local.mk
check_PROGRAMS += tests/wire/check_wire
tests_wire_check_wire_SOURCES = \
	tests/wire/main.c tests/wire/suites.h \
	tests/wire/check_api.c \
	tests/wire/check_codec.c \
	tests/wire/check_compress.c \
	tests/wire/check_dump.c \
	tests/wire/check_frames.c \
	tests/wire/check_record_batch.c \
	tests/wire/check_roundtrip.c \
	tests/wire/check_sasl.c \
	tests/wire/check_schema.c \
	tests/wire/check_varint.c \
	tests/wire/hex.c tests/wire/hex.h \
	tests/wire/schema.c tests/wire/schema.h \
	tests/support/fail_alloc.c tests/support/fail_alloc.h \
	tests/support/files.c tests/support/files.h
tests_wire_check_wire_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_wire_check_wire_LDADD = src/wire/libgwwire.a src/base/libgwbase.a $(CHECK_LIBS) $(LIBS)

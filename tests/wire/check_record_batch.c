/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_record_batch.c - batches of other people's producers, batches made by hand, and
 * batches that lie.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "base/rng.h"
#include "base/slice.h"
#include "tests/support/fail_alloc.h"
#include "tests/wire/hex.h"
#include "tests/wire/suites.h"
#include "wire/bytes.h"
#include "wire/compress.h"
#include "wire/crc32c.h"
#include "wire/record_batch.h"
#include "wire/varint.h"

#define T0	INT64_C(1700000000000)

static struct gw_alloc alloc;
static struct gw_buf buf, scratch;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_buf_init(&buf, &alloc, 0);
	gw_buf_init(&scratch, &alloc, 1 << 20);
}

static void
teardown(void)
{
	gw_buf_fini(&buf);
	gw_buf_fini(&scratch);
	ck_assert_uint_eq(alloc.used, 0);
}

static void
load(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "tests/data/batches/%s.txt", name);
	gw_buf_clear(&buf);
	hex_file(&buf, path);
}

/* After a change by hand: so that only the change is wrong. */
static void
fix_crc(void)
{
	gw_be32_put(buf.ptr + 17, gw_crc32c(0, buf.ptr + 21, buf.len - 21));
}

static void
begin(struct gw_batch_iter *it)
{
	ck_assert_int_eq(gw_batch_check(gw_buf_slice(&buf)), 0);
	ck_assert_int_eq(gw_batch_iter_init(it, gw_buf_slice(&buf), &scratch), 0);
}

/* Read all: the number of records, or the error. */
static int
read_all(void)
{
	struct gw_batch_iter it;
	struct gw_record r;
	int rc = gw_batch_iter_init(&it, gw_buf_slice(&buf), &scratch), n = 0;

	if (rc != 0)
		return rc;
	while ((rc = gw_batch_iter_next(&it, &r)) > 0)
		n++;
	return rc < 0 ? rc : n;
}

/* ---- what others have made ---- */

static const struct {
	const char		*name;
	enum gw_compression	 codec;
} foreign[] = {
	{ "java-none", GW_NONE }, { "java-gzip", GW_GZIP }, { "java-snappy", GW_SNAPPY },
	{ "java-lz4", GW_LZ4 }, { "java-zstd", GW_ZSTD },
	{ "kcat-none", GW_NONE }, { "kcat-gzip", GW_GZIP }, { "kcat-snappy", GW_SNAPPY },
	{ "kcat-lz4", GW_LZ4 }, { "kcat-zstd", GW_ZSTD }
};

START_TEST(batches_of_other_producers_are_read)
{
	char key[16], value[128];
	struct gw_batch_iter it;
	struct gw_batch_header h;
	struct gw_record r;
	struct gw_header header;
	size_t pos;
	int i;

	load(foreign[_i].name);
	ck_assert_int_eq(gw_batch_header_read(gw_buf_slice(&buf), &h), (int64_t)buf.len);
	ck_assert_int_eq(h.attributes & GW_BATCH_COMPRESSION, foreign[_i].codec);
	ck_assert_int_eq(h.n_records, 8);
	begin(&it);
	for (i = 1; i <= 8; i++) {
		ck_assert_int_eq(gw_batch_iter_next(&it, &r), 1);
		ck_assert_int_eq(r.offset, i - 1);
		ck_assert_int_ge(r.timestamp_ms, h.base_timestamp_ms);
		ck_assert_int_le(r.timestamp_ms, h.max_timestamp_ms);
		snprintf(key, sizeof(key), "k%d", i);
		snprintf(value, sizeof(value), "{\"game_id\":\"2024_01_BAL_KC\",\"play_id\":%d,"
		    "\"quarter\":1,\"down\":1,\"distance\":10,\"posteam\":\"BAL\"}", i);
		ck_assert(gw_slice_is(r.key, key));
		ck_assert(gw_slice_is(r.value, value));
		pos = 0;
		if (gw_slice_starts(gw_str(foreign[_i].name), "kcat")) {
			ck_assert_int_eq(gw_record_header(&r, &pos, &header), 1);
			ck_assert(gw_slice_is(header.key, "game"));
			ck_assert(gw_slice_is(header.value, "opener"));
		}
		ck_assert_int_eq(gw_record_header(&r, &pos, &header), 0);
	}
	ck_assert_int_eq(gw_batch_iter_next(&it, &r), 0);
}
END_TEST

static void
expect(struct gw_batch_iter *it, int64_t offset, int64_t timestamp_ms, const char *key,
    const char *value, uint32_t n_headers)
{
	struct gw_record r;

	ck_assert_int_eq(gw_batch_iter_next(it, &r), 1);
	ck_assert_int_eq(r.offset, offset);
	ck_assert_int_eq(r.timestamp_ms, timestamp_ms);
	ck_assert((r.key.ptr == NULL) == (key == NULL));
	ck_assert(gw_slice_eq(r.key, gw_str(key)));
	ck_assert((r.value.ptr == NULL) == (value == NULL));
	if (value == NULL || value[0] != 'v')
		ck_assert(gw_slice_eq(r.value, gw_str(value)));
	else
		ck_assert_uint_eq(r.value.len, 200);
	ck_assert_uint_eq(r.n_headers, n_headers);
}

static void
expect_plain(struct gw_batch_iter *it, int64_t first, const int64_t at[4])
{
	struct gw_record r;

	expect(it, first, at[0], "2024_01_BAL_KC", "{\"down\":1}", 0);
	expect(it, first + 1, at[1], NULL, "no key", 0);
	expect(it, first + 2, at[2], "no value", NULL, 3);
	expect(it, first + 3, at[3], "", "v", 0);
	ck_assert_int_eq(gw_batch_iter_next(it, &r), 0);
}

static const int64_t plain_times[4] = { T0, T0 + 7, T0 - 3, T0 + 70000 };

START_TEST(keys_values_and_times_may_be_null_empty_and_negative)
{
	struct gw_batch_iter it;

	load("made-plain");
	begin(&it);
	ck_assert_int_eq(it.h.leader_epoch, -1);
	ck_assert_int_eq(it.h.producer_id, -1);
	expect_plain(&it, 0, plain_times);
}
END_TEST

START_TEST(a_gzip_batch_holds_the_same)
{
	struct gw_batch_iter it;

	load("made-gzip");
	begin(&it);
	expect_plain(&it, 0, plain_times);
}
END_TEST

START_TEST(log_append_time_stands_for_every_record)
{
	static const int64_t at = INT64_C(1800000000000);
	struct gw_batch_iter it;

	load("made-log-append");
	begin(&it);
	ck_assert_int_eq(it.h.leader_epoch, 3);
	expect_plain(&it, 1000, (const int64_t[4]){ at, at, at, at });
}
END_TEST

START_TEST(a_compacted_batch_keeps_its_offsets)
{
	struct gw_batch_iter it;

	load("made-compacted");
	begin(&it);
	ck_assert_int_eq(it.h.base_offset + it.h.last_offset_delta, 59);
	expect(&it, 51, T0 + 7, NULL, "no key", 0);
	expect(&it, 52, T0 - 3, "no value", NULL, 3);
}
END_TEST

START_TEST(an_emptied_batch_has_no_records)
{
	load("made-emptied");
	ck_assert_int_eq(read_all(), 0);
}
END_TEST

START_TEST(a_commit_marker_is_a_control_record)
{
	struct gw_batch_iter it;
	struct gw_record r;

	load("made-commit-marker");
	begin(&it);
	ck_assert(it.h.attributes & GW_BATCH_CONTROL);
	ck_assert(it.h.attributes & GW_BATCH_TRANSACTIONAL);
	ck_assert_int_eq(it.h.producer_id, 4711);
	ck_assert_int_eq(gw_batch_iter_next(&it, &r), 1);
	ck_assert_uint_eq(r.key.len, 4);
	ck_assert_mem_eq(r.key.ptr, "\0\0\0\1", 4);
}
END_TEST

START_TEST(headers_are_read_one_by_one)
{
	struct gw_batch_iter it;
	struct gw_header h;
	struct gw_record r;
	size_t pos = 0;

	load("made-plain");
	begin(&it);
	while (gw_batch_iter_next(&it, &r) == 1 && r.n_headers == 0)
		;
	ck_assert_int_eq(gw_record_header(&r, &pos, &h), 1);
	ck_assert(gw_slice_is(h.key, "trace"));
	ck_assert(gw_slice_is(h.value, "abc"));
	ck_assert_int_eq(gw_record_header(&r, &pos, &h), 1);
	ck_assert(gw_slice_is(h.key, "empty"));
	ck_assert(h.value.ptr != NULL && h.value.len == 0);
	ck_assert_int_eq(gw_record_header(&r, &pos, &h), 1);
	ck_assert(gw_slice_is(h.key, "null"));
	ck_assert_ptr_null(h.value.ptr);
	ck_assert_int_eq(gw_record_header(&r, &pos, &h), 0);
	ck_assert_int_eq(gw_record_header(&r, &pos, &h), 0);
}
END_TEST

/* ---- writing ---- */

static const struct gw_batch_stamp not_idempotent = {
	.producer_id = -1, .producer_epoch = -1, .base_sequence = -1
};

static void
append_plain(struct gw_batch_writer *w)
{
	static char v[200];
	const struct gw_header headers[] = { { gw_str("trace"), gw_str("abc") },
		{ gw_str("empty"), gw_str("") }, { gw_str("null"), { NULL, 0 } } };

	memset(v, 'v', sizeof(v));
	ck_assert_int_eq(gw_batch_append(w, T0, gw_str("2024_01_BAL_KC"), gw_str("{\"down\":1}"),
	    NULL, 0), 0);
	ck_assert_int_eq(gw_batch_append(w, T0 + 7, gw_str(NULL), gw_str("no key"), NULL, 0), 0);
	ck_assert_int_eq(gw_batch_append(w, T0 - 3, gw_str("no value"), gw_str(NULL), headers, 3),
	    0);
	ck_assert_int_eq(gw_batch_append(w, T0 + 70000, gw_str(""),
	    (struct gw_slice){ v, sizeof(v) }, NULL, 0), 0);
}

START_TEST(a_written_batch_is_byte_for_byte_as_made_by_hand)
{
	struct gw_batch_writer w;
	struct gw_buf out;

	load("made-plain");
	gw_buf_init(&out, &alloc, 0);
	gw_buf_puts(&out, "before");
	gw_batch_begin(&w, &out);
	append_plain(&w);
	ck_assert_int_eq(gw_batch_finish(&w, &not_idempotent, &scratch), 0);
	ck_assert_uint_eq(out.len, 6 + buf.len);
	ck_assert_mem_eq(out.ptr + 6, buf.ptr, buf.len);
	gw_buf_fini(&out);
}
END_TEST

START_TEST(an_idempotent_batch_is_byte_for_byte_as_made_by_hand)
{
	const struct gw_batch_stamp s = { .producer_id = 4711, .producer_epoch = 3,
		.base_sequence = INT32_MAX - 1 };
	struct gw_batch_writer w;
	struct gw_buf out;

	load("made-idempotent");
	gw_buf_init(&out, &alloc, 0);
	gw_batch_begin(&w, &out);
	ck_assert_int_eq(gw_batch_append(&w, T0, gw_str("2024_01_BAL_KC"), gw_str("{\"down\":1}"),
	    NULL, 0), 0);
	ck_assert_int_eq(gw_batch_append(&w, T0 + 7, gw_str(NULL), gw_str("no key"), NULL, 0), 0);
	ck_assert_int_eq(gw_batch_finish(&w, &s, &scratch), 0);
	ck_assert_uint_eq(out.len, buf.len);
	ck_assert_mem_eq(out.ptr, buf.ptr, buf.len);
	/* and by a stamp afterwards */
	gw_batch_restamp(out.ptr, out.len, 1, 2, 3);
	ck_assert_int_eq(gw_batch_check(gw_buf_slice(&out)), 0);
	ck_assert_mem_ne(out.ptr, buf.ptr, buf.len);
	gw_batch_restamp(out.ptr, out.len, 4711, 3, INT32_MAX - 1);
	ck_assert_mem_eq(out.ptr, buf.ptr, buf.len);
	gw_buf_fini(&out);
}
END_TEST

START_TEST(a_compressed_batch_is_smaller_and_reads_the_same)
{
	struct gw_batch_stamp s = not_idempotent;
	struct gw_batch_writer w;
	struct gw_batch_iter it;
	size_t plain_len;

	s.compression = (enum gw_compression)_i;
	load("made-plain");
	plain_len = buf.len;
	gw_buf_clear(&buf);
	gw_batch_begin(&w, &buf);
	append_plain(&w);
	ck_assert_int_eq(gw_batch_finish(&w, &s, &scratch), 0);
	ck_assert_uint_lt(buf.len, plain_len);
	begin(&it);
	ck_assert_int_eq(it.h.attributes, _i);
	expect_plain(&it, 0, plain_times);
}
END_TEST

START_TEST(compression_that_saves_nothing_is_not_used)
{
	struct gw_batch_stamp s = not_idempotent;
	struct gw_batch_writer w;
	struct gw_batch_iter it;

	s.compression = GW_GZIP;
	s.attributes = GW_BATCH_TRANSACTIONAL;
	gw_batch_begin(&w, &buf);
	ck_assert_int_eq(gw_batch_append(&w, T0, gw_str("k"), gw_str("small"), NULL, 0), 0);
	ck_assert_int_eq(gw_batch_finish(&w, &s, &scratch), 0);
	begin(&it);
	ck_assert_int_eq(it.h.attributes, GW_BATCH_TRANSACTIONAL);
	expect(&it, 0, T0, "k", "small", 0);
}
END_TEST

START_TEST(record_size_is_never_too_small)
{
	struct gw_rng rng;
	static char bytes[20000];
	struct gw_batch_writer w;
	int i;

	gw_rng_seed(&rng, 1);
	gw_batch_begin(&w, &buf);
	for (i = 0; i < 2000; i++) {
		struct gw_slice key = { bytes, gw_rng_below(&rng, 300) };
		struct gw_slice value = { bytes, gw_rng_below(&rng, i % 50 == 0 ? 20000 : 200) };
		struct gw_header header = { { bytes, 5 }, { bytes, gw_rng_below(&rng, 100) } };
		size_t before = buf.len, n = gw_rng_below(&rng, 2);

		if (i % 7 == 0)
			key.ptr = NULL, key.len = 0;
		ck_assert_int_eq(gw_batch_append(&w, (int64_t)gw_rng_u64(&rng), key, value, &header,
		    n), 0);
		ck_assert_uint_le(buf.len - before, gw_batch_record_size(key, value, &header, n));
	}
	ck_assert_int_eq(gw_batch_finish(&w, &not_idempotent, &scratch), 0);
	ck_assert_int_eq(read_all(), 2000);
}
END_TEST

START_TEST(a_full_buffer_leaves_the_batch_as_it_was)
{
	struct gw_batch_writer w;
	struct gw_batch_iter it;
	size_t len;

	gw_buf_fini(&buf);
	gw_buf_init(&buf, &alloc, 150);
	gw_batch_begin(&w, &buf);
	ck_assert_int_eq(gw_batch_append(&w, T0, gw_str("k"), gw_str("fits"), NULL, 0), 0);
	len = buf.len;
	ck_assert_int_eq(gw_batch_append(&w, T0 + 1, gw_str("k"),
	    (struct gw_slice){ (const char *)buf.ptr, 120 }, NULL, 0), GW_ELIMIT);
	ck_assert_uint_eq(buf.len, len);
	ck_assert_int_eq(buf.err, 0);
	ck_assert_int_eq(gw_batch_finish(&w, &not_idempotent, &scratch), 0);
	begin(&it);
	ck_assert_int_eq(it.h.n_records, 1);
	ck_assert_int_eq(it.h.max_timestamp_ms, T0);
}
END_TEST

START_TEST(a_record_longer_than_the_protocol_allows_is_a_limit)
{
	struct gw_batch_writer w;

	gw_batch_begin(&w, &buf);
	ck_assert_int_eq(gw_batch_append(&w, T0, gw_str(NULL),
	    (struct gw_slice){ "", (size_t)INT32_MAX + 1 }, NULL, 0), GW_ELIMIT);
	ck_assert_int_eq(gw_batch_append(&w, T0, gw_str(NULL), (struct gw_slice){ "", SIZE_MAX },
	    NULL, 0), GW_ELIMIT);
	ck_assert_int_eq(gw_batch_append(&w, T0, gw_str("k"), gw_str("v"), NULL,
	    GW_RECORD_HEADERS_MAX + 1), GW_ELIMIT);
	ck_assert_int_eq(w.n_records, 0);
}
END_TEST

/* ---- in a broker's hands ---- */

START_TEST(placing_a_batch_leaves_its_checksum_valid)
{
	struct gw_batch_iter it;

	load("made-plain");
	gw_batch_place(buf.ptr, 5000, 12);
	begin(&it);
	ck_assert_int_eq(it.h.leader_epoch, 12);
	expect_plain(&it, 5000, plain_times);
}
END_TEST

START_TEST(stamping_a_batch_makes_its_checksum_anew)
{
	static const int64_t at = T0 + 99;
	struct gw_batch_iter it;

	load("made-gzip");
	gw_batch_stamp(buf.ptr, buf.len, at);
	begin(&it);
	ck_assert_int_eq(it.h.attributes, GW_GZIP | GW_BATCH_LOG_APPEND);
	expect_plain(&it, 0, (const int64_t[4]){ at, at, at, at });
}
END_TEST

/* ---- lies ---- */

START_TEST(any_flipped_bit_behind_the_magic_fails_the_checksum)
{
	size_t i;

	load("made-plain");
	for (i = 17; i < buf.len; i++) {
		buf.ptr[i] ^= (uint8_t)(1 << i % 8);
		ck_assert_int_eq(gw_batch_check(gw_buf_slice(&buf)), GW_ECORRUPT);
		buf.ptr[i] ^= (uint8_t)(1 << i % 8);
	}
	ck_assert_int_eq(gw_batch_check(gw_buf_slice(&buf)), 0);
	ck_assert_int_eq(gw_batch_check((struct gw_slice){ (const char *)buf.ptr, 60 }),
	    GW_ECORRUPT);
}
END_TEST

START_TEST(a_batch_that_is_cut_off_is_refused)
{
	struct gw_batch_header h;
	struct gw_batch_iter it;
	size_t len;

	load("made-plain");
	for (len = 0; len < buf.len; len++) {
		struct gw_slice cut = { (const char *)buf.ptr, len };
		int64_t want = len < GW_BATCH_HEADER ? GW_EAGAIN : (int64_t)buf.len;

		ck_assert_int_eq(gw_batch_header_read(cut, &h), want);
		ck_assert_int_eq(gw_batch_iter_init(&it, cut, &scratch), GW_EPROTO);
	}
}
END_TEST

START_TEST(old_and_unknown_formats_are_named)
{
	struct gw_batch_header h;

	load("made-plain");
	buf.ptr[16] = 1;
	ck_assert_int_eq(gw_batch_header_read(gw_buf_slice(&buf), &h), GW_EUNSUPPORTED);
	/* a message set of magic 0 can be shorter than our header */
	ck_assert_int_eq(gw_batch_header_read((struct gw_slice){ (const char *)buf.ptr, 34 }, &h),
	    GW_EUNSUPPORTED);
	buf.ptr[16] = 3;
	ck_assert_int_eq(gw_batch_header_read(gw_buf_slice(&buf), &h), GW_EPROTO);
	buf.ptr[16] = 2;
	gw_be16_put(buf.ptr + 21, 5);		/* no such codec */
	ck_assert_int_eq(read_all(), GW_EUNSUPPORTED);
}
END_TEST

START_TEST(headers_whose_numbers_disagree_are_refused)
{
	static const struct { size_t at; uint32_t value; const char *what; } bad[] = {
		{ 8, 48, "shorter than a header" },
		{ 8, UINT32_MAX, "negative length" },
		{ 0, UINT32_MAX, "negative offset" },
		{ 0, INT32_MAX, "offset that overflows" },
		{ 23, UINT32_MAX, "negative last offset" },
		{ 23, 2, "fewer offsets than records" },
		{ 57, UINT32_MAX, "negative count" },
		{ 57, GW_BATCH_RECORDS_MAX + 1, "more records than allowed" },
		{ 57, 1000, "more records than bytes" }
	};
	struct gw_batch_header h;
	size_t i;

	for (i = 0; i < GW_N(bad); i++) {
		load("made-plain");
		gw_be32_put(buf.ptr + bad[i].at, bad[i].value);
		if (bad[i].at == 0)
			gw_be32_put(buf.ptr + 4, UINT32_MAX);
		if (bad[i].at == 57)
			gw_be32_put(buf.ptr + 23, INT32_MAX);
		fix_crc();
		ck_assert_msg(gw_batch_header_read(gw_buf_slice(&buf), &h) == GW_EPROTO, "%s",
		    bad[i].what);
		ck_assert_msg(read_all() == GW_EPROTO, "%s", bad[i].what);
	}
}
END_TEST

START_TEST(a_count_that_lies_is_refused)
{
	load("made-plain");
	gw_be32_put(buf.ptr + 57, 3);		/* one fewer: bytes are left */
	ck_assert_int_eq(read_all(), GW_EPROTO);
	gw_be32_put(buf.ptr + 57, 5);		/* one more: none are */
	gw_be32_put(buf.ptr + 23, 4);
	ck_assert_int_eq(read_all(), GW_EPROTO);
	gw_be32_put(buf.ptr + 57, 4);
	ck_assert_int_eq(read_all(), 4);
}
END_TEST

/* A batch of one record whose bytes are given. */
static int
read_one(const char *bytes, size_t len)
{
	load("made-emptied");
	gw_buf_put(&buf, bytes, len);
	gw_be32_put(buf.ptr + 8, (uint32_t)(buf.len - GW_BATCH_PREFIX));
	gw_be32_put(buf.ptr + 57, 1);
	return read_all();
}

START_TEST(records_that_lie_are_refused)
{
	static const struct { const char *bytes; size_t len; const char *what; } bad[] = {
		{ "\16\0\0\0\1\1\0", 7, "length beyond the batch" },
		{ "\12\0\0\0\1\1\0", 7, "length short of its fields" },
		{ "\15\0\0\0\1\1\0", 7, "negative length" },
		{ "\14\0\0\0\1\1\2", 7, "a header that is not there" },
		{ "\14\0\0\0\1\1\1", 7, "negative count of headers" },
		{ "\14\0\0\0\3\1\0", 7, "key length -2" },
		{ "\14\0\0\0\10\1\0", 7, "key beyond the record" },
		{ "\14\0\0\0\1\10\0", 7, "value beyond the record" },
		{ "\14\0\0\1\1\1\0", 7, "negative offset delta" },
		{ "\14\0\0\12\1\1\0", 7, "offset delta beyond the last" },
		{ "\20\0\0\0\1\1\0zz", 9, "bytes behind the headers" },
		{ "\20\0\0\0\1\1\2\1\1", 9, "header without key" },
		{ "\24\0\0\0\1\1\2\2k\4v", 11, "header value beyond the record" },
		{ "\200\200\200\200\200\0\0", 7, "length of six bytes" },
		{ "\14\0\200\200\200\200\200", 7, "time that does not end" }
	};
	size_t i;

	ck_assert_int_eq(read_one("\14\0\0\0\1\1\0", 7), 1);
	ck_assert_int_eq(read_one("\14\0\0\10\1\1\0", 7), 1);
	ck_assert_int_eq(read_one("\22\0\0\0\1\1\2\2k\1", 10), 1);
	for (i = 0; i < GW_N(bad); i++)
		ck_assert_msg(read_one(bad[i].bytes, bad[i].len) == GW_EPROTO, "%s", bad[i].what);
}
END_TEST

START_TEST(a_hostile_time_wraps_and_does_no_harm)
{
	load("made-emptied");
	gw_be64_put(buf.ptr + 27, INT64_MAX);
	ck_assert_int_eq(read_one("\36\0\376\377\377\377\377\377\377\377\377\1\0\1\1\0", 16), 1);
}
END_TEST

START_TEST(mutated_batches_do_no_harm)
{
	struct gw_rng rng;
	struct gw_buf kept;
	int i, n;

	gw_buf_init(&kept, &alloc, 0);
	gw_rng_seed(&rng, (uint64_t)_i);
	load(foreign[_i].name);
	gw_buf_put(&kept, buf.ptr, buf.len);
	for (i = 0; i < 3000; i++) {
		gw_buf_clear(&buf);
		gw_buf_put(&buf, kept.ptr, kept.len);
		for (n = 1 + (int)gw_rng_below(&rng, 4); n > 0; n--)
			buf.ptr[gw_rng_below(&rng, buf.len)] = (uint8_t)gw_rng_u64(&rng);
		(void)read_all();
	}
	gw_buf_fini(&kept);
}
END_TEST

/* ---- memory ---- */

static int
write_and_read(struct gw_alloc *a, void *arg)
{
	struct gw_batch_stamp s = not_idempotent;
	struct gw_batch_writer w;
	struct gw_batch_iter it;
	struct gw_record r;
	struct gw_buf out, tmp;
	int i, rc = 0;

	s.compression = *(enum gw_compression *)arg;
	gw_buf_init(&out, a, 0);
	gw_buf_init(&tmp, a, 0);
	gw_batch_begin(&w, &out);
	for (i = 0; i < 200 && rc == 0; i++)
		rc = gw_batch_append(&w, T0 + i, gw_str("a key"), gw_str("and a value"), NULL, 0);
	if (rc == 0)
		rc = gw_batch_finish(&w, &s, &tmp);
	if (rc == 0)
		rc = gw_batch_iter_init(&it, gw_buf_slice(&out), &tmp);
	for (i = 0; i < 200 && rc == 0; i++)
		ck_assert_int_eq(gw_batch_iter_next(&it, &r), 1);
	gw_buf_fini(&out);
	gw_buf_fini(&tmp);
	return rc;
}

START_TEST(memory_that_runs_out_is_an_ordinary_error)
{
	enum gw_compression codec = (enum gw_compression)_i;

	(void)fail_alloc_sweep_lenient(write_and_read, &codec);
}
END_TEST

Suite *
check_record_batch_suite(void)
{
	Suite *s = suite_create("record batch");
	TCase *read = tcase_create("read"), *write = tcase_create("write");
	TCase *lies = tcase_create("lies");

	tcase_add_checked_fixture(read, setup, teardown);
	tcase_add_loop_test(read, batches_of_other_producers_are_read, 0, GW_N(foreign));
	tcase_add_test(read, keys_values_and_times_may_be_null_empty_and_negative);
	tcase_add_test(read, a_gzip_batch_holds_the_same);
	tcase_add_test(read, log_append_time_stands_for_every_record);
	tcase_add_test(read, a_compacted_batch_keeps_its_offsets);
	tcase_add_test(read, an_emptied_batch_has_no_records);
	tcase_add_test(read, a_commit_marker_is_a_control_record);
	tcase_add_test(read, headers_are_read_one_by_one);
	suite_add_tcase(s, read);
	tcase_add_checked_fixture(write, setup, teardown);
	tcase_add_test(write, a_written_batch_is_byte_for_byte_as_made_by_hand);
	tcase_add_test(write, an_idempotent_batch_is_byte_for_byte_as_made_by_hand);
	tcase_add_loop_test(write, a_compressed_batch_is_smaller_and_reads_the_same, GW_GZIP,
	    GW_ZSTD + 1);
	tcase_add_test(write, compression_that_saves_nothing_is_not_used);
	tcase_add_test(write, record_size_is_never_too_small);
	tcase_add_test(write, a_full_buffer_leaves_the_batch_as_it_was);
	tcase_add_test(write, a_record_longer_than_the_protocol_allows_is_a_limit);
	tcase_add_test(write, placing_a_batch_leaves_its_checksum_valid);
	tcase_add_test(write, stamping_a_batch_makes_its_checksum_anew);
	tcase_add_loop_test(write, memory_that_runs_out_is_an_ordinary_error, GW_NONE, GW_ZSTD + 1);
	suite_add_tcase(s, write);
	tcase_add_checked_fixture(lies, setup, teardown);
	tcase_add_test(lies, any_flipped_bit_behind_the_magic_fails_the_checksum);
	tcase_add_test(lies, a_batch_that_is_cut_off_is_refused);
	tcase_add_test(lies, old_and_unknown_formats_are_named);
	tcase_add_test(lies, headers_whose_numbers_disagree_are_refused);
	tcase_add_test(lies, a_count_that_lies_is_refused);
	tcase_add_test(lies, records_that_lie_are_refused);
	tcase_add_test(lies, a_hostile_time_wraps_and_does_no_harm);
	tcase_add_loop_test(lies, mutated_batches_do_no_harm, 0, GW_N(foreign));
	suite_add_tcase(s, lies);
	return s;
}

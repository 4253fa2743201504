/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_compress.c - the codecs against the output of other programs, themselves, and
 * bytes that are broken.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/slice.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"
#include "tests/wire/suites.h"
#include "wire/compress.h"
#include "wire/xxhash.h"

#define TEXT_LEN	160000
#define CODECS		GW_ZSTD + 1

static struct gw_alloc alloc;
static struct gw_buf text, packed, out;

/* Lines of JSON; the same as went into tests/data/compress. */
static void
plays_text(struct gw_buf *b, size_t len)
{
	static const char *const teams[] = { "KC", "BAL", "SF", "DET", "BUF", "PHI", "DAL", "GB" };
	uint32_t s = 1, r, i;

	for (i = 0; b->len < len; i++) {
		s = (s * 1103515245u + 12345u) & 0x7fffffff;
		r = s >> 16;
		gw_buf_printf(b, "{\"play_id\":%u,\"posteam\":\"%s\",\"down\":%u,\"ydstogo\":%u,"
		    "\"field_position\":%u}\n", i * 20, teams[r & 7], 1 + (r >> 3) % 4,
		    1 + (r >> 5) % 10, (r >> 8) % 4 * 25);
	}
}

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_buf_init(&text, &alloc, 0);
	gw_buf_init(&packed, &alloc, 0);
	gw_buf_init(&out, &alloc, 0);
}

static void
teardown(void)
{
	gw_buf_fini(&text);
	gw_buf_fini(&packed);
	gw_buf_fini(&out);
	ck_assert_uint_eq(alloc.used, 0);
}

static void
same_as_text(void)
{
	ck_assert_uint_eq(out.len, text.len);
	if (text.len > 0)
		ck_assert_mem_eq(out.ptr, text.ptr, text.len);
}

/* ---- others' output ---- */

static const struct {
	const char		*file;
	enum gw_compression	 codec;
} foreign[] = {
	{ "plays-1.zst", GW_ZSTD }, { "plays-22.zst", GW_ZSTD }, { "plays-stream.zst", GW_ZSTD },
	{ "plays-linked.lz4", GW_LZ4 }, { "plays-sums.lz4", GW_LZ4 },
	{ "plays-two-frames.lz4", GW_LZ4 }, { "plays.snappy", GW_SNAPPY },
	{ "plays-xerial.snappy", GW_SNAPPY }
};

static void
load_foreign(int i)
{
	char file[128], path[TEST_PATH_MAX], *bytes;
	size_t len;

	snprintf(file, sizeof(file), "tests/data/compress/%s", foreign[i].file);
	test_source_path(file, path);
	bytes = test_read(path, &len);
	gw_buf_put(&packed, bytes, len);
	free(bytes);
}

START_TEST(what_other_programs_write_is_read)
{
	load_foreign(_i);
	plays_text(&text, TEXT_LEN);
	ck_assert_int_eq(gw_decompress(foreign[_i].codec, gw_buf_slice(&packed), &out), 0);
	same_as_text();
}
END_TEST

START_TEST(what_other_programs_write_is_refused_when_cut_off)
{
	size_t len;

	load_foreign(_i);
	for (len = 0; len < packed.len; len += len < 300 ? 1 : 307) {
		int rc = gw_decompress(foreign[_i].codec,
		    (struct gw_slice){ (const char *)packed.ptr, len }, &out);

		ck_assert_int_eq(rc, GW_EPROTO);
		ck_assert_uint_eq(out.len, 0);
	}
}
END_TEST

/* With a checksum a flipped bit is noticed; without one it must do no harm. */
START_TEST(flipped_bits_do_no_harm)
{
	bool summed = strstr(foreign[_i].file, "-1.zst") != NULL ||
	    strstr(foreign[_i].file, "-22.zst") != NULL;
	struct gw_rng rng;
	int i, rc;

	load_foreign(_i);
	plays_text(&text, TEXT_LEN);
	gw_rng_seed(&rng, 1 + (uint64_t)_i);
	gw_buf_fini(&out);
	gw_buf_init(&out, &alloc, 1 << 20);
	for (i = 0; i < 150; i++) {
		size_t at = gw_rng_below(&rng, packed.len);
		uint8_t bit = (uint8_t)(1u << gw_rng_below(&rng, 8));

		packed.ptr[at] ^= bit;
		gw_buf_clear(&out);
		rc = gw_decompress(foreign[_i].codec, gw_buf_slice(&packed), &out);
		ck_assert(rc == 0 || rc == GW_EPROTO || rc == GW_ELIMIT || rc == GW_EUNSUPPORTED);
		if (rc == 0 && summed)
			same_as_text();
		packed.ptr[at] ^= bit;
	}
}
END_TEST

/* ---- our own ---- */

static void
round_trip(enum gw_compression c)
{
	gw_buf_clear(&packed);
	gw_buf_clear(&out);
	gw_buf_puts(&packed, "before");
	ck_assert_int_eq(gw_compress(c, 0, gw_buf_slice(&text), &packed), 0);
	ck_assert_mem_eq(packed.ptr, "before", 6);
	ck_assert_int_eq(gw_decompress(c, (struct gw_slice){ (const char *)packed.ptr + 6,
	    packed.len - 6 }, &out), 0);
	same_as_text();
}

START_TEST(text_comes_back_and_is_smaller)
{
	plays_text(&text, TEXT_LEN);
	round_trip((enum gw_compression)_i);
	ck_assert(_i == GW_NONE || packed.len < text.len / 3);
}
END_TEST

START_TEST(any_length_comes_back)
{
	size_t len;

	plays_text(&text, 400);
	for (len = 400; len-- > 0; ) {
		text.len = len;
		round_trip((enum gw_compression)_i);
	}
}
END_TEST

START_TEST(noise_and_silence_come_back)
{
	struct gw_rng rng;
	size_t i;

	gw_rng_seed(&rng, 7);
	for (i = 0; i < 70000; i++)
		gw_buf_putc(&text, (char)gw_rng_u64(&rng));
	round_trip((enum gw_compression)_i);
	ck_assert_uint_lt(packed.len, text.len + 200);
	for (i = 0; i < 200000; i++)
		gw_buf_putc(&text, '\0');
	round_trip((enum gw_compression)_i);
	plays_text(&text, text.len + 100000);
	round_trip((enum gw_compression)_i);
	for (i = 0; i < text.len; i += 1 + gw_rng_below(&rng, 40))
		text.ptr[i] = (uint8_t)gw_rng_u64(&rng);
	round_trip((enum gw_compression)_i);
}
END_TEST

/* Letters that are as rare as Fibonacci's numbers: a Huffman code without limit is 20 bits deep. */
START_TEST(skewed_text_comes_back)
{
	struct gw_rng rng;
	unsigned a, b, c, letter;
	int i;

	gw_rng_seed(&rng, 1202);
	for (i = 0; i < 60000; i++) {
		uint64_t r = gw_rng_below(&rng, 17710);

		letter = 0;
		for (a = 1, b = 1; r >= a; letter++) {
			r -= a;
			c = a + b;
			a = b;
			b = c;
		}
		gw_buf_putc(&text, (char)('a' + letter));
	}
	round_trip((enum gw_compression)_i);
	ck_assert(_i == GW_NONE || packed.len < text.len);
}
END_TEST

START_TEST(every_size_of_block_comes_back)
{
	static const size_t sizes[] = { 65535, 65536, 65537, 65540, 65552, 131072, 131073 };
	size_t i;

	plays_text(&text, 140000);
	for (i = 0; i < GW_N(sizes); i++) {
		text.len = sizes[i];
		round_trip((enum gw_compression)_i);
	}
}
END_TEST

START_TEST(output_stays_within_its_limit)
{
	enum gw_compression c = (enum gw_compression)_i;

	plays_text(&text, 20000);
	ck_assert_int_eq(gw_compress(c, 0, gw_buf_slice(&text), &packed), 0);
	gw_buf_fini(&out);
	gw_buf_init(&out, &alloc, text.len + 6);
	gw_buf_puts(&out, "before");
	ck_assert_int_eq(gw_decompress(c, gw_buf_slice(&packed), &out), 0);
	gw_buf_fini(&out);
	gw_buf_init(&out, &alloc, text.len + 5);
	gw_buf_puts(&out, "before");
	ck_assert_int_eq(gw_decompress(c, gw_buf_slice(&packed), &out), GW_ELIMIT);
	ck_assert_uint_eq(out.len, 6);
	ck_assert_int_eq(out.err, 0);
	gw_buf_fini(&out);
	gw_buf_init(&out, &alloc, packed.len - 1);
	ck_assert_int_eq(gw_compress(c, 0, gw_buf_slice(&text), &out), GW_ELIMIT);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	enum gw_compression c = (enum gw_compression)_i;
	struct gw_rng rng;
	char noise[64];
	int i, k, rc;

	gw_rng_seed(&rng, 3);
	gw_buf_fini(&out);
	gw_buf_init(&out, &alloc, 1 << 16);
	ck_assert_int_eq(gw_decompress(c, (struct gw_slice){ "", 0 }, &out), GW_EPROTO);
	for (i = 0; i < 20000; i++) {
		for (k = 0; k < 64; k++)
			noise[k] = (char)gw_rng_u64(&rng);
		gw_buf_clear(&out);
		rc = gw_decompress(c, (struct gw_slice){ noise, gw_rng_below(&rng, 65) }, &out);
		/* Snappy has no magic: noise may say something */
		ck_assert(rc < 0 || c == GW_SNAPPY);
	}
}
END_TEST

START_TEST(members_of_a_gzip_file_follow_each_other)
{
	plays_text(&text, 3000);
	ck_assert_int_eq(gw_compress(GW_GZIP, 1, gw_buf_slice(&text), &packed), 0);
	ck_assert_int_eq(gw_compress(GW_GZIP, 9, gw_buf_slice(&text), &packed), 0);
	ck_assert_int_eq(gw_decompress(GW_GZIP, gw_buf_slice(&packed), &out), 0);
	ck_assert_uint_eq(out.len, 2 * text.len);
	ck_assert_mem_eq(out.ptr + text.len, text.ptr, text.len);
	gw_buf_puts(&packed, "garbage");
	ck_assert_int_eq(gw_decompress(GW_GZIP, gw_buf_slice(&packed), &out), GW_EPROTO);
}
END_TEST

static int
there_and_back(struct gw_alloc *a, void *arg)
{
	enum gw_compression c = *(enum gw_compression *)arg;
	struct gw_buf to, back;
	int rc;

	gw_buf_init(&to, a, 0);
	gw_buf_init(&back, a, 0);
	rc = gw_compress(c, 0, gw_buf_slice(&text), &to);
	if (rc == 0)
		rc = gw_decompress(c, gw_buf_slice(&to), &back);
	ck_assert(rc == GW_ENOMEM || (rc == 0 && back.len == text.len));
	gw_buf_fini(&to);
	gw_buf_fini(&back);
	return rc;
}

START_TEST(memory_that_runs_out_is_an_ordinary_error)
{
	enum gw_compression c = (enum gw_compression)_i;

	plays_text(&text, 10000);
	(void)fail_alloc_sweep_lenient(there_and_back, &c);
}
END_TEST

/* A codec of somebody else: pairs of a count and a byte. */
struct runs {
	int64_t	short_answer;	/* of decompress when cap is too few; 0: how many are needed */
	int	n_calls;
};

static int64_t
runs_compress(void *ctx, struct gw_slice in, char *to, size_t cap)
{
	size_t n = 0;

	(void)ctx;
	for (size_t i = 0, k; i < in.len; i += k) {
		for (k = 1; i + k < in.len && k < 127 && in.ptr[i + k] == in.ptr[i]; )
			k++;
		if (n + 2 > cap)
			return GW_ELIMIT;
		to[n++] = (char)k;
		to[n++] = in.ptr[i];
	}
	return (int64_t)n;
}

static int64_t
runs_decompress(void *ctx, struct gw_slice in, char *to, size_t cap)
{
	struct runs *r = ctx;
	size_t n = 0, at = 0;

	r->n_calls++;
	if (in.len % 2 != 0)
		return GW_EPROTO;
	for (size_t i = 0; i < in.len; i += 2)
		n += (size_t)in.ptr[i];
	if (n > cap)
		return r->short_answer == 0 ? (int64_t)n : r->short_answer;
	for (size_t i = 0; i < in.len; at += (size_t)in.ptr[i], i += 2)
		memset(to + at, in.ptr[i + 1], (size_t)in.ptr[i]);
	return (int64_t)n;
}

START_TEST(a_codec_of_somebody_else_takes_the_place_of_ours)
{
	struct runs r = { 0 };
	struct gw_compressor with[GW_COMPRESSORS] = { 0 };

	gw_buf_clear(&text);
	for (int i = 0; i < 200000; i++)
		gw_buf_putc(&text, (char)('a' + i / 60000));
	with[GW_ZSTD] = (struct gw_compressor){ runs_compress, runs_decompress, &r };
	gw_buf_clear(&packed);
	ck_assert_int_eq(gw_compress_with(with, GW_ZSTD, gw_buf_slice(&text), &packed), 0);
	ck_assert_uint_lt(packed.len, 4000);
	/* It says how many bytes it wants, or does not know. */
	for (int i = 0; i < 2; i++) {
		r = (struct runs){ .short_answer = i == 0 ? 0 : GW_ELIMIT };
		gw_buf_clear(&out);
		ck_assert_int_eq(gw_decompress_with(with, GW_ZSTD, gw_buf_slice(&packed), &out), 0);
		ck_assert_uint_eq(out.len, text.len);
		ck_assert_mem_eq(out.ptr, text.ptr, text.len);
		ck_assert_int_eq(r.n_calls == 2, i == 0);
	}
	/* Nothing is left of what failed, and bounds hold. */
	gw_buf_clear(&out);
	out.max = 199999;
	ck_assert_int_eq(gw_decompress_with(with, GW_ZSTD, gw_buf_slice(&packed), &out), GW_ELIMIT);
	out.max = 0;
	packed.len--;
	ck_assert_int_eq(gw_decompress_with(with, GW_ZSTD, gw_buf_slice(&packed), &out), GW_EPROTO);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_int_eq(gw_compress_with(with, GW_ZSTD, gw_str("abc"), &out), GW_ELIMIT);
	ck_assert_int_eq(out.err, 0);
	/* Others are ours still. */
	ck_assert_int_eq(gw_compress_with(with, GW_LZ4, gw_buf_slice(&text), &out), 0);
}
END_TEST

START_TEST(codecs_have_names)
{
	ck_assert_str_eq(gw_compression_name(GW_NONE), "none");
	ck_assert_str_eq(gw_compression_name(GW_ZSTD), "zstd");
	ck_assert_ptr_null(gw_compression_name((enum gw_compression)5));
	ck_assert_int_eq(gw_compression_parse(gw_str("snappy")), GW_SNAPPY);
	ck_assert_int_eq(gw_compression_parse(gw_str("lz4")), GW_LZ4);
	ck_assert_int_eq(gw_compression_parse(gw_str("GZIP")), GW_EINVAL);
	ck_assert_int_eq(gw_compression_parse(gw_str("")), GW_EINVAL);
	ck_assert_int_eq(gw_compress((enum gw_compression)5, 0, gw_str("x"), &out),
	    GW_EUNSUPPORTED);
	ck_assert_int_eq(gw_decompress((enum gw_compression)7, gw_str("x"), &out),
	    GW_EUNSUPPORTED);
}
END_TEST

/* From the specification's own test program. */
START_TEST(xxhash_has_known_values)
{
	ck_assert_uint_eq(gw_xxh32("", 0, 0), 0x02cc5d05);
	ck_assert_uint_eq(gw_xxh32("abc", 3, 0), 0x32d153ff);
	ck_assert_uint_eq(gw_xxh64("", 0, 0), UINT64_C(0xef46db3751d8e999));
	ck_assert_uint_eq(gw_xxh64("abc", 3, 0), UINT64_C(0x44bc2cf5ad770999));
}
END_TEST

Suite *
check_compress_suite(void)
{
	Suite *s = suite_create("compress");
	TCase *tc = tcase_create("codecs");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_other_programs_write_is_read, 0, GW_N(foreign));
	tcase_add_loop_test(tc, what_other_programs_write_is_refused_when_cut_off, 0, 5);
	tcase_add_loop_test(tc, flipped_bits_do_no_harm, 0, GW_N(foreign));
	tcase_add_loop_test(tc, text_comes_back_and_is_smaller, GW_NONE, CODECS);
	tcase_add_loop_test(tc, any_length_comes_back, GW_NONE, CODECS);
	tcase_add_loop_test(tc, noise_and_silence_come_back, GW_NONE, CODECS);
	tcase_add_loop_test(tc, skewed_text_comes_back, GW_NONE, CODECS);
	tcase_add_loop_test(tc, every_size_of_block_comes_back, GW_NONE, CODECS);
	tcase_add_loop_test(tc, output_stays_within_its_limit, GW_NONE, CODECS);
	tcase_add_loop_test(tc, nonsense_is_refused, GW_GZIP, CODECS);
	tcase_add_loop_test(tc, memory_that_runs_out_is_an_ordinary_error, GW_GZIP, CODECS);
	tcase_add_test(tc, members_of_a_gzip_file_follow_each_other);
	tcase_add_test(tc, a_codec_of_somebody_else_takes_the_place_of_ours);
	tcase_add_test(tc, codecs_have_names);
	tcase_add_test(tc, xxhash_has_known_values);
	suite_add_tcase(s, tc);
	return s;
}

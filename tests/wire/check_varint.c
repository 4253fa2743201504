/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_varint.c - varints and CRC-32C.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/rng.h"
#include "tests/wire/suites.h"
#include "wire/crc32c.h"
#include "wire/varint.h"

/* Zigzag: 0, -1, 1, -2, 2 are 0, 1, 2, 3, 4. */
static const struct {
	int64_t	value;
	uint8_t	bytes[GW_VARLONG_MAX];
	size_t	n;
} known[] = {
	{ 0, { 0x00 }, 1 },
	{ -1, { 0x01 }, 1 },
	{ 1, { 0x02 }, 1 },
	{ 63, { 0x7e }, 1 },
	{ -64, { 0x7f }, 1 },
	{ 64, { 0x80, 0x01 }, 2 },
	{ 300, { 0xd8, 0x04 }, 2 },
	{ 8191, { 0xfe, 0x7f }, 2 },
	{ -8193, { 0x81, 0x80, 0x01 }, 3 },
	{ INT32_MAX, { 0xfe, 0xff, 0xff, 0xff, 0x0f }, 5 },
	{ INT32_MIN, { 0xff, 0xff, 0xff, 0xff, 0x0f }, 5 },
	{ INT64_MAX, { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, 10 },
	{ INT64_MIN, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, 10 }
};

START_TEST(known_varlongs_are_written_and_read)
{
	uint8_t b[GW_VARLONG_MAX];
	int64_t v;
	size_t i;

	for (i = 0; i < GW_N(known); i++) {
		ck_assert_uint_eq(gw_varlong_put(b, known[i].value), known[i].n);
		ck_assert_mem_eq(b, known[i].bytes, known[i].n);
		ck_assert_uint_eq(gw_varlong_len(known[i].value), known[i].n);
		ck_assert_uint_eq(gw_varlong_get(b, b + known[i].n, &v), known[i].n);
		ck_assert_int_eq(v, known[i].value);
		ck_assert_uint_eq(gw_varlong_get(b, b + known[i].n - 1, &v), 0);
	}
}
END_TEST

START_TEST(known_varints_are_written_and_read)
{
	uint8_t b[GW_VARINT_MAX];
	int32_t v;
	size_t i;

	for (i = 0; i < GW_N(known) && known[i].n <= GW_VARINT_MAX; i++) {
		ck_assert_uint_eq(gw_varint_put(b, (int32_t)known[i].value), known[i].n);
		ck_assert_mem_eq(b, known[i].bytes, known[i].n);
		ck_assert_uint_eq(gw_varint_len((int32_t)known[i].value), known[i].n);
		ck_assert_uint_eq(gw_varint_get(b, b + known[i].n, &v), known[i].n);
		ck_assert_int_eq(v, known[i].value);
		ck_assert_uint_eq(gw_varint_get(b, b + known[i].n - 1, &v), 0);
	}
}
END_TEST

START_TEST(any_value_comes_back)
{
	uint8_t b[GW_VARLONG_MAX];
	struct gw_rng rng;
	int64_t v64;
	int32_t v32;
	uint32_t u32;
	int i;

	gw_rng_seed(&rng, 482);
	for (i = 0; i < 20000; i++) {
		uint64_t u = gw_rng_u64(&rng) >> gw_rng_below(&rng, 64);

		ck_assert_uint_eq(gw_varlong_put(b, (int64_t)u), gw_varlong_len((int64_t)u));
		ck_assert_uint_gt(gw_varlong_get(b, b + sizeof(b), &v64), 0);
		ck_assert_int_eq(v64, (int64_t)u);
		ck_assert_uint_eq(gw_varint_put(b, (int32_t)u), gw_varint_len((int32_t)u));
		ck_assert_uint_gt(gw_varint_get(b, b + GW_VARINT_MAX, &v32), 0);
		ck_assert_int_eq(v32, (int32_t)u);
		ck_assert_uint_gt(gw_uvarint_put(b, (uint32_t)u), 0);
		ck_assert_uint_gt(gw_uvarint_get(b, b + GW_VARINT_MAX, &u32), 0);
		ck_assert_uint_eq(u32, (uint32_t)u);
	}
}
END_TEST

START_TEST(varints_that_are_too_long_are_refused)
{
	static const uint8_t bits33[] = { 0xff, 0xff, 0xff, 0xff, 0x1f };
	static const uint8_t bytes6[] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 };
	static const uint8_t bits65[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x02 };
	static const uint8_t bytes11[] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
		0x80, 0x00 };
	uint32_t u;
	int32_t v;
	int64_t w;

	ck_assert_uint_eq(gw_uvarint_get(bits33, bits33 + sizeof(bits33), &u), 0);
	ck_assert_uint_eq(gw_varint_get(bits33, bits33 + sizeof(bits33), &v), 0);
	ck_assert_uint_eq(gw_uvarint_get(bytes6, bytes6 + sizeof(bytes6), &u), 0);
	ck_assert_uint_eq(gw_varint_get(bytes6, bytes6 + sizeof(bytes6), &v), 0);
	ck_assert_uint_eq(gw_varlong_get(bits65, bits65 + sizeof(bits65), &w), 0);
	ck_assert_uint_eq(gw_varlong_get(bytes11, bytes11 + sizeof(bytes11), &w), 0);
	ck_assert_uint_eq(gw_varint_get(bytes6, bytes6, &v), 0);
}
END_TEST

/* RFC 3720 B.4, and the customary check value. */
START_TEST(crc32c_has_the_values_of_the_rfc)
{
	uint8_t b[32];
	int i;

	memset(b, 0, sizeof(b));
	ck_assert_uint_eq(gw_crc32c(0, b, sizeof(b)), 0x8a9136aa);
	memset(b, 0xff, sizeof(b));
	ck_assert_uint_eq(gw_crc32c(0, b, sizeof(b)), 0x62a8ab43);
	for (i = 0; i < 32; i++)
		b[i] = (uint8_t)i;
	ck_assert_uint_eq(gw_crc32c(0, b, sizeof(b)), 0x46dd794e);
	for (i = 0; i < 32; i++)
		b[i] = (uint8_t)(31 - i);
	ck_assert_uint_eq(gw_crc32c(0, b, sizeof(b)), 0x113fdb5c);
	ck_assert_uint_eq(gw_crc32c(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(gw_crc32c(0, "", 0), 0);
}
END_TEST

START_TEST(crc32c_is_the_same_by_table_bit_by_bit_and_in_pieces)
{
	static uint8_t b[2500];		/* more than three lanes, three times */
	struct gw_rng rng;
	size_t len, cut, i;
	uint32_t crc;
	int bit;

	gw_rng_seed(&rng, 3720);
	for (len = 0; len < sizeof(b); len += len < 300 ? 1 : 1 + gw_rng_below(&rng, 20)) {
		uint8_t *p = b + gw_rng_below(&rng, sizeof(b) - len);

		for (i = 0; i < len; i++)
			p[i] = (uint8_t)gw_rng_u64(&rng);
		crc = UINT32_MAX;
		for (i = 0; i < len; i++) {
			crc ^= p[i];
			for (bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
		}
		ck_assert_uint_eq(gw_crc32c(0, p, len), ~crc);
		ck_assert_uint_eq(gw_crc32c_table(0, p, len), ~crc);
		cut = gw_rng_below(&rng, len + 1);
		ck_assert_uint_eq(gw_crc32c(gw_crc32c(0, p, cut), p + cut, len - cut), ~crc);
		ck_assert_uint_eq(gw_crc32c_table(gw_crc32c_table(0, p, cut), p + cut, len - cut),
		    ~crc);
	}
}
END_TEST

Suite *
check_varint_suite(void)
{
	Suite *s = suite_create("varint");
	TCase *tc = tcase_create("varint"), *crc = tcase_create("crc32c");

	tcase_add_test(tc, known_varlongs_are_written_and_read);
	tcase_add_test(tc, known_varints_are_written_and_read);
	tcase_add_test(tc, any_value_comes_back);
	tcase_add_test(tc, varints_that_are_too_long_are_refused);
	suite_add_tcase(s, tc);
	tcase_add_test(crc, crc32c_has_the_values_of_the_rfc);
	tcase_add_test(crc, crc32c_is_the_same_by_table_bit_by_bit_and_in_pieces);
	suite_add_tcase(s, crc);
	return s;
}

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/compiler.h"
#include "client/partitioner.h"
#include "tests/client/suites.h"

/* What Java's client computes (its own UtilsTest has the same). */
static const struct {
	const char	*key;
	int32_t		 hash;
} known[] = {
	{ "21", -973932308 },
	{ "foobar", -790332482 },
	{ "a-little-bit-long-string", -985981536 },
	{ "a-little-bit-longer-string", -1486304829 },
	{ "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971 },
	{ "abc", 479470107 },
};

START_TEST(murmur2_is_javas)
{
	for (size_t i = 0; i < GW_N(known); i++)
		ck_assert_int_eq((int32_t)gw_murmur2(gw_str(known[i].key)), known[i].hash);
}
END_TEST

START_TEST(a_key_goes_where_java_sends_it)
{
	/* (hash & 0x7fffffff) % n */
	for (size_t i = 0; i < GW_N(known); i++)
		ck_assert_int_eq(gw_partition_of(GW_PARTITIONER_MURMUR2, gw_str(known[i].key), 12),
		    (known[i].hash & 0x7fffffff) % 12);
}
END_TEST

START_TEST(crc32_is_the_usual_one)
{
	ck_assert_int_eq(gw_partition_of(GW_PARTITIONER_CRC32, gw_str("123456789"), 1000),
	    (int32_t)(0xcbf43926u % 1000));
	ck_assert_int_eq(gw_partition_of(GW_PARTITIONER_CRC32, gw_str(""), 7), 0);
}
END_TEST

START_TEST(every_length_of_key_lands_in_range)
{
	char key[64];

	memset(key, 0xff, sizeof(key));
	for (size_t len = 0; len < sizeof(key); len++) {
		int32_t p =
		    gw_partition_of(GW_PARTITIONER_MURMUR2, (struct gw_slice){ key, len }, 5);

		ck_assert_int_ge(p, 0);
		ck_assert_int_lt(p, 5);
	}
}
END_TEST

Suite *
check_partitioner_suite(void)
{
	Suite *s = suite_create("partitioner");
	TCase *tc = tcase_create("hashes");

	tcase_add_test(tc, murmur2_is_javas);
	tcase_add_test(tc, a_key_goes_where_java_sends_it);
	tcase_add_test(tc, crc32_is_the_usual_one);
	tcase_add_test(tc, every_length_of_key_lands_in_range);
	suite_add_tcase(s, tc);
	return s;
}

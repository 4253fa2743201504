/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/map.h"

#include <stdio.h>

#include "base/rng.h"
#include "tests/broker/suites.h"
#include "tests/support/fail_alloc.h"

#define KEYS 400

/* Against an array that says which keys are in: any mixture of put and del leaves the same. */
START_TEST(map_agrees_with_an_array_under_random_changes)
{
	static char names[KEYS][16];
	bool in[KEYS] = { false };
	struct fail_alloc f;
	struct gw_map m;
	struct gw_rng rng;
	size_t n = 0, pos = 0, seen = 0;

	fail_alloc_init(&f, 0);
	gw_rng_seed(&rng, 1);
	gw_map_init(&m, &f.alloc, 99);
	for (size_t i = 0; i < KEYS; i++)
		snprintf(names[i], sizeof(names[i]), "key-%zu", i);
	for (int step = 0; step < 20000; step++) {
		size_t i = gw_rng_below(&rng, KEYS);

		if (gw_rng_below(&rng, 2) == 0) {
			ck_assert_int_eq(gw_map_put(&m, gw_str(names[i]), names[i]), 0);
			n += !in[i];
			in[i] = true;
		} else {
			gw_map_del(&m, gw_str(names[i]));
			n -= in[i];
			in[i] = false;
		}
		i = gw_rng_below(&rng, KEYS);
		ck_assert_ptr_eq(gw_map_get(&m, gw_str(names[i])), in[i] ? names[i] : NULL);
		ck_assert_uint_eq(m.n, n);
	}
	while (gw_map_next(&m, &pos) != NULL)
		seen++;
	ck_assert_uint_eq(seen, n);
	gw_map_fini(&m);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(map_that_cannot_grow_stays_as_it_was)
{
	static char names[13][16];
	struct fail_alloc f;
	struct gw_map m;

	fail_alloc_init(&f, 2);
	gw_map_init(&m, &f.alloc, 0);
	for (size_t i = 0; i < 13; i++) {
		snprintf(names[i], sizeof(names[i]), "%zu", i);
		ck_assert_int_eq(
		    gw_map_put(&m, gw_str(names[i]), names[i]), i < 12 ? 0 : GW_ENOMEM);
	}
	for (size_t i = 0; i < 13; i++)
		ck_assert_ptr_eq(gw_map_get(&m, gw_str(names[i])), i < 12 ? names[i] : NULL);
	gw_map_fini(&m);
}
END_TEST

Suite *
check_map_suite(void)
{
	Suite *s = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_test(tc, map_agrees_with_an_array_under_random_changes);
	tcase_add_test(tc, map_that_cannot_grow_stays_as_it_was);
	suite_add_tcase(s, tc);
	return s;
}

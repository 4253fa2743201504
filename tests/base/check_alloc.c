/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_alloc.c - blocks, caps and growing arrays.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdint.h>

#include "base/alloc.h"
#include "tests/support/fail_alloc.h"

START_TEST(every_block_is_counted_until_it_is_freed)
{
	struct fail_alloc f;
	void *p, *q;

	fail_alloc_init(&f, 0);
	p = gw_alloc_bytes(&f.alloc, 100);
	q = gw_alloc_zero(&f.alloc, 10, 10);
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(q);
	ck_assert_uint_eq(f.blocks, 2);
	ck_assert_uint_ge(f.alloc.used, 200);
	ck_assert_uint_eq(f.alloc.used, f.bytes);
	gw_alloc_free(&f.alloc, p);
	gw_alloc_free(&f.alloc, q);
	gw_alloc_free(&f.alloc, NULL);
	ck_assert_uint_eq(f.blocks, 0);
	ck_assert_uint_eq(f.alloc.used, 0);
	ck_assert_uint_ge(f.alloc.used_max, 200);
}
END_TEST

START_TEST(zeroed_memory_is_zero_and_aligned_for_anything)
{
	struct gw_alloc a = gw_alloc_libc(0);
	char *p = gw_alloc_zero(&a, 33, 3);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < 99; i++)
		ck_assert_int_eq(p[i], 0);
	ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
	gw_alloc_free(&a, p);
}
END_TEST

START_TEST(a_product_that_overflows_is_refused)
{
	struct gw_alloc a = gw_alloc_libc(0);

	ck_assert_ptr_null(gw_alloc_zero(&a, SIZE_MAX / 2, 3));
	ck_assert_ptr_null(gw_alloc_resize(&a, NULL, SIZE_MAX, 2));
	ck_assert_ptr_null(gw_alloc_bytes(&a, SIZE_MAX));
	ck_assert_uint_eq(a.used, 0);
}
END_TEST

START_TEST(over_the_cap_an_allocation_fails_and_the_old_block_stays)
{
	struct gw_alloc a = gw_alloc_libc(1000);
	char *p = gw_alloc_bytes(&a, 500);

	ck_assert_ptr_nonnull(p);
	memcpy(p, "kept", 5);
	ck_assert_ptr_null(gw_alloc_bytes(&a, 500));
	ck_assert_ptr_null(gw_alloc_resize(&a, p, 1000, 1));
	ck_assert_str_eq(p, "kept");
	p = gw_alloc_resize(&a, p, 900, 1);
	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(p, "kept");
	ck_assert_uint_le(a.used_max, 1000);
	gw_alloc_free(&a, p);
	ck_assert_uint_eq(a.used, 0);
}
END_TEST

START_TEST(shrinking_is_allowed_at_the_cap)
{
	struct gw_alloc a = gw_alloc_libc(600);
	char *p = gw_alloc_bytes(&a, 500);

	a.cap = 100;	/* lowered below what is held */
	p = gw_alloc_resize(&a, p, 50, 1);
	ck_assert_ptr_nonnull(p);
	gw_alloc_free(&a, p);
}
END_TEST

START_TEST(a_string_copy_ends_with_nul)
{
	struct gw_alloc a = gw_alloc_libc(0);
	char *p = gw_alloc_str(&a, (struct gw_slice){ "abcdef", 3 });
	char *q = gw_alloc_str(&a, (struct gw_slice){ NULL, 0 });

	ck_assert_str_eq(p, "abc");
	ck_assert_str_eq(q, "");
	gw_alloc_free(&a, p);
	gw_alloc_free(&a, q);
}
END_TEST

START_TEST(room_grows_by_doubling_and_keeps_the_items)
{
	struct gw_alloc a = gw_alloc_libc(0);
	size_t cap = 0, growths = 0, before;
	void *v = NULL;
	int *items;

	for (size_t n = 0; n < 1000; n++) {
		before = cap;
		ck_assert_int_eq(gw_alloc_room(&a, &v, &cap, n, sizeof(int)), 0);
		growths += cap != before;
		items = v;
		items[n] = (int)n;
	}
	ck_assert_uint_eq(growths, 8);		/* 8, 16, ... 1024 */
	items = v;
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(items[i], i);
	gw_alloc_free(&a, v);
}
END_TEST

START_TEST(room_refused_leaves_the_array_as_it_was)
{
	struct fail_alloc f;
	size_t cap = 0;
	void *v = NULL, *before;

	fail_alloc_init(&f, 2);
	ck_assert_int_eq(gw_alloc_room(&f.alloc, &v, &cap, 0, 4), 0);
	before = v;
	ck_assert_int_eq(gw_alloc_room(&f.alloc, &v, &cap, cap, 4), GW_ENOMEM);
	ck_assert_ptr_eq(v, before);
	ck_assert_uint_eq(cap, 8);
	gw_alloc_free(&f.alloc, v);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

Suite *
check_alloc_suite(void)
{
	Suite *s = suite_create("base/alloc");
	TCase *tc = tcase_create("alloc");

	tcase_add_test(tc, every_block_is_counted_until_it_is_freed);
	tcase_add_test(tc, zeroed_memory_is_zero_and_aligned_for_anything);
	tcase_add_test(tc, a_product_that_overflows_is_refused);
	tcase_add_test(tc, over_the_cap_an_allocation_fails_and_the_old_block_stays);
	tcase_add_test(tc, shrinking_is_allowed_at_the_cap);
	tcase_add_test(tc, a_string_copy_ends_with_nul);
	tcase_add_test(tc, room_grows_by_doubling_and_keeps_the_items);
	tcase_add_test(tc, room_refused_leaves_the_array_as_it_was);
	suite_add_tcase(s, tc);
	return s;
}

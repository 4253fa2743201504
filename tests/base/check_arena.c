/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_arena.c - one lifetime for many pieces.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdint.h>

#include "base/arena.h"
#include "tests/support/fail_alloc.h"

START_TEST(pieces_are_zero_aligned_and_apart)
{
	struct fail_alloc f;
	struct gw_arena a;
	unsigned char *p[200];

	fail_alloc_init(&f, 0);
	gw_arena_init(&a, &f.alloc, 0);
	for (size_t i = 0; i < 200; i++) {
		p[i] = gw_arena_zero(&a, i, 3);
		ck_assert_ptr_nonnull(p[i]);
		ck_assert_uint_eq((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < 3 * i; j++)
			ck_assert_uint_eq(p[i][j], 0);
		memset(p[i], (int)i, 3 * i);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t j = 0; j < 3 * i; j++)
			ck_assert_uint_eq(p[i][j], i);
	gw_arena_fini(&a);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(the_cap_is_on_bytes_handed_out)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_arena a;

	gw_arena_init(&a, &alloc, 160);
	ck_assert_ptr_nonnull(gw_arena_zero(&a, 10, 10));
	ck_assert_ptr_null(gw_arena_zero(&a, 10, 10));
	ck_assert_ptr_nonnull(gw_arena_zero(&a, 3, 16));
	ck_assert_ptr_null(gw_arena_zero(&a, 1, 1));
	ck_assert_uint_le(a.used, a.cap);
	gw_arena_reset(&a);
	ck_assert_ptr_nonnull(gw_arena_zero(&a, 10, 10));
	gw_arena_fini(&a);
}
END_TEST

START_TEST(a_product_that_overflows_is_refused_by_the_arena)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_arena a;

	gw_arena_init(&a, &alloc, 0);
	ck_assert_ptr_null(gw_arena_zero(&a, SIZE_MAX / 8, 16));
	ck_assert_ptr_null(gw_arena_zero(&a, 1, SIZE_MAX));
	gw_arena_fini(&a);
}
END_TEST

START_TEST(a_reset_frame_needs_no_new_memory)
{
	struct fail_alloc f;
	struct gw_arena a;
	size_t n;

	fail_alloc_init(&f, 0);
	gw_arena_init(&a, &f.alloc, 0);
	for (int i = 0; i < 20; i++)
		ck_assert_ptr_nonnull(gw_arena_zero(&a, 100, 1));
	gw_arena_reset(&a);
	ck_assert_uint_eq(a.used, 0);
	n = f.n;
	for (int frame = 0; frame < 10; frame++) {
		for (int i = 0; i < 20; i++)
			ck_assert_ptr_nonnull(gw_arena_zero(&a, 100, 1));
		gw_arena_reset(&a);
	}
	ck_assert_uint_eq(f.n, n);
	ck_assert_uint_eq(f.blocks, 1);
	gw_arena_fini(&a);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(a_large_frame_does_not_stay_after_reset)
{
	struct fail_alloc f;
	struct gw_arena a;

	fail_alloc_init(&f, 0);
	gw_arena_init(&a, &f.alloc, 0);
	ck_assert_ptr_nonnull(gw_arena_zero(&a, 10, 1));
	ck_assert_ptr_nonnull(gw_arena_zero(&a, 10 << 20, 1));
	gw_arena_reset(&a);
	ck_assert_uint_lt(f.bytes, 100 << 10);
	gw_arena_fini(&a);
	gw_arena_fini(&a);	/* twice is harmless */
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(arena_text_is_copied_and_printed)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_arena a;

	gw_arena_init(&a, &alloc, 0);
	ck_assert_str_eq(gw_arena_str(&a, (struct gw_slice){ "abcdef", 4 }), "abcd");
	ck_assert_str_eq(gw_arena_str(&a, (struct gw_slice){ NULL, 0 }), "");
	ck_assert_str_eq(gw_arena_printf(&a, "%d-%s", 42, "x"), "42-x");
	ck_assert_str_eq(gw_arena_printf(&a, "%s", ""), "");
	gw_arena_fini(&a);
}
END_TEST

START_TEST(near_the_allocators_cap_a_small_chunk_still_fits)
{
	struct gw_alloc alloc = gw_alloc_libc(1000);
	struct gw_arena a;

	gw_arena_init(&a, &alloc, 0);
	ck_assert_ptr_nonnull(gw_arena_zero(&a, 200, 1));
	ck_assert_ptr_null(gw_arena_zero(&a, 2000, 1));
	gw_arena_fini(&a);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

Suite *
check_arena_suite(void)
{
	Suite *s = suite_create("base/arena");
	TCase *tc = tcase_create("arena");

	tcase_add_test(tc, pieces_are_zero_aligned_and_apart);
	tcase_add_test(tc, the_cap_is_on_bytes_handed_out);
	tcase_add_test(tc, a_product_that_overflows_is_refused_by_the_arena);
	tcase_add_test(tc, a_reset_frame_needs_no_new_memory);
	tcase_add_test(tc, a_large_frame_does_not_stay_after_reset);
	tcase_add_test(tc, arena_text_is_copied_and_printed);
	tcase_add_test(tc, near_the_allocators_cap_a_small_chunk_still_fits);
	suite_add_tcase(s, tc);
	return s;
}

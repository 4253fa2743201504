/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_buf.c - the growing buffer and its sticky error.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include "base/buf.h"
#include "tests/support/fail_alloc.h"

static struct gw_alloc	alloc;
static struct gw_buf	b;

static void
set_up(size_t max)
{
	alloc = gw_alloc_libc(0);
	gw_buf_init(&b, &alloc, max);
}

static void
tear_down(void)
{
	gw_buf_fini(&b);
	ck_assert_uint_eq(alloc.used, 0);
}

static void
assert_text(const char *want)
{
	ck_assert_int_eq(b.err, 0);
	ck_assert_uint_eq(b.len, strlen(want));
	ck_assert_mem_eq(gw_buf_slice(&b).ptr, want, b.len);
}

START_TEST(an_unused_buffer_is_empty_and_not_null)
{
	set_up(0);
	ck_assert_ptr_nonnull(gw_buf_slice(&b).ptr);
	ck_assert_uint_eq(gw_buf_slice(&b).len, 0);
	gw_buf_put(&b, NULL, 0);
	gw_buf_consume(&b, 0);
	assert_text("");
	tear_down();
}
END_TEST

START_TEST(puts_of_every_kind_append)
{
	set_up(0);
	gw_buf_puts(&b, "a");
	gw_buf_putc(&b, 'b');
	gw_buf_put(&b, "cd", 2);
	gw_buf_printf(&b, "%d%s", 12, "x");
	assert_text("abcd12x");
	tear_down();
}
END_TEST

START_TEST(a_long_print_grows_the_buffer)
{
	set_up(0);
	gw_buf_puts(&b, "head ");
	gw_buf_printf(&b, "%0500d", 7);
	ck_assert_uint_eq(b.len, 505);
	ck_assert_mem_eq(b.ptr, "head 000", 8);
	ck_assert_int_eq(b.ptr[504], '7');
	tear_down();
}
END_TEST

START_TEST(max_may_be_filled_exactly_but_not_exceeded)
{
	set_up(10);
	gw_buf_puts(&b, "12345");
	gw_buf_printf(&b, "%s", "67890");
	assert_text("1234567890");
	gw_buf_putc(&b, 'x');
	ck_assert_int_eq(b.err, GW_ELIMIT);
	ck_assert_uint_eq(b.len, 10);
	tear_down();
	set_up(10);
	gw_buf_printf(&b, "%s", "12345678901");
	ck_assert_int_eq(b.err, GW_ELIMIT);
	ck_assert_uint_eq(b.len, 0);
	tear_down();
}
END_TEST

START_TEST(an_error_sticks_until_clear)
{
	set_up(4);
	gw_buf_puts(&b, "abc");
	gw_buf_puts(&b, "de");
	ck_assert_int_eq(b.err, GW_ELIMIT);
	gw_buf_putc(&b, 'd');		/* would fit, but what is between is missing */
	gw_buf_printf(&b, "e");
	ck_assert_ptr_null(gw_buf_reserve(&b, 1));
	ck_assert_uint_eq(b.len, 3);
	gw_buf_clear(&b);
	gw_buf_puts(&b, "good");
	assert_text("good");
	tear_down();
}
END_TEST

START_TEST(out_of_memory_sticks_and_keeps_the_bytes)
{
	struct fail_alloc f;

	fail_alloc_init(&f, 2);
	gw_buf_init(&b, &f.alloc, 0);
	gw_buf_puts(&b, "kept");
	f.alloc.cap = f.alloc.used;
	gw_buf_printf(&b, "%0200d", 1);
	ck_assert_int_eq(b.err, GW_ENOMEM);
	ck_assert_uint_eq(b.len, 4);
	ck_assert_mem_eq(b.ptr, "kept", 4);
	gw_buf_fini(&b);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(a_size_that_overflows_is_a_limit)
{
	set_up(0);
	gw_buf_puts(&b, "a");
	ck_assert_ptr_null(gw_buf_reserve(&b, SIZE_MAX));
	ck_assert_int_eq(b.err, GW_ELIMIT);
	tear_down();
}
END_TEST

START_TEST(reserved_room_is_used_by_len)
{
	uint8_t *p;

	set_up(0);
	p = gw_buf_reserve(&b, 1000);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_ge(b.cap, 1000);
	memset(p, 'z', 3);
	b.len += 3;
	assert_text("zzz");
	ck_assert_ptr_nonnull(gw_buf_reserve(&b, 0));
	tear_down();
}
END_TEST

START_TEST(consume_drops_from_the_front)
{
	set_up(0);
	gw_buf_puts(&b, "abcdef");
	gw_buf_consume(&b, 2);
	assert_text("cdef");
	gw_buf_consume(&b, 4);
	assert_text("");
	gw_buf_puts(&b, "again");
	assert_text("again");
	tear_down();
}
END_TEST

Suite *
check_buf_suite(void)
{
	Suite *s = suite_create("base/buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, an_unused_buffer_is_empty_and_not_null);
	tcase_add_test(tc, puts_of_every_kind_append);
	tcase_add_test(tc, a_long_print_grows_the_buffer);
	tcase_add_test(tc, max_may_be_filled_exactly_but_not_exceeded);
	tcase_add_test(tc, an_error_sticks_until_clear);
	tcase_add_test(tc, out_of_memory_sticks_and_keeps_the_bytes);
	tcase_add_test(tc, a_size_that_overflows_is_a_limit);
	tcase_add_test(tc, reserved_room_is_used_by_len);
	tcase_add_test(tc, consume_drops_from_the_front);
	suite_add_tcase(s, tc);
	return s;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_schema.c - what the visitors say about themselves against Apache's schemas.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <check.h>
#include <stdio.h>

#include "tests/wire/schema.h"
#include "tests/wire/suites.h"
#include "wire/api.h"
#include "wire/msg_group_protocol.h"

typedef void visitor(struct gw_codec *, void *);

static void
list_equals_schema(const char *name, int key, int min, int max, int flexible_since,
    visitor *visit)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_arena arena;
	struct gw_buf list;
	struct gw_codec w;
	struct schema s;
	size_t room[64] = { 0 };	/* only an address: LIST touches no member */

	schema_load(&s, name);
	gw_arena_init(&arena, &alloc, 0);
	gw_buf_init(&list, &alloc, 0);
	if (key < 0)
		gw_buf_printf(&list, "%s - %d-%d ", name, min, max);
	else
		gw_buf_printf(&list, "%s %d %d-%d ", name, key, min, max);
	if (flexible_since == GW_NEVER)
		gw_buf_puts(&list, "-\n");
	else
		gw_buf_printf(&list, "%d\n", flexible_since);
	w = gw_codec_list(&list, &arena);
	visit(&w, room);
	ck_assert_int_eq(w.err, 0);
	gw_buf_putc(&list, '\0');
	ck_assert_int_eq(list.err, 0);
	ck_assert_str_eq((const char *)list.ptr, s.text);
	gw_buf_fini(&list);
	gw_arena_fini(&arena);
	schema_fini(&s);
	ck_assert_uint_eq(alloc.used, 0);
}

START_TEST(every_request_lists_itself_as_in_apaches_schema)
{
	const struct gw_api *api = &gw_apis[_i];
	char name[64];

	snprintf(name, sizeof(name), "%sRequest", api->name);
	list_equals_schema(name, api->key, api->min, api->max, api->flexible_since, api->request);
}
END_TEST

START_TEST(every_response_lists_itself_as_in_apaches_schema)
{
	const struct gw_api *api = &gw_apis[_i];
	char name[64];

	snprintf(name, sizeof(name), "%sResponse", api->name);
	list_equals_schema(name, api->key, api->min, api->max, api->flexible_since, api->response);
}
END_TEST

START_TEST(the_consumer_protocol_lists_itself_as_in_apaches_schema)
{
	list_equals_schema("ConsumerProtocolSubscription", -1, 0, 3, GW_NEVER,
	    gw_consumer_protocol_subscription_visit);
	list_equals_schema("ConsumerProtocolAssignment", -1, 0, 3, GW_NEVER,
	    gw_consumer_protocol_assignment_visit);
}
END_TEST

Suite *
check_schema_suite(void)
{
	Suite *s = suite_create("schema");
	TCase *tc = tcase_create("list");

	tcase_add_loop_test(tc, every_request_lists_itself_as_in_apaches_schema, 0, (int)gw_n_apis);
	tcase_add_loop_test(tc, every_response_lists_itself_as_in_apaches_schema, 0,
	    (int)gw_n_apis);
	tcase_add_test(tc, the_consumer_protocol_lists_itself_as_in_apaches_schema);
	suite_add_tcase(s, tc);
	return s;
}

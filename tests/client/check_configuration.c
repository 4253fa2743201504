/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "client/configuration.h"
#include "client/transport.h"
#include "tests/client/suites.h"
#include "tests/support/files.h"

static struct gw_alloc alloc;
static struct gw_arena arena;
static struct gw_client_config cfg;
static struct gw_err err;

static int
read_config(const char *text)
{
	gw_arena_fini(&arena);
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 0);
	err = (struct gw_err){ 0 };
	return gw_config_read(&cfg, text, &arena, &err);
}

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_arena_init(&arena, &alloc, 0);
}

static void
teardown(void)
{
	gw_arena_fini(&arena);
}

START_TEST(defaults_are_those_of_the_table)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1"), 0);
	ck_assert_str_eq(cfg.bootstrap_servers, "h:1");
	ck_assert_str_eq(cfg.client_id, "gridwire");
	ck_assert_int_eq(cfg.acks, -1);
	ck_assert_int_eq(cfg.enable_idempotence, 1);
	ck_assert_int_eq(cfg.linger_ms, 5);
	ck_assert_int_eq(cfg.partitioner, GW_PARTITIONER_MURMUR2);
	ck_assert_int_eq(cfg.auto_offset_reset, GW_RESET_LATEST);
	ck_assert_int_eq(cfg.reconnect_backoff_ms, 50);
	ck_assert_int_eq(cfg.reconnect_backoff_max_ms, 1000);
	ck_assert_int_eq(cfg.api_timeout_ms, 60000);
}
END_TEST

START_TEST(lines_semicolons_blanks_and_comments_are_read)
{
	ck_assert_int_eq(
	    read_config("# a comment; linger.ms=9\n bootstrap.servers = h:1,g:2 ; linger.ms=7\r\n"
			"\n;;acks=all\ncompression.type=gzip"),
	    0);
	ck_assert_str_eq(cfg.bootstrap_servers, "h:1,g:2");
	ck_assert_int_eq(cfg.linger_ms, 7);
	ck_assert_int_eq(cfg.compression_type, 1);
}
END_TEST

START_TEST(the_last_of_two_wishes_counts)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;linger.ms=1;linger.ms=2"), 0);
	ck_assert_int_eq(cfg.linger_ms, 2);
}
END_TEST

START_TEST(an_unknown_key_names_the_nearest)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;linger.mss=1"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "unknown configuration key linger.mss, did you mean linger.ms?");
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;zzzzzzzzzzzzzzzzz=1"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "unknown configuration key zzzzzzzzzzzzzzzzz");
}
END_TEST

START_TEST(wrong_values_name_key_value_and_what_is_wanted)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;linger.ms=soon"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "linger.ms=soon: a whole number from 0 to 900000 is wanted");
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;linger.ms=900001"), GW_EINVAL);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;enable.idempotence=yes"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "enable.idempotence=yes: true or false is wanted");
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;acks=2"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "acks=2: one of 0|1|all|-1 is wanted");
	ck_assert_int_eq(read_config("bootstrap.servers"), GW_EINVAL);
	ck_assert_int_eq(read_config(""), GW_EINVAL);
	ck_assert_int_eq(read_config(NULL), GW_EINVAL);
}
END_TEST

START_TEST(security_that_is_not_built_in_is_refused_as_such)
{
	int rc = read_config("bootstrap.servers=h:1;security.protocol=SASL_SSL");

	ck_assert_int_eq(rc, gw_tls_built_in() ? 0 : GW_EUNSUPPORTED);
	if (rc != 0)
		ck_assert_ptr_nonnull(strstr(err.msg, "SASL_SSL is not built in"));
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;security.protocol=TLS"), GW_EINVAL);
}
END_TEST

START_TEST(passwords_take_the_rest_of_their_line)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1\nsasl.password = a;b=c#d; \n"
				     "client.id=x;ssl.key.password=k;acks=0"), 0);
	ck_assert_str_eq(cfg.sasl_password, "a;b=c#d;");
	ck_assert_str_eq(cfg.client_id, "x");
	ck_assert_str_eq(cfg.ssl_key_password, "k;acks=0");
	ck_assert_int_eq(cfg.acks, -1);
}
END_TEST

START_TEST(a_login_module_ends_at_a_semicolon_outside_of_quotes)
{
	ck_assert_int_eq(read_config("sasl.jaas.config=x required password=\"a;\\\";b\" u='c;';"
				     "bootstrap.servers=h:1;client.id=x"), 0);
	ck_assert_str_eq(cfg.sasl_jaas_config, "x required password=\"a;\\\";b\" u='c;'");
	ck_assert_str_eq(cfg.client_id, "x");
}
END_TEST

START_TEST(forgotten_secrets_are_gone_and_the_rest_stays)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;sasl.username=u\nsasl.password=p\n"
				     "sasl.jaas.config=j;ssl.key.password=k"), 0);
	gw_config_forget(&cfg);
	ck_assert_str_eq(cfg.sasl_password, "");
	ck_assert_str_eq(cfg.sasl_jaas_config, "");
	ck_assert_str_eq(cfg.ssl_key_password, "");
	ck_assert_str_eq(cfg.sasl_username, "u");
}
END_TEST

START_TEST(stores_other_than_pem_are_refused_with_what_makes_one)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;ssl.truststore.type=JKS"), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "ssl.truststore.type=JKS: it is always PEM "
	    "here. `openssl pkcs12"));
	ck_assert_int_eq(
	    read_config("bootstrap.servers=h:1;ssl.endpoint.identification.algorithm="), 0);
	ck_assert_int_eq(cfg.ssl_identification, 1);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;sasl.mechanism=GSSAPI"), GW_EINVAL);
}
END_TEST

START_TEST(keys_that_contradict_each_other_are_refused_and_defaults_give_way)
{
	ck_assert_int_eq(
	    read_config("bootstrap.servers=h:1;enable.idempotence=true;acks=1"), GW_EINVAL);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;acks=1"), 0);
	ck_assert_int_eq(cfg.enable_idempotence, 0);
	ck_assert_int_eq(cfg.acks, 1);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;acks=-1"), 0);
	ck_assert_int_eq(cfg.acks, -1);
	ck_assert_int_eq(cfg.enable_idempotence, 1);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;delivery.timeout.ms=1000"), GW_EINVAL);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;request.timeout.ms=200000"), 0);
	ck_assert_int_eq(cfg.delivery_timeout_ms, 200005);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;session.timeout.ms=1000"), 0);
	ck_assert_int_eq(cfg.heartbeat_interval_ms, 333);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;session.timeout.ms=1000;"
	    "heartbeat.interval.ms=1000"), GW_EINVAL);
}
END_TEST

START_TEST(what_may_be_buffered_leaves_room_in_the_memory_of_the_client)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1"), 0);
	ck_assert_int_eq(cfg.client_memory, 256 << 20);
	ck_assert_int_eq(cfg.buffer_memory, 32 << 20);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;client.memory=2000000"), 0);
	ck_assert_int_eq(cfg.buffer_memory, 500000);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;buffer.memory=100000000"), 0);
	ck_assert_int_eq(cfg.client_memory, 400000000);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;buffer.memory=9223372036854775807"), 0);
	ck_assert_int_eq(cfg.client_memory, INT64_MAX);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;client.memory=2000000;"
	    "buffer.memory=1000000"), 0);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;client.memory=2000000;"
	    "buffer.memory=1000001"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "buffer.memory=1000001 is more than half of "
	    "client.memory=2000000");
}
END_TEST

START_TEST(the_page_about_the_keys_is_the_table)
{
	char path[TEST_PATH_MAX], *page;
	struct gw_buf doc;
	size_t len;

	gw_buf_init(&doc, &alloc, 0);
	gw_config_doc(&doc);
	test_source_path("doc/configuration.md", path);
	page = test_read(path, &len);
	/* GW_UPDATE=1 writes the page anew. */
	if (getenv("GW_UPDATE") != NULL)
		test_write(path, doc.ptr, doc.len);
	else
		ck_assert_msg(len == doc.len && memcmp(page, doc.ptr, len) == 0,
		    "doc/configuration.md differs from the table: run the test once with "
		    "GW_UPDATE=1");
	free(page);
	gw_buf_fini(&doc);
}
END_TEST

START_TEST(what_is_no_choice_is_taken_as_it_is_and_nothing_else)
{
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;check.crcs=true;fetch.min.bytes=1;"
	    "ssl.keystore.type=PEM;reconnect.backoff.ms = 50 ;enable.auto.commit=false"), 0);
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;check.crcs=false"), GW_EINVAL);
	ck_assert_str_eq(err.msg, "check.crcs=false: it is always true here. The checksum of every "
	    "batch that is read is compared.");
	ck_assert_int_eq(read_config("bootstrap.servers=h:1;enable.auto.commit=true"), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "gw_commit()"));
}
END_TEST

START_TEST(what_follows_from_another_key_is_taken_if_it_does)
{
	static const struct { const char *text; bool good; } cases[] = {
		{ "retry.backoff.ms=200;reconnect.backoff.ms=100", true },
		{ "reconnect.backoff.ms=100;retry.backoff.ms=200", true },
		{ "reconnect.backoff.ms=50;retry.backoff.max.ms=1000;reconnect.backoff.max.ms=1000",
		    true },
		{ "default.api.timeout.ms=60000;socket.connection.setup.timeout.ms=10000", true },
		{ "reconnect.backoff.ms=50;retry.backoff.ms=200", false },
		{ "default.api.timeout.ms=60000;request.timeout.ms=20000", false },
		{ "default.api.timeout.ms=0", false },
		{ "default.api.timeout.ms=soon", false },
	};
	char text[128];

	for (size_t i = 0; i < GW_N(cases); i++) {
		(void)snprintf(text, sizeof(text), "bootstrap.servers=h:1;%s", cases[i].text);
		ck_assert_int_eq(read_config(text), cases[i].good ? 0 : GW_EINVAL);
	}
	ck_assert_int_eq(
	    read_config("bootstrap.servers=h:1;reconnect.backoff.ms=50;retry.backoff.ms=200"),
	    GW_EINVAL);
	ck_assert_str_eq(err.msg,
	    "reconnect.backoff.ms=50: it is 100 here. Half of retry.backoff.ms.");
}
END_TEST

START_TEST(there_are_forty_keys_and_not_more)
{
	struct gw_buf doc;
	const char *end;
	size_t n = 0;

	gw_buf_init(&doc, &alloc, 0);
	gw_config_doc(&doc);
	gw_buf_putc(&doc, '\0');
	end = strstr((char *)doc.ptr, "\n## ");
	ck_assert_ptr_nonnull(end);
	for (const char *p = (char *)doc.ptr; (p = strstr(p, "\n| `")) != NULL && p < end; p++)
		n++;
	ck_assert_uint_eq(n, 40);
	gw_buf_fini(&doc);
}
END_TEST

Suite *
check_configuration_suite(void)
{
	Suite *s = suite_create("configuration");
	TCase *tc = tcase_create("keys");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, defaults_are_those_of_the_table);
	tcase_add_test(tc, lines_semicolons_blanks_and_comments_are_read);
	tcase_add_test(tc, the_last_of_two_wishes_counts);
	tcase_add_test(tc, an_unknown_key_names_the_nearest);
	tcase_add_test(tc, wrong_values_name_key_value_and_what_is_wanted);
	tcase_add_test(tc, security_that_is_not_built_in_is_refused_as_such);
	tcase_add_test(tc, passwords_take_the_rest_of_their_line);
	tcase_add_test(tc, a_login_module_ends_at_a_semicolon_outside_of_quotes);
	tcase_add_test(tc, forgotten_secrets_are_gone_and_the_rest_stays);
	tcase_add_test(tc, stores_other_than_pem_are_refused_with_what_makes_one);
	tcase_add_test(tc, keys_that_contradict_each_other_are_refused_and_defaults_give_way);
	tcase_add_test(tc, what_may_be_buffered_leaves_room_in_the_memory_of_the_client);
	tcase_add_test(tc, the_page_about_the_keys_is_the_table);
	tcase_add_test(tc, what_is_no_choice_is_taken_as_it_is_and_nothing_else);
	tcase_add_test(tc, what_follows_from_another_key_is_taken_if_it_does);
	tcase_add_test(tc, there_are_forty_keys_and_not_more);
	suite_add_tcase(s, tc);
	return s;
}

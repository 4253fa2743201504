/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/topic_config.h"

#include "base/slice.h"
#include "tests/broker/suites.h"
#include "tests/support/fail_alloc.h"

static const struct {
	const char	*name, *value;
	int		 rc;
} cases[] = {
	{ "retention.ms", "86400000", 0 },
	{ "retention.ms", "-1", 0 },
	{ "retention.ms", "-2", GW_K_INVALID_CONFIG },
	{ "retention.ms", "1 day", GW_K_INVALID_CONFIG },
	{ "retention.ms", "", GW_K_INVALID_CONFIG },
	{ "retention.bytes", "1000", 0 },
	{ "segment.bytes", "1048576", 0 },
	{ "segment.bytes", "10", GW_K_INVALID_CONFIG },
	{ "segment.bytes", "9999999999", GW_K_INVALID_CONFIG },
	{ "max.message.bytes", "0", 0 },
	{ "max.message.bytes", "-1", GW_K_INVALID_CONFIG },
	{ "cleanup.policy", "delete", 0 },
	{ "cleanup.policy", "compact", GW_K_INVALID_CONFIG },
	{ "cleanup.policy", "compact,delete", GW_K_INVALID_CONFIG },
	{ "compression.type", "gzip", 0 },
	{ "compression.type", "producer", 0 },
	{ "compression.type", "uncompressed", 0 },
	{ "compression.type", "none", GW_K_INVALID_CONFIG },
	{ "compression.type", "brotli", GW_K_INVALID_CONFIG },
	{ "message.timestamp.type", "LogAppendTime", 0 },
	{ "message.timestamp.type", "logappendtime", GW_K_INVALID_CONFIG },
	{ "min.insync.replicas", "1", 0 },
	{ "min.insync.replicas", "2", GW_K_INVALID_CONFIG },
	{ "retention.mss", "1", GW_K_INVALID_CONFIG },
	{ "", "1", GW_K_INVALID_CONFIG },
};

START_TEST(settings_are_judged_one_by_one)
{
	struct gw_topic_configs c = { { NULL } };
	struct fail_alloc f;
	struct gw_err err = { 0 };
	int rc;

	fail_alloc_init(&f, 0);
	rc = gw_topic_config_set(
	    &c, &f.alloc, gw_str(cases[_i].name), gw_str(cases[_i].value), &err);
	ck_assert_msg(rc == cases[_i].rc, "%s=%s: %d", cases[_i].name, cases[_i].value, rc);
	ck_assert(rc == 0 || strstr(err.msg, cases[_i].name) != NULL);
	gw_topic_config_fini(&c, &f.alloc);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(overrides_go_before_the_brokers_options_and_can_be_taken_back)
{
	struct gw_broker_options o = gw_broker_defaults();
	struct gw_topic_configs c = { { NULL } };
	enum gw_config_source source;
	char text[GW_CONFIG_TEXT_MAX];
	struct fail_alloc f;

	fail_alloc_init(&f, 0);
	ck_assert_int_eq(gw_topic_policy(&c, &o).retention_ms, 604800000);
	ck_assert(gw_slice_is(
	    gw_topic_config_text(&c, &o, GW_TOPIC_RETENTION_MS, text, &source), "604800000"));
	ck_assert_int_eq(source, GW_CONFIG_DEFAULT);
	o.retention_ms = 1000;
	ck_assert(gw_slice_is(
	    gw_topic_config_text(&c, &o, GW_TOPIC_RETENTION_MS, text, &source), "1000"));
	ck_assert_int_eq(source, GW_CONFIG_BROKER);
	ck_assert_int_eq(
	    gw_topic_config_set(&c, &f.alloc, GW_LIT("retention.ms"), GW_LIT("5"), NULL), 0);
	ck_assert_int_eq(gw_topic_config_set(&c, &f.alloc, GW_LIT("message.timestamp.type"),
			     GW_LIT("LogAppendTime"), NULL),
	    0);
	ck_assert_int_eq(gw_topic_policy(&c, &o).retention_ms, 5);
	ck_assert(gw_topic_policy(&c, &o).log_append_time);
	ck_assert(
	    gw_slice_is(gw_topic_config_text(&c, &o, GW_TOPIC_RETENTION_MS, text, &source), "5"));
	ck_assert_int_eq(source, GW_CONFIG_TOPIC);
	ck_assert_int_eq(gw_topic_config_set(&c, &f.alloc, GW_LIT("retention.ms"),
			     (struct gw_slice){ NULL, 0 }, NULL),
	    0);
	ck_assert_int_eq(gw_topic_policy(&c, &o).retention_ms, 1000);
	gw_topic_config_fini(&c, &f.alloc);
	ck_assert_uint_eq(f.blocks, 0);
}
END_TEST

START_TEST(every_default_is_a_value_that_would_be_accepted)
{
	struct gw_topic_configs c = { { NULL } };
	struct fail_alloc f;

	fail_alloc_init(&f, 0);
	for (size_t i = 0; i < gw_n_topic_settings; i++)
		ck_assert_int_eq(
		    gw_topic_config_set(&c, &f.alloc, gw_str(gw_topic_settings[i].name),
			gw_str(gw_topic_settings[i].value), NULL),
		    0);
	gw_topic_config_fini(&c, &f.alloc);
}
END_TEST

Suite *
check_topic_config_suite(void)
{
	Suite *s = suite_create("topic_config");
	TCase *tc = tcase_create("topic_config");

	tcase_add_loop_test(tc, settings_are_judged_one_by_one, 0, (int)GW_N(cases));
	tcase_add_test(tc, overrides_go_before_the_brokers_options_and_can_be_taken_back);
	tcase_add_test(tc, every_default_is_a_value_that_would_be_accepted);
	suite_add_tcase(s, tc);
	return s;
}

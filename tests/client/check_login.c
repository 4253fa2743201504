/* SPDX-License-Identifier: MIT
 *
 * tests/client/check_login.c - logins: their place in the opening, how they fail, how they go on.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "tests/client/fake.h"
#include "tests/client/suites.h"

#define PLAIN "security.protocol=SASL_PLAINTEXT;sasl.mechanism=PLAIN;sasl.username=alice\n"
#define GOOD PLAIN "sasl.password=alice-secret"

static int
one_call(struct gw_client *c, int timeout_ms)
{
	struct gw_call *call = gw_call_cluster(c, NULL);
	int rc = call == NULL ? GW_ENOMEM : gw_call_wait(call, timeout_ms);

	gw_call_free(call);
	return rc;
}

static void
assert_refused(const char *config, const char *words)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, config);

	ck_assert_int_eq(one_call(c, 5000), GW_EAUTH);
	ck_assert_msg(strstr(gw_client_error(c)->msg, words) != NULL, "%s",
	    gw_client_error(c)->msg);
	ck_assert_ptr_null(strstr(gw_client_error(c)->msg, "secret"));
	gw_client_free(c);
	fake_free(w);
}

START_TEST(a_login_follows_apiversions_and_nothing_else_comes_before_its_end)
{
	static const int16_t keys[] = { GW_API_API_VERSIONS, GW_API_SASL_HANDSHAKE,
		GW_API_SASL_AUTHENTICATE, GW_API_METADATA };
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, GOOD);

	ck_assert_int_eq(one_call(c, 1000), 0);
	for (size_t i = 0; i < GW_N(keys); i++)
		ck_assert_int_eq(w->seen[i].key, keys[i]);
	ck_assert_int_eq(w->seen[2].version, 2);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_broker_that_knows_only_old_apiversions_is_logged_in_to_as_well)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, GOOD);

	w->brokers[0].versions = FAKE_V_35_RANGE;
	(void)one_call(c, 1000);	/* the range it tells is wrong, too: it knows only 0 */
	ck_assert_int_eq(one_call(c, 1000), 0);
	ck_assert_int_eq(fake_seen(w, GW_API_SASL_AUTHENTICATE, 0)->version, 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_refused_login_names_user_mechanism_and_reason)
{
	assert_refused(PLAIN "sasl.password=wrong-secret",
	    "b1:9000: login of user \"alice\" by PLAIN failed: the broker says: bad luck");
	assert_refused("security.protocol=SASL_PLAINTEXT;sasl.username=alice\nsasl.password=secret",
	    "has not enabled that mechanism; it offers GSSAPI, PLAIN");
	assert_refused("security.protocol=SASL_PLAINTEXT;sasl.mechanism=OAUTHBEARER",
	    "login by OAUTHBEARER failed");
}
END_TEST

START_TEST(a_refused_login_makes_no_storm)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, PLAIN "sasl.password=wrong");
	struct gw_event ev;

	fake_topic(w, "t", 1);
	ck_assert_int_eq(gw_assign(c, "t", 0, 0), 0);
	fake_run(w, c, 25000);
	ck_assert_uint_le(fake_n_seen(w, GW_API_SASL_AUTHENTICATE), 3);
	ck_assert_int_eq(gw_next_event(c, &ev), 1);
	ck_assert_int_eq(ev.err.code, GW_EAUTH);
	ck_assert(!ev.retriable);
	ck_assert_int_eq(gw_next_event(c, &ev), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_session_is_renewed_before_it_ends)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, GOOD);
	struct gw_stats stats;

	w->session_lifetime_ms = 2000;
	fake_topic(w, "t", 1);
	ck_assert_int_eq(gw_assign(c, "t", 0, 0), 0);
	fake_run(w, c, 10000);
	ck_assert_uint_ge(fake_n_seen(w, GW_API_SASL_AUTHENTICATE), 5);
	gw_get_stats(c, &stats);
	ck_assert_uint_eq(stats.disconnects, 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(javas_login_module_is_understood)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w,
	    "security.protocol=SASL_PLAINTEXT;sasl.mechanism=PLAIN;sasl.jaas.config=org.apache."
	    "kafka.common.security.plain.PlainLoginModule required username='alice' "
	    "password=\"alice\\-secret\";");

	ck_assert_int_eq(one_call(c, 1000), 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(logins_that_cannot_be_are_refused_at_once)
{
	static const char *const bad[][2] = {
		{ "sasl.mechanism=PLAIN", "needs sasl.username" },
		{ "sasl.mechanism=PLAIN;sasl.username=a", "needs sasl.username" },
		{ "sasl.mechanism=PLAIN;sasl.jaas.config=x required;", "it begins with" },
		{ "sasl.mechanism=PLAIN;sasl.jaas.config=PlainLoginModule username=u;",
		    "required" },
		{ "sasl.mechanism=PLAIN;sasl.jaas.config=ScramLoginModule required;",
		    "needs Plain" },
		{ "sasl.mechanism=PLAIN;sasl.jaas.config=PlainLoginModule required x=\"1;",
		    "x is not understood" },
		{ "sasl.mechanism=OAUTHBEARER;sasl.oauthbearer.token.endpoint.url=http://x",
		    "only file:///path" },
	};

	for (size_t i = 0; i < GW_N(bad); i++) {
		struct fake_world *w = fake_new(1);
		struct gw_err err;
		char text[400];

		(void)snprintf(text, sizeof(text),
		    "bootstrap.servers=h:1;security.protocol=SASL_PLAINTEXT;%s", bad[i][0]);
		ck_assert_ptr_null(gw_client_new_env(&w->env, text, &err));
		ck_assert_int_eq(err.code, GW_EINVAL);
		ck_assert_msg(strstr(err.msg, bad[i][1]) != NULL, "%s", err.msg);
		fake_free(w);
	}
}
END_TEST

static int
give_token(void *ctx, char *token, size_t cap)
{
	ck_assert_uint_gt(cap, 9);
	memcpy(token, "abc.def.x", 9);
	++*(int *)ctx;
	return 9;
}

START_TEST(the_application_gives_tokens)
{
	struct fake_world *w = fake_new(1);
	struct gw_client *c = fake_client(w, "security.protocol=SASL_PLAINTEXT;"
					     "sasl.mechanism=OAUTHBEARER");
	int n = 0;

	gw_on_token(c, give_token, &n);
	ck_assert_int_eq(one_call(c, 1000), GW_EAUTH);	/* this broker takes no tokens */
	ck_assert_int_eq(n, 0);
	gw_client_free(c);
	fake_free(w);
}
END_TEST

START_TEST(a_login_survives_every_failed_allocation)
{
	bool met = true;

	for (size_t k = 1; met; k++) {
		struct fake_world *w = fake_new(1);
		struct gw_client *c;
		struct gw_err err;

		w->client_alloc.fail_at = k;
		c = gw_client_new_env(&w->env, "bootstrap.servers=b1:9000;" GOOD, &err);
		if (c != NULL)
			(void)one_call(c, 2000);
		met = w->client_alloc.n_failed > 0;
		gw_client_free(c);
		fake_free(w);
	}
}
END_TEST

Suite *
check_login_suite(void)
{
	Suite *s = suite_create("login");
	TCase *tc = tcase_create("login");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_login_follows_apiversions_and_nothing_else_comes_before_its_end);
	tcase_add_test(tc, a_broker_that_knows_only_old_apiversions_is_logged_in_to_as_well);
	tcase_add_test(tc, a_refused_login_names_user_mechanism_and_reason);
	tcase_add_test(tc, a_refused_login_makes_no_storm);
	tcase_add_test(tc, a_session_is_renewed_before_it_ends);
	tcase_add_test(tc, javas_login_module_is_understood);
	tcase_add_test(tc, logins_that_cannot_be_are_refused_at_once);
	tcase_add_test(tc, the_application_gives_tokens);
	tcase_add_test(tc, a_login_survives_every_failed_allocation);
	suite_add_tcase(s, tc);
	return s;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/wire/check_sasl.c - the exchange of RFC 7677, both sides against each other, and what a
 * hostile other side may say.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/wire/suites.h"

#include <stdio.h>

#include "tests/support/fail_alloc.h"
#include "wire/sasl.h"
#include "wire/scram.h"

/* RFC 7677, section 3. */
#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define BOTH NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SERVER_FIRST "r=" BOTH ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define CLIENT_FINAL "c=biws,r=" BOTH ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SERVER_FINAL "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static struct gw_alloc alloc;
static struct gw_scram_client client;
static struct gw_buf out;
static struct gw_err err;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	gw_buf_init(&out, &alloc, 0);
	gw_scram_client_init(&client, &alloc, GW_HASH_SHA256, NONCE);
	client.user = GW_LIT("user");
	client.password = GW_LIT("pencil");
	ck_assert_int_eq(gw_scram_client_first(&client, &out), 0);
}

static void
teardown(void)
{
	gw_scram_client_fini(&client);
	gw_buf_fini(&out);
	ck_assert_uint_eq(alloc.used, 0);
}

static void
assert_out(const char *want)
{
	gw_buf_putc(&out, '\0');
	ck_assert_str_eq((const char *)out.ptr, want);
	gw_buf_clear(&out);
}

START_TEST(the_exchange_of_rfc_7677_is_held)
{
	assert_out("n,,n=user,r=" NONCE);
	ck_assert_int_eq(gw_scram_client_final(&client, GW_LIT(SERVER_FIRST), &out, &err), 0);
	assert_out(CLIENT_FINAL);
	ck_assert_int_eq(gw_scram_client_verify(&client, GW_LIT(SERVER_FINAL), &err), 0);
}
END_TEST

START_TEST(a_server_that_does_not_know_the_password_is_found_out)
{
	ck_assert_int_eq(gw_scram_client_final(&client, GW_LIT(SERVER_FIRST), &out, &err), 0);
	ck_assert_int_eq(gw_scram_client_verify(&client,
	    GW_LIT("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="), &err), GW_EPROTO);
	ck_assert_int_eq(gw_scram_client_verify(&client,
	    GW_LIT("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), &err), GW_EAUTH);
	ck_assert_ptr_nonnull(strstr(err.msg, "does not know the password itself"));
	/* A signature that is too short, even if it begins well. */
	ck_assert_int_eq(gw_scram_client_verify(&client, GW_LIT("v=6rriTRBi"), &err), GW_EAUTH);
	ck_assert_int_eq(gw_scram_client_verify(&client, GW_LIT("v="), &err), GW_EAUTH);
	ck_assert_int_eq(gw_scram_client_verify(&client, GW_LIT(""), &err), GW_EPROTO);
	ck_assert_int_eq(
	    gw_scram_client_verify(&client, GW_LIT("e=invalid-proof"), &err), GW_EAUTH);
	ck_assert_str_eq(err.msg, "the server says \"invalid-proof\"");
}
END_TEST

START_TEST(first_messages_that_are_not_in_order_are_refused_by_what_is_wrong)
{
	static const struct {
		const char	*text;
		int		 code;
		const char	*words;
	} cases[] = {
		{ "", GW_EPROTO, "has no nonce" },
		{ "m=x," SERVER_FIRST, GW_EPROTO, "has no nonce" },
		{ "r=", GW_EPROTO, "has no nonce" },
		{ "r=" BOTH " ,s=QQ==,i=4096", GW_EPROTO, "has no nonce" },
		{ "r=" NONCE ",s=QQ==,i=4096", GW_EPROTO, "does not go on from our nonce" },
		{ "r=somebody-elses,s=QQ==,i=4096", GW_EPROTO, "does not go on from our nonce" },
		{ "r=" BOTH, GW_EPROTO, "has no salt" },
		{ "r=" BOTH ",s=,i=4096", GW_EPROTO, "has no salt" },
		{ "r=" BOTH ",s=Q,i=4096", GW_EPROTO, "has no salt" },
		{ "r=" BOTH ",i=4096,s=QQ==", GW_EPROTO, "has no salt" },
		{ "r=" BOTH ",s=QQ==", GW_EPROTO, "has no iteration count" },
		{ "r=" BOTH ",s=QQ==,i=many", GW_EPROTO, "has no iteration count" },
		{ "r=" BOTH ",s=QQ==,i=99999999999999999999", GW_EPROTO, "has no iteration" },
		{ "r=" BOTH ",s=QQ==,i=4095", GW_ELIMIT, "wants 4095 iterations" },
		{ "r=" BOTH ",s=QQ==,i=-4096", GW_ELIMIT, "wants -4096 iterations" },
		{ "r=" BOTH ",s=QQ==,i=2000000000", GW_ELIMIT, "from 4096 to 262144 are taken" },
		{ "e=unknown-user", GW_EAUTH, "the server says \"unknown-user\"" },
	};

	for (size_t i = 0; i < GW_N(cases); i++) {
		struct gw_slice text = gw_str(cases[i].text);

		ck_assert_msg(gw_scram_client_final(&client, text, &out, &err) == cases[i].code,
		    "%s: %s", cases[i].text, err.msg);
		ck_assert_msg(strstr(err.msg, cases[i].words) != NULL, "%s: %s", cases[i].text,
		    err.msg);
	}
}
END_TEST

START_TEST(messages_and_salts_beyond_all_measure_are_refused)
{
	char text[GW_SCRAM_MESSAGE_MAX + 2];
	size_t n;

	memset(text, 'A', sizeof(text));
	ck_assert_int_eq(gw_scram_client_final(&client,
	    (struct gw_slice){ text, sizeof(text) }, &out, &err), GW_EPROTO);
	ck_assert_int_eq(gw_scram_client_verify(&client,
	    (struct gw_slice){ text, sizeof(text) }, &err), GW_EPROTO);
	n = (size_t)snprintf(text, sizeof(text), "%s", "r=" BOTH ",s=");
	memset(text + n, 'A', 400);
	n += 400;
	n += (size_t)snprintf(text + n, sizeof(text) - n, ",i=4096");
	ck_assert_int_eq(
	    gw_scram_client_final(&client, (struct gw_slice){ text, n }, &out, &err), GW_EPROTO);
}
END_TEST

START_TEST(an_extension_behind_the_iterations_is_ignored)
{
	ck_assert_int_eq(
	    gw_scram_client_final(&client, GW_LIT(SERVER_FIRST ",x=more"), &out, &err), 0);
}
END_TEST

/* A whole exchange. Where it ended: 0, or the first code. */
static int
converse(struct gw_alloc *a, enum gw_hash hash, const char *user, const char *password)
{
	struct gw_scram_credential cred = { .hash = hash, .iterations = 4096, .salt = "pepper",
	    .salt_len = 6 };
	struct gw_scram_client c;
	struct gw_scram_server s;
	struct gw_buf to, from;
	int rc;

	gw_scram_derive(&cred, GW_LIT("pencil"));
	gw_scram_client_init(&c, a, hash, "client-nonce");
	gw_scram_server_init(&s, a);
	gw_buf_init(&to, a, 0);
	gw_buf_init(&from, a, 0);
	c.user = gw_str(user);
	c.password = gw_str(password);
	rc = gw_scram_client_first(&c, &to);
	if (rc == 0)
		rc = gw_scram_server_begin(&s, gw_buf_slice(&to), &err);
	if (rc == 0 && !gw_slice_is(gw_buf_slice(&s.user), user))
		rc = GW_EDATA;
	if (rc == 0)
		rc = gw_scram_server_challenge(&s, &cred, "server-nonce", &from);
	gw_buf_clear(&to);
	if (rc == 0)
		rc = gw_scram_client_final(&c, gw_buf_slice(&from), &to, &err);
	gw_buf_clear(&from);
	if (rc == 0)
		rc = gw_scram_server_final(&s, gw_buf_slice(&to), &from, &err);
	if (rc == 0)
		rc = gw_scram_client_verify(&c, gw_buf_slice(&from), &err);
	gw_buf_fini(&to);
	gw_buf_fini(&from);
	gw_scram_server_fini(&s);
	gw_scram_client_fini(&c);
	return rc;
}

START_TEST(both_sides_understand_each_other_with_either_hash)
{
	for (int h = GW_HASH_SHA256; h <= GW_HASH_SHA512; h++) {
		ck_assert_int_eq(converse(&alloc, (enum gw_hash)h, "alice", "pencil"), 0);
		ck_assert_int_eq(converse(&alloc, (enum gw_hash)h, "alice", "Pencil"), GW_EAUTH);
		ck_assert_str_eq(err.msg, "wrong user or password");
	}
}
END_TEST

START_TEST(users_with_commas_and_equals_signs_come_through)
{
	ck_assert_int_eq(converse(&alloc, GW_HASH_SHA256, "CN=alice,O=x", "pencil"), 0);
	ck_assert_int_eq(converse(&alloc, GW_HASH_SHA256, "=2C", "pencil"), 0);
	ck_assert_int_eq(converse(&alloc, GW_HASH_SHA256, "J\xc3\xbcrgen", "pencil"), 0);
}
END_TEST

static int
converse_well(struct gw_alloc *a, void *arg)
{
	(void)arg;
	return converse(a, GW_HASH_SHA256, "alice", "pencil");
}

START_TEST(an_exchange_survives_every_failed_allocation)
{
	ck_assert_uint_gt(fail_alloc_sweep(converse_well, NULL), 8);
}
END_TEST

static int
server_begins(const char *text)
{
	struct gw_scram_server s;
	int rc;

	gw_scram_server_init(&s, &alloc);
	rc = gw_scram_server_begin(&s, gw_str(text), &err);
	gw_scram_server_fini(&s);
	return rc;
}

START_TEST(the_server_refuses_first_messages_that_are_not_in_order)
{
	static const char *const bad[] = { "", "n", "n,", "n,,", "p=tls-unique,,n=a,r=b", "n,,r=b",
		"n,,n=,r=b", "n,,n=a", "n,,n=a,r=", "n,,n=a=2X,r=b", "n,,n=a=,r=b",
		"n,a=b,n=a,r=b", "n,x,n=a,r=b", "n,,n=a,r=b c", "x,,n=a,r=b", "n,,m=1,n=a,r=b" };

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(server_begins(bad[i]) == GW_EPROTO, "%s", bad[i]);
	ck_assert_int_eq(server_begins("n,,n=a,r=b"), 0);
	ck_assert_int_eq(server_begins("y,,n=a,r=b"), 0);
	ck_assert_int_eq(server_begins("n,a=a,n=a,r=b"), 0);
	ck_assert_int_eq(server_begins("n,,n=a,r=b,ext=1"), 0);
}
END_TEST

START_TEST(the_server_takes_no_final_message_but_the_one_that_answers_its_own)
{
	static const char *const bad[] = { "", "c=biws", "c=eSws,r=" BOTH ",p=QQ==",
		"c=biws,r=" NONCE ",p=QQ==", "c=biws,r=" BOTH, "c=biws,r=" BOTH ",p=",
		"c=biws,r=" BOTH ",p=QQ==", "c=biws,r=" BOTH ",p=?", CLIENT_FINAL ",x=1" };
	struct gw_scram_credential cred = { .hash = GW_HASH_SHA256, .iterations = 4096,
	    .salt = { 0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12,
		0x36, 0xfa, 0x81 },
	    .salt_len = 16 };

	gw_scram_derive(&cred, GW_LIT("pencil"));
	for (size_t i = 0; i <= GW_N(bad); i++) {
		struct gw_scram_server s;
		int rc;

		gw_scram_server_init(&s, &alloc);
		ck_assert_int_eq(gw_scram_server_begin(&s, GW_LIT("n,,n=user,r=" NONCE), &err), 0);
		gw_buf_clear(&out);
		ck_assert_int_eq(gw_scram_server_challenge(
		    &s, &cred, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", &out), 0);
		assert_out(SERVER_FIRST);
		rc = gw_scram_server_final(
		    &s, gw_str(i < GW_N(bad) ? bad[i] : CLIENT_FINAL), &out, &err);
		ck_assert_msg(rc == (i < GW_N(bad) ? GW_EPROTO : 0), "%zu: %d", i, rc);
		gw_scram_server_fini(&s);
	}
	assert_out(SERVER_FINAL);
}
END_TEST

START_TEST(a_stored_credential_knows_its_password)
{
	struct gw_scram_credential c = { .hash = GW_HASH_SHA512, .iterations = 4096, .salt = "salt",
	    .salt_len = 4 };

	gw_scram_derive(&c, GW_LIT("pencil"));
	ck_assert(gw_scram_matches(&c, GW_LIT("pencil")));
	ck_assert(!gw_scram_matches(&c, GW_LIT("pencil ")));
	ck_assert(!gw_scram_matches(&c, GW_LIT("")));
}
END_TEST

START_TEST(nonces_are_printable)
{
	uint8_t random[GW_SCRAM_RANDOM];
	char text[33];

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (uint8_t)(i * 37);
	gw_scram_nonce(random, text);
	ck_assert_str_eq(text, "ACVKb5S53gMoTXKXvOEGK1B1mr/kCS5T");
}
END_TEST

START_TEST(plain_is_written_and_read)
{
	struct gw_slice user, password;

	gw_buf_clear(&out);
	gw_sasl_plain_put(&out, GW_LIT("alice"), GW_LIT("alice-secret"));
	ck_assert_uint_eq(out.len, 19);
	ck_assert_mem_eq(out.ptr, "\0alice\0alice-secret", 19);
	ck_assert_int_eq(gw_sasl_plain_get(gw_buf_slice(&out), &user, &password), 0);
	ck_assert(gw_slice_is(user, "alice") && gw_slice_is(password, "alice-secret"));
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("bob\0bob\0x"), &user, &password), 0);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("eve\0bob\0x"), &user, &password), GW_EPROTO);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("\0bob\0x\0y"), &user, &password), GW_EPROTO);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("\0bob\0"), &user, &password), GW_EPROTO);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("\0\0x"), &user, &password), GW_EPROTO);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("\0bob"), &user, &password), GW_EPROTO);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT("bob"), &user, &password), GW_EPROTO);
	ck_assert_int_eq(gw_sasl_plain_get(GW_LIT(""), &user, &password), GW_EPROTO);
}
END_TEST

START_TEST(a_token_travels_as_rfc_7628_says)
{
	gw_buf_clear(&out);
	gw_sasl_token_put(&out, GW_LIT("abc.def"));
	assert_out("n,,\1auth=Bearer abc.def\1\1");
	ck_assert_int_eq(gw_sasl_check_token(GW_LIT("abc.def-_~+/="), &err), 0);
	ck_assert_int_eq(gw_sasl_check_token(GW_LIT("abc\1auth=Bearer x"), &err), GW_EINVAL);
	ck_assert_int_eq(gw_sasl_check_token(GW_LIT(""), &err), GW_EINVAL);
}
END_TEST

START_TEST(texts_that_no_broker_could_compare_are_refused_without_being_shown)
{
	ck_assert_int_eq(gw_sasl_check(GW_LIT("J\xc3\xbcrgen"), "the user name", &err), 0);
	ck_assert_int_eq(gw_sasl_check(GW_LIT("abc\tdef"), "the password", &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "the password has a control character in it");
	ck_assert_int_eq(gw_sasl_check(GW_LIT("J\xfcrgen"), "the password", &err), GW_EINVAL);
	ck_assert_str_eq(err.msg, "the password is not UTF-8");
	ck_assert_int_eq(gw_sasl_check(GW_LIT(""), "the password", &err), GW_EINVAL);
}
END_TEST

START_TEST(mechanisms_are_found_by_their_names)
{
	for (int m = 0; m < GW_N_SASL; m++)
		ck_assert_int_eq(gw_sasl_find(gw_str(gw_sasl_name((enum gw_sasl_mechanism)m))), m);
	ck_assert_int_eq(gw_sasl_find(GW_LIT("GSSAPI")), GW_N_SASL);
	ck_assert_int_eq(gw_sasl_find(GW_LIT("plain")), GW_N_SASL);
}
END_TEST

Suite *
check_sasl_suite(void)
{
	Suite *s = suite_create("sasl");
	TCase *tc = tcase_create("sasl");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_exchange_of_rfc_7677_is_held);
	tcase_add_test(tc, a_server_that_does_not_know_the_password_is_found_out);
	tcase_add_test(tc, first_messages_that_are_not_in_order_are_refused_by_what_is_wrong);
	tcase_add_test(tc, messages_and_salts_beyond_all_measure_are_refused);
	tcase_add_test(tc, an_extension_behind_the_iterations_is_ignored);
	tcase_add_test(tc, both_sides_understand_each_other_with_either_hash);
	tcase_add_test(tc, users_with_commas_and_equals_signs_come_through);
	tcase_add_test(tc, an_exchange_survives_every_failed_allocation);
	tcase_add_test(tc, the_server_refuses_first_messages_that_are_not_in_order);
	tcase_add_test(tc, the_server_takes_no_final_message_but_the_one_that_answers_its_own);
	tcase_add_test(tc, a_stored_credential_knows_its_password);
	tcase_add_test(tc, nonces_are_printable);
	tcase_add_test(tc, plain_is_written_and_read);
	tcase_add_test(tc, a_token_travels_as_rfc_7628_says);
	tcase_add_test(tc, texts_that_no_broker_could_compare_are_refused_without_being_shown);
	tcase_add_test(tc, mechanisms_are_found_by_their_names);
	suite_add_tcase(s, tc);
	return s;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_secret.c - SHA-512, HMAC, PBKDF2 with the vectors of FIPS 180-4, RFC 4231 and
 * RFC 7914; comparing and wiping.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <stdio.h>
#include <string.h>

#include "base/hmac.h"
#include "base/secret.h"

#define COUNT	(-1)	/* bytes 1, 2, 3... */

static void
assert_hex(const uint8_t *got, size_t len, const char *want)
{
	char text[2 * 64 + 1];

	ck_assert_uint_le(len, 64);
	for (size_t i = 0; i < len; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", got[i]);
	ck_assert_str_eq(text, want);
}

static void
assert_sha512(const char *text, size_t len, const char *want)
{
	struct gw_sha512 s;
	uint8_t sum[GW_SHA512_LEN];

	gw_sha512_init(&s);
	gw_sha512_add(&s, text, len);
	gw_sha512_end(&s, sum);
	assert_hex(sum, sizeof(sum), want);
}

START_TEST(sha512_of_the_examples_of_the_standard_hold)
{
	assert_sha512("", 0,
	    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
	assert_sha512("abc", 3,
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	assert_sha512("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		      "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 112,
	    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
	    "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909");
}
END_TEST

START_TEST(sha512_of_a_million_letters_is_as_published)
{
	uint8_t sum[GW_SHA512_LEN];
	char block[1000];
	struct gw_sha512 s;

	memset(block, 'a', sizeof(block));
	gw_sha512_init(&s);
	for (int i = 0; i < 1000; i++)
		gw_sha512_add(&s, block, sizeof(block));
	gw_sha512_end(&s, sum);
	assert_hex(sum, sizeof(sum),
	    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	    "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b");
}
END_TEST

START_TEST(sha512_of_pieces_is_that_of_the_whole)
{
	uint8_t whole[GW_SHA512_LEN], pieces[GW_SHA512_LEN];
	struct gw_sha512 s;
	char text[400];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t len = 0; len <= sizeof(text); len += 13)
		for (size_t step = 1; step < 270; step += 9) {
			gw_sha512_init(&s);
			gw_sha512_add(&s, text, len);
			gw_sha512_end(&s, whole);
			gw_sha512_init(&s);
			for (size_t at = 0; at < len; at += step)
				gw_sha512_add(&s, text + at, len - at < step ? len - at : step);
			gw_sha512_end(&s, pieces);
			ck_assert_mem_eq(pieces, whole, sizeof(whole));
		}
}
END_TEST

struct bytes {
	const char	*text;		/* NULL: len times fill */
	int		 fill;
	size_t		 len;
};

static const struct {
	struct bytes	 key, data;
	const char	*sha256, *sha512;
} hmacs[] = {		/* RFC 4231, cases 1 to 4, 6 and 7 */
	{ { NULL, 0x0b, 20 }, { "Hi There", 0, 8 },
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	    "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
	{ { "Jefe", 0, 4 }, { "what do ya want for nothing?", 0, 28 },
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ { NULL, 0xaa, 20 }, { NULL, 0xdd, 50 },
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
	    "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
	    "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
	{ { NULL, COUNT, 25 }, { NULL, 0xcd, 50 },
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
	    "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
	    "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
	{ { NULL, 0xaa, 131 }, { "Test Using Larger Than Block-Size Key - Hash Key First", 0, 54 },
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	    "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
	{ { NULL, 0xaa, 131 }, {
	    "This is a test using a larger than block-size key and a larger than bl"
	    "ock-size data. The key needs to be hashed before being used by the HMAC algorithm.",
	    0, 152 },
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	    "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
	    "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" },
};

static struct gw_slice
slice_of(const struct bytes *b, char *room)
{
	if (b->text != NULL)
		return (struct gw_slice){ b->text, b->len };
	for (size_t i = 0; i < b->len; i++)
		room[i] = (char)(b->fill == COUNT ? (int)i + 1 : b->fill);
	return (struct gw_slice){ room, b->len };
}

START_TEST(hmac_holds_the_vectors_of_rfc_4231)
{
	for (size_t i = 0; i < sizeof(hmacs) / sizeof(hmacs[0]); i++) {
		char key_room[200], data_room[200];
		struct gw_slice key = slice_of(&hmacs[i].key, key_room);
		struct gw_slice data = slice_of(&hmacs[i].data, data_room);
		uint8_t sum[GW_HASH_MAX];

		gw_hmac(GW_HASH_SHA256, key, data, sum);
		assert_hex(sum, 32, hmacs[i].sha256);
		gw_hmac(GW_HASH_SHA512, key, data, sum);
		assert_hex(sum, 64, hmacs[i].sha512);
	}
}
END_TEST

START_TEST(pbkdf2_holds_the_vectors_of_rfc_7914)
{
	struct gw_pbkdf2 how = { GW_HASH_SHA256, GW_LIT("passwd"), GW_LIT("salt"), 1 };
	uint8_t key[64];

	gw_pbkdf2(&how, key, sizeof(key));
	assert_hex(key, sizeof(key),
	    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
	    "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
	how = (struct gw_pbkdf2){ GW_HASH_SHA256, GW_LIT("Password"), GW_LIT("NaCl"), 80000 };
	gw_pbkdf2(&how, key, sizeof(key));
	assert_hex(key, sizeof(key),
	    "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
	    "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}
END_TEST

START_TEST(pbkdf2_over_sha512_is_what_python_computes)
{
	struct gw_pbkdf2 how = { GW_HASH_SHA512, GW_LIT("password"), GW_LIT("salt"), 1000 };
	uint8_t key[64];

	gw_pbkdf2(&how, key, sizeof(key));
	assert_hex(key, sizeof(key),
	    "afe6c5530785b6cc6b1c6453384731bd5ee432ee549fd42fb6695779ad8a1c5b"
	    "f59de69c48f774efc4007d5298f9033c0241d5ab69305e7b64eceeb8d834cfec");
	/* Less than a block is the front of it. */
	memset(key, 0, sizeof(key));
	gw_pbkdf2(&how, key, 5);
	ck_assert_int_eq(key[4], 0x07);
	ck_assert_int_eq(key[5], 0);
}
END_TEST

START_TEST(equal_is_told_from_different_at_any_place)
{
	uint8_t a[40] = { 1, 2, 3 }, b[40] = { 1, 2, 3 };

	ck_assert(gw_secret_eq(a, b, sizeof(a)));
	ck_assert(gw_secret_eq(a, b, 0));
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] ^= 0x80;
		ck_assert(!gw_secret_eq(a, b, sizeof(a)));
		ck_assert(gw_secret_eq(a, b, i));
		b[i] ^= 0x80;
	}
}
END_TEST

START_TEST(wiped_memory_holds_nothing)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	char text[] = "alice-secret";
	struct gw_buf b;

	gw_secret_wipe(text, sizeof(text));
	for (size_t i = 0; i < sizeof(text); i++)
		ck_assert_int_eq(text[i], 0);
	gw_secret_wipe(NULL, 0);
	gw_secret_free(&alloc, gw_alloc_str(&alloc, GW_LIT("secret")));
	gw_secret_free(&alloc, NULL);
	gw_buf_init(&b, &alloc, 0);
	gw_secret_buf_fini(&b);
	gw_buf_puts(&b, "secret");
	gw_secret_buf_fini(&b);
	ck_assert_uint_eq(alloc.used, 0);
}
END_TEST

START_TEST(a_keyed_hash_leaves_no_key_behind)
{
	static const struct gw_hmac nothing;
	uint8_t sum[GW_HASH_MAX];
	struct gw_hmac h;

	gw_hmac_init(&h, GW_HASH_SHA512, GW_LIT("key"));
	gw_hmac_add(&h, GW_LIT("text"));
	gw_hmac_end(&h, sum);
	ck_assert_mem_eq(&h, &nothing, sizeof(h));
}
END_TEST

Suite *
check_secret_suite(void)
{
	Suite *s = suite_create("secret");
	TCase *tc = tcase_create("secret");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, sha512_of_the_examples_of_the_standard_hold);
	tcase_add_test(tc, sha512_of_a_million_letters_is_as_published);
	tcase_add_test(tc, sha512_of_pieces_is_that_of_the_whole);
	tcase_add_test(tc, hmac_holds_the_vectors_of_rfc_4231);
	tcase_add_test(tc, pbkdf2_holds_the_vectors_of_rfc_7914);
	tcase_add_test(tc, pbkdf2_over_sha512_is_what_python_computes);
	tcase_add_test(tc, equal_is_told_from_different_at_any_place);
	tcase_add_test(tc, wiped_memory_holds_nothing);
	tcase_add_test(tc, a_keyed_hash_leaves_no_key_behind);
	suite_add_tcase(s, tc);
	return s;
}

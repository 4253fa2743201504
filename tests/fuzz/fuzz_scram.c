/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_scram.c - what a hostile server or client says in a login. The first byte picks
 * who listens, lines are messages. Nothing but the right proof may ever let anybody in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include "base/slice.h"
#include "wire/sasl.h"
#include "wire/scram.h"

#define NONCE "rOprNGfwEbeRWgbNEkqO"

static void
hear_server(struct gw_alloc *alloc, struct gw_slice text)
{
	struct gw_slice rest, first = gw_slice_cut(text, '\n', &rest);
	struct gw_scram_client c;
	struct gw_err err = { 0 };
	struct gw_buf out;
	int rc;

	gw_buf_init(&out, alloc, 0);
	gw_scram_client_init(&c, alloc, GW_HASH_SHA256, NONCE);
	c.user = GW_LIT("user");
	c.password = GW_LIT("pencil");
	FUZZ_CHECK(gw_scram_client_first(&c, &out) == 0);
	rc = gw_scram_client_final(&c, first, &out, &err);
	FUZZ_CHECK(rc == 0 || (err.code == rc && err.msg[0] != '\0'));
	if (rc == 0 && rest.ptr != NULL) {
		rc = gw_scram_client_verify(&c, rest, &err);
		FUZZ_CHECK(rc == 0 || err.code == rc);
	}
	gw_scram_client_fini(&c);
	gw_buf_fini(&out);
}

static void
hear_client(struct gw_alloc *alloc, struct gw_slice text)
{
	/* Keys that belong to no password: whoever gets in found a hole. */
	static const struct gw_scram_credential nobody = { .hash = GW_HASH_SHA256,
		.iterations = 4096, .salt = "salt", .salt_len = 4 };
	struct gw_slice rest, first = gw_slice_cut(text, '\n', &rest), user, password;
	struct gw_scram_server s;
	struct gw_err err = { 0 };
	struct gw_buf out;

	gw_buf_init(&out, alloc, 0);
	gw_scram_server_init(&s, alloc);
	if (gw_scram_server_begin(&s, first, &err) == 0) {
		FUZZ_CHECK(s.user.len > 0);
		FUZZ_CHECK(gw_scram_server_challenge(&s, &nobody, "server", &out) == 0);
		FUZZ_CHECK(gw_scram_server_final(&s, rest, &out, &err) != 0);
	}
	if (gw_sasl_plain_get(text, &user, &password) == 0)
		FUZZ_CHECK(user.len > 0 && password.len > 0);
	gw_scram_server_fini(&s);
	gw_buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc((size_t)64 << 20);
	struct gw_slice text = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		hear_server(&alloc, text);
	else
		hear_client(&alloc, text);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * client/login.c - the exchange with a broker. What it is about comes from login_setup.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/login.h"

#include "base/secret.h"
#include "client/internal.h"
#include "client/request.h"
#include "wire/msg_sasl_authenticate.h"
#include "wire/msg_sasl_handshake.h"
#include "wire/scram.h"

/* The last tenth of a session, and some more at random, is for the next login. KIP-368. */
#define SESSION_PART_MIN	0.80
#define SESSION_PART_SPREAD	0.10

enum step { STEP_FIRST, STEP_FINAL, STEP_VERIFIED };

struct gw_exchange {
	enum step		 step;
	struct gw_scram_client	 scram;
	char			 refusal[160];	/* OAUTHBEARER: what the broker said first */
};

void
gw_login_drop(struct gw_conn *conn)
{
	struct gw_exchange *x = conn->exchange;

	if (x == NULL)
		return;
	gw_scram_client_fini(&x->scram);
	gw_secret_wipe(x, sizeof(*x));
	gw_alloc_free(conn->client->env->alloc, x);
	conn->exchange = NULL;
}

/* What a broker says may hold anything; one line is wanted. */
static struct gw_slice
one_line(struct gw_slice text, char *room, size_t cap)
{
	size_t len = text.len < cap ? text.len : cap;

	for (size_t i = 0; i < len; i++)
		room[i] = (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i];
	return (struct gw_slice){ room, len };
}

/* Ends the connection once the handler returns. But for GW_ENOMEM it is GW_EAUTH. */
static void
refuse(struct gw_conn *conn, int code, const char *why)
{
	const struct gw_login *l = &conn->client->login;

	if (code == GW_ENOMEM)
		(void)gw_err_set(&conn->err, code, "%s:%u: login: %s", conn->host,
		    (unsigned)conn->port, gw_strerror(code));
	else if (l->user != NULL)
		(void)gw_err_set(&conn->err, GW_EAUTH,
		    "%s:%u: login of user \"%.64s\" by %s failed: %s", conn->host,
		    (unsigned)conn->port, l->user, gw_sasl_name(l->mechanism), why);
	else
		(void)gw_err_set(&conn->err, GW_EAUTH, "%s:%u: login by %s failed: %s", conn->host,
		    (unsigned)conn->port, gw_sasl_name(l->mechanism), why);
	conn->doomed = true;
}

/* ---- the messages ---- */

static int
begin_scram(struct gw_conn *conn, struct gw_exchange *x, struct gw_buf *out, struct gw_err *err)
{
	const struct gw_login *l = &conn->client->login;
	uint8_t random[GW_SCRAM_RANDOM];
	char nonce[33];
	int rc = gw_env_random(conn->client->env, random, sizeof(random));

	if (rc != 0)
		return gw_err_set(err, rc, "there are no random bytes for a nonce");
	gw_scram_nonce(random, nonce);
	gw_scram_client_init(
	    &x->scram, conn->client->env->alloc, gw_sasl_hash(l->mechanism), nonce);
	x->scram.user = gw_str(l->user);
	x->scram.password = gw_str(l->password);
	return gw_scram_client_first(&x->scram, out);
}

static int
token_of_application(struct gw_client *c, struct gw_buf *token, struct gw_err *err)
{
	uint8_t *to = gw_buf_reserve(token, GW_SASL_TOKEN_MAX);
	int n;

	if (to == NULL)
		return GW_ENOMEM;
	n = c->login.token(c->login.token_ctx, (char *)to, GW_SASL_TOKEN_MAX);
	if (n < 0 || (size_t)n > GW_SASL_TOKEN_MAX)
		return gw_err_set(err, n < 0 ? n : GW_EINVAL, "the application gave no token: %s",
		    gw_strerror(n < 0 ? n : GW_EINVAL));
	token->len = (size_t)n;
	return 0;
}

static int
put_token(struct gw_conn *conn, struct gw_buf *out, struct gw_err *err)
{
	struct gw_client *c = conn->client;
	struct gw_slice text;
	struct gw_buf token;
	int rc;

	gw_buf_init(&token, c->env->alloc, GW_SASL_TOKEN_MAX + 1);
	if (c->login.token != NULL)
		rc = token_of_application(c, &token, err);
	else if (c->login.token_path == NULL)
		rc = gw_err_set(err, GW_EINVAL, "there is no token: set "
		    "sasl.oauthbearer.token.endpoint.url=file:///path, or gw_on_token()");
	else
		rc = gw_fs_read_file(c->env->fs, c->login.token_path, &token, err);
	text = gw_buf_slice(&token);
	while (text.len > 0 && strchr("\r\n \t", text.ptr[text.len - 1]) != NULL)
		text.len--;
	if (rc == 0)
		rc = gw_sasl_check_token(text, err);
	if (rc == 0) {
		gw_sasl_token_put(out, text);
		rc = out->err;
	}
	gw_secret_buf_fini(&token);
	return rc;
}

static int
first_message(struct gw_conn *conn, struct gw_buf *out, struct gw_err *err)
{
	const struct gw_login *l = &conn->client->login;

	switch (l->mechanism) {
	case GW_SASL_PLAIN:
		gw_sasl_plain_put(out, gw_str(l->user), gw_str(l->password));
		return out->err;
	case GW_SASL_OAUTHBEARER:
		return put_token(conn, out, err);
	default:
		return begin_scram(conn, conn->exchange, out, err);
	}
}

/* The broker's message. 1: out has the answer, 0: that was the end, or GW_E*. */
static int
next_message(struct gw_conn *conn, struct gw_slice said, struct gw_buf *out, struct gw_err *err)
{
	struct gw_exchange *x = conn->exchange;
	struct gw_slice line;
	int rc;

	switch (conn->client->login.mechanism) {
	case GW_SASL_PLAIN:
		return 0;
	case GW_SASL_OAUTHBEARER:
		if (said.len == 0)
			return 0;
		/* It says why in JSON and wants a byte before it says so with an error code. */
		line = one_line(said, x->refusal, sizeof(x->refusal) - 1);
		x->refusal[line.len] = '\0';
		gw_buf_putc(out, '\1');
		return out->err != 0 ? out->err : 1;
	default:
		if (x->step == STEP_FINAL) {
			rc = gw_scram_client_verify(&x->scram, said, err);
			x->step = rc == 0 ? STEP_VERIFIED : x->step;
			return rc;
		}
		x->step = STEP_FINAL;
		rc = gw_scram_client_final(&x->scram, said, out, err);
		return rc == 0 ? 1 : rc;
	}
}

/* ---- the requests ---- */

static void authenticated(struct gw_client *c, void *owner, const struct gw_reply *reply);

/* Wipes the message; what is queued of it, gw_conn_flush() does. */
static int
send_message(struct gw_conn *conn, struct gw_buf *message)
{
	struct gw_sasl_authenticate_request rq = { .auth_bytes = gw_buf_slice(message) };
	struct gw_send_spec spec = { .key = GW_API_SASL_AUTHENTICATE,
	    .handler = { authenticated, conn } };
	int rc = 0;

	if (conn->versions == GW_VERSIONS_KNOWN)
		rc = gw_conn_version(conn, spec.key, &conn->err);
	if (rc >= 0) {
		spec.version = (int16_t)rc;
		rc = gw_conn_send(conn, &spec, &rq, &conn->err);
	}
	gw_secret_buf_fini(message);
	if (rc != 0)
		conn->doomed = true;
	return rc;
}

static void
finished(struct gw_conn *conn, int64_t lifetime_ms)
{
	struct gw_client *c = conn->client;
	double part = SESSION_PART_MIN + SESSION_PART_SPREAD * gw_rng_unit(&c->env->rng);

	gw_login_drop(conn);
	conn->login = GW_LOGIN_DONE;
	conn->login_again_us = GW_NEVER_US;
	if (lifetime_ms > 0 && lifetime_ms < INT32_MAX)
		conn->login_again_us = c->now.us + (int64_t)((double)gw_ms(lifetime_ms) * part);
	c->again = true;
	if (conn->versions == GW_VERSIONS_KNOWN)
		gw_conn_opened(conn);
	else if (gw_request_versions(conn) != 0)
		conn->doomed = true;
}

/* An answer without a complaint, but SCRAM's end must have been seen. */
static void
go_on(struct gw_conn *conn, const struct gw_sasl_authenticate_response *r)
{
	struct gw_err err = { 0 };
	struct gw_buf out;
	int rc;

	gw_buf_init(&out, conn->client->env->alloc, 0);
	rc = next_message(conn, r->auth_bytes, &out, &err);
	if (rc == 1) {
		(void)send_message(conn, &out);
		return;
	}
	gw_secret_buf_fini(&out);
	if (rc == 0)
		finished(conn, r->session_lifetime_ms);
	else
		refuse(conn, rc, err.msg[0] != '\0' ? err.msg : gw_strerror(rc));
}

static void
authenticated(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	struct gw_conn *conn = owner;
	const struct gw_sasl_authenticate_response *r = reply->body;
	char room[200], text[400];
	struct gw_slice said;

	(void)c;
	if (reply->code != 0)
		return;		/* conn.c knows what to do about it */
	if (r->error_code == 0) {
		go_on(conn, r);
		return;
	}
	said = one_line(r->error_message, room, sizeof(room));
	if (said.len == 0)
		said = gw_str(conn->exchange->refusal[0] != '\0' ? conn->exchange->refusal :
		    gw_strerror(r->error_code));
	(void)snprintf(text, sizeof(text), "the broker says: %.*s", GW_FMT(said));
	refuse(conn, GW_EAUTH, text);
}

/* "PLAIN, SCRAM-SHA-256" */
static void
list_mechanisms(const struct gw_sasl_handshake_response *r, char *to, size_t cap)
{
	size_t at = 0;

	to[0] = '\0';
	for (size_t i = 0; i < r->n_mechanisms && at + 2 < cap; i++) {
		char room[40];
		struct gw_slice name = one_line(r->mechanisms[i], room, sizeof(room));
		int n = snprintf(to + at, cap - at, "%s%.*s", i > 0 ? ", " : "", GW_FMT(name));

		at += n > 0 ? (size_t)n : 0;
	}
}

static void
shaken(struct gw_client *c, void *owner, const struct gw_reply *reply)
{
	struct gw_conn *conn = owner;
	const struct gw_sasl_handshake_response *r = reply->body;
	struct gw_err err = { 0 };
	char names[160], text[320];
	struct gw_buf out;
	int rc;

	if (reply->code != 0)
		return;
	if (r->error_code == GW_K_UNSUPPORTED_SASL_MECHANISM) {
		list_mechanisms(r, names, sizeof(names));
		(void)snprintf(text, sizeof(text),
		    "the broker has not enabled that mechanism; it offers %s (sasl.mechanism)",
		    names[0] == '\0' ? "none" : names);
		refuse(conn, GW_EAUTH, text);
		return;
	}
	if (r->error_code != 0) {
		(void)snprintf(text, sizeof(text), "%s; is this listener one with SASL?",
		    gw_strerror(r->error_code));
		refuse(conn, GW_EAUTH, text);
		return;
	}
	conn->exchange = gw_alloc_zero(c->env->alloc, 1, sizeof(*conn->exchange));
	gw_buf_init(&out, c->env->alloc, 0);
	rc = conn->exchange == NULL ? GW_ENOMEM : first_message(conn, &out, &err);
	if (rc == 0) {
		(void)send_message(conn, &out);
		return;
	}
	gw_secret_buf_fini(&out);
	refuse(conn, rc, err.msg[0] != '\0' ? err.msg : gw_strerror(rc));
}

int
gw_login_begin(struct gw_conn *conn)
{
	struct gw_sasl_handshake_request rq = {
		.mechanism = gw_str(gw_sasl_name(conn->client->login.mechanism))
	};
	struct gw_send_spec spec = { .key = GW_API_SASL_HANDSHAKE, .version = 1,
	    .handler = { shaken, conn } };

	conn->login = GW_LOGIN_UNDER_WAY;
	return gw_conn_send(conn, &spec, &rq, &conn->err);
}

int
gw_login_step(struct gw_conn *conn)
{
	struct gw_client *c = conn->client;

	if (conn->login == GW_LOGIN_DONE && conn->login_again_us <= c->now.us)
		conn->login = GW_LOGIN_WAITING;
	if (conn->login == GW_LOGIN_DONE)
		gw_wake(c, conn->login_again_us);
	if (conn->login == GW_LOGIN_WAITING && conn->versions == GW_VERSIONS_KNOWN &&
	    conn->first == NULL)
		return gw_login_begin(conn);
	return 0;
}

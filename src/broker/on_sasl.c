/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/broker_int.h"

#include "base/err.h"
#include "base/secret.h"
#include "wire/msg_sasl_authenticate.h"
#include "wire/msg_sasl_handshake.h"

#define REFUSED_DELAY_US 100000		/* as Apache Kafka's: guessing takes time */

/* A login under way on a connection. */
struct gw_peer_login {
	enum gw_sasl_mechanism	mechanism;
	bool			challenged;	/* SCRAM: the first half is done */
	struct gw_scram_server	scram;
};

bool
gw_peer_may_ask(const struct gw_peer *c, int16_t key)
{
	return c->b->users.by_name.n == 0 || c->logged_in || key == GW_API_API_VERSIONS ||
	    key == GW_API_SASL_HANDSHAKE || key == GW_API_SASL_AUTHENTICATE;
}

void
gw_peer_login_drop(struct gw_peer *c)
{
	if (c->login == NULL)
		return;
	gw_scram_server_fini(&c->login->scram);
	gw_alloc_free(c->b->env->alloc, c->login);
	c->login = NULL;
}

/* ---- SaslHandshake ---- */

int
gw_on_sasl_handshake(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_sasl_handshake_request *q = request;
	struct gw_sasl_handshake_response *r = response;
	struct gw_peer *c = rq->p->conn;
	enum gw_sasl_mechanism m = gw_sasl_find(q->mechanism);

	r->mechanisms = gw_arena_zero(rq->arena, GW_N_SASL, sizeof(*r->mechanisms));
	if (r->mechanisms == NULL)
		return GW_ENOMEM;
	if (rq->b->users.by_name.n == 0 || c->logged_in || c->login != NULL) {
		r->error_code = GW_K_ILLEGAL_SASL_STATE;
		return 0;
	}
	for (int i = 0; i < GW_SASL_OAUTHBEARER; i++)
		r->mechanisms[r->n_mechanisms++] = gw_str(gw_sasl_name((enum gw_sasl_mechanism)i));
	if (m >= GW_SASL_OAUTHBEARER) {
		r->error_code = GW_K_UNSUPPORTED_SASL_MECHANISM;
		c->closing = true;
		return 0;
	}
	c->login = gw_alloc_zero(rq->b->env->alloc, 1, sizeof(*c->login));
	if (c->login == NULL)
		return GW_ENOMEM;
	c->login->mechanism = m;
	gw_scram_server_init(&c->login->scram, rq->b->env->alloc);
	return 0;
}

/* ---- SaslAuthenticate ---- */

static void
welcome(struct gw_peer *c, struct gw_slice user)
{
	gw_log(c->b->env->log, GW_LOG_INFO, "login", gw_kv_s("peer", gw_str(c->peer)),
	    gw_kv_s("user", user), gw_kv_s("mechanism", gw_str(gw_sasl_name(c->login->mechanism))));
	c->logged_in = true;
}

static int
plain(struct gw_request *rq, struct gw_slice message)
{
	struct gw_slice user, password;
	int rc = gw_sasl_plain_get(message, &user, &password);

	if (rc == 0 && !gw_users_password_ok(&rq->b->users, user, password))
		rc = GW_EAUTH;
	if (rc == 0)
		welcome(rq->p->conn, user);
	return rc;
}

static int
challenge(struct gw_request *rq, struct gw_slice message, struct gw_buf *out, struct gw_err *err)
{
	struct gw_peer_login *l = rq->p->conn->login;
	struct gw_scram_credential cred;
	uint8_t random[GW_SCRAM_RANDOM];
	char nonce[33];
	int rc = gw_scram_server_begin(&l->scram, message, err);

	if (rc == 0)
		rc = gw_env_random(rq->b->env, random, sizeof(random));
	if (rc < 0)
		return rc;
	gw_scram_nonce(random, nonce);
	cred = gw_users_credential(
	    &rq->b->users, gw_buf_slice(&l->scram.user), gw_sasl_hash(l->mechanism));
	rc = gw_scram_server_challenge(&l->scram, &cred, nonce, out);
	gw_secret_wipe(&cred, sizeof(cred));
	l->challenged = true;
	return rc;
}

static int
scram(struct gw_request *rq, struct gw_slice message, struct gw_buf *out, struct gw_err *err)
{
	struct gw_peer *c = rq->p->conn;
	struct gw_slice user = gw_buf_slice(&c->login->scram.user);
	int rc;

	if (!c->login->challenged)
		return challenge(rq, message, out, err);
	rc = gw_scram_server_final(&c->login->scram, message, out, err);
	if (rc == 0 && gw_users_find(&rq->b->users, user) == NULL)
		rc = GW_EAUTH;	/* removed meanwhile, or made up */
	if (rc == 0)
		welcome(c, user);
	return rc;
}

/* The answer that says no goes out late, and is the last. */
static int
resume_refusal(struct gw_pending *p, bool late)
{
	return late ? gw_pending_answer(p, p->state) : GW_EAGAIN;
}

static int
refuse(struct gw_request *rq, struct gw_sasl_authenticate_response *r, int rc)
{
	struct gw_peer *c = rq->p->conn;

	gw_log(rq->b->env->log, GW_LOG_WARN, "login_refused", gw_kv_s("peer", gw_str(c->peer)),
	    gw_kv_s("mechanism", gw_str(gw_sasl_name(c->login->mechanism))),
	    gw_kv_s("error", gw_str(gw_strerror(rc))));
	r->error_code = GW_K_SASL_AUTHENTICATION_FAILED;
	r->error_message = rc == GW_EAUTH ? GW_LIT("wrong user or password") :
	    GW_LIT("this is no message of the mechanism");
	r->auth_bytes = GW_LIT("");
	c->closing = true;
	rq->p->state = r;
	rq->p->resume = resume_refusal;
	rq->p->deadline_us = rq->now.us + REFUSED_DELAY_US;
	return GW_EAGAIN;
}

/* What was made goes out from the request's arena, which lives until it is answered. */
static int
reply_bytes(struct gw_request *rq, struct gw_slice bytes, struct gw_slice *out)
{
	char *copy = gw_arena_str(rq->arena, bytes);

	if (copy == NULL)
		return GW_ENOMEM;
	*out = (struct gw_slice){ copy, bytes.len };
	return 0;
}

int
gw_on_sasl_authenticate(struct gw_request *rq, const void *request, void *response)
{
	const struct gw_sasl_authenticate_request *q = request;
	struct gw_sasl_authenticate_response *r = response;
	struct gw_peer *c = rq->p->conn;
	struct gw_err err = { 0 };
	struct gw_buf out;
	int rc;

	if (c->login == NULL || c->logged_in) {
		r->error_code = GW_K_ILLEGAL_SASL_STATE;
		r->error_message = GW_LIT("SaslHandshake comes first, and one login is enough");
		r->auth_bytes = GW_LIT("");
		c->closing = !c->logged_in && rq->b->users.by_name.n > 0;
		return 0;
	}
	gw_buf_init(&out, rq->b->env->alloc, 0);
	rc = c->login->mechanism == GW_SASL_PLAIN ? plain(rq, q->auth_bytes) :
	    scram(rq, q->auth_bytes, &out, &err);
	if (rc == 0)
		rc = reply_bytes(rq, gw_buf_slice(&out), &r->auth_bytes);
	gw_buf_fini(&out);
	if (rc == GW_EAUTH || rc == GW_EPROTO)
		return refuse(rq, r, rc);
	if (c->logged_in)
		gw_peer_login_drop(c);
	return rc;
}

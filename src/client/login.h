/* SPDX-License-Identifier: MIT
 *
 * client/login.h - logging in to a broker: SaslHandshake, then SaslAuthenticate until both sides
 * are content; and again before the session ends.
 * Source: KIP-43, KIP-152 (Kafka's own frames), KIP-255 (OAUTHBEARER), KIP-368 (re-authentication).
 *
 * SaslHandshake goes out right behind ApiVersions. No other request may until the login is done. A
 * login that fails closes its connection with GW_EAUTH and words that name the cause.
 */
#ifndef GW_CLIENT_LOGIN_H
#define GW_CLIENT_LOGIN_H

#include <gridwire/gridwire.h>
#include "wire/sasl.h"

struct gw_client;
struct gw_client_config;
struct gw_conn;

/* Who we are; of the client. */
struct gw_login {
	bool			 wanted;
	enum gw_sasl_mechanism	 mechanism;
	char			*user, *password;	/* PLAIN and SCRAM */
	char			*token_path;		/* NULL: none */
	gw_token_fn		*token;			/* goes before the file */
	void			*token_ctx;
};

enum gw_login_state {
	GW_LOGIN_WAITING,	/* for ApiVersions, or for the last answer before a new login */
	GW_LOGIN_UNDER_WAY,
	GW_LOGIN_DONE		/* or none is wanted */
};

/* From the configuration; GW_EINVAL, GW_ENOMEM. */
int	gw_login_setup(struct gw_client *c, struct gw_err *err) GW_CHECK_RESULT;
void	gw_login_forget(struct gw_client *c);		/* wipes it */

/* Begin, on an open connection. 0 or GW_E* with conn->err. */
int	gw_login_begin(struct gw_conn *conn) GW_CHECK_RESULT;
/* The session's end comes near: hold requests back, then log in again. As gw_login_begin(). */
int	gw_login_step(struct gw_conn *conn) GW_CHECK_RESULT;
/* The connection closes. */
void	gw_login_drop(struct gw_conn *conn);

#endif

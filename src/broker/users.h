/* SPDX-License-Identifier: MIT
 *
 * broker/users.h - who may log in. Passwords are kept only as SCRAM's salted keys, in meta.log;
 * PLAIN is checked against them as well. A broker with a user wants a login from everybody.
 */
#ifndef GW_USERS_H
#define GW_USERS_H

#include "broker/broker.h"
#include "broker/entry.h"
#include "broker/map.h"
#include "wire/sasl.h"
#include "wire/scram.h"

#define GW_USER_ITERATIONS	4096
#define GW_USER_SALT		16

struct gw_user {
	char				*name;
	struct gw_scram_credential	 by_hash[2];	/* enum gw_hash */
};

struct gw_users {
	struct gw_env	*env;
	struct gw_map	 by_name;
	uint8_t		 pretence[32];	/* credentials of users that do not exist come from it */
};

void	gw_users_init(struct gw_users *us, struct gw_env *env, uint64_t seed);
void	gw_users_fini(struct gw_users *us);	/* wipes all */
/* NULL: nobody of that name. */
struct gw_user	*gw_users_find(const struct gw_users *us, struct gw_slice name);
/*
 * The credential to talk SCRAM with; for an unknown user one that no password fits, the same at
 * each attempt, so that nobody learns who exists.
 */
struct gw_scram_credential gw_users_credential(const struct gw_users *us,
	    struct gw_slice name, enum gw_hash hash);
/* Takes as long for a user that does not exist. */
bool	gw_users_password_ok(const struct gw_users *us, struct gw_slice name,
	    struct gw_slice password);

/* Fill u with new salts; its name is a copy. GW_EINVAL, GW_EIO, GW_ENOMEM. */
int	gw_user_make(struct gw_users *us, const struct gw_broker_user *from, struct gw_user **u,
	    struct gw_err *err) GW_CHECK_RESULT;
void	gw_user_free(struct gw_users *us, struct gw_user *u);
/* Add or replace; takes u over on success. */
int	gw_users_put(struct gw_users *us, struct gw_user *u) GW_CHECK_RESULT;
void	gw_users_drop(struct gw_users *us, struct gw_slice name);

/* meta.log: GW_ENTRY_USER, GW_ENTRY_USER_GONE. */
int	gw_users_restore(struct gw_users *us, const struct gw_entry *e) GW_CHECK_RESULT;
int	gw_users_write_all(const struct gw_users *us, struct gw_buf *out) GW_CHECK_RESULT;
/* One user to be written; m borrows from u. */
struct gw_meta_user {
	struct gw_slice	name, salt[2], stored_key[2], server_key[2];
	int32_t		iterations;
};
void	gw_user_to_meta(const struct gw_user *u, struct gw_meta_user *m);
void	gw_meta_user_visit(struct gw_codec *w, void *msg);
void	gw_meta_user_gone_visit(struct gw_codec *w, void *msg);

#endif

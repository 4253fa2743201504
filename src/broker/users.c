/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "broker/users.h"

#include "base/err.h"
#include "base/secret.h"

void
gw_users_init(struct gw_users *us, struct gw_env *env, uint64_t seed)
{
	us->env = env;
	gw_map_init(&us->by_name, env->alloc, seed);
	/* Without entropy nobody can be added either: gw_user_make(). */
	if (gw_env_random(env, us->pretence, sizeof(us->pretence)) != 0)
		memset(us->pretence, 0, sizeof(us->pretence));
}

void
gw_user_free(struct gw_users *us, struct gw_user *u)
{
	if (u == NULL)
		return;
	gw_alloc_free(us->env->alloc, u->name);
	gw_secret_wipe(u, sizeof(*u));
	gw_alloc_free(us->env->alloc, u);
}

void
gw_users_fini(struct gw_users *us)
{
	struct gw_user *u;
	size_t pos = 0;

	while ((u = gw_map_next(&us->by_name, &pos)) != NULL)
		gw_user_free(us, u);
	gw_map_fini(&us->by_name);
	gw_secret_wipe(us->pretence, sizeof(us->pretence));
}

struct gw_user *
gw_users_find(const struct gw_users *us, struct gw_slice name)
{
	return gw_map_get(&us->by_name, name);
}

struct gw_scram_credential
gw_users_credential(const struct gw_users *us, struct gw_slice name, enum gw_hash hash)
{
	struct gw_slice key = { (const char *)us->pretence, sizeof(us->pretence) };
	const struct gw_user *u = gw_users_find(us, name);
	struct gw_scram_credential c = { .hash = hash, .iterations = GW_USER_ITERATIONS,
	    .salt_len = GW_USER_SALT };
	uint8_t sum[GW_HASH_MAX];

	if (u != NULL)
		return u->by_hash[hash];
	gw_hmac(GW_HASH_SHA512, key, name, sum);
	memcpy(c.salt, sum, GW_USER_SALT);
	gw_hmac(hash, (struct gw_slice){ (const char *)sum, sizeof(sum) }, key, c.stored_key);
	return c;
}

bool
gw_users_password_ok(const struct gw_users *us, struct gw_slice name, struct gw_slice password)
{
	struct gw_scram_credential c = gw_users_credential(us, name, GW_HASH_SHA256);
	bool same = gw_scram_matches(&c, password) && gw_users_find(us, name) != NULL;

	gw_secret_wipe(&c, sizeof(c));
	return same;
}

int
gw_user_make(struct gw_users *us, const struct gw_broker_user *from, struct gw_user **out,
    struct gw_err *err)
{
	struct gw_user *u;
	int rc = gw_sasl_check(gw_str(from->name), "the user's name", err);

	if (rc == 0)
		rc = gw_sasl_check(from->password, "the password", err);
	if (rc != 0)
		return rc;
	u = gw_alloc_zero(us->env->alloc, 1, sizeof(*u));
	if (u != NULL)
		u->name = gw_alloc_str(us->env->alloc, gw_str(from->name));
	if (u == NULL || u->name == NULL) {
		gw_user_free(us, u);
		return gw_err_set(err, GW_ENOMEM, "out of memory for a user");
	}
	for (int h = GW_HASH_SHA256; h <= GW_HASH_SHA512; h++) {
		struct gw_scram_credential *c = &u->by_hash[h];

		c->hash = (enum gw_hash)h;
		c->iterations = GW_USER_ITERATIONS;
		c->salt_len = GW_USER_SALT;
		if (gw_env_random(us->env, c->salt, c->salt_len) != 0) {
			gw_user_free(us, u);
			return gw_err_set(err, GW_EIO, "there are no random bytes for a salt");
		}
		gw_scram_derive(c, from->password);
	}
	*out = u;
	return 0;
}

int
gw_users_put(struct gw_users *us, struct gw_user *u)
{
	struct gw_user *old = gw_users_find(us, gw_str(u->name));

	if (gw_map_put(&us->by_name, gw_str(u->name), u) < 0)
		return GW_ENOMEM;
	gw_user_free(us, old);
	return 0;
}

void
gw_users_drop(struct gw_users *us, struct gw_slice name)
{
	struct gw_user *u = gw_users_find(us, name);

	if (u == NULL)
		return;
	gw_map_del(&us->by_name, name);
	gw_user_free(us, u);
}

/* ---- meta.log ---- */

void
gw_meta_user_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_user *m = msg;

	gw_string(w, "Name", 0, GW_MAX, &m->name);
	gw_i32(w, "Iterations", 0, GW_MAX, &m->iterations, 0);
	for (int h = GW_HASH_SHA256; h <= GW_HASH_SHA512; h++) {
		gw_bytes(w, "Salt", 0, GW_MAX, &m->salt[h]);
		gw_bytes(w, "StoredKey", 0, GW_MAX, &m->stored_key[h]);
		gw_bytes(w, "ServerKey", 0, GW_MAX, &m->server_key[h]);
	}
}

void
gw_meta_user_gone_visit(struct gw_codec *w, void *msg)
{
	struct gw_meta_user *m = msg;

	gw_string(w, "Name", 0, GW_MAX, &m->name);
}

void
gw_user_to_meta(const struct gw_user *u, struct gw_meta_user *m)
{
	m->name = gw_str(u->name);
	m->iterations = (int32_t)u->by_hash[0].iterations;
	for (int h = GW_HASH_SHA256; h <= GW_HASH_SHA512; h++) {
		const struct gw_scram_credential *c = &u->by_hash[h];
		size_t len = gw_hash_len((enum gw_hash)h);

		m->salt[h] = (struct gw_slice){ (const char *)c->salt, c->salt_len };
		m->stored_key[h] = (struct gw_slice){ (const char *)c->stored_key, len };
		m->server_key[h] = (struct gw_slice){ (const char *)c->server_key, len };
	}
}

static int
from_meta(struct gw_user *u, const struct gw_meta_user *m)
{
	for (int h = GW_HASH_SHA256; h <= GW_HASH_SHA512; h++) {
		struct gw_scram_credential *c = &u->by_hash[h];
		size_t len = gw_hash_len((enum gw_hash)h);

		if (m->salt[h].len == 0 || m->salt[h].len > sizeof(c->salt) ||
		    m->stored_key[h].len != len || m->server_key[h].len != len ||
		    m->iterations < GW_SCRAM_ITERATIONS_MIN ||
		    m->iterations > GW_SCRAM_ITERATIONS_MAX)
			return GW_ECORRUPT;
		c->hash = (enum gw_hash)h;
		c->iterations = (uint32_t)m->iterations;
		c->salt_len = m->salt[h].len;
		memcpy(c->salt, m->salt[h].ptr, c->salt_len);
		memcpy(c->stored_key, m->stored_key[h].ptr, len);
		memcpy(c->server_key, m->server_key[h].ptr, len);
	}
	return 0;
}

int
gw_users_restore(struct gw_users *us, const struct gw_entry *e)
{
	struct gw_meta_user m = { .iterations = 0 };
	struct gw_user *u;
	int rc;

	rc = gw_entry_read(e, e->type == GW_ENTRY_USER ? gw_meta_user_visit :
	    gw_meta_user_gone_visit, &m, NULL);
	if (rc < 0)
		return rc;
	if (e->type == GW_ENTRY_USER_GONE) {
		gw_users_drop(us, m.name);
		return 0;
	}
	u = gw_alloc_zero(us->env->alloc, 1, sizeof(*u));
	if (u == NULL)
		return GW_ENOMEM;
	u->name = gw_alloc_str(us->env->alloc, m.name);
	rc = u->name == NULL ? GW_ENOMEM : from_meta(u, &m);
	if (rc == 0)
		rc = gw_users_put(us, u);
	if (rc < 0)
		gw_user_free(us, u);
	return rc;
}

int
gw_users_write_all(const struct gw_users *us, struct gw_buf *out)
{
	struct gw_meta_user m;
	struct gw_user *u;
	size_t pos = 0;
	int rc = 0;

	while (rc == 0 && (u = gw_map_next(&us->by_name, &pos)) != NULL) {
		gw_user_to_meta(u, &m);
		rc = gw_entry_put(out, GW_ENTRY_USER, gw_meta_user_visit, &m);
	}
	return rc;
}

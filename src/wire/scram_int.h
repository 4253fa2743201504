/* SPDX-License-Identifier: MIT
 *
 * wire/scram_int.h - what both sides of SCRAM share; used by scram*.c.
 */
#ifndef GW_SCRAM_INT_H
#define GW_SCRAM_INT_H

#include "wire/scram.h"

/*
 * The attribute at the front of *rest, which moves past it and its comma: its value, or ptr NULL if
 * another one is there or none.
 */
struct gw_slice	gw_scram_attribute(struct gw_slice *rest, char name);
/* Nonces: printable, no comma. */
bool	gw_scram_printable(struct gw_slice s);
/* name=BASE64 of bytes. */
void	gw_scram_put_bytes(struct gw_buf *out, const char *name, const uint8_t *bytes, size_t len);
/* BASE64 into at most cap bytes; how many, or GW_EPROTO, GW_ENOMEM. */
int	gw_scram_get_bytes(struct gw_alloc *alloc, struct gw_slice text, uint8_t *out, size_t cap);
/* HMAC(HMAC-key of salted, name), for "Client Key" and "Server Key". */
void	gw_scram_sign(enum gw_hash hash, const uint8_t *key, struct gw_slice text, uint8_t *out);
void	gw_scram_salt(const struct gw_scram_credential *c, struct gw_slice password,
	    uint8_t salted[GW_HASH_MAX]);

#endif

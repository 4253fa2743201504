/* SPDX-License-Identifier: MIT
 *
 * base/secret.h - passwords, keys and tokens: compared without telling where they differ, and
 * overwritten before their memory goes back.
 */
#ifndef GW_SECRET_H
#define GW_SECRET_H

#include <stdbool.h>

#include "base/buf.h"

/* Overwrite with zeros, in a way that no compiler leaves out. p NULL with len 0 is accepted. */
void	gw_secret_wipe(void *p, size_t len);
/* Whether len bytes are equal. The time does not depend on what they are. */
bool	gw_secret_eq(const void *a, const void *b, size_t len);
/* Wipe a NUL-terminated text from gw_alloc, and free it. NULL is accepted. */
void	gw_secret_free(struct gw_alloc *alloc, char *text);
/*
 * Wipe all that the buffer holds, and free it. A buffer that grew left copies behind: reserve what
 * is needed before a secret goes in.
 */
void	gw_secret_buf_fini(struct gw_buf *b);

#endif

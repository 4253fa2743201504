/* SPDX-License-Identifier: MIT
 *
 * base/secret.c - wiping and comparing.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/secret.h"

#include <string.h>

void
gw_secret_wipe(void *p, size_t len)
{
	volatile uint8_t *to = p;	/* each store is an effect that must happen */

	while (len-- > 0)
		*to++ = 0;
}

bool
gw_secret_eq(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *p = a, *q = b;
	uint8_t differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= (uint8_t)(p[i] ^ q[i]);
	return differ == 0;
}

void
gw_secret_free(struct gw_alloc *alloc, char *text)
{
	if (text != NULL)
		gw_secret_wipe(text, strlen(text));
	gw_alloc_free(alloc, text);
}

void
gw_secret_buf_fini(struct gw_buf *b)
{
	gw_secret_wipe(b->ptr, b->cap);
	gw_buf_fini(b);
}

/* SPDX-License-Identifier: MIT
 *
 * base/utf8.c - UTF-8 by RFC 3629: nothing overlong, no surrogates, nothing beyond U+10FFFF.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/utf8.h"

size_t
gw_utf8_len(struct gw_slice s)
{
	unsigned char c, d;
	size_t n;

	if (s.len == 0)
		return 0;
	c = (unsigned char)s.ptr[0];
	n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	if (n < 2 || n > s.len)
		return n > s.len ? 0 : n;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
			return 0;
	d = (unsigned char)s.ptr[1];
	if ((c == 0xe0 && d < 0xa0) || (c == 0xf0 && d < 0x90))	/* overlong */
		return 0;
	if ((c == 0xed && d >= 0xa0) || (c == 0xf4 && d >= 0x90))	/* surrogates; too large */
		return 0;
	return n;
}

bool
gw_utf8_valid(struct gw_slice s)
{
	while (s.len > 0) {
		size_t n = gw_utf8_len(s);

		if (n == 0)
			return false;
		s.ptr += n;
		s.len -= n;
	}
	return true;
}

size_t
gw_utf8_put(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

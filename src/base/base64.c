/* SPDX-License-Identifier: MIT
 *
 * base/base64.c - RFC 4648, section 4: with padding, and no bytes outside the alphabet.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/json.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
gw_base64_put(struct gw_buf *out, struct gw_slice s)
{
	uint8_t *to;

	if (s.len > SIZE_MAX / 4 * 3 - 2) {
		out->err = GW_ELIMIT;
		return;
	}
	to = gw_buf_reserve(out, (s.len + 2) / 3 * 4);
	if (to == NULL)
		return;
	for (size_t i = 0; i < s.len; i += 3, to += 4) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t v = 0;

		for (size_t j = 0; j < 3; j++)
			v = v << 8 | (j < n ? (uint8_t)s.ptr[i + j] : 0u);
		for (size_t j = 0; j < 4; j++)
			to[j] = j <= n ? (uint8_t)alphabet[v >> (18 - 6 * j) & 63] : '=';
	}
	out->len += (s.len + 2) / 3 * 4;
}

static int
digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four letters, n of which are no padding, into n - 1 bytes. */
static int
get_group(const char *p, size_t n, uint8_t *to)
{
	uint32_t v = 0;

	for (size_t j = 0; j < 4; j++) {
		int digit = j < n ? digit_of(p[j]) : 0;

		if (digit < 0)
			return GW_EDATA;
		v = v << 6 | (uint32_t)digit;
	}
	/* Bits beyond the last byte: one text for each value, or signatures could be bent. */
	if ((v & ((1u << 8 * (4 - n)) - 1)) != 0)
		return GW_EDATA;
	for (size_t j = 0; j + 1 < n; j++)
		to[j] = (uint8_t)(v >> (16 - 8 * j));
	return 0;
}

int
gw_base64_get(struct gw_slice text, struct gw_buf *out)
{
	size_t before = out->len;
	uint8_t *to;

	if (text.len % 4 != 0)
		return GW_EDATA;
	to = gw_buf_reserve(out, text.len / 4 * 3);
	if (to == NULL)
		return out->err;
	for (size_t i = 0; i < text.len; i += 4) {
		bool last = i + 4 == text.len;
		size_t n = !last || text.ptr[i + 3] != '=' ? 4 : text.ptr[i + 2] != '=' ? 3 : 2;

		if (get_group(text.ptr + i, n, out->ptr + out->len) != 0) {
			out->len = before;
			return GW_EDATA;
		}
		out->len += n - 1;
	}
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * base/net.c - addresses as text. No socket is touched here; that is net_posix.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/net.h"

#include <arpa/inet.h>
#include <stdio.h>

#define HOST_MAX 255	/* RFC 1035 */

static int
parse_port(struct gw_slice text, uint16_t *out)
{
	int64_t v;

	if (text.len == 0 || text.ptr[0] == '-' || gw_slice_i64(text, &v) != 0 || v > UINT16_MAX)
		return GW_EINVAL;
	*out = (uint16_t)v;
	return 0;
}

/* Cut "[v6]rest" or "host:rest" into host and what follows it. */
static int
cut_host(struct gw_slice text, struct gw_slice *host, struct gw_slice *after)
{
	const char *end;
	size_t from = text.len > 0 && text.ptr[0] == '[' ? 1 : 0, len;

	if (text.len == 0)
		return GW_EINVAL;
	end = memchr(text.ptr, from ? ']' : ':', text.len);
	if (from && end == NULL)
		return GW_EINVAL;
	len = end == NULL ? text.len : (size_t)(end - text.ptr);
	*host = (struct gw_slice){ text.ptr + from, len - from };
	len += from;	/* the bracket belongs to neither */
	*after = (struct gw_slice){ text.ptr + len, text.len - len };
	return 0;
}

int
gw_host_port(struct gw_slice text, int default_port, struct gw_slice *host, uint16_t *port)
{
	struct gw_slice h, after;
	uint16_t p = (uint16_t)default_port;

	if (cut_host(text, &h, &after) != 0 || h.len == 0 || h.len > HOST_MAX)
		return GW_EINVAL;
	for (size_t i = 0; i < h.len; i++)
		if ((unsigned char)h.ptr[i] <= ' ' || strchr("/@,;\x7f", h.ptr[i]) != NULL)
			return GW_EINVAL;
	if (after.len == 0) {
		if (default_port < 0 || default_port > UINT16_MAX)
			return GW_EINVAL;
	} else if (after.ptr[0] != ':' ||
	    parse_port((struct gw_slice){ after.ptr + 1, after.len - 1 }, &p) != 0)
		return GW_EINVAL;
	*host = h;
	*port = p;
	return 0;
}

int
gw_addr_parse(struct gw_slice text, struct gw_addr *out)
{
	struct gw_addr a = { .family = 0 };
	char host[INET6_ADDRSTRLEN];
	struct gw_slice h;

	if (gw_host_port(text, -1, &h, &a.port) != 0 || h.len >= sizeof(host))
		return GW_EINVAL;
	memcpy(host, h.ptr, h.len);
	host[h.len] = '\0';
	a.family = text.ptr[0] == '[' ? 6 : 4;
	if (inet_pton(a.family == 6 ? AF_INET6 : AF_INET, host, a.ip) != 1)
		return GW_EINVAL;
	*out = a;
	return 0;
}

size_t
gw_addr_text(const struct gw_addr *a, char out[GW_ADDR_TEXT_MAX])
{
	char ip[INET6_ADDRSTRLEN];

	if (inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->ip, ip, sizeof(ip)) == NULL)
		ip[0] = '\0';
	return (size_t)snprintf(out, GW_ADDR_TEXT_MAX, a->family == 6 ? "[%s]:%u" : "%s:%u", ip,
	    (unsigned)a->port);
}

bool
gw_addr_is_loopback(const struct gw_addr *a)
{
	static const uint8_t v6[16] = { [15] = 1 };
	static const uint8_t mapped[13] = { [10] = 0xff, [11] = 0xff, [12] = 127 };

	if (a->family == 4)
		return a->ip[0] == 127;
	return memcmp(a->ip, v6, sizeof(v6)) == 0 || memcmp(a->ip, mapped, sizeof(mapped)) == 0;
}

/* SPDX-License-Identifier: MIT
 *
 * apps/http/http_parse.c - bytes to a request: RFC 9112 without what a viewer of pages never sends.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/http/http.h"

#include <stdio.h>

#include "base/slice.h"

#define BAD		(-400)
#define NOT_ALLOWED	(-405)
#define HAS_BODY	(-413)
#define LONG_TARGET	(-414)
#define MISDIRECTED	(-421)
#define LARGE		(-431)
#define OTHER_VERSION	(-505)

/* ---- words ---- */

static bool
is_token(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!alnum && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return s.len > 0;
}

static bool
is_name(struct gw_slice s, const char *lower)
{
	size_t i = 0;

	for (; i < s.len && lower[i] != '\0'; i++) {
		char c = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] | 0x20) : s.ptr[i];

		if (c != lower[i])
			return false;
	}
	return i == s.len && lower[i] == '\0';
}

/* Does a list as "gzip, br;q=0.5" name this word, with a weight above 0? */
static bool
lists(struct gw_slice list, const char *lower)
{
	struct gw_slice item, word, weight;

	while (list.ptr != NULL) {
		item = gw_slice_cut(list, ',', &list);
		word = gw_slice_trim(gw_slice_cut(item, ';', &weight));
		if (!is_name(word, lower))
			continue;
		weight = gw_slice_trim(weight);
		return !gw_slice_is(weight, "q=0") && !gw_slice_starts(weight, "q=0.0");
	}
	return false;
}

/* Up to CRLF, which is taken too. False: there is none. */
static bool
take_line(struct gw_slice *rest, struct gw_slice *line)
{
	for (size_t i = 0; i + 1 < rest->len; i++) {
		if (rest->ptr[i] != '\r' || rest->ptr[i + 1] != '\n')
			continue;
		*line = (struct gw_slice){ rest->ptr, i };
		*rest = (struct gw_slice){ rest->ptr + i + 2, rest->len - i - 2 };
		return true;
	}
	return false;
}

/* ---- the path ---- */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One decoded byte at *i; -1: not allowed in a path. */
static int
next_byte(struct gw_slice s, size_t *i)
{
	int c = (unsigned char)s.ptr[(*i)++], high, low;

	if (c == '%') {
		if (s.len - *i < 2)
			return -1;
		high = hex(s.ptr[*i]);
		low = hex(s.ptr[*i + 1]);
		if (high < 0 || low < 0)
			return -1;
		*i += 2;
		c = high * 16 + low;
	}
	return c < 0x20 || c == 0x7f || c == '\\' ? -1 : c;
}

/* The segment that ends at out[len] is done: "", ".", ".." go. Returns the new length, or -1. */
static int
end_segment(const char *out, int len, int from)
{
	if (len - from == 0 || (len - from == 1 && out[from] == '.'))
		return from;
	if (len - from != 2 || out[from] != '.' || out[from + 1] != '.')
		return len;
	if (from == 1)
		return -1;
	for (from--; out[from - 1] != '/'; from--)
		;
	return from;
}

/* Decoded first, so that "%2e%2e%2f" is what it says. */
static int
normalise(struct gw_slice raw, char out[GW_HTTP_PATH_MAX])
{
	int len = 1, from = 1, c;

	out[0] = '/';
	for (size_t i = 1; i < raw.len;) {
		c = next_byte(raw, &i);
		if (c < 0 || len >= GW_HTTP_PATH_MAX - 2)
			return c < 0 ? BAD : LONG_TARGET;
		if (c != '/') {
			out[len++] = (char)c;
			continue;
		}
		len = end_segment(out, len, from);
		if (len < 0)
			return BAD;
		if (out[len - 1] != '/')
			out[len++] = '/';
		from = len;
	}
	len = end_segment(out, len, from);
	if (len < 0)
		return BAD;
	out[len] = '\0';
	return 0;
}

/* "http://host/path" is allowed as well (RFC 9112, 3.2.2); host then goes before the header. */
static int
take_target(struct gw_slice target, struct gw_http_request *q)
{
	struct gw_slice path, rest;

	if (gw_slice_starts(target, "http://")) {
		rest = (struct gw_slice){ target.ptr + 7, target.len - 7 };
		q->host = gw_slice_cut(rest, '/', &target);
		if (target.ptr == NULL)
			return BAD;
		target = (struct gw_slice){ target.ptr - 1, target.len + 1 };
	}
	path = gw_slice_cut(target, '?', &q->query);
	if (path.len == 0 || path.ptr[0] != '/')
		return BAD;
	for (size_t i = 0; i < q->query.len; i++)
		if ((unsigned char)q->query.ptr[i] <= ' ' || q->query.ptr[i] == 0x7f)
			return BAD;
	return normalise(path, q->path);
}

static int
take_request_line(struct gw_slice line, struct gw_http_request *q)
{
	struct gw_slice rest, method = gw_slice_cut(line, ' ', &rest), target, version;

	if (rest.ptr == NULL || !is_token(method))
		return BAD;
	target = gw_slice_cut(rest, ' ', &version);
	if (version.ptr == NULL || !gw_slice_starts(version, "HTTP/"))
		return BAD;
	if (!gw_slice_is(version, "HTTP/1.1") && !gw_slice_is(version, "HTTP/1.0"))
		return OTHER_VERSION;
	q->close = gw_slice_is(version, "HTTP/1.0");
	q->head = gw_slice_is(method, "HEAD");
	if (!q->head && !gw_slice_is(method, "GET"))
		return NOT_ALLOWED;
	return target.len > GW_HTTP_TARGET_MAX ? LONG_TARGET : take_target(target, q);
}

/* ---- headers ---- */

static bool
is_text(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return false;
	return true;
}

static int
take_host(struct gw_slice value, struct gw_http_request *q)
{
	if (q->host.ptr == NULL)
		q->host = value;
	return 0;
}

static int
take_header(struct gw_slice line, struct gw_http_request *q)
{
	struct gw_slice value, name = gw_slice_cut(line, ':', &value);

	if (value.ptr == NULL || !is_token(name) || !is_text(value))
		return BAD;
	value = gw_slice_trim(value);
	if (is_name(name, "host"))
		return take_host(value, q);
	if (is_name(name, "connection") && lists(value, "close"))
		q->close = true;
	else if (is_name(name, "accept-encoding") && lists(value, "gzip"))
		q->gzip = true;
	else if (is_name(name, "if-none-match"))
		q->if_none_match = value;
	else if (is_name(name, "last-event-id"))
		q->last_event_id = value;
	else if (is_name(name, "authorization"))
		q->authorization = value;
	else if (is_name(name, "transfer-encoding"))
		return HAS_BODY;
	else if (is_name(name, "content-length") && !gw_slice_is(value, "0"))
		return HAS_BODY;
	return 0;
}

/* Only by a name that no foreign name server can point here. */
static bool
is_our_name(struct gw_slice host)
{
	struct gw_slice name;
	struct gw_addr addr;
	char text[80];
	uint16_t port;

	if (gw_host_port(host, 80, &name, &port) != 0 || name.len > 64)
		return false;
	if (is_name(name, "localhost"))
		return true;
	snprintf(text, sizeof(text), memchr(name.ptr, ':', name.len) != NULL ? "[%.*s]:80" :
	    "%.*s:80", GW_FMT(name));
	return gw_addr_parse(gw_str(text), &addr) == 0 && gw_addr_is_loopback(&addr);
}

static int
take_head(struct gw_slice rest, bool any_host, struct gw_http_request *q)
{
	struct gw_slice line;
	int rc, n = 0;

	if (!take_line(&rest, &line))
		return BAD;
	rc = take_request_line(line, q);
	while (rc == 0 && take_line(&rest, &line) && line.len > 0)
		rc = ++n > GW_HTTP_HEADERS_MAX ? LARGE : take_header(line, q);
	if (rc != 0)
		return rc;
	if (q->host.ptr == NULL)
		return q->close ? 0 : BAD;	/* HTTP/1.0 knows no hosts */
	return any_host || is_our_name(q->host) ? 0 : MISDIRECTED;
}

/* Where the empty line ends; 0: not yet. */
static size_t
head_len(struct gw_slice s)
{
	for (size_t i = 0; i + 3 < s.len; i++)
		if (memcmp(s.ptr + i, "\r\n\r\n", 4) == 0)
			return i + 4;
	return 0;
}

/* A long beginning without an end, or one that no request has, is refused at once. */
static int
unfinished(struct gw_slice s)
{
	struct gw_slice line, rest = s;

	for (size_t i = 0; i < s.len && i < 8 && s.ptr[i] != ' '; i++)
		if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return BAD;
	if (!take_line(&rest, &line) && s.len > GW_HTTP_TARGET_MAX + 32)
		return LONG_TARGET;
	return s.len >= GW_HTTP_HEAD_MAX ? LARGE : 0;
}

static int
parse(struct gw_slice bytes, bool any_host, struct gw_http_request *q)
{
	struct gw_http_request out = { .head = false };
	size_t len, skip = 0;
	int rc;

	/* An empty line before a request is ignored (RFC 9112, 2.2). */
	if (bytes.len >= 2 && memcmp(bytes.ptr, "\r\n", 2) == 0)
		skip = 2;
	bytes = (struct gw_slice){ bytes.ptr + skip, bytes.len - skip };
	len = head_len(bytes);
	if (len == 0)
		return unfinished(bytes);
	if (len > GW_HTTP_HEAD_MAX)
		return LARGE;
	rc = take_head((struct gw_slice){ bytes.ptr, len }, any_host, &out);
	if (rc != 0)
		return rc;
	*q = out;
	return (int)(len + skip);
}

int
gw_http_parse(struct gw_slice bytes, struct gw_http_request *q)
{
	return parse(bytes, false, q);
}

int
gw_http_parse_any_host(struct gw_slice bytes, struct gw_http_request *q)
{
	return parse(bytes, true, q);
}

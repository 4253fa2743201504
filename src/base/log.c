/* SPDX-License-Identifier: MIT
 *
 * base/log.c - one line into a fixed buffer: logging allocates nothing, so that it works when
 * memory is out. What does not fit is left out, and the line says so.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/log.h"

#include <stdio.h>

#include "base/utf8.h"

#define LINE_MAX_LEN	4096
#define TAIL_MAX	64	/* kept for the closing quote, the brace and the mark of a cut */

struct line {
	char	text[LINE_MAX_LEN];
	size_t	len;
	bool	json, full;
};

/* All of s or nothing: an escape or a UTF-8 sequence is never cut. */
static void
put(struct line *l, const char *s, size_t n)
{
	if (l->full || n > sizeof(l->text) - TAIL_MAX - l->len) {
		l->full = true;
		return;
	}
	memcpy(l->text + l->len, s, n);
	l->len += n;
}

static void
put_str(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

/* The tail's room is reserved, so this never fails. */
static void
put_tail(struct line *l, const char *s)
{
	size_t n = strlen(s);

	memcpy(l->text + l->len, s, n);
	l->len += n;
}

/* Inside quotes. A byte that is no UTF-8 becomes U+FFFD, since readers of logs insist on text. */
static void
put_escaped(struct line *l, struct gw_slice s)
{
	char text[8];
	size_t n;

	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = gw_utf8_len(s);
		if (n == 0) {
			n = 1;
			put_str(l, "\xef\xbf\xbd");
		} else if (*s.ptr == '"' || *s.ptr == '\\') {
			text[0] = '\\';
			text[1] = *s.ptr;
			put(l, text, 2);
		} else if (*s.ptr == '\n')
			put(l, "\\n", 2);
		else if ((unsigned char)*s.ptr < 0x20 || *s.ptr == 0x7f) {
			(void)snprintf(text, sizeof(text), "\\u%04x", (unsigned)*s.ptr);
			put(l, text, 6);
		} else
			put(l, s.ptr, n);
	}
}

static bool
is_bare(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
			return false;
	}
	return s.len > 0;
}

static void
put_key(struct line *l, const char *key)
{
	if (!l->json) {
		put_str(l, l->len == 0 ? "" : " ");
		put_str(l, key);
		put_str(l, "=");
		return;
	}
	put_str(l, l->len == 1 ? "\"" : ",\"");
	put_str(l, key);
	put_str(l, "\":");
}

/* False when not even an empty text fitted. A text cut in the middle is closed and counts. */
static bool
put_text(struct line *l, struct gw_slice s)
{
	if (!l->json && is_bare(s)) {
		put(l, s.ptr, s.len);
		return !l->full;
	}
	put_str(l, "\"");
	if (l->full)
		return false;
	put_escaped(l, s);
	put_tail(l, "\"");
	return true;
}

static bool
put_value(struct line *l, const struct gw_log_field *f)
{
	char text[GW_DOUBLE_MAX];

	if (f->type == GW_LOG_S)
		return put_text(l, f->s);
	if (f->type == GW_LOG_I)
		put(l, text, (size_t)snprintf(text, sizeof(text), "%lld", (long long)f->i));
	else
		put(l, text, gw_double_text(f->d, text));
	return !l->full;
}

static void
put_field(struct line *l, const struct gw_log_field *f)
{
	size_t before = l->len;

	put_key(l, f->key);
	if (l->full || !put_value(l, f))
		l->len = before;
}

/* RFC 3339 in UTC without gmtime: the civil date from days since 0000-03-01, by Gregorian eras. */
static void
put_time(struct line *l, int64_t wall_ms)
{
	int64_t days, ms, era, day, year, day_of_year, month;
	char text[64];

	if (wall_ms < 0 || wall_ms > INT64_C(253402300799999))	/* years 1970 to 9999 */
		wall_ms = 0;
	days = wall_ms / 86400000 + 719468;
	ms = wall_ms % 86400000;
	era = days / 146097;
	day = days % 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day_of_year = day - (365 * year + year / 4 - year / 100);
	month = (5 * day_of_year + 2) / 153;
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    (int)(era * 400 + year + (month >= 10)), (int)(month < 10 ? month + 3 : month - 9),
	    (int)(day_of_year - (153 * month + 2) / 5 + 1), (int)(ms / 3600000),
	    (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
	put_key(l, "ts");
	(void)put_text(l, gw_str(text));
}

void
gw_log_write(const struct gw_log *log, enum gw_log_level level, const char *event,
    const struct gw_log_field *fields, size_t n)
{
	static const char *const levels[] = { "error", "warn", "info", "debug" };
	struct line l;

	if (log == NULL || log->write == NULL || level > log->level)
		return;
	l.len = 0;
	l.full = false;
	l.json = log->format == GW_LOG_JSON;
	if (l.json)
		put_str(&l, "{");
	put_time(&l, log->wall_ms == NULL ? 0 : log->wall_ms(log->clock_ctx));
	put_key(&l, "level");
	(void)put_text(&l, gw_str(levels[level]));
	put_key(&l, "event");
	(void)put_text(&l, gw_str(event));
	for (size_t i = 0; i < n && !l.full; i++)
		put_field(&l, &fields[i]);
	if (l.full)
		put_tail(&l, l.json ? ",\"cut\":true" : " cut=true");
	put_tail(&l, l.json ? "}\n" : "\n");
	log->write(log->ctx, l.text, l.len);
}

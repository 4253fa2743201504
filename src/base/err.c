/* SPDX-License-Identifier: MIT
 *
 * base/err.c - what went wrong, in words. The tables are in err_table.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/err.h"

#include <errno.h>
#include <stdio.h>

#include "base/err_table.h"

/* For codes that no table knows. By thread, so that clients in different threads never share it. */
static const char *
unknown_text(const char *before, int code)
{
	static _Thread_local char ring[4][48];
	static _Thread_local unsigned next;
	char *text = ring[next++ % GW_N(ring)];

	(void)snprintf(text, sizeof(ring[0]), "%s%d", before, code);
	return text;
}

const char *
gw_err_name(int code)
{
	const struct gw_err_row *row = gw_err_row(code);

	return row != NULL ? row->name : unknown_text("ERROR_", code);
}

const char *
gw_strerror(int code)
{
	const struct gw_err_row *row = gw_err_row(code);

	return row != NULL ? row->text : unknown_text("unknown error ", code);
}

bool
gw_err_retriable(int code)
{
	const struct gw_err_row *row = gw_err_row(code);

	return row != NULL && row->retriable;
}

/* A message cut at the end of the field must not end inside a UTF-8 sequence. */
static void
mend_cut(char *msg, size_t len)
{
	size_t at = len, back = 0;

	while (at > 0 && back < 3 && ((unsigned char)msg[at - 1] & 0xc0) == 0x80) {
		at--;
		back++;
	}
	if (at > 0 && (unsigned char)msg[at - 1] >= 0xc0)
		msg[at - 1] = '\0';
}

int
gw_err_vset(struct gw_err *e, int code, const char *fmt, va_list ap)
{
	int len;

	if (e == NULL)
		return code;
	e->code = code;
	e->sys_errno = 0;
	len = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	if (len < 0)
		e->msg[0] = '\0';
	else if ((size_t)len >= sizeof(e->msg))
		mend_cut(e->msg, sizeof(e->msg) - 1);
	return code;
}

int
gw_err_set(struct gw_err *e, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)gw_err_vset(e, code, fmt, ap);
	va_end(ap);
	return code;
}

int
gw_err_from_errno(int sys_errno)
{
	return gw_err_sys_row(sys_errno)->code;
}

int
gw_err_sys(struct gw_err *e, int sys_errno, const char *fmt, ...)
{
	const struct gw_err_sys_row *row = gw_err_sys_row(sys_errno);
	va_list ap;
	size_t len;

	if (e == NULL)
		return row->code;
	va_start(ap, fmt);
	(void)gw_err_vset(e, row->code, fmt, ap);
	va_end(ap);
	e->sys_errno = sys_errno;
	len = strlen(e->msg);
	if (row->text != NULL)
		(void)snprintf(e->msg + len, sizeof(e->msg) - len, ": %s", row->text);
	else
		(void)snprintf(e->msg + len, sizeof(e->msg) - len, ": system error %d", sys_errno);
	return row->code;
}

void
gw_err_prefix(struct gw_err *e, const char *fmt, ...)
{
	char old[GW_ERR_MSG_MAX];
	size_t len;
	va_list ap;
	int n;

	if (e == NULL)
		return;
	memcpy(old, e->msg, sizeof(old));
	old[sizeof(old) - 1] = '\0';
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n < 0)
		e->msg[0] = '\0';
	len = strlen(e->msg);
	if ((size_t)snprintf(e->msg + len, sizeof(e->msg) - len, "%s", old) >= sizeof(e->msg) - len)
		mend_cut(e->msg, sizeof(e->msg) - 1);
}

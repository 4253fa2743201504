/* SPDX-License-Identifier: MIT
 *
 * apps/records/unpack.c - packs, checked when they are given and obeyed for each record.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/unpack.h"

#include "base/slice.h"

static int
check(const char *pack, const char *text, struct gw_err *err)
{
	size_t n = strspn(pack, " <>bBhHiIqQcs$");

	if (pack[0] == '\0')
		return gw_err_set(err, GW_EINVAL, "-s %s: a pack is wanted, such as '>i s'", text);
	if (pack[n] == '\0')
		return 0;
	return gw_err_set(err, GW_EINVAL,
	    "-s %s: \"%c\" is not known; there are < > b B h H i I q Q c s $ and blanks", text,
	    pack[n]);
}

int
gw_unpack_add(struct gw_unpack *u, const char *text, struct gw_err *err)
{
	bool key = gw_slice_starts(gw_str(text), "key=");
	bool value = gw_slice_starts(gw_str(text), "value=");
	const char *pack = key ? text + 4 : value ? text + 6 : text;
	int rc = check(pack, text, err);

	if (rc == 0 && !value)
		u->key = pack;
	if (rc == 0 && !key)
		u->value = pack;
	return rc;
}

/* How many bytes a letter takes; 0: none. */
static size_t
width(char letter)
{
	switch (letter) {
	case 'b': case 'B': case 'c': return 1;
	case 'h': case 'H': return 2;
	case 'i': case 'I': return 4;
	case 'q': case 'Q': return 8;
	default: return 0;
	}
}

static void
put_number(char letter, const char *p, size_t n, bool big, struct gw_buf *out)
{
	unsigned unused = 64 - 8 * (unsigned)n;
	uint64_t u = 0;

	for (size_t i = 0; i < n; i++)
		u = u << 8 | (uint8_t)p[big ? i : n - 1 - i];
	if (letter >= 'a')	/* the sign moves up to the top, and is spread on the way down */
		gw_buf_printf(out, "%lld",
		    (long long)((int64_t)(u << unused) / (INT64_C(1) << unused)));
	else
		gw_buf_printf(out, "%llu", (unsigned long long)u);
}

int
gw_unpack_put(const char *pack, struct gw_slice bytes, struct gw_buf *out, struct gw_err *err)
{
	bool big = true;

	for (; *pack != '\0'; pack++) {
		size_t n = *pack == 's' ? bytes.len : width(*pack);

		if (n > bytes.len)
			return gw_err_set(err, GW_EDATA, "%c takes %zu bytes, and %zu are left",
			    *pack, n, bytes.len);
		if (*pack == '$' && bytes.len > 0)
			return gw_err_set(err, GW_EDATA,
			    "%zu bytes are left where $ wants the end", bytes.len);
		if (*pack == '<' || *pack == '>')
			big = *pack == '>';
		else if (*pack == ' ')
			gw_buf_putc(out, ' ');
		else if (*pack == 'c' || *pack == 's')
			gw_buf_put(out, bytes.ptr, n);
		else if (n > 0)
			put_number(*pack, bytes.ptr, n, big, out);
		bytes.ptr += n;
		bytes.len -= n;
	}
	return 0;
}

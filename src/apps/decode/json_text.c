/* SPDX-License-Identifier: MIT
 *
 * apps/decode/json_text.c - JSON as indented lines: what a person reads.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/decode/decode.h"

static void
indent(struct gw_buf *out, unsigned depth)
{
	while (depth-- > 0)
		gw_buf_puts(out, "  ");
}

static bool
is_bytes(const struct gw_json *v)
{
	return v->type == GW_JSON_OBJECT && v->n == 1 && gw_json_get(v, "b64") != NULL;
}

static bool
is_plain(const struct gw_json *v)
{
	if (v->type == GW_JSON_ARRAY) {
		for (const struct gw_json *c = v->child; c != NULL; c = c->next)
			if (c->type == GW_JSON_OBJECT || c->type == GW_JSON_ARRAY)
				return false;
		return true;
	}
	return v->type != GW_JSON_OBJECT || v->n == 0 || is_bytes(v);
}

/* Control bytes would move the terminal's cursor: they are written as JSON writes them. */
static void
put_string(struct gw_buf *out, struct gw_slice s)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	gw_json_str(&w, s);
}

static void
put_plain(const struct gw_json *v, struct gw_buf *out)
{
	switch (v->type) {
	case GW_JSON_NULL:
		gw_buf_puts(out, "null");
		break;
	case GW_JSON_BOOL:
		gw_buf_puts(out, v->boolean ? "true" : "false");
		break;
	case GW_JSON_NUMBER:
		gw_buf_put(out, v->text.ptr, v->text.len);
		break;
	case GW_JSON_STRING:
		put_string(out, v->text);
		break;
	case GW_JSON_ARRAY:
		gw_buf_puts(out, "[");
		for (const struct gw_json *c = v->child; c != NULL; c = c->next) {
			put_plain(c, out);
			gw_buf_puts(out, c->next == NULL ? "" : ", ");
		}
		gw_buf_puts(out, "]");
		break;
	case GW_JSON_OBJECT:
		if (is_bytes(v)) {
			gw_buf_puts(out, "base64 ");
			gw_buf_put(out, gw_json_get(v, "b64")->text.ptr,
			    gw_json_get(v, "b64")->text.len);
		} else
			gw_buf_puts(out, "{}");
		break;
	}
}

/* The parser bounds the depth (GW_JSON_DEPTH_MAX). */
static void
put_members(const struct gw_json *v, unsigned depth, bool dash, struct gw_buf *out)
{
	for (const struct gw_json *c = v->child; c != NULL; c = c->next) {
		indent(out, dash ? depth - 1 : depth);
		gw_buf_puts(out, dash ? "- " : "");
		dash = false;
		if (v->type == GW_JSON_OBJECT) {
			gw_buf_put(out, c->key.ptr, c->key.len);
			gw_buf_puts(out, ":");
		}
		if (is_plain(c)) {
			gw_buf_puts(out, v->type == GW_JSON_OBJECT ? " " : "- ");
			put_plain(c, out);
			gw_buf_putc(out, '\n');
			continue;
		}
		if (v->type == GW_JSON_OBJECT)
			gw_buf_putc(out, '\n');
		if (c->type == GW_JSON_ARRAY)
			for (const struct gw_json *e = c->child; e != NULL; e = e->next) {
				if (!is_plain(e)) {
					put_members(e, depth + 2, true, out);
					continue;
				}
				indent(out, depth + 1);
				gw_buf_puts(out, "- ");
				put_plain(e, out);
				gw_buf_putc(out, '\n');
			}
		else
			put_members(c, depth + 1, false, out);
	}
}

void
gw_json_as_text(const struct gw_json *v, struct gw_buf *out)
{
	if (!is_plain(v)) {
		put_members(v, 0, false, out);
		return;
	}
	put_plain(v, out);
	gw_buf_putc(out, '\n');
}

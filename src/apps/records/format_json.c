/* SPDX-License-Identifier: MIT
 *
 * apps/records/format_json.c - a record as a JSON object, and back.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/records/format.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/slice.h"

static void
json_bytes(struct gw_json_out *w, struct gw_slice s)
{
	if (s.ptr == NULL)
		gw_json_null(w);
	else
		gw_json_str(w, s);
}

static void
json_headers(struct gw_json_out *w, const struct gw_record *r)
{
	struct gw_header h;
	size_t pos = 0;

	gw_json_key(w, "headers");
	gw_json_array(w);
	while (gw_record_header(r, &pos, &h) > 0) {
		gw_json_array(w);
		gw_json_str(w, h.key);
		json_bytes(w, h.value);
		gw_json_array_end(w);
	}
	gw_json_array_end(w);
}

void
gw_record_json(struct gw_buf *out, const struct gw_place *at, const struct gw_record *r)
{
	struct gw_json_out w;

	gw_json_begin(&w, out);
	gw_json_object(&w);
	gw_json_kv_str(&w, "topic", at->topic);
	gw_json_kv_int(&w, "partition", at->partition);
	gw_json_kv_int(&w, "offset", r->offset);
	gw_json_kv_str(&w, "tstype",
	    at->log_append_time ? GW_LIT("logappend") : GW_LIT("create"));
	gw_json_kv_int(&w, "ts", r->timestamp_ms);
	gw_json_kv_int(&w, "broker", at->broker);
	if (r->n_headers > 0)
		json_headers(&w, r);
	gw_json_key(&w, "key");
	json_bytes(&w, r->key);
	gw_json_key(&w, "payload");
	json_bytes(&w, r->value);
	gw_json_object_end(&w);
	gw_buf_putc(out, '\n');
}

/* ---- and back ---- */

static int
decode_b64(const struct gw_json *v, struct gw_arena *arena, struct gw_slice *out)
{
	struct gw_buf bytes;
	char *copy;
	int rc;

	gw_buf_init(&bytes, arena->alloc, 0);
	rc = gw_base64_get(v->text, &bytes);
	if (rc == 0)
		rc = bytes.err;
	if (rc == 0) {
		copy = gw_arena_zero(arena, bytes.len + 1, 1);
		if (copy == NULL) {
			rc = GW_ENOMEM;
		} else {
			if (bytes.len > 0)
				memcpy(copy, bytes.ptr, bytes.len);
			*out = (struct gw_slice){ copy, bytes.len };
		}
	}
	gw_buf_fini(&bytes);
	return rc;
}

/* A string, null or {"b64":"..."}; absent (v NULL) is null. */
static int
parse_bytes(const struct gw_json *v, struct gw_arena *arena, const char *what, struct gw_slice *out,
    struct gw_err *err)
{
	const struct gw_json *b64 = gw_json_get(v, "b64");
	int rc;

	*out = (struct gw_slice){ NULL, 0 };
	if (v == NULL || v->type == GW_JSON_NULL)
		return 0;
	if (v->type == GW_JSON_STRING) {
		*out = v->text.ptr == NULL ? GW_LIT("") : v->text;
		return 0;
	}
	if (b64 == NULL || b64->type != GW_JSON_STRING)
		return gw_err_set(
		    err, GW_EDATA, "%s must be a string, null or {\"b64\":\"...\"}", what);
	rc = decode_b64(b64, arena, out);
	return rc == 0 ? 0 : gw_err_set(err, rc, "%s: %s", what,
	    rc == GW_EDATA ? "not base64" : gw_strerror(rc));
}

static int
parse_int(const struct gw_json *v, const char *what, int64_t max, int64_t *out, struct gw_err *err)
{
	if (v->type != GW_JSON_NUMBER || gw_slice_i64(v->text, out) != 0 || *out < -1 || *out > max)
		return gw_err_set(
		    err, GW_EDATA, "%s must be a whole number up to %" PRId64, what, max);
	return 0;
}

static int
parse_pair(const struct gw_json *key, const struct gw_json *value, struct gw_arena *arena,
    struct gw_header *h, struct gw_err *err)
{
	int rc;

	if (key == NULL || value == NULL)
		return gw_err_set(err, GW_EDATA, "headers must be [[name,value],...]");
	if ((rc = parse_bytes(key, arena, "a header's name", &h->key, err)) != 0)
		return rc;
	if (h->key.ptr == NULL)
		return gw_err_set(err, GW_EDATA, "a header's name must not be null");
	return parse_bytes(value, arena, "a header's value", &h->value, err);
}

static int
parse_headers(
    const struct gw_json *v, struct gw_arena *arena, struct gw_record_in *out, struct gw_err *err)
{
	const struct gw_json *c;
	int rc;

	if (v->type == GW_JSON_NULL)
		return 0;
	if (v->type != GW_JSON_ARRAY)
		return gw_err_set(err, GW_EDATA, "headers must be [[name,value],...]");
	out->headers = gw_arena_zero(arena, v->n + 1, sizeof(*out->headers));
	if (out->headers == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	for (c = v->child; c != NULL; c = c->next) {
		if (c->type == GW_JSON_ARRAY) {
			if (c->n != 2)
				return gw_err_set(
				    err, GW_EDATA, "headers must be [[name,value],...]");
			rc = parse_pair(
			    c->child, c->child->next, arena, &out->headers[out->n_headers], err);
		} else {
			rc = parse_pair(c, c->next, arena, &out->headers[out->n_headers], err);
			c = c->next;
		}
		if (rc != 0)
			return rc;
		out->n_headers++;
	}
	return 0;
}

static int
parse_place(
    const struct gw_json *obj, struct gw_arena *arena, struct gw_record_in *out, struct gw_err *err)
{
	const struct gw_json *v;
	int64_t n;
	int rc;

	if ((v = gw_json_get(obj, "topic")) != NULL) {
		if (v->type != GW_JSON_STRING)
			return gw_err_set(err, GW_EDATA, "topic must be a string");
		if ((out->topic = gw_arena_str(arena, v->text)) == NULL)
			return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	}
	if ((v = gw_json_get(obj, "partition")) != NULL) {
		if ((rc = parse_int(v, "partition", INT32_MAX, &n, err)) != 0)
			return rc;
		out->has_partition = n >= 0;
		out->partition = (int32_t)n;
	}
	if ((v = gw_json_get(obj, "ts")) != NULL) {
		if ((rc = parse_int(v, "ts", INT64_MAX, &out->ts, err)) != 0)
			return rc;
		out->has_ts = out->ts >= 0;
	}
	return 0;
}

int
gw_record_json_parse(
    struct gw_slice text, struct gw_arena *arena, struct gw_record_in *out, struct gw_err *err)
{
	const struct gw_json *v;
	struct gw_record_in in = { .topic = NULL };
	struct gw_json *obj;
	int rc;

	if ((rc = gw_json_parse(text, arena, &obj, err)) != 0)
		return rc;
	if (obj->type != GW_JSON_OBJECT)
		return gw_err_set(err, GW_EDATA, "a record must be a JSON object");
	if ((rc = parse_place(obj, arena, &in, err)) != 0 ||
	    (rc = parse_bytes(gw_json_get(obj, "key"), arena, "key", &in.key, err)) != 0)
		return rc;
	if ((v = gw_json_get(obj, "headers")) != NULL &&
	    (rc = parse_headers(v, arena, &in, err)) != 0)
		return rc;
	/* If it were not wanted, a value under another name would make the record a deletion. */
	if ((v = gw_json_get(obj, "payload")) == NULL)
		return gw_err_set(
		    err, GW_EDATA, "payload is missing; it is null where there is no value");
	if ((rc = parse_bytes(v, arena, "payload", &in.value, err)) != 0)
		return rc;
	*out = in;
	return 0;
}

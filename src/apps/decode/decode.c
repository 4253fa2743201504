/* SPDX-License-Identifier: MIT
 *
 * apps/decode/decode.c - what frames and segments say.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/decode/decode.h"

#include "apps/decode/capture.h"
#include "base/slice.h"
#include "wire/bytes.h"
#include "wire/dump.h"

#define ARENA_MAX	((size_t)256 << 20)	/* what one frame may decode to */
#define INFLATED_MAX	((size_t)128 << 20)	/* of one batch */

void
gw_decode_init(struct gw_decode *d, struct gw_alloc *alloc, bool as_json)
{
	*d = (struct gw_decode){ .alloc = alloc, .as_json = as_json };
	gw_arena_init(&d->arena, alloc, ARENA_MAX);
	gw_buf_init(&d->json, alloc, 0);
	gw_buf_init(&d->scratch, alloc, INFLATED_MAX);
}

void
gw_decode_fini(struct gw_decode *d)
{
	gw_arena_fini(&d->arena);
	gw_buf_fini(&d->json);
	gw_buf_fini(&d->scratch);
}

int
gw_frame_kind_parse(struct gw_frame_kind *k, const char *text, struct gw_err *err)
{
	struct gw_slice version, name = gw_slice_cut(gw_str(text), ':', &version);
	int64_t n;

	if (strcmp(text, "request") == 0) {
		*k = (struct gw_frame_kind){ .is_request = true };
		return 0;
	}
	for (size_t i = 0; i < gw_n_apis; i++)
		if (gw_slice_is(name, gw_apis[i].name) && gw_slice_i64(version, &n) == 0 &&
		    n >= gw_apis[i].min && n <= gw_apis[i].max) {
			*k = (struct gw_frame_kind){ false, gw_apis[i].key, (int16_t)n };
			return 0;
		}
	return gw_err_set(err, GW_EINVAL, "%s: \"request\" is wanted, or of a response the API "
	    "and its version, such as Metadata:9", text);
}

/* ---- one thing out ---- */

static void
begin(struct gw_decode *d, struct gw_json_out *w)
{
	gw_buf_clear(&d->json);
	gw_json_begin(w, &d->json);
}

/* What was made goes to out, in the form that is wanted. */
static int
give(struct gw_decode *d, struct gw_buf *out)
{
	struct gw_json *v;
	struct gw_err err;

	if (d->json.err != 0)
		return d->json.err;
	if (d->as_json) {
		gw_buf_put(out, d->json.ptr, d->json.len);
		gw_buf_putc(out, '\n');
		return out->err;
	}
	gw_arena_reset(&d->arena);
	if (gw_json_parse(gw_buf_slice(&d->json), &d->arena, &v, &err) != 0)
		return err.code;
	gw_json_as_text(v, out);
	gw_buf_putc(out, '\n');
	return out->err;
}

/* ---- frames ---- */

static void
put_error(struct gw_decode *d, struct gw_json_out *w, const struct gw_err *err, struct gw_slice f)
{
	gw_json_kv_str(w, "error", gw_str(err->msg));
	gw_json_kv_int(w, "bytes", (int64_t)f.len);
	d->n_damaged++;
}

static void
put_request(struct gw_decode *d, struct gw_json_out *w, struct gw_slice frame)
{
	struct gw_request_header h = { .api_key = -1 };
	const struct gw_api *api;
	struct gw_err err = { 0 };
	size_t body_at;
	void *body;
	int rc = gw_request_header_decode(frame, &h, &body_at, &err);

	api = gw_api_find(h.api_key);
	if (api != NULL)
		gw_json_kv_str(w, "request", gw_str(api->name));
	if (rc == 0 || rc == GW_EVERSION) {
		gw_json_kv_int(w, "key", h.api_key);
		gw_json_kv_int(w, "version", h.api_version);
		gw_json_kv_int(w, "correlationId", h.correlation_id);
	}
	if (rc == 0 && h.client_id.ptr != NULL)
		gw_json_kv_str(w, "clientId", h.client_id);
	if (rc == 0)
		rc = gw_request_decode(frame, body_at, &h, &d->arena, &body, &err);
	if (rc != 0 || api == NULL) {
		put_error(d, w, &err, frame);
		return;
	}
	gw_json_key(w, "body");
	gw_message_dump(api, true, h.api_version, body, w, &d->scratch);
}

static void
put_response(struct gw_decode *d, struct gw_json_out *w, const struct gw_frame_kind *k,
    struct gw_slice frame)
{
	const struct gw_api *api = gw_api_find(k->key);
	struct gw_err err = { 0 };
	int32_t id;
	void *body;
	int rc;

	if (api != NULL)
		gw_json_kv_str(w, "response", gw_str(api->name));
	gw_json_kv_int(w, "key", k->key);
	gw_json_kv_int(w, "version", k->version);
	rc = gw_response_decode(frame, k->key, k->version, &d->arena, &id, &body, &err);
	if (rc != 0 || api == NULL) {
		put_error(d, w, &err, frame);
		return;
	}
	gw_json_kv_int(w, "correlationId", id);
	gw_json_key(w, "body");
	gw_message_dump(api, false, k->version, body, w, &d->scratch);
}

static void
put_frame(struct gw_decode *d, struct gw_json_out *w, const struct gw_frame_kind *k,
    struct gw_slice frame)
{
	gw_arena_reset(&d->arena);
	if (k->is_request)
		put_request(d, w, frame);
	else
		put_response(d, w, k, frame);
}

int
gw_decode_frame(struct gw_decode *d, const struct gw_frame_kind *k, struct gw_slice frame,
    struct gw_buf *out)
{
	struct gw_json_out w;

	if (frame.len >= 4 && gw_be32((const uint8_t *)frame.ptr) == frame.len - 4)
		frame = (struct gw_slice){ frame.ptr + 4, frame.len - 4 };
	begin(d, &w);
	gw_json_object(&w);
	put_frame(d, &w, k, frame);
	gw_json_object_end(&w);
	return give(d, out);
}

/* ---- captures ---- */

/* Only the header was kept: there is a password in the rest. */
static bool
is_login(const struct gw_captured *c)
{
	return c->api_key == GW_API_SASL_AUTHENTICATE;
}

static int
decode_captured(struct gw_decode *d, const struct gw_captured *c, struct gw_buf *out)
{
	const struct gw_frame_kind k = { c->is_request, c->api_key, c->api_version };
	struct gw_json_out w;

	begin(d, &w);
	gw_json_object(&w);
	gw_json_kv_int(&w, "timeMs", c->time_us / 1000);
	gw_json_kv_int(&w, "broker", c->broker);
	gw_json_kv_int(&w, "port", c->port);
	if (is_login(c)) {
		gw_json_kv_str(&w, c->is_request ? "request" : "response",
		    GW_LIT("SaslAuthenticate"));
		gw_json_kv_int(&w, "version", c->api_version);
		gw_json_kv_str(&w, "body", GW_LIT("not kept"));
	} else
		put_frame(d, &w, &k, c->bytes);
	gw_json_object_end(&w);
	return give(d, out);
}

static int
tell_cut(struct gw_decode *d, size_t left, const char *what, struct gw_buf *out)
{
	struct gw_json_out w;

	begin(d, &w);
	gw_json_object(&w);
	gw_json_kv_str(&w, "error", gw_str(what));
	gw_json_kv_int(&w, "bytes", (int64_t)left);
	gw_json_object_end(&w);
	d->n_damaged++;
	return give(d, out);
}

int
gw_decode_capture(struct gw_decode *d, struct gw_slice file, struct gw_buf *out)
{
	struct gw_captured c;
	int rc = 0;
	size_t n;

	if (file.len < GW_CAPTURE_MAGIC_LEN)
		return tell_cut(d, file.len, "not a capture", out);
	file = (struct gw_slice){ file.ptr + GW_CAPTURE_MAGIC_LEN,
		file.len - GW_CAPTURE_MAGIC_LEN };
	while (rc == 0 && (n = gw_capture_next(file, &c)) > 0) {
		rc = decode_captured(d, &c, out);
		file = (struct gw_slice){ file.ptr + n, file.len - n };
	}
	return rc == 0 && file.len > 0 ? tell_cut(d, file.len, "the capture is cut off", out) : rc;
}

/* ---- segments ---- */

int
gw_decode_segment(struct gw_decode *d, struct gw_slice file, struct gw_buf *out)
{
	size_t at = 0, n = 1;
	int rc = 0;

	while (rc == 0 && n > 0 && at < file.len) {
		const struct gw_slice rest = { file.ptr + at, file.len - at };
		struct gw_json_out w;

		begin(d, &w);
		gw_json_object(&w);
		gw_json_kv_int(&w, "position", (int64_t)at);
		gw_json_key(&w, "batch");
		n = gw_batch_dump(rest, &w, &d->scratch);
		gw_json_object_end(&w);
		d->n_damaged += n == 0;
		at += n;
		rc = give(d, out);
	}
	return rc;
}

/* ---- hexadecimal ---- */

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
gw_decode_hex(struct gw_slice text, struct gw_buf *out, struct gw_err *err)
{
	int high = -1;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		int v = digit(c);

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ':')
			continue;
		if (v < 0)
			return gw_err_set(err, GW_EDATA,
			    "a frame is written in hexadecimal digits; at %zu is \"%c\"", i,
			    c >= ' ' && c <= '~' ? c : '?');
		if (high >= 0)
			gw_buf_putc(out, (char)(high * 16 + v));
		high = high >= 0 ? -1 : v;
	}
	if (high >= 0)
		return gw_err_set(err, GW_EDATA, "an odd number of hexadecimal digits");
	return out->err == 0 ? 0 : gw_err_set(err, out->err, "%s", gw_strerror(out->err));
}

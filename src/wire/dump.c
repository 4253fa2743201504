/* SPDX-License-Identifier: MIT
 *
 * wire/dump.c - messages as JSON.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/dump.h"

#include "wire/codec_raw.h"

struct sink {
	struct gw_dump		 base;		/* first: the codec knows this part */
	struct gw_json_out	*out;
	struct gw_buf		*scratch;
};

static struct sink *
sink_of(struct gw_codec *w)
{
	return (struct sink *)(void *)w->dump;
}

/* As Kafka prints them: base64 for URLs, without padding. */
static void
uuid_text(struct gw_buf *tmp, const struct gw_uuid *id)
{
	gw_buf_clear(tmp);
	gw_base64_put(tmp, (struct gw_slice){ (const char *)id->b, sizeof(id->b) });
	for (size_t i = 0; i < tmp->len; i++)
		tmp->ptr[i] = tmp->ptr[i] == '+' ? '-' : tmp->ptr[i] == '/' ? '_' : tmp->ptr[i];
	tmp->len = tmp->len < 22 ? tmp->len : 22;
}

static void
put_uuid(struct sink *s, const struct gw_uuid *id)
{
	struct gw_buf tmp;

	gw_buf_init(&tmp, s->scratch->alloc, 0);
	uuid_text(&tmp, id);
	gw_json_str(s->out, gw_buf_slice(&tmp));
	gw_buf_fini(&tmp);
}

static void
put_b64(struct sink *s, struct gw_slice v)
{
	struct gw_buf tmp;

	gw_buf_init(&tmp, s->scratch->alloc, 0);
	gw_base64_put(&tmp, v);
	gw_json_object(s->out);
	gw_json_kv_str(s->out, "b64", gw_buf_slice(&tmp));
	gw_json_object_end(s->out);
	gw_buf_fini(&tmp);
}

static void
put_slice(struct sink *s, const struct gw_row *r, struct gw_slice v)
{
	if (v.ptr == NULL)
		gw_json_null(s->out);
	else if (strcmp(r->type, "string") == 0)
		gw_json_str(s->out, v);
	else if (strcmp(r->type, "records") == 0)
		gw_batches_dump(v, s->out, s->scratch);
	else if (strcmp(r->name, "AuthBytes") == 0) {
		gw_json_object(s->out);
		gw_json_kv_int(s->out, "hidden", (int64_t)v.len);
		gw_json_object_end(s->out);
	} else
		put_b64(s, v);
}

static void
put_items(struct sink *s, const struct gw_seen *v)
{
	const int32_t *i32 = v->ptr;
	const int64_t *i64 = v->ptr;
	const struct gw_slice *text = v->ptr;

	if (v->n == GW_NULL_ARRAY) {
		gw_json_null(s->out);
		return;
	}
	gw_json_array(s->out);
	for (size_t i = 0; i < v->n; i++) {
		if (v->kind == GW_SEEN_STRINGS)
			gw_json_str(s->out, text[i]);
		else
			gw_json_int(s->out, v->kind == GW_SEEN_I32S ? i32[i] : i64[i]);
	}
	gw_json_array_end(s->out);
}

static void
put_number(struct sink *s, const struct gw_row *r, int64_t v)
{
	if (strcmp(r->type, "bool") == 0)
		gw_json_bool(s->out, v != 0);
	else
		gw_json_int(s->out, v);
}

static void
see(struct gw_codec *w, const struct gw_row *r, const struct gw_seen *v)
{
	struct sink *s = sink_of(w);
	struct gw_slice text;

	if (v->kind <= GW_SEEN_STRUCT || v->kind == GW_SEEN_ARRAY)
		gw_json_key(s->out, r->name);
	switch (v->kind) {
	case GW_SEEN_NUMBER:
		put_number(s, r, v->number);
		break;
	case GW_SEEN_SLICE:
		memcpy(&text, v->ptr, sizeof(text));
		put_slice(s, r, text);
		break;
	case GW_SEEN_UUID:
		put_uuid(s, v->ptr);
		break;
	case GW_SEEN_I32S:
	case GW_SEEN_I64S:
	case GW_SEEN_STRINGS:
		put_items(s, v);
		break;
	case GW_SEEN_STRUCT:
	case GW_SEEN_ARRAY:
		if (v->n == GW_NULL_ARRAY)
			gw_json_null(s->out);
		else if (v->kind == GW_SEEN_ARRAY)
			gw_json_array(s->out);
		else
			gw_json_object(s->out);
		break;
	case GW_SEEN_ITEM:
		gw_json_object(s->out);
		break;
	case GW_SEEN_ITEM_END:
	case GW_SEEN_STRUCT_END:
		gw_json_object_end(s->out);
		break;
	case GW_SEEN_ARRAY_END:
		gw_json_array_end(s->out);
		break;
	}
}

void
gw_message_dump(const struct gw_api *api, bool request, int16_t version, const void *body,
    struct gw_json_out *out, struct gw_buf *scratch)
{
	struct sink s = { .base = { see }, .out = out, .scratch = scratch };
	struct gw_codec w = { .mode = GW_DUMP, .version = version,
		.flexible = gw_api_flexible(api, version), .dump = &s.base };

	gw_json_object(out);
	/* In DUMP a visitor only reads; the cast is as in gw_request_encode(). */
	(request ? api->request : api->response)(&w, (void *)(uintptr_t)body);
	gw_json_object_end(out);
}

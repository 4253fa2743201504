/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/properties.h"

#include "apps/app.h"
#include "base/secret.h"
#include "base/slice.h"
#include "base/utf8.h"

void
gw_properties_init(struct gw_properties *p, struct gw_env *env)
{
	*p = (struct gw_properties){ .env = env };
}

void
gw_properties_fini(struct gw_properties *p)
{
	for (size_t i = 0; i < p->n; i++) {
		gw_alloc_free(p->env->alloc, p->list[i].key);
		gw_secret_free(p->env->alloc, p->list[i].value);
		gw_alloc_free(p->env->alloc, p->list[i].why);
	}
	gw_alloc_free(p->env->alloc, p->list);
	gw_properties_init(p, p->env);
}

/* ---- ${...} ---- */

static int
put_file(struct gw_env *env, const char *path, struct gw_buf *out, struct gw_err *err)
{
	struct gw_slice s;
	struct gw_buf text;
	int rc;

	gw_buf_init(&text, env->alloc, GW_PROPERTIES_MAX);
	rc = gw_fs_read_file(env->fs, path, &text, err);
	s = gw_slice_chomp(gw_buf_slice(&text));
	if (rc == 0)
		gw_buf_put(out, s.ptr, s.len);
	gw_secret_buf_fini(&text);
	return rc == GW_ENOENT ? err->code = GW_EIO : rc;
}

static int
put_named(struct gw_env *env, bool is_env, struct gw_slice name, struct gw_buf *out,
    struct gw_err *err)
{
	char *word = gw_alloc_str(env->alloc, name);
	const char *value;
	int rc = 0;

	if (word == NULL)
		return gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
	if (!is_env)
		rc = put_file(env, word, out, err);
	else if ((value = gw_app_getenv(word)) != NULL)
		gw_buf_puts(out, value);
	else
		rc = gw_err_set(err, GW_EINVAL, "${env:%s}: the environment has no %s", word, word);
	gw_alloc_free(env->alloc, word);
	return rc;
}

int
gw_properties_expand(struct gw_env *env, struct gw_slice v, struct gw_buf *out, struct gw_err *err)
{
	struct gw_slice name, rest;
	bool is_env;
	int rc = 0;

	while (rc == 0 && v.len > 0) {
		is_env = gw_slice_starts(v, "${env:");
		if (!is_env && !gw_slice_starts(v, "${file:")) {
			gw_buf_putc(out, *v.ptr++);
			v.len--;
			continue;
		}
		name = gw_slice_cut(v, '}', &rest);
		if (rest.ptr == NULL)
			return gw_err_set(err, GW_EINVAL, "%.*s: the closing } is missing",
			    GW_FMT(name));
		(void)gw_slice_cut(name, ':', &name);
		rc = put_named(env, is_env, name, out, err);
		v = rest;
	}
	if (rc == 0 && out->err != 0)
		rc = gw_err_set(err, out->err, "%s", gw_strerror(out->err));
	return rc;
}

/* ---- lines ---- */

struct reader {
	struct gw_properties	*p;
	struct gw_slice		 text;		/* what is left */
	size_t			 line;
	struct gw_buf		 key, raw, value;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static void
skip_blanks(struct gw_slice *s)
{
	while (s->len > 0 && is_blank(*s->ptr)) {
		s->ptr++;
		s->len--;
	}
}

/* One line without its end; false at the end of the text. */
static bool
take_line(struct reader *r, struct gw_slice *line)
{
	if (r->text.ptr == NULL)
		return false;
	*line = gw_slice_line(&r->text);
	r->line++;
	return true;
}

/* An odd number of '\' at its end. */
static bool
goes_on(struct gw_slice line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[line.len - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static int
hex4(struct gw_slice s, uint32_t *out)
{
	uint32_t v = 0;

	if (s.len < 4)
		return GW_EINVAL;
	for (size_t i = 0; i < 4; i++) {
		char c = s.ptr[i], lower = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			v = v * 16 + (uint32_t)(c - '0');
		else if (lower >= 'a' && lower <= 'f')
			v = v * 16 + (uint32_t)(lower - 'a' + 10);
		else
			return GW_EINVAL;
	}
	*out = v;
	return 0;
}

static void
put_utf8(struct gw_buf *out, uint32_t c)
{
	char text[4];

	gw_buf_put(out, text, gw_utf8_put(c, text));
}

/* What follows a '\'. Halves of a surrogate pair and NUL have no UTF-8: GW_EINVAL. */
static int
take_escape(struct gw_slice *s, struct gw_buf *out)
{
	static const char from[] = "tnrf", to[] = "\t\n\r\f";
	const char *at;
	uint32_t c;

	if (s->len == 0)
		return 0;
	if (*s->ptr == 'u') {
		struct gw_slice digits = { s->ptr + 1, s->len - 1 };

		if (hex4(digits, &c) < 0 || c == 0 || (c >= 0xd800 && c < 0xe000))
			return GW_EINVAL;
		put_utf8(out, c);
		*s = (struct gw_slice){ digits.ptr + 4, digits.len - 4 };
		return 0;
	}
	at = strchr(from, *s->ptr);
	gw_buf_putc(out, at != NULL && *at != '\0' ? to[at - from] : *s->ptr);
	s->ptr++;
	s->len--;
	return 0;
}

/* Up to the end, or for a key to what ends it. */
static int
take_word(struct gw_slice *s, bool is_key, struct gw_buf *out)
{
	while (s->len > 0) {
		char c = *s->ptr;

		if (is_key && (is_blank(c) || c == '=' || c == ':'))
			break;
		s->ptr++;
		s->len--;
		if (c != '\\')
			gw_buf_putc(out, c);
		else if (take_escape(s, out) < 0)
			return GW_EINVAL;
	}
	return out->err;
}

static int
split(struct reader *r, struct gw_slice s)
{
	int rc = take_word(&s, true, &r->key);

	if (rc < 0)
		return rc;
	skip_blanks(&s);
	if (s.len > 0 && (*s.ptr == '=' || *s.ptr == ':')) {
		s.ptr++;
		s.len--;
	}
	skip_blanks(&s);
	return take_word(&s, false, &r->raw);
}

static int
add(struct reader *r, size_t line, int rc, const struct gw_err *why)
{
	struct gw_properties *p = r->p;
	struct gw_alloc *a = p->env->alloc;
	struct gw_property *one;
	void *list = p->list;

	if (r->key.err != 0 || gw_alloc_room(a, &list, &p->cap, p->n, sizeof(*one)) < 0)
		return GW_ENOMEM;
	p->list = list;
	one = &p->list[p->n++];
	*one = (struct gw_property){ .line = line };
	one->key = gw_alloc_str(a, gw_buf_slice(&r->key));
	if (rc == 0)
		one->value = gw_alloc_str(a, gw_buf_slice(&r->value));
	else
		one->why = gw_alloc_str(a, gw_str(why->msg));
	return one->key == NULL || (one->value == NULL && one->why == NULL) ? GW_ENOMEM : 0;
}

static int
one_pair(struct reader *r, struct gw_slice logical, size_t line)
{
	struct gw_err why = { 0 };
	int rc;

	gw_buf_clear(&r->key);
	gw_secret_wipe(r->raw.ptr, r->raw.len);
	gw_buf_clear(&r->raw);
	gw_secret_wipe(r->value.ptr, r->value.len);
	gw_buf_clear(&r->value);
	rc = split(r, logical);
	if (rc == GW_EINVAL)
		gw_err_set(&why, rc, "\\u wants four hexadecimal digits of a character");
	if (rc == 0)
		rc = gw_properties_expand(r->p->env, gw_buf_slice(&r->raw), &r->value, &why);
	if (rc == 0 && r->value.len > 0 && (memchr(r->value.ptr, '\n', r->value.len) != NULL ||
	    memchr(r->value.ptr, '\0', r->value.len) != NULL))
		rc = gw_err_set(&why, GW_EINVAL, "%.*s: the value has more than one line",
		    GW_FMT(gw_buf_slice(&r->key)));
	return rc == GW_ENOMEM ? rc : add(r, line, rc, &why);
}

static int
read_lines(struct reader *r)
{
	struct gw_buf logical;
	struct gw_slice line;
	size_t first;
	bool more;
	int rc = 0;

	gw_buf_init(&logical, r->p->env->alloc, 0);
	/* secrets leave no copy by growing */
	(void)gw_buf_reserve(&logical, r->text.len + 1);
	while (rc == 0 && take_line(r, &line)) {
		skip_blanks(&line);
		if (line.len == 0 || *line.ptr == '#' || *line.ptr == '!')
			continue;
		first = r->line;
		gw_buf_clear(&logical);
		do {
			more = goes_on(line);
			gw_buf_put(&logical, line.ptr, line.len - (more ? 1 : 0));
			more = more && take_line(r, &line);
			skip_blanks(&line);
		} while (more);
		rc = logical.err != 0 ? logical.err : one_pair(r, gw_buf_slice(&logical), first);
	}
	gw_secret_buf_fini(&logical);
	return rc;
}

int
gw_properties_read(struct gw_properties *p, const char *path, struct gw_err *err)
{
	struct gw_env *env = p->env;
	struct reader r = { .p = p };
	struct gw_buf text;
	int rc;

	gw_buf_init(&text, env->alloc, GW_PROPERTIES_MAX);
	gw_buf_init(&r.key, env->alloc, 0);
	gw_buf_init(&r.raw, env->alloc, 0);
	gw_buf_init(&r.value, env->alloc, 0);
	rc = gw_fs_read_file(env->fs, path, &text, err);
	if (rc == GW_ENOENT)
		rc = err->code = GW_EIO;
	if (rc == 0 && text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
		rc = gw_err_set(err, GW_EINVAL, "%s: not a text file", path);
	if (rc == 0 && text.len > 0) {
		(void)gw_buf_reserve(&r.raw, text.len);
		(void)gw_buf_reserve(&r.value, text.len + GW_PROPERTIES_MAX / 256);
		r.text = gw_buf_slice(&text);
		rc = read_lines(&r);
		if (rc < 0)
			gw_err_set(err, rc, "%s: %s", path, gw_strerror(rc));
	}
	gw_secret_buf_fini(&text);
	gw_buf_fini(&r.key);
	gw_secret_buf_fini(&r.raw);
	gw_secret_buf_fini(&r.value);
	return rc;
}

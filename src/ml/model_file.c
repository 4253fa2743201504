/* SPDX-License-Identifier: MIT
 *
 * The model file, formats 1 to 4: lines "key value", in this order and no other
 * (doc/model-file.md):
 *
 *   gridwire-model 1
 *   name, version, feature_set, feature_hash, trained_on, seed, rows, groups
 *   features N, heads N, metrics N
 *   N times: feature NAME, mean X, scale X, edges X*9, share X*10
 *   N times: head NAME FAMILY, intercept X, coef X*features; from format 2 on the family may be
 *     followed by the word trees, then: trees single|double N, and N times tree NODE*nodes
 *     (model_trees.c)
 *   N times: metric NAME X
 *   from format 3 on: bands N, and N times: band KNOTS, at X*knots, lo X*knots, mid X*knots, hi
 *     X*knots
 *   in format 4: tables N, and N times: table NAME N, values X*n
 *   sha256 HEX		of every byte above this line
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "ml/model.h"

#include "base/sha256.h"
#include "base/slice.h"
#include "ml/model_trees.h"

#define MAGIC "gridwire-model "
#define SHA256_LINE_LEN (sizeof("sha256 ") - 1 + 64 + 1)

static void
put_number(struct gw_buf *out, double v)
{
	char text[GW_DOUBLE_MAX];

	gw_buf_put(out, text, gw_double_text(v, text));
}

static void
put_numbers(struct gw_buf *out, const char *key, const double *v, size_t n)
{
	gw_buf_puts(out, key);
	for (size_t i = 0; i < n; i++) {
		gw_buf_putc(out, ' ');
		put_number(out, v[i]);
	}
	gw_buf_putc(out, '\n');
}

static bool
text_ok(const char *s, size_t cap)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return n > 0 && n < cap && s[0] != ' ' && s[n - 1] != ' ';
}

static bool
hash_ok(struct gw_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
			return false;
	return s.len == 64;
}

/*
 * With every number at most this, and scales at least its inverse, no prediction overflows to NaN.
 */
#define NUMBER_MAX 1e100

static bool
numbers_ok(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(v[i] >= -NUMBER_MAX && v[i] <= NUMBER_MAX))
			return false;
	return true;
}

static bool
features_ok(const struct gw_model *m)
{
	for (size_t j = 0; j < m->n_features; j++) {
		const struct gw_model_feature *f = &m->features[j];

		if (!gw_model_name_ok(gw_str(f->name)) || !(f->scale >= 1 / NUMBER_MAX) ||
		    !numbers_ok(&f->mean, 1) || !numbers_ok(&f->scale, 1) ||
		    !numbers_ok(f->edges, GW_MODEL_BINS - 1) ||
		    !numbers_ok(f->share, GW_MODEL_BINS))
			return false;
	}
	return true;
}

static bool
writable(const struct gw_model *m)
{
	if (!gw_model_name_ok(gw_str(m->name)) || m->version < 1 ||
	    !gw_model_name_ok(gw_str(m->feature_set)) || !hash_ok(gw_str(m->feature_hash)) ||
	    !text_ok(m->trained_on, sizeof(m->trained_on)) || m->n_heads == 0 || !features_ok(m))
		return false;
	for (size_t h = 0; h < m->n_heads; h++)
		if (!gw_model_name_ok(gw_str(m->heads[h].name)) ||
		    !numbers_ok(&m->heads[h].intercept, 1) ||
		    !numbers_ok(m->heads[h].coef, m->n_features))
			return false;
	for (size_t i = 0; i < m->n_metrics; i++)
		if (!numbers_ok(&m->metrics[i].value, 1))
			return false;
	for (size_t i = 0; i < m->n_tables; i++)
		if (!numbers_ok(m->tables[i].v, m->tables[i].n))
			return false;
	for (size_t g = 0; m->bands != NULL && g < m->bands->n_groups; g++)
		for (int r = 0; r < GW_BAND_ROWS; r++)
			if (!numbers_ok(m->bands->groups[g].row[r], m->bands->groups[g].n))
				return false;
	return true;
}

static void
put_head(const struct gw_model *m, const struct gw_head *h, struct gw_buf *out)
{
	gw_buf_printf(out, "head %s %s%s\n", h->name, gw_family_name(h->family),
	    h->trees != NULL ? " trees" : "");
	put_numbers(out, "intercept", &h->intercept, 1);
	put_numbers(out, "coef", h->coef, m->n_features);
	if (h->trees != NULL)
		gw_model_trees_put(h->trees, out);
}

static const char *const band_rows[GW_BAND_ROWS] = { "at", "lo", "mid", "hi" };

static void
put_tables(const struct gw_model *m, struct gw_buf *out)
{
	gw_buf_printf(out, "tables %zu\n", m->n_tables);
	for (size_t i = 0; i < m->n_tables; i++) {
		gw_buf_printf(out, "table %s %zu\n", m->tables[i].name, m->tables[i].n);
		put_numbers(out, "values", m->tables[i].v, m->tables[i].n);
	}
}

static void
put_bands(const struct gw_bands *b, struct gw_buf *out)
{
	gw_buf_printf(out, "bands %zu\n", b->n_groups);
	for (size_t g = 0; g < b->n_groups; g++) {
		gw_buf_printf(out, "band %zu\n", b->groups[g].n);
		for (int r = 0; r < GW_BAND_ROWS; r++)
			put_numbers(out, band_rows[r], b->groups[g].row[r], b->groups[g].n);
	}
}

static bool
has_trees(const struct gw_model *m)
{
	for (size_t h = 0; h < m->n_heads; h++)
		if (m->heads[h].trees != NULL)
			return true;
	return false;
}

/* The oldest that holds it, so that older programs read what they can. */
static int
format_of(const struct gw_model *m)
{
	if (m->n_tables > 0)
		return 4;
	return m->bands != NULL ? 3 : has_trees(m) ? 2 : 1;
}

static void
put_body(const struct gw_model *m, struct gw_buf *out)
{
	gw_buf_printf(out, MAGIC "%d\n", format_of(m));
	gw_buf_printf(out, "name %s\nversion %d\n", m->name, (int)m->version);
	gw_buf_printf(out, "feature_set %s\nfeature_hash %s\n", m->feature_set, m->feature_hash);
	gw_buf_printf(out, "trained_on %s\nseed %lld\n", m->trained_on, (long long)m->seed);
	gw_buf_printf(out, "rows %zu\ngroups %zu\n", m->n_rows, m->n_groups);
	gw_buf_printf(out, "features %zu\nheads %zu\nmetrics %zu\n", m->n_features, m->n_heads,
	    m->n_metrics);
	for (size_t j = 0; j < m->n_features; j++) {
		const struct gw_model_feature *f = &m->features[j];

		gw_buf_printf(out, "feature %s\n", f->name);
		put_numbers(out, "mean", &f->mean, 1);
		put_numbers(out, "scale", &f->scale, 1);
		put_numbers(out, "edges", f->edges, GW_MODEL_BINS - 1);
		put_numbers(out, "share", f->share, GW_MODEL_BINS);
	}
	for (size_t h = 0; h < m->n_heads; h++)
		put_head(m, &m->heads[h], out);
	for (size_t i = 0; i < m->n_metrics; i++) {
		gw_buf_printf(out, "metric %s ", m->metrics[i].name);
		put_number(out, m->metrics[i].value);
		gw_buf_putc(out, '\n');
	}
	if (m->bands != NULL)
		put_bands(m->bands, out);
	else if (m->n_tables > 0)
		gw_buf_puts(out, "bands 0\n");
	if (m->n_tables > 0)
		put_tables(m, out);
}

int
gw_model_write(const struct gw_model *m, struct gw_buf *out)
{
	size_t start = out->len;
	char sum[65];

	if (!writable(m))
		return GW_EINVAL;
	put_body(m, out);
	if (out->err != 0)
		return out->err;
	gw_sha256_hex(out->ptr + start, out->len - start, sum);
	gw_buf_printf(out, "sha256 %s\n", sum);
	return out->err;
}

/* Where the reader is. The first error stays; after it every helper does nothing. */
struct reader {
	struct gw_slice	 rest;
	const char	*file;
	size_t		 line;
	int64_t		 format;
	int		 rc;
	struct gw_err	*err;
};

static void fail(struct reader *r, const char *fmt, ...) GW_PRINTF(2, 3);

static void
fail(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	if (r->rc != 0)
		return;
	va_start(ap, fmt);
	r->rc = gw_err_vset(r->err, GW_EDATA, fmt, ap);
	va_end(ap);
	gw_err_prefix(r->err, "%s:%zu: ", r->file, r->line);
}

/* The value of the next line, which must have this key. */
static struct gw_slice
value_of(struct reader *r, const char *key)
{
	static const struct gw_slice nothing = { "", 0 };
	struct gw_slice line, value;

	if (r->rc != 0)
		return nothing;
	line = gw_slice_cut(r->rest, '\n', &r->rest);
	r->line++;
	if (gw_slice_is(gw_slice_cut(line, ' ', &value), key) && value.ptr != NULL)
		return value;
	if (line.len > 40)
		line.len = 40;
	fail(r, "%s is missing here; the line is '%.*s'", key, GW_FMT(line));
	return nothing;
}

static void
read_text(struct reader *r, const char *key, char *out, size_t cap)
{
	struct gw_slice v = value_of(r, key);

	if (r->rc != 0)
		return;
	if (v.len >= cap) {
		fail(r, "%s: longer than %zu bytes", key, cap - 1);
		return;
	}
	memcpy(out, v.ptr, v.len);
	out[v.len] = '\0';
	if (!text_ok(out, cap))
		fail(r, "%s: not plain text", key);
}

static void
read_name(struct reader *r, const char *key, struct gw_slice v, char out[GW_MODEL_NAME_MAX])
{
	if (r->rc != 0)
		return;
	if (!gw_model_name_ok(v)) {
		fail(r, "%s: not a name of letters, digits, '.', '_' and '-'", key);
		return;
	}
	memcpy(out, v.ptr, v.len);
	out[v.len] = '\0';
}

static int64_t
read_int(struct reader *r, const char *key, int64_t min, int64_t max)
{
	struct gw_slice v = value_of(r, key);
	int64_t n = 0;

	if (r->rc == 0 && (gw_slice_i64(v, &n) != 0 || n < min || n > max))
		fail(r, "%s: not a whole number from %lld to %lld", key, (long long)min,
		    (long long)max);
	return n;
}

static void
read_numbers(struct reader *r, const char *key, struct gw_slice v, double *out, size_t n)
{
	for (size_t i = 0; i < n && r->rc == 0; i++) {
		struct gw_slice one = gw_slice_cut(v, ' ', &v);

		if (gw_slice_double(one, &out[i]) != 0 || !numbers_ok(&out[i], 1))
			fail(r, "%s: number %zu of %zu is missing, no number, or beyond 1e100", key,
			    i + 1, n);
	}
	if (r->rc == 0 && v.ptr != NULL)
		fail(r, "%s: more than %zu numbers", key, n);
}

static void
read_row(struct reader *r, const char *key, double *out, size_t n)
{
	read_numbers(r, key, value_of(r, key), out, n);
}

static void
read_feature(struct reader *r, struct gw_model *m, size_t j)
{
	struct gw_model_feature *f = &m->features[j];

	read_name(r, "feature", value_of(r, "feature"), f->name);
	for (size_t i = 0; i < j && r->rc == 0; i++)
		if (strcmp(m->features[i].name, f->name) == 0)
			fail(r, "feature: %s is here twice", f->name);
	read_row(r, "mean", &f->mean, 1);
	read_row(r, "scale", &f->scale, 1);
	if (!(f->scale >= 1 / NUMBER_MAX))
		fail(r, "scale: not above zero");
	read_row(r, "edges", f->edges, GW_MODEL_BINS - 1);
	for (size_t b = 1; b < GW_MODEL_BINS - 1; b++)
		if (f->edges[b] < f->edges[b - 1])
			fail(r, "edges: not ascending");
	read_row(r, "share", f->share, GW_MODEL_BINS);
	for (size_t b = 0; b < GW_MODEL_BINS; b++)
		if (!(f->share[b] >= 0 && f->share[b] <= 1))
			fail(r, "share: not in [0, 1]");
}

static void
read_tree(struct reader *r, struct gw_trees *t)
{
	struct gw_slice line = value_of(r, "tree");
	struct gw_err why = { 0 };

	if (r->rc != 0)
		return;
	if (gw_model_trees_read(t, line, &why) != 0) {
		fail(r, "tree: %s", why.msg);
		r->rc = why.code;
	}
}

/* Line "trees KIND N", then the trees. */
static void
read_trees(struct reader *r, struct gw_model *m, struct gw_head *head)
{
	struct gw_slice count = { NULL, 0 }, kind = gw_slice_cut(value_of(r, "trees"), ' ', &count);
	bool single = gw_slice_is(kind, "single");
	int64_t n = 0;

	if (!single && !gw_slice_is(kind, "double"))
		fail(r, "trees: neither single nor double");
	if (r->rc == 0 && (gw_slice_i64(count, &n) != 0 || n < 0 || n > GW_TREES_MAX))
		fail(r, "trees: not a whole number from 0 to %u", GW_TREES_MAX);
	if (r->rc != 0)
		return;
	head->trees = gw_trees_new(m->alloc, single ? GW_TREES_SINGLE : GW_TREES_DOUBLE,
	    m->n_features);
	if (head->trees == NULL)
		r->rc = gw_err_set(r->err, GW_ENOMEM, "out of memory for trees");
	for (int64_t k = 0; k < n && r->rc == 0; k++)
		read_tree(r, head->trees);
	if (r->rc == 0)
		r->rc = gw_trees_finish(head->trees, r->err);
}

static void
read_head(struct reader *r, struct gw_model *m, size_t h)
{
	struct gw_head *head = &m->heads[h];
	struct gw_slice family = { NULL, 0 }, trees = { NULL, 0 },
			name = gw_slice_cut(value_of(r, "head"), ' ', &family);
	int f = 0;

	read_name(r, "head", name, head->name);
	for (size_t i = 0; i < h && r->rc == 0; i++)
		if (strcmp(m->heads[i].name, head->name) == 0)
			fail(r, "head: %s is here twice", head->name);
	family = gw_slice_cut(family, ' ', &trees);
	while (f < GW_N_FAMILIES && !gw_slice_is(family, gw_family_name((enum gw_family)f)))
		f++;
	if (f == GW_N_FAMILIES)
		fail(r, "head: the family is neither logistic nor linear");
	else
		head->family = (enum gw_family)f;
	if (trees.ptr != NULL && (r->format < 2 || !gw_slice_is(trees, "trees")))
		fail(r, "head: more than a name and a family");
	read_row(r, "intercept", &head->intercept, 1);
	read_row(r, "coef", head->coef, m->n_features);
	if (r->rc == 0 && trees.ptr != NULL)
		read_trees(r, m, head);
}

static void
read_metric(struct reader *r, struct gw_metric *metric)
{
	struct gw_slice number = { NULL, 0 },
			name = gw_slice_cut(value_of(r, "metric"), ' ', &number);

	read_name(r, "metric", name, metric->name);
	read_numbers(r, "metric", number, &metric->value, 1);
}

static void
read_band(struct reader *r, struct gw_band_group *g)
{
	g->n = (size_t)read_int(r, "band", 1, GW_BANDS_KNOTS_MAX);
	if (r->rc != 0)
		g->n = 0;
	for (int row = 0; row < GW_BAND_ROWS; row++)
		read_row(r, band_rows[row], g->row[row], g->n);
	for (size_t k = 0; k < g->n && r->rc == 0; k++) {
		if (k > 0 && !(g->row[GW_BAND_AT][k] > g->row[GW_BAND_AT][k - 1]))
			fail(r, "at: not ascending");
		if (g->row[GW_BAND_LO][k] > g->row[GW_BAND_MID][k] ||
		    g->row[GW_BAND_MID][k] > g->row[GW_BAND_HI][k])
			fail(r, "lo, mid, hi: not ascending");
	}
}

static void
read_bands(struct reader *r, struct gw_model *m)
{
	size_t n = (size_t)read_int(r, "bands", r->format > 3 ? 0 : 1, GW_BANDS_GROUPS_MAX);

	if (r->rc != 0 || n == 0)
		return;
	r->rc = gw_model_add_bands(m, r->err);
	if (r->rc != 0)
		return;
	m->bands->n_groups = n;
	for (size_t g = 0; g < n; g++)
		read_band(r, &m->bands->groups[g]);
}

static void
read_table(struct reader *r, struct gw_model *m, size_t i)
{
	struct gw_slice count = { NULL, 0 }, name = gw_slice_cut(value_of(r, "table"), ' ', &count);
	struct gw_model_table *t = &m->tables[i];
	int64_t n = 0;

	read_name(r, "table", name, t->name);
	for (size_t k = 0; k < i && r->rc == 0; k++)
		if (strcmp(m->tables[k].name, t->name) == 0)
			fail(r, "table: %s is here twice", t->name);
	if (r->rc == 0 && (gw_slice_i64(count, &n) != 0 || n < 1 || n > GW_MODEL_TABLE_MAX))
		fail(r, "table: not a whole number from 1 to %d", GW_MODEL_TABLE_MAX);
	t->n = r->rc == 0 ? (size_t)n : 0;
	read_row(r, "values", t->v, t->n);
}

static void
read_tables(struct reader *r, struct gw_model *m)
{
	m->n_tables = (size_t)read_int(r, "tables", 1, GW_MODEL_TABLES_MAX);
	for (size_t i = 0; i < m->n_tables && r->rc == 0; i++)
		read_table(r, m, i);
}

/* What stands before the features, into head (a model on the stack, for its fields only). */
static void
read_header(struct reader *r, struct gw_model *m)
{
	struct gw_slice hash;

	read_name(r, "name", value_of(r, "name"), m->name);
	m->version = (int32_t)read_int(r, "version", 1, INT32_MAX);
	read_name(r, "feature_set", value_of(r, "feature_set"), m->feature_set);
	hash = value_of(r, "feature_hash");
	if (r->rc == 0 && !hash_ok(hash))
		fail(r, "feature_hash: not 64 hexadecimal digits");
	if (r->rc == 0)
		memcpy(m->feature_hash, hash.ptr, 64);
	read_text(r, "trained_on", m->trained_on, sizeof(m->trained_on));
	m->seed = read_int(r, "seed", INT64_MIN, INT64_MAX);
	m->n_rows = (size_t)read_int(r, "rows", 0, UINT32_MAX);
	m->n_groups = (size_t)read_int(r, "groups", 0, UINT32_MAX);
	m->n_features = (size_t)read_int(r, "features", 1, GW_MODEL_FEATURES_MAX);
	m->n_heads = (size_t)read_int(r, "heads", 1, GW_MODEL_HEADS_MAX);
	m->n_metrics = (size_t)read_int(r, "metrics", 0, GW_MODEL_METRICS_MAX);
}

/* Take the head's fields over into m, which has the memory. */
static void
adopt(struct gw_model *m, const struct gw_model *head)
{
	struct gw_model_feature *features = m->features;
	struct gw_alloc *alloc = m->alloc;
	double *coef[GW_MODEL_HEADS_MAX];

	for (size_t h = 0; h < GW_MODEL_HEADS_MAX; h++)
		coef[h] = m->heads[h].coef;
	*m = *head;
	m->alloc = alloc;
	m->features = features;
	for (size_t h = 0; h < GW_MODEL_HEADS_MAX; h++)
		m->heads[h].coef = coef[h];
}

static struct gw_model *
read_body(struct reader *r, struct gw_alloc *alloc)
{
	struct gw_model head = { 0 }, *m;

	read_header(r, &head);
	if (r->rc != 0)
		return NULL;
	m = gw_model_new(alloc, head.n_features, r->err);
	if (m == NULL) {
		r->rc = GW_ENOMEM;
		return NULL;
	}
	adopt(m, &head);
	for (size_t j = 0; j < m->n_features; j++)
		read_feature(r, m, j);
	for (size_t h = 0; h < m->n_heads; h++)
		read_head(r, m, h);
	for (size_t i = 0; i < m->n_metrics; i++)
		read_metric(r, &m->metrics[i]);
	if (r->format >= 3)
		read_bands(r, m);
	if (r->format >= 4)
		read_tables(r, m);
	if (r->rc == 0 && r->rest.len > 0) {
		r->line++;
		fail(r, "lines after the last metric");
	}
	if (r->rc == 0)
		return m;
	gw_model_free(m);
	return NULL;
}

static int
check_magic(struct reader *r)
{
	struct gw_slice line = gw_slice_cut(r->rest, '\n', &r->rest);

	r->line = 1;
	if (!gw_slice_starts(line, MAGIC))
		return gw_err_set(r->err, GW_EDATA,
		    "%s: not a gridwire model (it does not begin with '" MAGIC "')", r->file);
	line.ptr += sizeof(MAGIC) - 1;
	line.len -= sizeof(MAGIC) - 1;
	if (gw_slice_i64(line, &r->format) != 0 || r->format < 1)
		return gw_err_set(r->err, GW_EDATA, "%s:1: no format number after '" MAGIC "'",
		    r->file);
	if (r->format > GW_MODEL_FORMAT)
		return gw_err_set(r->err, GW_EDATA,
		    "%s: model format %lld, this program reads up to %d;"
		    " use the gridwire that wrote it, or a newer one",
		    r->file, (long long)r->format, GW_MODEL_FORMAT);
	return 0;
}

/* The last line against the bytes above it; then *body is those bytes. */
static int
check_sum(struct gw_slice text, const char *file, struct gw_slice *body, struct gw_err *err)
{
	struct gw_slice tail;
	char sum[65];

	if (text.len < SHA256_LINE_LEN)
		return gw_err_set(err, GW_ECORRUPT, "%s: cut short", file);
	*body = (struct gw_slice){ text.ptr, text.len - SHA256_LINE_LEN };
	tail = (struct gw_slice){ text.ptr + body->len, SHA256_LINE_LEN };
	if (!gw_slice_starts(tail, "sha256 ") || tail.ptr[tail.len - 1] != '\n' ||
	    body->len == 0 || body->ptr[body->len - 1] != '\n')
		return gw_err_set(err, GW_ECORRUPT,
		    "%s: cut short or changed: it does not end with its checksum", file);
	gw_sha256_hex(body->ptr, body->len, sum);
	if (memcmp(sum, tail.ptr + sizeof("sha256 ") - 1, 64) != 0)
		return gw_err_set(err, GW_ECORRUPT, "%s: damaged or changed: its checksum differs",
		    file);
	return 0;
}

struct gw_model *
gw_model_read(struct gw_alloc *alloc, struct gw_slice text, const char *name_for_errors,
    struct gw_err *err)
{
	struct reader r = { .rest = text, .file = name_for_errors, .err = err };
	struct gw_slice body = { NULL, 0 };
	struct gw_model *m;

	if (text.len > GW_MODEL_FILE_MAX) {
		gw_err_set(err, GW_ELIMIT, "%s: longer than %u bytes, not a model", name_for_errors,
		    GW_MODEL_FILE_MAX);
		return NULL;
	}
	if (check_magic(&r) != 0 || check_sum(text, name_for_errors, &body, err) != 0)
		return NULL;
	/* The magic line is part of the body, as the checksum line begins after a whole line. */
	r.rest.len = (size_t)(body.ptr + body.len - r.rest.ptr);
	m = read_body(&r, alloc);
	if (m != NULL)
		gw_sha256_hex(text.ptr, text.len, m->sha256);
	return m;
}

/* SPDX-License-Identifier: MIT
 *
 * apps/table.c - aligned columns.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/table.h"

#include <stdio.h>

#define COLUMNS_MAX 16

void
gw_table_init(struct gw_table *t, struct gw_alloc *alloc, const struct gw_column *columns, size_t n)
{
	t->columns = columns;
	t->n_columns = n < COLUMNS_MAX ? n : COLUMNS_MAX;
	t->n_cells = 0;
	gw_buf_init(&t->cells, alloc, 0);
}

void
gw_table_fini(struct gw_table *t)
{
	gw_buf_fini(&t->cells);
}

void
gw_table_cell(struct gw_table *t, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (i = 0; text[i] != '\0'; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
	gw_buf_put(&t->cells, text, i + 1);
	t->n_cells++;
}

/* Characters, not bytes. */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
print_cell(
    const struct gw_table *t, struct gw_app *app, size_t column, const char *text, size_t wide)
{
	bool last = column + 1 == t->n_columns;
	size_t pad = wide - width(text);

	if (t->columns[column].right)
		gw_app_print(app, "%*s%s", (int)pad, "", text);
	else
		gw_app_print(app, "%s%*s", text, last ? 0 : (int)pad, "");
	gw_app_print(app, "%s", last ? "\n" : "  ");
}

void
gw_table_print(const struct gw_table *t, struct gw_app *app)
{
	size_t widths[COLUMNS_MAX], i, w;
	const char *cell;

	for (i = 0; i < t->n_columns; i++)
		widths[i] = width(t->columns[i].name);
	if (t->cells.err != 0) {
		app->out.err = t->cells.err;
		return;
	}
	for (i = 0, cell = (const char *)t->cells.ptr; i < t->n_cells;
	     i++, cell += strlen(cell) + 1)
		if ((w = width(cell)) > widths[i % t->n_columns])
			widths[i % t->n_columns] = w;
	for (i = 0; i < t->n_columns; i++)
		print_cell(t, app, i, t->columns[i].name, widths[i]);
	for (i = 0, cell = (const char *)t->cells.ptr; i < t->n_cells;
	     i++, cell += strlen(cell) + 1)
		print_cell(t, app, i % t->n_columns, cell, widths[i % t->n_columns]);
}

const char *
gw_or_dash(const char *s)
{
	return s == NULL || *s == '\0' ? "-" : s;
}

void
gw_json_kv_text(struct gw_json_out *w, const char *key, const char *s)
{
	gw_json_key(w, key);
	if (s == NULL)
		gw_json_null(w);
	else
		gw_json_str(w, gw_str(s));
}

void
gw_json_kv_known(struct gw_json_out *w, const char *key, int64_t v)
{
	gw_json_key(w, key);
	if (v < 0)
		gw_json_null(w);
	else
		gw_json_int(w, v);
}

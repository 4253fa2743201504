/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/support/model_stream.h"

bool
test_read_stream(FILE *f, struct gw_buf *out)
{
	char block[65536];
	size_t n;

	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		gw_buf_put(out, block, n);
	return out->err == 0 && !ferror(f);
}

struct gw_model *
test_model_file(struct gw_alloc *alloc, const char *path, struct gw_err *err)
{
	FILE *f = fopen(path, "rb");
	struct gw_model *m = NULL;
	struct gw_buf text;

	gw_buf_init(&text, alloc, 0);
	if (f == NULL || !test_read_stream(f, &text))
		(void)gw_err_set(err, GW_EIO, "%s cannot be read", path);
	else
		m = gw_model_read(alloc, gw_buf_slice(&text), path, err);
	if (f != NULL)
		(void)fclose(f);
	gw_buf_fini(&text);
	return m;
}

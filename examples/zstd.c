/* SPDX-License-Identifier: MIT
 *
 * Zstandard's own library in place of gridwire's: send lines of standard input to a topic, packed
 * as tightly as it can: ./zstd HOST:PORT TOPIC < file
 */
#include <stdio.h>

#include <gridwire/gridwire.h>
#include <zstd.h>

static int64_t
answer(size_t n)
{
	return ZSTD_isError(n) ? GW_ELIMIT : (int64_t)n;
}

static int64_t
pack(void *ctx, struct gw_slice in, char *out, size_t cap)
{
	return answer(ZSTD_compressCCtx(ctx, out, cap, in.ptr, in.len, ZSTD_maxCLevel()));
}

/* One frame of Java's producer does not tell its size: then ask for more room until it fits. */
static int64_t
unpack(void *ctx, struct gw_slice in, char *out, size_t cap)
{
	unsigned long long size = ZSTD_getFrameContentSize(in.ptr, in.len);

	(void)ctx;
	if (size == ZSTD_CONTENTSIZE_ERROR)
		return GW_EPROTO;
	if (size != ZSTD_CONTENTSIZE_UNKNOWN && size > cap)
		return (int64_t)size;
	return answer(ZSTD_decompress(out, cap, in.ptr, in.len));
}

int
main(int argc, char **argv)
{
	struct gw_compressor zstd = { pack, unpack, ZSTD_createCCtx() };
	struct gw_client *c;
	struct gw_err err;
	struct gw_flushed f;
	char config[300], line[4096];

	if (argc != 3) {
		fprintf(stderr, "usage: zstd HOST:PORT TOPIC <FILE\n");
		return 1;
	}
	snprintf(config, sizeof(config), "bootstrap.servers=%s;compression.type=zstd", argv[1]);
	c = gw_client_new(config, &err);
	if (c == NULL || zstd.ctx == NULL || gw_use_compressor(c, GW_ZSTD, &zstd) != 0) {
		fprintf(stderr, "%s\n", c == NULL ? err.msg : gw_client_error(c)->msg);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct gw_message m = { .topic = argv[2], .value = { line, strcspn(line, "\n") } };

		while (gw_send(c, &m) == GW_EAGAIN)
			gw_run(c, 100);
	}
	f = gw_flush(c, 30000);
	fprintf(stderr, "%zu delivered, %zu failed, %zu pending\n", f.delivered, f.failed,
	    f.pending);
	gw_client_free(c);
	ZSTD_freeCCtx(zstd.ctx);
	return f.failed + f.pending > 0;
}

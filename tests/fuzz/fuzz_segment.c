/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_segment.c - recovery of a segment file that holds anything: what the walk keeps
 * is whole, in order and found again the same, with and without looking at checksums; the first
 * byte of input chooses which. The rest is the file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "broker/segment.h"

#define MEMORY_MAX	((size_t)256 << 20)

/* A file system that has one file, which can only be read. */
static ssize_t
read_input(void *ctx, int h, void *buf, size_t len, int64_t at)
{
	const struct gw_slice *file = ctx;
	size_t left = (uint64_t)at < file->len ? file->len - (size_t)at : 0;

	(void)h;
	if (len > left)
		len = left;
	if (len > 0)
		memcpy(buf, file->ptr + at, len);
	return (ssize_t)len;
}

struct seen {
	int64_t	next, end;
	size_t	n;
};

static int
see(void *ctx, const struct gw_batch_header *h, int64_t pos)
{
	struct seen *s = ctx;

	FUZZ_CHECK(h->base_offset == s->next && pos == s->end);
	FUZZ_CHECK(h->last_offset_delta >= 0);
	s->next = h->base_offset + h->last_offset_delta + 1;
	s->end = pos + GW_BATCH_PREFIX + h->batch_length;
	s->n++;
	return 0;
}

static struct gw_segment
walk(struct gw_fs *fs, struct gw_alloc *alloc, int64_t size, bool check_crc, struct seen *seen)
{
	struct gw_segment s = { .max_ts = INT64_MIN };
	struct gw_scan scan = {
		.fs = fs, .alloc = alloc, .check_crc = check_crc, .each = see, .ctx = seen
	};

	*seen = (struct seen){ 0, 0, 0 };
	FUZZ_CHECK(gw_segment_scan(&s, &scan, size) == 0);
	FUZZ_CHECK(scan.bad_at == seen->end && scan.bad_at <= size && s.size == seen->end);
	FUZZ_CHECK((scan.why == NULL) == (scan.bad_at == size));
	FUZZ_CHECK(s.next == seen->next);
	return s;
}

static void
drop(struct gw_segment *s, struct gw_alloc *alloc)
{
	gw_alloc_free(alloc, s->index);
}

/* Every offset leads to a batch at or before it, and every batch can be read. */
static void
look_up(struct gw_fs *fs, const struct gw_segment *s)
{
	int64_t step = s->next / 50 + 1;

	for (int64_t offset = 0; offset < s->next; offset += step) {
		struct gw_batch_header h;
		int64_t pos = gw_segment_seek_offset(s, offset);

		FUZZ_CHECK(gw_segment_header(s, fs, pos, &h) > 0);
		FUZZ_CHECK(h.base_offset <= offset);
		(void)gw_segment_seek_time(s, h.max_timestamp_ms);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_alloc alloc = gw_alloc_libc(MEMORY_MAX);
	struct gw_slice file = { size > 1 ? (const char *)data + 1 : "", size > 1 ? size - 1 : 0 };
	struct gw_fs fs = { .ctx = &file, .pread = read_input };
	bool check_crc = size > 0 && (data[0] & 1) != 0;
	struct gw_segment s, again;
	struct seen seen, seen_again;

	s = walk(&fs, &alloc, (int64_t)file.len, check_crc, &seen);
	look_up(&fs, &s);
	/* Cut where it said, the file is good to its end. */
	again = walk(&fs, &alloc, s.size, check_crc, &seen_again);
	FUZZ_CHECK(seen.n == seen_again.n && again.size == s.size && again.n_index == s.n_index);
	drop(&again, &alloc);
	drop(&s, &alloc);
	FUZZ_CHECK(alloc.used == 0);
	return 0;
}

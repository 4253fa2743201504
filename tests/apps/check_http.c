/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_http.c - requests good and bad, and the server over a network in memory: what
 * hostile and slow viewers get, and that a stream loses and repeats nothing.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>
#include <stdlib.h>

#include "apps/http/http.h"
#include "base/secret.h"
#include "base/slice.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"
#include "tests/support/mem_net.h"

#define HOST	"Host: 127.0.0.1:80\r\n"

/* ---- parsing ---- */

static int
parse(const char *text, struct gw_http_request *q)
{
	return gw_http_parse(gw_str(text), q);
}

static int
parse_target(const char *target, struct gw_http_request *q)
{
	char text[4096];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" HOST "\r\n", target);
	return parse(text, q);
}

START_TEST(a_request_is_read_with_its_headers)
{
	static const char text[] = "GET /a/b?game=x&y HTTP/1.1\r\nhost:localhost:8080\r\n"
	    "Accept-Encoding: br, gzip;q=0.8\r\nLast-Event-ID: 0:17\r\n"
	    "IF-NONE-MATCH: \"abc\"\r\nX-Other: any thing\r\n\r\nrest";
	struct gw_http_request q;

	ck_assert_int_eq(parse(text, &q), (int)sizeof(text) - 5);
	ck_assert_str_eq(q.path, "/a/b");
	ck_assert(gw_slice_is(q.query, "game=x&y"));
	ck_assert(gw_slice_is(q.last_event_id, "0:17"));
	ck_assert(gw_slice_is(q.if_none_match, "\"abc\""));
	ck_assert(q.gzip && !q.head && !q.close);
}
END_TEST

START_TEST(every_prefix_of_a_request_asks_for_more)
{
	static const char text[] = "HEAD / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
	struct gw_http_request q;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		ck_assert_int_eq(gw_http_parse((struct gw_slice){ text, i }, &q), 0);
	ck_assert_int_eq(parse(text, &q), (int)sizeof(text) - 1);
	ck_assert(q.head && q.close);
}
END_TEST

START_TEST(paths_are_decoded_and_made_normal)
{
	static const struct { const char *target, *path; } cases[] = {
		{ "/", "/" }, { "//", "/" }, { "/./a", "/a" }, { "/a/../b", "/b" },
		{ "/a/b/../../c/", "/c/" }, { "/%61%2fb", "/a/b" }, { "/a/%2e%2E/b", "/b" },
		{ "/a/..", "/" }, { "/a/.", "/a/" }, { "/...", "/..." }, { "/a//b///c", "/a/b/c" },
		{ "http://localhost/x?y", "/x" },
	};
	struct gw_http_request q;

	for (size_t i = 0; i < GW_N(cases); i++) {
		ck_assert_msg(parse_target(cases[i].target, &q) > 0, "%s", cases[i].target);
		ck_assert_str_eq(q.path, cases[i].path);
	}
}
END_TEST

START_TEST(paths_that_climb_or_hide_something_are_refused)
{
	static const char *const targets[] = {
		"/..", "/../etc/passwd", "/a/../../b", "/%2e%2e/b", "/..%2f..%2fetc", "/%00", "/a%",
		"/a%2", "/a%zz", "/a\\b", "/%5c..%5c", "/\x7f", "*", "a", "", "/\x01",
	};
	struct gw_http_request q;

	for (size_t i = 0; i < GW_N(targets); i++)
		ck_assert_msg(parse_target(targets[i], &q) == -400, "%s", targets[i]);
}
END_TEST

START_TEST(what_is_no_request_gets_its_status)
{
	static const struct { const char *text; int status; } cases[] = {
		{ "\x16\x03\x01\x02", 400 },				/* TLS */
		{ "GET / HTTP/1.1\r\n\r\n", 400 },			/* no host */
		{ "GET /  HTTP/1.1\r\n" HOST "\r\n", 400 },
		{ "GET /\r\n\r\n", 400 },
		{ "GET / HTTP/2.0\r\n" HOST "\r\n", 505 },
		{ "POST / HTTP/1.1\r\n" HOST "\r\n", 405 },
		{ "get / HTTP/1.1\r\n" HOST "\r\n", 405 },
		{ "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n", 413 },
		{ "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 413 },
		{ "GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\n" HOST " folded\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\n" HOST "A: \x01\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\n" HOST "nothing\r\n\r\n", 400 },
	};
	struct gw_http_request q;

	for (size_t i = 0; i < GW_N(cases); i++)
		ck_assert_msg(parse(cases[i].text, &q) == -cases[i].status, "%s", cases[i].text);
}
END_TEST

START_TEST(foreign_host_names_are_refused)
{
	static const char *const good[] = { "localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80",
		"[::1]:8080", "[::1]" };
	static const char *const bad[] = { "example.com", "localhost.example.com:80", "10.0.0.1",
		"127.0.0.1.nip.io", "", "[::2]:80", "127.0.0.1:99999" };
	struct gw_http_request q;
	char text[128];

	for (size_t i = 0; i < GW_N(good); i++) {
		snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", good[i]);
		ck_assert_msg(parse(text, &q) > 0, "%s", good[i]);
	}
	for (size_t i = 0; i < GW_N(bad); i++) {
		snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", bad[i]);
		ck_assert_msg(parse(text, &q) == -421, "%s", bad[i]);
	}
}
END_TEST

START_TEST(long_heads_are_refused_before_they_end)
{
	struct gw_http_request q;
	char *text = malloc(20000);

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', 20000);
	memcpy(text, "GET /", 5);
	ck_assert_int_eq(gw_http_parse((struct gw_slice){ text, 4000 }, &q), -414);
	memcpy(text, "GET / HTTP/1.1\r\nA: ", 19);
	ck_assert_int_eq(gw_http_parse((struct gw_slice){ text, 8000 }, &q), 0);
	ck_assert_int_eq(gw_http_parse((struct gw_slice){ text, GW_HTTP_HEAD_MAX }, &q), -431);
	free(text);
}
END_TEST

START_TEST(too_many_headers_are_refused)
{
	struct gw_http_request q;
	char text[2048];
	int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" HOST);

	for (int i = 0; i < GW_HTTP_HEADERS_MAX; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "A: b\r\n");
	snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
	ck_assert_int_eq(parse(text, &q), -431);
}
END_TEST

/* ---- the server ---- */

#define N_VIEWERS 40

static struct world {
	struct fail_alloc	memory;
	int64_t			now_us;
	struct mem_net		*net;
	struct gw_net		*client_side;
	struct gw_env		env;
	struct gw_http		*http;
	struct gw_part		part;
	struct gw_addr		addr;
	uint64_t		n_events;
	struct gw_buf		got[N_VIEWERS];
	int			fds[N_VIEWERS];		/* -1: closed */
	bool			deaf[N_VIEWERS];	/* does not read */
} w;

static struct gw_time
now(void *ctx)
{
	(void)ctx;
	return (struct gw_time){ .us = w.now_us };
}

/* Event i is a line that is only its number, and a filler. */
static void
fill(void *arg, uint64_t *cursor, struct gw_buf *out)
{
	(void)arg;
	for (; *cursor < w.n_events && out->len < GW_HTTP_STREAM_CHUNK; (*cursor)++)
		gw_buf_printf(out, "id: %llu\ndata: %0200d\n\n", (unsigned long long)*cursor, 0);
}

static void
handle(void *arg, const struct gw_http_request *q, struct gw_http_reply *r)
{
	int64_t last;

	(void)arg;
	if (strcmp(q->path, "/kept") == 0) {
		*r = (struct gw_http_reply){ .status = 200, .type = "text/plain", .etag = "v1",
			.body = GW_LIT("plain text"), .gzip = GW_LIT("GZIPPED"), .made = r->made };
	} else if (strcmp(q->path, "/made") == 0) {
		r->status = 200;
		r->type = "text/plain";
		gw_buf_printf(r->made, "query %.*s", GW_FMT(q->query));
	} else if (strcmp(q->path, "/events") == 0) {
		r->status = 200;
		r->stream = true;
		if (gw_slice_i64(q->last_event_id, &last) == 0)
			r->cursor = (uint64_t)last + 1;
	}
}

static void
setup_as(size_t connections_max, const char *token)
{
	struct gw_http_options o = { .listen = { .family = 4, .ip = { 127, 0, 0, 1 } },
		.token = gw_str(token), .handle = handle, .fill = fill,
		.connections_max = connections_max };

	memset(&w, 0, sizeof(w));
	fail_alloc_init(&w.memory, 0);
	w.now_us = 1;
	w.net = mem_net_new(1, &w.now_us);
	w.env = (struct gw_env){ .alloc = &w.memory.alloc, .clock = { now, NULL },
		.net = mem_node_seam(mem_net_node(w.net)) };
	w.client_side = mem_node_seam(mem_net_node(w.net));
	w.http = gw_http_new(&w.env, &o, NULL);
	ck_assert_ptr_nonnull(w.http);
	w.part = gw_http_part(w.http);
	w.addr = gw_http_addr(w.http);
	for (size_t i = 0; i < N_VIEWERS; i++) {
		gw_buf_init(&w.got[i], &w.memory.alloc, 0);
		w.fds[i] = -1;
	}
}

static void
setup_with(size_t connections_max)
{
	setup_as(connections_max, "");
}

static void
setup(void)
{
	setup_with(0);
}

static void
teardown(void)
{
	for (size_t i = 0; i < N_VIEWERS; i++) {
		if (w.fds[i] >= 0)
			w.client_side->close(w.client_side->ctx, w.fds[i]);
		gw_buf_fini(&w.got[i]);
	}
	gw_http_free(w.http);
	ck_assert_uint_eq(mem_net_open_handles(w.net), 0);
	mem_net_free(w.net);
	ck_assert_uint_eq(w.memory.bytes, 0);
}

static void
viewer_read(size_t i)
{
	char buf[1000];
	ssize_t n = 1;

	while (w.fds[i] >= 0 && !w.deaf[i] && n > 0) {
		n = w.client_side->read(w.client_side->ctx, w.fds[i], buf, sizeof(buf));
		if (n > 0)
			gw_buf_put(&w.got[i], buf, (size_t)n);
		else if (n != GW_EAGAIN) {
			w.client_side->close(w.client_side->ctx, w.fds[i]);
			w.fds[i] = -1;
		}
	}
}

/* Turns of server and viewers, 10 ms each. */
static void
turns(int n)
{
	struct pollfd fds[N_VIEWERS + 8];
	int64_t deadline;
	size_t n_fds;

	while (n-- > 0) {
		deadline = INT64_MAX;
		n_fds = w.part.pollfds(w.part.self, fds, GW_N(fds), &deadline);
		ck_assert_uint_le(n_fds, GW_N(fds));
		mem_net_poll(w.net, fds, n_fds);
		ck_assert_int_eq(w.part.process(w.part.self, fds, n_fds), 0);
		for (size_t i = 0; i < N_VIEWERS; i++)
			viewer_read(i);
		w.now_us += 10000;
	}
}

static void
dial(size_t i)
{
	w.fds[i] = w.client_side->connect(w.client_side->ctx, &w.addr, NULL);
	ck_assert_int_ge(w.fds[i], 0);
	gw_buf_clear(&w.got[i]);
	turns(1);
	ck_assert_int_eq(w.client_side->connected(w.client_side->ctx, w.fds[i], NULL), 0);
	turns(1);
}

static void
say(size_t i, const char *text)
{
	struct gw_slice s = gw_str(text);

	ck_assert_int_eq((int)w.client_side->write(w.client_side->ctx, w.fds[i], &s, 1),
	    (int)s.len);
}

static void
ask(size_t i, const char *text)
{
	if (w.fds[i] < 0)
		dial(i);
	gw_buf_clear(&w.got[i]);
	say(i, text);
	turns(3);
}

static const char *
got(size_t i)
{
	gw_buf_putc(&w.got[i], '\0');
	w.got[i].len--;
	return (const char *)w.got[i].ptr;
}

static bool
got_has(size_t i, const char *text)
{
	return strstr(got(i), text) != NULL;
}

START_TEST(an_answer_has_its_headers_and_the_connection_stays)
{
	ask(0, "GET /kept HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(got_has(0, "HTTP/1.1 200 OK\r\n"));
	ck_assert(got_has(0, "Content-Security-Policy: default-src 'self';"));
	ck_assert(got_has(0, "X-Content-Type-Options: nosniff\r\n"));
	ck_assert(got_has(0, "ETag: \"v1\"\r\n"));
	ck_assert(got_has(0, "Content-Length: 10\r\n"));
	ck_assert(got_has(0, "\r\n\r\nplain text"));
	ask(0, "GET /made?a=1 HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(got_has(0, "\r\n\r\nquery a=1"));
	ck_assert_int_ge(w.fds[0], 0);
	ck_assert_uint_eq(gw_http_get_stats(w.http).requests, 2);
}
END_TEST

START_TEST(who_understands_gzip_gets_what_was_packed_before)
{
	ask(0, "GET /kept HTTP/1.1\r\n" HOST "Accept-Encoding: gzip, deflate\r\n\r\n");
	ck_assert(got_has(0, "Content-Encoding: gzip\r\n"));
	ck_assert(got_has(0, "ETag: \"v1-gz\"\r\n"));
	ck_assert(got_has(0, "\r\n\r\nGZIPPED"));
	ask(0, "GET /kept HTTP/1.1\r\n" HOST "Accept-Encoding: gzip;q=0\r\n\r\n");
	ck_assert(got_has(0, "\r\n\r\nplain text"));
}
END_TEST

START_TEST(what_the_viewer_has_already_is_not_sent_again)
{
	ask(0, "GET /kept HTTP/1.1\r\n" HOST "If-None-Match: \"x\", W/\"v1\"\r\n\r\n");
	ck_assert(got_has(0, "HTTP/1.1 304 Not Modified\r\n"));
	ck_assert(!got_has(0, "plain text"));
	ask(0, "GET /kept HTTP/1.1\r\n" HOST "If-None-Match: \"v2\"\r\n\r\n");
	ck_assert(got_has(0, "HTTP/1.1 200 OK\r\n"));
}
END_TEST

START_TEST(head_has_the_headers_and_no_body)
{
	ask(0, "HEAD /kept HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(got_has(0, "Content-Length: 10\r\n\r\n"));
	ck_assert(!got_has(0, "plain text"));
	ask(0, "HEAD /none HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(got_has(0, "HTTP/1.1 404 Not Found\r\n"));
	ck_assert_str_eq(got(0) + w.got[0].len - 4, "\r\n\r\n");
}
END_TEST

START_TEST(requests_in_one_piece_are_answered_in_order)
{
	ask(0, "GET /made?1 HTTP/1.1\r\n" HOST "\r\nGET /made?2 HTTP/1.1\r\n" HOST "\r\n"
	    "GET /made?3 HTTP/1.0\r\n\r\n");
	turns(3);
	ck_assert(got_has(0, "query 1"));
	ck_assert(got_has(0, "query 2"));
	ck_assert_str_eq(got(0) + w.got[0].len - 7, "query 3");
	ck_assert(strstr(got(0), "query 1") < strstr(got(0), "query 2"));
	ck_assert_int_eq(w.fds[0], -1);		/* HTTP/1.0 closes */
}
END_TEST

START_TEST(a_request_byte_by_byte_is_answered)
{
	static const char text[] = "GET /made HTTP/1.1\r\n" HOST "\r\n";
	char one[2] = "";

	dial(0);
	for (const char *p = text; *p != '\0'; p++) {
		one[0] = *p;
		say(0, one);
		turns(1);
	}
	turns(2);
	ck_assert(got_has(0, "\r\n\r\nquery "));
}
END_TEST

START_TEST(a_bad_request_is_answered_and_the_connection_ends)
{
	ask(0, "POST /kept HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc");
	ck_assert(got_has(0, "HTTP/1.1 405 Method Not Allowed\r\n"));
	ck_assert(got_has(0, "Allow: GET, HEAD\r\n"));
	ck_assert(got_has(0, "Connection: close\r\n"));
	turns(120);
	ck_assert_int_eq(w.fds[0], -1);
	ck_assert_uint_eq(gw_http_get_stats(w.http).refused, 1);
}
END_TEST

START_TEST(a_head_that_never_ends_is_dropped_after_a_while)
{
	dial(0);
	for (int i = 0; i < 120 && w.fds[0] >= 0; i++) {
		struct gw_slice s = GW_LIT("G");

		if (i == 1)
			s = GW_LIT("ET / HTTP/1.1\r\nA: ");
		else if (i > 1)
			s = GW_LIT("b");
		(void)w.client_side->write(w.client_side->ctx, w.fds[0], &s, 1);
		turns(10);
	}
	ck_assert_int_eq(w.fds[0], -1);
	ck_assert_uint_eq(gw_http_get_stats(w.http).dropped, 1);
}
END_TEST

START_TEST(a_silent_connection_is_dropped_after_a_while)
{
	dial(0);
	turns(2900);
	ck_assert_int_ge(w.fds[0], 0);
	turns(200);
	ck_assert_int_eq(w.fds[0], -1);
}
END_TEST

/* The numbers after "id: " in what viewer i has, from "first" on without a gap: how many. */
static uint64_t
events_in_order(size_t i, uint64_t first)
{
	const char *at = got(i);
	uint64_t n = 0;

	while ((at = strstr(at, "id: ")) != NULL && strstr(at, "\n\n") != NULL) {
		ck_assert_uint_eq(strtoull(at + 4, NULL, 10), first + n);
		n++;
		at += 4;
	}
	return n;
}

static void
happen(uint64_t n)
{
	w.n_events += n;
	gw_http_stream_end(w.http, w.n_events);
}

START_TEST(a_stream_has_all_events_and_then_the_new_ones)
{
	happen(500);
	ask(0, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	turns(60);
	ck_assert(got_has(0, "Content-Type: text/event-stream"));
	ck_assert_uint_eq(events_in_order(0, 0), 500);
	happen(1);
	turns(10);
	ck_assert_uint_eq(events_in_order(0, 0), 501);
	ck_assert_uint_eq(gw_http_get_stats(w.http).streams, 1);
}
END_TEST

START_TEST(a_quiet_stream_gets_a_comment)
{
	ask(0, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	turns(3100);
	ck_assert(got_has(0, ": still here\n\n"));
	ck_assert_int_ge(w.fds[0], 0);
}
END_TEST

START_TEST(last_event_id_goes_on_behind_it)
{
	happen(100);
	ask(0, "GET /events HTTP/1.1\r\n" HOST "Last-Event-ID: 41\r\n\r\n");
	turns(20);
	ck_assert_uint_eq(events_in_order(0, 42), 58);
}
END_TEST

START_TEST(a_viewer_who_does_not_read_is_dropped_and_loses_nothing)
{
	struct mem_net_faults faults = { .window = 4096 };
	char again[128];
	uint64_t seen;

	mem_net_set_faults(w.net, &faults);
	happen(2000);
	dial(0);
	say(0, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	turns(30);
	w.deaf[0] = true;
	turns(1600);
	ck_assert_uint_eq(gw_http_get_stats(w.http).dropped, 1);
	ck_assert_uint_eq(gw_http_get_stats(w.http).connections, 0);
	w.deaf[0] = false;
	turns(1);
	seen = events_in_order(0, 0);
	ck_assert_uint_gt(seen, 0);
	ck_assert_uint_lt(seen, 2000);
	snprintf(again, sizeof(again),
	    "GET /events HTTP/1.1\r\n" HOST "Last-Event-ID: %llu\r\n\r\n",
	    (unsigned long long)seen - 1);
	if (w.fds[0] >= 0)
		w.client_side->close(w.client_side->ctx, w.fds[0]);
	w.fds[0] = -1;
	ask(0, again);
	turns(2000);
	ck_assert_uint_eq(events_in_order(0, seen), 2000 - seen);
}
END_TEST

START_TEST(a_slow_viewer_costs_only_one_chunk)
{
	struct mem_net_faults faults = { .window = 1024 };
	size_t before;

	mem_net_set_faults(w.net, &faults);
	dial(0);
	w.deaf[0] = true;
	say(0, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	turns(20);
	before = w.memory.bytes;
	happen(100000);
	turns(200);
	ck_assert_uint_lt(w.memory.bytes - before, 4 * GW_HTTP_STREAM_CHUNK);
}
END_TEST

START_TEST(many_viewers_each_get_all)
{
	for (size_t i = 0; i < N_VIEWERS; i++)
		ask(i, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	for (int i = 0; i < 25; i++) {
		happen(8);
		turns(1);
	}
	turns(200);
	for (size_t i = 0; i < N_VIEWERS; i++)
		ck_assert_uint_eq(events_in_order(i, 0), 200);
}
END_TEST

START_TEST(streams_are_left_alone_between_ticks)
{
	struct pollfd fds[8];
	int64_t deadline = INT64_MAX;

	ask(0, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	happen(1);
	turns(1);
	happen(1);
	w.now_us -= 9000;
	ck_assert_uint_eq(w.part.pollfds(w.part.self, fds, GW_N(fds), &deadline), 1);
	ck_assert_int_le(deadline, w.now_us + 50000);
	turns(10);
	ck_assert_uint_eq(events_in_order(0, 0), 2);
}
END_TEST

START_TEST(a_full_house_sends_the_idle_home_first)
{
	teardown();
	setup_with(3);
	ask(0, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	ask(1, "GET /made HTTP/1.1\r\n" HOST "\r\n");
	ask(2, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	ask(3, "GET /events HTTP/1.1\r\n" HOST "\r\n");
	turns(2);
	ck_assert_int_eq(w.fds[1], -1);
	ck_assert(got_has(3, "text/event-stream"));
	dial(4);
	turns(2);
	ck_assert(got_has(4, "HTTP/1.1 503 Service Unavailable\r\n"));
	ck_assert_int_eq(w.fds[4], -1);
	ck_assert_int_ge(w.fds[0], 0);
}
END_TEST

START_TEST(only_loopback_is_served)
{
	struct gw_http_options o = { .listen = { .family = 4, .ip = { 192, 0, 2, 1 }, .port = 80 },
		.handle = handle };
	struct gw_addr addr;
	struct gw_err err;

	ck_assert_ptr_null(gw_http_new(&w.env, &o, &err));
	ck_assert_int_eq(err.code, GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "loopback"));
	ck_assert_int_eq(gw_http_address("http", "0.0.0.0:80", &addr, &err), GW_EINVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "--http 0.0.0.0:80"));
	ck_assert_int_eq(gw_http_address("http", "8080", &addr, &err), GW_EINVAL);
	ck_assert_int_eq(gw_http_address("http", "[::1]:0", &addr, &err), 0);
}
END_TEST

START_TEST(without_memory_a_viewer_is_dropped_and_the_server_goes_on)
{
	for (size_t k = 1; k < 12; k++) {
		dial(0);
		w.memory.n = 0;
		w.memory.fail_at = k;
		say(0, "GET /made?x HTTP/1.1\r\n" HOST "\r\n");
		turns(5);
		w.memory.fail_at = 0;
		if (w.fds[0] >= 0)
			w.client_side->close(w.client_side->ctx, w.fds[0]);
		w.fds[0] = -1;
		turns(2);
	}
	ask(0, "GET /made?x HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(got_has(0, "query x"));
}
END_TEST

#define TOKEN	"0123456789abcdef"

START_TEST(with_a_token_who_does_not_carry_it_is_refused)
{
	static const char *const wrong[] = { "", "Authorization: Bearer\r\n",
		"Authorization: Bearer 0123456789abcde\r\n",
		"Authorization: Bearer 0123456789abcdefg\r\n",
		"Authorization: Bearer 0123456789abcdeF\r\n",
		"Authorization: Basic " TOKEN "\r\n",
		"Authorization: Basic ????\r\n",
		"Authorization: Basic eDoxMjM=\r\n",		/* x:123 */
		"Authorization: Digest " TOKEN "\r\n" };
	char text[256];

	teardown();
	setup_as(0, TOKEN);
	for (size_t i = 0; i < GW_N(wrong); i++) {
		snprintf(text, sizeof(text), "GET /kept HTTP/1.1\r\n" HOST "%s\r\n", wrong[i]);
		ask(0, text);
		ck_assert_msg(got_has(0, "HTTP/1.1 401 "), "%s%s", wrong[i], got(0));
		ck_assert(got_has(0, "WWW-Authenticate: Basic"));
		ck_assert(!got_has(0, "plain text"));
	}
}
END_TEST

START_TEST(with_a_token_any_name_may_ask)
{
	teardown();
	setup_as(0, TOKEN);
	ask(0, "GET /kept HTTP/1.1\r\nHost: example.com\r\n"
	    "Authorization: Bearer " TOKEN "\r\n\r\n");
	ck_assert(got_has(0, "200 OK") && got_has(0, "plain text"));
	/* any:0123456789abcdef */
	ask(0, "GET /kept HTTP/1.1\r\nHost: example.com\r\n"
	    "authorization: Basic YW55OjAxMjM0NTY3ODlhYmNkZWY=\r\n\r\n");
	ck_assert(got_has(0, "200 OK"));
}
END_TEST

START_TEST(a_token_file_holds_one_long_word)
{
	static const struct { const char *text; int rc; } cases[] = {
		{ TOKEN "\n", 0 }, { TOKEN "\r\n", 0 }, { TOKEN, 0 }, { "short\n", GW_EINVAL },
		{ "", GW_EINVAL }, { "0123456789 abcdefgh\n", GW_EINVAL },
		{ "0123456789\nabcdefgh\n", GW_EINVAL } };
	struct gw_err err = { .msg = "" };
	struct gw_env *env = gw_env_posix_new(0, false, &err);
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
	struct gw_addr addr;
	struct gw_buf out;

	ck_assert_ptr_nonnull(env);
	test_tmp_new(dir);
	test_path(dir, "token", path);
	for (size_t i = 0; i < GW_N(cases); i++) {
		gw_buf_init(&out, env->alloc, 0);
		test_write(path, cases[i].text, strlen(cases[i].text));
		ck_assert_int_eq(gw_http_token_file(env, path, &out, &err), cases[i].rc);
		ck_assert(cases[i].rc < 0 || gw_slice_is(gw_buf_slice(&out), TOKEN));
		gw_secret_buf_fini(&out);
	}
	gw_buf_init(&out, env->alloc, 0);
	ck_assert_int_eq(gw_http_token_file(env, "/no/such", &out, &err), GW_EIO);
	gw_secret_buf_fini(&out);
	ck_assert_int_eq(gw_http_any_address("http", "0.0.0.0:80", &addr, &err), 0);
	test_tmp_free(dir);
	gw_env_posix_free(env);
}
END_TEST

Suite *
check_http_suite(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("parse");

	tcase_add_test(t, a_request_is_read_with_its_headers);
	tcase_add_test(t, every_prefix_of_a_request_asks_for_more);
	tcase_add_test(t, paths_are_decoded_and_made_normal);
	tcase_add_test(t, paths_that_climb_or_hide_something_are_refused);
	tcase_add_test(t, what_is_no_request_gets_its_status);
	tcase_add_test(t, foreign_host_names_are_refused);
	tcase_add_test(t, long_heads_are_refused_before_they_end);
	tcase_add_test(t, too_many_headers_are_refused);
	suite_add_tcase(s, t);
	t = tcase_create("serve");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_answer_has_its_headers_and_the_connection_stays);
	tcase_add_test(t, who_understands_gzip_gets_what_was_packed_before);
	tcase_add_test(t, what_the_viewer_has_already_is_not_sent_again);
	tcase_add_test(t, head_has_the_headers_and_no_body);
	tcase_add_test(t, requests_in_one_piece_are_answered_in_order);
	tcase_add_test(t, a_request_byte_by_byte_is_answered);
	tcase_add_test(t, a_bad_request_is_answered_and_the_connection_ends);
	tcase_add_test(t, a_head_that_never_ends_is_dropped_after_a_while);
	tcase_add_test(t, a_silent_connection_is_dropped_after_a_while);
	tcase_add_test(t, a_stream_has_all_events_and_then_the_new_ones);
	tcase_add_test(t, a_quiet_stream_gets_a_comment);
	tcase_add_test(t, last_event_id_goes_on_behind_it);
	tcase_add_test(t, a_viewer_who_does_not_read_is_dropped_and_loses_nothing);
	tcase_add_test(t, a_slow_viewer_costs_only_one_chunk);
	tcase_add_test(t, many_viewers_each_get_all);
	tcase_add_test(t, streams_are_left_alone_between_ticks);
	tcase_add_test(t, a_full_house_sends_the_idle_home_first);
	tcase_add_test(t, only_loopback_is_served);
	tcase_add_test(t, with_a_token_who_does_not_carry_it_is_refused);
	tcase_add_test(t, with_a_token_any_name_may_ask);
	tcase_add_test(t, a_token_file_holds_one_long_word);
	tcase_add_test(t, without_memory_a_viewer_is_dropped_and_the_server_goes_on);
	suite_add_tcase(s, t);
	return s;
}

/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_web.c - HTTP answers in every shape and in pieces, and whole requests over a
 * network in memory with a server that does what a script says.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>

#include "apps/espn/web_get.h"
#include "client/transport.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/mem_net.h"
#include "wire/compress.h"

#define SECOND		INT64_C(1000000)
#define BODY		"{\"events\":[]}"
#define REPLIES_MAX	8

/* ---- answers ---- */

static struct gw_alloc memory;

static void
answers_begin(void)
{
	memory = gw_alloc_libc(0);
}

static void
answers_end(void)
{
	ck_assert_uint_eq(memory.used, 0);
}

/* In pieces of n bytes, then the end. */
static int
read_all(struct gw_web_reader *r, struct gw_slice text, size_t n, struct gw_err *err)
{
	int rc = 0;

	gw_web_reader_reset(r);
	for (size_t at = 0; at < text.len && rc == 0; at += n)
		rc = gw_web_reader_take(r, (struct gw_slice){ text.ptr + at,
		    n < text.len - at ? n : text.len - at }, err);
	return rc == 0 ? gw_web_reader_end(r, err) : rc;
}

static const char by_length[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    "CONTENT-length:  13 \r\nETag: \"x\"\r\n\r\n" BODY;
static const char in_chunks[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nETag: \"x\"\r\n"
    "\r\n6;name=value\r\n{\"even\r\n07\r\nts\":[]}\r\n000\r\nTrailer: 1\r\n\r\n";
static const char until_end[] = "HTTP/1.0 200 OK\nETag: \"x\"\n\n" BODY;

START_TEST(an_answer_by_length_in_chunks_or_until_its_end_is_the_same)
{
	static const char *const texts[] = { by_length, in_chunks, until_end };
	struct gw_web_reader r;
	struct gw_err err;

	gw_web_reader_init(&r, &memory);
	for (size_t i = 0; i < GW_N(texts); i++)
		for (size_t n = 1; n <= strlen(texts[i]); n++) {
			ck_assert_int_eq(read_all(&r, gw_str(texts[i]), n, &err), 1);
			ck_assert_int_eq(r.answer.status, 200);
			ck_assert_str_eq(r.answer.etag, "\"x\"");
			ck_assert_msg(gw_slice_is(r.answer.body, BODY), "%zu by %zu", i, n);
		}
	gw_web_reader_fini(&r);
}
END_TEST

START_TEST(an_answer_that_ends_early_is_refused_at_every_byte)
{
	static const char *const texts[] = { by_length, in_chunks };
	struct gw_web_reader r;
	struct gw_err err;

	gw_web_reader_init(&r, &memory);
	for (size_t i = 0; i < GW_N(texts); i++)
		for (size_t len = 0; len < strlen(texts[i]); len++) {
			struct gw_slice part = { texts[i], len };

			ck_assert_msg(read_all(&r, part, len + 1, &err) == GW_EPROTO, "%zu: %zu",
			    i, len);
		}
	gw_web_reader_fini(&r);
}
END_TEST

START_TEST(a_gzipped_body_is_inflated)
{
	struct gw_buf packed, text;
	struct gw_web_reader r;
	struct gw_err err;

	gw_web_reader_init(&r, &memory);
	gw_buf_init(&packed, &memory, 0);
	gw_buf_init(&text, &memory, 0);
	ck_assert_int_eq(gw_compress(GW_GZIP, 0, gw_str(BODY), &packed), 0);
	gw_buf_printf(&text, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n"
	    "\r\n", packed.len);
	gw_buf_put(&text, packed.ptr, packed.len);
	for (size_t n = 1; n < text.len; n += 7) {
		ck_assert_int_eq(read_all(&r, gw_buf_slice(&text), n, &err), 1);
		ck_assert(gw_slice_is(r.answer.body, BODY));
	}
	/* One wrong byte of its check sum. */
	text.ptr[text.len - 6] ^= 1;
	ck_assert_int_eq(read_all(&r, gw_buf_slice(&text), text.len, &err), GW_EPROTO);
	ck_assert_ptr_nonnull(strstr(err.msg, "cannot be inflated"));
	gw_buf_fini(&packed);
	gw_buf_fini(&text);
	gw_web_reader_fini(&r);
}
END_TEST

START_TEST(interim_answers_are_passed_over_but_not_for_ever)
{
	static const char interim[] = "HTTP/1.1 103 Early Hints\r\nETag: old\r\n"
	    "Content-Length: 3\r\n\r\n";
	struct gw_web_reader r;
	struct gw_buf text;
	struct gw_err err;

	gw_web_reader_init(&r, &memory);
	gw_buf_init(&text, &memory, 0);
	for (int i = 0; i < GW_WEB_INTERIM_MAX; i++)
		gw_buf_puts(&text, interim);
	gw_buf_puts(&text, until_end);
	ck_assert_int_eq(read_all(&r, gw_buf_slice(&text), 1, &err), 1);
	ck_assert_str_eq(r.answer.etag, "\"x\"");
	ck_assert(gw_slice_is(r.answer.body, BODY));
	gw_buf_clear(&text);
	for (int i = 0; i <= GW_WEB_INTERIM_MAX; i++)
		gw_buf_puts(&text, interim);
	ck_assert_int_eq(read_all(&r, gw_buf_slice(&text), text.len, &err), GW_EPROTO);
	gw_buf_fini(&text);
	gw_web_reader_fini(&r);
}
END_TEST

START_TEST(an_answer_that_has_not_changed_has_no_body)
{
	struct gw_web_reader r;
	struct gw_err err;

	gw_web_reader_init(&r, &memory);
	ck_assert_int_eq(read_all(&r, gw_str("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n"
	    "Retry-After: 7\r\n\r\nno body"), 1, &err), 1);
	ck_assert_int_eq(r.answer.status, 304);
	ck_assert_int_eq(r.answer.retry_after_s, 7);
	ck_assert_uint_eq(r.answer.body.len, 0);
	gw_web_reader_fini(&r);
}
END_TEST

START_TEST(what_is_no_http_answer_is_refused)
{
	static const char *const bad[] = { "{}\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 9999 OK\r\n\r\n",
		"HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" };
	struct gw_web_reader r;
	struct gw_err err;

	gw_web_reader_init(&r, &memory);
	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(read_all(&r, gw_str(bad[i]), 1, &err) == GW_EPROTO, "%s", bad[i]);
	gw_web_reader_fini(&r);
}
END_TEST

/* The head, then the piece again and again. */
static int
read_much(const char *head, const char *piece, size_t times)
{
	struct gw_web_reader r;
	struct gw_err err;
	int rc;

	gw_web_reader_init(&r, &memory);
	rc = gw_web_reader_take(&r, gw_str(head), &err);
	for (size_t i = 0; i < times && rc == 0; i++)
		rc = gw_web_reader_take(&r, gw_str(piece), &err);
	gw_web_reader_fini(&r);
	return rc;
}

START_TEST(what_is_too_long_is_refused)
{
	static char kilobytes[16385];
	static const char ok[] = "HTTP/1.1 200 OK\r\n";

	memset(kilobytes, 'x', sizeof(kilobytes) - 1);
	ck_assert_int_eq(read_much(ok, "x", GW_WEB_LINE_MAX + 1), GW_ELIMIT);
	ck_assert_int_eq(read_much(ok, "Name: value\r\n", 6000), GW_ELIMIT);
	ck_assert_int_eq(read_much(ok, "Content-Length: 33554433\r\n", 1), GW_ELIMIT);
	ck_assert_int_eq(read_much("HTTP/1.1 200 OK\r\n\r\n", kilobytes, 2049), GW_ELIMIT);
	ck_assert_int_eq(read_much("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "00000004\r\nabcd\r\n", 9000000), GW_ELIMIT);
}
END_TEST

/* ---- requests ---- */

static struct world {
	struct mem_net		*net;
	struct mem_node		*there;
	struct gw_net		*server;
	struct gw_env		 env;
	struct gw_alloc		 alloc;
	int64_t			 now_us;
	int			 listener, peer;	/* -1: none */
	const char		*replies[REPLIES_MAX];
	size_t			 n_replies, n_asked, written;
	char			 asked[REPLIES_MAX][2048];
	size_t			 asked_len;
	char			 url[64];
} w;

static struct gw_time
now(void *ctx)
{
	(void)ctx;
	return (struct gw_time){ .us = w.now_us };
}

static void
setup(void)
{
	struct gw_addr at = { .family = 4, .ip = { 127, 0, 0, 1 } }, bound;
	struct gw_err err;

	memset(&w, 0, sizeof(w));
	w.now_us = SECOND;
	w.peer = -1;
	w.alloc = gw_alloc_libc(0);
	w.net = mem_net_new(1, &w.now_us);
	w.there = mem_net_node(w.net);
	w.server = mem_node_seam(w.there);
	w.env = (struct gw_env){ .alloc = &w.alloc, .clock = { .now = now },
		.net = mem_node_seam(mem_net_node(w.net)) };
	w.listener = w.server->listen(w.server->ctx, &at, &bound, &err);
	ck_assert_int_ge(w.listener, 0);
	snprintf(w.url, sizeof(w.url), "http://feed:%d/nfl/scoreboard", (int)bound.port);
}

static void
teardown(void)
{
	if (w.peer >= 0)
		w.server->close(w.server->ctx, w.peer);
	if (w.listener >= 0)
		w.server->close(w.server->ctx, w.listener);
	ck_assert_uint_eq(mem_net_open_handles(w.net), 0);
	mem_net_free(w.net);
	ck_assert_uint_eq(w.alloc.used, 0);
}

static void
hang_up(void)
{
	w.server->close(w.server->ctx, w.peer);
	w.peer = -1;
	w.n_asked++;
	w.asked_len = w.written = 0;
}

/* A request whole, its answer, the end; the next. */
static void
serve(void)
{
	char *text = w.asked[w.n_asked];
	struct gw_slice left;
	ssize_t n;

	if (w.peer < 0)
		w.peer = w.server->accept(w.server->ctx, w.listener,
		    &(struct gw_addr){ .port = 0 });
	if (w.peer < 0)
		return;
	n = w.server->read(w.server->ctx, w.peer, text + w.asked_len,
	    sizeof(w.asked[0]) - 1 - w.asked_len);
	if (n > 0)
		w.asked_len += (size_t)n;
	if (n == 0 || (n < 0 && n != GW_EAGAIN)) {
		hang_up();
		return;
	}
	if (strstr(text, "\r\n\r\n") == NULL || w.n_asked >= w.n_replies)
		return;
	left = gw_str(w.replies[w.n_asked]);
	left.ptr += w.written;
	left.len -= w.written;
	n = left.len > 0 ? w.server->write(w.server->ctx, w.peer, &left, 1) : 0;
	w.written += n > 0 ? (size_t)n : 0;
	if ((n >= 0 && (size_t)n == left.len) || (n < 0 && n != GW_EAGAIN))
		hang_up();
}

static void
reply(const char *text)
{
	w.replies[w.n_replies++] = text;
}

/* Until there is an answer, or will be none. */
static int
fetch_by(struct gw_web *web, const struct gw_web_request *q, struct gw_web_answer *a,
    struct gw_err *err)
{
	int rc = gw_web_get(web, q, err);
	int64_t until, next;
	short events;

	for (int i = 0; rc == 0 && i < 100000; i++) {
		int h = gw_web_fd(web, &events, &until);
		struct pollfd fd = { .fd = h, .events = events };

		ck_assert_int_ge(h, 0);
		serve();
		if (mem_net_poll(w.net, &fd, 1) == 0) {
			next = mem_net_next_us(w.net);
			w.now_us = next > w.now_us && next < until ? next : until;
		}
		rc = gw_web_take(web, a, err);
	}
	ck_assert_int_ne(rc, 0);
	ck_assert_int_eq(gw_web_fd(web, &events, &until), -1);
	return rc;
}

static int
fetch(const char *url, struct gw_web_answer *a, struct gw_err *err)
{
	struct gw_web *web = gw_web_new(&w.env, NULL, GW_WEB_BY_US);
	struct gw_web_request q = { .url = url, .etag = "W/\"7\"", .last_modified = "yesterday" };
	int rc;

	ck_assert_ptr_nonnull(web);
	rc = fetch_by(web, &q, a, err);
	if (rc == 1 && !gw_slice_is(a->body, BODY) && a->body.len > 0)
		rc = -1;
	gw_web_free(web);
	return rc;
}

START_TEST(a_request_says_what_it_has_and_who_asks)
{
	struct gw_web_answer a;
	struct gw_err err;

	reply(in_chunks);
	ck_assert_int_eq(fetch(w.url, &a, &err), 1);
	ck_assert_int_eq(a.status, 200);
	ck_assert(strncmp(w.asked[0], "GET /nfl/scoreboard HTTP/1.1\r\nHost: feed:", 41) == 0);
	ck_assert_ptr_nonnull(strstr(w.asked[0], "\r\nUser-Agent: gridwire/"));
	ck_assert_ptr_nonnull(strstr(w.asked[0], "\r\nAccept-Encoding: gzip\r\n"));
	ck_assert_ptr_nonnull(strstr(w.asked[0], "\r\nIf-None-Match: W/\"7\"\r\n"));
	ck_assert_ptr_nonnull(strstr(w.asked[0], "\r\nIf-Modified-Since: yesterday\r\n"));
}
END_TEST

START_TEST(redirects_are_followed_three_times_and_not_away_from_the_web)
{
	static const char to_path[] = "HTTP/1.1 302 Found\r\nLocation: /other?x=1#part\r\n\r\n";
	static const char to_file[] = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n";
	static const char to_nothing[] = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n";
	struct gw_web_answer a;
	struct gw_err err;

	for (int i = 0; i < GW_WEB_REDIRECTS_MAX; i++)
		reply(to_path);
	reply(by_length);
	ck_assert_int_eq(fetch(w.url, &a, &err), 1);
	ck_assert_int_eq(a.status, 200);
	ck_assert(strncmp(w.asked[3], "GET /other?x=1 HTTP/1.1\r\n", 25) == 0);
	memset(w.asked, 0, sizeof(w.asked));
	w.n_asked = w.n_replies = 0;
	for (int i = 0; i <= GW_WEB_REDIRECTS_MAX; i++)
		reply(to_path);
	ck_assert_int_eq(fetch(w.url, &a, &err), GW_EPROTO);
	ck_assert_ptr_nonnull(strstr(err.msg, "more than 3 redirects"));
	w.replies[w.n_asked = 0] = to_file;
	ck_assert_int_eq(fetch(w.url, &a, &err), GW_EPROTO);
	w.replies[w.n_asked = 0] = to_nothing;
	ck_assert_int_eq(fetch(w.url, &a, &err), 1);
	ck_assert_int_eq(a.status, 302);
}
END_TEST

START_TEST(nobody_there_is_told)
{
	struct gw_web_answer a;
	struct gw_err err;

	ck_assert_int_eq(fetch("http://nowhere/", &a, &err), GW_ERESOLVE);
	ck_assert_int_eq(fetch("http://feed:1/x", &a, &err), GW_ECONNECT);
	ck_assert_ptr_nonnull(strstr(err.msg, "http://feed:1/x: "));
	reply("");
	ck_assert_int_eq(fetch(w.url, &a, &err), GW_EPROTO);
	ck_assert_ptr_nonnull(strstr(err.msg, "without an answer"));
}
END_TEST

START_TEST(a_silent_server_is_waited_for_30_seconds)
{
	int64_t begun = w.now_us;
	struct gw_web_answer a;
	struct gw_err err;

	ck_assert_int_eq(fetch(w.url, &a, &err), GW_ETIMEOUT);
	ck_assert_int_eq((w.now_us - begun) / SECOND, GW_WEB_WHOLE_S);
	ck_assert_ptr_nonnull(strstr(err.msg, "no whole answer within 30 seconds"));
	/* And one that is not even reached, for 10. */
	mem_node_freeze(w.there, true);
	begun = w.now_us;
	ck_assert_int_eq(fetch(w.url, &a, &err), GW_ETIMEOUT);
	ck_assert_int_eq((w.now_us - begun) / SECOND, GW_WEB_CONNECT_S);
	mem_node_freeze(w.there, false);
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const bad[] = { "", "feed", "ftp://feed/", "http://", "http:///x",
		"http://user@feed/", "http://feed:0x/", "http://feed:99999/", "http://feed/a b",
		"http://feed/\r\nHost: other" };
	struct gw_web_answer a;
	struct gw_err err;

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(fetch(bad[i], &a, &err) == GW_EINVAL, "%s", bad[i]);
	if (!gw_tls_built_in())
		ck_assert_int_eq(fetch("https://feed/", &a, &err), GW_EUNSUPPORTED);
}
END_TEST

START_TEST(a_bad_network_gives_the_whole_answer_or_none)
{
	struct mem_net_faults faults = { .delay_min_us = 1000, .delay_max_us = 900000,
		.p_cut = 0.05, .p_partial = 0.7, .p_refuse = 0.05, .window = 64 };
	int good = 0, bad = 0;
	struct gw_web_answer a;
	struct gw_err err;

	for (int i = 0; i < 400; i++) {
		int rc;

		memset(w.asked, 0, sizeof(w.asked));
		w.n_asked = w.n_replies = w.asked_len = w.written = 0;
		mem_net_set_faults(w.net, &faults);
		reply(i % 2 == 0 ? by_length : in_chunks);
		rc = fetch(w.url, &a, &err);
		ck_assert_msg(rc == 1 || rc == GW_EPROTO || rc == GW_ECONNECT || rc == GW_ETIMEOUT,
		    "%d", rc);
		good += rc == 1;
		bad += rc != 1;
		if (w.peer >= 0)
			hang_up();
	}
	ck_assert_int_ge(good, 100);
	ck_assert_int_ge(bad, 20);
}
END_TEST

static int
fetch_with(struct gw_alloc *alloc, void *arg)
{
	struct gw_web_request q = { .url = w.url };
	struct gw_err err = { 0 };
	struct gw_web_answer a;
	struct gw_web *web;
	int rc;

	(void)arg;
	memset(w.asked, 0, sizeof(w.asked));
	w.n_asked = w.n_replies = w.asked_len = w.written = 0;
	reply("HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n");
	reply(in_chunks);
	w.env.alloc = alloc;
	web = gw_web_new(&w.env, NULL, GW_WEB_BY_US);
	rc = web == NULL ? GW_ENOMEM : fetch_by(web, &q, &a, &err);
	gw_web_free(web);
	if (w.peer >= 0)
		hang_up();
	w.env.alloc = &w.alloc;
	return rc == 1 ? 0 : rc;
}

START_TEST(a_request_survives_a_failing_allocator)
{
	ck_assert_uint_ge(fail_alloc_sweep(fetch_with, NULL), 4);
}
END_TEST

START_TEST(the_environment_can_choose_who_fetches)
{
	ck_assert_int_eq(gw_web_by_name("curl"), GW_WEB_BY_CURL);
	ck_assert_int_eq(gw_web_by_name("built-in"), GW_WEB_BY_US);
	ck_assert_int_eq(gw_web_by_name(""), GW_WEB_BY_BUILD);
	ck_assert_int_eq(gw_web_by_name(NULL), GW_WEB_BY_BUILD);
}
END_TEST

Suite *
check_web_suite(void)
{
	Suite *s = suite_create("web");
	TCase *answers = tcase_create("answers"), *requests = tcase_create("requests");

	tcase_add_checked_fixture(answers, answers_begin, answers_end);
	tcase_set_timeout(answers, 60);
	tcase_add_test(answers, an_answer_by_length_in_chunks_or_until_its_end_is_the_same);
	tcase_add_test(answers, an_answer_that_ends_early_is_refused_at_every_byte);
	tcase_add_test(answers, a_gzipped_body_is_inflated);
	tcase_add_test(answers, interim_answers_are_passed_over_but_not_for_ever);
	tcase_add_test(answers, an_answer_that_has_not_changed_has_no_body);
	tcase_add_test(answers, what_is_no_http_answer_is_refused);
	tcase_add_test(answers, what_is_too_long_is_refused);
	tcase_add_test(answers, the_environment_can_choose_who_fetches);
	suite_add_tcase(s, answers);
	tcase_add_checked_fixture(requests, setup, teardown);
	tcase_set_timeout(requests, 60);
	tcase_add_test(requests, a_request_says_what_it_has_and_who_asks);
	tcase_add_test(requests, redirects_are_followed_three_times_and_not_away_from_the_web);
	tcase_add_test(requests, nobody_there_is_told);
	tcase_add_test(requests, a_silent_server_is_waited_for_30_seconds);
	tcase_add_test(requests, what_is_no_address_is_refused);
	tcase_add_test(requests, a_bad_network_gives_the_whole_answer_or_none);
	tcase_add_test(requests, a_request_survives_a_failing_allocator);
	suite_add_tcase(s, requests);
	return s;
}

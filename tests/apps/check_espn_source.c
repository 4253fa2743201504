/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_espn_source.c - the live feed with a server out of a script and a clock of our
 * own: what is asked, when, and what becomes of each answer.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/suites.h"

#include <stdio.h>
#include <stdlib.h>

#include "apps/espn/espn_source.h"
#include "apps/espn/espn_tape.h"
#include "apps/espn/web_get.h"
#include "base/csv.h"
#include "tests/support/files.h"

#define REPLIES_MAX	32
#define TOLD_MAX	4096
#define EVENT		INT64_C(401671830)	/* live/2024_18_SEA_LA */
#define OK		"HTTP/2 200 \r\netag: W/\"a1\"\r\ncontent-type: application/json\r\n\r\n"
#define SECOND		INT64_C(1000000)

/* What curl would do. */
struct reply {
	int		 code;		/* exit code */
	const char	*why;
	char		*text;		/* head and body; the world's */
};

static struct world {
	struct gw_env		*real;		/* files, memory, chance */
	struct gw_env		 env;
	struct gw_proc		 proc;
	int64_t			 now_us, wall_ms;
	struct reply		 replies[REPLIES_MAX];
	size_t			 n_replies, n_asked, read_at;
	char			 urls[REPLIES_MAX][128], tags[REPLIES_MAX][128];
	int64_t			 asked_us[REPLIES_MAX];
	struct gw_play		*told;
	size_t			 n_told;
	struct gw_espn_source	*source;
	struct gw_part		 part;
	int			 rc;
} w;

static struct gw_time
now(void *ctx)
{
	(void)ctx;
	return (struct gw_time){ .us = w.now_us, .wall_ms = w.wall_ms + w.now_us / 1000 };
}

/* ---- curl ---- */

static int
fake_start(void *ctx, const char *const *argv, struct gw_err *err)
{
	size_t i;

	(void)ctx;
	ck_assert_str_eq(argv[0], "curl");
	if (w.n_asked == w.n_replies)
		return gw_err_set(err, GW_ESTATE, "the script is over");
	for (i = 1; argv[i] != NULL; i++) {
		if (strcmp(argv[i], "--url") == 0)
			snprintf(w.urls[w.n_asked], sizeof(w.urls[0]), "%s", argv[i + 1]);
		if (strcmp(argv[i], "--header") == 0)
			snprintf(w.tags[w.n_asked], sizeof(w.tags[0]), "%s", argv[i + 1]);
	}
	w.asked_us[w.n_asked] = w.now_us;
	w.read_at = 0;
	return 1000 + (int)w.n_asked++;
}

static ssize_t
fake_read(void *ctx, int h, void *buf, size_t len)
{
	const char *text = w.replies[h - 1000].text;
	size_t left = text == NULL ? 0 : strlen(text) - w.read_at, n = left < len ? left : len;

	(void)ctx;
	if (n > 0)
		memcpy(buf, text + w.read_at, n);
	w.read_at += n;
	return (ssize_t)n;
}

static int
fake_end(void *ctx, int h, bool kill, struct gw_proc_end *out)
{
	(void)ctx;
	(void)kill;
	if (out == NULL)
		return 0;
	*out = (struct gw_proc_end){ .code = w.replies[h - 1000].code };
	if (w.replies[h - 1000].why != NULL)
		snprintf(out->why, sizeof(out->why), "%s", w.replies[h - 1000].why);
	return 0;
}

/* ---- the script ---- */

static void
reply(const char *head, const char *body)
{
	struct reply *r = &w.replies[w.n_replies++];

	ck_assert_uint_le(w.n_replies, REPLIES_MAX);
	r->text = malloc(strlen(head) + strlen(body) + 1);
	ck_assert_ptr_nonnull(r->text);
	sprintf(r->text, "%s%s", head, body);
}

static void
reply_failure(int code, const char *why)
{
	w.replies[w.n_replies++] = (struct reply){ .code = code, .why = why };
}

/* A document of tests/data/espn, inflated and ended by NUL. */
static void
read_recording(const char *path, struct gw_buf *text)
{
	char under[TEST_PATH_MAX], whole[TEST_PATH_MAX];
	struct gw_source s;
	struct gw_err err;
	ssize_t n = 1;

	snprintf(under, sizeof(under), "tests/data/espn/%s", path);
	test_source_path(under, whole);
	gw_buf_init(text, w.env.alloc, 0);
	ck_assert_msg(gw_source_file(&s, w.env.alloc, w.env.fs, whole, &err) == 0, "%s", err.msg);
	while (n > 0) {
		uint8_t *to = gw_buf_reserve(text, 65536);

		ck_assert_ptr_nonnull(to);
		n = s.read(s.ctx, to, 65536, &err);
		ck_assert_int_ge((int)n, 0);
		text->len += (size_t)n;
	}
	s.close(s.ctx);
	gw_buf_putc(text, '\0');
}

/* A recorded document, with one text in it replaced. */
static void
reply_file(const char *path, const char *from, const char *to)
{
	struct gw_buf buf, now;
	char *text, *at;

	read_recording(path, &buf);
	text = (char *)buf.ptr;
	if (from == NULL) {
		reply(OK, text);
	} else {
		at = strstr(text, from);
		ck_assert_ptr_nonnull(at);
		gw_buf_init(&now, w.env.alloc, 0);
		gw_buf_put(&now, text, (size_t)(at - text));
		gw_buf_puts(&now, to);
		gw_buf_puts(&now, at + strlen(from));
		gw_buf_putc(&now, '\0');
		reply(OK, (char *)now.ptr);
		gw_buf_fini(&now);
	}
	gw_buf_fini(&buf);
}

static void
reply_live(void)
{
	reply_file("live/2024_18_SEA_LA.401671830.q4_0021.json.gz", NULL, NULL);
}

/* The same game's last document: over. */
static void
reply_final(void)
{
	reply_file("live/2024_18_SEA_LA.401671830.q4_0021.json.gz", "\"state\": \"in\"",
	    "\"state\":\"post\"");
}

static void
reply_board(const char *state, const char *clock, int64_t last, const char *date)
{
	char text[1024];

	snprintf(text, sizeof(text), "{\"season\":{\"year\":2024,\"type\":2},\"week\":{"
	    "\"number\":18},\"events\":[{\"id\":\"%lld\",\"competitions\":[{\"date\":\"%s\","
	    "\"status\":{\"period\":4,\"displayClock\":\"%s\",\"type\":{\"state\":\"%s\"}},"
	    "\"situation\":{\"lastPlay\":{\"id\":\"%lld%lld\"},\"down\":4,\"distance\":5,"
	    "\"yardLine\":91,\"possession\":\"14\",\"homeTimeouts\":1,\"awayTimeouts\":2},"
	    "\"competitors\":[{\"homeAway\":\"home\",\"score\":\"25\",\"team\":{\"id\":\"14\","
	    "\"abbreviation\":\"LAR\"}},{\"homeAway\":\"away\",\"score\":\"30\",\"team\":{"
	    "\"id\":\"26\",\"abbreviation\":\"SEA\"}}]}]}]}", (long long)EVENT, date, clock,
	    state, (long long)EVENT, (long long)last);
	reply(OK, text);
}

/* ---- the world ---- */

static int
tell(void *arg, const struct gw_play *p)
{
	(void)arg;
	ck_assert_uint_lt(w.n_told, TOLD_MAX);
	w.told[w.n_told++] = *p;
	return 0;
}

static void
setup(void)
{
	struct gw_err err;

	memset(&w, 0, sizeof(w));
	w.real = gw_env_posix_new(0, false, &err);
	ck_assert_msg(w.real != NULL, "%s", err.msg);
	w.env = *w.real;
	w.env.clock.now = now;
	w.wall_ms = INT64_C(1736121600000);	/* 2025-01-06T00:00Z */
	w.now_us = 5 * SECOND;
	w.proc = (struct gw_proc){ .start = fake_start, .read = fake_read, .end = fake_end };
	w.told = gw_alloc_zero(w.env.alloc, TOLD_MAX, sizeof(*w.told));
	ck_assert_ptr_nonnull(w.told);
}

static void
teardown(void)
{
	gw_espn_source_free(w.source);
	for (size_t i = 0; i < w.n_replies; i++)
		free(w.replies[i].text);
	gw_alloc_free(w.env.alloc, w.told);
	gw_env_posix_free(w.real);
}

/* Until it is done, fails, or the script is over and the next request is due. */
static int
run(struct gw_espn_options *o)
{
	struct gw_err err;
	int64_t deadline;
	struct pollfd fd;

	o->tell = tell;
	o->fetch = GW_WEB_BY_CURL;
	w.source = gw_espn_source_new(&w.env, &w.proc, o, &err);
	ck_assert_msg(w.source != NULL, "%s", err.msg);
	w.part = gw_espn_source_part(w.source);
	for (int i = 0; i < 10000; i++) {
		size_t n;

		deadline = INT64_MAX;
		n = w.part.pollfds(w.part.self, &fd, 1, &deadline);
		if (n == 0 && deadline > w.now_us) {
			if (w.n_asked == w.n_replies && o->from == NULL)
				return 0;
			w.now_us = deadline;
		}
		w.rc = w.part.process(w.part.self, &fd, n);
		if (w.rc != 0)
			return w.rc;
	}
	ck_abort_msg("it does not end");
	return -1;
}

static struct gw_espn_stats
stats(void)
{
	return gw_espn_source_stats(w.source);
}

static bool
asked_rows(size_t i)
{
	return strstr(w.urls[i], "/summary?event=401671830") != NULL;
}

static int64_t
pause_s(size_t i)
{
	return (w.asked_us[i] - w.asked_us[i - 1]) / SECOND;
}

/* ---- good days ---- */

START_TEST(a_game_that_is_over_takes_one_request)
{
	struct gw_espn_options o = { .event = EVENT };

	reply_final();
	ck_assert_int_eq(run(&o), 1);
	ck_assert_uint_eq(w.n_asked, 1);
	ck_assert(asked_rows(0));
	ck_assert_uint_eq(w.n_told, 139);
	ck_assert_uint_eq(stats().plays.plays, 139);
}
END_TEST

START_TEST(rows_are_asked_for_when_the_scoreboard_says_so)
{
	struct gw_espn_options o = { .event = EVENT };

	reply_live();
	reply_board("in", "0:21", 3957, "2025-01-05T21:25Z");
	reply_live();				/* the first look: something is new */
	reply_board("in", "0:21", 3957, "2025-01-05T21:25Z");	/* the same bytes */
	reply_board("in", "0:15", 3990, "2025-01-05T21:25Z");
	reply_final();
	ck_assert_int_eq(run(&o), 1);
	ck_assert_uint_eq(w.n_asked, 6);
	ck_assert(asked_rows(0) && !asked_rows(1) && asked_rows(2) && !asked_rows(3) &&
	    !asked_rows(4) && asked_rows(5));
	ck_assert_uint_eq(stats().unchanged, 2);
	ck_assert_uint_eq(w.n_told, 139);
	for (size_t i = 3; i <= 4; i++) {
		ck_assert_int_ge(pause_s(i), 11);
		ck_assert_int_le(pause_s(i), 18);
	}
}
END_TEST

START_TEST(requests_are_conditional)
{
	struct gw_espn_options o = { .event = EVENT };

	reply_live();
	reply_board("in", "0:21", 3957, "2025-01-05T21:25Z");
	reply("HTTP/1.1 304 Not Modified\r\n\r\n", "");
	reply("HTTP/1.1 304 Not Modified\r\n\r\n", "");
	ck_assert_int_eq(run(&o), 0);
	ck_assert_str_eq(w.tags[0], "");
	ck_assert_str_eq(w.tags[1], "");
	ck_assert_str_eq(w.tags[2], "If-None-Match: W/\"a1\"");
	ck_assert_str_eq(w.tags[3], "If-None-Match: W/\"a1\"");
	ck_assert_uint_eq(stats().unchanged, 2);
	ck_assert_uint_eq(w.n_told, 139);
}
END_TEST

START_TEST(a_scoreboard_is_followed_until_nothing_is_on)
{
	struct gw_espn_options o = { .event = 0 };

	reply_board("in", "0:21", 3957, "2025-01-05T21:25Z");
	reply_live();
	reply_board("post", "0:00", 4050, "2025-01-05T21:25Z");
	reply_final();
	reply_board("post", "0:00", 4060, "2025-01-05T21:25Z");
	ck_assert_int_eq(run(&o), 1);
	ck_assert_uint_eq(w.n_asked, 5);
	ck_assert_uint_eq(stats().games, 1);
	ck_assert_uint_eq(w.n_told, 139);
}
END_TEST

START_TEST(an_empty_scoreboard_is_the_end)
{
	struct gw_espn_options o = { .event = 0 };

	reply(OK, "{\"events\":[]}");
	ck_assert_int_eq(run(&o), 1);
	ck_assert_uint_eq(w.n_told, 0);
}
END_TEST

/* Half past midnight UTC: the game begins in an hour, and is asked for more often as it nears. */
START_TEST(a_game_to_come_is_waited_for)
{
	struct gw_espn_options o = { .event = 0 };

	for (int i = 0; i < 20; i++)
		reply_board("pre", "0:00", i, "2025-01-06T01:00Z");
	ck_assert_int_eq(run(&o), 0);
	ck_assert_int_le(pause_s(1), 360);
	ck_assert_int_ge(pause_s(1), 240);
	ck_assert_int_le(pause_s(19), 30);
	ck_assert_uint_eq(w.n_told, 0);
}
END_TEST

START_TEST(a_game_in_two_days_is_not_waited_for)
{
	struct gw_espn_options o = { .event = 0 };

	reply_board("pre", "0:00", 1, "2025-01-08T01:00Z");
	ck_assert_int_eq(run(&o), 1);
}
END_TEST

START_TEST(a_postponed_game_ends_it)
{
	struct gw_espn_options o = { .event = EVENT };

	reply(OK, "{\"header\":{\"id\":\"401671830\",\"week\":18,\"season\":{\"year\":2024,"
	    "\"type\":2},\"competitions\":[{\"status\":{\"type\":{\"state\":\"post\","
	    "\"completed\":false,\"name\":\"STATUS_POSTPONED\"}},\"competitors\":[{\"homeAway\":"
	    "\"home\",\"team\":{\"abbreviation\":\"LAR\"}},{\"homeAway\":\"away\",\"team\":{"
	    "\"abbreviation\":\"SEA\"}}]}]}}");
	ck_assert_int_eq(run(&o), 1);
	ck_assert_uint_eq(w.n_told, 0);
}
END_TEST

START_TEST(the_play_to_come_follows_its_rows)
{
	struct gw_espn_options o = { .event = EVENT, .next = true };

	reply_live();
	reply_board("in", "0:21", 3957, "2025-01-05T21:25Z");
	reply_live();
	ck_assert_int_eq(run(&o), 0);
	ck_assert_uint_eq(w.n_told, 140);
	ck_assert_int_eq(w.told[139].play_id, 0);
	ck_assert_int_eq(w.told[139].field_position, 9);
	ck_assert_int_eq(w.told[139].time_remaining, 21);
}
END_TEST

/* ---- bad days ---- */

START_TEST(errors_back_off_and_pass)
{
	struct gw_espn_options o = { .event = EVENT };

	reply_live();
	reply("HTTP/1.1 500 Oops\r\n\r\n", "oops");
	reply(OK, "<!DOCTYPE html><html>busy</html>");
	reply(OK, "{\"header\":{\"id\":\"4016");
	reply_failure(7, "curl: (7) Failed to connect");
	reply("HTTP/1.1 503 Busy\r\nRetry-After: 1000\r\n\r\n", "");
	reply_board("in", "0:15", 3990, "2025-01-05T21:25Z");
	reply_final();
	ck_assert_int_eq(run(&o), 1);
	ck_assert_uint_eq(stats().refused, 2);
	ck_assert_uint_eq(stats().bad, 2);
	ck_assert_uint_eq(stats().unreachable, 1);
	ck_assert_uint_eq(w.n_told, 139);
	ck_assert_int_ge(pause_s(3), 24);	/* 30 s and less than a fifth off */
	ck_assert_int_ge(pause_s(4), 48);
	ck_assert_int_ge(pause_s(6), 1000);
	ck_assert_int_eq(gw_espn_source_error(w.source)->code, 0);
	ck_assert_int_ne(gw_espn_source_trouble(w.source)->code, 0);
}
END_TEST

/* The very same bytes, without a tag that would have spared them. */
START_TEST(the_same_answer_again_tells_nothing)
{
	struct gw_espn_options o = { .event = EVENT };
	size_t n;

	reply_live();
	reply_board("in", "0:21", 3957, "2025-01-05T21:25Z");
	reply_live();
	ck_assert_int_eq(run(&o), 0);
	n = w.n_told;
	ck_assert_uint_eq(n, 139);
	ck_assert_uint_eq(stats().unchanged, 1);
	ck_assert_uint_eq(stats().plays.plays, n);
	ck_assert_uint_eq(stats().plays.revisions, 0);
}
END_TEST

/* Rows vanish, come back and change between answers: what was told is set right, in order. */
START_TEST(a_removed_and_a_changed_play_are_told_as_revisions)
{
	struct gw_espn_options o = { .event = EVENT };
	const char *live = "live/2024_18_SEA_LA.401671830.q4_0021.json.gz";
	size_t n;

	reply_live();
	reply_board("in", "0:20", 3957, "2025-01-05T21:25Z");
	/* Play 56 is 57 now, and its old id is gone. */
	reply_file(live, "\"id\": \"40167183056\"", "\"id\": \"40167183057\"");
	reply_board("in", "0:19", 3957, "2025-01-05T21:25Z");
	reply_file(live, "\"id\": \"40167183056\"", "\"id\": \"40167183057\"");
	reply_board("in", "0:18", 3957, "2025-01-05T21:25Z");
	reply_live();
	ck_assert_int_eq(run(&o), 0);
	n = w.n_told;
	ck_assert_uint_eq(stats().plays.withdrawn, 1);
	ck_assert_uint_eq(stats().plays.returned, 1);
	ck_assert_uint_eq(stats().plays.late, 1);
	ck_assert_uint_eq(n, 139 + 1 + 2);
	ck_assert_int_eq(w.told[139].play_id, 57);
	ck_assert_int_eq(w.told[140].play_id, 56);
	ck_assert_uint_ne(w.told[140].has & GW_HAS_WITHDRAWN, 0);
	ck_assert_int_eq(w.told[140].revision, 1);
	ck_assert_int_eq(w.told[141].play_id, 56);
	ck_assert_uint_eq(w.told[141].has & GW_HAS_WITHDRAWN, 0);
	ck_assert_int_eq(w.told[141].revision, 2);
}
END_TEST

START_TEST(a_look_at_a_bad_answer_is_told_at_once)
{
	struct gw_espn_options o = { .look = true };

	reply("HTTP/1.1 503 Busy\r\nRetry-After: 1000\r\n\r\n", "");
	ck_assert_int_eq(run(&o), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(gw_espn_source_error(w.source)->msg, "503"));
	ck_assert_uint_eq(w.n_asked, 1);
}
END_TEST

START_TEST(the_games_file_says_what_a_game_is_called)
{
	struct gw_espn_options o = { .event = EVENT };
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
	static const char text[] = "game_id,espn\n2024_18_OLD_NEW,401671830\n";

	test_tmp_new(dir);
	test_path(dir, "games.csv", path);
	test_write(path, text, sizeof(text) - 1);
	o.data = dir;
	reply_final();
	ck_assert_int_eq(run(&o), 1);
	test_tmp_free(dir);
	for (size_t i = 0; i < w.n_told; i++)
		ck_assert_str_eq(w.told[i].game_id, "2024_18_OLD_NEW");
}
END_TEST

START_TEST(no_network_is_told_at_once)
{
	struct gw_espn_options o = { .event = EVENT };

	reply_failure(6, "curl: (6) Could not resolve host: site.api.espn.com");
	ck_assert_int_eq(run(&o), GW_ERESOLVE);
	ck_assert_ptr_nonnull(strstr(gw_espn_source_error(w.source)->msg, "resolve host"));
}
END_TEST

START_TEST(an_unknown_event_is_told_at_once)
{
	struct gw_espn_options o = { .event = EVENT };

	reply("HTTP/1.1 404 Not Found\r\n\r\n", "{\"error\":{\"message\":\"No event found\","
	    "\"code\":404}}");
	ck_assert_int_eq(run(&o), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(gw_espn_source_error(w.source)->msg, "knows no event"));
}
END_TEST

START_TEST(another_games_answer_is_counted_and_dropped)
{
	struct gw_espn_options o = { .event = EVENT };

	reply_file("playbyplay/2024_17_SEA_CHI.401671876.json.gz", NULL, NULL);
	reply_final();
	reply_final();
	(void)run(&o);
	for (size_t i = 0; i < w.n_told; i++)
		ck_assert_str_eq(w.told[i].game_id, "2024_18_SEA_LA");
}
END_TEST

/* ---- recordings ---- */

START_TEST(a_recording_tells_the_same_again)
{
	struct gw_espn_options o = { .event = EVENT };
	char dir[TEST_PATH_MAX], tape[TEST_PATH_MAX];
	struct gw_play *first;
	size_t n;

	test_tmp_new(dir);
	test_path(dir, "tape", tape);
	o.record = tape;
	reply_live();
	reply("HTTP/1.1 500 Oops\r\n\r\n", "oops");
	reply_board("in", "0:15", 3990, "2025-01-05T21:25Z");
	reply_final();
	ck_assert_int_eq(run(&o), 1);
	gw_espn_source_free(w.source);
	first = w.told;
	n = w.n_told;
	w.told = gw_alloc_zero(w.env.alloc, TOLD_MAX, sizeof(*w.told));
	w.n_told = 0;
	o = (struct gw_espn_options){ .event = EVENT, .from = tape, .speed = 2 };
	{
		int64_t begun = w.now_us;

		ck_assert_int_eq(run(&o), 1);
		/* Half of what it took: two pauses of about 15 and 15 seconds. */
		ck_assert_int_ge(w.now_us - begun, 10 * SECOND);
		ck_assert_int_le(w.now_us - begun, 20 * SECOND);
	}
	ck_assert_uint_eq(w.n_told, n);
	ck_assert_mem_eq(w.told, first, n * sizeof(*first));
	ck_assert_uint_eq(stats().refused, 1);
	gw_alloc_free(w.env.alloc, first);
	/* A second recording does not overwrite the first. */
	ck_assert_ptr_null(gw_tape_writer_new(&w.env, tape, &(struct gw_err){ .code = 0 }));
	test_tmp_free(dir);
}
END_TEST

START_TEST(a_recording_without_the_game_says_which_it_has)
{
	char from[TEST_PATH_MAX];
	struct gw_espn_options o = { .event = 999, .from = from };

	test_source_path("tests/data/espn/live", from);
	ck_assert_int_eq(run(&o), GW_EDATA);
	ck_assert_uint_eq(w.n_told, 0);
	ck_assert_ptr_nonnull(strstr(gw_espn_source_error(w.source)->msg, "event 999"));
	ck_assert_ptr_nonnull(strstr(gw_espn_source_error(w.source)->msg, "401671830"));
}
END_TEST

START_TEST(what_is_no_recording_is_refused)
{
	static const char outside[] = "{\"at_ms\":1,\"status\":200,\"file\":\"../passwd\"}\n";
	static const char half[] = "{\"at_ms\":1,\"status\":304}\n{\"at_ms\":2,\"sta";
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
	struct gw_tape t;
	struct gw_err err;

	ck_assert_int_ne(gw_tape_open(&t, &w.env, "/nonexistent", &err), 0);
	gw_tape_close(&t);
	test_tmp_new(dir);
	ck_assert_int_eq(gw_tape_open(&t, &w.env, dir, &err), GW_EDATA);
	gw_tape_close(&t);
	test_path(dir, "answers.jsonl", path);
	test_write(path, outside, sizeof(outside) - 1);
	ck_assert_int_eq(gw_tape_open(&t, &w.env, dir, &err), GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "answers.jsonl:1"));
	gw_tape_close(&t);
	/* What was being written when the recorder was killed is left out. */
	test_write(path, half, sizeof(half) - 1);
	ck_assert_int_eq(gw_tape_open(&t, &w.env, dir, &err), 0);
	ck_assert_uint_eq(t.n, 1);
	gw_tape_close(&t);
	test_tmp_free(dir);
}
END_TEST

/* ---- heads of answers ---- */

START_TEST(redirects_and_interim_answers_are_passed_over)
{
	struct gw_web_answer a;

	ck_assert_int_eq(gw_web_split(gw_str("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\n"
	    "ETag: old\r\nLocation: /x\r\n\r\nHTTP/2 200\r\nETAG:  \"new\" \r\nRetry-After: 7\r\n"
	    "Last-Modified: Sun, 05 Jan 2025 21:25:00 GMT\r\n\r\n{\"a\":1}\n"), &a), 0);
	ck_assert_int_eq(a.status, 200);
	ck_assert_str_eq(a.etag, "\"new\"");
	ck_assert_str_eq(a.last_modified, "Sun, 05 Jan 2025 21:25:00 GMT");
	ck_assert_int_eq(a.retry_after_s, 7);
	ck_assert(gw_slice_is(a.body, "{\"a\":1}\n"));
}
END_TEST

START_TEST(what_is_no_http_is_refused)
{
	static const char *const bad[] = { "", "{}", "HTTP/1.1", "HTTP/1.1 abc\r\n\r\n",
		"HTTP/1.1 20000 OK\r\n\r\n", "HTTP/1.1 2 OK\r\n\r\n", "HTTP/1.1 -99 OK\r\n\r\n" };
	struct gw_web_answer a;

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(gw_web_split(gw_str(bad[i]), &a) == GW_EPROTO, "%s", bad[i]);
	ck_assert_int_eq(gw_web_split(gw_str("HTTP/1.1 204 Nothing\r\n\r\n"), &a), 0);
	ck_assert_uint_eq(a.body.len, 0);
}
END_TEST

Suite *
check_espn_source_suite(void)
{
	Suite *s = suite_create("espn_source");
	TCase *tc = tcase_create("feed");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_game_that_is_over_takes_one_request);
	tcase_add_test(tc, rows_are_asked_for_when_the_scoreboard_says_so);
	tcase_add_test(tc, requests_are_conditional);
	tcase_add_test(tc, a_scoreboard_is_followed_until_nothing_is_on);
	tcase_add_test(tc, an_empty_scoreboard_is_the_end);
	tcase_add_test(tc, a_game_to_come_is_waited_for);
	tcase_add_test(tc, a_game_in_two_days_is_not_waited_for);
	tcase_add_test(tc, a_postponed_game_ends_it);
	tcase_add_test(tc, the_play_to_come_follows_its_rows);
	tcase_add_test(tc, errors_back_off_and_pass);
	tcase_add_test(tc, the_same_answer_again_tells_nothing);
	tcase_add_test(tc, a_removed_and_a_changed_play_are_told_as_revisions);
	tcase_add_test(tc, a_look_at_a_bad_answer_is_told_at_once);
	tcase_add_test(tc, the_games_file_says_what_a_game_is_called);
	tcase_add_test(tc, no_network_is_told_at_once);
	tcase_add_test(tc, an_unknown_event_is_told_at_once);
	tcase_add_test(tc, another_games_answer_is_counted_and_dropped);
	tcase_add_test(tc, a_recording_tells_the_same_again);
	tcase_add_test(tc, a_recording_without_the_game_says_which_it_has);
	tcase_add_test(tc, what_is_no_recording_is_refused);
	tcase_add_test(tc, redirects_and_interim_answers_are_passed_over);
	tcase_add_test(tc, what_is_no_http_is_refused);
	suite_add_tcase(s, tc);
	return s;
}

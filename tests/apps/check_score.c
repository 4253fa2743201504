/* SPDX-License-Identifier: MIT
 *
 * tests/apps/check_score.c - the scorer against the embedded broker, in one loop over loopback.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/score/score.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "apps/score/sink_csv.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"
#include "broker/broker.h"
#include "client/client.h"
#include "nfl/trainer.h"
#include "tests/apps/suites.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"

/* Of a prediction's row; doc/messages.md has the order. */
#define COLUMN_PARTITION	17
#define COLUMN_OFFSET		18

#define PLAYS	"nfl-plays"
#define TO	"nfl-predictions"
#define DLQ	"nfl-plays-dlq"
#define LIMIT_US 20000000
#define EXACTLY	"transactional.id=g.score\ntransaction.timeout.ms=5000\n"
#define READER	"isolation.level=read_committed\n"

static char			 dir[TEST_PATH_MAX], log_dir[TEST_PATH_MAX];
static char			 csv_path[TEST_PATH_MAX];
static struct gw_env		*env, csv_env;
static struct gw_broker		*broker;
static struct gw_model		*model;
static struct gw_predictor	*predictor;
static char			 notices[4096];	/* of the newest scorer, a line each */
static size_t			 n_scored;
static const char		*more_config = "";	/* of clients made from now on */

/* ---- a world ---- */

static struct gw_play
a_play(int i)
{
	struct gw_play p = { .game_id = "2024_01_BAL_KC", .home_team = "KC", .away_team = "BAL",
		.play_id = i, .play_number = 1 + i, .quarter = 1 + i / 50 % 4, .down = 1 + i % 4,
		.distance = 1 + i % 11, .field_position = 1 + i * 7 % 99, .home_score = i % 31,
		.away_score = i * 3 % 28, .is_home_team = i % 2 == 0, .type = GW_PLAY_RUN };

	p.has = GW_HAS_DOWN | GW_HAS_DISTANCE | GW_HAS_FIELD_POSITION;
	p.time_remaining = 3600 - (p.quarter - 1) * 900 - i % 900;
	if (p.time_remaining < (4 - p.quarter) * 900)
		p.time_remaining = (4 - p.quarter) * 900;
	memcpy(p.posteam, p.is_home_team ? p.home_team : p.away_team, GW_TEAM_MAX);
	memcpy(p.defteam, p.is_home_team ? p.away_team : p.home_team, GW_TEAM_MAX);
	return p;
}

static void
train_model(void)
{
	struct gw_trained trained;
	struct gw_trainer t;
	struct gw_err err;

	gw_trainer_init(&t, env->alloc, gw_feature_set_find("classic"));
	for (int i = 0; i < 400; i++) {
		struct gw_season_play p = { .play = a_play(i), .has_result = true };

		p.final_home = p.play.home_score + i % 5;
		p.final_away = p.play.away_score + i % 7;
		p.result = p.final_home - p.final_away;
		if (p.result != 0)
			ck_assert_int_eq(gw_trainer_add(&t, &p), 0);
	}
	model = gw_trainer_fit(&t, "test", 1, &trained, &err);
	ck_assert_msg(model != NULL, "%s", err.msg);
	model->version = 1;
	gw_trainer_fini(&t);
	predictor = gw_predictor_new(env->alloc, model, &err);
	ck_assert_msg(predictor != NULL, "%s", err.msg);
}

static void
setup(void)
{
	struct gw_broker_options o = gw_broker_defaults();
	struct gw_err err;

	test_tmp_new(dir);
	test_path(dir, "predictions.csv", csv_path);
	test_path(dir, "broker", log_dir);
	env = gw_env_posix_new(0, true, &err);
	ck_assert_msg(env != NULL, "%s", err.msg);
	csv_env = *env;
	csv_env.fs = gw_fs_posix_new(true, &err);
	ck_assert_ptr_nonnull(csv_env.fs);
	o.listen = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	o.dir = log_dir;
	o.fsync = GW_FSYNC_NEVER;
	broker = gw_broker_new(env, &o, &err);
	ck_assert_msg(broker != NULL, "%s", err.msg);
	train_model();
	notices[0] = '\0';
	n_scored = 0;
	more_config = "";
}

static void
teardown(void)
{
	gw_predictor_free(predictor);
	gw_model_free(model);
	gw_broker_abandon(broker);
	gw_fs_posix_free(csv_env.fs);
	gw_env_posix_free(env);
	test_tmp_free(dir);
}

/*
 * A static member of a classic group, as the score verb's: its successor need not wait for its
 * session to end, though nobody says goodbye.
 */
static struct gw_client *
a_client(void)
{
	char address[GW_ADDR_TEXT_MAX], config[512];
	struct gw_addr at = gw_broker_addr(broker);
	struct gw_client *c;
	struct gw_err err;

	gw_addr_text(&at, address);
	snprintf(config, sizeof(config), "bootstrap.servers=%s\nlinger.ms=0\n"
	    "auto.offset.reset=earliest\ngroup.instance.id=scorer\n"
	    "session.timeout.ms=10000\nallow.auto.create.topics=false\n%s", address, more_config);
	c = gw_client_new_env(env, config, &err);
	ck_assert_msg(c != NULL, "%s", err.msg);
	return c;
}

/* Broker and client turn until the condition holds. */
static void
turn_until(struct gw_client *c, bool (*met)(void *arg), void *arg)
{
	struct gw_part parts[2] = { gw_part_broker(broker), gw_part_client(c) };
	int64_t limit = gw_env_now(env).us + LIMIT_US;
	struct gw_loop loop;
	struct gw_event ev;

	gw_loop_init(&loop, env, parts, 2);
	while (!met(arg)) {
		ck_assert_msg(gw_env_now(env).us < limit, "nothing happened in time");
		ck_assert_int_eq(gw_loop_turn(&loop, gw_env_now(env).us + 100000), 0);
		while (gw_next_event(c, &ev) > 0)
			ck_assert_int_ne(ev.type, GW_EVENT_FAILED);
	}
	gw_loop_fini(&loop);
}

static bool
call_is_done(void *call)
{
	return gw_call_done(call);
}

static bool
nothing_pending(void *client)
{
	struct gw_stats stats;

	gw_get_stats(client, &stats);
	return stats.pending == 0;
}

static void
finish_call(struct gw_client *c, struct gw_call *call)
{
	ck_assert_ptr_nonnull(call);
	turn_until(c, call_is_done, call);
	ck_assert_msg(gw_call_error(call)->code == 0, "%s", gw_call_error(call)->msg);
}

static void
make_topic(const char *topic, int32_t partitions)
{
	struct gw_config retention = { .name = "retention.ms", .value = "7200000" };
	struct gw_client *c = a_client();
	struct gw_call *call = gw_call_create_topic(c, topic, partitions, 1, &retention, 1);

	finish_call(c, call);
	gw_call_free(call);
	gw_client_free(c);
}

static void
drop_topic(const char *topic)
{
	struct gw_client *c = a_client();
	struct gw_call *call = gw_call_delete_topic(c, topic);

	finish_call(c, call);
	gw_call_free(call);
	gw_client_free(c);
}

static void
produce_value(struct gw_client *c, int32_t partition, struct gw_slice value)
{
	ck_assert_int_eq(gw_send(c, &(struct gw_message){ .topic = PLAYS, .key = gw_str("game"),
	    .value = value, .flags = GW_MSG_PARTITION, .partition = partition }), 0);
}

/* Plays from..to-1, play i in partition i % n_partitions. */
static void
produce(int from, int to, int32_t n_partitions)
{
	struct gw_client *c = a_client();
	struct gw_buf value;

	gw_buf_init(&value, env->alloc, 0);
	for (int i = from; i < to; i++) {
		struct gw_play p = a_play(i);

		gw_buf_clear(&value);
		gw_play_write(&value, &p);
		produce_value(c, i % n_partitions, gw_buf_slice(&value));
	}
	gw_buf_fini(&value);
	turn_until(c, nothing_pending, c);
	gw_client_free(c);
}

/* ---- a scorer ---- */

static void
on_notice(void *arg, const char *text)
{
	size_t len = strlen(notices);

	(void)arg;
	snprintf(notices + len, sizeof(notices) - len, "%s\n", text);
}

static void
on_scored(void *arg, const struct gw_scored *s)
{
	(void)arg;
	(void)s;
	n_scored++;
}

static struct gw_score_options
options(void)
{
	return (struct gw_score_options){ .topic = PLAYS, .group = "g", .to = TO, .at_end = true,
		.predictor = predictor, .model_sha256 = model->sha256, .scored = on_scored,
		.notice = on_notice };
}

static struct gw_sink_csv *
open_csv(void)
{
	struct gw_sink_csv *csv;
	struct gw_buf header;
	struct gw_err err;

	gw_buf_init(&header, env->alloc, 0);
	gw_prediction_csv_header(&header);
	csv = gw_sink_csv_open(&csv_env, csv_path, gw_buf_slice(&header), GW_SINK_CSV_CONTINUE,
	    &err);
	gw_buf_fini(&header);
	ck_assert_msg(csv != NULL, "%s", err.msg);
	return csv;
}

struct scorer {
	struct gw_client	*client;
	struct gw_score		*score;
	struct gw_sink_csv	*csv;
	struct gw_part		 parts[3];
	struct gw_loop		 loop;
	int64_t			 limit_us;
};

static void
scorer_open(struct scorer *s, struct gw_score_options o)
{
	struct gw_err err;

	s->client = a_client();
	s->csv = open_csv();
	o.csv = s->csv;
	s->score = gw_score_new(env, s->client, &o, &err);
	ck_assert_ptr_nonnull(s->score);
	s->parts[0] = gw_part_broker(broker);
	s->parts[1] = gw_part_client(s->client);
	s->parts[2] = gw_score_part(s->score);
	gw_loop_init(&s->loop, env, s->parts, 3);
	s->limit_us = gw_env_now(env).us + LIMIT_US;
}

/* As a crash: nothing is finished, flushed or committed. */
static void
scorer_drop(struct scorer *s)
{
	gw_loop_fini(&s->loop);
	gw_score_free(s->score);
	gw_sink_csv_close(s->csv);
	gw_client_free(s->client);
}

static bool
late(void *arg)
{
	const struct scorer *s = arg;

	return gw_env_now(env).us > s->limit_us;
}

static int
scorer_run(struct scorer *s)
{
	return gw_loop_until(&s->loop, 2, late, s);
}

/* A whole run; statistics into *stats if it is not NULL. */
static void
score(struct gw_score_options o, struct gw_score_stats *stats)
{
	struct scorer s;
	int rc;

	notices[0] = '\0';
	n_scored = 0;
	more_config = o.exactly_once ? EXACTLY : "";
	scorer_open(&s, o);
	more_config = "";
	rc = scorer_run(&s);
	ck_assert_msg(rc == 0, "%d: %s", rc, gw_score_error(s.score)->msg);
	if (stats != NULL)
		*stats = *gw_score_get_stats(s.score);
	scorer_drop(&s);
}

/* ---- what came out ---- */

/* Rows of the CSV; each (partition, offset) once, offsets ascending, plays as produced. */
static size_t
csv_rows(void)
{
	int64_t last[8], p, o, id;
	const struct gw_slice *fields;
	struct gw_source src;
	struct gw_slice bytes;
	struct gw_csv *csv;
	struct gw_err err;
	size_t len, n = 0;
	char *text = test_read(csv_path, &len);
	int k;

	for (size_t i = 0; i < 8; i++)
		last[i] = -1;
	bytes = (struct gw_slice){ text, len };
	src = gw_source_bytes(&bytes);
	csv = gw_csv_new(env->alloc, src, csv_path);
	ck_assert_int_gt(gw_csv_next(csv, &fields, &err), 0);
	while ((k = gw_csv_next(csv, &fields, &err)) > 0) {
		ck_assert_int_eq(gw_slice_i64(fields[1], &id), 0);
		ck_assert_int_eq(gw_slice_i64(fields[COLUMN_PARTITION], &p), 0);
		ck_assert_int_eq(gw_slice_i64(fields[COLUMN_OFFSET], &o), 0);
		ck_assert_int_gt(o, last[p]);
		last[p] = o;
		n++;
	}
	ck_assert_msg(k == 0, "%s", err.msg);
	gw_csv_free(csv);
	free(text);
	return n;
}

struct reading {
	struct gw_client	*client;
	size_t			 n, different;
	bool			 ended;
	char			 seen[8][1024];	/* by partition and offset of the play */
	double			 probability[1024];	/* by play_id */
};

static int64_t
number_of(const struct gw_json *o, const char *key)
{
	const struct gw_json *v = gw_json_get(o, key);

	ck_assert_ptr_nonnull(v);
	return (int64_t)v->number;
}

static void
read_one(struct reading *r, const struct gw_record *record)
{
	struct gw_header header;
	struct gw_arena arena;
	struct gw_json *o;
	size_t pos = 0;
	char *seen;

	gw_arena_init(&arena, env->alloc, 0);
	ck_assert_int_eq(gw_json_parse(record->value, &arena, &o, NULL), 0);
	ck_assert(gw_slice_is(record->key, "2024_01_BAL_KC"));
	ck_assert_int_eq(gw_record_header(record, &pos, &header), 1);
	ck_assert(gw_slice_is(header.key, "gw-model-sha256"));
	ck_assert(gw_slice_is(header.value, model->sha256));
	seen = &r->seen[number_of(o, "partition")][number_of(o, "offset")];
	r->different += *seen == 0;
	*seen = 1;
	r->probability[number_of(o, "play_id")] = gw_json_get(o, "home_win_prob")->number;
	r->n++;
	gw_arena_fini(&arena);
}

static bool
read_to_end(void *arg)
{
	struct reading *r = arg;
	struct gw_record record;
	struct gw_batch *b;
	struct gw_err err;

	while ((b = gw_fetch(r->client, 0, &err)) != NULL)
		while (gw_batch_next(b, &record) > 0)
			read_one(r, &record);
	return gw_at_end(r->client);
}

/* All of the predictions topic. */
static struct reading *
read_predictions(int32_t n_partitions)
{
	struct reading *r = calloc(1, sizeof(*r));

	more_config = READER;
	r->client = a_client();
	more_config = "";
	for (int32_t i = 0; i < n_partitions; i++)
		ck_assert_int_eq(gw_assign(r->client, TO, i, GW_OFFSET_EARLIEST), 0);
	turn_until(r->client, read_to_end, r);
	gw_client_free(r->client);
	return r;
}

static int64_t
committed(int32_t partition)
{
	struct gw_client *c = a_client();
	struct gw_call *call = gw_call_group_offsets(c, "g");
	const struct gw_offsets *found;
	int64_t offset = -1;

	finish_call(c, call);
	found = gw_call_offsets_result(call);
	for (size_t i = 0; i < found->n_offsets; i++)
		if (found->offsets[i].partition == partition)
			offset = found->offsets[i].offset;
	gw_call_free(call);
	gw_client_free(c);
	return offset;
}

/* ---- tests ---- */

START_TEST(each_play_is_in_csv_and_topic_once_then_committed)
{
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));
	struct reading *r;

	make_topic(PLAYS, 1);
	produce(0, 100, 1);
	score(options(), stats);
	ck_assert_uint_eq(stats->plays, 100);
	ck_assert_uint_eq(stats->skipped, 0);
	ck_assert_uint_eq(stats->to_scored.count, 100);
	ck_assert_uint_eq(csv_rows(), 100);
	ck_assert_uint_eq(n_scored, 100);
	r = read_predictions(1);
	ck_assert_uint_eq(r->n, 100);
	ck_assert_uint_eq(r->different, 100);
	for (int i = 0; i < 100; i++) {
		struct gw_play p = a_play(i);
		struct gw_prediction pr;

		gw_predict(predictor, &p, &pr);
		ck_assert(r->probability[i] == pr.home_win_prob);
	}
	ck_assert_int_eq(committed(0), 100);
	ck_assert_str_eq(notices, "");
	free(r);
	free(stats);
}
END_TEST

START_TEST(the_predictions_topic_is_made_like_the_plays)
{
	struct gw_client *c;
	struct gw_call *call;
	const struct gw_configs *configs;
	bool found = false;
	struct reading *r;

	make_topic(PLAYS, 3);
	produce(0, 30, 3);
	score(options(), NULL);
	ck_assert_uint_eq(csv_rows(), 30);
	r = read_predictions(3);
	ck_assert_uint_eq(r->different, 30);
	c = a_client();
	call = gw_call_topic_configs(c, TO);
	finish_call(c, call);
	configs = gw_call_configs_result(call);
	for (size_t i = 0; i < configs->n_configs; i++)
		if (strcmp(configs->configs[i].name, "retention.ms") == 0) {
			ck_assert_str_eq(configs->configs[i].value, "7200000");
			found = true;
		}
	ck_assert(found);
	gw_call_free(call);
	gw_client_free(c);
	free(r);
}
END_TEST

START_TEST(messages_that_are_no_plays_are_counted_and_passed_over)
{
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));
	struct gw_client *c;

	make_topic(PLAYS, 1);
	produce(0, 5, 1);
	c = a_client();
	produce_value(c, 0, gw_str("not JSON"));
	produce_value(c, 0, gw_str("{\"game_id\":\"g\"}"));
	produce_value(c, 0, gw_str("{\"quarter\":0}"));
	produce_value(c, 0, gw_str("{\"quarter\":NaN}"));
	produce_value(c, 0, gw_str("[]"));
	produce_value(c, 0, (struct gw_slice){ NULL, 0 });
	turn_until(c, nothing_pending, c);
	gw_client_free(c);
	produce(5, 10, 1);
	score(options(), stats);
	ck_assert_uint_eq(stats->plays, 10);
	ck_assert_uint_eq(stats->skipped, 6);
	ck_assert_uint_eq(stats->n_skips, 5);
	ck_assert_str_eq(stats->skips[0].reason, "not JSON");
	ck_assert_uint_eq(stats->skips[0].n, 2);
	ck_assert_str_eq(stats->skips[1].reason, "play_id missing");
	ck_assert_str_eq(stats->skips[2].reason, "quarter impossible");
	ck_assert_str_eq(stats->skips[3].reason, "not a play");
	ck_assert_str_eq(stats->skips[4].reason, "no value");
	ck_assert_ptr_nonnull(strstr(notices, "partition 0 offset 5"));
	ck_assert_ptr_nonnull(strstr(notices, "partition 0 offset 7"));
	ck_assert_ptr_null(strstr(notices, "offset 8"));
	ck_assert_uint_eq(csv_rows(), 10);
	ck_assert_int_eq(committed(0), 16);
	free(stats);
}
END_TEST

START_TEST(a_restart_goes_on_after_the_last_row)
{
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));
	struct gw_score_options o = options();
	size_t len;
	char *text;

	make_topic(PLAYS, 1);
	produce(0, 20, 1);
	score(o, NULL);
	produce(20, 40, 1);
	score(o, stats);
	ck_assert_uint_eq(stats->plays, 20);
	ck_assert_uint_eq(csv_rows(), 40);
	/* Without a group the file alone counts: what is torn off is scored again. */
	text = test_read(csv_path, &len);
	test_write(csv_path, text, len - 30);
	free(text);
	o.group = NULL;
	score(o, stats);
	ck_assert_uint_eq(stats->plays, 1);
	ck_assert_uint_eq(csv_rows(), 40);
	free(stats);
}
END_TEST

START_TEST(a_group_that_is_ahead_of_the_csv_is_told)
{
	size_t len;
	char *text;

	make_topic(PLAYS, 1);
	produce(0, 20, 1);
	score(options(), NULL);
	text = test_read(csv_path, &len);
	for (int rows = 0; rows < 6; len--)
		rows += text[len - 1] == '\n';
	test_write(csv_path, text, len + 1);
	free(text);
	produce(20, 30, 1);
	score(options(), NULL);
	ck_assert_ptr_nonnull(strstr(notices, "group is at offset 20"));
	ck_assert_ptr_nonnull(strstr(notices, "at 15"));
	ck_assert_uint_eq(csv_rows(), 25);
}
END_TEST

START_TEST(the_csv_is_believed_over_a_group_that_is_behind)
{
	struct gw_score_options o = options();
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));

	make_topic(PLAYS, 1);
	produce(0, 50, 1);
	o.to = NULL;
	o.group = NULL;
	o.plays_max = 30;
	score(o, NULL);
	ck_assert_uint_eq(csv_rows(), 30);
	ck_assert_int_eq(committed(0), -1);
	o.group = "g";
	o.plays_max = 0;
	score(o, stats);
	ck_assert_uint_eq(stats->plays, 20);
	ck_assert_uint_eq(csv_rows(), 50);
	ck_assert_int_eq(committed(0), 50);
	free(stats);
}
END_TEST

START_TEST(a_count_commits_exactly_what_was_scored)
{
	struct gw_score_options o = options();

	make_topic(PLAYS, 1);
	produce(0, 50, 1);
	o.plays_max = 7;
	score(o, NULL);
	ck_assert_uint_eq(csv_rows(), 7);
	ck_assert_int_eq(committed(0), 7);
	o.plays_max = 0;
	score(o, NULL);
	ck_assert_uint_eq(csv_rows(), 50);
	ck_assert_int_eq(committed(0), 50);
}
END_TEST

static void
refused(struct gw_score_options o, int code, const char *words)
{
	struct scorer s;
	int rc;

	scorer_open(&s, o);
	rc = scorer_run(&s);
	ck_assert_int_lt(rc, 0);
	ck_assert_int_ne(rc, GW_EINTR);
	ck_assert_int_eq(gw_score_error(s.score)->code, code);
	ck_assert_msg(strstr(gw_score_error(s.score)->msg, words) != NULL, "%s",
	    gw_score_error(s.score)->msg);
	scorer_drop(&s);
}

START_TEST(a_topic_made_anew_is_not_skipped_in_silence)
{
	struct gw_score_options o = options();

	make_topic(PLAYS, 1);
	produce(0, 50, 1);
	score(o, NULL);
	drop_topic(PLAYS);
	make_topic(PLAYS, 1);
	produce(0, 10, 1);
	refused(o, GW_EDATA, "made anew");
	o.group = NULL;
	refused(o, GW_EDATA, "ends at offset 10");
	ck_assert_uint_eq(csv_rows(), 50);
}
END_TEST

START_TEST(a_missing_topic_ends_a_run_that_should_end)
{
	refused(options(), GW_K_UNKNOWN_TOPIC_OR_PARTITION, PLAYS);
}
END_TEST

START_TEST(a_missing_topic_is_waited_for)
{
	struct gw_score_options o = options();
	struct scorer s;
	int64_t limit = gw_env_now(env).us + 300000;

	o.at_end = false;
	o.plays_max = 10;
	scorer_open(&s, o);
	while (gw_env_now(env).us < limit)
		ck_assert_int_eq(gw_loop_turn(&s.loop, limit), 0);
	ck_assert_ptr_nonnull(strstr(notices, "waiting for topic \"nfl-plays\""));
	make_topic(PLAYS, 1);
	produce(0, 10, 1);
	ck_assert_int_eq(scorer_run(&s), 0);
	scorer_drop(&s);
	ck_assert_uint_eq(csv_rows(), 10);
}
END_TEST

/* ---- a scorer whom the group leaves nothing ---- */

struct other {
	struct scorer	 scorer;
	struct gw_client *client;
	struct gw_part	 parts[4];
	struct gw_loop	 loop;
};

/* A member that has the only partition and reads nothing, and a scorer that came later. */
static void
other_open(struct other *o)
{
	struct gw_position at;

	make_topic(PLAYS, 1);
	produce(0, 20, 1);
	more_config = "group.instance.id=\nclient.id=a\n";	/* comes first in the group */
	o->client = a_client();
	more_config = "group.instance.id=\n";
	ck_assert_int_eq(gw_subscribe(o->client, PLAYS, "g"), 0);
	o->scorer.limit_us = gw_env_now(env).us + LIMIT_US;
	o->scorer.parts[0] = gw_part_broker(broker);
	o->scorer.parts[1] = gw_part_client(o->client);
	gw_loop_init(&o->loop, env, o->scorer.parts, 2);
	while (gw_assignment(o->client, 0, &at) == 0) {
		ck_assert(!late(&o->scorer));
		ck_assert_int_eq(gw_loop_turn(&o->loop, gw_env_now(env).us + 10000), 0);
		(void)gw_fetch(o->client, 0, NULL);
	}
	gw_loop_fini(&o->loop);
	scorer_open(&o->scorer, (struct gw_score_options){ .topic = PLAYS, .group = "g",
		.at_end = true, .spare_ms = 300, .predictor = predictor,
		.model_sha256 = model->sha256, .scored = on_scored, .notice = on_notice });
	more_config = "";
	memcpy(o->parts, o->scorer.parts, sizeof(o->scorer.parts));
	o->parts[3] = gw_part_client(o->client);
	gw_loop_init(&o->loop, env, o->parts, 4);
}

/* For so long, or until the scorer ended: then true. */
static bool
other_turn(struct other *o, int64_t us)
{
	int64_t until = gw_env_now(env).us + us;

	while (gw_env_now(env).us < until && !o->parts[2].done) {
		ck_assert_int_eq(gw_loop_turn(&o->loop, gw_env_now(env).us + 10000), 0);
		(void)gw_fetch(o->client, 0, NULL);
	}
	return o->parts[2].done;
}

static void
other_close(struct other *o)
{
	gw_loop_fini(&o->loop);
	scorer_drop(&o->scorer);
	gw_client_free(o->client);
}

START_TEST(a_spare_ends_when_the_others_have_scored_all)
{
	struct other o;

	other_open(&o);
	ck_assert(!other_turn(&o, 4000000));
	ck_assert_ptr_nonnull(strstr(notices, "gives this scorer nothing to read yet"));
	ck_assert_int_eq(gw_commit_offset(o.client, PLAYS, 0, 20), 0);
	ck_assert(other_turn(&o, 10000000));
	ck_assert_uint_eq(n_scored, 0);
	other_close(&o);
}
END_TEST

START_TEST(a_spare_takes_over_from_one_that_leaves)
{
	struct other o;

	other_open(&o);
	ck_assert(!other_turn(&o, 1000000));
	gw_client_close(o.client, 0);
	ck_assert(other_turn(&o, 15000000));
	ck_assert_uint_eq(n_scored, 20);
	other_close(&o);
}
END_TEST

START_TEST(a_lone_play_is_scored_at_once)
{
	struct gw_score_options o = options();
	struct scorer s;
	int64_t sent;

	make_topic(PLAYS, 1);
	o.at_end = false;
	scorer_open(&s, o);
	s.limit_us = gw_env_now(env).us + 1000000;
	ck_assert_int_eq(scorer_run(&s), GW_EINTR);
	produce(0, 1, 1);
	sent = gw_env_now(env).us;
	while (gw_score_get_stats(s.score)->units == 0) {
		ck_assert_int_lt(gw_env_now(env).us, sent + 2000000);
		ck_assert_int_eq(gw_loop_turn(&s.loop, sent + 2000000), 0);
	}
	ck_assert_uint_eq(n_scored, 1);
	gw_score_stop(s.score);
	s.limit_us = gw_env_now(env).us + LIMIT_US;
	ck_assert_int_eq(scorer_run(&s), 0);
	scorer_drop(&s);
	ck_assert_uint_eq(csv_rows(), 1);
}
END_TEST

START_TEST(killed_after_any_turn_no_play_is_missing_or_twice)
{
	struct gw_score_options o = options();
	struct reading *r;
	int turns, at = 0;
	bool done = false;

	make_topic(PLAYS, 1);
	o.group = NULL;		/* the CSV alone says where to go on */
	for (turns = 1; !done; turns++) {
		struct scorer s;

		ck_assert_int_lt(turns, 300);
		if (at < 900) {
			produce(at, at + 3, 1);
			at += 3;
		}
		scorer_open(&s, o);
		for (int i = 0; i < turns && !s.parts[2].done; i++)
			ck_assert_int_eq(gw_loop_turn(&s.loop, gw_env_now(env).us + 100000), 0);
		done = s.parts[2].done;
		scorer_drop(&s);
	}
	ck_assert_uint_eq(csv_rows(), (size_t)at);
	r = read_predictions(1);
	ck_assert_uint_eq(r->different, (size_t)at);
	free(r);
}
END_TEST

/* One scorer over memory of its own, from a topic of 20 plays; client and broker have theirs. */
static int
one_life(struct gw_alloc *a, void *arg)
{
	struct gw_env world = *env, csv_world = csv_env;
	struct gw_score_options o = options();
	struct gw_err err = { 0 };
	struct gw_buf header;
	struct scorer s = { .limit_us = gw_env_now(env).us + LIMIT_US };
	int rc;

	(void)arg;
	(void)remove(csv_path);
	world.alloc = csv_world.alloc = a;
	o.group = NULL;
	gw_buf_init(&header, env->alloc, 0);
	gw_prediction_csv_header(&header);
	o.csv = s.csv = gw_sink_csv_open(&csv_world, csv_path, gw_buf_slice(&header),
	    GW_SINK_CSV_CONTINUE, &err);
	gw_buf_fini(&header);
	if (s.csv == NULL)
		return err.code;
	s.client = a_client();
	s.score = gw_score_new(&world, s.client, &o, &err);
	rc = s.score == NULL ? err.code : 0;
	if (rc == 0) {
		s.parts[0] = gw_part_broker(broker);
		s.parts[1] = gw_part_client(s.client);
		s.parts[2] = gw_score_part(s.score);
		gw_loop_init(&s.loop, env, s.parts, 3);
		rc = scorer_run(&s);
		ck_assert_int_ne(rc, GW_EINTR);
		ck_assert_int_eq(rc, gw_score_error(s.score)->code);
		gw_loop_fini(&s.loop);
	}
	gw_score_free(s.score);
	gw_sink_csv_close(s.csv);
	gw_client_free(s.client);
	return rc;
}

START_TEST(every_failed_allocation_ends_it_cleanly)
{
	make_topic(PLAYS, 1);
	produce(0, 20, 1);
	ck_assert_uint_gt(fail_alloc_sweep(one_life, NULL), 10);
	ck_assert_uint_eq(csv_rows(), 20);
}
END_TEST

static struct gw_score_options
exactly(void)
{
	struct gw_score_options o = options();

	o.exactly_once = true;
	o.dlq = DLQ;
	return o;
}

START_TEST(exactly_once_each_play_is_in_csv_and_topic_once)
{
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));
	struct reading *r;

	make_topic(PLAYS, 2);
	produce(0, 60, 2);
	score(exactly(), stats);
	ck_assert_uint_eq(stats->plays, 60);
	ck_assert_uint_eq(stats->given_up, 0);
	produce(60, 100, 2);
	score(exactly(), stats);
	ck_assert_uint_eq(stats->plays, 40);
	ck_assert_uint_eq(csv_rows(), 100);
	r = read_predictions(2);
	ck_assert_uint_eq(r->n, 100);
	ck_assert_uint_eq(r->different, 100);
	ck_assert_int_eq(committed(0), 50);
	ck_assert_int_eq(committed(1), 50);
	free(r);
	free(stats);
}
END_TEST

/* A machine that takes a fifth of a second for a play. Heartbeats are due meanwhile. */
static struct gw_clock	real_clock;
static int64_t		later_us;

static struct gw_time
slow_clock(void *ctx)
{
	struct gw_time t = real_clock.now(ctx);

	t.us += later_us;
	t.wall_ms += later_us / 1000;
	return t;
}

static void
on_slowly_scored(void *arg, const struct gw_scored *s)
{
	on_scored(arg, s);
	later_us += 200000;
}

START_TEST(a_unit_ends_in_time_on_a_slow_machine)
{
	struct gw_score_options o = exactly();
	struct reading *r;
	struct scorer s;

	make_topic(PLAYS, 1);
	produce(0, 100, 1);
	real_clock = env->clock;
	later_us = 0;
	env->clock.now = slow_clock;
	o.scored = on_slowly_scored;
	more_config = EXACTLY;
	scorer_open(&s, o);
	more_config = "";
	s.limit_us += 5 * LIMIT_US;
	ck_assert_int_eq(scorer_run(&s), 0);
	ck_assert_uint_ge(gw_score_get_stats(s.score)->units, 10);
	ck_assert_uint_eq(gw_score_get_stats(s.score)->given_up, 0);
	scorer_drop(&s);
	ck_assert_uint_eq(n_scored, 100);
	ck_assert_uint_eq(csv_rows(), 100);
	r = read_predictions(1);
	ck_assert_uint_eq(r->n, 100);
	ck_assert_uint_eq(r->different, 100);
	free(r);
	env->clock = real_clock;
}
END_TEST

START_TEST(exactly_once_rows_that_were_not_committed_are_cut)
{
	struct reading *r;
	size_t len, at;
	char *text;

	make_topic(PLAYS, 1);
	produce(0, 20, 1);
	score(exactly(), NULL);
	/* As if killed after the rows and before the transaction. */
	text = test_read(csv_path, &len);
	for (at = len - 1; text[at - 1] != '\n'; at--)
		;
	text = realloc(text, 2 * len);
	memcpy(text + len, text + at, len - at);
	len += len - at;
	test_write(csv_path, text, len);
	free(text);
	score(exactly(), NULL);
	ck_assert_ptr_nonnull(strstr(notices, "never committed"));
	ck_assert_uint_eq(csv_rows(), 20);
	produce(20, 30, 1);
	score(exactly(), NULL);
	ck_assert_uint_eq(csv_rows(), 30);
	r = read_predictions(1);
	ck_assert_uint_eq(r->n, 30);
	ck_assert_uint_eq(r->different, 30);
	free(r);
}
END_TEST

START_TEST(exactly_once_killed_after_any_turn)
{
	struct gw_score_options o = exactly();
	struct reading *r;
	int turns, at = 0;
	bool done = false;

	make_topic(PLAYS, 1);
	for (turns = 1; !done; turns += 3) {
		struct scorer s;

		ck_assert_int_lt(turns, 400);
		produce(at, at + 3, 1);
		at += 3;
		more_config = EXACTLY;
		scorer_open(&s, o);
		more_config = "";
		for (int i = 0; i < turns && !s.parts[2].done; i++)
			ck_assert_int_eq(gw_loop_turn(&s.loop, gw_env_now(env).us + 100000), 0);
		done = s.parts[2].done;
		scorer_drop(&s);
	}
	ck_assert_uint_eq(csv_rows(), (size_t)at);
	r = read_predictions(1);
	ck_assert_uint_eq(r->n, (size_t)at);
	ck_assert_uint_eq(r->different, (size_t)at);
	free(r);
}
END_TEST

START_TEST(what_is_no_play_is_a_dead_letter_and_what_comes_again_a_revision)
{
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));
	struct gw_client *c;
	size_t len;
	char *text;

	make_topic(PLAYS, 1);
	produce(0, 5, 1);
	c = a_client();
	produce_value(c, 0, gw_str("not JSON"));
	produce_value(c, 0, (struct gw_slice){ NULL, 0 });
	turn_until(c, nothing_pending, c);
	gw_client_free(c);
	produce(3, 5, 1);
	score(exactly(), stats);
	ck_assert_uint_eq(stats->plays, 7);
	ck_assert_uint_eq(stats->dead, 2);
	ck_assert_uint_eq(stats->corrected, 2);
	/* The same by a scorer that begins behind the first five. */
	produce(4, 5, 1);
	score(exactly(), stats);
	ck_assert_uint_eq(stats->corrected, 1);
	text = test_read(csv_path, &len);
	text = realloc(text, len + 1);
	text[len] = '\0';
	ck_assert_ptr_nonnull(strstr(text, "test:1,0,7,1,,"));
	ck_assert_ptr_nonnull(strstr(text, "test:1,0,8,1,,"));
	ck_assert_ptr_nonnull(strstr(text, "test:1,0,9,2,,"));
	free(text);
	free(stats);
}
END_TEST

/*
 * One bit of the play on the broker's disk is another: its batch has a wrong checksum from now on.
 */
static void
damage_play(int play_id)
{
	char pattern[TEST_PATH_MAX], wanted[32], *bytes;
	const char *at = NULL;
	glob_t found;
	size_t len;
	int fd;

	(void)snprintf(wanted, sizeof(wanted), "\"play_id\":%d,", play_id);
	test_path(log_dir, "topics/" PLAYS "/*/0/*.log", pattern);
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	ck_assert_uint_eq(found.gl_pathc, 1);
	bytes = test_read(found.gl_pathv[0], &len);
	for (size_t i = 0; at == NULL && i + strlen(wanted) <= len; i++)
		if (memcmp(bytes + i, wanted, strlen(wanted)) == 0)
			at = bytes + i;
	ck_assert_ptr_nonnull(at);
	fd = open(found.gl_pathv[0], O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, "P", 1, at + 1 - bytes), 1);
	(void)close(fd);
	free(bytes);
	globfree(&found);
}

START_TEST(a_batch_that_cannot_be_read_is_told_and_passed_over)
{
	struct gw_score_stats *stats = calloc(1, sizeof(*stats));
	uint64_t plays;

	make_topic(PLAYS, 1);
	produce(0, 5, 1);
	produce(5, 10, 1);
	produce(10, 15, 1);
	damage_play(7);
	score(exactly(), stats);
	plays = stats->plays;
	ck_assert_uint_ge(plays, 10);
	ck_assert_uint_lt(plays, 15);
	ck_assert_uint_eq(stats->dead, 1);
	ck_assert_ptr_nonnull(strstr(notices, "CANNOT BE READ and are passed over"));
	ck_assert_uint_eq(csv_rows(), plays);
	ck_assert_int_eq(committed(0), 15);
	score(exactly(), stats);
	ck_assert_uint_eq(stats->plays + stats->dead, 0);
	ck_assert_uint_eq(csv_rows(), plays);
	free(stats);
}
END_TEST

/* Without dead letters nobody would know what is missing. */
START_TEST(without_dead_letters_a_batch_that_cannot_be_read_ends_it)
{
	struct gw_score_options o = options();
	struct scorer s;

	make_topic(PLAYS, 1);
	produce(0, 5, 1);
	damage_play(3);
	scorer_open(&s, o);
	ck_assert_int_lt(scorer_run(&s), 0);
	ck_assert_ptr_nonnull(
	    strstr(gw_score_error(s.score)->msg, PLAYS " partition 0 after offset"));
	scorer_drop(&s);
}
END_TEST

START_TEST(reasons_do_not_depend_on_the_value)
{
	static const struct { const char *msg, *reason; } rows[] = {
		{ "line 1 column 6: the text ends too early", "not JSON" },
		{ "quarter: '0' is not a whole number from 1 to 20", "quarter impossible" },
		{ "play_id: missing", "play_id missing" },
		{ "is_home_team: missing, and posteam too", "is_home_team missing" },
		{ "a play is a JSON object, this is none", "not a play" },
	};
	char reason[GW_SCORE_REASON_MAX];
	struct gw_err err;

	for (size_t i = 0; i < GW_N(rows); i++) {
		gw_err_set(&err, GW_EDATA, "%s", rows[i].msg);
		gw_score_reason(&err, reason);
		ck_assert_str_eq(reason, rows[i].reason);
	}
}
END_TEST

Suite *
check_score_suite(void)
{
	Suite *s = suite_create("score");
	TCase *tc = tcase_create("score");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, each_play_is_in_csv_and_topic_once_then_committed);
	tcase_add_test(tc, the_predictions_topic_is_made_like_the_plays);
	tcase_add_test(tc, messages_that_are_no_plays_are_counted_and_passed_over);
	tcase_add_test(tc, a_restart_goes_on_after_the_last_row);
	tcase_add_test(tc, a_group_that_is_ahead_of_the_csv_is_told);
	tcase_add_test(tc, the_csv_is_believed_over_a_group_that_is_behind);
	tcase_add_test(tc, a_count_commits_exactly_what_was_scored);
	tcase_add_test(tc, a_topic_made_anew_is_not_skipped_in_silence);
	tcase_add_test(tc, a_missing_topic_ends_a_run_that_should_end);
	tcase_add_test(tc, a_missing_topic_is_waited_for);
	tcase_add_test(tc, a_spare_ends_when_the_others_have_scored_all);
	tcase_add_test(tc, a_spare_takes_over_from_one_that_leaves);
	tcase_add_test(tc, a_lone_play_is_scored_at_once);
	tcase_add_test(tc, killed_after_any_turn_no_play_is_missing_or_twice);
	tcase_add_test(tc, every_failed_allocation_ends_it_cleanly);
	tcase_add_test(tc, exactly_once_each_play_is_in_csv_and_topic_once);
	tcase_add_test(tc, a_unit_ends_in_time_on_a_slow_machine);
	tcase_add_test(tc, exactly_once_rows_that_were_not_committed_are_cut);
	tcase_add_test(tc, exactly_once_killed_after_any_turn);
	tcase_add_test(tc, what_is_no_play_is_a_dead_letter_and_what_comes_again_a_revision);
	tcase_add_test(tc, a_batch_that_cannot_be_read_is_told_and_passed_over);
	tcase_add_test(tc, without_dead_letters_a_batch_that_cannot_be_read_ends_it);
	tcase_add_test(tc, reasons_do_not_depend_on_the_value);
	suite_add_tcase(s, tc);
	return s;
}

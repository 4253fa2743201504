/* SPDX-License-Identifier: MIT
 *
 * tests/bench/peers/librdkafka.c - the work of bench_client by librdkafka, in the way its manual
 * calls fast: rd_kafka_producev() without a copy of our own, one delivery callback, batches of a
 * consumer queue.
 *
 *   librdkafka produce|consume|lone|txn|loop "key=value;..." TOPIC RECORDS SIZE PARTITIONS
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/timing.h"

static size_t n_delivered;

static void
die(const char *what)
{
	(void)fprintf(stderr, "librdkafka: %s\n", what);
	exit(1);
}

static void
delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	(void)opaque;
	if (m->err != 0)
		die(rd_kafka_err2str(m->err));
	n_delivered++;
}

static rd_kafka_conf_t *
configure(char *text)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[512], *save = NULL;

	for (char *p = strtok_r(text, ";", &save); p != NULL; p = strtok_r(NULL, ";", &save)) {
		char *value = strchr(p, '=');

		if (value == NULL)
			die(p);
		*value++ = '\0';
		if (rd_kafka_conf_set(conf, p, value, why, sizeof(why)) != RD_KAFKA_CONF_OK)
			die(why);
	}
	return conf;
}

static void
send_one(rd_kafka_t *rk, rd_kafka_topic_t *topic, char *value, size_t size)
{
	while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, size,
		NULL, 0, NULL) != 0) {
		if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
			die(rd_kafka_err2str(rd_kafka_last_error()));
		(void)rd_kafka_poll(rk, 100);
	}
}

static void
produce(rd_kafka_t *rk, const char *name, size_t n, size_t size)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
	char *value = payload(size);

	for (size_t i = 0; i < n; i++) {
		send_one(rk, topic, value, size);
		if (i % 1000 == 0)
			(void)rd_kafka_poll(rk, 0);
	}
	while (n_delivered < n)
		(void)rd_kafka_poll(rk, 100);
	rd_kafka_topic_destroy(topic);
	free(value);
}

static void
consume(rd_kafka_t *rk, const char *name, size_t n, int n_partitions)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n_partitions);
	rd_kafka_message_t *batch[1000];
	rd_kafka_queue_t *queue;
	size_t got = 0;

	for (int p = 0; p < n_partitions; p++)
		rd_kafka_topic_partition_list_add(list, name, p)->offset =
		    RD_KAFKA_OFFSET_BEGINNING;
	if (rd_kafka_assign(rk, list) != 0)
		die("assign");
	queue = rd_kafka_queue_get_consumer(rk);
	while (got < n) {
		ssize_t k = rd_kafka_consume_batch_queue(queue, 1000, batch, 1000);

		for (ssize_t i = 0; i < k; i++) {
			if (batch[i]->err != 0)
				die(rd_kafka_err2str(batch[i]->err));
			got++;
			rd_kafka_message_destroy(batch[i]);
		}
	}
	rd_kafka_queue_destroy(queue);
	rd_kafka_topic_partition_list_destroy(list);
}

static void
lone(rd_kafka_t *rk, const char *name, double *us, size_t n)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
	char value[100];

	memset(value, 'x', sizeof(value));
	for (size_t i = 0; i < n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		send_one(rk, topic, value, sizeof(value));
		while (n_delivered <= i)
			(void)rd_kafka_poll(rk, 100);
		us[i] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	rd_kafka_topic_destroy(topic);
}

static void
check(rd_kafka_error_t *error)
{
	if (error != NULL)
		die(rd_kafka_error_string(error));
}

static void
txn(rd_kafka_t *rk, const char *name, double *us, size_t n)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
	char *value = payload(100);

	check(rd_kafka_init_transactions(rk, 60000));
	for (size_t i = 0; i < n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		check(rd_kafka_begin_transaction(rk));
		send_one(rk, topic, value, 100);
		check(rd_kafka_commit_transaction(rk, 60000));
		us[i] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	free(value);
	rd_kafka_topic_destroy(topic);
}

static rd_kafka_t *
member(const char *address, const char *topic)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	char why[512], text[1000];
	rd_kafka_t *rk;

	(void)snprintf(text, sizeof(text),
	    "bootstrap.servers=%s;group.id=bench-rdk-%ld;auto.offset.reset=earliest;"
	    "enable.auto.commit=false;isolation.level=read_committed", address, (long)getpid());
	rk = rd_kafka_new(RD_KAFKA_CONSUMER, configure(text), why, sizeof(why));
	if (rk == NULL)
		die(why);
	(void)rd_kafka_poll_set_consumer(rk);
	rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA);
	if (rd_kafka_subscribe(rk, list) != 0)
		die("subscribe");
	rd_kafka_topic_partition_list_destroy(list);
	return rk;
}

static void
copy(rd_kafka_t *rk, rd_kafka_t *reader, rd_kafka_topic_t *topic)
{
	rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(1);
	rd_kafka_consumer_group_metadata_t *group;
	rd_kafka_message_t *m = NULL;

	while (m == NULL)
		m = rd_kafka_consumer_poll(reader, 1000);
	if (m->err != 0)
		die(rd_kafka_err2str(m->err));
	check(rd_kafka_begin_transaction(rk));
	send_one(rk, topic, m->payload, m->len);
	rd_kafka_topic_partition_list_add(
	    offsets, rd_kafka_topic_name(m->rkt), m->partition)->offset = m->offset + 1;
	group = rd_kafka_consumer_group_metadata(reader);
	check(rd_kafka_send_offsets_to_transaction(rk, offsets, group, 60000));
	check(rd_kafka_commit_transaction(rk, 60000));
	rd_kafka_consumer_group_metadata_destroy(group);
	rd_kafka_topic_partition_list_destroy(offsets);
	rd_kafka_message_destroy(m);
}

static void
loop(rd_kafka_t *rk, const char *address, const char *name, double *us, size_t n)
{
	rd_kafka_t *reader = member(address, name);
	rd_kafka_topic_t *topic;
	char to[250];

	(void)snprintf(to, sizeof(to), "%s-copy", name);
	topic = rd_kafka_topic_new(rk, to, NULL);
	check(rd_kafka_init_transactions(rk, 60000));
	for (size_t i = 0; i < n; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		copy(rk, reader, topic);
		us[i] = (seconds(CLOCK_MONOTONIC) - begin) * 1e6;
	}
	rd_kafka_topic_destroy(topic);
	(void)rd_kafka_consumer_close(reader);
}

int
main(int argc, char **argv)
{
	int reads;
	rd_kafka_conf_t *conf;
	rd_kafka_t *rk;
	char why[512], address[512];
	size_t n, size, len = sizeof(address);
	double wall, cpu, *us;

	if (argc != 7)
		die("wrong arguments");
	reads = strcmp(argv[1], "consume") == 0;
	n = strtoul(argv[4], NULL, 10);
	size = strtoul(argv[5], NULL, 10);
	us = calloc(n + 1, sizeof(*us));
	conf = configure(argv[2]);
	(void)rd_kafka_conf_get(conf, "bootstrap.servers", address, &len);
	if (!reads)
		rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	wall = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	rk = rd_kafka_new(reads ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (rk == NULL)
		die(why);
	if (reads)
		consume(rk, argv[3], n, atoi(argv[6]));
	else if (strcmp(argv[1], "produce") == 0)
		produce(rk, argv[3], n, size);
	else if (strcmp(argv[1], "txn") == 0)
		txn(rk, argv[3], us, n);
	else if (strcmp(argv[1], "loop") == 0)
		loop(rk, address, argv[3], us, n);
	else
		lone(rk, argv[3], us, n);
	tell(wall, cpu, us, n);
	(void)fflush(stdout);
	_Exit(0);	/* its shutdown is not what is timed */
}

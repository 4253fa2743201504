/* SPDX-License-Identifier: MIT
 *
 * tests/it/bank.c - money moved between accounts in transactions, to be killed while it does so.
 *
 *   bank transfer BOOTSTRAP TOPIC ID COUNT   each transfer two records: "ID-n -x", "ID-n +x"; every
 *                                            fifth is aborted. Prints "committed ID-n" or
 *                                            "aborted ID-n" once that is certain.
 *   bank audit BOOTSTRAP TOPIC               prints what a reader of committed records sees
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gridwire/gridwire.h>

#define WAIT_MS	60000

static int
die(const char *doing, const char *why)
{
	fprintf(stderr, "bank: %s: %s\n", doing, why);
	return 1;
}

static struct gw_client *
open_client(const char *bootstrap, const char *more)
{
	struct gw_err err;
	struct gw_client *c;
	char config[512];

	snprintf(config, sizeof(config), "bootstrap.servers=%s;%s", bootstrap, more);
	c = gw_client_new(config, &err);
	if (c == NULL)
		(void)die("configuration", err.msg);
	return c;
}

/* One entry in the books; which account does not matter, so the key picks the partition. */
static int
book(struct gw_client *c, const char *topic, const char *id, long n, long amount)
{
	char key[64], value[128];
	struct gw_message m = { .topic = topic };
	int rc;

	snprintf(key, sizeof(key), "account-%ld", (n * 7 + (amount > 0)) % 23);
	snprintf(value, sizeof(value), "%s-%ld %ld", id, n, amount);
	m.key = gw_str(key);
	m.value = gw_str(value);
	while ((rc = gw_send(c, &m)) == GW_EAGAIN)
		(void)gw_run(c, 100);
	return rc;
}

/* 0: committed, 1: aborted, or GW_E*. */
static int
transfer(struct gw_client *c, const char *topic, const char *id, long n)
{
	long amount = n % 97 + 1;
	int rc = gw_begin(c);

	if (rc != 0)
		return rc;
	rc = book(c, topic, id, n, -amount);
	if (rc == 0 && n % 3 == 0)
		(void)gw_run(c, 1);	/* half of it is on its way already */
	if (rc == 0)
		rc = book(c, topic, id, n, amount);
	if (rc == GW_EFENCED)
		return rc;
	rc = gw_end(c, n % 5 == 4 ? GW_ABORT : GW_COMMIT);
	if (rc != 0)
		return rc;
	while ((rc = gw_end_wait(c, WAIT_MS)) == GW_EAGAIN)
		fprintf(stderr, "bank: still ending: %s\n", gw_client_error(c)->msg);
	return rc == 0 ? n % 5 == 4 : rc;
}

static int
transfers(const char *bootstrap, const char *topic, const char *id, long n)
{
	char config[256];
	struct gw_client *c;
	int rc = 0;

	snprintf(config, sizeof(config), "transactional.id=%s;transaction.timeout.ms=20000", topic);
	c = open_client(bootstrap, config);
	if (c == NULL)
		return 1;
	for (long i = 0; i < n && rc != GW_EFENCED; i++) {
		rc = transfer(c, topic, id, i);
		if (rc == 0 || rc == 1)
			printf("%s %s-%ld\n", rc == 0 ? "committed" : "aborted", id, i);
		else
			fprintf(stderr, "bank: transfer %ld: %s\n", i, gw_client_error(c)->msg);
		fflush(stdout);
	}
	gw_client_close(c, 5000);
	gw_client_free(c);
	return rc == GW_EFENCED ? 3 : 0;
}

static int
audit(const char *bootstrap, const char *topic)
{
	struct gw_client *c = open_client(bootstrap, "isolation.level=read_committed");
	struct gw_call *call;
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;

	if (c == NULL)
		return 1;
	call = gw_call_cluster(c, topic);
	if (call == NULL || gw_call_wait(call, 10000) != 0)
		return die("metadata", gw_client_error(c)->msg);
	for (size_t i = 0; i < gw_call_cluster_result(call)->topics[0].n_partitions; i++)
		if (gw_assign(c, topic, (int32_t)i, GW_OFFSET_EARLIEST) != 0)
			return die("assign", gw_client_error(c)->msg);
	gw_call_free(call);
	while (!gw_at_end(c) && (b = gw_fetch(c, 30000, &err)) != NULL)
		while (gw_batch_next(b, &r) > 0)
			printf("%.*s\n", (int)r.value.len, r.value.ptr);
	if (!gw_at_end(c))
		return die("reading", err.msg);
	gw_client_free(c);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "transfer") == 0)
		return transfers(argv[2], argv[3], argv[4], atol(argv[5]));
	if (argc == 4 && strcmp(argv[1], "audit") == 0)
		return audit(argv[2], argv[3]);
	fprintf(stderr, "usage: bank transfer BOOTSTRAP TOPIC ID COUNT\n"
	    "       bank audit BOOTSTRAP TOPIC\n");
	return 1;
}

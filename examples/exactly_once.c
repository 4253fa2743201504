/* SPDX-License-Identifier: MIT
 *
 * Copy a topic to another exactly once, whatever is killed meanwhile: records and the offsets that
 * were read go into one transaction. Ends when nothing comes for ten seconds:
 * ./exactly_once HOST:PORT FROM TO GROUP
 */
#include <stdio.h>

#include <gridwire/gridwire.h>

/* Everything of one batch, with its offset. 0, or why not. */
static int
copy(struct gw_client *c, struct gw_batch *b, const char *to)
{
	struct gw_message m = { .topic = to, .flags = GW_MSG_TIMESTAMP };
	struct gw_record r;
	int rc = gw_begin(c), more = 0;

	while (rc == 0 && (more = gw_batch_next(b, &r)) > 0) {
		m.key = r.key;
		m.value = r.value;
		m.timestamp_ms = r.timestamp_ms;
		while ((rc = gw_send(c, &m)) == GW_EAGAIN)	/* buffer.memory is full */
			gw_run(c, 100);
	}
	if (rc == 0)
		rc = more < 0 ? more : gw_commit_in_txn(c, b);
	return rc;
}

/* After an abort: read again what was not committed. */
static void
go_back(struct gw_client *c)
{
	struct gw_position p;
	char topic[250];

	for (size_t i = 0; gw_assignment(c, i, &p) > 0; i++) {
		snprintf(topic, sizeof(topic), "%.*s", (int)p.topic.len, p.topic.ptr);
		gw_seek(c, topic, p.partition, GW_OFFSET_COMMITTED);
	}
}

/* The transaction's end, however long it takes. 0, or why it was not committed. */
static int
finish(struct gw_client *c, enum gw_txn_end how)
{
	int rc = gw_end(c, how);

	while (rc == 0 && (rc = gw_end_wait(c, 10000)) == GW_EAGAIN)
		rc = 0;
	return rc;
}

int
main(int argc, char **argv)
{
	struct gw_client *c;
	struct gw_batch *b;
	struct gw_err err;
	char config[600];
	int rc = 0;

	if (argc != 5) {
		fprintf(stderr, "usage: exactly_once HOST:PORT FROM TO GROUP\n");
		return 1;
	}
	snprintf(config, sizeof(config), "bootstrap.servers=%s;transactional.id=copy-%s;"
	    "isolation.level=read_committed;auto.offset.reset=earliest", argv[1], argv[4]);
	c = gw_client_new(config, &err);
	if (c == NULL || gw_subscribe(c, argv[2], argv[4]) != 0) {
		fprintf(stderr, "%s\n", c == NULL ? err.msg : gw_client_error(c)->msg);
		gw_client_free(c);
		return 1;
	}
	while (rc != GW_EFENCED && (b = gw_fetch(c, 10000, &err)) != NULL) {
		rc = copy(c, b, argv[3]);
		if (rc != 0)
			fprintf(stderr, "%s; aborted\n", gw_client_error(c)->msg);
		if (rc == GW_EFENCED)
			break;
		if (rc != 0)
			finish(c, GW_ABORT);
		else if ((rc = finish(c, GW_COMMIT)) == 0)
			continue;
		fprintf(stderr, "%s\n", gw_client_error(c)->msg);
		go_back(c);
	}
	gw_client_close(c, 5000);	/* aborts what is open and leaves the group */
	gw_client_free(c);
	return rc == GW_EFENCED || err.code != GW_ETIMEOUT;
}

/* SPDX-License-Identifier: MIT
 *
 * Send lines of standard input to a topic: ./produce HOST:PORT TOPIC < file
 */
#include <stdio.h>

#include <gridwire/gridwire.h>

int
main(int argc, char **argv)
{
	struct gw_client *c;
	struct gw_event ev;
	struct gw_err err;
	struct gw_flushed f;
	char config[300], line[4096];

	if (argc != 3) {
		fprintf(stderr, "usage: produce HOST:PORT TOPIC <FILE\n");
		return 1;
	}
	snprintf(config, sizeof(config), "bootstrap.servers=%s", argv[1]);
	c = gw_client_new(config, &err);
	if (c == NULL) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct gw_message m = { .topic = argv[2], .value = { line, strcspn(line, "\n") } };

		while (gw_send(c, &m) == GW_EAGAIN)	/* buffer.memory is full: deliver some */
			gw_run(c, 100);
	}
	f = gw_flush(c, 30000);
	while (gw_next_event(c, &ev))
		fprintf(stderr, "%s\n", ev.err.msg);
	fprintf(stderr, "%zu delivered, %zu failed, %zu pending\n", f.delivered, f.failed,
	    f.pending);
	gw_client_free(c);
	return f.failed + f.pending > 0;
}

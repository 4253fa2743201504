/* SPDX-License-Identifier: MIT
 *
 * Read a topic as a member of a group, until nothing comes for ten seconds:
 * ./consume_group HOST:PORT TOPIC GROUP
 */
#include <stdio.h>

#include <gridwire/gridwire.h>

int
main(int argc, char **argv)
{
	struct gw_client *c;
	struct gw_batch *b;
	struct gw_record r;
	struct gw_err err;
	char config[300];

	if (argc != 4) {
		fprintf(stderr, "usage: consume_group HOST:PORT TOPIC GROUP\n");
		return 1;
	}
	snprintf(config, sizeof(config), "bootstrap.servers=%s;auto.offset.reset=earliest",
	    argv[1]);
	c = gw_client_new(config, &err);
	if (c == NULL || gw_subscribe(c, argv[2], argv[3]) != 0) {
		fprintf(stderr, "%s\n", c == NULL ? err.msg : gw_client_error(c)->msg);
		gw_client_free(c);
		return 1;
	}
	while ((b = gw_fetch(c, 10000, &err)) != NULL) {
		while (gw_batch_next(b, &r) > 0)
			printf("%lld %.*s\n", (long long)r.offset, (int)r.value.len, r.value.ptr);
		gw_commit(c, b);	/* goes out while the next batch is read */
	}
	if (err.code != GW_ETIMEOUT)
		fprintf(stderr, "%s\n", err.msg);
	gw_client_close(c, 5000);	/* waits for the last commit and leaves the group */
	gw_client_free(c);
	return err.code != GW_ETIMEOUT;
}

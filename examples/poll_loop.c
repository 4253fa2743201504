/* SPDX-License-Identifier: MIT
 *
 * The client in somebody else's poll(2), here with stdin: ./poll_loop HOST:PORT TOPIC
 */
#include <stdio.h>
#include <unistd.h>

#include <gridwire/gridwire.h>

int
main(int argc, char **argv)
{
	struct pollfd fds[17] = { { .fd = STDIN_FILENO, .events = POLLIN } };
	char config[300], buf[4096];
	struct gw_event ev;
	struct gw_err err;
	struct gw_client *c;
	ssize_t n = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: poll_loop HOST:PORT TOPIC\n");
		return 1;
	}
	snprintf(config, sizeof(config), "bootstrap.servers=%s", argv[1]);
	c = gw_client_new(config, &err);
	if (c == NULL) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	while (n > 0) {
		int timeout_ms;
		size_t n_fds = gw_pollfds(c, fds + 1, 16, &timeout_ms);

		n_fds = n_fds > 16 ? 16 : n_fds;	/* the rest has its turn later */
		poll(fds, (nfds_t)(n_fds + 1), timeout_ms);
		gw_process(c, fds + 1, n_fds);
		while (gw_next_event(c, &ev))
			fprintf(stderr, "%lld %s\n", (long long)ev.offset, ev.err.msg);
		if (fds[0].revents != 0 && (n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
			gw_send(c, &(struct gw_message){ .topic = argv[2], .flags = GW_MSG_REPORT,
			    .value = { buf, (size_t)n } });
	}
	gw_client_close(c, 5000);
	gw_client_free(c);
	return 0;
}

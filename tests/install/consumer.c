/* SPDX-License-Identifier: MIT
 *
 * The consumer of the manual: what somebody else's program looks like. Built and run by "make
 * installcheck" against the installed header, archive and gridwire.pc only.
 */
#include <gridwire/gridwire.h>

#include <stdio.h>

int
main(int argc, char **argv)
{
	struct gw_err err;
	struct gw_client *c = gw_client_new(argc > 1 ? argv[1] : "", &err);
	struct gw_batch *b;
	struct gw_record r;

	if (c == NULL || gw_assign(c, "lines", 0, GW_OFFSET_EARLIEST) != 0) {
		fprintf(stderr, "consumer: %s\n", c == NULL ? err.msg : gw_client_error(c)->msg);
		return 1;
	}
	while (!gw_at_end(c) && (b = gw_fetch(c, 5000, &err)) != NULL)
		while (gw_batch_next(b, &r) > 0)
			printf("%.*s\n", (int)r.value.len, r.value.ptr);
	gw_client_free(c);
	return 0;
}

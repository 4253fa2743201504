/* SPDX-License-Identifier: MIT
 *
 * client/produce_waiting.h - records of topics whose partitions are not known yet.
 */
#ifndef GW_CLIENT_PRODUCE_WAITING_H
#define GW_CLIENT_PRODUCE_WAITING_H

#include "client/producer.h"

/* Hand them to their partitions once those are known; give up what is too old or refused. */
void	gw_waiting_step(struct gw_client *c);

/* producer.c: make parts for all partitions of the metadata. 0 or GW_ENOMEM. */
int	gw_ptopic_grow(struct gw_client *c, struct gw_ptopic *t) GW_CHECK_RESULT;
/* producer.c: choose a partition and append. As gw_send(). */
int	gw_ptopic_append(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m,
	    size_t size) GW_CHECK_RESULT;

#endif

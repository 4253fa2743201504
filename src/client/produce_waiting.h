/* SPDX-License-Identifier: MIT
 *
 * client/produce_waiting.h - records of topics whose partitions are not known yet.
 */
#ifndef GW_CLIENT_PRODUCE_WAITING_H
#define GW_CLIENT_PRODUCE_WAITING_H

#include "client/producer.h"

/* Hand them to their partitions once those are known; give up what is too old or refused. */
void	gw_waiting_step(struct gw_client *c);
/* Give up all of them. */
void	gw_waiting_drop(struct gw_client *c, const struct gw_err *err);

struct gw_record;
struct gw_note;
/*
 * A record out of a batch as the message it was; it borrows from the record, its headers are in the
 * scratch arena. note NULL: none. 0 or GW_ENOMEM.
 */
int	gw_message_of(struct gw_client *c, const struct gw_record *r, const struct gw_note *note,
	    struct gw_message *m) GW_CHECK_RESULT;

/* producer.c: make parts for all partitions of the metadata. 0 or GW_ENOMEM. */
int	gw_ptopic_grow(struct gw_client *c, struct gw_ptopic *t) GW_CHECK_RESULT;
/* producer.c: choose a partition and append. As gw_send(). */
int	gw_ptopic_append(struct gw_client *c, struct gw_ptopic *t, const struct gw_message *m,
	    size_t size) GW_CHECK_RESULT;

#endif

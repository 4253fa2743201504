/* SPDX-License-Identifier: MIT
 *
 * client/metadata.h - asking for brokers, topics and leaders, and for coordinators; parts of the
 * cluster that only cluster.c sees.
 */
#ifndef GW_CLIENT_METADATA_H
#define GW_CLIENT_METADATA_H

#include "client/cluster.h"

void	gw_metadata_fini(struct gw_client *c);
void	gw_metadata_step(struct gw_client *c);
void	gw_coordinators_fini(struct gw_client *c);
void	gw_coordinators_step(struct gw_client *c);
/* The node cannot be reached, or went: what it coordinates is looked for anew. */
void	gw_coordinators_unreachable(struct gw_client *c, int32_t node_id);

/* silence.c: brokers that owe an answer are looked after, before metadata's own step. */
void	gw_silence_step(struct gw_client *c);
/*
 * A request of owner to any broker waits at a silent one, or behind others, while there is one that
 * would answer: true, ask again. Should it be answered after all, that goes to late, NULL is
 * nowhere.
 */
bool	gw_cluster_abandon(struct gw_client *c, struct gw_conn *conn, const void *owner,
	    gw_reply_fn *late);

/* Metadata or a coordinator's answer names a broker. 0 or GW_ENOMEM. */
int	gw_cluster_place(struct gw_client *c, int32_t node_id, struct gw_slice host, int32_t port,
	    struct gw_slice rack) GW_CHECK_RESULT;

#endif

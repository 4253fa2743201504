/* SPDX-License-Identifier: MIT
 *
 * client/request.h - requests under way on a connection; used by conn.c.
 */
#ifndef GW_CLIENT_REQUEST_H
#define GW_CLIENT_REQUEST_H

#include "client/conn.h"

/* The first answer: what is larger comes from no Kafka broker. */
#define GW_FRAME_MAX_FIRST	((size_t)1 << 20)

/* Queue ApiVersions. 0 or GW_E* with conn->err. */
int	gw_request_versions(struct gw_conn *conn) GW_CHECK_RESULT;
/* The frame at conn->frame_at answers the oldest request. 0, or GW_E* with conn->err. */
int	gw_request_answer(struct gw_conn *conn) GW_CHECK_RESULT;
/* Call the handler with a failure and free. The request is in no list any more. */
void	gw_request_end(struct gw_conn *conn, struct gw_request *rq, int code, const char *msg);
/* Requests without an answer are done when they are written. */
void	gw_request_written(struct gw_conn *conn);
/* The answers could not be read until now: their time begins anew. */
void	gw_request_prolong(struct gw_conn *conn);
/* True if one waited too long; conn->err says which. Else conn->silent_us is no later than true. */
bool	gw_request_timed_out(struct gw_conn *conn);

#endif

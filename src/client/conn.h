/* SPDX-License-Identifier: MIT
 *
 * client/conn.h - one connection to one broker: opening it, requests out, answers in, in order.
 * Source: KIP-35, KIP-511 (ApiVersions), KIP-219 (throttling), KAFKA-18659 (advertised Produce 0).
 *
 * A connection opens on demand (gw_conn_want()) and ends by an error, by the broker, or idle; then
 * it is closed until wanted again, after a backoff if it failed. ApiVersions is the first request.
 * Requests that have a version every broker from 2.1 on knows may follow it at once, before its
 * answer; if the broker closes on that, the next attempt waits for the answer, and asks with v0.
 * With SASL nothing but the login (login.h) may follow until that is done.
 */
#ifndef GW_CLIENT_CONN_H
#define GW_CLIENT_CONN_H

#include <gridwire/gridwire.h>
#include "base/buf.h"
#include "base/net.h"
#include "client/login.h"
#include "client/outbox.h"
#include "wire/api.h"

#define GW_CONN_ADDRS	8	/* of one host that are tried */
#define GW_PATIENCE_US	1000000	/* so long nobody wonders where an answer is */
#define GW_STUCK_US	250000	/* and so long whether there is a quicker way */
#define GW_API_KEY_MAX	96	/* keys from here on are nothing to us */

struct gw_client;
struct gw_conn;

/* How a request ended. All of it is borrowed until the handler returns. */
struct gw_reply {
	int		 code;		/* 0: answered; else GW_E*, err says why */
	const char	*msg;		/* of the failure; "" with code 0 */
	void		*body;		/* the API's response struct; NULL with a code */
	int16_t		 version;
	struct gw_conn	*conn;
};

typedef void	gw_reply_fn(struct gw_client *c, void *owner, const struct gw_reply *reply);

/* What is to happen with an answer. */
struct gw_handler {
	gw_reply_fn	*done;
	void		*owner;
};

struct gw_request {
	struct gw_request	*next;
	int16_t			 key, version;
	int32_t			 correlation_id;
	bool			 no_answer;	/* Produce with acks=0: done once written */
	int64_t			 deadline_us;
	int64_t			 due_us;	/* a live broker has answered by then */
	uint64_t		 out_end;	/* written once conn->written gets here */
	struct gw_handler	 handler;
};

/* CONNECTING: also while the transport shakes hands. */
enum gw_conn_state { GW_CONN_CLOSED, GW_CONN_CONNECTING, GW_CONN_OPEN };
enum gw_versions_state { GW_VERSIONS_NONE, GW_VERSIONS_ASKED, GW_VERSIONS_KNOWN };

struct gw_conn {
	struct gw_client	*client;
	const char		*host;		/* the broker's; outlives the connection */
	uint16_t		 port;
	int32_t			 node_id;	/* -1: a bootstrap address */
	enum gw_conn_state	 state;
	int			 handle;	/* of net; -1: none */
	struct gw_addr		 addrs[GW_CONN_ADDRS];
	int			 n_addrs, addr_at;
	/* of the client's transport; NULL: plain, or not yet */
	void			*session;
	unsigned		 failures;	/* in a row */
	int64_t			 failing_us;	/* since when, if there were any */
	/* in a row: closed before any request was answered */
	unsigned		 early_ends;
	int			 said;		/* code of the last failure that was an event */
	int64_t			 retry_at_us;	/* CLOSED: not before */
	int64_t			 setup_deadline_us;
	int64_t			 opened_us, used_us;	/* used: last traffic */
	int64_t			 throttle_until_us;
	int64_t			 silent_us;	/* from then on it owes an answer; GW_NEVER_US */
	struct gw_err		 err;		/* why it failed last; code 0 after success */

	enum gw_versions_state	 versions;
	enum gw_login_state	 login;
	struct gw_exchange	*exchange;	/* of the login under way */
	int64_t			 login_again_us;	/* KIP-368; GW_NEVER_US: not needed */
	bool			 answered;	/* a request that is not for opening was */
	bool			 cautious;	/* v0 first, and nothing before its answer */
	bool			 doomed;	/* a handler wants it closed, for conn->err */
	int16_t			 versions_max;	/* of ApiVersions, to be cautious with */
	int16_t			 version_min[GW_API_KEY_MAX], version_max[GW_API_KEY_MAX];

	struct gw_outbox	 out;
	struct gw_buf		 in;
	size_t			 in_at;
	/* bytes more, which client.memory does not allow now */
	size_t			 wants;
	size_t			 frame_at, frame_len;	/* being handled */
	uint64_t		 written;	/* bytes since it was opened */
	int32_t			 correlation_id;
	struct gw_request	*first, *last;	/* under way, oldest first */
	unsigned		 n_under_way;
};

void	gw_conn_init(struct gw_conn *conn, struct gw_client *c, const char *host, uint16_t port,
	    int32_t node_id);
void	gw_conn_fini(struct gw_conn *conn);	/* tells no handler */
/* ApiVersions is answered and the login, if any, done. */
void	gw_conn_opened(struct gw_conn *conn);

/* See that it opens. True when requests may be sent now. */
bool	gw_conn_want(struct gw_conn *conn);
/* As gw_conn_want(), without opening. */
bool	gw_conn_usable(const struct gw_conn *conn);
/* It owes an answer for longer than a live broker takes, or its host one to the connection. */
bool	gw_conn_is_silent(const struct gw_conn *conn);
/* From then on its oldest request holds up those behind it; GW_NEVER_US: it has none. */
int64_t	gw_conn_stuck_us(const struct gw_conn *conn);
/*
 * The version to speak: the highest that both know. GW_EAGAIN: not known yet, GW_EUNSUPPORTED: none
 * (err filled).
 */
int	gw_conn_version(const struct gw_conn *conn, int16_t key, struct gw_err *err);
/* Whether the broker offers an API; false while its answer is out. */
bool	gw_conn_offers(const struct gw_conn *conn, int16_t key);

struct gw_send_spec {
	int16_t			key, version;
	bool			no_answer;
	int64_t			timeout_us;	/* 0: request.timeout.ms */
	int64_t			held_us;	/* so long a broker may rightly hold it back */
	struct gw_handler	handler;
};
/*
 * Queue one request (body of the type of its API). The handler is called exactly once, later,
 * unless this fails: GW_EVERSION, GW_ENOMEM, GW_ELIMIT (err filled). Record batches in the body are
 * not copied: they stay until the handler is called.
 */
int	gw_conn_send(struct gw_conn *conn, const struct gw_send_spec *spec, const void *body,
	    struct gw_err *err) GW_CHECK_RESULT;
/*
 * Its answers are no longer wanted, as owner is about to go or asks elsewhere: they go to late,
 * NULL is nowhere.
 */
void	gw_conn_forget(struct gw_conn *conn, const void *owner, gw_reply_fn *late);
/* Inside a handler: keep the frame that slices of the body borrow from. *frame owns it then. */
int	gw_conn_take_frame(struct gw_conn *conn, struct gw_buf *frame, struct gw_slice *bytes)
	    GW_CHECK_RESULT;
/* The broker asked to be left alone for ms (KIP-219). */
void	gw_conn_throttle(struct gw_conn *conn, int32_t ms);

/* What poll() said about conn->handle. */
void	gw_conn_io(struct gw_conn *conn, short revents);
/* Write what is queued. */
void	gw_conn_flush(struct gw_conn *conn);
/* Let timers pass: setup and request timeouts, idleness. */
void	gw_conn_step(struct gw_conn *conn);
short	gw_conn_events(const struct gw_conn *conn);	/* for poll(); 0: not open */
/* Close with a complaint, as if the connection had broken. */
void	gw_conn_fail(struct gw_conn *conn, int code, const char *why);
/* Close without a complaint; requests under way end with code. */
void	gw_conn_close(struct gw_conn *conn, int code, const char *why);

#endif

/* SPDX-License-Identifier: MIT
 *
 * client/transport.h - what may lie between a connection and the net seam: TLS. A connection
 * without one reads and writes the seam itself.
 */
#ifndef GW_CLIENT_TRANSPORT_H
#define GW_CLIENT_TRANSPORT_H

#include "base/env.h"
#include "base/err.h"

struct gw_client_config;

/* ctx is the client's, a session a connection's. Nothing blocks. */
struct gw_transport {
	/* On a connected handle of env's net; host is whom to verify. NULL: err says why. */
	void	*(*open)(void *ctx, struct gw_env *env, int handle, const char *host,
		    struct gw_err *err);
	/*
	 * 0 when bytes may flow, GW_EAGAIN, GW_EAUTH (who is there cannot be trusted, or does not
	 * trust us), GW_ECLOSED (it went away at once). err says only the reason.
	 */
	int	 (*handshake)(void *session, struct gw_err *err);
	/* n, 0 at the end, GW_EAGAIN, or GW_E* with err. */
	ssize_t	 (*read)(void *session, void *buf, size_t len, struct gw_err *err);
	/* Bytes taken, GW_EAGAIN, or GW_E* with err. What was not taken comes again, unchanged. */
	ssize_t	 (*write)(void *session, struct gw_slice bytes, struct gw_err *err);
	/* What it waits for, in poll()'s words, beside what the connection wants. */
	short	 (*events)(const void *session);
	/* Whether read() has something although the handle may have nothing. */
	bool	 (*pending)(const void *session);
	/* When the first of the certificates shown ends, theirs and ours; 0: not known. */
	int64_t	 (*expires_s)(const void *session);
	void	 (*close)(void *session);
	void	 (*free)(void *ctx);
};

/* TLS, when this build has it. */
bool	gw_tls_built_in(void);
/* "OpenSSL 3.0.19 27 Jan 2026", or "no" and why. */
const char	*gw_tls_version(void);
/*
 * Certificates and key of the configuration, read through env's fs; cfg NULL: for a server of the
 * web, by the authorities of this machine. The transport and its *ctx, or
 * NULL: GW_EUNSUPPORTED, GW_EINVAL (a file that holds not what it should), GW_EIO, GW_ENOENT...
 */
const struct gw_transport	*gw_tls_new(const struct gw_client_config *cfg, struct gw_env *env,
	    void **ctx, struct gw_err *err);

#endif

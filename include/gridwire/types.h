/* SPDX-License-Identifier: MIT
 *
 * gridwire/types.h - what every part of gridwire shares: slices, errors, allocators.
 *
 * Result convention, here and everywhere: 0 or a count is good, negative GW_E* is gridwire's own
 * error. Where an int may also carry an answer of Kafka's, Kafka's codes keep their values: -1 and
 * 1 to 32767. The two ranges never meet. gw_strerror() knows both.
 */
#ifndef GRIDWIRE_TYPES_H
#define GRIDWIRE_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes owned by somebody else. ptr NULL is Kafka's null; len 0 with a ptr is empty. */
struct gw_slice {
	const char	*ptr;
	size_t		 len;
};

static inline struct gw_slice
gw_str(const char *s)
{
	return (struct gw_slice){ s, s == NULL ? 0 : strlen(s) };
}

enum gw_error {
	GW_OK		= 0,
	GW_ENOMEM	= -100,	/* the allocator or a memory cap said no */
	/* not now: would wait, or a cap is reached; try after gw_process() */
	GW_EAGAIN	= -101,
	GW_EINVAL	= -102,	/* the caller's argument or configuration is wrong */
	GW_EPROTO	= -103,	/* bytes from the other side that the protocol does not allow */
	GW_ELIMIT	= -104,	/* a count, length or depth over a stated limit */
	GW_EVERSION	= -105,	/* no common protocol version, or a field that the version lacks */
	GW_ETIMEOUT	= -106,
	GW_ERESOLVE	= -107,	/* the host name has no address */
	GW_ECONNECT	= -108,	/* nobody listens, or the network refused */
	GW_ECLOSED	= -109,	/* the other side closed the connection */
	GW_EAUTH	= -110,
	GW_EDATA	= -111,	/* a file or message that does not hold what it should */
	GW_ECORRUPT	= -112,	/* a checksum differs */
	GW_EIO		= -113,	/* a local file or device failed; sys_errno says how */
	GW_ENOSPC	= -114,	/* the disk is full */
	GW_ENOENT	= -115,	/* no such file, topic, group, model */
	GW_EEXIST	= -116,
	GW_EBUSY	= -117,	/* in use by another: a port, a lock */
	GW_EUNSUPPORTED	= -118,	/* not built in, or not offered by the broker */
	GW_EFENCED	= -119,	/* a newer instance took over; this one cannot go on */
	GW_EINTR	= -120,	/* a signal asked to stop */
	GW_ESTATE	= -121	/* not allowed in this state */
};

#define GW_ERR_MSG_MAX 512

/*
 * Why a call failed: one sentence that names the thing, where, and what to do.
 * Filled only on failure. Every function that takes one accepts NULL.
 */
struct gw_err {
	int	code;		/* GW_E*, or Kafka's own code */
	int	sys_errno;	/* the errno behind it; 0: none */
	char	msg[GW_ERR_MSG_MAX];
};

/* A short text for a GW_E* or a Kafka code: "UNKNOWN_TOPIC_OR_PARTITION: ...". Never NULL. */
const char	*gw_strerror(int code);

/*
 * Where memory comes from. resize() is realloc with the old size told: ptr NULL allocates, new_len
 * 0 frees and returns NULL. cap 0 is no limit; over the cap an allocation fails as if memory were
 * out. One allocator belongs to one thread at a time.
 */
struct gw_alloc {
	void	*(*resize)(void *ctx, void *ptr, size_t old_len, size_t new_len);
	void	*ctx;
	size_t	 used, used_max, cap;
};

/* An allocator over libc's realloc with a cap in bytes (0: none). */
struct gw_alloc	 gw_alloc_libc(size_t cap);

#endif

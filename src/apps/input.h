/* SPDX-License-Identifier: MIT
 *
 * apps/input.h - messages out of stdin or a file, cut at a delimiter or whole, without ever
 * blocking: poll the descriptor, read when it is readable, take what is complete.
 */
#ifndef GW_INPUT_H
#define GW_INPUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/env.h"

#define GW_INPUT_MESSAGE_MAX (64u << 20)

struct gw_input {
	struct gw_env	*env;
	const char	*name;		/* for messages: the path or "stdin" */
	int		 fd;
	bool		 owned, ended;
	/* empty: all is one message. The caller's, must outlive it */
	struct gw_slice	 delimiter;
	struct gw_buf	 buf;
	size_t		 at;		/* start of the next message */
	size_t		 searched;	/* no delimiter begins before it */
	size_t		 n_messages;	/* taken so far: the number of the newest one */
};

/* path NULL or "-": stdin. 0, GW_EIO (no such file, too), err names the path. */
int	gw_input_open(struct gw_input *in, struct gw_env *env, const char *path,
	    struct gw_slice delimiter, struct gw_err *err);
void	gw_input_close(struct gw_input *in);

/*
 * The next message: 1 and *message (borrowed until gw_input_read()), 0 at the end, GW_EAGAIN when
 * gw_input_read() is needed. A last message without a delimiter counts.
 */
int	gw_input_next(struct gw_input *in, struct gw_slice *message);
/*
 * Read once; blocks unless poll() said fd is readable. 0, GW_EINTR, GW_EIO, GW_ELIMIT (a message
 * too long).
 */
int	gw_input_read(struct gw_input *in, struct gw_err *err);

#endif

/* SPDX-License-Identifier: MIT
 *
 * base/proc.h - the seam to child processes: a program with arguments, its stdout as a descriptor.
 * No shell is involved: an argument is an argument. Handles are descriptors, so they fit struct
 * pollfd; nothing here blocks but end().
 */
#ifndef GW_PROC_H
#define GW_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/alloc.h"
#include "base/err.h"

#define GW_PROC_CHILDREN_MAX	16	/* at once */

struct gw_proc_end {
	int	code;		/* exit code; 128 + signal if one ended it */
	char	why[256];	/* the last line it wrote to stderr, "" if none */
};

struct gw_proc {
	void	*ctx;
	/*
	 * Start argv[0], looked for in PATH, with argv (ended by NULL), an empty stdin, the
	 * environment of this process. A handle that is readable when there is output or the end of
	 * it, or GW_E*: GW_ENOENT when there is no such program, GW_ELIMIT.
	 */
	int	(*start)(void *ctx, const char *const *argv, struct gw_err *err);
	/* n, 0 at the end of its output, GW_EAGAIN or GW_E*. */
	ssize_t	(*read)(void *ctx, int h, void *buf, size_t len);
	/*
	 * Give the handle back. At the end of its output this waits for the child, which is about
	 * to end; kill true ends it first. 0 and *out (may be NULL), or GW_E*.
	 */
	int	(*end)(void *ctx, int h, bool kill, struct gw_proc_end *out);
};

/* Children of the kernel. free() ends those that still run. NULL: out of memory. */
struct gw_proc	*gw_proc_posix_new(struct gw_alloc *alloc);
void		 gw_proc_posix_free(struct gw_proc *p);

#endif

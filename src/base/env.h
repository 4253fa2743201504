/* SPDX-License-Identifier: MIT
 *
 * base/env.h - the outside world behind function tables: clock, randomness, network, files, memory.
 * Production binds them to the kernel (env_posix.c), tests/sim to models driven by one seed.
 * Nothing above base may reach any of these another way; scripts/check-layers greps for it.
 */
#ifndef GW_ENV_H
#define GW_ENV_H

#include "base/alloc.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/net.h"
#include "base/rng.h"

/* A moment. Deadlines use us; record timestamps and logs use wall_ms. */
struct gw_time {
	int64_t	us;		/* monotonic, microseconds, from any origin */
	int64_t	wall_ms;	/* Unix epoch, may jump */
};

struct gw_clock {
	struct gw_time	(*now)(void *ctx);
	void		 *ctx;
};

/* Bytes that nobody can guess, for nonces and salts; rng is for everything else. */
struct gw_entropy {
	int	(*fill)(void *ctx, void *out, size_t len);	/* 0 or GW_EIO */
	void	*ctx;
};

struct gw_env {
	struct gw_alloc	*alloc;
	struct gw_clock	 clock;
	struct gw_entropy entropy;	/* fill NULL: there is none */
	struct gw_net	*net;
	struct gw_fs	*fs;
	struct gw_rng	 rng;
	struct gw_log	*log;	/* may be NULL */
};

static inline struct gw_time
gw_env_now(const struct gw_env *env)
{
	return env->clock.now(env->clock.ctx);
}

/* 0 or GW_EIO: then nothing that needs a secret may go on. */
static inline int
gw_env_random(const struct gw_env *env, void *out, size_t len)
{
	return env->entropy.fill == NULL ? GW_EIO : env->entropy.fill(env->entropy.ctx, out, len);
}

/*
 * The real one: libc's allocator with a cap, the kernel's clock, sockets and files, a seed from the
 * kernel. Log is NULL; set it. fs_workers false: no thread is ever started and sync runs in place.
 * One free, after everything that uses it.
 */
struct gw_env	*gw_env_posix_new(size_t memory_cap, bool fs_worker, struct gw_err *err);
/* The same on another allocator, whose context outlives it. */
struct gw_env	*gw_env_posix_new_alloc(struct gw_alloc alloc, bool fs_worker, struct gw_err *err);
void		 gw_env_posix_free(struct gw_env *env);

/* Log to stderr (or any fd) with the real clock. */
struct gw_log	 gw_log_fd(int fd, enum gw_log_level level, enum gw_log_format format);

#endif

/* SPDX-License-Identifier: MIT
 *
 * base/env_posix.c - the real world: clock, entropy, and the other seams put together.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/env.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#include "base/err.h"

#define ENTROPY_MAX 256		/* getentropy() gives no more at once */

struct posix_env {
	struct gw_env	env;
	struct gw_alloc	alloc;
};

static int64_t
wall_ms(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct gw_time
posix_now(void *ctx)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (struct gw_time){
		.us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000,
		.wall_ms = wall_ms(ctx),
	};
}

int
gw_random_bytes(void *out, size_t len)
{
	for (size_t at = 0; at < len; at += ENTROPY_MAX) {
		size_t n = len - at < ENTROPY_MAX ? len - at : ENTROPY_MAX;

		if (getentropy((char *)out + at, n) != 0)
			return GW_EIO;
	}
	return 0;
}

static int
posix_entropy(void *ctx, void *out, size_t len)
{
	(void)ctx;
	return gw_random_bytes(out, len);
}

struct gw_env *
gw_env_posix_new_alloc(struct gw_alloc alloc, bool fs_worker, struct gw_err *err)
{
	struct posix_env *p = gw_alloc_zero(&alloc, 1, sizeof(*p));
	uint64_t seed;

	if (p == NULL) {
		(void)gw_err_set(err, GW_ENOMEM, "%s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	p->alloc = alloc;
	p->env.alloc = &p->alloc;
	p->env.clock.now = posix_now;
	p->env.entropy.fill = posix_entropy;
	p->env.net = gw_net_posix();
	if (gw_random_bytes(&seed, sizeof(seed)) != 0) {
		(void)gw_err_set(err, GW_EIO, "the kernel gives no random bytes");
		gw_env_posix_free(&p->env);
		return NULL;
	}
	gw_rng_seed(&p->env.rng, seed);
	p->env.fs = gw_fs_posix_new(fs_worker, err);
	if (p->env.fs == NULL) {
		gw_env_posix_free(&p->env);
		return NULL;
	}
	return &p->env;
}

struct gw_env *
gw_env_posix_new(size_t memory_cap, bool fs_worker, struct gw_err *err)
{
	return gw_env_posix_new_alloc(gw_alloc_libc(memory_cap), fs_worker, err);
}

void
gw_env_posix_free(struct gw_env *env)
{
	struct posix_env *p;
	struct gw_alloc alloc;

	if (env == NULL)
		return;
	gw_fs_posix_free(env->fs);
	p = (struct posix_env *)env;	/* its first member */
	alloc = p->alloc;		/* lives inside what it is about to free */
	gw_alloc_free(&alloc, p);
}

/* The descriptor travels as the context pointer: a log owns no memory. */
static void
write_fd(void *ctx, const char *line, size_t len)
{
	int fd = (int)(intptr_t)ctx;

	while (len > 0) {
		ssize_t n = write(fd, line, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;		/* nowhere to say so */
		line += n;
		len -= (size_t)n;
	}
}

struct gw_log
gw_log_fd(int fd, enum gw_log_level level, enum gw_log_format format)
{
	return (struct gw_log){
		.write = write_fd,
		.ctx = (void *)(intptr_t)fd,
		.wall_ms = wall_ms,
		.level = level,
		.format = format,
	};
}

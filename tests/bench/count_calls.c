/* SPDX-License-Identifier: MIT
 *
 * tests/bench/count_calls.c - preloaded into a program: how often it allocates, locks, signals and
 * reads the clock, on stderr at its end. For glibc, whose malloc() has a second name.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

void	*__libc_malloc(size_t size);
void	*__libc_calloc(size_t n, size_t size);
void	*__libc_realloc(void *ptr, size_t size);

static atomic_ulong mallocs, locks, signals, clocks;
static int (*real_lock)(pthread_mutex_t *);
static int (*real_signal)(pthread_cond_t *);
static int (*real_clock)(clockid_t, struct timespec *);

void *
malloc(size_t size)
{
	mallocs++;
	return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	mallocs++;
	return __libc_calloc(n, size);
}

void *
realloc(void *ptr, size_t size)
{
	mallocs++;
	return __libc_realloc(ptr, size);
}

int
pthread_mutex_lock(pthread_mutex_t *m)
{
	if (real_lock == NULL)
		*(void **)&real_lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
	locks++;
	return real_lock(m);
}

/* C11's, which librdkafka uses, are other entries to the same. */
int
mtx_lock(mtx_t *m)
{
	return pthread_mutex_lock((pthread_mutex_t *)m) == 0 ? thrd_success : thrd_error;
}

int
cnd_signal(cnd_t *c)
{
	return pthread_cond_signal((pthread_cond_t *)c) == 0 ? thrd_success : thrd_error;
}

int
pthread_cond_signal(pthread_cond_t *c)
{
	if (real_signal == NULL)
		*(void **)&real_signal = dlsym(RTLD_NEXT, "pthread_cond_signal");
	signals++;
	return real_signal(c);
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	if (real_clock == NULL)
		*(void **)&real_clock = dlsym(RTLD_NEXT, "clock_gettime");
	clocks++;
	return real_clock(id, ts);
}

static void
tell(void)
{
	static int told;

	if (!told++)
		(void)fprintf(stderr, "counted %lu %lu %lu %lu\n", mallocs, locks, signals, clocks);
}

__attribute__((destructor)) static void
at_end(void)
{
	tell();
}

/* The librdkafka peer leaves by this one. */
void
_Exit(int status)
{
	tell();
	_exit(status);
}

/* SPDX-License-Identifier: MIT
 *
 * base/pool.c - threads that wait for a number to change. Pieces of work are often shorter than
 * waking a thread takes, so both sides look at the number a while before they sleep; not where
 * there are more threads than processors, as then looking keeps the others from working.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define LOOKS_MAX 4000	/* some microseconds */

struct gw_pool {
	struct gw_alloc		*alloc;
	unsigned		 size, looks;
	pthread_t		 threads[GW_POOL_THREADS_MAX];
	pthread_mutex_t		 lock;
	pthread_cond_t		 begun, ended;
	atomic_uint		 turn;		/* of work; threads wait for the next one */
	atomic_uint		 busy;		/* threads that have not ended this turn */
	bool			 quit;
	void			(*work)(void *arg, unsigned i, unsigned size);
	void			*arg;
	unsigned		 next_number;
};

static unsigned
wait_for_turn(struct gw_pool *p, unsigned seen)
{
	for (unsigned i = 0; i < p->looks; i++)
		if (atomic_load_explicit(&p->turn, memory_order_acquire) != seen)
			return seen + 1;
	pthread_mutex_lock(&p->lock);
	while (atomic_load(&p->turn) == seen)
		pthread_cond_wait(&p->begun, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return seen + 1;
}

static void *
thread_main(void *arg)
{
	struct gw_pool *p = arg;
	unsigned number, turn = 0;

	pthread_mutex_lock(&p->lock);
	number = p->next_number++;
	pthread_mutex_unlock(&p->lock);
	for (;;) {
		turn = wait_for_turn(p, turn);
		if (p->quit)
			return NULL;
		p->work(p->arg, number, p->size);
		if (atomic_fetch_sub(&p->busy, 1) == 1) {
			pthread_mutex_lock(&p->lock);
			pthread_cond_signal(&p->ended);
			pthread_mutex_unlock(&p->lock);
		}
	}
}

/* Signals stay with the thread that the program handles them in. */
static void
start_threads(struct gw_pool *p, unsigned n)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->size < n &&
	    pthread_create(&p->threads[p->size], NULL, thread_main, p) == 0)
		p->size++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct gw_pool *
gw_pool_new(struct gw_alloc *alloc, unsigned n)
{
	struct gw_pool *p = gw_alloc_zero(alloc, 1, sizeof(*p));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (p == NULL)
		return NULL;
	p->alloc = alloc;
	p->size = p->next_number = 1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->begun, NULL);
	pthread_cond_init(&p->ended, NULL);
	if (n == 0)
		n = processors > 0 && processors < GW_POOL_THREADS_MAX ? (unsigned)processors : 1;
	if (n > GW_POOL_THREADS_MAX)
		n = GW_POOL_THREADS_MAX;
	p->looks = processors > 0 && n <= (unsigned long)processors ? LOOKS_MAX : 0;
	start_threads(p, n);
	return p;
}

static void
begin(struct gw_pool *p)
{
	atomic_store(&p->busy, p->size - 1);
	pthread_mutex_lock(&p->lock);
	atomic_fetch_add(&p->turn, 1);
	pthread_cond_broadcast(&p->begun);
	pthread_mutex_unlock(&p->lock);
}

void
gw_pool_free(struct gw_pool *p)
{
	if (p == NULL)
		return;
	p->quit = true;
	if (p->size > 1)
		begin(p);
	for (unsigned i = 1; i < p->size; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->ended);
	pthread_cond_destroy(&p->begun);
	pthread_mutex_destroy(&p->lock);
	gw_alloc_free(p->alloc, p);
}

unsigned
gw_pool_size(const struct gw_pool *p)
{
	return p == NULL ? 1 : p->size;
}

void
gw_pool_run(struct gw_pool *p, void (*work)(void *arg, unsigned i, unsigned size), void *arg)
{
	if (gw_pool_size(p) == 1) {
		work(arg, 0, 1);
		return;
	}
	p->work = work;
	p->arg = arg;
	begin(p);
	work(arg, 0, p->size);
	for (unsigned i = 0; i < p->looks; i++)
		if (atomic_load_explicit(&p->busy, memory_order_acquire) == 0)
			return;
	pthread_mutex_lock(&p->lock);
	while (atomic_load(&p->busy) != 0)
		pthread_cond_wait(&p->ended, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

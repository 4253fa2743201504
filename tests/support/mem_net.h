/* SPDX-License-Identifier: MIT
 *
 * tests/support/mem_net.h - a network in memory behind the net seam, under virtual time: delays,
 * partial reads and writes, cuts at any byte, refused connections, frozen hosts. The same seed and
 * calls give the same outcome. Each node has its own seam; handles are unique over the whole
 * network.
 */
#ifndef GW_TEST_MEM_NET_H
#define GW_TEST_MEM_NET_H

#include "base/net.h"
#include "base/rng.h"

struct mem_net;
struct mem_node;

struct mem_net_faults {
	int64_t	delay_min_us, delay_max_us;	/* of each write; in order within a connection */
	double	p_cut;		/* per write: the connection is reset within or after these bytes */
	double	p_partial;	/* per read or write: only a part is taken */
	double	p_refuse;	/* per connection attempt */
	size_t	window;		/* bytes under way per direction at most; 0: 1 MiB */
};

/* now_us is the virtual clock, not owned. No faults and no delay at first. */
struct mem_net	*mem_net_new(uint64_t seed, const int64_t *now_us);
void		 mem_net_free(struct mem_net *m);
void		 mem_net_set_faults(struct mem_net *m, const struct mem_net_faults *f);

/* A host. Every name resolves to 127.0.0.1 but those with "nowhere" in them, which do not. */
struct mem_node	*mem_net_node(struct mem_net *m);
struct gw_net	*mem_node_seam(struct mem_node *n);
/*
 * Its process dies: listeners are gone, peers see a reset. What still holds its handles can only
 * close them; the node can be used again at once.
 */
void		 mem_node_crash(struct mem_node *n);
/* Nothing goes in or out (bytes wait) until freed again. */
void		 mem_node_freeze(struct mem_node *n, bool frozen);

/* Entropy for a struct gw_env whose ctx is a struct gw_rng: as repeatable as the rest. */
int		 mem_entropy(void *ctx, void *out, size_t len);

/* As poll(2) with timeout 0, over handles of any node; other numbers are left with revents 0. */
int		 mem_net_poll(struct mem_net *m, struct pollfd *fds, size_t n);
/* When something next arrives by itself; INT64_MAX: nothing under way. */
int64_t		 mem_net_next_us(const struct mem_net *m);
size_t		 mem_net_open_handles(const struct mem_net *m);
uint64_t	 mem_net_cuts(const struct mem_net *m);		/* connections cut so far */

#endif

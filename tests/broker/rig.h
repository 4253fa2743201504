/* SPDX-License-Identifier: MIT
 *
 * tests/broker/rig.h - a disk and a whole broker in memory, under a clock that the test moves.
 */
#ifndef GW_TEST_RIG_H
#define GW_TEST_RIG_H

#include "base/env.h"
#include "broker/broker.h"
#include "broker/plog.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/mem_fs.h"
#include "tests/support/mem_net.h"
#include "wire/api.h"

/* ---- the world ---- */

struct rig {
	struct fail_alloc	 alloc;
	struct gw_env		 env;
	struct gw_time		 now;
	struct mem_fs		*fs;
	struct mem_net		*net;
	struct mem_node		*broker_node, *client_node;
	/* a broker on it, with connections */
	struct gw_broker_options o;
	struct gw_broker	*b;
	struct gw_err		 err;
	struct gw_arena		 arena;		/* of the last answers */
	int32_t			 correlation;
};

void	rig_init(struct rig *r, uint64_t seed);
void	rig_fini(struct rig *r);		/* asserts that nothing is left open or allocated */
/* Time goes by; the broker acts as its deadlines ask. */
void	rig_pass(struct rig *r, int64_t ms);

/* ---- batches ---- */

struct batch_spec {
	int32_t	n;			/* records; value "value-<i>" */
	int64_t	timestamp_ms;		/* of the first; each next one 1 later */
	size_t	padding;		/* more bytes in each value */
	int64_t	producer_id;		/* -1 in all three: none */
	int16_t	epoch;
	int32_t	sequence;
	bool	gzip;
	int16_t	attributes;
};
#define NO_PRODUCER .producer_id = -1, .epoch = -1, .sequence = -1

/* Append a batch to out. */
void	make_batch(struct gw_alloc *alloc, const struct batch_spec *s, struct gw_buf *out);

/* ---- a broker ---- */

int	rig_open(struct rig *r);		/* r->o and r->err; 0 or the error */
void	rig_close(struct rig *r);		/* cleanly */
void	rig_kill(struct rig *r);		/* process gone, the kernel has all writes */
void	rig_crash(struct rig *r);		/* power gone */
int	rig_connect(struct rig *r);		/* a handle */
void	rig_disconnect(struct rig *r, int h);
void	rig_turn(struct rig *r);		/* let everything settle without time passing */

/* Send raw bytes; read what came until now (malloc'ed, NUL-terminated). closed may be NULL. */
void	rig_write(struct rig *r, int h, const void *p, size_t len);
/* Send a request; returns its correlation id. */
int32_t	rig_send(struct rig *r, int h, int16_t key, int16_t version, const void *request);
/* The next answer on h, of that key and version: into the rig's arena. NULL: none yet. */
void	*rig_receive(struct rig *r, int h, int16_t key, int16_t version);
/* Both; asserts that the answer comes at once. */
void	*rig_call(struct rig *r, int h, int16_t key, int16_t version, const void *request);
bool	rig_is_closed(struct rig *r, int h);

/* Shorthands over rig_call(). */
int16_t	rig_create_topic(struct rig *r, int h, const char *name, int32_t n_partitions);
struct gw_produce_partition_response rig_produce(struct rig *r, int h, const char *topic,
	    int32_t partition,
    const struct batch_spec *s);
/* How many records there are from the batch that holds offset on; -error on one. */
int64_t	rig_fetch_count(struct rig *r, int h, const char *topic, int32_t partition, int64_t offset);

#endif

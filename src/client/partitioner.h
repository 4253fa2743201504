/* SPDX-License-Identifier: MIT
 *
 * client/partitioner.h - which partition a record goes to.
 */
#ifndef GW_CLIENT_PARTITIONER_H
#define GW_CLIENT_PARTITIONER_H

#include "client/configuration.h"

/* Murmur2 with the seed of Java's client (Austin Appleby; Utils.java, BuiltInPartitioner.java). */
uint32_t	gw_murmur2(struct gw_slice key);
/* The partition of a key among n_partitions >= 1: (hash & 0x7fffffff) % n, or crc32 % n. */
int32_t		gw_partition_of(enum gw_partitioner p, struct gw_slice key, int32_t n_partitions);

#endif

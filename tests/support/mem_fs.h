/* SPDX-License-Identifier: MIT
 *
 * tests/support/mem_fs.h - files in memory behind the fs seam, with a disk's bad manners: what was
 * not synced may be lost, kept or torn by a crash, in any combination; space runs out; calls fail.
 * The same seed and calls give the same outcome.
 *
 * Model: each file has durable bytes and an ordered list of unsynced writes. A sync that ended
 * makes the writes begun before it durable. A crash keeps each unsynced write, or loses it, or
 * keeps some of its 512-byte sectors. Names (create, rename, remove) are journalled in order: a
 * crash keeps a prefix of those not yet covered by sync_dir().
 */
#ifndef GW_TEST_MEM_FS_H
#define GW_TEST_MEM_FS_H

#include "base/fs.h"
#include "base/rng.h"

struct mem_fs;

struct mem_fs	*mem_fs_new(uint64_t seed);
void		 mem_fs_free(struct mem_fs *m);
struct gw_fs	*mem_fs_seam(struct mem_fs *m);

/* The clock that delays syncs; NULL (as at first): a sync ends at once. Not owned. */
void	mem_fs_clock(struct mem_fs *m, const int64_t *now_us, int64_t sync_delay_min_us,
	    int64_t sync_delay_max_us);
/* When the next sync ends; INT64_MAX: none under way. */
int64_t	mem_fs_next_us(const struct mem_fs *m);
/* sync_fd() of the seam answers this number, which no socket of mem_net has. */
#define MEM_FS_SYNC_HANDLE 1000000
bool	mem_fs_sync_ready(const struct mem_fs *m);

/* The machine loses power: handles and locks are gone, unsynced bytes as above. */
void	mem_fs_crash(struct mem_fs *m);
/* The process is killed: handles and locks are gone, every write stays (the kernel has them). */
void	mem_fs_kill(struct mem_fs *m);

void	mem_fs_capacity(struct mem_fs *m, int64_t bytes);	/* -1: no limit */
/* The n-th call from now that touches data or names fails with this code (once); n 0: none. */
void	mem_fs_fail_at(struct mem_fs *m, uint64_t n, int code);
uint64_t mem_fs_calls(const struct mem_fs *m);
/* Flip one bit of a file, durable and live. 0 or GW_ENOENT. */
int	mem_fs_flip(struct mem_fs *m, const char *path, int64_t byte, unsigned bit);
int	mem_fs_open_handles(const struct mem_fs *m);

#endif

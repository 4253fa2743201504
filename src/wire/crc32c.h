/* SPDX-License-Identifier: MIT
 *
 * wire/crc32c.h - CRC-32C (Castagnoli, RFC 3720 B.4), by SSE4.2 where the processor has it (asked
 * at run time), else by tables.
 */
#ifndef GW_CRC32C_H
#define GW_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* crc 0 begins; feed the last result to go on. */
uint32_t	gw_crc32c(uint32_t crc, const void *ptr, size_t len);
/* Always by table, for tests. */
uint32_t	gw_crc32c_table(uint32_t crc, const void *ptr, size_t len);

#endif

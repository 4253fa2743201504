/* SPDX-License-Identifier: MIT
 *
 * base/compiler.h - the only place with compiler extensions.
 */
#ifndef GW_COMPILER_H
#define GW_COMPILER_H

#if defined(__GNUC__) || defined(__clang__)
#define GW_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))
#define GW_CHECK_RESULT		__attribute__((warn_unused_result))
#define GW_UNLIKELY(x)		__builtin_expect(!!(x), 0)
#define GW_LIKELY(x)		__builtin_expect(!!(x), 1)
#else
#define GW_PRINTF(fmt, args)
#define GW_CHECK_RESULT
#define GW_UNLIKELY(x)		(x)
#define GW_LIKELY(x)		(x)
#endif

/* CRC-32C as an instruction: in functions marked GW_TARGET_SSE42, called if GW_CPU_HAS_SSE42(). */
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#define GW_HAVE_SSE42		1
#define GW_TARGET_SSE42		__attribute__((target("sse4.2")))
#define GW_CPU_HAS_SSE42()	__builtin_cpu_supports("sse4.2")
#define GW_CRC32C_U64(crc, v)	__builtin_ia32_crc32di((crc), (v))
#define GW_CRC32C_U8(crc, v)	__builtin_ia32_crc32qi((crc), (v))
#endif

#define GW_N(array)		(sizeof(array) / sizeof((array)[0]))

#endif

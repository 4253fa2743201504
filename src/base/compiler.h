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
/* what is rare, out of a hot path */
#define GW_NOINLINE		__attribute__((noinline))
#else
#define GW_PRINTF(fmt, args)
#define GW_CHECK_RESULT
#define GW_UNLIKELY(x)		(x)
#define GW_LIKELY(x)		(x)
#define GW_NOINLINE
#endif

/*
 * CRC-32C and the product of polynomials as instructions: in functions marked GW_TARGET_CRC, called
 * if GW_CPU_HAS_CRC().
 */
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#include <immintrin.h>
#define GW_HAVE_CRC		1
#define GW_TARGET_CRC		__attribute__((target("sse4.2,pclmul")))
#define GW_CPU_HAS_CRC() \
	(__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"))
#define GW_CRC32C_U64(crc, v)	_mm_crc32_u64((crc), (v))
#define GW_CRC32C_U8(crc, v)	_mm_crc32_u8((crc), (v))
#define GW_CLMUL(a, b)		((uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128( \
				    _mm_cvtsi64_si128((int64_t)(a)), \
				    _mm_cvtsi64_si128((int64_t)(b)), 0)))
#endif

#define GW_N(array)		(sizeof(array) / sizeof((array)[0]))

#endif

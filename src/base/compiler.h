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

#define GW_N(array)		(sizeof(array) / sizeof((array)[0]))

#endif

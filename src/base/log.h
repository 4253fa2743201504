/* SPDX-License-Identifier: MIT
 *
 * base/log.h - one line an event: ts, level, event, then key=value pairs; logfmt or JSON lines.
 * Keys and events are literals in snake_case. A secret is never passed in.
 */
#ifndef GW_LOG_H
#define GW_LOG_H

#include <stdbool.h>
#include "base/slice.h"

enum gw_log_level { GW_LOG_ERROR, GW_LOG_WARN, GW_LOG_INFO, GW_LOG_DEBUG };
enum gw_log_format { GW_LOG_LOGFMT, GW_LOG_JSON };

struct gw_log {
	void			(*write)(void *ctx, const char *line, size_t len); /* with its \n */
	void			 *ctx;
	int64_t			(*wall_ms)(void *clock_ctx);	/* Unix epoch */
	void			 *clock_ctx;
	enum gw_log_level	  level;		/* this and more urgent ones are written */
	enum gw_log_format	  format;
};

struct gw_log_field {
	const char	*key;
	enum { GW_LOG_S, GW_LOG_I, GW_LOG_D } type;
	struct gw_slice	 s;
	int64_t		 i;
	double		 d;
};

#define gw_kv_s(k, v)	((struct gw_log_field){ .key = (k), .type = GW_LOG_S, .s = (v) })
#define gw_kv_i(k, v)	((struct gw_log_field){ .key = (k), .type = GW_LOG_I, .i = (int64_t)(v) })
#define gw_kv_d(k, v)	((struct gw_log_field){ .key = (k), .type = GW_LOG_D, .d = (v) })

/* log NULL is silence. */
void	gw_log_write(const struct gw_log *log, enum gw_log_level level, const char *event,
	    const struct gw_log_field *fields, size_t n);

/* gw_log(log, GW_LOG_INFO, "listening", gw_kv_s("addr", a), gw_kv_i("port", p)) */
#define gw_log(log, level, event, ...) \
	gw_log_write((log), (level), (event), \
	    (const struct gw_log_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct gw_log_field[]){ __VA_ARGS__ }) / sizeof(struct gw_log_field))

#endif

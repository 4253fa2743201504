/* SPDX-License-Identifier: MIT
 *
 * apps/service.h - a verb as a service of systemd, as a part of its loop: says that it is up, how
 * it is and that it is alive, and reads its configuration again when asked to.
 * Source: sd_notify(3), systemd.service(5) Type=notify-reload, systemd.exec(5) $NOTIFY_SOCKET,
 * $WATCHDOG_USEC.
 *
 * Because it is a part of the loop, the watchdog hears of it only while the loop turns.
 */
#ifndef GW_SERVICE_H
#define GW_SERVICE_H

#include "apps/app.h"
#include "apps/loop.h"

struct gw_service {
	struct gw_app	*app;
	/* All may be NULL. */
	void		(*status)(void *arg, struct gw_buf *out);	/* a line for
									   "systemctl status" */
	void		(*reload)(void *arg);				/* on SIGHUP */
	void		(*tick)(void *arg);				/* once a second or so */
	void		*arg;
	/* its own */
	const char	*socket;	/* NULL: nobody is told */
	int64_t		 watchdog_us, watchdog_at, tick_at, status_at;
	bool		 ready;
};

/* The callbacks and arg are set before; the rest is zero. SIGHUP is caught from here on. */
int	gw_service_init(struct gw_service *s, struct gw_app *app, struct gw_err *err);
struct gw_part	gw_service_part(struct gw_service *s);	/* never done */
/* READY=1 the first time, and after a reload. */
void	gw_service_ready(struct gw_service *s);
void	gw_service_stopping(struct gw_service *s);

#endif

/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/service.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"

#define TICK_US		1000000
#define STATUS_US	5000000

/* A service manager that does not listen is no reason to stop. */
static void
tell(struct gw_service *s, const char *text, size_t len)
{
	struct gw_net *net = s->app->env->net;

	if (s->socket != NULL && net->tell != NULL)
		(void)net->tell(net->ctx, s->socket, (struct gw_slice){ text, len });
}

static int64_t
watchdog_interval(void)
{
	const char *text = gw_app_getenv("WATCHDOG_USEC");
	int64_t us;

	if (text == NULL || gw_slice_i64(gw_str(text), &us) < 0 || us <= 0)
		return 0;
	return us;
}

int
gw_service_init(struct gw_service *s, struct gw_app *app, struct gw_err *err)
{
	int64_t now = gw_env_now(app->env).us;

	s->app = app;
	s->socket = gw_app_getenv("NOTIFY_SOCKET");
	if (s->socket != NULL && s->socket[0] != '/' && s->socket[0] != '@')
		s->socket = NULL;
	s->watchdog_us = s->socket == NULL ? 0 : watchdog_interval();
	s->watchdog_at = s->watchdog_us > 0 ? now : INT64_MAX;
	s->status_at = s->socket != NULL && s->status != NULL ? now : INT64_MAX;
	s->tick_at = s->tick != NULL ? now + TICK_US : INT64_MAX;
	return s->reload != NULL ? gw_app_catch_hup(err) : 0;
}

void
gw_service_ready(struct gw_service *s)
{
	s->ready = true;
	tell(s, "READY=1", 7);
}

void
gw_service_stopping(struct gw_service *s)
{
	tell(s, "STOPPING=1", 10);
}

/* systemd takes a READY for the answer to this RELOADING only by the time in it. */
static void
reload(struct gw_service *s)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    gw_env_now(s->app->env).us);

	tell(s, text, (size_t)n);
	s->reload(s->arg);
	gw_service_ready(s);
}

static void
tell_status(struct gw_service *s)
{
	struct gw_buf text;

	gw_buf_init(&text, s->app->env->alloc, 0);
	gw_buf_puts(&text, "STATUS=");
	s->status(s->arg, &text);
	if (text.err == 0)
		tell(s, (const char *)text.ptr, text.len);
	gw_buf_fini(&text);
}

static size_t
service_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	struct gw_service *s = self;
	int fd = s->reload != NULL ? gw_app_hup_fd() : -1;
	int64_t at = s->watchdog_at < s->status_at ? s->watchdog_at : s->status_at;

	*deadline_us = at < s->tick_at ? at : s->tick_at;
	if (fd < 0)
		return 0;
	if (cap > 0)
		fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return 1;
}

static int
service_process(void *self, const struct pollfd *fds, size_t n)
{
	struct gw_service *s = self;
	int64_t now = gw_env_now(s->app->env).us;

	if (n > 0 && fds[0].revents != 0 && gw_app_take_hup())
		reload(s);
	if (now >= s->watchdog_at) {
		tell(s, "WATCHDOG=1", 10);
		s->watchdog_at = now + s->watchdog_us / 3;
	}
	if (now >= s->status_at) {
		tell_status(s);
		s->status_at = now + STATUS_US;
	}
	if (now >= s->tick_at) {
		s->tick(s->arg);
		s->tick_at = now + TICK_US;
	}
	return 0;
}

struct gw_part
gw_service_part(struct gw_service *s)
{
	return (struct gw_part){ .name = "service", .self = s, .endless = true,
		.pollfds = service_pollfds, .process = service_process };
}

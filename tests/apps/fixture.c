/* SPDX-License-Identifier: MIT
 *
 * tests/apps/fixture.c - an app over files, and a broker beside it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/apps/fixture.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/loop.h"
#include "broker/broker.h"

#define WORDS_MAX 40

static char program[] = "gridwire";

void
fixture_init(struct fixture *f)
{
	struct gw_err err;

	memset(f, 0, sizeof(*f));
	test_tmp_new(f->dir);
	test_path(f->dir, "stdout", f->out_path);
	test_path(f->dir, "stderr", f->err_path);
	f->env = gw_env_posix_new(0, false, &err);
	ck_assert_ptr_nonnull(f->env);
}

void
fixture_fini(struct fixture *f)
{
	if (f->broker != 0) {
		kill(f->broker, SIGKILL);
		waitpid(f->broker, NULL, 0);
		close(f->life);
	}
	free(f->out);
	free(f->err);
	gw_env_posix_free(f->env);
	test_tmp_free(f->dir);
}

/* A part that sees the end of the test, be it a crash, and takes the broker with it. */
static size_t
life_pollfds(void *self, struct pollfd *fds, size_t cap, int64_t *deadline_us)
{
	*deadline_us = INT64_MAX;
	if (cap > 0)
		fds[0] = (struct pollfd){ .fd = *(int *)self, .events = POLLIN };
	return 1;
}

static int
life_process(void *self, const struct pollfd *fds, size_t n)
{
	(void)self;
	if (n > 0 && fds[0].revents != 0)
		_exit(0);
	return 0;
}

static void
serve(const char *dir, int ready, int life)
{
	struct gw_env *env = gw_env_posix_new(0, false, NULL);
	struct gw_broker_options o = gw_broker_defaults();
	struct gw_broker *b;
	struct gw_part parts[2];
	struct gw_loop loop;
	struct gw_err err;
	char text[GW_ADDR_TEXT_MAX];
	struct gw_addr addr;
	size_t len;

	o.dir = dir;
	o.listen = (struct gw_addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	o.fsync = GW_FSYNC_NEVER;
	b = gw_broker_new(env, &o, &err);
	if (b == NULL)
		_exit(1);
	addr = gw_broker_addr(b);
	len = gw_addr_text(&addr, text);
	if (write(ready, text, len) != (ssize_t)len)
		_exit(1);
	close(ready);
	parts[0] = gw_part_broker(b);
	parts[1] =
	    (struct gw_part){ .self = &life, .pollfds = life_pollfds, .process = life_process };
	gw_loop_init(&loop, env, parts, 2);
	_exit(gw_loop_until(&loop, 2, NULL, NULL) != 0);
}

void
fixture_broker(struct fixture *f)
{
	char dir[TEST_PATH_MAX];
	int fds[2], life[2];
	ssize_t n;

	test_path(f->dir, "broker", dir);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(pipe(life), 0);
	f->broker = fork();
	ck_assert_int_ge(f->broker, 0);
	if (f->broker == 0) {
		close(fds[0]);
		close(life[1]);
		serve(dir, fds[1], life[0]);
	}
	close(fds[1]);
	close(life[0]);
	f->life = life[1];
	n = read(fds[0], f->bootstrap, sizeof(f->bootstrap) - 1);
	ck_assert_msg(n > 0, "the broker did not start");
	f->bootstrap[n] = '\0';
	close(fds[0]);
}

void
fixture_app(struct fixture *f, struct gw_app *app)
{
	gw_app_init(app, f->env);
	app->out_fd = open(f->out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	app->err_fd = open(f->err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(app->out_fd, 0);
	ck_assert_int_ge(app->err_fd, 0);
	app->out_is_tty = app->err_is_tty = app->colour = false;
	app->out_by_line = false;
	app->columns = 80;
	app->log = gw_log_fd(app->err_fd, GW_LOG_WARN, GW_LOG_LOGFMT);
}

void
fixture_app_end(struct fixture *f, struct gw_app *app)
{
	gw_app_fini(app);
	close(app->out_fd);
	close(app->err_fd);
	free(f->out);
	free(f->err);
	f->out = test_read(f->out_path, &f->out_len);
	f->err = test_read(f->err_path, NULL);
}

static int
run(struct fixture *f, va_list ap)
{
	char *argv[WORDS_MAX + 1] = { program };
	struct gw_app app;
	int argc = 1, rc;

	while (argc < WORDS_MAX && (argv[argc] = va_arg(ap, char *)) != NULL)
		argc++;
	ck_assert_int_lt(argc, WORDS_MAX);
	fixture_app(f, &app);
	rc = gw_app_run(&app, argc, argv);
	fixture_app_end(f, &app);
	return rc;
}

int
fixture_run(struct fixture *f, ...)
{
	va_list ap;
	int rc;

	va_start(ap, f);
	rc = run(f, ap);
	va_end(ap);
	return rc;
}

int
fixture_pipe(struct fixture *f, const char *text, ...)
{
	char path[TEST_PATH_MAX];
	va_list ap;
	int rc, fd, saved = dup(STDIN_FILENO);

	test_path(f->dir, "stdin", path);
	test_write(path, text, strlen(text));
	fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	va_start(ap, text);
	rc = run(f, ap);
	va_end(ap);
	dup2(saved, STDIN_FILENO);
	close(saved);
	return rc;
}

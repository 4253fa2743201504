/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_net.c - addresses, and sockets over loopback.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/err.h"
#include "base/net.h"

static struct gw_err err;

START_TEST(numeric_addresses_are_read_and_printed)
{
	static const char *const good[] = {
		"127.0.0.1:9092", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:9092", "[::]:1",
		"[2001:db8::ff00:42:8329]:443",
	};
	char text[GW_ADDR_TEXT_MAX];
	struct gw_addr a;

	for (size_t i = 0; i < GW_N(good); i++) {
		ck_assert_int_eq(gw_addr_parse(gw_str(good[i]), &a), 0);
		ck_assert_uint_eq(gw_addr_text(&a, text), strlen(good[i]));
		ck_assert_str_eq(text, good[i]);
	}
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const bad[] = {
		"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
		"127.0.0.1:+1", "127.0.0.1: 1", "127.0.0.1:9092x", "256.0.0.1:1", "1.2.3:1",
		"localhost:1", "::1:9092", "[::1]", "[::1:9092", "[::1]9092", "[]:1",
		"[127.0.0.1]:1", " 127.0.0.1:1", "[::g]:1",
	};
	struct gw_addr a;

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(gw_addr_parse(gw_str(bad[i]), &a) == GW_EINVAL, "%s", bad[i]);
}
END_TEST

START_TEST(host_and_port_come_apart)
{
	struct gw_slice host;
	uint16_t port = 1;

	ck_assert_int_eq(gw_host_port(gw_str("kafka-1.example:9093"), -1, &host, &port), 0);
	ck_assert(gw_slice_is(host, "kafka-1.example"));
	ck_assert_uint_eq(port, 9093);
	ck_assert_int_eq(gw_host_port(gw_str("kafka"), 9092, &host, &port), 0);
	ck_assert(gw_slice_is(host, "kafka"));
	ck_assert_uint_eq(port, 9092);
	ck_assert_int_eq(gw_host_port(gw_str("[fe80::1]:5"), -1, &host, &port), 0);
	ck_assert(gw_slice_is(host, "fe80::1"));
	ck_assert_uint_eq(port, 5);
	ck_assert_int_eq(gw_host_port(gw_str("[::1]"), 7, &host, &port), 0);
	ck_assert(gw_slice_is(host, "::1"));
	ck_assert_uint_eq(port, 7);
}
END_TEST

START_TEST(malformed_host_and_port_are_refused)
{
	static const char *const bad[] = {
		"", ":9092", "kafka:", "kafka:x", "kafka:99999", "a b:1", "a,b:1",
		"PLAINTEXT://a:1", "http://a", "user@host:1", "::1", "[::1", "[::1]x", "a:1:2",
		"\ta:1",
	};
	struct gw_slice host;
	uint16_t port;

	for (size_t i = 0; i < GW_N(bad); i++)
		ck_assert_msg(gw_host_port(gw_str(bad[i]), 9092, &host, &port) == GW_EINVAL, "%s",
		    bad[i]);
	ck_assert_int_eq(gw_host_port(gw_str("kafka"), -1, &host, &port), GW_EINVAL);
	ck_assert_int_eq(gw_host_port((struct gw_slice){ NULL, 0 }, 1, &host, &port), GW_EINVAL);
}
END_TEST

START_TEST(loopback_is_told_from_the_world)
{
	static const struct {
		const char	*text;
		bool		 want;
	} rows[] = {
		{ "127.0.0.1:1", true }, { "127.9.9.9:1", true }, { "[::1]:1", true },
		{ "[::ffff:127.0.0.1]:1", true }, { "0.0.0.0:1", false }, { "128.0.0.1:1", false },
		{ "10.0.0.1:1", false }, { "[::]:1", false }, { "[::2]:1", false },
		{ "[::ffff:10.0.0.1]:1", false },
	};
	struct gw_addr a;

	for (size_t i = 0; i < GW_N(rows); i++) {
		ck_assert_int_eq(gw_addr_parse(gw_str(rows[i].text), &a), 0);
		ck_assert_msg(gw_addr_is_loopback(&a) == rows[i].want, "%s", rows[i].text);
	}
}
END_TEST

/* ---- sockets ---- */

static const struct gw_addr any_port = { .family = 4, .ip = { 127, 0, 0, 1 } };

static int
wait_for(struct gw_net *net, int h, short events)
{
	struct pollfd p = { .fd = h, .events = events };

	ck_assert_int_eq(net->poll(net->ctx, &p, 1, 5000), 1);
	return p.revents;
}

static int
connect_to(struct gw_net *net, const struct gw_addr *to)
{
	int h = net->connect(net->ctx, to, &err), rc;

	ck_assert_msg(h >= 0, "%s", err.msg);
	while ((rc = net->connected(net->ctx, h, &err)) == GW_EAGAIN)
		(void)wait_for(net, h, POLLOUT);
	ck_assert_msg(rc == 0, "%s", err.msg);
	return h;
}

static void
exchange(const struct gw_addr *at)
{
	struct gw_net *net = gw_net_posix();
	const struct gw_slice v[] = { GW_LIT("hello"), GW_LIT(""), GW_LIT(" world") };
	struct gw_addr bound, peer;
	char buf[32];
	int l, c, s;

	l = net->listen(net->ctx, at, &bound, &err);
	ck_assert_msg(l >= 0, "%s", err.msg);
	ck_assert_uint_ne(bound.port, 0);
	ck_assert_int_eq(net->accept(net->ctx, l, &peer), GW_EAGAIN);
	c = connect_to(net, &bound);
	(void)wait_for(net, l, POLLIN);
	s = net->accept(net->ctx, l, &peer);
	ck_assert_int_ge(s, 0);
	ck_assert_uint_eq(peer.family, at->family);
	ck_assert(gw_addr_is_loopback(&peer));
	ck_assert_int_eq(net->read(net->ctx, s, buf, sizeof(buf)), GW_EAGAIN);
	ck_assert_int_eq(net->write(net->ctx, c, v, 3), 11);
	(void)wait_for(net, s, POLLIN);
	ck_assert_int_eq(net->read(net->ctx, s, buf, sizeof(buf)), 11);
	ck_assert_mem_eq(buf, "hello world", 11);
	net->close(net->ctx, c);
	(void)wait_for(net, s, POLLIN);
	ck_assert_int_eq(net->read(net->ctx, s, buf, sizeof(buf)), 0);
	net->close(net->ctx, s);
	net->close(net->ctx, l);
	net->close(net->ctx, -1);
}

START_TEST(bytes_cross_an_ipv4_connection)
{
	exchange(&any_port);
}
END_TEST

START_TEST(bytes_cross_an_ipv6_connection)
{
	const struct gw_addr v6 = { .family = 6, .ip = { [15] = 1 } };
	struct gw_net *net = gw_net_posix();
	int h = net->listen(net->ctx, &v6, NULL, &err);

	if (h < 0) {	/* a host without IPv6: then the error must say so */
		ck_assert(h == GW_EUNSUPPORTED || h == GW_ECONNECT);
		ck_assert_int_eq(strncmp(err.msg, "[::1]:0: this host does not have", 32), 0);
		return;
	}
	net->close(net->ctx, h);
	exchange(&v6);
}
END_TEST

START_TEST(sockets_do_not_block_delay_or_leak_into_children)
{
	struct gw_net *net = gw_net_posix();
	struct gw_addr bound;
	socklen_t len = sizeof(int);
	int l, h[2], on = 0;

	l = net->listen(net->ctx, &any_port, &bound, &err);
	h[0] = connect_to(net, &bound);
	(void)wait_for(net, l, POLLIN);
	h[1] = net->accept(net->ctx, l, NULL);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_ne(fcntl(h[i], F_GETFL) & O_NONBLOCK, 0);
		ck_assert_int_ne(fcntl(h[i], F_GETFD) & FD_CLOEXEC, 0);
		ck_assert_int_eq(getsockopt(h[i], IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
		ck_assert_int_ne(on, 0);
		net->close(net->ctx, h[i]);
	}
	ck_assert_int_ne(fcntl(l, F_GETFD) & FD_CLOEXEC, 0);
	net->close(net->ctx, l);
}
END_TEST

START_TEST(a_port_in_use_is_busy_and_named)
{
	struct gw_net *net = gw_net_posix();
	char want[GW_ADDR_TEXT_MAX + 40], text[GW_ADDR_TEXT_MAX];
	struct gw_addr bound;
	int l = net->listen(net->ctx, &any_port, &bound, &err);

	ck_assert_int_ge(l, 0);
	ck_assert_int_eq(net->listen(net->ctx, &bound, NULL, &err), GW_EBUSY);
	(void)gw_addr_text(&bound, text);
	(void)snprintf(want, sizeof(want), "%s: the address is in use", text);
	ck_assert_str_eq(err.msg, want);
	ck_assert_int_eq(err.sys_errno, EADDRINUSE);
	net->close(net->ctx, l);
	l = net->listen(net->ctx, &bound, NULL, &err);	/* at once again: SO_REUSEADDR */
	ck_assert_msg(l >= 0, "%s", err.msg);
	net->close(net->ctx, l);
}
END_TEST

START_TEST(a_refused_connection_says_so)
{
	struct gw_net *net = gw_net_posix();
	struct gw_addr bound;
	int l = net->listen(net->ctx, &any_port, &bound, &err), h, rc;

	net->close(net->ctx, l);
	h = net->connect(net->ctx, &bound, &err);
	if (h < 0)
		rc = h;
	else {
		(void)wait_for(net, h, POLLOUT);
		rc = net->connected(net->ctx, h, &err);
		net->close(net->ctx, h);
	}
	ck_assert_int_eq(rc, GW_ECONNECT);
	ck_assert_int_eq(err.sys_errno, ECONNREFUSED);
	ck_assert_ptr_nonnull(strstr(err.msg, "connection refused"));
}
END_TEST

START_TEST(a_connection_that_cannot_begin_names_the_address)
{
	const struct gw_addr broadcast = { .family = 4, .ip = { 255, 255, 255, 255 }, .port = 9 };
	struct gw_net *net = gw_net_posix();

	ck_assert_int_lt(net->connect(net->ctx, &broadcast, &err), 0);
	ck_assert_int_eq(strncmp(err.msg, "255.255.255.255:9: ", 19), 0);
	ck_assert_int_ne(err.sys_errno, 0);
}
END_TEST

START_TEST(writing_to_a_closed_peer_is_an_error_and_no_signal)
{
	struct gw_net *net = gw_net_posix();
	const struct gw_slice v = GW_LIT("x");
	struct gw_addr bound;
	ssize_t rc = 0;
	int l = net->listen(net->ctx, &any_port, &bound, &err), c, s;

	c = connect_to(net, &bound);
	(void)wait_for(net, l, POLLIN);
	s = net->accept(net->ctx, l, NULL);
	net->close(net->ctx, s);
	for (int i = 0; i < 100 && rc >= 0; i++) {
		rc = net->write(net->ctx, c, &v, 1);
		(void)net->poll(net->ctx, NULL, 0, 5);
	}
	ck_assert_int_eq(rc, GW_ECLOSED);
	net->close(net->ctx, c);
	net->close(net->ctx, l);
}
END_TEST

START_TEST(a_full_socket_takes_what_it_can_and_then_says_again)
{
	static char block[1 << 16];
	struct gw_net *net = gw_net_posix();
	struct gw_slice v[100];
	struct gw_addr bound;
	size_t total = 0;
	ssize_t n;
	int l = net->listen(net->ctx, &any_port, &bound, &err), c, s;

	c = connect_to(net, &bound);
	(void)wait_for(net, l, POLLIN);
	s = net->accept(net->ctx, l, NULL);
	for (size_t i = 0; i < GW_N(v); i++)	/* more than one sendmsg() takes */
		v[i] = (struct gw_slice){ block, sizeof(block) };
	while ((n = net->write(net->ctx, c, v, GW_N(v))) > 0)
		total += (size_t)n;
	ck_assert_int_eq(n, GW_EAGAIN);
	ck_assert_uint_gt(total, 0);
	while (total > 0) {
		(void)wait_for(net, s, POLLIN);
		n = net->read(net->ctx, s, block, sizeof(block));
		ck_assert_int_gt(n, 0);
		total -= (size_t)n;
	}
	net->close(net->ctx, c);
	net->close(net->ctx, s);
	net->close(net->ctx, l);
}
END_TEST

START_TEST(numbers_and_localhost_resolve_without_a_name_service)
{
	struct gw_net *net = gw_net_posix();
	struct gw_addr a[4];

	ck_assert_int_eq(net->resolve(net->ctx, "10.1.2.3", 77, a, 4, &err), 1);
	ck_assert(a[0].family == 4 && a[0].ip[3] == 3 && a[0].port == 77);
	ck_assert_int_eq(net->resolve(net->ctx, "::1", 78, a, 4, &err), 1);
	ck_assert(a[0].family == 6 && a[0].ip[15] == 1 && a[0].port == 78);
	ck_assert_int_eq(net->resolve(net->ctx, "localhost", 79, a, 4, &err), 2);
	ck_assert(gw_addr_is_loopback(&a[0]) && gw_addr_is_loopback(&a[1]));
	ck_assert(a[0].family == 4 && a[1].family == 6 && a[1].port == 79);
	ck_assert_int_eq(net->resolve(net->ctx, "localhost", 79, a, 1, &err), 1);
	ck_assert_int_eq(net->resolve(net->ctx, "localhost", 79, a, 0, &err), GW_EINVAL);
}
END_TEST

START_TEST(this_hosts_own_name_resolves_if_it_has_one)
{
	struct gw_net *net = gw_net_posix();
	struct gw_addr a[3];
	char name[256];
	int n;

	ck_assert_int_eq(gethostname(name, sizeof(name)), 0);
	n = net->resolve(net->ctx, name, 80, a, 3, &err);
	ck_assert(n == GW_ERESOLVE || (n >= 1 && n <= 3));
	for (int i = 0; i < n; i++) {
		ck_assert_uint_eq(a[i].port, 80);
		ck_assert(a[i].family == 4 || a[i].family == 6);
	}
}
END_TEST

START_TEST(a_host_that_is_none_is_named)
{
	struct gw_net *net = gw_net_posix();
	struct gw_addr a;

	/* RFC 2606 keeps this domain empty for ever. */
	ck_assert_int_eq(net->resolve(net->ctx, "no-such.invalid", 1, &a, 1, &err), GW_ERESOLVE);
	ck_assert_int_eq(err.code, GW_ERESOLVE);
	ck_assert_int_eq(strncmp(err.msg, "no-such.invalid: ", 17), 0);
}
END_TEST

Suite *
check_net_suite(void)
{
	Suite *s = suite_create("base/net");
	TCase *tc = tcase_create("net");

	tcase_add_test(tc, numeric_addresses_are_read_and_printed);
	tcase_add_test(tc, what_is_no_address_is_refused);
	tcase_add_test(tc, host_and_port_come_apart);
	tcase_add_test(tc, malformed_host_and_port_are_refused);
	tcase_add_test(tc, loopback_is_told_from_the_world);
	tcase_add_test(tc, bytes_cross_an_ipv4_connection);
	tcase_add_test(tc, bytes_cross_an_ipv6_connection);
	tcase_add_test(tc, sockets_do_not_block_delay_or_leak_into_children);
	tcase_add_test(tc, a_port_in_use_is_busy_and_named);
	tcase_add_test(tc, a_refused_connection_says_so);
	tcase_add_test(tc, a_connection_that_cannot_begin_names_the_address);
	tcase_add_test(tc, writing_to_a_closed_peer_is_an_error_and_no_signal);
	tcase_add_test(tc, a_full_socket_takes_what_it_can_and_then_says_again);
	tcase_add_test(tc, numbers_and_localhost_resolve_without_a_name_service);
	tcase_add_test(tc, this_hosts_own_name_resolves_if_it_has_one);
	tcase_add_test(tc, a_host_that_is_none_is_named);
	suite_add_tcase(s, tc);
	return s;
}

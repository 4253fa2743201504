/* SPDX-License-Identifier: MIT
 *
 * tests/base/check_fs.c - files and folders of the kernel.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/base/suites.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/files.h"

static char		dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
static struct gw_fs    *fs;
static struct gw_err	err;

static void
set_up(void)
{
	test_tmp_new(dir);
	test_path(dir, "file", path);
	fs = gw_fs_posix_new(false, &err);
	ck_assert_ptr_nonnull(fs);
}

static void
tear_down(void)
{
	gw_fs_posix_free(fs);
	test_tmp_free(dir);
}

static int
open_file(unsigned flags)
{
	return fs->open(fs->ctx, path, flags, &err);
}

START_TEST(bytes_are_written_and_read_anywhere)
{
	char buf[20];
	int h;

	set_up();
	h = open_file(GW_FS_READ | GW_FS_WRITE | GW_FS_CREATE);
	ck_assert_int_ge(h, 0);
	ck_assert_int_eq(fs->size(fs->ctx, h), 0);
	ck_assert_int_eq(fs->pwrite(fs->ctx, h, "hello", 5, 3), 5);
	ck_assert_int_eq(fs->size(fs->ctx, h), 8);
	ck_assert_int_eq(fs->pread(fs->ctx, h, buf, sizeof(buf), 0), 8);
	ck_assert_mem_eq(buf, "\0\0\0hello", 8);
	ck_assert_int_eq(fs->pread(fs->ctx, h, buf, 2, 4), 2);
	ck_assert_mem_eq(buf, "el", 2);
	ck_assert_int_eq(fs->pread(fs->ctx, h, buf, 2, 8), 0);
	ck_assert_int_eq(fs->truncate(fs->ctx, h, 5), 0);
	ck_assert_int_eq(fs->size(fs->ctx, h), 5);
	ck_assert_int_eq(fs->sync_now(fs->ctx, h), 0);
	fs->close(fs->ctx, h);
	ck_assert_int_eq(fs->sync_dir(fs->ctx, dir), 0);
	tear_down();
}
END_TEST

START_TEST(flags_of_open_do_what_they_say)
{
	char want[TEST_PATH_MAX + 40];
	int h;

	set_up();
	ck_assert_int_eq(open_file(GW_FS_READ), GW_ENOENT);
	(void)snprintf(want, sizeof(want), "%s: no such file or folder", path);
	ck_assert_str_eq(err.msg, want);
	h = open_file(GW_FS_WRITE | GW_FS_CREATE | GW_FS_EXCL);
	ck_assert_int_ge(h, 0);
	ck_assert_int_eq(fs->pwrite(fs->ctx, h, "abc", 3, 0), 3);
	ck_assert_int_lt(fs->pread(fs->ctx, h, want, 1, 0), 0);	/* not opened for reading */
	fs->close(fs->ctx, h);
	ck_assert_int_eq(open_file(GW_FS_WRITE | GW_FS_CREATE | GW_FS_EXCL), GW_EEXIST);
	h = open_file(GW_FS_READ | GW_FS_CREATE);
	ck_assert_int_eq(fs->size(fs->ctx, h), 3);
	ck_assert_int_lt(fs->pwrite(fs->ctx, h, "x", 1, 0), 0);	/* not opened for writing */
	fs->close(fs->ctx, h);
	h = open_file(GW_FS_WRITE | GW_FS_TRUNC);
	ck_assert_int_eq(fs->size(fs->ctx, h), 0);
	fs->close(fs->ctx, h);
	fs->close(fs->ctx, -1);
	tear_down();
}
END_TEST

START_TEST(a_full_disk_is_told_from_other_errors)
{
	int h;

	if (access("/dev/full", W_OK) != 0)
		return;
	set_up();
	h = fs->open(fs->ctx, "/dev/full", GW_FS_WRITE, &err);
	ck_assert_int_ge(h, 0);
	ck_assert_int_eq(fs->pwrite(fs->ctx, h, "x", 1, 0), GW_ENOSPC);
	fs->close(fs->ctx, h);
	tear_down();
}
END_TEST

START_TEST(folders_are_made_with_their_parents)
{
	struct gw_fs_stat st;
	char deep[TEST_PATH_MAX];

	set_up();
	test_path(dir, "a/b//c/", deep);
	ck_assert_int_eq(fs->mkdir(fs->ctx, deep, &err), 0);
	ck_assert_int_eq(fs->mkdir(fs->ctx, deep, &err), 0);
	ck_assert_int_eq(fs->stat(fs->ctx, deep, &st), 0);
	ck_assert(st.is_dir);
	ck_assert_int_eq(fs->mkdir(fs->ctx, "/", &err), 0);
	test_write(path, "x", 1);
	ck_assert_int_eq(fs->mkdir(fs->ctx, path, &err), GW_EEXIST);
	test_path(path, "below", deep);
	ck_assert_int_eq(fs->mkdir(fs->ctx, deep, &err), GW_EEXIST);
	ck_assert_int_eq(strncmp(err.msg, path, strlen(path)), 0);
	ck_assert_int_eq(fs->mkdir(fs->ctx, "", &err), GW_EINVAL);
	tear_down();
}
END_TEST

START_TEST(stat_tells_size_kind_and_time)
{
	struct gw_fs_stat st;

	set_up();
	test_write(path, "12345", 5);
	ck_assert_int_eq(fs->stat(fs->ctx, path, &st), 0);
	ck_assert_int_eq(st.size, 5);
	ck_assert(!st.is_dir);
	ck_assert_int_gt(st.mtime_ms, INT64_C(1600000000000));
	ck_assert_int_eq(fs->stat(fs->ctx, dir, &st), 0);
	ck_assert(st.is_dir);
	ck_assert_int_eq(fs->remove(fs->ctx, path), 0);
	ck_assert_int_eq(fs->stat(fs->ctx, path, &st), GW_ENOENT);
	ck_assert_int_eq(fs->remove(fs->ctx, path), GW_ENOENT);
	tear_down();
}
END_TEST

START_TEST(rename_replaces_what_is_there)
{
	char other[TEST_PATH_MAX], *text;

	set_up();
	test_path(dir, "other", other);
	test_write(path, "new", 3);
	test_write(other, "old", 3);
	ck_assert_int_eq(fs->rename(fs->ctx, path, other, &err), 0);
	text = test_read(other, NULL);
	ck_assert_str_eq(text, "new");
	free(text);
	ck_assert_int_eq(fs->rename(fs->ctx, path, other, &err), GW_ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "renaming "));
	tear_down();
}
END_TEST

struct seen {
	char	text[200];
	int	stop_at, n;
};

static int
see(void *arg, const char *name)
{
	struct seen *seen = arg;

	(void)strcat(seen->text, name);
	(void)strcat(seen->text, ";");
	return ++seen->n == seen->stop_at ? 77 : 0;
}

START_TEST(names_are_listed_in_order_until_told_to_stop)
{
	static const char *const names[] = { "b", "a10", "a2", "Z", ".hidden" };
	struct seen seen = { .n = 0 };

	set_up();
	for (size_t i = 0; i < GW_N(names); i++) {
		test_path(dir, names[i], path);
		test_write(path, "", 0);
	}
	ck_assert_int_eq(fs->list(fs->ctx, dir, see, &seen), 0);
	ck_assert_str_eq(seen.text, ".hidden;Z;a10;a2;b;");
	seen = (struct seen){ .stop_at = 2 };
	ck_assert_int_eq(fs->list(fs->ctx, dir, see, &seen), 77);
	ck_assert_str_eq(seen.text, ".hidden;Z;");
	ck_assert_int_eq(fs->list(fs->ctx, "/no/such/folder", see, &seen), GW_ENOENT);
	tear_down();
}
END_TEST

START_TEST(a_lock_excludes_and_names_its_holder)
{
	char want[TEST_PATH_MAX + 60];
	int h, again;

	set_up();
	h = fs->lock(fs->ctx, path, &err);
	ck_assert_int_ge(h, 0);
	ck_assert_int_eq(fs->lock(fs->ctx, path, &err), GW_EBUSY);
	(void)snprintf(want, sizeof(want), "%s: locked by process %ld", path, (long)getpid());
	ck_assert_str_eq(err.msg, want);
	fs->close(fs->ctx, h);
	again = fs->lock(fs->ctx, path, &err);
	ck_assert_int_ge(again, 0);
	fs->close(fs->ctx, again);
	ck_assert_int_eq(fs->lock(fs->ctx, "/no/such/folder/lock", &err), GW_ENOENT);
	tear_down();
}
END_TEST

/* Killed, so that nothing tidies up. */
START_TEST(a_lock_ends_with_its_process)
{
	int status, h;
	char *text;
	pid_t pid;

	set_up();
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)fs->lock(fs->ctx, path, NULL);
		(void)raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	text = test_read(path, NULL);
	ck_assert_int_eq(atol(text), pid);	/* it had the lock */
	free(text);
	h = fs->lock(fs->ctx, path, &err);
	ck_assert_int_ge(h, 0);
	fs->close(fs->ctx, h);
	tear_down();
}
END_TEST

START_TEST(free_space_is_known_or_minus_one)
{
	set_up();
	ck_assert_int_gt(fs->free_bytes(fs->ctx, dir), 0);
	ck_assert_int_eq(fs->free_bytes(fs->ctx, "/no/such/folder"), -1);
	tear_down();
}
END_TEST

/* ---- whole files ---- */

START_TEST(a_whole_file_is_appended_to_the_buffer)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf buf;

	set_up();
	gw_buf_init(&buf, &alloc, 0);
	gw_buf_puts(&buf, "<");
	test_write(path, "content", 7);
	ck_assert_int_eq(gw_fs_read_file(fs, path, &buf, &err), 0);
	ck_assert(gw_slice_is(gw_buf_slice(&buf), "<content"));
	test_write(path, "", 0);
	ck_assert_int_eq(gw_fs_read_file(fs, path, &buf, &err), 0);
	ck_assert_uint_eq(buf.len, 8);
	ck_assert_int_eq(gw_fs_read_file(fs, dir, &buf, &err), GW_EINVAL);
	ck_assert_int_eq(gw_fs_read_file(fs, "/no/such", &buf, &err), GW_ENOENT);
	gw_buf_fini(&buf);
	tear_down();
}
END_TEST

START_TEST(a_file_as_large_as_the_limit_is_read_and_one_byte_more_is_not)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	char want[TEST_PATH_MAX + 40], text[101];
	struct gw_buf buf;

	set_up();
	memset(text, 'x', sizeof(text));
	gw_buf_init(&buf, &alloc, 100);
	test_write(path, text, 100);
	ck_assert_int_eq(gw_fs_read_file(fs, path, &buf, &err), 0);
	ck_assert_uint_eq(buf.len, 100);
	gw_buf_clear(&buf);
	test_write(path, text, 101);
	ck_assert_int_eq(gw_fs_read_file(fs, path, &buf, &err), GW_ELIMIT);
	(void)snprintf(want, sizeof(want), "%s: larger than 100 bytes", path);
	ck_assert_str_eq(err.msg, want);
	gw_buf_fini(&buf);
	tear_down();
}
END_TEST

START_TEST(a_pipe_given_by_name_is_read_to_its_end)
{
	struct gw_alloc alloc = gw_alloc_libc(0);
	struct gw_buf buf;
	int status;
	pid_t pid;

	set_up();
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		FILE *f = fopen(path, "w");

		for (int i = 0; i < 5000 && f != NULL; i++)
			(void)fprintf(f, "%09d\n", i);
		if (f != NULL)
			(void)fclose(f);
		(void)raise(SIGKILL);
	}
	gw_buf_init(&buf, &alloc, 0);
	ck_assert_int_eq(gw_fs_read_file(fs, path, &buf, &err), 0);
	ck_assert_uint_eq(buf.len, 50000);
	ck_assert_mem_eq(buf.ptr + 49990, "000004999\n", 10);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	gw_buf_fini(&buf);
	tear_down();
}
END_TEST

START_TEST(replace_makes_a_file_and_puts_the_new_in_place_of_the_old)
{
	struct seen seen = { .n = 0 };
	char *text;

	set_up();
	ck_assert_int_eq(gw_fs_replace(fs, path, GW_LIT("one"), &err), 0);
	ck_assert_int_eq(gw_fs_replace(fs, path, GW_LIT("two!"), &err), 0);
	text = test_read(path, NULL);
	ck_assert_str_eq(text, "two!");
	free(text);
	ck_assert_int_eq(gw_fs_replace(fs, path, (struct gw_slice){ NULL, 0 }, &err), 0);
	ck_assert_int_eq(fs->list(fs->ctx, dir, see, &seen), 0);
	ck_assert_str_eq(seen.text, "file;");
	ck_assert_int_eq(gw_fs_replace(fs, "/no/such/x", GW_LIT("x"), &err), GW_ENOENT);
	tear_down();
}
END_TEST

static int
no_space(void *ctx, int h)
{
	(void)ctx, (void)h;
	return GW_ENOSPC;
}

START_TEST(replace_that_cannot_be_made_durable_leaves_the_old_file)
{
	struct seen seen = { .n = 0 };
	struct gw_fs broken;
	char *text;

	set_up();
	ck_assert_int_eq(gw_fs_replace(fs, path, GW_LIT("old"), &err), 0);
	broken = *fs;
	broken.sync_now = no_space;
	ck_assert_int_eq(gw_fs_replace(&broken, path, GW_LIT("new"), &err), GW_ENOSPC);
	ck_assert_ptr_nonnull(strstr(err.msg, "file: writing: the disk is full"));
	text = test_read(path, NULL);
	ck_assert_str_eq(text, "old");
	free(text);
	ck_assert_int_eq(fs->list(fs->ctx, dir, see, &seen), 0);
	ck_assert_str_eq(seen.text, "file;");
	tear_down();
}
END_TEST

static char synced_dir[TEST_PATH_MAX];

static int
note_dir(void *ctx, const char *name)
{
	(void)ctx;
	ck_assert_uint_lt(strlen(name), sizeof(synced_dir));
	memcpy(synced_dir, name, strlen(name) + 1);
	return 0;
}

static int
pretend_rename(void *ctx, const char *from, const char *to, struct gw_err *e)
{
	(void)ctx, (void)from, (void)to, (void)e;
	return 0;
}

static int
pretend_open(void *ctx, const char *name, unsigned flags, struct gw_err *e)
{
	(void)ctx, (void)name, (void)flags;
	return fs->open(fs->ctx, path, GW_FS_WRITE | GW_FS_CREATE, e);
}

START_TEST(replace_syncs_the_folder_that_holds_the_file)
{
	static const char *const rows[][2] = {
		{ "x", "." }, { "/x", "/" }, { "a/x", "a" }, { "/a/b/x", "/a/b" },
	};
	struct gw_fs noting;

	set_up();
	noting = *fs;
	noting.open = pretend_open;
	noting.rename = pretend_rename;
	noting.sync_dir = note_dir;
	for (size_t i = 0; i < GW_N(rows); i++) {
		ck_assert_int_eq(gw_fs_replace(&noting, rows[i][0], GW_LIT("x"), &err), 0);
		ck_assert_str_eq(synced_dir, rows[i][1]);
	}
	tear_down();
}
END_TEST

START_TEST(a_tree_is_removed_but_not_what_its_links_point_to)
{
	char tree[TEST_PATH_MAX], name[TEST_PATH_MAX], outside[TEST_PATH_MAX], *text;
	struct gw_fs_stat st;

	set_up();
	test_path(dir, "tree", tree);
	test_path(tree, "a/b/c", name);
	ck_assert_int_eq(fs->mkdir(fs->ctx, name, &err), 0);
	test_path(tree, "a/b/x", name);
	test_write(name, "x", 1);
	test_path(tree, "a/a-longer-name", name);	/* and shorter ones behind it */
	test_write(name, "x", 1);
	test_path(dir, "outside", outside);
	ck_assert_int_eq(fs->mkdir(fs->ctx, outside, &err), 0);
	test_path(outside, "kept", path);
	test_write(path, "kept", 4);
	test_path(tree, "a/link", name);
	ck_assert_int_eq(symlink(outside, name), 0);
	ck_assert_int_eq(gw_fs_remove_tree(fs, tree, &err), 0);
	ck_assert_int_eq(fs->stat(fs->ctx, tree, &st), GW_ENOENT);
	text = test_read(path, NULL);
	ck_assert_str_eq(text, "kept");
	free(text);
	ck_assert_int_eq(gw_fs_remove_tree(fs, tree, &err), 0);		/* missing is fine */
	ck_assert_int_eq(gw_fs_remove_tree(fs, path, &err), 0);		/* a file */
	ck_assert_int_eq(gw_fs_remove_tree(fs, "", &err), GW_EINVAL);
	tear_down();
}
END_TEST

START_TEST(a_tree_too_deep_is_refused_with_its_path)
{
	char name[TEST_PATH_MAX];
	size_t len;

	set_up();
	test_path(dir, "d", name);
	len = strlen(name);
	for (int i = 0; i < 40; i++, len += 2)
		memcpy(name + len, "/d", 3);
	ck_assert_int_eq(fs->mkdir(fs->ctx, name, &err), 0);
	test_path(dir, "d", name);
	ck_assert_int_eq(gw_fs_remove_tree(fs, name, &err), GW_ELIMIT);
	ck_assert_ptr_nonnull(strstr(err.msg, ": too deep to remove"));
	tear_down();
}
END_TEST

Suite *
check_fs_suite(void)
{
	Suite *s = suite_create("base/fs");
	TCase *tc = tcase_create("fs");

	tcase_add_test(tc, bytes_are_written_and_read_anywhere);
	tcase_add_test(tc, flags_of_open_do_what_they_say);
	tcase_add_test(tc, a_full_disk_is_told_from_other_errors);
	tcase_add_test(tc, folders_are_made_with_their_parents);
	tcase_add_test(tc, stat_tells_size_kind_and_time);
	tcase_add_test(tc, rename_replaces_what_is_there);
	tcase_add_test(tc, names_are_listed_in_order_until_told_to_stop);
	tcase_add_test(tc, a_lock_excludes_and_names_its_holder);
	tcase_add_test(tc, a_lock_ends_with_its_process);
	tcase_add_test(tc, free_space_is_known_or_minus_one);
	tcase_add_test(tc, a_whole_file_is_appended_to_the_buffer);
	tcase_add_test(tc, a_file_as_large_as_the_limit_is_read_and_one_byte_more_is_not);
	tcase_add_test(tc, a_pipe_given_by_name_is_read_to_its_end);
	tcase_add_test(tc, replace_makes_a_file_and_puts_the_new_in_place_of_the_old);
	tcase_add_test(tc, replace_that_cannot_be_made_durable_leaves_the_old_file);
	tcase_add_test(tc, replace_syncs_the_folder_that_holds_the_file);
	tcase_add_test(tc, a_tree_is_removed_but_not_what_its_links_point_to);
	tcase_add_test(tc, a_tree_too_deep_is_refused_with_its_path);
	suite_add_tcase(s, tc);
	return s;
}

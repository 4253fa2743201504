/* SPDX-License-Identifier: MIT
 *
 * tests/ml/check_registry.c - versions, aliases, references; a disk in memory that fails and
 * crashes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/ml/suites.h"

#include <stdio.h>

#include "ml/registry.h"
#include "tests/ml/sample.h"
#include "tests/support/files.h"
#include "tests/support/mem_fs.h"

static struct gw_alloc alloc;
static struct mem_fs *disk;
static struct gw_env env;

static void
setup(void)
{
	alloc = gw_alloc_libc(0);
	disk = mem_fs_new(1);
	env = (struct gw_env){ .alloc = &alloc, .fs = mem_fs_seam(disk) };
	gw_rng_seed(&env.rng, 1);
}

static void
teardown(void)
{
	ck_assert_uint_eq(alloc.used, 0);
	ck_assert_int_eq(mem_fs_open_handles(disk), 0);
	mem_fs_free(disk);
}

static int
store(const char *name, int32_t *version)
{
	struct gw_model *m = sample_model(&alloc, name);
	int rc = gw_registry_store(&env, "models", m, gw_str("# card\n"), NULL);

	*version = m->version;
	if (rc == 0)
		ck_assert_uint_eq(strlen(m->sha256), 64);
	gw_model_free(m);
	return rc;
}

static void
must_store(const char *name, int32_t want)
{
	int32_t version;

	ck_assert_int_eq(store(name, &version), 0);
	ck_assert_int_eq(version, want);
}

static int32_t
version_of(const char *ref)
{
	struct gw_err err = { 0 };
	struct gw_model *m = gw_registry_load(&env, "models", ref, &err);
	int32_t version;

	if (m == NULL) {
		ck_assert_int_ne(err.code, 0);
		ck_assert_int_ne(err.msg[0], '\0');
		return err.code;
	}
	version = m->version;
	gw_model_free(m);
	return version;
}

static void
must_alias(const char *name, const char *alias, int32_t version)
{
	struct gw_err err;

	ck_assert_msg(gw_registry_alias(&env, "models", name, alias, version, &err) == 0, "%s",
	    err.msg);
}

START_TEST(versions_count_up_and_the_newest_is_meant)
{
	for (int32_t v = 1; v <= 11; v++)
		must_store("full", v);
	must_store("classic", 1);
	ck_assert_int_eq(version_of("full"), 11);
	ck_assert_int_eq(version_of("full:2"), 2);
	ck_assert_int_eq(version_of("full:12"), GW_ENOENT);
	ck_assert_int_eq(version_of("classic"), 1);
}
END_TEST

START_TEST(the_champion_is_meant_where_there_is_one)
{
	must_store("full", 1);
	must_store("full", 2);
	must_store("full", 3);
	must_alias("full", "champion", 2);
	must_alias("full", "challenger", 3);
	ck_assert_int_eq(version_of("full"), 2);
	ck_assert_int_eq(version_of("full@champion"), 2);
	ck_assert_int_eq(version_of("full@challenger"), 3);
	ck_assert_int_eq(version_of("full@nobody"), GW_ENOENT);
	ck_assert_int_eq(version_of("full:1"), 1);
}
END_TEST

START_TEST(rolling_back_goes_the_way_it_came)
{
	int32_t version = 0;
	struct gw_err err;

	for (int32_t v = 1; v <= 3; v++) {
		must_store("full", v);
		must_alias("full", "champion", v);
		must_alias("full", "champion", v);	/* no second entry in its history */
	}
	ck_assert_int_eq(gw_registry_rollback(&env, "models", "full", "champion", &version, &err),
	    0);
	ck_assert_int_eq(version, 2);
	ck_assert_int_eq(gw_registry_rollback(&env, "models", "full", "champion", &version, &err),
	    0);
	ck_assert_int_eq(version, 1);
	ck_assert_int_eq(gw_registry_rollback(&env, "models", "full", "champion", &version, &err),
	    GW_ENOENT);
	ck_assert_int_eq(version_of("full"), 1);
}
END_TEST

START_TEST(an_alias_forgets_what_is_long_ago)
{
	int32_t version;
	int back = 0;

	for (int32_t v = 1; v <= GW_ALIAS_HISTORY_MAX + 5; v++) {
		must_store("full", v);
		must_alias("full", "champion", v);
	}
	while (gw_registry_rollback(&env, "models", "full", "champion", &version, NULL) == 0)
		back++;
	ck_assert_int_eq(back, GW_ALIAS_HISTORY_MAX - 1);
}
END_TEST

START_TEST(an_alias_needs_a_version_that_is_there_and_a_name)
{
	struct gw_err err;

	must_store("full", 1);
	ck_assert_int_eq(gw_registry_alias(&env, "models", "full", "champion", 2, &err), GW_ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "full:2"));
	ck_assert_int_eq(gw_registry_alias(&env, "models", "full", "a/b", 1, &err), GW_EINVAL);
	ck_assert_int_eq(gw_registry_alias(&env, "models", "../x", "champion", 1, &err), GW_EINVAL);
}
END_TEST

START_TEST(a_reference_is_no_way_out_of_the_registry)
{
	must_store("full", 1);
	ck_assert_int_eq(version_of(".."), GW_EINVAL);
	ck_assert_int_eq(version_of("full:0"), GW_EINVAL);
	ck_assert_int_eq(version_of("full:-1"), GW_EINVAL);
	ck_assert_int_eq(version_of("full:x"), GW_EINVAL);
	ck_assert_int_eq(version_of("full@"), GW_EINVAL);
	ck_assert_int_eq(version_of(""), GW_EINVAL);
}
END_TEST

START_TEST(a_path_is_read_as_a_file_or_a_folder_with_one)
{
	must_store("full", 1);
	must_store("full", 2);
	ck_assert_int_eq(version_of("models/full/2/model.gw"), 2);
	ck_assert_int_eq(version_of("models/full/1"), 1);
	ck_assert_int_eq(version_of("models/full/7/model.gw"), GW_ENOENT);
}
END_TEST

START_TEST(a_missing_model_is_named_with_what_is_there)
{
	struct gw_err err;

	ck_assert_ptr_null(gw_registry_load(&env, "models", "full", &err));
	ck_assert_str_eq(err.msg,
	    "no model full in models: it holds no model; make one with gridwire train");
	must_store("classic", 1);
	must_store("b", 1);
	ck_assert_ptr_null(gw_registry_load(&env, "models", "full", &err));
	ck_assert_str_eq(err.msg, "no model full in models: it has b, classic");
}
END_TEST

START_TEST(a_version_moved_by_hand_is_noticed)
{
	struct gw_err err;

	must_store("full", 1);
	ck_assert_int_eq(env.fs->rename(env.fs->ctx, "models/full/1", "models/full/9", NULL), 0);
	ck_assert_ptr_null(gw_registry_load(&env, "models", "full:9", &err));
	ck_assert_int_eq(err.code, GW_EDATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "calls itself full:1"));
}
END_TEST

START_TEST(a_damaged_model_is_refused)
{
	must_store("full", 1);
	ck_assert_int_eq(mem_fs_flip(disk, "models/full/1/model.gw", 300, 2), 0);
	ck_assert_int_eq(version_of("full"), GW_ECORRUPT);
}
END_TEST

START_TEST(damaged_aliases_are_refused_and_named)
{
	static const char *const bad[] = { "[]", "{\"champion\":1}", "{\"champion\":[]}",
		"{\"a/b\":[1]}", "{\"champion\":[1.5e99]}", "{", "" };
	struct gw_err err;

	must_store("full", 1);
	for (size_t i = 0; i < GW_N(bad); i++) {
		ck_assert_int_eq(gw_fs_replace(env.fs, "models/full/aliases.json", gw_str(bad[i]),
		    NULL), 0);
		ck_assert_ptr_null(gw_registry_load(&env, "models", "full", &err));
		ck_assert_int_eq(err.code, GW_EDATA);
		ck_assert_ptr_nonnull(strstr(err.msg, "models/full/aliases.json"));
	}
	ck_assert_int_eq(version_of("full:1"), 1);
}
END_TEST

static int
list_line(void *arg, const char *name, int32_t version, const char *aliases)
{
	gw_buf_printf(arg, "%s:%d[%s] ", name, (int)version, aliases);
	return 0;
}

START_TEST(the_list_is_by_name_and_number_with_aliases)
{
	struct gw_buf text;

	for (int32_t v = 1; v <= 10; v++)
		must_store("full", v);
	must_store("classic", 1);
	must_alias("full", "champion", 10);
	must_alias("full", "canary", 10);
	/* What does not belong is passed over. */
	ck_assert_int_eq(env.fs->mkdir(env.fs->ctx, "models/full/.new-1", NULL), 0);
	ck_assert_int_eq(env.fs->mkdir(env.fs->ctx, "models/full/01", NULL), 0);
	ck_assert_int_eq(env.fs->mkdir(env.fs->ctx, "models/empty", NULL), 0);
	ck_assert_int_eq(gw_fs_replace(env.fs, "models/README", gw_str("x"), NULL), 0);
	gw_buf_init(&text, &alloc, 0);
	ck_assert_int_eq(gw_registry_list(&env, "models", list_line, &text, NULL), 0);
	gw_buf_putc(&text, '\0');
	ck_assert_str_eq((char *)text.ptr,
	    "classic:1[] full:1[] full:2[] full:3[] full:4[] full:5[] "
	    "full:6[] full:7[] full:8[] full:9[] full:10[champion,canary] ");
	gw_buf_clear(&text);
	ck_assert_int_eq(gw_registry_list(&env, "nowhere", list_line, &text, NULL), 0);
	ck_assert_uint_eq(text.len, 0);
	gw_buf_fini(&text);
}
END_TEST

START_TEST(the_card_is_kept_beside_the_model)
{
	struct gw_model *m;
	struct gw_buf card;

	must_store("full", 1);
	m = gw_registry_load(&env, "models", "full", NULL);
	ck_assert_ptr_nonnull(m);
	gw_buf_init(&card, &alloc, 0);
	ck_assert_int_eq(gw_registry_card(&env, "models", m, &card, NULL), 0);
	ck_assert_uint_eq(card.len, 7);
	gw_buf_fini(&card);
	gw_model_free(m);
}
END_TEST

START_TEST(a_name_that_is_none_is_not_stored)
{
	int32_t version;

	ck_assert_int_eq(store("../x", &version), GW_EINVAL);
	ck_assert_int_eq(store("", &version), GW_EINVAL);
	ck_assert_int_eq(gw_registry_list(&env, ".", list_line, NULL, NULL), 0);
}
END_TEST

/* Whatever call fails, and whether the power goes as well: version 1 stands, a new one is whole. */
START_TEST(a_failing_disk_never_leaves_half_a_version)
{
	for (uint64_t n = 1;; n++) {
		int32_t version, after;
		int rc;

		teardown();
		setup();
		must_store("full", 1);
		must_alias("full", "champion", 1);
		mem_fs_fail_at(disk, n, n % 2 == 0 ? GW_ENOSPC : GW_EIO);
		rc = store("full", &version);
		mem_fs_fail_at(disk, 0, 0);
		after = version_of("full:2");
		ck_assert_msg(after == 2 || after == GW_ENOENT, "call %d: %d", (int)n, (int)after);
		ck_assert_int_eq(version_of("full"), 1);
		if (rc == 0) {
			ck_assert_int_eq(after, 2);
			ck_assert_uint_gt(n, 5);
			break;
		}
	}
}
END_TEST

START_TEST(a_crash_never_leaves_half_a_version)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		int32_t version, after;

		mem_fs_free(disk);
		disk = mem_fs_new(seed);
		env.fs = mem_fs_seam(disk);
		must_store("full", 1);
		mem_fs_fail_at(disk, seed % 20 + 1, GW_EIO);
		(void)store("full", &version);
		mem_fs_crash(disk);
		env.fs = mem_fs_seam(disk);
		mem_fs_fail_at(disk, 0, 0);
		ck_assert_int_eq(version_of("full:1"), 1);
		after = version_of("full:2");
		ck_assert_msg(after == 2 || after == GW_ENOENT, "seed %d: %d", (int)seed,
		    (int)after);
		/* Whatever is left of the attempt does not keep the next one from its place. */
		ck_assert_int_eq(store("full", &version), 0);
		ck_assert_int_eq(version_of("full"), version);
	}
}
END_TEST

START_TEST(a_stored_version_survives_the_power)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		mem_fs_free(disk);
		disk = mem_fs_new(seed);
		env.fs = mem_fs_seam(disk);
		must_store("full", 1);
		must_alias("full", "champion", 1);
		mem_fs_crash(disk);
		ck_assert_int_eq(version_of("full@champion"), 1);
	}
}
END_TEST

/* A folder that lies once about what it holds: another training has taken the number meanwhile. */
static struct {
	struct gw_fs	*real;
	int		lies;
} liar;

static int
lying_list(void *ctx, const char *path, int (*each)(void *arg, const char *name), void *arg)
{
	return liar.lies-- > 0 ? 0 : liar.real->list(ctx, path, each, arg);
}

START_TEST(two_trainings_that_end_at_once_get_two_numbers)
{
	struct gw_err err = { 0 };
	struct gw_env *posix = gw_env_posix_new(0, false, &err);
	char dir[TEST_PATH_MAX];
	struct gw_model *m;
	struct gw_fs lying;

	ck_assert_msg(posix != NULL, "%s", err.msg);
	test_tmp_new(dir);
	m = sample_model(posix->alloc, "full");
	ck_assert_int_eq(gw_registry_store(posix, dir, m, gw_str(""), &err), 0);
	ck_assert_int_eq(m->version, 1);
	lying = *posix->fs;
	lying.list = lying_list;
	liar.real = posix->fs;
	liar.lies = 1;
	posix->fs = &lying;
	ck_assert_msg(gw_registry_store(posix, dir, m, gw_str(""), &err) == 0, "%s", err.msg);
	ck_assert_int_eq(m->version, 2);
	posix->fs = liar.real;
	gw_model_free(m);
	m = gw_registry_load(posix, dir, "full:1", &err);
	ck_assert_msg(m != NULL, "%s", err.msg);
	gw_model_free(m);
	gw_env_posix_free(posix);
	test_tmp_free(dir);
}
END_TEST

Suite *
check_registry_suite(void)
{
	Suite *s = suite_create("ml/registry");
	TCase *t = tcase_create("registry");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, versions_count_up_and_the_newest_is_meant);
	tcase_add_test(t, the_champion_is_meant_where_there_is_one);
	tcase_add_test(t, rolling_back_goes_the_way_it_came);
	tcase_add_test(t, an_alias_forgets_what_is_long_ago);
	tcase_add_test(t, an_alias_needs_a_version_that_is_there_and_a_name);
	tcase_add_test(t, a_reference_is_no_way_out_of_the_registry);
	tcase_add_test(t, a_path_is_read_as_a_file_or_a_folder_with_one);
	tcase_add_test(t, a_missing_model_is_named_with_what_is_there);
	tcase_add_test(t, a_version_moved_by_hand_is_noticed);
	tcase_add_test(t, a_damaged_model_is_refused);
	tcase_add_test(t, damaged_aliases_are_refused_and_named);
	tcase_add_test(t, the_list_is_by_name_and_number_with_aliases);
	tcase_add_test(t, the_card_is_kept_beside_the_model);
	tcase_add_test(t, a_name_that_is_none_is_not_stored);
	tcase_add_test(t, a_failing_disk_never_leaves_half_a_version);
	tcase_add_test(t, a_crash_never_leaves_half_a_version);
	tcase_add_test(t, a_stored_version_survives_the_power);
	tcase_add_test(t, two_trainings_that_end_at_once_get_two_numbers);
	suite_add_tcase(s, t);
	return s;
}

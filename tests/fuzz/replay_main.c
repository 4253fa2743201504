/* SPDX-License-Identifier: MIT
 *
 * tests/fuzz/replay_main.c - run a fuzzer over committed inputs where there is no libFuzzer.
 *
 * Arguments are folders. Without any, a program fuzz_NAME takes tests/fuzz/corpus/NAME below
 * $GW_SRCDIR. Prints TAP, one test a folder; a folder that is missing or empty fails.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>

#define PATH_LEN_MAX	4096
#define INPUT_MAX	((size_t)4 << 20)

static int
run_file(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX), *exact;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (data == NULL || f == NULL) {
		(void)printf("# cannot read %s\n", path);
		free(data);
		if (f != NULL)
			(void)fclose(f);
		return -1;
	}
	n = fread(data, 1, INPUT_MAX, f);
	(void)fclose(f);
	/* A block of just this size, so that a sanitizer sees the first byte read beyond it. */
	exact = malloc(n == 0 ? 1 : n);
	if (exact != NULL) {
		memcpy(exact, data, n);
		(void)LLVMFuzzerTestOneInput(exact, n);
	}
	free(data);
	free(exact);
	return exact == NULL ? -1 : 0;
}

/* How many inputs went through, or -1. */
static int
run_folder(const char *dir)
{
	char path[PATH_LEN_MAX];
	const struct dirent *e;
	DIR *d = opendir(dir);
	int n = 0;

	if (d == NULL)
		return -1;
	while (n >= 0 && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= (int)sizeof(path) ||
		    run_file(path) != 0)
			n = -1;
		else
			n++;
	}
	(void)closedir(d);
	return n;
}

static int
report(int number, const char *dir)
{
	int n = run_folder(dir);

	(void)printf("%s %d - %s: %d inputs\n", n > 0 ? "ok" : "not ok", number, dir, n);
	(void)fflush(stdout);
	return n > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *root = getenv("GW_SRCDIR"), *name = strrchr(argv[0], '/');
	char dir[PATH_LEN_MAX];
	int failed = 0;

	name = name == NULL ? argv[0] : name + 1;
	if (argc > 1) {
		(void)printf("1..%d\n", argc - 1);
		for (int i = 1; i < argc; i++)
			failed += report(i, argv[i]);
		return failed != 0;
	}
	if (strncmp(name, "fuzz_", 5) != 0) {
		(void)fprintf(stderr, "usage: %s FOLDER...\n", name);
		return 1;
	}
	(void)printf("1..1\n");
	(void)snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s", root == NULL ? "." : root,
	    name + 5);
	return report(1, dir);
}

/* SPDX-License-Identifier: MIT
 *
 * gw-sim - run simulated worlds: "gw-sim --seeds 300" runs seeds 1 to 300, each twice in a while to
 * see that it repeats; "gw-sim --seed N --verbose" replays one and tells what happens.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/delivery.h"
#include "tests/sim/scoring.h"
#include "tests/sim/transactions.h"

#define TWIN_EVERY 16

struct options {
	uint64_t	from, count;
	bool		verbose, tap, cluster, txns, scoring;
	struct sim_result (*play)(uint64_t seed, bool verbose);
};

static void
usage(void)
{
	puts("gw-sim [--cluster] [--transactions | --scoring] [--seed N | --from N --seeds COUNT] "
	    "[--tap] [--verbose]");
}

static bool
number(int argc, char **argv, int *i, uint64_t *out)
{
	char *end;

	if (++*i >= argc)
		return false;
	*out = strtoull(argv[*i], &end, 10);
	return end != argv[*i] && *end == '\0';
}

static bool
parse(int argc, char **argv, struct options *o)
{
	bool good = true;
	int i;

	for (i = 1; i < argc && good; i++) {
		if (strcmp(argv[i], "--seed") == 0) {
			good = number(argc, argv, &i, &o->from);
			o->count = 1;
		} else if (strcmp(argv[i], "--from") == 0) {
			good = number(argc, argv, &i, &o->from);
		} else if (strcmp(argv[i], "--seeds") == 0) {
			good = number(argc, argv, &i, &o->count);
		} else if (strcmp(argv[i], "--verbose") == 0) {
			o->verbose = true;
		} else if (strcmp(argv[i], "--transactions") == 0) {
			o->txns = true;
		} else if (strcmp(argv[i], "--scoring") == 0) {
			o->scoring = true;
		} else if (strcmp(argv[i], "--cluster") == 0) {
			o->cluster = true;
		} else if (strcmp(argv[i], "--tap") == 0) {
			o->tap = true;
		} else {
			good = false;
		}
	}
	if (o->scoring)
		o->play = sim_scoring;
	else if (o->cluster)
		o->play = o->txns ? sim_transactions_cluster : sim_delivery_cluster;
	else if (o->txns)
		o->play = sim_transactions;
	return good;
}

static bool
run_one(uint64_t seed, const struct options *o, struct sim_result *sum)
{
	struct sim_result r = o->play(seed, o->verbose), twin;

	if (r.failure[0] == '\0' && seed % TWIN_EVERY == 0) {
		twin = o->play(seed, false);
		if (twin.trace != r.trace)
			snprintf(r.failure, sizeof(r.failure),
			    "does not repeat: trace %016llx, then %016llx",
			    (unsigned long long)r.trace, (unsigned long long)twin.trace);
	}
	if (r.failure[0] != '\0')
		printf("# seed %llu: %s\n# replay: gw-sim%s%s --seed %llu --verbose\n",
		    (unsigned long long)seed, r.failure, o->cluster ? " --cluster" : "",
		    o->txns ? " --transactions" : o->scoring ? " --scoring" : "",
		    (unsigned long long)seed);
	sum->records += r.records;
	sum->delivered += r.delivered;
	sum->turns += r.turns;
	sum->virtual_us += r.virtual_us;
	sum->cuts += r.cuts;
	sum->crashes += r.crashes;
	sum->power_cuts += r.power_cuts;
	sum->full_disks += r.full_disks;
	sum->members_killed += r.members_killed;
	sum->pauses += r.pauses;
	sum->moves += r.moves;
	sum->deaths += r.deaths;
	sum->hangs += r.hangs;
	sum->denials += r.denials;
	if (o->count == 1)
		printf("# trace %016llx\n", (unsigned long long)r.trace);
	return r.failure[0] == '\0';
}

int
main(int argc, char **argv)
{
	struct options o = { .from = 1, .count = 300, .play = sim_delivery };
	struct sim_result sum = { .turns = 0 };
	uint64_t seed, bad = 0;

	if (!parse(argc, argv, &o)) {
		usage();
		return 1;
	}
	/* who only waits for the first failure sees it at once */
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (seed = o.from; seed < o.from + o.count; seed++)
		bad += !run_one(seed, &o, &sum);
	if (o.tap)
		printf("1..1\n%sok 1 - %llu simulated worlds keep every promise\n",
		    bad == 0 ? "" : "not ", (unsigned long long)o.count);
	printf("# %llu seeds, %llu failed; %.0f s of virtual time, %zu records sent, "
	    "%zu acknowledged; %llu connections cut, %u broker crashes of which %u power cuts, "
	    "%u full disks, %u consumers killed, %u processes stopped, %u leaders moved, "
	    "%u nodes died, %u hung, %u batches denied by old leaders\n",
	    (unsigned long long)o.count, (unsigned long long)bad, (double)sum.virtual_us / 1e6,
	    sum.records, sum.delivered, (unsigned long long)sum.cuts, sum.crashes, sum.power_cuts,
	    sum.full_disks, sum.members_killed, sum.pauses, sum.moves, sum.deaths, sum.hangs,
	    sum.denials);
	fflush(stdout);
	sim_scoring_fini();
	return bad == 0 ? 0 : 1;
}

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Our client beside librdkafka, franz-go, kcat and Java's, and beside ready-made requests, which are what
# broker and kernel allow without any client: the same records to and from the same broker, turn by turn, so
# that what else the machine does hits all of them. Prints medians and ratios.
#
# Usage: tests/bench/client.sh [--write] [--latency] [--kafka VERSION] [RECORDS [TURNS]]
#
# On the embedded broker, or on an Apache Kafka that scripts/kafka starts; 1000000 records (a fifth where they have
# 1000 bytes) and 5 turns unless said.
# --latency: only of single records. --write: on both (4.3.1), and doc/client-performance.md is what came out;
# with --latency its other tables stay.
# Needs python3, a libc to link statically with, valgrind for the instructions, and for each peer what builds it: npm, make and a C compiler
# (librdkafka's source comes in an npm package), go, kcat, Java 17 and Maven (the tools of Apache Kafka). A
# peer that cannot be had is left out, and said so. GW_BUILDDIR is where gridwire was built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${GW_BUILDDIR:-.}" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gridwire/bench
work=$(mktemp -d "${TMPDIR:-/tmp}/gw-bench.XXXXXX")
version= broker= write= tools=4.3.1
while :; do
	case ${1-} in
	--write) write=yes; shift;;
	--latency) export GW_BENCH_LATENCY=yes; shift;;
	--kafka) version=$2 tools=$2; shift 2;;
	*) break;;
	esac
done
records=${1:-1000000} turns=${2:-5}
cleanup() {
	stop
	rm -rf "$work"
}
stop() {
	[ -z "$broker" ] || { kill "$broker" && wait "$broker" || true; }
	broker=
	[ -z "$version" ] || "$here/../../scripts/kafka" stop "$version" >/dev/null 2>&1 || true
}
trap cleanup EXIT

# librdkafka, without what the comparison does not use
librdkafka() {
	[ -x "$cache/librdkafka" ] && [ "$cache/librdkafka" -nt "$here/peers/librdkafka.c" ] && return
	mkdir -p "$cache/rdk"
	if [ ! -f "$cache/rdk/src/librdkafka.a" ]; then
		(cd "$work" && npm pack --silent @confluentinc/kafka-javascript >/dev/null && tar xzf ./*.tgz &&
		cp -R package/deps/librdkafka/. "$cache/rdk" && cd "$cache/rdk" &&
		./configure --disable-ssl --disable-sasl --disable-zstd --disable-curl --disable-lz4-ext --enable-static &&
		make -C src librdkafka.a) >"$work/rdk.log" 2>&1 || return 1
	fi
	mkdir -p "$work/include/librdkafka" && cp "$cache"/rdk/src/rdkafka.h "$work/include/librdkafka"
	cc -O2 -I"$work/include" -I"$here/../.." -o "$cache/librdkafka" "$here/peers/librdkafka.c" "$cache/rdk/src/librdkafka.a" -lz -lpthread -lm -ldl -lrt
}
franz() {
	[ -x "$cache/franz" ] && [ "$cache/franz" -nt "$here/peers/franz/main.go" ] && return
	mkdir -p "$cache" && (cd "$here/peers/franz" && go build -o "$cache/franz" .) >"$work/go.log" 2>&1
}
kcat() { type -P kcat >/dev/null; }
java() { "$here/../../scripts/kafka" fetch "$tools" >"$work/java.log" 2>&1; }
cc -O2 -shared -fPIC -o "$work/count_calls.so" "$here/count_calls.c" -ldl
# Linked as the program is that people drop on a host: a first acknowledgement takes a millisecond, and one
# that first looks for its functions in shared libraries a twelfth more.
linked() {
	local libs
	libs=$(sed -n 's/^LIBS = //p' "$build/Makefile")
	mkdir "$work/static"
	# shellcheck disable=SC2086
	cc -static -Wl,--gc-sections -o "$work/static/bench_client" "$build/tests/bench/bench_client.o" "$build/libgridwire.a" $libs &&
		cc -static -Wl,--gc-sections -o "$work/static/bench_raw" "$build/tests/bench/bench_raw.o" \
			"$build/src/wire/libgwwire.a" "$build/src/base/libgwbase.a" $libs
}
linked >"$work/link.log" 2>&1 || { cat "$work/link.log" >&2; echo "client.sh: cannot link statically" >&2; exit 1; }
peers=
for p in librdkafka franz kcat java; do
	if $p; then peers="$peers $p"; else echo "client.sh: $p could not be built and is left out" >&2; fi
done

export GW_BENCH_KAFKA="$here/../../scripts/kafka run $tools"

on() {	# VERSION, or nothing for the embedded broker
	version=$1
	if [ -n "$version" ]; then
		address=$("$here/../../scripts/kafka" start "$version" | tail -1)
	else
		"$build/gridwire" broker --listen 127.0.0.1:0 --dir "$work/log" 2>"$work/broker" &
		broker=$!
		until address=$(sed -n 's/^listening on //p' "$work/broker") && [ -n "$address" ]; do sleep 0.1; done
	fi
	echo "broker: ${version:-embedded}${version:+ (Apache Kafka)}; $(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); $records records, $turns turns"
	# shellcheck disable=SC2086
	GW_BENCH_BROKER=$broker python3 "$here/client.py" "$build" "$cache" "$work" "$address" "$records" "$turns" $peers
	stop
}

if [ -z "$write" ]; then
	on "$version"
	exit
fi
# section HEADING VERSION: what ran, or what the document had of it and the latencies that ran.
doc=$here/../../doc/client-performance.md
section() {
	if [ -z "${GW_BENCH_LATENCY-}" ]; then
		on "$2"
	else
		awk -v h="## $1" '$0 == h { here = 1 } /^one record of/ { here = 0 } here && !/^(```|##|$)/ { seen = 1 }
			here && seen' "$doc"
		on "$2" | sed 1,2d
	fi
}
section "The embedded broker" "" | tee "$work/embedded"
section "Apache Kafka $tools" "$tools" | tee "$work/kafka"
{
	cat <<END
# The client beside others

Written by \`tests/bench/client.sh --write $records $turns\`${GW_BENCH_LATENCY:+, the latencies anew by \`--write --latency\`}; $("$build/gridwire" version | head -1).

The same records to and from the same broker, by each program in turn, in another order each turn. "raw" is no client at all: requests made beforehand, answers of which no more is read
than the next offset; "of raw" is the median of what two runs beside each other say (gridwire and raw run three times a turn). CPU, instructions and calls are of the program alone, per record. CPU
of kcat and Java is with their start and, Java, its compiler; instructions and calls are the difference of two runs, without it. Wall time is of program and broker together on one machine, from
the start of the client (librdkafka's and kcat's first half second counts; Java's tools count from their first record): with two processors for both, pairs of runs differ by a third, ready-made
requests too. The latencies of gridwire and raw are of programs linked statically, as gridwire is shipped; with shared libraries a first acknowledgement takes each of them longer, by 0.02 ms raw and by 0.06 ms
ours, as more functions are looked up.

What the latencies are made of:

- With the embedded broker's default \`--fsync batch\` nothing waits for the disk; a record is there and back in 10 us where the scheduler leaves both programs on one processor, and in 60 to 90
  where it wakes the other one. So that its choice decides nothing, the embedded broker has the first processor here and the programs the others. A p99 of milliseconds, in
  ready-made requests as well, is a program that waits for its turn on a busy processor.
- On Apache Kafka 4.x the coordinator answers EndTxn before the markers are written. A batch of the next transaction that comes sooner is tried again by the broker itself, after
  \`add.partitions.to.txn.retry.backoff.ms\` (20): ready-made requests, one behind the other, take that long. Ours asks first whether it is done, which is answered at once, up to four times in a row, then after
  1, 2, 4 ms. "a second" is of all the time that a run took, start and slow ones too.
  librdkafka speaks the older protocol, in which that is the only way.

## The embedded broker

\`\`\`
END
	cat "$work/embedded"
	printf '```\n\n## Apache Kafka %s\n\n```\n' "$tools"
	cat "$work/kafka"
	echo '```'
} >"$work/client-performance.md"
cp "$work/client-performance.md" "$doc"

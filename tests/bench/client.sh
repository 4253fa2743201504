#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Our client beside librdkafka and franz-go, and beside ready-made requests, which are what broker and
# kernel allow without any client: the same records to and from the same broker, turn by turn, so that
# what else the machine does hits all of them. Prints medians and ratios.
#
# Usage: tests/bench/client.sh [--kafka VERSION] [RECORDS [TURNS]]	(default: the embedded broker, 500000 3)
# Needs python3, valgrind for the instructions, and for each peer what builds it: npm, make and a C
# compiler (librdkafka's source comes in an npm package), go. A peer that cannot be built is left out,
# and said so. GW_BUILDDIR is where gridwire was built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${GW_BUILDDIR:-.}" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gridwire/bench
work=$(mktemp -d "${TMPDIR:-/tmp}/gw-bench.XXXXXX")
version= broker=
if [ "${1-}" = --kafka ]; then version=$2; shift 2; fi
cleanup() {
	[ -z "$broker" ] || { kill "$broker" && wait "$broker" || true; }
	[ -z "$version" ] || "$here/../../scripts/kafka" stop "$version" >/dev/null 2>&1 || true
	rm -rf "$work"
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
peers=
for p in librdkafka franz; do
	if $p; then peers="$peers $p"; else echo "client.sh: $p could not be built and is left out" >&2; fi
done

if [ -n "$version" ]; then
	address=$("$here/../../scripts/kafka" start "$version" | tail -1)
else
	"$build/gridwire" broker --listen 127.0.0.1:0 --dir "$work/log" 2>"$work/broker" &
	broker=$!
	until address=$(sed -n 's/^listening on //p' "$work/broker") && [ -n "$address" ]; do sleep 0.1; done
fi
echo "broker: ${version:-embedded}${version:+ (Apache Kafka)}; $(nproc) processors"
python3 "$here/client.py" "$build" "$cache" "$address" "${1:-500000}" "${2:-3}" $peers

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kcat (librdkafka) and the embedded broker understand each other, in both directions.
. "$(dirname "$0")/lib.sh"
require kcat jq
broker_start
seq 1 20000 | sed 's/.*/{"n":&,"text":"first and ten at the twenty"}/' >"$work/lines"

for codec in none gzip snappy lz4 zstd; do
	exits "kcat produces 20,000 lines, $codec" 0 kcat -P -b "$b" -t "in-$codec" -z $codec -l "$work/lines"
	"$gw" consume -b "$b" -t "in-$codec" -o beginning -e -q >"$work/back" 2>"$work/stderr"
	try "gridwire reads them, $codec" cmp "$work/back" "$work/lines"
	exits "gridwire produces 20,000 lines, $codec" 0 "$gw" produce -b "$b" -t "out-$codec" -z $codec -l "$work/lines"
	kcat -C -b "$b" -t "out-$codec" -o beginning -e -q >"$work/back" 2>"$work/stderr"
	try "kcat reads them, $codec" cmp "$work/back" "$work/lines"
done

printf 'k1:v1\nk2:v2\n' | kcat -P -b "$b" -t keyed -K: -H source=kcat
is "keys and headers arrive" "$("$gw" consume -b "$b" -t keyed -o beginning -e -q -f '%k=%s %h\n' | sort | tr '\n' ' ')" \
	"k1=v1 source=kcat k2=v2 source=kcat "
is "-J prints the envelope kcat prints" \
	"$("$gw" consume -b "$b" -t keyed -o beginning -e -q -J | jq -c '[.topic,.partition,.offset,.key,.payload]' | sort)" \
	"$(kcat -C -b "$b" -t keyed -o beginning -e -q -J | jq -c '[.topic,.partition,.offset,.key,.payload]' | sort)"
is "an offset from the start" "$("$gw" consume -b "$b" -t in-none -p 0 -o 19999 -e -q)" "$(tail -1 "$work/lines")"
is "an offset from the end" "$("$gw" consume -b "$b" -t in-none -p 0 -o -3 -e -q)" "$(tail -3 "$work/lines")"
is "-c ends after so many" "$("$gw" consume -b "$b" -t in-none -o beginning -c 7 -q | wc -l | tr -d ' ')" 7

# What both are told alike, both print alike.
printf 'k1:v1\nk2:\n:v3\nv4\n' >"$work/mixed"
printf '\001\002\003\004xyz' >"$work/bytes"
kcat -P -b "$b" -t same -p 0 -K: -H a=1 -H b=x=y -l "$work/mixed"
kcat -P -b "$b" -t same -p 0 -k file "$work/bytes"
as_kcat() {	# NAME OPTIONS...
	name=$1
	shift
	kcat -C -b "$b" -t same -e -q "$@" >"$work/theirs" 2>"$work/stderr" </dev/null
	"$gw" consume -b "$b" -t same -e -q "$@" >"$work/ours" 2>>"$work/stderr" </dev/null
	if cmp -s "$work/theirs" "$work/ours"; then pass "as kcat: $name"; else fail "as kcat: $name" "$work/stderr"; fi
}
as_kcat 'directives' -f '%t %p %o %k|%s|%S|%K|%T|%h\n'
as_kcat 'escapes' -f '%R%%\r\t\x41\x4\n\\\"'
as_kcat '-K and -D' -K '\t' -D '|\n'
as_kcat '-o N' -o 3
as_kcat '-o past the end' -o 99 -p 0
as_kcat '-o -N, -c' -o -2 -c 1
as_kcat '-c 0 is no limit' -c 0
as_kcat '-s of values' -o -1 -s value='>hh s'
as_kcat '-s of both' -o -1 -s key=cccc -s value='i ccc$' -f '%k: %s %S\n'

"$gw" produce -b "$b" -t ours -p 0 -K: -k file -H a=1 -l "$work/mixed" && "$gw" produce -b "$b" -t ours -p 0 -k file "$work/bytes"
kcat -P -b "$b" -t theirs -p 0 -K: -k file -H a=1 -l "$work/mixed" && kcat -P -b "$b" -t theirs -p 0 -k file "$work/bytes"
all='%o %k|%s|%S|%K|%h~'
is "-K with -k, and a whole file, as kcat" "$(kcat -C -b "$b" -t ours -e -q -f "$all")" "$(kcat -C -b "$b" -t theirs -e -q -f "$all")"
exits "with transactional.id all lines are one transaction" 0 "$gw" produce -b "$b" -t one-tx -X transactional.id=one -l "$work/mixed"
is "which kcat reads as committed" "$(kcat -C -b "$b" -t one-tx -e -q -X isolation.level=read_committed | wc -l | tr -d ' ')" 4

try "kcat -L lists the topics" sh -c "kcat -L -J -b $b | jq -e '.topics | length >= 5'"
is "kcat -Q finds an offset by time" "$(kcat -Q -b "$b" -t in-none:0:1 2>/dev/null | sed 's/.*offset //')" 0

timeout 60 kcat -G "g-$$" -b "$b" -X auto.offset.reset=earliest -e -q in-gzip >"$work/back" 2>"$work/stderr"
try "kcat reads as a group" cmp "$work/back" "$work/lines"
is "gridwire sees that group without lag" \
	"$("$gw" group describe -b "$b" -g "g-$$" --json | jq -r '[.. | .lag? // empty] | add')" 0
plan

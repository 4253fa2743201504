#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The demo: a game from a season file to predictions in one process that leaves nothing behind.
. "$(dirname "$0")/lib.sh"

exits "demo --fast" 0 "$gw" demo --fast --data "$data" --game $game --out "$work/out"
csv=$(find "$work/out" -name 'predictions*.csv' | head -1)
n=$(($(lines "${csv:-/dev/null}") - 1))
if [ $n -ge 100 ]; then pass "its CSV has more than 100 predictions"; else fail "its CSV has $n predictions"; fi
try "it prints a line for most plays" test "$(lines "$work/stdout")" -ge $n

for signal in INT TERM; do
	for pause in 0.1 1 4; do
		"$gw" demo --data "$data" --game $game --out "$work/out-$signal-$pause" >"$work/stdout" 2>"$work/stderr" </dev/null &
		demo=$!
		pids="$pids $demo"
		sleep $pause
		kill -$signal $demo 2>/dev/null
		(sleep 5; kill -9 $demo) 2>/dev/null &
		watch=$!
		wait $demo
		is "SIG$signal after $pause s ends it" $? 130
		kill $watch 2>/dev/null
		wait $watch 2>/dev/null
	done
done
exits "the folder of an interrupted one is free again" 0 "$gw" demo --fast --data "$data" --game $game --out "$work/out-INT-4"
plan

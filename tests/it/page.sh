#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The live page in a real browser: a Sunday of 14 games through a connection that is cut again and
# again. tests/it/page.py drives Chromium and looks; here is what it looks at. Skipped without
# Chromium. With GW_SHOTS=DIR its screenshots are kept there; GW_AXE=FILE is axe.min.js, else npm
# brings it (scripts/install-deps page).
. "$(dirname "$0")/lib.sh"
require chromium chromedriver python3

axe=${GW_AXE:-}
if [ -z "$axe" ] && command -v npm >/dev/null; then
	(cd "$work" && npm pack --silent axe-core@4.10.3 && tar -xzf axe-core-*.tgz package/axe.min.js) >"$work/npm.log" 2>&1 &&
		axe=$work/package/axe.min.js
fi
shots=${GW_SHOTS:-$work/shots}
mkdir -p "$shots"

train_small
"$gw" eval --model classic --models "$work/models" --data "$data" --seasons 2024 --games 2024_01_BAL_KC,2024_03_KC_ATL --html "$work/report.html" --json -q >"$work/report.json" 2>"$work/report.err"
is "a model's evaluation is written as a page" $? 0
broker_start
export GRIDWIRE_BOOTSTRAP="$b"
"$gw" topic create nfl-plays --partitions 3 >"$work/topic.out" 2>&1 || fail "the topic is made" "$work/topic.out"

: >"$work/score.log"
"$gw" score -g page --models "$work/models" --csv "$work/p.csv" --http 127.0.0.1:0 >"$work/score.out" 2>>"$work/score.log" &
score_pid=$!
pids="$pids $score_pid"
tries=0
until url=$(sed -n 's/.*the page is at \(http:[^ ]*\).*/\1/p' "$work/score.log") && [ -n "$url" ]; do
	tries=$((tries + 1))
	if [ $tries -gt 600 ]; then fail "the scorer tells the page's address" "$work/score.log"; plan; fi
	sleep 0.1
done
pass "the scorer tells the page's address"

# Which games they are is no matter.
games=$(gzip -dc "$data/play_by_play_2024.csv.gz" | grep -o '2024_01_[A-Z]*_[A-Z]*' | sort -u | head -14)
produce_all() {
	for g in $games; do
		"$gw" produce --data "$data" --game "$g" --delay 0.01 -q || return
	done
}
(produce_all) >"$work/produce.log" 2>&1 &
producer=$!
pids="$pids $producer"
python3 "$GW_SRCDIR/tests/it/page.py" "$url" "$work" "$shots" "$axe" "$producer" >"$work/page.tap" 2>"$work/page.err"
is "the browser's driver came to its end" $? 0
[ ! -s "$work/page.err" ] || sed 's/^/# /' "$work/page.err"
while read -r verdict name; do
	case $verdict in
	ok) pass "$name";;
	not-ok) fail "$name";;
	skip) skip "$name" "axe-core could not be fetched";;
	*) note "$name";;
	esac
done <"$work/page.tap"

kill -TERM $score_pid
wait $score_pid
is "the scorer ends well under its viewers" $? 0
plan

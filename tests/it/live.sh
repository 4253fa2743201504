#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The live feed: a recorded game from a server that has a bad day, recordings, the same predictions
# from ESPN's rows as from nflverse's.
. "$(dirname "$0")/lib.sh"
require python3 curl jq

recordings=$GW_SRCDIR/tests/data/espn
here=$GW_SRCDIR/tests/it
event=401671876
broker_start
train_small

feed_start() {
	: >"$work/port"
	python3 "$here/espn_server.py" "$recordings/playbyplay/2024_17_SEA_CHI.401671876.json.gz" >"$work/port" &
	feed=$!
	pids="$pids $feed"
	tries=0
	until [ -s "$work/port" ]; do
		tries=$((tries + 1))
		[ $tries -le 100 ] || { fail "the feed listens"; plan; }
		sleep 0.1
	done
	url=http://127.0.0.1:$(cat "$work/port")/nfl
}
feed_end() {
	kill "$feed"
	wait "$feed" 2>/dev/null
}
topic() { "$gw" consume -b "$b" -t "$1" -e -q 2>/dev/null; }	# its values

# ---- a bad day ----
feed_start
exits "games lists what is on" 0 "$gw" games --espn-url "$url" --json
try "with its event and nflverse's id" grep -q "\"event\":$event,\"game_id\":\"2024_17_SEA_CHI\",\"state\":\"in\"" "$work/stdout"
exits "a name that is no event" 7 "$gw" produce -b "$b" --source espn --event 2024_17_SEA_CH --data "$data" --espn-url "$url"
exits "an unknown event" 7 "$gw" produce -b "$b" --source espn --event 17 --espn-url "$url"
exits "a bad day is survived" 0 "$gw" produce -b "$b" -t bad --source espn --event $event --data "$data" --espn-url "$url" --espn-interval 0.05 --record "$work/tape"
cp "$work/stderr" "$work/bad.err"
feed_end
exits "a good day, by the game's id" 0 "$gw" produce -b "$b" -t good --source espn --event 2024_17_SEA_CHI --data "$data" --from "$recordings/playbyplay"
topic bad >"$work/bad.jsonl"
topic good >"$work/good.jsonl"
is "the same plays as in the season's file" "$(jq -r .play_id "$work/good.jsonl" | sort -u | wc -l)" \
	"$("$gw" produce -b "$b" -t season --data "$data" --game 2024_17_SEA_CHI --delay 0 2>&1 | sed -n 's/^\([0-9]*\) plays.*/\1/p')"
said=$(python3 "$here/live_check.py" day "$work/bad.jsonl" "$work/good.jsonl")
if [ $? = 0 ]; then pass "nothing invented, nothing twice: $said"; else fail "nothing invented, nothing twice"; note "$said"; fi
for figure in bad refused empty temporary revisions withdrawn returned; do
	try "\"$figure\" is counted" grep -q "[0-9] $figure" "$work/bad.err"
done

# ---- its predictions ----
for day in bad good; do
	exits "a $day day is scored" 0 "$gw" score -b "$b" -t $day -e --csv "$work/$day.csv" --models "$work/models" --model classic
done
said=$(python3 "$here/live_check.py" corrections "$work/bad.jsonl" "$work/bad.csv" "$work/good.csv" 2>&1)
if [ $? = 0 ]; then pass "corrections and withdrawals are scored as they come: $said"
else fail "corrections and withdrawals are scored as they come"; note "$said"; fi

# ---- its recording ----
exits "it can be played again" 0 "$gw" produce -b "$b" -t again --source espn --event $event --data "$data" --from "$work/tape" --speed 0
topic again >"$work/again.jsonl"
try "and tells the same" cmp -s "$work/bad.jsonl" "$work/again.jsonl"
exits "a recording is not overwritten" 8 "$gw" games --espn-url "$url" --record "$work/tape"

# ---- what is on ----
for board in "$recordings"/live/*scoreboard*; do
	rm -rf "$work/board"
	mkdir "$work/board"
	cp "$board" "$work/board"
	"$gw" games --from "$work/board" >"$work/games" 2>"$work/stderr"
	try "games fits 80 columns: $(lines "$work/games") lines" awk 'length > 80 { exit 1 } END { exit NR < 10 }' "$work/games"
done

# ---- no network ----
exits "offline: games says so" 2 "$gw" games --espn-url "$url"
exits "offline: produce says so" 2 "$gw" produce -b "$b" --source espn --scoreboard --espn-url "$url"
(PATH=/nonexistent GRIDWIRE_FETCH=curl "$gw" games --espn-url "$url" 2>&1 | grep -q "curl is not installed") &&
	pass "without curl it says what is missing" || fail "without curl it says what is missing"

# ---- the demo ----
exits "the demo follows a game" 0 "$gw" demo --live --event $event --from "$recordings/playbyplay" --speed 0 --no-page \
	--out "$work/demo" --models "$work/models" --model classic
is "and predicts each of its plays" "$(($(lines "$work/demo/predictions.csv") - 1))" "$(lines "$work/good.jsonl")"
try "its report has the final score" grep -q "final score  *SEA  *6 @ CHI  *3" "$work/stdout"
"$gw" demo --live --event 2024_17_SEA_CHI --data "$data" --from "$work/tape" --speed 0.2 --http 127.0.0.1:0 --out "$work/demo3" \
	--models "$work/models" --model classic >"$work/demo.out" 2>"$work/demo.err" &
demo=$!
pids="$pids $demo"
tries=0
until page=$(sed -n 's/.*in a browser: \(http:[^ ]*\).*/\1/p' "$work/demo.out") && [ -n "$page" ] &&
	curl -sf "${page}plays.jsonl?game=2024_17_SEA_CHI" >"$work/page.jsonl" && [ "$(lines "$work/page.jsonl")" -ge 40 ]; do
	tries=$((tries + 1))
	[ $tries -le 100 ] && kill -0 $demo 2>/dev/null || break
	sleep 0.1
done
if [ "$(lines "$work/page.jsonl")" -ge 40 ]; then pass "its page shows the game while it goes on"
else fail "its page shows the game while it goes on" "$work/demo.err"; fi
try "the page is there" sh -c 'curl -sf "$1" | grep -q "<title>"' - "$page"
try "and its table" sh -c 'curl -sf "$1table?game=2024_17_SEA_CHI" | grep -q "SEA"' - "$page"
wait $demo
is "it ends with the game" $? 0
is "and every message of the day was scored" "$(($(lines "$work/demo3/predictions.csv") - 1))" "$(lines "$work/bad.jsonl")"
try "the one that was withdrawn is named" grep -q "taken back" "$work/demo.out"
exits "offline: the demo says so" 2 "$gw" demo --live --espn-url "$url" --out "$work/demo2"
try "and begins nothing" test ! -e "$work/demo2"

# ---- the same predictions ----
exits "every recorded game" 0 "$gw" produce -b "$b" -t espn --source espn --scoreboard --data "$data" --from "$recordings/playbyplay" --speed 0
topic espn | grep -v '"season_type":"PRE"' >"$work/espn.jsonl"
for g in $(jq -r .game_id "$work/espn.jsonl" 2>/dev/null | sort -u); do
	"$gw" produce -q -b "$b" -t nflverse --data "$data" --game "$g" --delay 0 2>>"$work/nflverse.err"
done
topic nflverse >"$work/nflverse.jsonl"
for set in classic full state; do
	"$gw" train --data "$data" --seasons 2022 --features $set --name like-$set --models "$work/models" >/dev/null 2>&1
	"$gw" score --stdin --models "$work/models" --model like-$set <"$work/espn.jsonl" >"$work/espn.$set" 2>"$work/err"
	# These answers have no line: what is unknown on one side is taken from the other as well.
	sed 's/"spread_line":[^,]*,//; s/"total_line":[^,]*,//' "$work/nflverse.jsonl" |
		"$gw" score --stdin --models "$work/models" --model like-$set >"$work/nflverse.$set" 2>>"$work/err"
	said=$(python3 "$here/live_check.py" predictions "$work/espn.$set" "$work/nflverse.$set" 2>&1)
	if [ $? = 0 ]; then pass "$set: $said"; else fail "$set: $said" "$work/err"; fi
done
plan

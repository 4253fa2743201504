#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kill -9 of the scorer at any moment: no play twice, none missing. On the embedded broker
# (without GW_BOOTSTRAP) also kill -9 of the broker: nothing acknowledged is lost.
. "$(dirname "$0")/lib.sh"
require kcat
any_broker
train_small
plays=plays-$$
score() { exec "$gw" score -b "$b" -t $plays -g "group-$$" --csv "$work/p.csv" --model classic \
	--models "$work/models" "$@"; }

# Kafka 2.4.0 and 2.4.1 never miss a member that dies while it joins (KAFKA-9752): only joined ones are killed there.
last=
joined() {
	for _ in $(seq 150); do
		"$gw" group describe "group-$$" -b "$b" >"$work/group" 2>/dev/null || :
		member=$(sed -n 's/^\(gridwire-[0-9a-f-]*\) .*/\1/p' "$work/group")
		if grep -q "Stable, 1 member" "$work/group" && [ "$member" != "$last" ]; then
			last=$member
			return
		fi
		sleep 0.2
	done
}
moment() {
	case ${GW_KAFKA:-} in
	2.4.[01]) joined;;
	esac
	sleep "$1"
}

"$gw" produce -b "$b" -t $plays --data "$data" --game $game --delay 0.02 2>"$work/produce.err" &
producer=$!
pids="$pids $producer"
for pause in 0.2 0.5 0.3 0.6 0.4 0.7; do
	score >/dev/null 2>&1 &
	scorer=$!
	moment $pause
	kill -9 $scorer
	wait $scorer 2>/dev/null
done
wait $producer
is "produce ended well" $? 0
# The group still counts this one, which may hold the partition: -e must not end before it is missed.
score >/dev/null 2>&1 &
scorer=$!
moment 1
kill -9 $scorer
wait $scorer 2>/dev/null
(score -e) >/dev/null 2>"$work/stderr"
is "score ends well after the kills" $? 0
n=$(kcat -C -b "$b" -t $plays -o beginning -e -q | wc -l | tr -d ' ')
is "the CSV has a row for each play" "$(($(lines "$work/p.csv") - 1))" "$n"
is "no play twice" "$(column "$work/p.csv" play_id | sort -u | wc -l | tr -d ' ')" "$n"
is "no offset twice" "$(column "$work/p.csv" offset | sort -u | wc -l | tr -d ' ')" "$n"

# A last line cut by a crash is mended, not kept.
lines_before=$(lines "$work/p.csv")
printf '2024_01_BAL_KC,12' >>"$work/p.csv"
(score -e) >/dev/null 2>"$work/stderr"
is "a torn last line is cut" "$(lines "$work/p.csv")" "$lines_before"
is "the file ends with a line" "$(tail -c 1 "$work/p.csv" | od -An -tx1 | tr -d ' ')" 0a

if [ -z "${GW_BOOTSTRAP:-}" ]; then
	seq 1 5000 >"$work/numbers"
	"$gw" produce -b "$b" -t numbers -l "$work/numbers" 2>"$work/stderr"
	is "5,000 lines are produced" $? 0
	listen=$b
	broker_end KILL
	broker_start
	"$gw" consume -b "$b" -t numbers -o beginning -e -q >"$work/back" 2>"$work/stderr"
	try "all there after kill -9 of the broker" cmp "$work/back" "$work/numbers"
	(score -e) >/dev/null 2>"$work/stderr"
	is "committed offsets survived: nothing is scored again" "$(lines "$work/p.csv")" "$lines_before"
	broker_end TERM
	is "the broker ends well on SIGTERM" "$broker_exit" 0
fi
plan

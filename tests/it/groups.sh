#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Groups of two members by every protocol at once: range and cooperative-sticky of the classic one,
# KIP-848's, and a subscription by pattern. The second member comes while records flow, then the
# first one goes; every record is read by each group once. Then a thousand partitions. GW_BOOTSTRAP names a broker; otherwise the
# embedded one is used. Where the broker has no KIP-848, asking for it must say so.
. "$(dirname "$0")/lib.sh"
require jq
any_broker
topic=groups-$$
"$gw" topic create -b "$b" -t $topic --partitions 4 >/dev/null 2>&1
modes="range cooperative pattern"
quick="-X session.timeout.ms=30000 -X heartbeat.interval.ms=500"	# a slow machine expels nobody

# member MODE N: begins one; sets pid.
member() {
	case $1 in
	range) how="$quick -X partition.assignment.strategy=range";;
	cooperative) how="$quick -X partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor";;
	consumer) how="-X group.protocol=consumer";;
	pattern) how="$quick";;
	esac
	t=$topic
	[ $1 != pattern ] || t="^groups-.*${topic#groups-}"
	: >"$work/$1.$2"	# to be looked at before the process has begun
	# shellcheck disable=SC2086
	"$gw" consume -b "$b" -G "$topic-$1" "$t" -u -q $how >"$work/$1.$2" 2>"$work/$1.$2.err" &
	pid=$!
	pids="$pids $pid"
	eval "$1_$2=$pid"
}

round=0
produce() {	# twenty more, over all partitions
	round=$((round + 1))
	i=0
	while [ $i -lt 20 ]; do
		i=$((i + 1))
		echo "key$i record-$round-$i"
	done | "$gw" produce -b "$b" -t $topic -K ' ' >>"$work/produce.out" 2>&1
}

# until_read FILE...: produce until each has grown, at most two minutes or so.
grown() {
	for f; do
		[ "$(lines "$f")" -gt "$(cat "$f.was")" ] || return 1
	done
}
until_read() {
	for f; do lines "$f" >"$f.was"; done
	tries=0
	until grown "$@"; do
		tries=$((tries + 1))
		[ $tries -le 240 ] || return 1
		produce
		sleep 0.5
	done
}

"$gw" consume -b "$b" -G "$topic-probe" $topic -e -q -X group.protocol=consumer >/dev/null 2>"$work/probe"
if [ -s "$work/probe" ]; then
	try "a broker without KIP-848 is named as the reason" grep -Eq 'broker from 4.0 on|not support|version' "$work/probe"
	is "it is one line" "$(lines "$work/probe")" 1
else
	modes="$modes consumer"
fi

files1='' files2=''
for m in $modes; do
	member $m 1
	files1="$files1 $work/$m.1" files2="$files2 $work/$m.2"
done
try "the first members read all" until_read $files1
for m in $modes; do member $m 2; done
sleep 1
try "both members read, while the records flow" until_read $files1 $files2
for m in $modes; do eval "kill \$${m}_1"; done
for m in $modes; do
	eval "wait \$${m}_1"
	is "$m: the first one leaves" $? 130
done
try "the second members go on alone" until_read $files2
sleep 1

sent=$("$gw" consume -b "$b" -t $topic -e -q | sort | tee "$work/sent" | wc -l | tr -d ' ')
complete() {
	tries=0
	until [ "$(cat "$work/$1.1" "$work/$1.2" | wc -l | tr -d ' ')" -ge "$sent" ]; do
		tries=$((tries + 1))
		[ $tries -le 240 ] || return 1
		sleep 0.5
	done
}
for m in $modes; do
	try "$m: all $sent are read" complete $m
	sort "$work/$m.1" "$work/$m.2" >"$work/$m.all"
	try "$m: each of them once" cmp "$work/$m.all" "$work/sent"
	is "$m: nothing was complained about" "$(cat "$work/$m.1.err" "$work/$m.2.err")" ""
done
for m in $modes; do eval "kill \$${m}_2; wait \$${m}_2"; done

# A thousand partitions, which two members share, by the newest protocol that the broker has.
wide=wide-$$
exits "a topic of a thousand partitions is made" 0 "$gw" topic create -b "$b" -q -t $wide --partitions 1000
for n in 1 2; do
	"$gw" consume -b "$b" -G $wide $wide -u -q -f '%p %s\n' >"$work/wide.$n" 2>"$work/wide.$n.err" &
	pids="$pids $!"
	eval "wide_$n=$!"
done
halves() {	# each member has 500
	"$gw" group describe -b "$b" $wide --json 2>/dev/null |
		jq -e '.members | map(.partitions | length) == [500, 500]' >/dev/null
}
try "each of two members has half of them" within 60 halves
i=0
while [ $i -lt 20000 ]; do
	i=$((i + 1))
	echo "key$i record-$i"
done | tee "$work/wide.in" | "$gw" produce -b "$b" -t $wide -K ' ' -q 2>"$work/wide.err"
is "twenty thousand records are produced" $? 0
all_wide() { [ "$(cat "$work/wide.1" "$work/wide.2" | wc -l)" -ge 20000 ]; }
try "all of them are read" within 60 all_wide
cut -d' ' -f2 "$work/wide.in" | sort >"$work/wide.sent"
cat "$work/wide.1" "$work/wide.2" | cut -d' ' -f2 | sort >"$work/wide.read"
try "each of them once" cmp "$work/wide.sent" "$work/wide.read"
is "from every partition" "$(cat "$work/wide.1" "$work/wide.2" | cut -d' ' -f1 | sort -u | wc -l | tr -d ' ')" 1000
kill $wide_1 $wide_2
wait $wide_1 $wide_2
is "nothing was complained about" "$(cat "$work/wide.1.err" "$work/wide.2.err" "$work/wide.err")" ""
no_lag() {
	"$gw" group describe -b "$b" $wide --json 2>/dev/null |
		jq -e '.lag == 0 and (.partitions | map(select(.committed > 0)) | length) == 1000' >/dev/null
}
try "and all is committed" no_lag
exits "the topic goes" 0 "$gw" topic delete -b "$b" -q $wide
plan

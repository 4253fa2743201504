#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Three brokers of a real Apache Kafka lose one of them again and again, under load: the leader of
# a partition and the controller, each killed with -9 and started again, stopped where it is and
# let go on, and ended in good order. Nothing that was acknowledged is lost, nothing is there twice,
# order is kept, transactions are whole or nothing, and a group reads all of it.
#
# GW_KAFKA is the VERSION of "scripts/kafka start-cluster VERSION" (each node broker and controller) or
# "start-isolated" (controllers of their own) and GW_BOOTSTRAP what that said.
# GW_SESSION_MS is the brokers' broker.session.timeout.ms, GW_FAULTS which faults. The notes tell how
# long acknowledgements paused and when the brokers themselves had new leaders (where a broker is also the
# controller that is lost, the election of another one comes first). A pause that is GW_SLACK_MS longer than the
# session is a failure: 30000 unless said, as a busy machine makes its own pauses.
if [ -z "${GW_KAFKA:-}" ]; then
	echo "1..0 # SKIP no cluster of Apache Kafka (scripts/kafka start-cluster, GW_KAFKA, GW_BOOTSTRAP)"
	exit 0
fi
. "$(dirname "$0")/lib.sh"
. "$GW_SRCDIR/tests/it/books.sh"
writer=${bank%bank}writer
port=${GW_BOOTSTRAP##*:}
b=127.0.0.1:$port,127.0.0.1:$((port + 2)),127.0.0.1:$((port + 4))
files=$("$GW_SRCDIR/scripts/kafka" status "$GW_KAFKA" | sed -n 's/.*, \(\/.*\)\/1$/\1/p')
session=${GW_SESSION_MS:-2000} slack=${GW_SLACK_MS:-30000}
partitions=6 topic=writer-$$ books=bank-$$

# Descriptor 9 keeps the writer writing: no broker may inherit it.
kafka() { "$GW_SRCDIR/scripts/kafka" "$@" 9>&- >"$work/kafka.out" 2>&1; }
now_ms() { date +%s%3N; }

# PARTITION LEADER IN-SYNC, a line each.
leaders() {
	limited "$gw" topic describe -b "$b" -q $topic 2>/dev/null 9>&- |
		awk '$1 ~ /^[0-9]+$/ && NF == 7 { print $1, $2, $7 }'
}
leads_nothing() { leaders >"$work/leaders" && [ -s "$work/leaders" ] && ! grep -q " $1 " "$work/leaders"; }
all_in_sync() { [ "$(leaders | grep -c ' .,.,.$')" = $partitions ]; }

# The node of whom the most recent vote tells.
controller() {
	cat "$files"/[1-6]/data/__cluster_metadata-0/quorum-state |
		grep -o '"leaderId":[0-9]*,"leaderEpoch":[0-9]*' | tr -c '0-9\n' ' ' |
		sort -k2,2n | awk 'END { print $1 }'
}

controls_nothing() { [ "$(controller)" != "$1" ]; }

# Of a partition that the controller does not lead, if there is one.
some_leader() {
	leaders | awk -v c="$(controller)" '$2 > 0 { n = $2 } n && n != c { exit } END { print n }'
}

# Every partition has an acknowledgement later than MS.
acked_after() {
	tail -n 3000 "$work/acks" | awk -v t="$1" -v n=$partitions '
		NF == 4 && $4 > t { seen[$1] } END { for (p in seen) k++; exit k != n }'
}

# The longest pause of a partition that was not over before FROM.
pause_since() {
	awk -v from="$1" 'NF == 4 { if ($1 in last && $4 >= from && $4 - last[$1] > max) max = $4 - last[$1]
		last[$1] = $4 } END { print max + 0 }' "$work/acks"
}

# How long after TIME-OF-DAY the brokers had made the last new leader by their own logs; nothing if they do not say.
took_over_after() {
	for n in 1 2 3; do
		"$GW_SRCDIR/scripts/kafka" log "$GW_KAFKA" $n 2>/dev/null 9>&-
	done | awk -v from="$1" -v topic=" Leader $topic-" '
		function ms(t, p) { split(t, p, ":"); return ((p[1] * 60 + p[2]) * 60 + p[3]) * 1000 }
		index($0, topic) && /starts at leader epoch/ && $1 >= from && $1 > last { last = $1 }
		END { if (last != "") printf "%d\n", ms(last) - ms(from) }'
}

# fault NAME HOW-TO-FIND-THE-NODE VERB-TO-LOSE-IT VERB-TO-REGAIN-IT
fault() {
	found() { node=$("$2") && [ -n "$node" ]; }	# without one, all three would be meant
	name=$1
	within 30 found "$@" || { fail "$name: nobody is that"; return; }
	from=$(now_ms) clock=$(date +%H:%M:%S.%3N)
	kafka "$3" "$GW_KAFKA" "$node" || note "$(cat "$work/kafka.out")"
	if within 60 leads_nothing "$node" && within 60 controls_nothing "$node" && within 60 acked_after "$(now_ms)"; then
		pass "$name: the others go on"
	else
		fail "$name: the others go on" "$work/writer.err"
	fi
	pause=$(pause_since "$from")
	took=$(took_over_after "$clock")
	note "$name: acknowledgements paused for $pause ms, sessions are $session ms${took:+, the brokers had new leaders after $took ms}"
	try "$name: no longer than that and $slack ms" [ "$pause" -le $((session + slack)) ]
	case $4 in
	thaw) kafka thaw "$GW_KAFKA" "$node";;
	*) kafka resume "$GW_KAFKA";;
	esac
	try "$name: it comes back" within 90 all_in_sync
}

"$gw" topic create -b "$b" -q $topic --partitions $partitions 2>"$work/stderr" &&
	"$gw" topic create -b "$b" -q $books --partitions 3 2>"$work/stderr" ||
	fail "topics are made" "$work/stderr"
within 60 all_in_sync

mkfifo "$work/stop"
"$writer" "$b" $topic $partitions <"$work/stop" >"$work/acks" 2>"$work/writer.err" &
writer_pid=$!
exec 9>"$work/stop"
"$bank" transfer "$b" $books cluster 10000000 >"$work/said.cluster" 2>"$work/bank.err" 9>&- &
bank_pid=$!
for member in 1 2; do
	"$gw" consume -b "$b" -q -u -g readers-$$ -f '%p %o %s\n' $topic >"$work/read.$member" \
		2>"$work/read.err.$member" 9>&- &
	pids="$pids $!"
done
pids="$pids $writer_pid $bank_pid"
try "the load has begun" within 60 acked_after 0

for f in ${GW_FAULTS:-kill-leader freeze-leader kill-controller freeze-controller stop-leader}; do
	case $f in
	kill-leader) fault "a leader killed with -9" some_leader kill resume;;
	freeze-leader) fault "a leader stopped where it is" some_leader freeze thaw;;
	kill-controller) fault "the controller killed with -9" controller kill resume;;
	freeze-controller) fault "the controller stopped where it is" controller freeze thaw;;
	stop-leader) fault "a leader ended in good order" some_leader stop resume;;
	*) fail "'$f' is no fault";;
	esac
done

exec 9>&-
wait $writer_pid
is "the writer ends with everything acknowledged" $? 0
limited "$gw" consume -b "$b" -t $topic -o beginning -e -q -f '%p %o %s\n' >"$work/log" 2>"$work/stderr"
is "the log can be read" $? 0
note "$(lines "$work/acks") records acknowledged, $(lines "$work/log") in the log"
sort "$work/log" >"$work/log.sorted"
# An acknowledgement of what was there already has no offset.
awk '$3 >= 0 { print $1, $3, $1, $2 }' "$work/acks" | sort >"$work/acks.sorted"
is "nothing that was acknowledged is lost or moved" \
	"$(comm -23 "$work/acks.sorted" "$work/log.sorted" | wc -l | tr -d ' ')" 0
awk '{ print $1, $2 }' "$work/acks" | sort >"$work/said"
awk '{ print $3, $4 }' "$work/log" | sort >"$work/have"
try "nothing is repeated, and nothing there but what was acknowledged" cmp "$work/said" "$work/have"
try "order is kept" awk '$4 != n[$1]++ || $3 != $1 { print; bad = 1; exit } END { exit bad || NR == 0 }' "$work/log"

# Leaders send a reader on to the replica in its rack, and there it reads to the leaders' end. By now one
# broker may lead everything.
leads_all() { leaders >"$work/leaders" && ! grep -qv "^[0-9]* $1 " "$work/leaders"; }
sent_on() {
	"$gw" decode "$work/capture" >"$work/frames" && grep -q "PreferredReadReplica: $1$" "$work/frames" ||
		leads_all "$1"
}
for n in 1 2 3; do
	exits "a reader in rack $n" 0 "$gw" consume -b "$b" -t $topic -o beginning -e -q -f '%p %o %s\n' \
		-X client.rack=rack-$n --capture "$work/capture"
	sort "$work/stdout" >"$work/near"
	try "it reads all of it" cmp "$work/near" "$work/log.sorted"
	try "from its own rack" sent_on $n
	rm -f "$work/capture"
done

all_read() {
	cat "$work"/read.[12] | sort -u >"$work/read"
	[ -z "$(comm -23 "$work/log.sorted" "$work/read")" ]
}
try "the group has read all of it" within 60 all_read
is "and nothing else" "$(comm -13 "$work/log.sorted" "$work/read" | wc -l | tr -d ' ')" 0

kill -9 $bank_pid
wait $bank_pid 2>/dev/null
exits "transactions go on" 0 "$bank" transfer "$b" $books last 10
mv "$work/stdout" "$work/said.last"
note "$(grep -c committed "$work/said.cluster") transfers committed"
try "transfers went through" grep -q committed "$work/said.cluster"
exits "the books are read" 0 "$bank" audit "$b" $books
mv "$work/stdout" "$work/books"
books "$work/books" "transfers"
plan

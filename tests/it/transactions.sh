#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Money moved between accounts in transactions by a program that is killed again and again: the books
# balance for whoever reads what is committed. Then two of the same name at once: one is fenced.
# GW_BOOTSTRAP names a broker; otherwise the embedded one is used.
. "$(dirname "$0")/lib.sh"
. "$GW_SRCDIR/tests/it/books.sh"
require kcat
any_broker
topic=bank-$$
"$gw" topic create -b "$b" -t $topic --partitions 3 >/dev/null 2>&1

i=0
while [ $i -lt "${GW_KILLS:-12}" ]; do
	"$bank" transfer "$b" $topic "run$i" 100000 >"$work/said.$i" 2>"$work/err.$i" &
	pid=$!
	pids="$pids $pid"
	sleep "$(awk -v s=$i 'BEGIN { srand(s); printf "%.3f", 0.4 + rand() }')"
	kill -9 $pid
	wait $pid 2>/dev/null
	i=$((i + 1))
done
exits "the next one goes on where they were killed" 0 "$bank" transfer "$b" $topic last 10
mv "$work/stdout" "$work/said.last"
try "some of them got to commit" sh -c "grep -hq committed '$work'/said.[0-9]*"
exits "the books are read" 0 "$bank" audit "$b" $topic
mv "$work/stdout" "$work/books"
books "$work/books" "after kill -9"
kcat -C -b "$b" -t $topic -o beginning -e -q -X isolation.level=read_committed 2>/dev/null | sort >"$work/kcat"
try "another client reads the same" sh -c "sort '$work/books' | cmp - '$work/kcat'"

"$bank" transfer "$b" $topic old 100000 >"$work/said.old" 2>"$work/err.old" &
old=$!
pids="$pids $old"
sleep 1
"$bank" transfer "$b" $topic new 20 >"$work/said.new" 2>"$work/err.new"
is "the newer of two commits" "$(grep -c committed "$work/said.new")" 16
wait $old
is "the older one is fenced, and ends" $? 3
exits "the books are read again" 0 "$bank" audit "$b" $topic
mv "$work/stdout" "$work/books"
books "$work/books" "after a zombie"
plan

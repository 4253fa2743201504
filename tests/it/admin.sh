#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Topics and groups by the verbs. GW_BOOTSTRAP names a broker; otherwise the embedded one is used.
. "$(dirname "$0")/lib.sh"
require jq
any_broker
t=admin-$$

exits "create a topic" 0 "$gw" topic create -b "$b" -t $t --partitions 3 --config retention.ms=3600000
exits "creating it again is refused" 5 "$gw" topic create -b "$b" -t $t
try "the message says that it is there" grep -qi "exists" "$work/stderr"
exits "a name that is not allowed is refused" 5 "$gw" topic create -b "$b" -t 'no spaces'
exits "list topics" 0 "$gw" topic list -b "$b"
try "it is in the list" grep -qw $t "$work/stdout"
exits "describe it" 0 "$gw" topic describe -b "$b" -t $t --json
is "three partitions" "$(jq '[.. | .partitions? | arrays] | .[0] | length' "$work/stdout")" 3
try "its retention" grep -q 3600000 "$work/stdout"
exits "describe one that is not there" 5 "$gw" topic describe -b "$b" -t missing-$$

printf 'a\nb\nc\n' >"$work/abc"
exits "produce to partition 2" 0 "$gw" produce -b "$b" -t $t -p 2 -l "$work/abc"
exits "consume as a group" 0 "$gw" consume -b "$b" -t $t -g "$t-group" -o beginning -e -q
is "it reads what was written" "$(tr '\n' ' ' <"$work/stdout")" "a b c "
exits "list groups" 0 "$gw" group list -b "$b"
try "the group is in the list" grep -qw "$t-group" "$work/stdout"
exits "describe the group" 0 "$gw" group describe -b "$b" -g "$t-group" --json
is "its lag is 0" "$(jq '[.. | .lag? // empty] | add' "$work/stdout")" 0

exits "delete the topic" 0 "$gw" topic delete -b "$b" -t $t
exits "delete one that is not there" 5 "$gw" topic delete -b "$b" -t missing-$$
"$gw" topic list -b "$b" >"$work/stdout" 2>"$work/stderr"
if grep -qw $t "$work/stdout"; then fail "it is gone from the list"; else pass "it is gone from the list"; fi
plan

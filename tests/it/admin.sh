#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Topics, groups, cluster and transactions by the verbs. GW_BOOTSTRAP names a broker; otherwise the
# embedded one is used. On brokers that lack an API the verb has to say so.
. "$(dirname "$0")/lib.sh"
require jq python3
any_broker
t=admin-$$

# says NAME TEXT: the last command's stderr has it.
says() { try "$1" grep -qi -e "$2" "$work/stderr"; }
# has NAME JQ: the last command's JSON satisfies it.
has() { is "$1" "$(jq "$2 | . != null and . != false" "$work/stdout" | sort -u)" true; }

# What the broker offers decides what is expected of it.
exits "the cluster's versions" 0 "$gw" cluster versions -b "$b" --json
offers() { jq -e --argjson k "$1" '.apis | map(.key == $k) | any' "$work/versions" >/dev/null; }
cp "$work/stdout" "$work/versions"
has "Produce is among them" '.apis[] | select(.name == "Produce")'

exits "create a topic" 0 "$gw" topic create -b "$b" -t $t --partitions 3 --config retention.ms=3600000
exits "creating it again is refused" 5 "$gw" topic create -b "$b" -t $t
says "the message says that it is there" "exists"
exits "a name that is not allowed is refused" 5 "$gw" topic create -b "$b" -t 'no spaces'
exits "list topics" 0 "$gw" topic list -b "$b"
try "it is in the list" grep -qw $t "$work/stdout"
exits "describe it" 0 "$gw" topic describe -b "$b" -t $t --json
is "three partitions" "$(jq '[.. | .partitions? | arrays] | .[0] | length' "$work/stdout")" 3
try "its retention" grep -q 3600000 "$work/stdout"
exits "describe one that is not there" 5 "$gw" topic describe -b "$b" -t missing-$$

# ---- alter ----
config() { "$gw" topic describe -b "$b" -t $t --json | jq -r --arg n "$1" '.configs[] | select(.name == $n).value'; }
if ! offers 44; then
	exits "a broker before 2.3 is told all settings" 0 "$gw" topic alter -b "$b" $t --config max.message.bytes=200000
	says "which is said" "older than 2.3"
fi
exits "a change is tried first" 0 "$gw" topic alter -b "$b" $t --config retention.ms=7200000 --dry-run
is "and nothing is changed" "$(config retention.ms)" 3600000
exits "a setting is changed" 0 "$gw" topic alter -b "$b" $t --config max.message.bytes=100000
is "the change is there" "$(config max.message.bytes)" 100000
is "what was not named is as it was" "$(config retention.ms)" 3600000
exits "a setting goes back to its default" 0 "$gw" topic alter -b "$b" $t --delete-config retention.ms
is "it has" "$(config retention.ms)" 604800000
exits "a value that cannot be is refused" 5 "$gw" topic alter -b "$b" $t --config retention.ms=soon
says "with the name of the setting" "retention.ms"
exits "more partitions" 0 "$gw" topic alter -b "$b" $t --partitions 4
exits "fewer are refused" 5 "$gw" topic alter -b "$b" $t --partitions 2

# ---- groups ----
printf 'a\nb\nc\n' >"$work/abc"
exits "produce to partition 2" 0 "$gw" produce -b "$b" -t $t -p 2 -l "$work/abc"
exits "consume as a group" 0 "$gw" consume -b "$b" -t $t -g "$t-group" -o beginning -e -q
is "it reads what was written" "$(tr '\n' ' ' <"$work/stdout")" "a b c "
exits "list groups" 0 "$gw" group list -b "$b"
try "the group is in the list" grep -qw "$t-group" "$work/stdout"
exits "describe the group" 0 "$gw" group describe -b "$b" -g "$t-group" --json
is "its lag is 0" "$(jq '[.. | .lag? // empty] | add' "$work/stdout")" 0
committed() { "$gw" group describe -b "$b" "$t-group" --json | jq -r '.partitions[] | select(.partition == 2).committed'; }

exits "a reset is tried first" 0 "$gw" group reset -b "$b" "$t-group" --to-earliest --dry-run --json
has "it tells from where to where" '.partitions[] | select(.partition == 2) | .from == 3 and .to == 0'
is "and nothing has moved" "$(committed)" 3
exits "to the beginning" 0 "$gw" group reset -b "$b" "$t-group" --to-earliest
is "it has moved" "$(committed)" 0
exits "two records on" 0 "$gw" group reset -b "$b" "$t-group" -t $t -p 2 --shift-by 2
is "by two" "$(committed)" 2
exits "past the end becomes the end" 0 "$gw" group reset -b "$b" "$t-group" -t $t -p 2 --to-offset 99
is "which is 3" "$(committed)" 3
exits "to a time before all of them" 0 "$gw" group reset -b "$b" "$t-group" --to-datetime 2001-01-01
is "which is the first record" "$(committed)" 0
exits "to a time to come" 0 "$gw" group reset -b "$b" "$t-group" --to-datetime 2199-12-31T23:59:59Z
is "which is the end" "$(committed)" 3
exits "a reset needs to know where to" 1 "$gw" group reset -b "$b" "$t-group"
exits "and one place only" 1 "$gw" group reset -b "$b" "$t-group" --to-latest --to-earliest

# member GROUP [OPTION...]: a process that reads in it, until it is one of its members.
member() {
	"$gw" consume -b "$b" -t $t -g "$@" -q >/dev/null 2>"$work/member.err" & member=$!
	pids="$pids $member"
	tries=0
	until [ "$("$gw" group describe -b "$b" "$1" --json 2>/dev/null | jq '.members | length')" = 1 ] || [ $tries -gt 100 ]; do
		tries=$((tries + 1)); sleep 0.2
	done
}
member "$t-idle" -o end
exits "a group that committed nothing" 0 "$gw" group describe -b "$b" "$t-idle" --json
has "has no lag that anybody could know" '.lag == null and (.members | length) == 1'
exits "in words" 0 "$gw" group describe -b "$b" "$t-idle"
try "as it says" grep -q "nothing committed" "$work/stdout"
kill -INT $member; wait $member 2>/dev/null
member "$t-group"
exits "a group that reads is not moved" 5 "$gw" group reset -b "$b" "$t-group" --to-earliest
says "the message says why" "in use"
exits "nor is it deleted" 5 "$gw" group delete -b "$b" "$t-group"
says "as it says" "in use"
if offers 47; then
	exits "nor are the offsets of what it reads" 5 "$gw" group delete-offsets -b "$b" "$t-group" -t $t
fi
kill -INT $member; wait $member 2>/dev/null
if offers 47; then
	exits "offsets are deleted" 0 "$gw" group delete-offsets -b "$b" "$t-group" -t $t -p 2
	is "they are gone" "$(committed)" ""
	exits "and set by name" 0 "$gw" group reset -b "$b" "$t-group" -t $t --to-latest
fi
exits "a group is deleted" 0 "$gw" group delete -b "$b" "$t-group"
exits "which then is not there" 5 "$gw" group delete -b "$b" "$t-group"
says "as it says" "does not exist"

# ---- records ----
exits "records up to an offset, tried" 0 "$gw" topic delete-records -b "$b" $t -p 2 --before 2 --dry-run --json
has "two would go" '.partitions[0].deleted == 2'
exits "they are deleted" 0 "$gw" topic delete-records -b "$b" $t -p 2 --before 2
exits "one is left" 0 "$gw" consume -b "$b" -t $t -o beginning -e -q
is "the last one" "$(cat "$work/stdout")" c
exits "more than there is is a mistake" 5 "$gw" topic delete-records -b "$b" $t -p 2 --before 99
exits "all that is left" 0 "$gw" topic delete-records -b "$b" $t --before end
exits "nothing is left" 0 "$gw" consume -b "$b" -t $t -o beginning -e -q
is "nothing at all" "$(cat "$work/stdout")" ""

# ---- the cluster ----
exits "the cluster" 0 "$gw" cluster -b "$b" --json
has "its controller is one of its brokers" '.controller as $c | .brokers | map(.id == $c) | any'
node=$(jq '.brokers[0].id' "$work/stdout")
exits "a broker's settings" 0 "$gw" cluster configs -b "$b" --broker "$node" --json
has "its log folders" '.configs[] | select(.name == "log.dirs" or .name == "log.dir")'
exits "a broker that is not there" 5 "$gw" cluster configs -b "$b" --broker 4711
exits "features" 0 "$gw" cluster features -b "$b" --json
has "a list" '.features | type == "array"'
if offers 55; then	# KRaft
	has "the level of metadata.version" '.features[] | select(.name == "metadata.version" and .level >= .min and .level <= .max)'
elif offers 69; then	# the embedded broker
	has "the level of group.version" '.features[] | select(.name == "group.version" and .level >= 1 and .level <= .max)'
fi

# ---- transactions ----
if offers 66; then
	exits "a transaction" 0 "$gw" txn list -b "$b" --json
	has "a list" '.transactions | type == "array"'
	exits "one that is not there" 5 "$gw" txn describe -b "$b" missing-$$
	says "as it says" "knows no transactional id"
	exits "who writes to a topic" 0 "$gw" txn producers -b "$b" $t --json
	has "we do" '.producers | map(.partition == 2 and .open_from == null) | any'
	exits "no transaction hangs" 0 "$gw" txn hanging -b "$b" $t --json
	has "none" '.hanging == []'
	if start=$(python3 "$GW_SRCDIR/tests/it/hanging.py" "$b" $t 2>/dev/null); then
		exits "one that was left by a client" 0 "$gw" txn hanging -b "$b" --json
		has "is found" "[.hanging[] | select(.topic == \"$t\" and .start_offset == $start)] | length == 1"
		exits "it could be aborted" 0 "$gw" txn abort -b "$b" $t -p 0 --start-offset "$start" --dry-run
		exits "it is aborted" 0 "$gw" txn abort -b "$b" $t -p 0 --start-offset "$start"
		exits "then none hangs" 0 "$gw" txn hanging -b "$b" $t --json
		has "none at all" '.hanging == []'
	else
		skip "a hanging transaction is found and aborted" "this broker lets none come about"
	fi
	exits "so none is aborted" 5 "$gw" txn abort -b "$b" $t -p 2 --start-offset 0
	says "as it says" "no transaction hangs"
else
	exits "a broker before 3.0 cannot list transactions" 5 "$gw" txn list -b "$b"
fi

exits "delete the topic" 0 "$gw" topic delete -b "$b" -t $t
exits "delete one that is not there" 5 "$gw" topic delete -b "$b" -t missing-$$
"$gw" topic list -b "$b" >"$work/stdout" 2>"$work/stderr"
if grep -qw $t "$work/stdout"; then fail "it is gone from the list"; else pass "it is gone from the list"; fi
plan

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Two hundred viewers of the live page at once cost the scorer less than 5 % of its throughput: its processor
# time for three seasons with them beside that without, the best of three each, or of up to ten where others are busy.
. "$(dirname "$0")/lib.sh"
require python3
[ -r /proc/self/schedstat ] || { echo "1..0 # SKIP this system does not tell processor time to the nanosecond"; exit 0; }
"$gw" version | grep -q 'sanitizer=no' || { echo "1..0 # SKIP what a sanitizer costs is no figure of the program's"; exit 0; }

train_small
broker_start
export GRIDWIRE_BOOTSTRAP="$b"
for season in 2022 2023 2024; do
	try "season $season is produced" "$gw" produce --data "$data" --season $season --delay 0 -q
done
python3 "$GW_SRCDIR/tests/it/viewers.py" "$gw" "$work/models" "$work" 200 10 >"$work/runs" 2>"$work/runs.err"
is "every run came to its end" $? 0
[ ! -s "$work/runs.err" ] || sed 's/^/# /' "$work/runs.err"
best() { awk -v n="$1" '$1 == n && (!m || $2 < m) { m = $2 } END { print m + 0 }' "$work/runs"; }
alone=$(best 0) watched=$(best 200)
note "processor time with 200 viewers beside without: $(awk -v a="$alone" -v w="$watched" 'BEGIN { printf "%.3f", a ? w / a : 0 }')"
try "every viewer was served" awk '$1 == 200 && $3 < 1000 { bad = 1 } END { exit bad }' "$work/runs"
try "200 viewers cost less than 5 %" test "$watched" -gt 0 -a $((watched * 100)) -lt $((alone * 105))
plan

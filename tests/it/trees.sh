#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Boosted trees on the seasons of data/: as good as scikit-learn's on the same features, and the same
# bytes for any number of threads.
. "$(dirname "$0")/lib.sh"
require jq

train() {	# NAME THREADS SEASONS FEATURES
	"$gw" train --family gbdt --data "$data" --name "$1" --threads "$2" --seasons "$3" --features "$4" \
		--models "$work/models" --json
}
below() {	# NAME VALUE LIMIT
	if awk -v a="$2" -v b="$3" 'BEGIN { exit !(a > 0 && a <= b) }'; then pass "$1"; else fail "$1"; note "  $2, at most $3"; fi
}

for n in 1 2 8; do
	mkdir -p "$work/$n"
	(cd "$work/$n" && work=$work/$n && train trees $n 2022-2023 classic) >"$work/$n.json" 2>"$work/stderr"
	is "train with $n threads" $? 0
done
is "two threads make the same bytes as one" "$(jq -r .sha256 "$work/2.json")" "$(jq -r .sha256 "$work/1.json")"
is "and so do eight" "$(jq -r .sha256 "$work/8.json")" "$(jq -r .sha256 "$work/1.json")"

train full 2 2019-2023 full >"$work/full.json" 2>"$work/stderr"
is "train on 2019 to 2023" $? 0
below "each season by trees on the others: log-loss" "$(jq .loso_log_loss "$work/full.json")" 0.4665
"$gw" eval --data "$data" --seasons 2024 --model full --models "$work/models" --json >"$work/eval.json" 2>"$work/stderr"
is "eval ends well" $? 0
below "log-loss on 2024, as scikit-learn's histogram trees" "$(jq .log_loss "$work/eval.json")" 0.4357
exits "verify the file" 0 "$gw" model verify full --models "$work/models"
exits "such trees are not grown on another family's features" 1 "$gw" train --family gbdt --features state --data "$data"
exits "a family that is not there" 1 "$gw" train --family gbtd --data "$data"
try "the nearest is named" grep -q "did you mean gbdt" "$work/stderr"
plan

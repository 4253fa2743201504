#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Training and evaluation on the seasons of data/: the figures that scikit-learn reaches with the
# same 15 features and the same split, reproducibility, the registry.
. "$(dirname "$0")/lib.sh"
require jq
train() { "$gw" train --data "$data" --seasons 2019-2023 --features classic --name "$1" --models "$work/models"; }
near() {	# NAME FIELD WANTED TOLERANCE
	got=$(jq -r ".$2" "$work/eval.json")
	if awk -v a="$got" -v b="$3" -v t="$4" 'BEGIN { d = a - b; exit !(a + 0 > 0 && d <= t && -d <= t) }'; then
		pass "$1"
	else
		fail "$1"
		note "  $got, expected $3 within $4"
	fi
}

exits "train on 2019 to 2023" 0 train classic
"$gw" eval --data "$data" --seasons 2024 --model classic --models "$work/models" --json >"$work/eval.json" 2>"$work/stderr"
is "eval ends well" $? 0
near "log-loss on 2024" log_loss 0.4872 0.0001
near "home MAE on 2024" home_mae 5.528 0.001
near "away MAE on 2024" away_mae 5.174 0.001
exits "train again, another name" 0 train again
model_of() { find "$work/models/$1" -type f -name 'model*' ! -name '*.json' | head -1; }
strip_name() { sed -e 's/classic/NAME/; s/again/NAME/' -e '/crc\|sha256\|created\|trained_at/d' "$(model_of "$1")"; }
strip_name classic >"$work/1"
strip_name again >"$work/2"
try "the same data gives the same model" cmp "$work/1" "$work/2"
exits "train the same name again" 0 train classic
"$gw" model list --models "$work/models" >"$work/stdout" 2>&1
is "that is a new version; nothing is overwritten" "$(grep -c '^classic:' "$work/stdout")" 2
exits "verify the file" 0 "$gw" model verify "$(model_of classic)"
sed 's/0\.[0-9]/0.9/5' "$(model_of classic)" >"$work/damaged"
exits "a changed digit is noticed" 7 "$gw" model verify "$work/damaged"
exits "a model that is not there" 7 "$gw" eval --data "$data" --seasons 2024 --model nobody --models "$work/models"
plan

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Models of XGBoost, LightGBM and scikit-learn, made here by those libraries, imported: the answers are
# theirs on every real row of 2024 and on random rows with missing values. And the way back.
#
# The libraries are those of python3, or are installed into a folder of the cache, as what scripts/kafka
# fetches; without them this fails, since nothing else compares with the real thing.
. "$(dirname "$0")/lib.sh"
here=$GW_SRCDIR/tests/it
build=${gw%/gridwire}
predict=$build/tests/it/predict_rows
venv=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/gridwire/exchange-venv

find_python() {
	libraries="import numpy, sklearn, xgboost, lightgbm"
	for python in python3 "$venv/bin/python"; do
		"$python" -c "$libraries" 2>/dev/null && return
	done
	note "installing xgboost, lightgbm and scikit-learn into $venv"
	python3 -m venv --system-site-packages "$venv" >"$work/venv.log" 2>&1 &&
		"$python" -m pip install --quiet numpy scikit-learn lightgbm xgboost >>"$work/venv.log" 2>&1
	"$python" -c "$libraries" 2>>"$work/venv.log"
}

# same NAME MODEL HEAD ROWS WANTED TOLERANCE
same() {
	"$predict" "$work/models/$2/1/model.gw" "$3" <"$4" >"$work/got" 2>"$work/stderr" &&
		"$python" "$here/exchange.py" compare "$5" "$work/got" "$6" >>"$work/stderr" 2>&1
	rc=$?
	if [ $rc = 0 ]; then pass "$1"; note "  $(cat "$work/stderr")"; else fail "$1" "$work/stderr"; fi
}

import() {
	name=$1
	shift
	exits "import $name" 0 "$gw" model import "$@" --name "$name" --models "$work/models"
}

export_and_reread() {	# NAME HEAD FORMAT ROWS WANTED TOLERANCE
	"$gw" model export "$1" --head "$2" --models "$work/models" --out "$work/out.json" >"$work/stderr" 2>&1 &&
		"$python" "$here/exchange.py" reread "$3" "$work/out.json" "$2" "$4" "$work/again" >>"$work/stderr" 2>&1 &&
		"$python" "$here/exchange.py" compare "$5" "$work/again" "$6" >>"$work/stderr" 2>&1
	rc=$?
	if [ $rc = 0 ]; then pass "export $1 ($2), as the library reads it"; else fail "export $1 ($2), as the library reads it" "$work/stderr"; fi
}

if ! find_python; then
	fail "python3 with xgboost, lightgbm and scikit-learn, installed or installable" "$work/venv.log"
	plan
fi
for year in 2023 2024; do
	"$gw" features --from "$data/play_by_play_$year.csv.gz" --set classic >"$work/$year.csv" 2>"$work/stderr"
done
if ! "$python" "$here/exchange.py" make "$work" "$work/2023.csv" "$work/2024.csv" >"$work/make.log" 2>&1; then
	fail "the libraries make their models" "$work/make.log"
	plan
fi
while read -r line; do note "$line"; done <"$work/make.log"

# xgboost_models DIR SUFFIX: what "exchange.py make" put there, imported under names with that suffix.
xgboost_models() {
	for m in xgb-win xgb-base xgb-exact; do
		import $m$2 "$1/$m.json"
		same "$m$2 answers as XGBoost" $m$2 home_win "$1/rows" "$1/$m.want" 1e-7
		import $m$2-ubj "$1/$m.ubj"
		same "$m$2 answers so from UBJ" $m$2-ubj home_win "$1/rows" "$1/$m.want" 1e-7
	done
	import xgb-score$2 "$1/xgb-score.json" --head home_score
	same "xgb-score$2 answers as XGBoost" xgb-score$2 home_score "$1/rows" "$1/xgb-score.want" 1e-7
	import xgb-early$2 "$1/xgb-early.json"
	same "a model$2 that was stopped early answers as its wrapper" xgb-early$2 home_win "$1/rows" "$1/xgb-early.want" 1e-7
	for ending in json ubj; do
		refused "$1/no-dart.$ending" 'booster "dart"'
		refused "$1/no-linear.$ending" 'booster "gblinear"'
		refused "$1/no-multi.$ending" 'multi:softprob'
		refused "$1/no-category.$ending" 'by category'
	done
}

# refused FILE WHY
refused() {
	exits "${1##*/} is refused" 7 "$gw" model import "$1" --name x --models "$work/models"
	try "  and says $2" grep -q "$2" "$work/stderr"
}

# Other versions: GW_XGBOOST="2.1.4 3.0.5", each installed beside the build (200 MB and more).
other_xgboost() {
	at=$build/exchange-$1
	[ -x "$at/bin/python" ] || python3 -m venv --system-site-packages "$at" >"$work/venv.log" 2>&1
	"$at/bin/python" -m pip install --quiet --no-deps "xgboost==$1" >>"$work/venv.log" 2>&1
	mkdir -p "$work/$1"
	if "$at/bin/python" "$here/exchange.py" make "$work/$1" "$work/2023.csv" "$work/2024.csv" xgboost >"$work/make.log" 2>&1
	then
		note "$(head -1 "$work/make.log")"
		xgboost_models "$work/$1" "-$1"
	else
		cat "$work/make.log" >>"$work/venv.log"
		fail "XGBoost $1 makes its models" "$work/venv.log"
	fi
}

xgboost_models "$work" ""
for version in ${GW_XGBOOST:-}; do
	other_xgboost "$version"
done
refused "$work/no-category.txt" 'by category'
refused "$work/no-multi.txt" 'several classes'
refused "$work/no-forest.txt" 'random forest'
refused "$work/no-leaves.txt" 'linear_tree'
for m in lgb-nan lgb-zero lgb-none lgb-slope; do
	import $m "$work/$m.txt"
	same "$m answers as LightGBM" $m home_win "$work/rows" "$work/$m.want" 1e-12
done
import lgb-score "$work/lgb-score.txt" --head home_score
same "lgb-score answers as LightGBM" lgb-score home_score "$work/rows" "$work/lgb-score.want" 1e-12
import sk "$work/sk.json"
same "the win head answers as scikit-learn" sk home_win "$work/whole.rows" "$work/sk-win.want" 1e-12
same "the score head answers as scikit-learn" sk home_score "$work/whole.rows" "$work/sk-score.want" 1e-12

for m in xgb-win xgb-base xgb-exact; do
	export_and_reread $m home_win xgboost "$work/rows" "$work/$m.want" 1e-7
done
export_and_reread sk home_win sklearn "$work/whole.rows" "$work/sk-win.want" 1e-12
export_and_reread sk home_score sklearn "$work/whole.rows" "$work/sk-score.want" 1e-12

# Trees of our own, as XGBoost reads them.
exits "train trees" 0 "$gw" train --family gbdt --features classic --seasons 2023 --data "$data" \
	--name ours --models "$work/models"
"$predict" "$work/models/ours/1/model.gw" home_win <"$work/rows" >"$work/ours.want"
export_and_reread ours home_win xgboost "$work/rows" "$work/ours.want" 1e-7

# An imported head beside those of a model of ours scores plays.
train_small
for head in home_win home_score away_score; do
	"$predict" "$work/models/classic/1/model.gw" $head <"$work/whole.rows" >"$work/classic.want"
	export_and_reread classic $head sklearn "$work/whole.rows" "$work/classic.want" 1e-12
done
exits "import beside a base" 0 "$gw" model import "$work/xgb-win.json" --name mixed --base classic --models "$work/models"
exits "such a model scores" 0 "$gw" eval --model mixed --seasons 2024 --data "$data" --models "$work/models"

# What cannot be taken is named.
sed 's/"score_diff"/"score_dif"/' "$work/xgb-win.json" >"$work/other.json"
exits "a feature of another name" 7 "$gw" model import "$work/other.json" --name x --models "$work/models"
try "the nearest of ours is named" grep -q 'did you mean score_diff' "$work/stderr"
echo 'score_dif=score_diff' >"$work/map"
import renamed "$work/other.json" --features "$work/map"
same "renamed, it answers the same" renamed home_win "$work/rows" "$work/xgb-win.want" 1e-7
head -c 5000 "$work/xgb-win.ubj" >"$work/cut.ubj"
exits "a file cut short" 7 "$gw" model import "$work/cut.ubj" --name x --models "$work/models"
sed 's/binary:logistic/rank:ndcg/' "$work/xgb-win.json" >"$work/rank.json"
exits "an objective of another kind" 7 "$gw" model import "$work/rank.json" --name x --models "$work/models"
exits "a number has to be told which" 1 "$gw" model import "$work/xgb-score.json" --name x --models "$work/models"
exits "LightGBM's model is not XGBoost's" 7 "$gw" model export lgb-nan --models "$work/models"
plan

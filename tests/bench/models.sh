#!/bin/sh
# SPDX-License-Identifier: MIT
#
# All speeds of the models in one run, beside scikit-learn, XGBoost and LightGBM: logistic regression
# on six seasons, gridwire train as a whole, single answers, and then trees.sh. Ratios are theirs
# over ours, medians over TURNS turns of one after the other.
#
# Usage: tests/bench/models.sh [TURNS]		(default: 3)
# Needs python3 with numpy, scikit-learn, xgboost and lightgbm; GW_BUILDDIR is where gridwire was built,
# with tests/bench/bench_trees, tests/bench/bench_predict and tests/it/predict_rows.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${GW_SRCDIR:-$here/../..}/data
build=$(cd "${GW_BUILDDIR:-.}" && pwd)
turns=${1:-3}
work=$(mktemp -d "${TMPDIR:-/tmp}/gw-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 "$here/models.py" "$build" "$data" "$work" "$turns"
"$here/trees.sh" 700000 534 "$turns"

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Boosted trees beside XGBoost and LightGBM, on the same rows, turn by turn, so that what else the
# machine does hits all of them: training (ROWS x 12, depth 5, ROUNDS) with one and two threads, and the
# answer to one row through those trees. Prints medians and ratios; ours is first.
#
# Usage: tests/bench/trees.sh [ROWS [ROUNDS [TURNS]]]		(default: 700000 534 3)
# Needs python3 with numpy, xgboost and lightgbm; GW_BUILDDIR is where gridwire was built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${GW_BUILDDIR:-.}" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/gw-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
exec python3 "$here/trees.py" "$build" "$work" "${1:-700000}" "${2:-534}" "${3:-3}"

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Ideas for the win probability beside the state model, each season of 2019 to 2023 left out in turn: nets
# with and without memory of the game, trees on its margin, and what is gained by blending. Prints
# log-loss and the paired difference by game. About ten minutes of one processor.
#
# Usage: tests/bench/experiments.sh [DATA]		(default: data)
# Needs python3 with numpy, and lightgbm for the trees; GW_BUILDDIR is where gridwire was built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${GW_BUILDDIR:-.}" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/gw-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python3 "$here/experiments.py" "$build/gridwire" "${1:-data}" "$work"

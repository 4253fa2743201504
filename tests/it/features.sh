#!/bin/sh
# SPDX-License-Identifier: MIT
# What a scorer computes from a play's message is, to the last bit, what training computes from the season
# file: every feature of every set, for every play of every season in data/.
. "$(dirname "$0")/lib.sh"
build=${gw%/gridwire}

exits "train" 0 "$gw" train -q --data "$data" --seasons 2023 --name state --models "$work/models"
"$build/tests/it/stream_features" "$work/models/state/1/model.gw" "$data" >"$work/counts" 2>"$work/stderr"
is "features in the stream are those of the file" "$? $(cat "$work/stderr")" "0 "
read -r seasons plays values <"$work/counts" || seasons=0
note "$seasons seasons, $plays plays, $values values"
is "all six seasons are in it" "$seasons" 6
try "with all their plays" [ "$plays" -gt 240000 ]
plan

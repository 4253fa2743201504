#!/bin/sh
# SPDX-License-Identifier: MIT
#
# An analyst's day: seasons that are there and that are not, cards, pages, tables, comparing models,
# promoting one and taking it back. The figures themselves are in model.sh.
. "$(dirname "$0")/lib.sh"
require jq
models=$work/models
run() { "$gw" "$@" --models "$models"; }

# ---- seasons ----

mkdir "$work/seasons"
for year in 2021 2022 2023; do cp "$data/play_by_play_$year.csv.gz" "$work/seasons/"; done
exits "train on all but the newest season" 0 run train --data "$work/seasons" --json
jq -e '.name == "state" and .version == 1 and .seasons == "2021-2022" and .held_out_season == 2023' \
	"$work/stdout" >/dev/null
is "the newest is held out, the name is that of the features" $? 0
is "its log-loss is in the card" "$(grep -c '^## Held out: season 2023' "$models/state/1/card.md")" 1
exits "train on one file" 0 run train --data "$data/play_by_play_2023.csv.gz" --features classic
try "nothing is held out then" grep -q '^Nothing: every season' "$models/classic/1/card.md"
exits "each season left out in turn" 0 run train --data "$work/seasons" --features full --name l --loso
exits "and once more" 0 run train --data "$work/seasons" --features full --name l
run model show l:1 >"$work/card1"
run model show l:2 >"$work/card2"
is "the card names the data" "$(awk -F'[ ,]' '$2 == "data" { print $4 }' "$work/card1")" \
	"$(cat "$work/seasons/play_by_play_2021.csv.gz" "$work/seasons/play_by_play_2022.csv.gz" | sha256sum | cut -d' ' -f1)"
try "the command" grep -qF "| command | \`gridwire train --data $work/seasons --features full --name l --loso --models" "$work/card1"
try "how long it took" grep -q '^| time | [0-9.]* s of reading and training' "$work/card1"
is "figures by season" "$(grep -cE '^\| 202[12] \| 4' "$work/card1")" 2
is "what it was compared with" "$(grep -c '^| logistic regression of 21 terms |' "$work/card1")" 2
is "and the version before it" "$(grep -c '^| l:1 | log-loss |.*+0.0000 | +0.0000 to +0.0000' "$work/card2")" 1
try "what it leans on" grep -q '^| spread line | +0' "$work/card1"
try "features with their definitions" grep -q '^| score_diff_per_sqrt_time | (home_score - away_score) / sqrt(' "$work/card1"
is "trees of the scores to read" "$(run model show state:1 | grep -c '^    home_.* ? .* : ')" 40
exits "a season that is not there" 7 run train --data "$work/seasons" --seasons 1902
try "it says which are" grep -q 'it has 2021-2023' "$work/stderr"
exits "a folder without seasons" 7 run train --data "$models"
exits "a feature set that is none" 1 run train --features clasic
try "it says which was meant" grep -q 'did you mean classic' "$work/stderr"
exits "a name that is none" 1 run train --name ../x
gzip -dc "$data/play_by_play_2024.csv.gz" | head -100 |
	awk -F, -v OFS=, 'NR == 17 { $10 = "NaN" } { print }' >"$work/play_by_play_2024.csv"
exits "a number that is none" 7 run train --data "$work/play_by_play_2024.csv" --name broken
try "file, line and column are named" \
	grep -q 'play_by_play_2024.csv:17: game_seconds_remaining: .NaN. is not a number' "$work/stderr"
[ ! -e "$models/broken" ]
is "nothing half-made is left" $? 0
is "nor a hidden folder" "$(find "$models" -name '.new-*' | wc -l | tr -d ' ')" 0

# ---- evaluation ----

exits "the season not trained on is judged" 0 run eval --data "$work/seasons" --model state \
	--predictions "$work/p.csv" --html "$work/p.html" --json
cp "$work/stdout" "$work/eval.json"
is "it is the newest" "$(jq -r .seasons "$work/eval.json")" 2023
is "a row of CSV per play" "$(($(lines "$work/p.csv") - 1))" "$(jq .rows "$work/eval.json")"
is "all of one model" "$(column "$work/p.csv" model | sort -u)" state:1
column "$work/p.csv" home_win_prob | awk '!($1 >= 0 && $1 <= 1) { bad++ } END { exit bad + 0 }'
is "all of them probabilities" $? 0
is "quarters add up" "$(jq '[.by_quarter[].rows] | add' "$work/eval.json")" "$(jq .rows "$work/eval.json")"
jq -e '.reference.lo < .reference.diff and .reference.diff < .reference.hi' "$work/eval.json" >/dev/null
is "the reference has an interval" $? 0
try "the page is whole" grep -q '^</html>' "$work/p.html"
"$gw" eval --data "$work/seasons" --model state --seasons 2022 --models "$models" >"$work/stdout" 2>"$work/stderr"
try "a season that was trained on is called so" grep -q 'season 2022 is one this model was trained on' \
	"$work/stderr"
is "the table fits 80 columns" "$(awk 'length($0) > 80' "$work/stdout" | wc -l | tr -d ' ')" 0
exits "without a model it asks for one" 1 run eval --data "$work/seasons"

# ---- features ----

exits "the feature table" 0 "$gw" features --json
is "four sets" "$(jq -r '[.[].set] | join(" ")' "$work/stdout")" "classic full extended state"
is "each feature with unit, range and who reads it" "$(jq '[.[].features[] | select(.version != 1 or .unit == "" or
	.range[0] >= .range[1] or (.heads | length) == 0)] | length' "$work/stdout")" 0
"$gw" features -q --from "$data/play_by_play_2024.csv.gz" --set classic >"$work/f.csv"
is "a season as CSV has the rows of training" "$(lines "$work/f.csv")" 41138
is "and the features, two keys, three outcomes" "$(head -1 "$work/f.csv" | awk -F, '{ print NF }')" 20

# ---- the registry ----

run train --data "$data/play_by_play_2023.csv.gz" >/dev/null 2>&1
exits "promote the first" 0 run model promote state:1 champion
exits "promote the second" 0 run model promote state:2 champion
is "a bare name means the champion" "$(run model show state --json | jq .version)" 2
exits "roll back" 0 run model rollback state champion
is "the one before" "$(run model show state --json | jq .version)" 1
exits "there is no earlier one" 7 run model rollback state champion
is "the list knows" "$(run model list --json | jq -r '.[] | select(.aliases[0] == "champion") | .version')" 1
exits "compare" 0 run model compare state:1 classic --data "$data"
run model compare state:1 classic --data "$data" --json >"$work/pair" 2>/dev/null
is "compare pairs the games of a season that neither saw" \
    "$(jq '.win.games == 285 and .win.lo <= .win.diff and .win.diff <= .win.hi and .scores.games == 285' "$work/pair")" true
exits "a version that is not there" 7 run model promote state:9 champion
exits "a word that is none" 1 run model lst
cp "$models/state/1/model.gw" "$work/other.gw"
exits "a model file anywhere" 0 "$gw" model verify "$work/other.gw"
head -c 2000 "$models/state/1/model.gw" >"$work/other.gw"
exits "half of it" 7 "$gw" model verify "$work/other.gw"
plan

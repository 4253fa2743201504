#!/bin/sh
# SPDX-License-Identifier: MIT
#
# One game through a broker: every play predicted once, and as offline. GW_BOOTSTRAP names a broker;
# otherwise the embedded one is used.
. "$(dirname "$0")/lib.sh"
require kcat jq
any_broker
train_small
plays=plays-$$ predictions=predictions-$$
score() { timeout 120 "$gw" score -b "$b" -t $plays -g "group-$$" --to $predictions \
	--csv "$work/p.csv" --model classic --models "$work/models" "$@"; }
consume() { kcat -C -b "$b" -t "$1" -o beginning -e -q -X isolation.level=read_committed 2>/dev/null; }

exits "produce sends a game" 0 "$gw" produce -b "$b" -t $plays --data "$data" --game $game --delay 0
consume $plays >"$work/plays"
n=$(lines "$work/plays")
if [ "$n" -gt 100 ]; then pass "the topic holds more than 100 plays"; else fail "the topic holds $n plays"; fi
is "every play is JSON of this game" "$(jq -r .game_id "$work/plays" | sort -u)" $game
is "the key is the game" "$(kcat -C -b "$b" -t $plays -o beginning -e -q -f '%k\n' | sort -u)" $game
is "the topic has one partition" \
	"$(kcat -L -J -b "$b" -t $plays | jq '.topics[0].partitions | length')" 1
"$gw" topic describe -b "$b" -t $plays --json >"$work/describe" 2>&1
try "retention is a day, compression gzip" sh -c "grep -q 86400000 '$work/describe' && grep -q gzip '$work/describe'"

exits "score ends at the end of the topic" 0 score -e
is "the CSV has a row for each play" "$(($(lines "$work/p.csv") - 1))" "$n"
is "no play twice in the CSV" "$(column "$work/p.csv" play_id | sort | uniq -d | wc -l | tr -d ' ')" 0
try "probabilities are in [0,1]" awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "home_win_prob") c = i; next }
	!c || $c == "" || $c < 0 || $c > 1 { bad = 1 } END { exit bad || NR < 2 }' "$work/p.csv"
consume $predictions >"$work/predictions"
is "the predictions topic has one for each play" "$(jq -r .play_id "$work/predictions" | sort -u | wc -l | tr -d ' ')" "$n"

"$gw" score --stdin --model classic --models "$work/models" <"$work/plays" 2>"$work/stderr" |
	jq -c '[.play_id, .home_win_prob, .home_score_pred, .away_score_pred]' | sort >"$work/offline"
jq -c '[.play_id, .home_win_prob, .home_score_pred, .away_score_pred]' "$work/predictions" | sort >"$work/stream"
is "the filter predicts each play" "$(lines "$work/offline")" "$n"
try "the stream equals the filter" cmp "$work/stream" "$work/offline"

cp "$work/p.csv" "$work/before.csv"
exits "a second run has nothing to do" 0 score -e
try "and leaves the CSV as it is" cmp "$work/p.csv" "$work/before.csv"

# ---- again, from anywhere, at any pace ----
again() { "$gw" score -b "$b" -t $plays -e -J --model classic --models "$work/models" -q "$@" | jq -r .offset | tr '\n' ' '; }
is "scored again from an offset" "$(again -o $((n - 2)))" "$((n - 2)) $((n - 1)) "
is "scored again from so many before the end" "$(again -o -3)" "$((n - 3)) $((n - 2)) $((n - 1)) "
sent=$(kcat -C -b "$b" -t $plays -o $((n - 1)) -c 1 -e -q -f '%T')
is "scored again from a time on" "$(again -o "s@$sent" | wc -w | tr -d ' ')" \
	"$(kcat -C -b "$b" -t $plays -o beginning -e -q -f '%T\n' | awk -v t="$sent" '$1 >= t' | wc -l | tr -d ' ')"
is "nothing after the newest" "$(again -o "s@$((sent + 1))")" ""
exits "a group is not moved by the way" 1 score -e -o 5
for ts in 0 500 1000; do echo "{\"topic\":\"slow-$$\",\"ts\":$((1700000000000 + ts)),\"payload\":\"$ts\"}"; done |
	"$gw" produce -b "$b" -t slow-$$ -J -q
begun=$(date +%s%N)
is "a topic is played again" "$("$gw" consume -b "$b" -t slow-$$ -e -q --speed 2x | tr '\n' ' ')" "0 500 1000 "
is "no faster than asked" "$([ $(($(date +%s%N) - begun)) -ge 500000000 ] && echo yes)" yes

printf 'not json\n{"game_id":"x"}\n' | kcat -P -b "$b" -t $plays
head -1 "$work/plays" | kcat -P -b "$b" -t $plays
exits "malformed messages do not stop the scorer" 0 score -e
is "the play after them is scored" "$(($(lines "$work/p.csv") - 1))" $((n + 1))
plan

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The command line: help everywhere, and one line with the right exit code for what is wrong.
. "$(dirname "$0")/lib.sh"
verbs="demo train eval model produce score broker consume topic group version"

exits "no verb prints the help" 0 "$gw"
cp "$work/stdout" "$work/help"
exits "help is the same" 0 "$gw" help
try "word for word" cmp "$work/stdout" "$work/help"
for v in $verbs; do
	try "the help names $v" grep -q "^  $v " "$work/help"
	exits "$v --help" 0 "$gw" "$v" --help
	cp "$work/stdout" "$work/long"
	is "$v --help is silent on stderr" "$(lines "$work/stderr")" 0
	exits "help $v" 0 "$gw" help "$v"
	try "help $v is $v --help" cmp "$work/stdout" "$work/long"
	exits "$v with an unknown option" 1 "$gw" "$v" --bogus
	try "$v names the option" grep -q -e --bogus "$work/stderr"
done
exits "an unknown verb" 1 "$gw" trian
try "suggests the nearest" grep -q train "$work/stderr"
exits "version --json" 0 "$gw" version --json

exits "nobody listens" 2 "$gw" topic list -b 127.0.0.1:1
try "names the address" grep -q '127.0.0.1:1' "$work/stderr"
exits "an unknown host" 2 "$gw" topic list -b no-such-host.invalid:9092
try "names the host" grep -q 'no-such-host.invalid' "$work/stderr"
exits "a season that is not there" 7 "$gw" train --data "$data" --seasons 1902 --models "$work/m"
exits "a folder that is not there" 7 "$gw" train --data "$work/none" --seasons 2024 --models "$work/m"
gzip -dc "$data/play_by_play_2024.csv.gz" >"$work/2024.csv"
head -200 "$work/2024.csv" | cut -d, -f1-5 >"$work/few.csv"
exits "a CSV without needed columns" 7 "$gw" train --data "$work/few.csv" --models "$work/m"
try "names the file" grep -q few.csv "$work/stderr"
mkdir "$work/cut"
head -c 100000 "$data/play_by_play_2024.csv.gz" >"$work/cut/play_by_play_2024.csv.gz"
exits "a truncated gzip" 7 "$gw" train --data "$work/cut" --seasons 2024 --models "$work/m"
try "names the file" grep -q play_by_play_2024.csv.gz "$work/stderr"
echo "not a model" >"$work/text"
exits "a file that is no model" 7 "$gw" model verify "$work/text"
is "no half-made model is left" "$(find "$work/m" -type f 2>/dev/null | wc -l | tr -d ' ')" 0
exits "an unknown game" 7 "$gw" produce -b 127.0.0.1:1 --data "$data" --game 2024_01_XXX_YYY --delay 0

broker_start
listen=$b
exits "a port in use" 8 "$gw" broker --listen "$b" --dir "$work/second"
exits "a broker folder in use" 8 "$gw" broker --listen 127.0.0.1:0 --dir "$work/broker"
exits "a topic that does not exist" 5 "$gw" consume -b "$b" -t nothing -o beginning -e -q
broker_end INT
is "an interrupted broker ends within its time" "$((broker_exit == 0 || broker_exit == 130))" 1
exits "stdout is full" 8 sh -c "'$gw' help >/dev/full"
plan

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The scorer as a service: one configuration, checked and reloaded; a challenger beside the champion
# and its roll-back; a page with a token; no secret in any log.
. "$(dirname "$0")/lib.sh"
require curl jq

train_small
"$gw" train --data "$data" --seasons 2022 --features classic --name classic --models "$work/models" -q >"$work/train.out" 2>&1
"$gw" model promote classic:1 champion --models "$work/models" >/dev/null
"$gw" model promote classic:2 challenger --models "$work/models" >/dev/null
broker_start

# ---- what is wrong is told with its line, all of it at once ----
cat >"$work/bad.properties" <<END
acks = maybe
gridwire.topik=nfl-plays
gridwire.json=yes
sasl.password=\${env:GW_NOT_THERE}
linger.mss=1
END
"$gw" score --config "$work/bad.properties" --check >"$work/check.out" 2>"$work/check.err"
is "a bad configuration is exit 1" $? 1
is "each of its lines is told" "$(sed -n 's/.*bad.properties:\([0-9]*\): .*/\1/p' "$work/check.err" | tr '\n' ' ')" "1 2 3 4 5 "
is "with the nearest name, ours and Java's" "$(grep -cE 'did you mean (gridwire.topic|linger.ms)\?' "$work/check.err")" 2

# ---- one file, secrets elsewhere ----
secret=t0ken-0123456789abcdef
echo "$secret" >"$work/token"
echo pa55word-in-a-file >"$work/password"
configure() {	# SHARE
	cat >"$work/s.properties" <<-END
	bootstrap.servers=$b
	group.id=service
	client.id=score\\
	    r
	sasl.username=nobody
	sasl.password=\${file:$work/password}
	gridwire.models=$work/models
	gridwire.model=classic
	gridwire.challenger=classic@challenger
	gridwire.share=$1
	gridwire.to=nfl-predictions
	gridwire.shadow.to=nfl-shadow
	gridwire.csv=$work/p.csv
	gridwire.http=0.0.0.0:0
	gridwire.http.token.file=$work/token
	gridwire.log.format=json
	END
}
configure 50
try "a good one is good" "$gw" score --config "$work/s.properties" --check
"$gw" score --config "$work/s.properties" --to nfl-plays --check >/dev/null 2>"$work/check.err"
is "an option goes before the file" "$(grep -c 'is the topic that is read' "$work/check.err")" 1
"$gw" score --http 0.0.0.0:0 --check --models "$work/models" >/dev/null 2>&1
is "no foreign address without a token" $? 1

# ---- running ----
if [ -n "$(command -v python3)" ]; then
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
while True: print(s.recv(4096).decode(), flush=True)' "$work/notify" >"$work/told" 2>/dev/null &
	pids="$pids $!"
	tries=0
	until [ -S "$work/notify" ] || [ $tries -gt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
fi
NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=600000 "$gw" score --config "$work/s.properties" -d all >"$work/score.out" 2>"$work/score.err" &
score_pid=$!
pids="$pids $score_pid"
rows() { if [ -e "$work/p.csv" ]; then lines "$work/p.csv"; else echo 0; fi; }
wait_for() {	# WHAT COMMAND...: at most 20 s
	what=$1
	shift
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ]; then fail "$what" "$work/score.err"; return 1; fi
		sleep 0.1
	done
	pass "$what"
}
said() { grep -q "$1" "$work/score.err"; }
wait_for "it says where its page is" said 'the page is at'
port=$(sed -n 's/.*the page is at http:[^ ]*:\([0-9]*\)\/.*/\1/p' "$work/score.err" | head -1)
"$gw" produce -b "$b" --data "$data" --game 2024_01_BAL_KC --delay 0 -q
"$gw" produce -b "$b" --data "$data" --game 2024_01_GB_PHI --delay 0 -q
n=$("$gw" consume -b "$b" -t nfl-plays -e -q | wc -l | tr -d ' ')
all_scored() { [ "$(rows)" = $((n + 1)) ]; }
wait_for "every play is scored" all_scored
is "who does not know the token sees nothing" "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz")" 401
is "who knows it is let in" "$(curl -s -H "Authorization: Bearer $secret" "http://127.0.0.1:$port/readyz")" ok
is "a browser gives it as a password" "$(curl -s -u "me:$secret" "http://127.0.0.1:$port/readyz")" ok

# A game is one model's, in the topic, in the CSV, and the other model's beside it.  The rows of a unit are there before its transaction ends.
committed() { "$gw" consume -b "$b" -t "$1" -e -q -X isolation.level=read_committed; }
whole() { [ "$(committed "$1" | wc -l | tr -d ' ')" = "$n" ]; }
wait_for "every prediction is committed" whole nfl-predictions
wait_for "and every one of the other model" whole nfl-shadow
by_game() { committed "$1" | jq -r '.game_id + " " + .model' | sort | uniq | tr '\n' ' '; }
is "each game has one model" "$(by_game nfl-predictions)" "2024_01_BAL_KC classic:2 2024_01_GB_PHI classic:1 "
is "and the other one in the shadow topic" "$(by_game nfl-shadow)" "2024_01_BAL_KC classic:1 2024_01_GB_PHI classic:2 "
point=$(printf 2024_01_BAL_KC | sha256sum | cut -c1-8)
is "by a hash that anybody can compute" "$([ $((0x$point)) -lt $((0x80000000)) ] && echo yes)" yes

# ---- a client's file that excludes a default of the verb ----
printf 'group.protocol=consumer\n' >"$work/client.properties"
exits "a client's file may choose the group protocol" 0 "$gw" score -b "$b" -F "$work/client.properties" -g by-848 -e --models "$work/models" \
	--model classic:1 --csv "$work/848.csv" -q
is "and all is scored" "$(wc -l <"$work/848.csv" | tr -d ' ')" $((n + 1))

# ---- side by side ----
compare() { "$gw" model compare -b "$b" --data "$data" "$@"; }
compare classic:1 classic:2 --topic nfl-predictions --topic nfl-shadow --json >"$work/trial.json"
is "the two models of a trial are compared play by play" \
	"$(jq -r '[.first, .second, .rows, .games_decided, .only_first, .only_second] | @csv' "$work/trial.json" | tr -d '"')" \
	"classic:1,classic:2,$n,2,0,0"
is "with an interval around the difference" "$(jq '.win | .lo <= .diff and .diff <= .hi and .lo < .hi' "$work/trial.json")" true
"$gw" score -b "$b" -e --models "$work/models" --model classic:2 --to nfl-again -q
compare --topic nfl-again --topic nfl-predictions --plays "$work/pairs.csv" >"$work/again"
is "a replay with another model is compared with the first run" "$(sed -n 2p "$work/again")" \
	"$n plays of 2 games in both, 0 only in the first, 0 only in the second"
is "its plays of the same model are the same bit for bit" \
	"$(awk -F, '$8 == 0 { print $1 }' "$work/pairs.csv" | sort | uniq -c | awk '{ print $1, $2 }')" \
	"$(grep -c 2024_01_BAL_KC "$work/p.csv") 2024_01_BAL_KC"
exits "topics without a play in common are an error" 7 "$gw" model compare -b "$b" --data "$data" classic:1 classic:9 -t nfl-predictions

# ---- reload ----
configure 0
kill -HUP $score_pid
wait_for "SIGHUP reads the configuration again" said 'reloaded; classic:1 scores, challenger classic:2'
"$gw" produce -b "$b" --data "$data" --game 2024_01_BAL_KC --delay 0 -q
n=$((2 * n - $(grep -c 2024_01_GB_PHI "$work/p.csv")))
wait_for "more plays are scored" all_scored
is "by the champion now" "$(tail -1 "$work/p.csv" | grep -c classic:1)" 1
configure 5000
kill -HUP $score_pid
wait_for "a bad file is told" said 'not reloaded.*s.properties:10.*5000'
try "and the old one goes on" kill -0 $score_pid
"$gw" model promote classic:1 challenger --models "$work/models" >/dev/null
configure 0
kill -HUP $score_pid
wait_for "a switched alias is taken over" said 'challenger classic:1'
is "no secret is on a command line" "$(ps -o args= -p $score_pid 2>/dev/null | grep -cE "$secret|pa55word")" 0
kill $score_pid
wait $score_pid
is "SIGTERM is exit 0" $? 0
if [ -s "$work/told" ]; then
	for word in READY=1 STATUS= WATCHDOG=1 RELOADING=1 MONOTONIC_USEC= STOPPING=1; do
		is "the service manager hears $word" "$(grep -q "^$word" "$work/told" && echo yes)" yes
	done
	before=$(lines "$work/told")
	NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=600000 "$gw" broker --listen 127.0.0.1:0 --dir "$work/second" 2>"$work/second.err" &
	second_pid=$!
	pids="$pids $second_pid"
	told_by_broker() { tail -n +$((before + 1)) "$work/told" | grep -q "^$1"; }
	wait_for "a broker says that it is ready" told_by_broker READY=1
	wait_for "and alive" told_by_broker WATCHDOG=1
	kill $second_pid
	wait $second_pid
	wait_for "and that it stops" told_by_broker STOPPING=1
fi
is "every line of the log is JSON" "$(jq -c . "$work/score.err" 2>&1 | grep -c '^{')" "$(lines "$work/score.err")"
is "no secret is in a log" "$(cat "$work"/*.err "$work"/*.out "$work"/*.log | grep -cE "$secret|pa55word")" 0


# ---- whoever reads stdout stops reading, and goes on ----
"$gw" produce -b "$b" -t many --data "$data" --season 2024 --max-plays 1500 --rate 1000000 -q
mkfifo "$work/slow"
(
	exec 3<"$work/slow"
	until [ -e "$work/go" ]; do sleep 0.1; done
	cat <&3 >"$work/read"
) &
reader_pid=$!
pids="$pids $reader_pid"
: >"$work/slow.err"
"$gw" score -b "$b" -t many -g slow -J --models "$work/models" --model classic:1 --http 127.0.0.1:0 >"$work/slow" 2>"$work/slow.err" &
score_pid=$!
pids="$pids $score_pid"
serves() { port=$(sed -n 's/.*the page is at http:[^ ]*:\([0-9]*\)\/.*/\1/p' "$work/slow.err") && [ -n "$port" ]; }
scored() { [ "$(curl -s -m 5 "http://127.0.0.1:$port/predictions.csv" | wc -l)" -ge 400 ]; }	# more than a pipe holds
wait_for "the scorer runs" serves
wait_for "and has more to say than its reader takes" scored
is "it goes on living" "$(curl -s -m 20 "http://127.0.0.1:$port/healthz")" ok
committed() { "$gw" group describe slow -b "$b" --json | jq '[.. | .committed? // empty | numbers] | add // 0'; }
is "what was not read is not committed" "$(committed)" 0
touch "$work/go"
all_read() { [ -e "$work/read" ] && [ "$(lines "$work/read")" = 1500 ]; }
wait_for "when the reader goes on, all comes" all_read
is "each play once" "$(jq -r '[.game_id, .play_id] | @tsv' "$work/read" | sort -u | wc -l | tr -d ' ')" 1500
kill $score_pid
wait $score_pid
is "and SIGTERM is exit 0" $? 0
is "with all of it committed" "$(committed)" 1500
plan

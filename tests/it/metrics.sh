#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What Prometheus scrapes: live pages of broker and scorer, their names checked by promtool, their
# numbers by what was done.
. "$(dirname "$0")/lib.sh"
require curl promtool

# wait_for TENTHS COMMAND: until it is true, or so long.
wait_for() {
	tries=0 limit=$1
	shift
	until "$@" || [ $tries -gt "$limit" ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

train_small
"$gw" train --data "$data" --seasons 2022 --features classic --name classic --models "$work/models" >"$work/train.out" 2>&1
is "and another, to be tried beside it" $? 0
broker_start --metrics 127.0.0.1:0
export GRIDWIRE_BOOTSTRAP="$b"
broker_url=$(sed -n 's/.*metrics at \(http:[^ ]*\)\/metrics$/\1/p' "$work/broker.log")
"$gw" produce --data "$data" --game $game --delay 0 -q 2>"$work/produce.log"
is "a game is produced" $? 0
n=$("$gw" consume -t nfl-plays -e -q | wc -l | tr -d ' ')
echo "no play" | "$gw" produce -t nfl-plays -q

: >"$work/score.log"
"$gw" score -g metrics --models "$work/models" --model classic:1 --challenger classic:2 --share 13 --csv "$work/p.csv" --to nfl-predictions --http 127.0.0.1:0 >"$work/score.out" 2>>"$work/score.log" &
score_pid=$!
pids="$pids $score_pid"
url_of_page() { url=$(sed -n 's/.*the page is at \(http:[^ ]*\)\/$/\1/p' "$work/score.log") && [ -n "$url" ]; }
scrape() { curl -fsS -o "$work/$1.txt" "$2/metrics"; }
value() {	# FILE SAMPLE: its value
	awk -v s="$2" 'index($0, s " ") == 1 { print $NF }' "$work/$1.txt"
}
# The unit is done: all it sent is acknowledged, nothing waits, and the broker saw the commit.
settled() {
	scrape score "$url" && [ "$(value score nfl_plays_scored_total)" = "$n" ] &&
		[ "$(value score nfl_predictions_delivered_total)" = $((n + 1)) ] &&
		[ "$(value score 'kafka_consumergroup_lag{consumergroup="metrics",topic="nfl-plays",partition="0"}')" = 0 ] &&
		[ "$(value score 'kafka_consumergroup_current_offset{consumergroup="metrics",topic="nfl-plays",partition="0"}')" = $((n + 1)) ]
}
wait_for 600 url_of_page
wait_for 1200 settled

for who in broker score; do
	if [ $who = broker ]; then at=$broker_url; else at=$url; fi
	try "/metrics of $who" curl -fsS -o "$work/$who.txt" "$at/metrics"
	try "promtool finds nothing to say of $who" sh -c "out=\$(promtool check metrics <'$work/$who.txt' 2>&1) && [ -z \"\$out\" ] || { echo \"\$out\"; false; }"
	is "$who is healthy" "$(curl -s "$at/healthz")" ok
	is "$who is ready" "$(curl -s "$at/readyz")" ok
done

is "every play is counted" "$(value score nfl_plays_scored_total)" "$n"
is "what is no play is counted with its reason" "$(value score 'nfl_messages_skipped_total{reason="not JSON"}')" 1
is "every prediction was delivered, and the dead letter" "$(value score nfl_predictions_delivered_total)" $((n + 1))
is "dead letters are counted" "$(value score nfl_dead_letters_total)" 1
is "none failed" "$(value score nfl_predictions_failed_total)" 0
is "nothing waits to be read" "$(value score 'nfl_consumer_lag_records{topic="nfl-plays",partition="0"}')" 0
is "kafka_exporter's name says the same" "$(value score 'kafka_consumergroup_lag{consumergroup="metrics",topic="nfl-plays",partition="0"}')" 0
is "a stage's histogram holds every play" "$(value score 'nfl_stage_duration_seconds_bucket{stage="compute",le="+Inf"}')" "$n"
is "its first bucket is 1 us" "$(grep -c 'stage="compute",le="0.000001"' "$work/score.txt")" 1
is "the buckets never fall" "$(awk '/^nfl_stage_duration_seconds_bucket/ { split($1, k, "\""); if (k[2] != stage) { stage = k[2]; last = 0 } if ($2 < last) bad = 1; last = $2 } END { print bad + 0 }' "$work/score.txt")" 0
is "the model is named" "$(grep -c '^nfl_model_info{model="classic",version="1",sha256="[0-9a-f]*",features="classic"} 1$' "$work/score.txt")" 1
is "the challenger is named, too" "$(grep -c '^nfl_challenger_info{model="classic",version="2",sha256="[0-9a-f]*",features="classic"} 1$' "$work/score.txt")" 1
is "each play of the trial is the champion's or the challenger's" "$(awk '/^nfl_trial_plays_total/ { n += $NF } END { print n }' "$work/score.txt")" "$n"
is "nothing was rolled back" "$(value score nfl_trial_rollbacks_total)" 0
try "the scorer is connected to the broker" test "$(value score gridwire_client_connections)" -gt 0
try "and knows the free disk under its CSV" test "$(value score nfl_csv_disk_free_bytes | cut -c1-1)" -gt 0
try "what the viewers asked is counted" test "$(value score gridwire_http_received_bytes_total)" -gt 0
is "the broker counts the records of all topics" "$(value broker gridwire_broker_records_total)" $((2 * n + 2))
try "and its free disk" test "$(value broker gridwire_broker_disk_free_bytes | cut -c1-1)" -gt 0

# A real Prometheus scrapes both; then every panel of the dashboard has data.
rules=$GW_SRCDIR/contrib/prometheus
try "the rules are well formed" promtool check rules "$rules/gridwire.rules.yml"
try "each fires when it must and is silent when it may" promtool test rules "$rules/gridwire.rules.test.yml"
sed -n 's/.*alert: \(.*\)/\1/p' "$rules/gridwire.rules.yml" | sort >"$work/alerts"
is "each has a case in which it fires and one in which it is silent" \
	"$(sed -n 's/.*alertname: \(.*\)/\1/p' "$rules/gridwire.rules.test.yml" | sort | uniq -c | awk '$1 >= 2 { print $2 }')" "$(cat "$work/alerts")"
is "each has its section in the runbook" "$(sed -n 's/^## \(Gridwire.*\)/\1/p' "$GW_SRCDIR/doc/runbook.md" | sort)" "$(cat "$work/alerts")"
try "the scrape configuration is well formed" promtool check config "$rules/prometheus.yml"
if command -v amtool >/dev/null; then
	try "Alertmanager's configuration is well formed" amtool check-config "$rules/alertmanager.yml"
	is "a page goes to PagerDuty" "$(amtool config routes test --config.file="$rules/alertmanager.yml" alertname=GridwireDown severity=page)" pagerduty
	is "a ticket does not" "$(amtool config routes test --config.file="$rules/alertmanager.yml" alertname=GridwireLagGrowing severity=ticket)" tickets
else
	skip "Alertmanager's configuration is well formed" "amtool is not installed"
fi
if command -v prometheus >/dev/null && command -v python3 >/dev/null; then
	prom=$work/prometheus
	mkdir -p "$prom"
	{
		echo "global: {scrape_interval: 500ms, evaluation_interval: 500ms}"
		echo "rule_files: ['$rules/gridwire.rules.yml']"
		echo "scrape_configs:"
		echo "  - {job_name: gridwire, static_configs: [{targets: ['${url#http://}', '${broker_url#http://}']}]}"
	} >"$prom/prometheus.yml"
	port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
	prometheus --config.file="$prom/prometheus.yml" --storage.tsdb.path="$prom/data" --web.listen-address="127.0.0.1:$port" >"$prom/log" 2>&1 &
	pids="$pids $!"
	ask() { curl -s "http://127.0.0.1:$port/api/v1/$1"; }
	both_up() { [ "$(ask 'query?query=up' | grep -o '"__name__":"up"' | wc -l)" -eq 2 ]; }
	wait_for 1200 both_up
	# Four more games: the first is over by then, and its models judged.
	for g in 2024_01_GB_PHI 2024_01_ARI_BUF 2024_01_DAL_CLE 2024_01_DEN_SEA; do
		"$gw" produce --data "$data" --game $g --delay 0 -q 2>>"$work/produce.log"
	done
	panels() {
		"$gw" produce --data "$data" --game $game --delay 0 --max-plays 20 -q 2>>"$work/produce.log"
		sleep 1
		python3 "$GW_SRCDIR/tests/it/panels.py" "http://127.0.0.1:$port" "$GW_SRCDIR/contrib/grafana/gridwire.json" \
			"${broker_url#http://}" >"$work/panels" 2>&1
	}
	wait_for 60 panels
	if [ $tries -le 60 ]; then pass "every panel of the dashboard has data, and every one of kafka_exporter's"
	else fail "every panel of the dashboard has data, and every one of kafka_exporter's" "$work/panels"; fi
	is "no alert fires without a reason" "$(ask alerts | grep -o '"alertname":"[A-Za-z]*","[^}]*"state":"firing"' | grep -v MessagesSkipped)" ""
fi

exits "a foreign address is refused" 1 "$gw" broker --metrics 0.0.0.0:9100 --dir "$work/other"
kill -TERM $score_pid
wait $score_pid
is "the scorer ends well" $? 0
broker_end TERM
is "the broker ends well" "$broker_exit" 0
plan

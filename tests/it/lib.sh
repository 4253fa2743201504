# SPDX-License-Identifier: MIT
#
# What the whole-program tests share: the program, a scratch folder, brokers and models. Source it.
# Sets gw, data, work, game. Processes begun through it end with the script.

GW_SRCDIR=$(cd "${GW_SRCDIR:-.}" && pwd)
. "$GW_SRCDIR/tests/support/tap.sh"
gw=$(cd "${GW_BUILDDIR:-.}" && pwd)/gridwire
data=$GW_SRCDIR/data
game=2024_01_BAL_KC
work=$(mktemp -d "${TMPDIR:-/tmp}/gw-it.XXXXXX")
pids=
unset GRIDWIRE_BOOTSTRAP GRIDWIRE_MODELS
export LC_ALL=C
cd "$work" || exit 1	# what a verb writes without being told where goes there too

cleanup() {
	for p in $pids; do kill -9 "$p" 2>/dev/null; done
	wait 2>/dev/null
	[ -n "${GW_KEEP:-}" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Without these programs the whole script is skipped.
require() {
	for tool; do
		command -v "$tool" >/dev/null && continue
		echo "1..0 # SKIP $tool is not installed"
		exit 0
	done
}

# A shell function brings its own limit; everything else has two minutes.
limited() {
	case $(command -v "$1") in
	*/*) timeout 120 "$@";;
	*) "$@";;
	esac
}

# exits NAME CODE COMMAND...: with that code, and one line on stderr when the code is not 0.
exits() {
	name=$1 want=$2
	shift 2
	limited "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
	got=$?
	lines=$(wc -l <"$work/stderr")
	if [ "$got" = "$want" ] && { [ "$want" = 0 ] || [ "$lines" -eq 1 ]; }; then
		pass "$name"
	else
		fail "$name" "$work/stderr"
		note "  exit $got (expected $want), $lines lines on stderr"
	fi
}

# broker_start [OPTION...]: sets b, its address, and broker_pid. Its folder is $work/broker.
broker_start() {
	: >"$work/broker.log"
	"$gw" broker --listen "${listen:-127.0.0.1:0}" --dir "$work/broker" "$@" 2>>"$work/broker.log" &
	broker_pid=$!
	pids="$pids $broker_pid"
	tries=0
	until b=$(sed -n 's/.*listening on \([0-9.]*:[0-9]*\).*/\1/p' "$work/broker.log") && [ -n "$b" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 100 ] || ! kill -0 $broker_pid 2>/dev/null; then
			fail "the broker listens" "$work/broker.log"
			plan
		fi
		sleep 0.1
	done
}

# broker_end SIGNAL: sets broker_exit.
broker_end() {
	kill "-$1" "$broker_pid"
	wait "$broker_pid" 2>/dev/null
	broker_exit=$?
}

# The broker to test against: the one of GW_BOOTSTRAP, or our own.
any_broker() {
	if [ -n "${GW_BOOTSTRAP:-}" ]; then b=$GW_BOOTSTRAP; else broker_start; fi
}

# One season is enough where the figures do not matter.
train_small() {
	"$gw" train --data "$data" --seasons 2023 --features classic --name classic \
		--models "$work/models" >"$work/train.out" 2>&1 && return
	fail "a model can be trained" "$work/train.out"
	plan
}

# within SECONDS COMMAND...: until it succeeds.
within() {
	end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt $end ] || return 1
		sleep 0.1
	done
}

lines() { wc -l <"$1" | tr -d ' '; }

# column FILE NAME: that column of a CSV without quoted commas.
column() {
	awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } { print $c }' "$1"
}

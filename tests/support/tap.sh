# SPDX-License-Identifier: MIT
#
# TAP for shell tests: source it, call pass, fail, skip or try, and end with plan.
# fail "NAME" [FILE]: the FILE's first lines become diagnostics. A test script's exit code is 0
# exactly when nothing failed.

tap_n=0 tap_failed=0

pass() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1"; }
skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1 # SKIP $2"; }
note() { echo "# $*"; }

fail() {
	tap_n=$((tap_n + 1)) tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	[ ! -s "${2:-/dev/null}" ] || head -20 "$2" | sed 's/^/#   /'
}

# try NAME COMMAND...: passes when the command succeeds; its output explains a failure.
try() {
	tap_name=$1
	shift
	tap_out=$(mktemp "${TMPDIR:-/tmp}/gw-tap.XXXXXX")
	if "$@" >"$tap_out" 2>&1; then pass "$tap_name"; else fail "$tap_name" "$tap_out"; fi
	rm -f "$tap_out"
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1"; note "  got '$2', expected '$3'"; fi
}

plan() {
	echo "1..$tap_n"
	[ $tap_failed = 0 ]
	exit
}

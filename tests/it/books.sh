# SPDX-License-Identifier: MIT
#
# What must be true of the books that tests/it/bank keeps. Source it after lib.sh. Sets bank.

bank=$(cd "${GW_BUILDDIR:-$OLDPWD}" && pwd)/tests/it/bank

# books FILE NAME: each transfer has both halves, all of them sum to 0, and what was said is so.
books() {
	try "$2: the sum of all accounts is 0" awk '{ s += $2 } END { exit s != 0 || NR == 0 }' "$1"
	try "$2: no half of a transfer is seen" awk '{ n[$1]++; s[$1] += $2 }
		END { for (i in n) if (n[i] != 2 || s[i] != 0) { print i, n[i], s[i]; exit 1 } }' "$1"
	cut -d' ' -f1 "$1" | sort -u >"$work/seen"
	sed -n 's/^committed //p' "$work"/said.* | sort >"$work/committed"
	sed -n 's/^aborted //p' "$work"/said.* | sort >"$work/aborted"
	is "$2: what was committed is there" "$(comm -23 "$work/committed" "$work/seen" | wc -l | tr -d ' ')" 0
	is "$2: what was aborted is not" "$(comm -12 "$work/aborted" "$work/seen" | wc -l | tr -d ' ')" 0
}

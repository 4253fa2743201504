#!/bin/sh
# SPDX-License-Identifier: MIT
# The same data and seed give the same model file, of every family: for 1, 2 and 8 threads, and for each compiler that is here at -O0 and
# -O3 (whose builds run with 1, 3 and 8 threads in turn).
. "${GW_SRCDIR:-.}/tests/it/lib.sh"

trained() {
	"$gw" train -q --data "$data" --seasons 2023 --features state --name m --models "$work/$1" --threads "$1" \
		>/dev/null 2>"$work/stderr"
	sha256sum <"$work/$1/m/1/model.gw"
}

want=$(trained 1)
is "2 threads" "$(trained 2)" "$want"
is "8 threads" "$(trained 8)" "$want"

first=
threads=1
for cc in gcc clang; do
	for level in -O0 -O3; do
		if ! command -v $cc >/dev/null; then
			skip "$cc $level" "$cc is not installed"
			continue
		fi
		try "build with $cc $level" $cc -std=c11 -D_GNU_SOURCE -ffp-contract=off $level -I"$GW_SRCDIR/include" -I"$GW_SRCDIR/src" \
			"$GW_SRCDIR"/tests/it/train_once.c "$GW_SRCDIR"/src/nfl/*.c "$GW_SRCDIR"/src/ml/*.c "$GW_SRCDIR"/src/base/*.c \
			-o "$work/train_once" -lz -lm -lpthread
		exits "train with it" 0 "$work/train_once" "$data" 2023 $threads
		hash=$(sha256sum <"$work/stdout")
		first=${first:-$hash}
		is "$cc $level, $threads thread(s): the same bytes" "$hash" "$first"
		case $threads in 1) threads=3 ;; 3) threads=8 ;; *) threads=1 ;; esac
	done
done
plan

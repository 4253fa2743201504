#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The wire as text: a capture, a frame, a segment; damaged ones too.
. "$(dirname "$0")/lib.sh"
require jq
broker_start

printf 'one\ntwo\n' | "$gw" produce -b "$b" -t notes -k me -H from=shell --capture "$work/out.cap" 2>"$work/stderr" ||
	fail "produce with a capture" "$work/stderr"
exits "consume with a capture" 0 "$gw" consume -b "$b" -t notes -o beginning -e -q --capture "$work/in.cap"
is "it reads what was written" "$(tr '\n' ' ' <"$work/stdout")" "one two "
is "only the owner may read a capture" "$(ls -l "$work/in.cap" | cut -c1-10)" "-rw-------"

exits "a capture of what was sent" 0 "$gw" decode "$work/out.cap" --json
is "the Produce has both records" "$(jq -r 'select(.request == "Produce") |
	[.body.TopicData[].PartitionData[].Records[].records[].value] | join(" ")' "$work/stdout")" "one two"
is "with key and header" "$(jq -c 'select(.request == "Produce") |
	.body.TopicData[0].PartitionData[0].Records[0].records[0] | [.key, .headers]' "$work/stdout")" '["me",[["from","shell"]]]'
is "its answer says where they are" "$(jq 'select(.response == "Produce") |
	.body.Responses[0].PartitionResponses[0].BaseOffset' "$work/stdout")" 0
is "a response for every request" "$(jq -s '[map(select(.request)), map(select(.response))] |
	map(length) | .[0] == .[1]' "$work/stdout")" true
exits "a capture of what was read" 0 "$gw" decode "$work/in.cap"
try "the records as people read them" grep -q 'value: "two"' "$work/stdout"

segment=$(find "$work/broker" -name '*.log' -size +0 -path '*notes*' -o -name '*.log' -size +0 -path '*/0/*' | head -1)
[ -n "$segment" ] || segment=$(find "$work/broker" -name '00000000000000000000.log' -size +0 | head -1)
exits "a segment of the broker's log" 0 "$gw" decode "$segment" --json
is "holds the batch" "$(jq -r '.batch | [.codec, .crcOk, .recordCount] | map(tostring) | join(" ")' "$work/stdout")" "none true 2"

exits "a frame by hand" 0 "$gw" decode --frame 00120000000000070004676f6c64
try "is named" grep -q 'request: "ApiVersions"' "$work/stdout"
exits "a response by hand" 0 "$gw" decode --frame 000000070000 --as Heartbeat:0 --json
is "with its field" "$(jq .body.ErrorCode "$work/stdout")" 0
exits "a frame that is cut off" 7 "$gw" decode --frame 0003000900000001
try "it says where to look" grep -q 'frame: 1 frame or batch could not be read' "$work/stderr"
: >"$work/nothing"
exits "an empty file" 7 "$gw" decode "$work/nothing"
try "is said to be empty" grep -q 'nothing is empty' "$work/stderr"
exits "what is no frame" 1 "$gw" decode
exits "nor hexadecimal" 7 "$gw" decode --frame xyz

head -c $(($(wc -c <"$work/in.cap") - 5)) "$work/in.cap" >"$work/short.cap"
exits "a capture that is cut off" 7 "$gw" decode "$work/short.cap"
try "tells what there is" grep -q 'request: "Metadata"' "$work/stdout"
cp "$segment" "$work/bad.log"
printf '\377' | dd of="$work/bad.log" bs=1 seek=70 conv=notrunc 2>/dev/null
"$gw" decode "$work/bad.log" --json >"$work/stdout" 2>/dev/null
is "a flipped byte in a batch is seen" "$(jq .batch.crcOk "$work/stdout")" false
plan

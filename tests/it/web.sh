#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fetching from the web, by curl and by the program itself: the same answers come in, and the same
# bad ones do not; over TLS only from whom the certificate names. The half about our own TLS needs a
# program that was built with it.
. "$(dirname "$0")/lib.sh"
require python3 curl openssl

here=$GW_SRCDIR/tests/it
board=$GW_SRCDIR/tests/data/espn/live/scoreboard.2022-09-11.json.gz
unset https_proxy HTTPS_PROXY http_proxy all_proxy ALL_PROXY SSL_CERT_DIR CURL_CA_BUNDLE
if "$gw" version | grep -q 'tls *OpenSSL'; then tls=built-in; else tls=; fi
good="plain chunked gzip gzip-chunked until-the-end early-hints moved moved-far in-pieces"
bad="moved-for-ever moved-to-file half half-chunk no-last-chunk half-gzip broken-gzip bad-chunk html nothing no-http huge
refused busy"

# certificate NAME SUBJECT: NAME.pem and NAME.key, for that name.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
		-addext "subjectAltName=$2" -keyout "$work/$1.key" -out "$work/$1.pem" 2>"$work/openssl.err"
}

# server NAME [CERTIFICATE]: sets port.
server() {
	: >"$work/port"
	python3 "$here/web_server.py" "$board" ${2:+"$work/$2.pem" "$work/$2.key"} >"$work/port" 2>"$work/server.err" &
	pids="$pids $!"
	tries=0
	until [ -s "$work/port" ]; do
		tries=$((tries + 1))
		[ $tries -le 100 ] || { fail "$1 listens" "$work/server.err"; plan; }
		sleep 0.1
	done
	port=$(cat "$work/port")
}

games() { timeout 10 "$gw" games --json --espn-url "$1"; }

# all BY URL: every way, good and bad.
all() {
	export GRIDWIRE_FETCH="$1"
	ways=$good
	[ "$1" = curl ] || ways="$ways trailer"	# curl puts it among the body's bytes
	for way in $ways; do
		games "$2/$way" >"$work/got" 2>"$work/stderr"
		if cmp -s "$work/got" "$work/wanted"; then pass "$1, ${2%%:*}: $way"
		else fail "$1, ${2%%:*}: $way" "$work/stderr"; fi
	done
	for way in $bad; do
		games "$2/$way" >"$work/got" 2>"$work/stderr"
		code=$?
		# One line that says why, and nothing that looks like an answer.
		if [ $code -gt 1 ] && [ $code -lt 124 ] && [ ! -s "$work/got" ] && [ "$(lines "$work/stderr")" = 1 ]; then
			pass "$1, ${2%%:*}: $way"
		else
			fail "$1, ${2%%:*}: $way: exit $code" "$work/stderr"
		fi
	done
	unset GRIDWIRE_FETCH
}

# distrusts BY URL WORDS: the program ends with 2 and says that.
distrusts() {
	GRIDWIRE_FETCH=$1 games "$2/plain" >"$work/got" 2>"$work/stderr"
	is "$1: $4" $? 2
	try "$1: $4: it says why" grep -q -i -e "$3" "$work/stderr"
}

mkdir "$work/board"
cp "$board" "$work/board"
"$gw" games --json --from "$work/board" >"$work/wanted" 2>&1
is "the scoreboard has its games" "$(lines "$work/wanted")" 16

server "the server"
plain=http://localhost:$port
all curl "$plain"
all built-in "$plain"

certificate right DNS:localhost
certificate other DNS:elsewhere.example
server "the server with TLS" right
url=https://localhost:$port
by_address=https://127.0.0.1:$port
server "the one of another name" other
other=https://localhost:$port
cat "$work/right.pem" "$work/other.pem" >"$work/both.pem"
for by in curl $tls; do
	export SSL_CERT_FILE="$work/both.pem"
	all $by "$url"
	GRIDWIRE_FETCH=$by games "$url/moved-to-http" >"$work/got" 2>"$work/stderr"
	try "$by: nothing goes from https to http" test $? -gt 1 -a ! -s "$work/got"
	distrusts $by "$other" "is not for" "a certificate of another name is refused"
	distrusts $by "$by_address" "is not for" "and one without the address"
	export SSL_CERT_FILE="$work/other.pem"
	distrusts $by "$url" "unknown authority" "an unknown authority is refused"
	unset SSL_CERT_FILE
	distrusts $by "https://localhost:${plain##*:}" "no TLS\|wrong version" "TLS on a port without"
done
if [ -z "$tls" ]; then
	GRIDWIRE_FETCH=built-in games "$url/plain" >"$work/got" 2>"$work/stderr"
	try "a build without TLS says so" grep -q "has no TLS" "$work/stderr"
	try "and fetches by curl" env SSL_CERT_FILE="$work/right.pem" "$gw" games --espn-url "$url/plain"
else
	(PATH=/nonexistent SSL_CERT_FILE="$work/right.pem" "$gw" games --json --espn-url "$url/plain" >"$work/got" 2>&1)
	try "a build with TLS needs no curl" cmp "$work/got" "$work/wanted"
	# A proxy is curl's matter.
	https_proxy=http://127.0.0.1:1 SSL_CERT_FILE="$work/right.pem" games "$url/plain" >"$work/got" 2>"$work/stderr"
	is "with a proxy, curl is asked" "$?, $(grep -c curl "$work/stderr")" "2, 1"
fi
plan

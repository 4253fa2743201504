#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Logging in to a real Apache Kafka, over TLS and without, well and badly: each attempt ends with the
# manual's exit code and words that name the cause.
#
# GW_BOOTSTRAP is the plain port of "scripts/kafka start-secure VERSION" and GW_KAFKA that VERSION;
# the program in GW_BUILDDIR is one with OpenSSL, or the half about TLS is left out.
if [ -z "${GW_KAFKA:-}" ]; then
	echo "1..0 # SKIP no secured Apache Kafka (scripts/kafka start-secure, GW_KAFKA, GW_BOOTSTRAP)"
	exit 0
fi
. "$(dirname "$0")/lib.sh"
require openssl curl
kafka=$GW_SRCDIR/scripts/kafka
keys=$("$kafka" status "$GW_KAFKA" | sed -n 's/.*, \(\/.*\)\/1$/\1/p')
port=${GW_BOOTSTRAP##*:}
plain=localhost:$port sasl=localhost:$((port + 2)) ssl=localhost:$((port + 3))
mtls=localhost:$((port + 4)) sasl_ssl=localhost:$((port + 5))

# attempt NAME CODE WORDS COMMAND...: and the words are on stderr. No secret ever is.
attempt() {
	words=$3
	name=$1 code=$2
	shift 3
	exits "$name" "$code" "$@"
	if [ -n "$words" ]; then
		if grep -q -e "$words" "$work/stderr"; then pass "$name: says why"
		else fail "$name: says why ($words)" "$work/stderr"; fi
	fi
	! grep -q -e secret -e wrong-word "$work/stderr" || fail "$name: no password in the message"
}

# login MECHANISM USER PASSWORD [PROTOCOL]: the file $work/login.
login() {
	printf '%s\n' "security.protocol=${4:-SASL_PLAINTEXT}" "sasl.mechanism=$1" \
		"sasl.username=$2" "sasl.password=$3" "ssl.truststore.location=$keys/ca.pem" >"$work/login"
}

list() {	# BOOTSTRAP ARGUMENT...
	at=$1
	shift
	limited "$gw" topic list -b "$at" -q "$@"
}

token_for() {	# USER [SECONDS]: unsigned, as Kafka's default validator takes it; good for so long
	now=$(($(date +%s) - 60))
	b64() { base64 | tr -d '=\n' | tr '/+' '_-'; }
	printf '%s.%s.' "$(printf '{"alg":"none"}' | b64)" \
		"$(printf '{"sub":"%s","iat":%s,"exp":%s}' "$1" "$now" $((now + 60 + ${2:-600})) | b64)"
}

"$gw" topic create -b "$plain" -q secured 2>/dev/null || "$gw" topic list -b "$plain" >"$work/stderr" 2>&1
mechanisms="PLAIN SCRAM-SHA-256 SCRAM-SHA-512" best=SCRAM-SHA-512
class=org.apache.kafka.common.security.scram.ScramLoginModule
case $GW_KAFKA in
3.[3-4].*)	# KRaft mode has SCRAM from 3.5 on
	mechanisms=PLAIN best=PLAIN
	class=org.apache.kafka.common.security.plain.PlainLoginModule;;
esac

for m in $mechanisms; do
	login "$m" alice alice-secret
	attempt "$m: the right password" 0 "" list "$sasl" -F "$work/login"
	login "$m" alice wrong-word
	attempt "$m: a wrong password" 3 "login of user \"alice\" by $m failed: the broker says" \
		list "$sasl" -F "$work/login"
	login "$m" nobody alice-secret
	attempt "$m: an unknown user" 3 "login of user \"nobody\" by $m failed" list "$sasl" -F "$work/login"
done

printf '%s\n' security.protocol=SASL_PLAINTEXT sasl.mechanism=$best \
	"sasl.jaas.config=$class required username=\"alice\" password=\"alice-secret\";" >"$work/login"
attempt "Java's login module line" 0 "" list "$sasl" -F "$work/login"

token_for alice >"$work/token"
oauth="-X security.protocol=SASL_PLAINTEXT -X sasl.mechanism=OAUTHBEARER"
# shellcheck disable=SC2086
attempt "OAUTHBEARER: a token from a file" 0 "" list "$sasl" $oauth \
	-X sasl.oauthbearer.token.endpoint.url="file://$work/token"
echo not.a.token >"$work/token"
# shellcheck disable=SC2086
attempt "OAUTHBEARER: a token that is none" 3 'login by OAUTHBEARER failed.*invalid_token' list "$sasl" $oauth \
	-X sasl.oauthbearer.token.endpoint.url="file://$work/token"
# shellcheck disable=SC2086
attempt "OAUTHBEARER: no such file" 3 'login by OAUTHBEARER failed.*nowhere' list "$sasl" $oauth \
	-X sasl.oauthbearer.token.endpoint.url="file://$work/nowhere"

# ---- rights ----

login $best alice alice-secret
echo secured | limited "$gw" produce -b "$sasl" -F "$work/login" -t secured -q 2>"$work/stderr"
is "alice, who may do all, produces" $? 0
is "and reads it" "$("$gw" consume -b "$sasl" -F "$work/login" -t secured -o beginning -c 1 -q)" secured
login $best bob bob-secret
attempt "bob, who may do nothing, does not read" 5 "AUTHORIZATION_FAILED" \
	"$gw" consume -b "$sasl" -F "$work/login" -t secured -o beginning -c 1 -q
attempt "nor describe" 5 "AUTHORIZATION_FAILED" "$gw" topic describe -b "$sasl" -F "$work/login" secured

# ---- logins that end (KIP-368): the brokers of start-secure want a new one every 4 s ----

# How often a client connected, and how often it logged in.
logins() {	# CAPTURE
	"$gw" decode "$1" 2>/dev/null | awk '/request: "ApiVersions"/ { c++ } /request: "SaslHandshake"/ { l++ }
		END { print c + 0, l + 0 }'
}
logged_in_again() { logins "$1" | { read -r c l; [ "$c" -gt 0 ] && [ "$l" -ge $((c + 2)) ]; }; }
slowly() { i=0; while [ ! -e "$work/enough" ]; do echo "$((i += 1))"; sleep 0.2; done; }

case $GW_KAFKA in
2.1.*) skip "logins are renewed" "from 2.2 on";;
*)
	login $best alice alice-secret
	limited "$gw" topic create -b "$plain" -q again 2>/dev/null
	is_there() { limited "$gw" topic describe -b "$plain" -q again >/dev/null 2>&1; }
	try "a topic is made" within 20 is_there
	slowly | "$gw" produce -b "$sasl" -F "$work/login" -t again -q --capture "$work/wire.out" \
		2>"$work/out.err" &
	producer=$!
	"$gw" consume -b "$sasl" -F "$work/login" -t again -o beginning -q -u --capture "$work/wire.in" \
		>"$work/in" 2>"$work/in.err" &
	consumer=$!
	pids="$pids $producer $consumer"
	sleep 14
	touch "$work/enough"
	wait $producer
	is "logins are renewed: the producer ends well" $? 0
	n=$("$gw" consume -b "$plain" -t again -o beginning -e -q | wc -l)
	all_in() { [ "$(lines "$work/in")" = "$n" ]; }
	within 60 all_in || sed 's/^/# /' "$work/in.err"
	try "the consumer has all records" all_in
	try "in their order, each once" sh -c "seq 1 $n | cmp - '$work/in'"
	kill $consumer
	wait $consumer
	note "connections, logins: producer $(logins "$work/wire.out"), consumer $(logins "$work/wire.in")"
	try "the producer logged in again on the same connections" logged_in_again "$work/wire.out"
	try "the consumer did" logged_in_again "$work/wire.in"

	# What lets it in no more is said when the next login is due.
	token_for alice >"$work/token"
	# shellcheck disable=SC2086
	timeout 120 "$gw" consume -b "$sasl" $oauth -X sasl.oauthbearer.token.endpoint.url="file://$work/token" -t again \
		-o beginning -q -u >"$work/in" 2>"$work/stderr" &
	consumer=$!
	pids="$pids $consumer"
	try "a consumer with a token reads" within 60 all_in
	token_for alice -10 >"$work/token.new" && mv "$work/token.new" "$work/token"
	wait $consumer
	is "once its token has expired it ends" $? 3
	try "and says why" grep -q 'login by OAUTHBEARER failed.*invalid_token' "$work/stderr";;
esac

# ---- the wrong kind of listener ----

login PLAIN alice alice-secret
attempt "a login on a plain port" 3 "is this listener one with SASL?" list "$plain" -F "$work/login"
attempt "a login on a TLS port" 3 "TLS\|security.protocol" list "$ssl" -F "$work/login"
# Old releases close without a word, or with another one.
login_hint="does this listener want a login" none_hint="wants a client certificate: set ssl.keystore.location"
refused_hint="refuses our certificate"
case $GW_KAFKA in
2.[0-3].*) login_hint="security.protocol" none_hint="TLS: " refused_hint="TLS: ";;
2.[4-8].*) none_hint="TLS: " refused_hint="TLS: ";;
esac
attempt "no login on a SASL port" 3 "$login_hint" limited "$gw" topic list -b "$sasl" -q
attempt "no TLS on a TLS port" 3 "TLS" list "$ssl"

if "$gw" version | grep -q 'tls  *no'; then
	attempt "a build without TLS says so" 5 "not built in" list "$ssl" -X security.protocol=SSL
	plan
fi

# ---- TLS ----

trust="-X security.protocol=SSL -X ssl.truststore.location=$keys/ca.pem"
# shellcheck disable=SC2086
tls() { list "$@" $trust; }

attempt "TLS: the authority is known" 0 "" tls "$ssl"
attempt "TLS: the address is in the certificate too" 0 "" tls "127.0.0.1:$((port + 3))"
attempt "TLS: no authority" 3 "signed by an unknown authority: set ssl.truststore.location" \
	list "$ssl" -X security.protocol=SSL
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=alice -days 3 \
	-keyout "$work/self.key" -out "$work/self.crt" 2>/dev/null
attempt "TLS: another authority" 3 "unknown authority: ssl.truststore.location does not hold" \
	list "$ssl" -X security.protocol=SSL -X ssl.truststore.location="$work/self.crt"
attempt "TLS: another host's certificate" 3 'certificate is not for "127.1"' tls "127.1:$((port + 3))"
attempt "TLS: any host, when told so" 0 "" tls "127.1:$((port + 3))" -X ssl.endpoint.identification.algorithm=
attempt "TLS on a plain port" 3 "is there TLS on this port?" tls "$plain"
attempt "TLS: a file that holds no certificate" 1 "holds no PEM certificate" \
	list "$ssl" -X security.protocol=SSL -X ssl.truststore.location="$work/self.key"
attempt "TLS: no such file" 8 "ssl.truststore.location" \
	list "$ssl" -X security.protocol=SSL -X ssl.truststore.location="$work/nowhere"

cat "$keys/alice.key" "$keys/alice.crt" >"$work/alice.pem"
cat "$work/self.key" "$work/self.crt" >"$work/self.pem"
cat "$work/self.key" "$keys/alice.crt" >"$work/mixed.pem"
{ openssl pkcs8 -topk8 -in "$keys/alice.key" -passout pass:key-secret && cat "$keys/alice.crt"; } \
	>"$work/locked.pem" 2>/dev/null
attempt "client certificate: the right one" 0 "" tls "$mtls" -X ssl.keystore.location="$work/alice.pem"
attempt "client certificate: none" 3 "$none_hint" tls "$mtls"
attempt "client certificate: of no authority" 3 "$refused_hint" \
	tls "$mtls" -X ssl.keystore.location="$work/self.pem"
attempt "client certificate: another's key" 1 "not its first certificate's" \
	tls "$mtls" -X ssl.keystore.location="$work/mixed.pem"
attempt "client certificate: a key with a password" 0 "" \
	tls "$mtls" -X ssl.keystore.location="$work/locked.pem" -X ssl.key.password=key-secret
attempt "client certificate: a wrong password of the key" 1 "ssl.key.password is wrong" \
	tls "$mtls" -X ssl.keystore.location="$work/locked.pem" -X ssl.key.password=wrong-word

for m in $mechanisms; do
	login "$m" alice alice-secret SASL_SSL
	attempt "$m over TLS: the right password" 0 "" list "$sasl_ssl" -F "$work/login"
	login "$m" alice wrong-word SASL_SSL
	attempt "$m over TLS: a wrong password" 3 "login of user \"alice\" by $m failed" \
		list "$sasl_ssl" -F "$work/login"
done

# A scorer tells when the first of the certificates ends: its own, of a day, before the broker's.
openssl x509 -req -days 1 -in "$keys/alice.csr" -CA "$keys/ca.pem" -CAkey "$keys/ca.key" -set_serial 77 \
	-out "$work/day.crt" 2>"$work/openssl.err"
cat "$keys/alice.key" "$work/day.crt" >"$work/day.pem"
train_small
certificate_metric() {	# BOOTSTRAP ARGUMENT...: what the scorer's page says
	at=$1
	shift
	: >"$work/score.log"
	# shellcheck disable=SC2086
	"$gw" score -b "$at" $trust "$@" --models "$work/models" --http 127.0.0.1:0 >"$work/score.out" 2>>"$work/score.log" &
	score_pid=$! tries=0 told=
	pids="$pids $score_pid"
	until [ -n "$told" ] || [ $tries -gt 600 ]; do
		tries=$((tries + 1))
		sleep 0.1
		url=$(sed -n 's/.*the page is at \(http:[^ ]*\)\/$/\1/p' "$work/score.log")
		told=$(curl -s "$url/metrics" | sed -n 's/^gridwire_client_certificate_expires_timestamp_seconds //p')
	done
	kill -TERM $score_pid
	wait $score_pid
	echo "$told"
}
ends() { date -d "$(openssl x509 -noout -enddate -in "$1" | sed 's/.*=//')" +%s; }
is "metrics: when the broker's certificate ends" "$(certificate_metric "$ssl")" \
	"$(ends "$keys/localhost.crt")"
is "metrics: our own ends before" "$(certificate_metric "$mtls" -X ssl.keystore.location="$work/day.pem")" \
	"$(ends "$work/day.crt")"

# More than one TLS record, both ways.
login $best alice alice-secret SASL_SSL
seq 1 50000 >"$work/lines"
limited "$gw" produce -b "$sasl_ssl" -F "$work/login" -t secured-lines -q -l "$work/lines" 2>"$work/stderr"
is "50,000 lines go out over TLS" $? 0
limited "$gw" consume -b "$sasl_ssl" -F "$work/login" -t secured-lines -o beginning -e -q >"$work/back" 2>"$work/stderr"
try "and come back" cmp "$work/back" "$work/lines"
plan

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Users of the embedded broker: who may in, who may not, how it is said, and that they stay. With
# kcat where it is installed.
. "$(dirname "$0")/lib.sh"
printf 'alice-secret\n' >alice
printf 'second-secret\n' >second
broker_start --user alice --password-file alice

# as MECHANISM USER PASSWORD: the file $work/login.
as() {
	printf '%s\n' security.protocol=SASL_PLAINTEXT "sasl.mechanism=$1" "sasl.username=$2" \
		"sasl.password=$3" >"$work/login"
}
says() {	# NAME WORDS
	if grep -q -e "$2" "$work/stderr"; then pass "$1"; else fail "$1" "$work/stderr"; fi
}

for m in PLAIN SCRAM-SHA-256 SCRAM-SHA-512; do
	as $m alice alice-secret
	exits "$m: the right password" 0 "$gw" topic list -b "$b" -F "$work/login" -q
	as $m alice wrong-word
	exits "$m: a wrong one" 3 "$gw" topic list -b "$b" -F "$work/login" -q
	says "$m: and why" "login of user \"alice\" by $m failed: the broker says: wrong user or password"
	as $m nobody alice-secret
	exits "$m: an unknown user" 3 "$gw" topic list -b "$b" -F "$work/login" -q
	says "$m: in the same words" "wrong user or password"
done
exits "a mechanism that is not there" 3 "$gw" topic list -b "$b" -q -X security.protocol=SASL_PLAINTEXT \
	-X sasl.mechanism=OAUTHBEARER
says "names those that are" "it offers PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"
exits "no login at all" 3 "$gw" topic list -b "$b" -q
says "is told what to do" "does this listener want a login"
as PLAIN alice alice-secret
echo hello | "$gw" produce -b "$b" -F "$work/login" -t t -q
is "what alice writes, she reads" "$("$gw" consume -b "$b" -F "$work/login" -t t -o beginning -e -q)" hello
if grep -rq -e alice-secret broker broker.log; then fail "the password is stored nowhere"
else pass "the password is stored nowhere"; fi

if command -v kcat >/dev/null; then
	for m in PLAIN SCRAM-SHA-256 SCRAM-SHA-512; do
		is "kcat reads, by $m" "$(limited kcat -C -b "$b" -t t -o beginning -e -q -X security.protocol=SASL_PLAINTEXT \
			-X sasl.mechanism=$m -X sasl.username=alice -X sasl.password=alice-secret 2>"$work/stderr")" hello
		limited kcat -L -m 3 -b "$b" -X security.protocol=SASL_PLAINTEXT -X sasl.mechanism=$m \
			-X sasl.username=alice -X sasl.password=wrong-word >/dev/null 2>"$work/stderr" &&
			fail "kcat is refused, by $m" || says "kcat is refused, by $m" "wrong user or password"
	done
else
	skip "kcat logs in" "kcat is not installed"
fi

broker_end TERM
is "the broker stops well" $broker_exit 0
broker_start
exits "users stay over a restart" 0 "$gw" topic list -b "$b" -F "$work/login" -q
broker_end KILL
broker_start --user alice --password-file second
exits "a new password counts" 3 "$gw" topic list -b "$b" -F "$work/login" -q
as SCRAM-SHA-256 alice second-secret
exits "the new one is taken" 0 "$gw" topic list -b "$b" -F "$work/login" -q
broker_end KILL
broker_start --remove-user alice
exits "without users nobody logs in" 0 "$gw" topic list -b "$b" -q
exits "and a login is out of place" 3 "$gw" topic list -b "$b" -F "$work/login" -q
broker_end TERM

exits "outside of loopback only with a user" 1 "$gw" broker --listen 0.0.0.0:0 --dir "$work/broker"
says "is said so" "cannot listen on 0.0.0.0"
exits "a user needs a password" 1 "$gw" broker --dir "$work/broker" --user bob -q
says "and how" "--password-file FILE is missing"
: >empty
exits "an empty password is none" 1 "$gw" broker --dir "$work/broker" --user bob --password-file empty
says "is said, too" "the password is empty"
listen=0.0.0.0:0
broker_start --user alice --password-file alice
b=127.0.0.1:${b##*:}
as SCRAM-SHA-512 alice alice-secret
exits "with a user anywhere" 0 "$gw" topic list -b "$b" -F "$work/login" -q
plan

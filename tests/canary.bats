#!/usr/bin/env bats
# Secrets are in files and on the wire, and nowhere else: not in arguments,
# environments, messages, copies, the ledger, a core, nor at another host.
# shellcheck disable=SC2034

load helpers

TELLERS="mage-extract mage-writeback sf-match sf-load sf-diff sf-query rec-map led-recall led-record"

prepare()
{
	local kind
	mkdir data none bin secrets night
	for kind in "$REPO"/fixtures/magento/entities/*.ndjson; do
		head -n 3 "$kind" >"data/${kind##*/}"
	done
	MAGE_DATA=$WORK/data
	start_mage
	start_sf --set job_delay_ms=1
	start foreign mage-sandbox --data none --port 0
	FOREIGN=$(jq -r .url foreign.first)
	witnesses
	keep_secrets
	cd night || return 1
	export CANARY_RUN=1 MILLRACE_CONF=$WORK/night/millrace.conf
	export {http,https,all}_proxy="$FOREIGN" {HTTP,HTTPS,ALL}_PROXY="$FOREIGN"
	unset no_proxy NO_PROXY
	ulimit -c "$(ulimit -H -c)"
}

# The proxies below are for the programs.
curl() { command curl --noproxy '*' "$@"; }

# Every program in bin tells what it was given, and those that speak to others
# say all they can.
witnesses()
{
	local p name more
	for p in "$MILLRACE_BIN"/*; do
		name=${p##*/} more=
		[[ $name != millrace && $name != *-sandbox ]] || { ln -s "$p" bin; continue; }
		[[ " $TELLERS " != *" $name "* ]] || more=-vv
		printf '#!/bin/sh\n{ echo "$0 $*"; export -p; } >>"%s/night/given"\nexec "%s" %s "$@"\n' "$WORK" "$p" "$more" >"bin/$name"
		chmod 700 "bin/$name"
	done
	export MILLRACE_BIN=$WORK/bin
	PATH=$WORK/bin:$PATH
}

# In files of secrets/, and all together, with forms of them, in canaries.
keep_secrets()
{
	local each
	for each in mage.token mage.access_token mage.consumer_key mage.consumer_secret mage.token_secret mage.admin_password \
		sf.client_secret sf.token sf.refresh_token; do
		credential "${each%.*}" "${each#*.}" >"secrets/$each"
	done
	cp "$(credential sf jwt_key_file)" secrets/jwt.pem
	cat secrets/mage.* secrets/sf.* >canaries
	grep -v -e '---' secrets/jwt.pem >>canaries
	jq -rR 'select(length > 10) | @uri, (@base64 | sub("=*$"; ""))' secrets/mage.* secrets/sf.* >>canaries
	printf '%s\n' canary-admin-token-0123456789 '00Dcanary!session.0123456789' eyJhbGci eyJraWQi >>canaries
}

# settings MAGENTO SALESFORCE: how to log in
settings()
{
	local -A mage=([bearer]='token_file = mage.token'
		[oauth]="login = oauth
consumer_key = $(<../secrets/mage.consumer_key)
consumer_secret_file = mage.consumer_secret
token_file = mage.access_token
token_secret_file = mage.token_secret"
		[admin]='login = admin
username = admin
password_file = mage.admin_password')
	local -A sf=([secret]='client_secret_file = sf.client_secret'
		[jwt]="login = jwt
username = $(credential sf username)
jwt_key_file = jwt.pem")
	sed 's|_file = |&../secrets/|' >millrace.conf <<-END
		[magento]
		url = $MAGE_URL
		lag = 0s
		attempts = 2
		timeout = 2s
		patience = 3s
		${mage[$1]}
		[salesforce]
		url = $SF_URL
		client_id = $(credential sf client_id)
		${sf[$2]}
		[ledger]
		path = ledger.sqlite
		[runs]
		dir = runs
	END
	rm -f ledger.sqlite*
}

# Nothing of what was said, kept or given to programs has a secret, but for
# the file that holds the session (0600); and nobody else was spoken to.
hunt()
{
	local f
	if [ -e ledger.sqlite-session ]; then
		[ "$(stat -c %a ledger.sqlite-session)" = 600 ]
		jq -r '.token // "" | ltrimstr("Bearer ")' ledger.sqlite-session >>../canaries
		sed -i '/^$/d' ../canaries
	fi
	find . -type f ! -name '*-session' ! -name millrace.conf >../files
	while read -r f; do
		if zcat -f "$f" | grep -aqFf ../canaries; then
			echo "a secret in $f:"
			zcat -f "$f" | grep -aFf ../canaries | cut -c1-1000
			return 1
		fi
	done <../files
	[ -z "$(curl -sS "$FOREIGN/sandbox/log")" ]
}

# proc PROGRAM: where it shows itself
proc()
{
	local d
	for d in $(grep -lz '^CANARY_RUN=' /proc/[0-9]*/environ 2>/dev/null); do
		d=${d%/environ}
		[ "$(readlink "$d/exe")" = "$REPO/bin/$1" ] && echo "$d"
	done
}

@test "a hunt finds what there is to find" {
	settings bearer secret
	hunt
	gzip <../secrets/sf.token >found
	run hunt
	[ "$status" -eq 1 ]
	rm found
	curl -sS "$FOREIGN/elsewhere" >/dev/null
	run hunt
	[ "$status" -eq 1 ]
}

@test "whole nights, by every login" {
	local logins
	for logins in 'bearer secret' 'oauth jwt' 'admin secret'; do
		# shellcheck disable=SC2086
		settings $logins
		millrace nightly >>out 2>>err || [ $? -eq 1 ] || { tail -n 4 err; return 1; }
		run-report >>out
		run-why orders/1 >>out
		hunt
		grep -q "^mage-extract: GET $MAGE_URL/rest/all/V1/orders: 200" err
	done
	grep -q "bin/sf-load $" given
	[ "$(grep -c "PROXY='$FOREIGN'" given)" -gt 100 ]
}

# A run that hangs shows its programs; killed, they leave nothing.
@test "a run that hangs, and dies" {
	local victim i
	settings bearer secret
	sed -i 's/^timeout = .*/timeout = 60s/; s/^patience = .*/patience = 60s/' millrace.conf
	faults mage '{"path":"/V1/orders$","nth":2,"hang":true}'
	millrace nightly >>out 2>>err &
	echo $! >"$WORK/nightly.pid"
	for ((i = 0; i < 400; i++)); do
		grep -qs 'bin/rec-map.*creditmemo' given && [ -n "$(proc mage-extract)" ] && [ -n "$(proc mage-writeback)" ] && break
		sleep 0.05
	done
	for victim in mage-extract sf-load; do
		grep -q '^Max core file size  *0  *0 ' "$(proc $victim)/limits"
	done
	grep -lz '^CANARY_RUN=' /proc/[0-9]*/environ 2>/dev/null | sed 's/environ$//' >../procs
	while read -r p; do tr '\0' '\n' <"$p/cmdline"; tr '\0' '\n' <"$p/environ"; done <../procs >sampled 2>/dev/null || :
	for p in run-open run-stage mage-extract rec-map led-recall sf-match sf-load led-record mage-writeback; do
		grep -q "/$p$" sampled
	done
	kill -SEGV "$(basename "$(proc mage-extract)")"
	wait "$(cat "$WORK/nightly.pid")" || [ $? -eq 3 ]
	rm "$WORK/nightly.pid"
	[ -z "$(find . -name 'core*')" ]
	hunt
}

# shown TEXT: answers that show a request with this in it, one a line; those
# that are tried again come last
shown()
{
	jq -cn --arg t "POST /x HTTP/1.1\r\nAuthorization: Bearer $1\r\n\r\na=$1&b" --arg to "$FOREIGN/$1?$1" '
		{status: 400, body_json: {error: "invalid_client", error_description: $t}},
		{status: 403, body_json: [{message: $t, errorCode: "BAD"}]},
		{status: 401, body_text: "<html><body>\($t)</body></html>"},
		{status: 302, headers: {Location: $to}, body_text: "moved"},
		{status: 307, headers: {Location: $to}, body_text: $t},
		{status: 401, body_json: {message: $t}},
		{status: 500, body_json: {messages: {error: [{code: 1, message: $t}]}}},
		{status: 200, body_text: "<html>\($t)</html>"},
		{status: 200, body_json: {message: $t}}'
}

# refuses URL PATH SECRET PROGRAM...: whatever such a server says
refuses()
{
	local url=$1 path=$2 secret=$3 answer status
	shift 3
	shown "$secret" | head -n "$([ "$url" = "$SF_URL" ] && echo 6 || echo 9)" >../answers
	while read -r answer; do
		jq -c --arg p "$path" '.path = $p' <<<"$answer" |
			curl -sS --fail -X POST --data-binary @- "$url/sandbox/faults" >/dev/null
		status=0
		"$@" </dev/null >>out 2>>err || status=$?
		[[ $status =~ ^[234]$ ]] || { echo "status $status: $answer"; return 1; }
	done <../answers
	curl -sS --fail -X POST -d '' "$url/sandbox/faults" >/dev/null
	hunt
}

@test "servers that show the request in their answers" {
	settings bearer secret
	sed -i 's/^attempts = .*/attempts = 1/' millrace.conf
	refuses "$MAGE_URL" /V1/orders "$(<../secrets/mage.token)" mage-extract orders
	refuses "$SF_URL" oauth2/token "$(<../secrets/sf.client_secret)" sf-query 'SELECT Id FROM Account'
	sf-query 'SELECT Id FROM Account'
	refuses "$SF_URL" /query "$(jq -r '.token | ltrimstr("Bearer ")' ledger.sqlite-session)" sf-query 'SELECT Id FROM Account'
	grep -q 'Bearer \*\*\*\*\*\*' err
	settings admin jwt
	sed -i 's/^attempts = .*/attempts = 1/' millrace.conf
	refuses "$MAGE_URL" admin/token "$(<../secrets/mage.admin_password)" mage-extract orders
	settings oauth secret
	sed -i 's/^attempts = .*/attempts = 1/' millrace.conf
	refuses "$MAGE_URL" /V1/orders "$(<../secrets/mage.access_token)" mage-extract orders
	grep -q 'it points to' err
}

badly()
{
	local status=0
	millrace nightly >>out 2>>err || status=$?
	[ "$status" -ne 0 ]
}

@test "whole nights that end badly, for secrets in the answers" {
	settings bearer secret
	sf-query 'SELECT Id FROM Account' >>out 2>>err
	hunt
	shown "$(tail -n 1 ../canaries)" | sed -n 2p | jq -c '.path = "/composite/sobjects"' |
		curl -sS --fail -X POST --data-binary @- "$SF_URL/sandbox/faults" >/dev/null
	badly
	zcat runs/latest/*.gz | grep -q 'Bearer \*\*\*\*'
	hunt
	curl -sS --fail -X POST -d '' "$SF_URL/sandbox/faults" >/dev/null
	shown "$(<../secrets/mage.token)" | sed -n 7p | jq -c '.path = "/V1/(customers|orders)"' |
		curl -sS --fail -X POST --data-binary @- "$MAGE_URL/sandbox/faults" >/dev/null
	badly
	grep -q 'Bearer \*\*\*\*' err
	run-report >>out
	hunt
}

@test "files with secrets that others can read are refused" {
	local login file
	for login in 'bearer secret mage.token' 'oauth secret mage.consumer_secret' 'oauth secret mage.access_token' \
		'oauth secret mage.token_secret' 'admin secret mage.admin_password' 'bearer secret sf.client_secret' 'bearer jwt jwt.pem'; do
		file=${login##* }
		# shellcheck disable=SC2086
		settings ${login% *}
		for mode in 640 604 620; do
			chmod $mode "../secrets/$file"
			if [[ $file = mage.* ]]; then
				run_status 2 mage-extract orders
			else
				run_status 2 sf-query 'SELECT Id FROM Account'
			fi
			assert_output --partial "/$file' can be read by others (mode $mode); chmod 600 it"
		done
		chmod 600 "../secrets/$file"
	done
	[ -z "$(curl -sS "$MAGE_URL/sandbox/log")" ]
	[ "$(curl -sS "$SF_URL/sandbox/log" | wc -l)" -eq 0 ]
}

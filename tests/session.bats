#!/usr/bin/env bats
# The Salesforce session: one login for a pipe, kept from others, and never
# taken to a host that is not the configured one.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf --set job_delay_ms=5 --schema "$REPO/pipelines/setup/salesforce"
	FEW=2000 write_sf_conf
}

logins() { requests | grep -c oauth2/token; }

@test "five programs that start at once make one login" {
	customers 1 5 >in
	sf-match <in | sf-diff --send | sf-match | sf-load | sf-match >out
	[ "$(verdicts out | grep -c ^created)" -eq 10 ]
	[ "$(logins)" -eq 1 ]
	sf-query 'SELECT Id FROM Account' >/dev/null
	[ "$(logins)" -eq 1 ]
	[ "$(stat -c %a ledger.sqlite-session)" = 600 ]
}

@test "a dead session is renewed once for all of them" {
	sf-query 'SELECT Id FROM Account'
	faults '{"method":"GET","path":"/query","nth":1,"expire_token":true}'
	sf-query 'SELECT Id FROM Account' >/dev/null &
	one=$!
	sf-query 'SELECT Id FROM Contact' >/dev/null &
	wait "$one" $!
	faults ''
	sf-query 'SELECT Id FROM Account' >/dev/null
	[ "$(logins)" -le 3 ]
}

@test "a session that stays refused is told, after one renewal a call" {
	faults '{"path":"/query","status":401,"body_json":[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]}'
	run_status 2 sf-query 'SELECT Id FROM Account'
	assert_output --partial INVALID_SESSION_ID
	[ "$(logins)" -eq 2 ]
}

@test "a session file that others can read, or that is a link, is refused" {
	sf-query 'SELECT Id FROM Account'
	chmod 640 ledger.sqlite-session
	run_status 2 sf-query 'SELECT Id FROM Account'
	assert_output --partial "'$PWD/ledger.sqlite-session' holds a Salesforce session and others can read it"
	mv ledger.sqlite-session elsewhere
	chmod 600 elsewhere
	ln -s elsewhere ledger.sqlite-session
	run_status 2 sf-query 'SELECT Id FROM Account'
	assert_output --partial 'is a link'
}

@test "a torn or foreign session file is a login, no error" {
	local t
	sf-query 'SELECT Id FROM Account'
	head -c 40 ledger.sqlite-session >torn
	for t in torn /dev/null; do
		cat "$t" >ledger.sqlite-session
		sf-query 'SELECT Id FROM Account'
	done
	[ "$(logins)" -eq 3 ]
	sed -i 's/"login":"./"login":"x/' ledger.sqlite-session
	sf-query 'SELECT Id FROM Account'
	[ "$(logins)" -eq 4 ]
}

@test "another secret is another session, and a wrong one is refused" {
	sf-query 'SELECT Id FROM Account'
	echo wrong >sf.secret
	run_status 2 sf-query 'SELECT Id FROM Account'
	assert_output --partial 'refuses the login'
}

@test "no token in arguments, messages or audit" {
	customers 1 2 >in
	sf-load -v <in >out 2>err
	token=$(jq -r .token ledger.sqlite-session | cut -d' ' -f2)
	[ ${#token} -gt 20 ]
	run ! grep -rF "$token" err out
}

@test "an answer that leads elsewhere is not followed with the session" {
	local to
	for to in https://evil.example http://127.0.0.1:1 "https://${SF_URL#http://}" 'http://x@127.0.0.1:2/'; do
		faults "{\"path\":\"oauth2/token\",\"status\":200,\"body_json\":{\"access_token\":\"00Dx!y\",\"instance_url\":\"$to\",\"id\":\"$SF_URL/id/00D000000000001EAA/005000000000001AAA\"}}"
		run_status 2 sf-query 'SELECT Id FROM Account'
		assert_output --partial 'nothing is sent there'
	done
}

@test "a redirect is told, not followed" {
	faults "{\"path\":\"/query\",\"status\":302,\"headers\":{\"Location\":\"$SF_URL/elsewhere\"}}"
	run_status 2 sf-query 'SELECT Id FROM Account'
	[ "$(requests | grep -c elsewhere)" -eq 0 ]
}

@test "who cannot log in reads nothing and says why" {
	customers 1 3 >in
	credential sf client_secret >good
	echo wrong >sf.secret
	for p in sf-match sf-diff sf-load; do
		run_status 2 bash -c "$p <in >out 2>err"
		[ ! -s out ]
		grep -q "client_id and the secret's file" err
	done
	[ "$(requests | grep -vc oauth2)" -eq 0 ]
	cp good sf.secret
	run_status 0 bash -c 'led-recall <in | sf-match | sf-load >out'
	[ "$(verdicts out | grep -c ^created)" -eq 6 ]
}

@test "a version of the API that the org has not is told as that, and nothing is refused for it" {
	local few
	customers 1 3 >in
	for few in 0 2000; do
		FEW=$few write_sf_conf 'api_version = 99.0'
		run_status 2 bash -c 'sf-load <in >out'
		assert_output --partial 'Salesforce has no version 99.0 of the API, its newest is'
		assert_output --partial 'set [salesforce] api_version'
		assert_equal "$(verdicts out | cut -d' ' -f1,2 | sort -u)" 'waiting not-sent'
		run_status 2 bash -c "sf-match <in >out"
		assert_output --partial 'no version 99.0'
		run_status 2 sf-query --bulk 'SELECT Id FROM Account'
		assert_output --partial 'no version 99.0'
	done
	FEW=2000 write_sf_conf 'api_version = 30.0'
	run_status 2 bash -c 'sf-load <in >out'
	assert_output --partial 'set [salesforce] api_version'
	for v in 62 v62 v62.0; do
		FEW=2000 write_sf_conf "api_version = $v"
		run_status 0 sf-query 'SELECT Id FROM Account'
	done
	for v in 62. x .0 62.0.1 62x; do
		FEW=2000 write_sf_conf "api_version = $v"
		run_status 2 sf-query 'SELECT Id FROM Account'
		assert_output --partial 'must be a number like 62.0'
	done
	# what is really not there is still told as that
	FEW=2000 write_sf_conf
	sed 's/Account/Nothing__c/g' in >other
	run_status 2 bash -c 'sf-match <other >out'
	refute_output --partial 'of the API'
}

@test "a job of an earlier run is not given up for a wrong version" {
	stop sf
	start_sf --set job_delay_ms=4000
	FEW=0 write_sf_conf
	sed -i 's/^timeout = 20$/timeout = 1/' millrace.conf
	customers 1 1 >in
	run_status 4 bash -c 'sf-load <in >out'
	echo 'api_version = 99.0' >>millrace.conf
	run_status 2 bash -c 'sf-match <in >out'
	assert_output --partial 'no version 99.0'
	sed -i '/^api_version/d;s/^timeout = 1$/timeout = 20/' millrace.conf
	run_status 0 bash -o pipefail -c 'led-recall <in | sf-match | sf-load >out'
	assert_equal "$(sqlite3 ledger.sqlite 'SELECT DISTINCT state FROM job')" 'done'
}

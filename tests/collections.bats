#!/usr/bin/env bats
# sObject Collections: what sf-load sends in few rows, and that it comes to
# the same as by Bulk.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf --set job_delay_ms=5 --schema "$REPO/pipelines/setup/salesforce"
	FEW=2000 write_sf_conf
}

load_ok()
{
	run_status "$1" bash -c "sf-load <$2 >out"
	diff <(jq -r '"\(.object) \(.source) \(.key)"' "$2") \
		<(jq -r '"\(.object) \(.source) \(.key)"' out)
	[ "$(jq -r 'select(.verdict|not)' out)" = "" ]
	led-record <out >/dev/null || :
}

# calls: the requests to Collections, one a line
calls()
{
	requests | grep '/composite/' | sed 's|/services/data/v[0-9.]*/||'
}

bulk() { write_sf_conf; }

# --- which way --------------------------------------------------------------

@test "few rows go by Collections, many by Bulk, each object for itself" {
	FEW=3 write_sf_conf
	{
		customers 1 2
		payload Account account 10 customers/3 3 ',"fields":{"Name":"C"}'
	} >one
	load_ok 0 one
	[ "$(verdicts out | grep -c ^created)" -eq 5 ]
	assert_equal "$(calls)" "PATCH composite/sobjects/Contact/Magento_Id__c"
	[ "$(requests | grep -c PUT)" -eq 1 ]
}

@test "0 is none, and 200 rows are a call" {
	customers 1 401 | grep '"Account"' >one
	load_ok 0 one
	[ "$(calls | wc -l)" -eq 3 ]
	[ "$(requests | grep -c jobs/ingest)" -eq 0 ]
	curl -sf -X DELETE "$SF_URL/sandbox/log"
	bulk
	load_ok 0 one
	[ "$(calls | wc -l)" -eq 0 ]
	[ "$(requests | grep -c PUT)" -eq 1 ]
}

@test "insert, update by id, upsert, delete: the verdicts of Bulk" {
	local way
	for way in 2000 0; do
		rm -f ledger.sqlite*
		curl -sf -X POST "$SF_URL/sandbox/reset" >/dev/null
		FEW=$way write_sf_conf
		{
			payload Account account 10 c/1 1 ',"fields":{"Name":"A"}'
			payload Account account 10 c/2 2 ',"fields":{"Name":"B","Website":"x.example"}'
			payload Contact contact 20 c/1 1 ',"fields":{"Account.Magento_Id__c":"1","LastName":"L"}'
			echo '{"object":"Campaign","map":"x","phase":30,"source":"c/1","key":"k","fields":{"Name":"no ext"}}' |
				sed 's/Campaign/Pricebook2/;s/"k"/"k",'"\"match\":[{\"Name\":\"no ext\"}]/"
		} >one
		load_ok 0 one
		verdicts out >"$way.made"
		a=$(jq -r 'select(.object=="Account" and .key=="1").id' out)
		b=$(jq -r 'select(.object=="Account" and .key=="2").id' out)
		c=$(jq -r 'select(.object=="Contact").id' out)
		{
			payload Account account 10 c/1 1 ",\"id\":\"$a\",\"fields\":{\"Name\":\"A2\"}"
			payload Account account 10 c/2 2 ",\"id\":\"$b\",\"fields\":{\"Website\":null}"
			payload Contact contact 20 c/1 1 ",\"id\":\"$c\",\"fields\":{\"Account.Magento_Id__c\":null,\"LastName\":\"L2\"}"
			payload Account account 40 c/2 2 ",\"id\":\"$b\",\"delete\":true"
		} >two
		load_ok 0 two
		verdicts out >"$way.changed"
		load_ok 1 two
		verdicts out >"$way.again"
		{
			sf-query 'SELECT Name, Website, Magento_Id__c FROM Account'
			sf-query 'SELECT LastName, AccountId, Magento_Id__c FROM Contact'
			sf-query 'SELECT Name FROM Pricebook2'
		} | sort >"$way.state"
	done
	assert_equal "$(cat 2000.made)" "created - Account 1
created - Account 2
created - Contact 1
created - Pricebook2 k"
	cmp 2000.made 0.made
	cmp 2000.changed 0.changed
	cmp 2000.again 0.again
	cmp 2000.state 0.state
	grep -q '"LastName":"L2","AccountId":null' 2000.state
}

# --- values -----------------------------------------------------------------

@test "a value has the type of its field, and a number its digits" {
	payload Account account 10 c/1 1 ',"fields":{"Name":12345678901234567890,"Phone":10.50,"NumberOfEmployees":"250","BillingStreet":"a\r\nb\rc \u0001\"\\"}' >one
	load_ok 0 one
	run -0 bash -c "curl -sf '$SF_URL/sandbox/state?object=Account' | jq -c '[.Name,.Phone,.NumberOfEmployees,.BillingStreet]'"
	assert_output '["12345678901234567890","10.50",250,"a\nb\nc \u0001\"\\"]'
}

@test "booleans in any of their forms" {
	local i=0 v
	for v in true '"TRUE"' 1 '"1"' false '"0"' 0 '"False"'; do
		payload Product2 product 10 "p/$((++i))" "$i" ",\"fields\":{\"IsActive\":$v,\"Name\":\"P\"}"
	done >one
	load_ok 0 one
	run -0 sf-query 'SELECT IsActive FROM Product2 ORDER BY Magento_Id__c'
	assert_equal "$(jq -r .IsActive <<<"$output" | tr '\n' ' ')" "true true true true false false false false "
}

@test "a parent by its key, of one target and of several" {
	user=$(sf-query 'SELECT Username FROM User' | jq -r .Username | head -n 1)
	payload Account account 10 c/1 1 ',"fields":{"Name":"A"}' >one
	payload Order order 20 o/1 7 ",\"insert\":{\"Account.Magento_Id__c\":\"1\",\"Status\":\"Draft\",\"User:Owner.Username\":\"$user\"},\"fields\":{\"EffectiveDate\":\"2026-11-20\"}" >>one
	load_ok 0 one
	[ "$(calls | wc -l)" -eq 2 ]
	run -0 sf-query 'SELECT Account.Magento_Id__c, Owner.Username FROM Order'
	assert_output "{\"Account.Magento_Id__c\":\"1\",\"Owner.Username\":\"$user\"}"
	payload Order order 20 o/2 8 ',"insert":{"Account.Magento_Id__c":"nobody","Status":"Draft"},"fields":{"EffectiveDate":"2026-11-20"}' >two
	load_ok 1 two
	assert_equal "$(verdicts out)" "waiting parent-missing Order 8"
}

@test "a value that is no JSON of its type hurts its row alone" {
	printf 'check_values = no\n' >>millrace.conf
	faults '{"method":"PATCH","path":"/composite/","body":"poison","status":400,"body_json":[{"errorCode":"JSON_PARSER_ERROR","message":"Cannot deserialize instance of int from VALUE_STRING value poison"}]}'
	customers 1 30 | grep '"Account"' | sed '17s/Shop 17/poison/' >one
	load_ok 1 one
	[ "$(verdicts out | grep -c ^created)" -eq 29 ]
	assert_equal "$(verdicts out | grep -v ^created)" "failed JSON_PARSER_ERROR Account 17"
}

# --- errors -----------------------------------------------------------------

@test "a refused row has its code, text and fields, and data; others go" {
	printf 'check_values = no\n' >>millrace.conf
	{
		payload Contact contact 10 c/1 1 ',"fields":{"LastName":"ok"}'
		payload Contact contact 10 c/2 2 ',"fields":{"Email":"x","LastName":"bad"}'
		payload Contact contact 10 c/3 3 ',"fields":{"FirstName":"no last name"}'
	} >one
	load_ok 1 one
	cp out by.collections
	rm -f ledger.sqlite*
	bulk
	printf 'check_values = no\n' >>millrace.conf
	curl -sf -X POST "$SF_URL/sandbox/reset" >/dev/null
	load_ok 1 one
	diff <(jq -c 'del(.id)' out) <(jq -c 'del(.id)' by.collections)
	[ "$(jq -r 'select(.key=="3").reason' out)" = REQUIRED_FIELD_MISSING ]
}

@test "a column or object that is not there: rejected, status 2, the rest not sent" {
	printf 'check_values = no\n' >>millrace.conf
	{
		payload Account account 10 c/1 1 ',"fields":{"Name":"A"}'
		payload Contact contact 20 c/1 1 ',"fields":{"Emial":"x","LastName":"L"}'
		payload Contact contact 30 c/1 2 ',"fields":{"LastName":"L"}'
	} >one
	run_status 2 bash -c 'sf-load <one >out 2>err'
	assert_equal "$(verdicts out)" "created - Account 1
rejected job-refused Contact 1
waiting not-sent Contact 2"
	grep -q 'Emial' err
	payload Foo foo 10 foo/1 1 ',"fields":{"Name":"A"}' >two
	load_ok 2 two
	assert_equal "$(verdicts out)" "rejected job-refused Foo 1"
}

@test "locked rows go again, for ever locked ones wait" {
	faults '{"method":"PATCH","path":"/composite/","times":2,"fail_rows":{"match":"Shop 7"}}'
	customers 1 9 | grep '"Account"' >one
	load_ok 0 one
	[ "$(calls | wc -l)" -eq 3 ]
	faults '{"method":"PATCH","path":"/composite/","fail_rows":{"match":"Shop 7"}}'
	load_ok 1 one
	assert_equal "$(verdicts out | grep -v ^updated)" "waiting UNABLE_TO_LOCK_ROW Account 7"
}

@test "500, 503, a reset before and after the effect: an upsert is told again" {
	faults '{"method":"PATCH","path":"/composite/","nth":1,"status":503}
{"method":"PATCH","path":"/composite/","nth":2,"reset":"before"}
{"method":"PATCH","path":"/composite/","nth":3,"reset":"after"}'
	customers 1 3 >one
	load_ok 0 one
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 3 ]
	faults '{"method":"PATCH","path":"/composite/","nth":1,"status":200,"body_text":"<html>","type":"text/html"}
{"method":"PATCH","path":"/composite/","nth":2,"truncate":20}'
	load_ok 0 one
	assert_equal "$(verdicts out | cut -d' ' -f1 | sort -u)" "updated"
}

book_row()
{
	printf '{"object":"Pricebook2","map":"book","phase":1,"source":"x/%s","key":"%s"%s,"fields":{"Name":"%s"}}\n' \
		"$1" "$1" "$2" "$1"
}

@test "an insert whose answer is lost is looked up, never sent blindly" {
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"reset":"after"}'
	for i in one two; do book_row "$i" ",\"match\":[{\"Name\":\"$i\"}]"; done >in
	load_ok 0 in
	assert_equal "$(sf-query "SELECT Name FROM Pricebook2 WHERE IsStandard = false ORDER BY Name" | jq -r .Name)" "one
two"
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"reset":"before"}'
	book_row three ',"match":[{"Name":"three"}]' >in
	load_ok 0 in
	assert_equal "$(verdicts out)" "created - Pricebook2 three"
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"reset":"after"}'
	book_row four '' >in
	run_status 3 bash -c 'sf-load <in >out 2>err'
	assert_equal "$(verdicts out)" "waiting no-result Pricebook2 four"
	[ "$(sf-query "SELECT Id FROM Pricebook2 WHERE Name = 'four'" | wc -l)" -eq 1 ]
	# the next run knows that it may be there, until a person has looked
	led-record <out >/dev/null
	load_ok 1 in
	assert_equal "$(verdicts out)" "held in-doubt Pricebook2 four"
	led-record <out >/dev/null
	jq -r .message out | grep -q "'led tie --any Pricebook2/four ID'"
	led tie --any Pricebook2/four "$(sf-query "SELECT Id FROM Pricebook2 WHERE Name = 'four'" | jq -r .Id)"
	led-recall <in | sf-load | tee out | led-record >/dev/null
	assert_equal "$(verdicts out)" "updated - Pricebook2 four"
	[ "$(sf-query "SELECT Id FROM Pricebook2 WHERE Name = 'four'" | wc -l)" -eq 1 ]
	refute_in_flight
}

refute_in_flight()
{
	run -0 led status
	refute_output --partial 'in flight'
}

@test "an insert in doubt that never arrived is sent once it is forgotten" {
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"reset":"before"}'
	book_row five '' >in
	run_status 3 bash -c 'sf-load <in >out 2>err'
	led-record <out >/dev/null
	led-recall <in | sf-load | tee out | led-record >/dev/null
	assert_equal "$(verdicts out)" "held in-doubt Pricebook2 five"
	led forget x/five
	led-recall <in | sf-load | tee out | led-record >/dev/null
	assert_equal "$(verdicts out)" "created - Pricebook2 five"
	refute_in_flight
}

@test "so is one that is forgotten by its key, and its neighbours stay in flight" {
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"reset":"before"}'
	{ book_row five ''; book_row six ''; } >in
	run_status 3 bash -c 'sf-load <in >out 2>err'
	led-record <out >/dev/null
	run -0 led forget Pricebook2/five
	assert_line --partial '1 no longer in flight'
	led-recall <in | sf-load | tee out | led-record >/dev/null
	assert_equal "$(verdicts out)" "created - Pricebook2 five
held in-doubt Pricebook2 six"
	run -0 led forget Pricebook2/nobody Account/six
	assert_line --partial "nothing is known of 'Account/six'"
	refute_output --partial 'in flight'
	run -0 led status
	assert_output --partial '1 in flight'
}

@test "an answer with too few rows counts for none" {
	faults '{"method":"PATCH","path":"/composite/","status":200,"body_json":[{"id":"001000000000001AAA","success":true,"errors":[],"created":true}]}'
	customers 1 2 | grep '"Account"' >one
	run_status 3 bash -c 'sf-load <one >out 2>err'
	[ "$(verdicts out | grep -c '^waiting no-result')" -eq 2 ]
	grep -q 'answer 1 rows where 2 were sent' err
}

@test "a token that dies among calls in flight is renewed" {
	customers 1 900 | grep '"Account"' >one
	faults '{"method":"PATCH","path":"/composite/","nth":2,"expire_token":true}'
	load_ok 0 one
	[ "$(verdicts out | grep -c ^created)" -eq 900 ]
	[ "$(requests | grep -c oauth2/token)" -le 4 ]
}

@test "an answer with another record's id, or none, is no answer" {
	customers 1 3 | grep '"Account"' >one
	load_ok 0 one
	id=($(jq -r .id out))
	for i in 0 1 2; do
		payload Account account 10 "c/$i" "$i" ",\"id\":\"${id[i]}\",\"fields\":{\"Name\":\"N\"}"
	done >two
	faults "{\"method\":\"PATCH\",\"path\":\"/composite/\",\"nth\":1,\"status\":200,\"body_json\":[{\"id\":\"${id[1]}\",\"success\":true,\"errors\":[]},{\"success\":true,\"errors\":[]},{\"id\":\"${id[2]:0:15}\",\"success\":true,\"errors\":[]}]}"
	load_ok 1 two
	assert_equal "$(jq -r '[.verdict,.reason,.id]|join(" ")' out)" "waiting no-result ${id[0]}
waiting no-result ${id[1]}
updated  ${id[2]}"
	[ "$(sqlite3 ledger.sqlite 'SELECT sum(n) FROM flight')" -eq 2 ]
	payload Account account 10 c/9 9 ',"fields":{"Name":"N"}' >new
	faults '{"method":"PATCH","path":"/composite/","nth":1,"status":200,"body_json":[{"success":true,"created":true,"errors":[]}]}'
	load_ok 1 new
	assert_equal "$(jq -r '[.verdict,.reason,.id]|join(" ")' out)" "waiting no-result "
}

@test "a column that is not there is status 2, whatever ends the calls beside it" {
	FEW=2000 write_sf_conf 'in_flight = 2'
	customers 1 300 | grep '"Account"' >one
	faults '{"method":"PATCH","path":"/composite/","nth":1,"status":400,"body_json":[{"errorCode":"INVALID_FIELD","message":"No such column"}]}
{"method":"PATCH","path":"/composite/","nth":2,"delay":700,"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"x"}]}'
	load_ok 2 one
	assert_equal "$(calls | wc -l)" 2
}

@test "killed while a call is made: the same command again, nothing doubled" {
	customers 1 250 >one
	faults '{"method":"PATCH","path":"/composite/","nth":3,"hang":true}'
	sf-load <one >out &
	pid=$!
	for _ in $(seq 100); do
		[ "$(calls | wc -l)" -lt 3 ] || break
		sleep 0.1
	done
	kill -9 "$pid"
	wait "$pid" || :
	faults ''
	load_ok 0 one
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 250 ]
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 250 ]
}

@test "several jobs of a phase are on their way at once" {
	bulk
	stop sf
	start_sf --set job_delay_ms=300
	write_sf_conf
	{
		payload Account account 10 a/1 1 ',"fields":{"Name":"A"}'
		payload Product2 product 10 b/1 1 ',"fields":{"Name":"P"}'
		payload Contact contact 10 c/1 1 ',"fields":{"LastName":"L"}'
	} >one
	load_ok 0 one
	# all three are closed before the first has its results read
	requests | grep -nE 'PATCH .*jobs/ingest' | tail -n 1 | cut -d: -f1 >last.close
	requests | grep -nE 'GET .*successfulResults' | head -n 1 | cut -d: -f1 >first.result
	[ "$(cat last.close)" -lt "$(cat first.result)" ]
	curl -sf -X DELETE "$SF_URL/sandbox/log"
	write_sf_conf "jobs = 1"
	load_ok 0 one
	requests | grep -nE 'PATCH .*jobs/ingest' | tail -n 1 | cut -d: -f1 >last.close
	requests | grep -nE 'GET .*successfulResults' | head -n 1 | cut -d: -f1 >first.result
	[ "$(cat last.close)" -gt "$(cat first.result)" ]
}

#!/usr/bin/env bats
# sf-query: SOQL to lines, and what a server can do to it.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf
	write_sf_conf
}

# accounts N: as many, by a load
accounts()
{
	local i
	for ((i = 1; i <= $1; i++)); do
		printf '{"object":"Account","map":"account","phase":1,"source":"customers/%d","key":"%d","extid":"Magento_Id__c","fields":{"Name":"Name %d","BillingStreet":"a\\nb \\"%d\\", c"}}\n' $i $i $i $i
	done | sf-load >/dev/null
}

@test "values are typed, names stand as selected, null is null" {
	accounts 1
	run -0 sf-query "SELECT name, IsDeleted, Phone, BillingStreet,
	    Parent.Name FROM account"
	assert_output '{"name":"Name 1","IsDeleted":false,"Phone":null,"BillingStreet":"a\nb \"1\", c","Parent.Name":null}'
	run -0 sf-query --bulk "SELECT name, IsDeleted, Phone, BillingStreet FROM Account"
	assert_output '{"name":"Name 1","IsDeleted":false,"Phone":null,"BillingStreet":"a\nb \"1\", c"}'
}

@test "pages by REST and by Bulk give the same lines, each once" {
	stop sf
	start_sf --set page=200 --set bulk_page=300
	write_sf_conf
	accounts 1050
	sf-query --rest 'SELECT Magento_Id__c, Name FROM Account' | sort >rest
	sf-query --bulk 'SELECT Magento_Id__c, Name FROM Account' | sort >bulk
	[ "$(wc -l <rest)" -eq 1050 ]
	[ "$(uniq rest | wc -l)" -eq 1050 ]
	cmp rest bulk
}

@test "a count comes as REST gives it" {
	accounts 3
	run -0 sf-query 'SELECT COUNT() FROM Account'
	assert_output '{"totalSize":3}'
}

@test "a wrong query, object or field is status 2 with Salesforce's words" {
	run -2 --separate-stderr sf-query 'SELECT Nam FROM Account'
	[[ $stderr == *"INVALID_FIELD"*"No such column 'Nam'"*"field-level security"* ]]
	run -2 --separate-stderr sf-query 'SELECT Id FROM Accunt'
	[[ $stderr == *"INVALID_TYPE"* ]]
	run -2 --separate-stderr sf-query 'SELEC Id'
	[[ $stderr == *"MALFORMED_QUERY"* ]]
	run -2 --separate-stderr sf-query --bulk 'SELECT COUNT() FROM Account'
	run -2 --separate-stderr sf-query
	[ -z "$output" ]
}

@test "JWT logs in; a wrong secret, user or audience does not" {
	sed -i "s,client_secret_file.*,login = jwt\nusername = $(credential sf username)\njwt_key_file = $(credential sf jwt_key_file)," millrace.conf
	run -0 sf-query 'SELECT Name FROM Pricebook2'
	cp millrace.conf good.conf
	sed -i 's,^username = .*,username = nobody@example.com,' millrace.conf
	run -2 --separate-stderr sf-query 'SELECT Name FROM Pricebook2'
	[[ $stderr == *"refuses the login"* ]]
	sed 's,^username,audience = https://wrong.example\nusername,' good.conf >millrace.conf
	run -2 --separate-stderr sf-query 'SELECT Name FROM Pricebook2'
	[[ $stderr == *"audience"* ]]
	write_sf_conf
	echo wrong >sf.secret
	run -2 --separate-stderr sf-query 'SELECT Name FROM Pricebook2'
	[[ $stderr == *"refuses the login"*"invalid_client"* ]]
	[[ $stderr != *wrong* ]]
}

@test "the ledger of another org is refused" {
	sf-query 'SELECT Name FROM Pricebook2'
	faults '{"path":"/oauth2/token","status":200,"body_json":{"access_token":"x","instance_url":"'"$SF_URL"'","id":"'"$SF_URL"'/id/00D8c000002FInbEAG/0058c000002FInbAAG"}}'
	rm ledger.sqlite-session	# which knows the org of before
	run -2 --separate-stderr sf-query 'SELECT Name FROM Pricebook2'
	[[ $stderr == *00D8c000002FInb* ]]
}

@test "a token that dies is renewed once, by REST and in Bulk" {
	accounts 3
	faults '{"path":"/query","nth":1,"expire_token":true}'
	run -0 sf-query 'SELECT Name FROM Account'
	[ "${#lines[@]}" -eq 3 ]
	faults '{"path":"/results","nth":1,"expire_token":true}
{"path":"/jobs/query$","nth":1,"expire_token":true}'
	run -0 sf-query --bulk 'SELECT Name FROM Account'
	[ "${#lines[@]}" -eq 3 ]
	faults '{"path":"/query","expire_token":true}'
	run -2 --separate-stderr sf-query 'SELECT Name FROM Account'
	[[ $stderr == *INVALID_SESSION_ID* ]]
}

@test "a day's calls that are used up are status 4" {
	faults '{"path":"/query","api_limit":true}'
	run -4 --separate-stderr sf-query 'SELECT Name FROM Account'
	[[ $stderr == *REQUEST_LIMIT_EXCEEDED*later* ]]
}

@test "500, 503, 429, HTML and half a body are tried again" {
	accounts 3
	faults '{"path":"/query","nth":1,"status":500,"body_text":"<html>"}
{"path":"/query","nth":2,"status":503,"headers":{"Retry-After":"0"}}
{"path":"/query","nth":3,"status":429,"headers":{"Retry-After":"0"}}
{"path":"/query","nth":4,"truncate":30}'
	run -0 sf-query 'SELECT Name FROM Account'
	[ "${#lines[@]}" -eq 3 ]
}

@test "half a page of results is read again, no record twice" {
	accounts 500
	faults '{"path":"/results","nth":1,"truncate":9000}'
	sf-query --bulk 'SELECT Magento_Id__c FROM Account' >out
	[ "$(sort -u out | wc -l)" -eq 500 ]
	[ "$(wc -l <out)" -eq 500 ]
}

@test "pages of a Bulk query that lead round and round come to an end" {
	local page='"method":"GET","path":"/results$","status":200,"type":"text/csv"'
	accounts 3
	faults "{$page,\"every\":2,\"headers\":{\"Sforce-Locator\":\"AAA\"},\"body_text\":\"Name\\nA\\n\"}
{$page,\"headers\":{\"Sforce-Locator\":\"BBB\"},\"body_text\":\"Name\\nA\\n\"}"
	run -3 --separate-stderr timeout 20 sf-query --bulk 'SELECT Name FROM Account'
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == *'more than the 3 records'* ]]
	faults "{$page,\"every\":2,\"headers\":{\"Sforce-Locator\":\"AAA\"},\"body_text\":\"Name\\n\"}
{$page,\"headers\":{\"Sforce-Locator\":\"BBB\"},\"body_text\":\"Name\\n\"}"
	run -3 --separate-stderr timeout 20 sf-query --bulk 'SELECT Name FROM Account'
	[[ $stderr == *'an empty page'* ]]
}

@test "a server that answers only HTML ends in a clear error" {
	faults '{"path":"/services/data","status":200,"body_text":"<html>hello"}'
	run --separate-stderr sf-query 'SELECT Name FROM Account'
	[ "$status" -ge 3 ]
	[ -z "$output" ]
	[[ $stderr == *sf-query:* ]]
}

@test "more values, and more or fewer records than were told of, are an error" {
	faults "$(jq -nc '{path: "/query", status: 200, body_json: {totalSize: 1, done: true, records: [[range(100) | {key: "F\(.)", value: .}] | from_entries + {attributes: {}, Name: "x"}]}}')"
	run -3 --separate-stderr sf-query 'SELECT Name FROM Account'
	[ -z "$output" ]
	[[ $stderr == *"more values than the 1 that"* ]]
	# two pages that name each other
	faults '{"path":"/query$","status":200,"body_json":{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v62.0/query/a","records":[{"attributes":{},"Name":"x"}]}}
{"path":"/query/a","status":200,"body_json":{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v62.0/query/b","records":[{"attributes":{},"Name":"y"}]}}
{"path":"/query/b","status":200,"body_json":{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v62.0/query/a","records":[{"attributes":{},"Name":"z"}]}}'
	run -3 --separate-stderr timeout 20 sf-query 'SELECT Name FROM Account'
	[ "$output" = $'{"Name":"x"}\n{"Name":"y"}' ]
	[[ $stderr == *"more than the 2 records"* ]]
	# none, where there is one: it would be made a second time
	faults '{"path":"/query","status":200,"body_json":{"totalSize":1,"done":true,"records":[]}}'
	run -3 --separate-stderr sf-query 'SELECT Name FROM Account'
	[[ $stderr == *"fewer than the 1 records"* ]]
}

@test "a full disk is told, a reader that leaves is not" {
	accounts 20
	run -3 --separate-stderr bash -c 'sf-query "SELECT Name FROM Account" >/dev/full'
	[[ $stderr == *"No space left"* ]]
	run -0 --separate-stderr bash -c 'sf-query "SELECT Name FROM Account" | head -1'
	[ -z "$stderr" ]
}

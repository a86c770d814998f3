#!/usr/bin/env bats
# What sf-load finds in Salesforce by `match` itself, and what it will not take
# for found: parents that are new, runs that were killed.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf --set job_delay_ms=5
	write_sf_conf
}

# contact KEY LAST_NAME MATCH [MORE]: by no external id
contact()
{
	printf '{"object":"Contact","map":"contact","phase":1,"source":"customers/%s","key":"%s","match":%s%s,"fields":{"Email":"family@example.com","LastName":"%s"}}\n' "$1" "$1" "$3" "${4:-}" "$2"
}
family='[{"Email":"family@example.com"}]'

night() { led-recall | sf-match | sf-load | led-record; }
people() { sf-query 'SELECT LastName FROM Contact ORDER BY LastName' | jq -r .LastName | paste -sd ' '; }

# both TEST: by Bulk, and by Collections
both()
{
	for FEW in 0 2000; do
		curl -sf -X POST "$SF_URL/sandbox/reset" >/dev/null
		rm -f ledger.sqlite*
		write_sf_conf
		"$@"
	done
}

another_night()
{
	contact 1 Anna "$family" | night >out
	contact 2 Bert "$family" | night >>out
	assert_equal "$(verdicts out)" "created - Contact 1
created - Contact 2"
	assert_equal "$(people)" "Anna Bert"
	[ "$(led list | jq -r .id | sort -u | wc -l)" -eq 2 ]
}

@test "a record that another key has is no hit in a later night" {
	both another_night
}

same_run()
{
	contact 0 Old "$family" | sf-load >/dev/null
	rm -f ledger.sqlite*	# nobody knows it as ours
	{ contact 1 Anna "$family"; contact 2 Bert "$family"; } | sf-load >out
	assert_equal "$(verdicts out)" "updated - Contact 1
created - Contact 2"
	assert_equal "$(people)" "Anna Bert"
}

@test "of two keys the first has a record, in one wave and over several" {
	both same_run
	curl -sf -X POST "$SF_URL/sandbox/reset" >/dev/null
	rm -f ledger.sqlite*
	write_sf_conf 'wave = 1'
	same_run
}

ambiguous()
{
	{ contact 0 Old '[{"LastName":"Old"}]'; contact 9 New '[{"LastName":"New"}]'; } | sf-load >/dev/null
	rm -f ledger.sqlite*
	contact 1 Anna "$family" >in
	run_status 1 bash -c 'sf-load <in >out'
	assert_equal "$(verdicts out)" "held ambiguous-match Contact 1"
	assert_equal "$(jq -r .id out)" null
	led-record <out >/dev/null
	# nobody has decided: not in the next run either
	night <in >out || :
	assert_equal "$(verdicts out)" "held ambiguous-match Contact 1"
	assert_equal "$(people)" "New Old"
}

@test "two records for one row are held, and held again" {
	both ambiguous
}

adopted()
{
	contact 0 Old "$family" | sf-load >/dev/null
	rm -f ledger.sqlite*
	contact 1 Anna "$family" ',"own":["LastName"]' | sf-load >out
	assert_equal "$(jq -c '[.verdict, .adopted]' out)" '["updated",true]'
	assert_equal "$(people)" Old
}

@test "what was there before us is adopted, and keeps what is its owner's" {
	both adopted
}

@test "a null in a rung is nothing to look for" {
	contact 0 Old "$family" | sf-load >/dev/null
	rm -f ledger.sqlite*
	contact 1 Anna '[{"Email":"family@example.com","Department":null}]' | sf-load >out
	assert_equal "$(verdicts out)" "created - Contact 1"
	# the next rung is asked
	contact 2 Bert '[{"Department":null},{"LastName":"Old"}]' | sf-load >out
	assert_equal "$(verdicts out)" "updated - Contact 2"
	assert_equal "$(people)" "Anna Bert"
}

@test "what no record can have is found by nobody, and harms no neighbour" {
	local long
	long=$(printf 'x%.0s' {1..5000})
	{
		payload Account account 1 c/1 1 ',"fields":{"Name":"good"}'
		for m in '"NumberOfEmployees":"abc"' '"OwnerId":"nonsense"' \
		    '"Id":"nonsense"' '"CreatedDate":"yesterday"' \
		    '"AnnualRevenue":"1,5"' '"Name":"a\u0000b"' "\"Name\":\"$long\""; do
			payload Account account 1 c/2 "k$((++n))" ",\"match\":[{$m}],\"fields\":{\"Name\":\"x\"}"
		done
	} >in
	run_status 0 bash -c "sf-match <in | sf-load >out"
	[ "$(verdicts out | grep -c ^created)" -eq 8 ]
	# of objects without an external id sf-load asks
	{
		contact 1 Anna '[{"OwnerId":"nonsense"}]'
		contact 2 Bert '[{"Birthdate":"soon"}]'
		contact 3 Carl "[{\"LastName\":\"$long\"}]"
		contact 4 Dora '[{"LastName":"a\u0000b"}]'
	} >in
	run_status 0 bash -c "sf-load <in >out"
	[ "$(verdicts out | grep -c ^created)" -eq 4 ]
}

@test "an id that is none is rejected: it would be made anew" {
	{
		payload Account account 1 c/1 1 ',"id":"nonsense","fields":{"Name":"a"}'
		payload Account account 1 c/2 2 ',"id":"","fields":{"Name":"b"}'
		payload Account account 1 c/3 3 ',"id":"001000000000001AAB","fields":{"Name":"c"}'
		payload Account account 1 c/4 4 ',"fields":{"Name":"d"}'
	} >in
	run_status 1 bash -c "sf-load <in >out"
	assert_equal "$(verdicts out)" "rejected bad-payload Account 1
rejected bad-payload Account 2
rejected bad-payload Account 3
created - Account 4"
}

returns()
{
	local breaks
	breaks=$(printf 'l\\r\\n%.0s' {1..90})l
	payload Account account 1 c/1 'A\r1' ",\"fields\":{\"BillingStreet\":\"$breaks\",\"Name\":\"x\"}" >in
	sf-load <in >out
	assert_equal "$(verdicts out)" $'created - Account A\r1'
	[ "$(sf-query 'SELECT BillingStreet FROM Account' | jq '.BillingStreet | length')" -eq 181 ]
}

@test "a carriage return is a line feed: in keys, and where texts are counted" {
	both returns
}

none()
{
	{
		payload Account account 1 c/1 1 ',"fields":{"Name":"x","Phone":"#N/A"}'
		payload Account account 1 c/2 2 ',"fields":{"Name":"x","Phone":"1234"}'
		payload Account account 1 c/3 '#N/A' ',"fields":{"Name":"x"}'
		payload Account account 1 c/4 1234 ',"fields":{"Name":"x","Phone":null}'
	} >in
	run_status 1 bash -c "sf-load <in >out"
	assert_equal "$(verdicts out)" "rejected mapping-error Account 1
created - Account 2
rejected mapping-error Account #N/A
created - Account 1234"
}

@test "the text #N/A is rejected, by Bulk and by Collections" {
	both none
}

@test "a name with an escape and a value that is none hurt themselves alone" {
	{
		payload Account account 1 c/1 1 ',"fields":{"N\u0061me":"x"}'
		payload Account account 1 c/2 2 ',"fields":{"Name":["x"]}'
		payload Account account 1 c/3 3 ',"fields":{"Name":"x"}'
	} >in
	run_status 1 bash -c "sf-load <in >out"
	assert_equal "$(jq -r '"\(.verdict) \(.reason)"' out)" "rejected bad-payload
rejected bad-payload
created null"
	[[ $(head -n 1 out) == *"name with an escape"* ]]
}

@test "killed with an insert whose match cannot be asked here: held" {
	FEW=2000 write_sf_conf
	contact 1 Anna '[{"Cases.Subject":"z"}]' >in
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"delay":1500}'
	sf-load <in >out 2>/dev/null &
	local loader=$!
	sleep 0.8
	kill -9 $loader
	wait $loader || :
	sleep 1.2
	run_status 1 bash -c "led-recall <in | sf-match | sf-load >out"
	assert_equal "$(verdicts out)" "held in-doubt Contact 1"
	assert_equal "$(people)" Anna
}

@test "keys of a case-sensitive external id that differ in case are two" {
	mkdir -p schema/objects/Account/fields
	cat >schema/objects/Account/fields/Code__c.field-meta.xml <<-'END'
	<?xml version="1.0" encoding="UTF-8"?>
	<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
	    <fullName>Code__c</fullName>
	    <caseSensitive>true</caseSensitive>
	    <externalId>true</externalId>
	    <label>Code</label>
	    <length>40</length>
	    <type>Text</type>
	    <unique>true</unique>
	</CustomField>
	END
	stop sf
	SF_SCHEMA=$PWD/schema start_sf --set job_delay_ms=5
	write_sf_conf
	code()
	{
		printf '{"object":"Account","map":"a","phase":1,"source":"c/%s","key":"%s","extid":"Code__c","shared":true,"fields":{"Name":"%s"}}\n' "$@"
	}
	{ code 1 abc first; code 2 ABC second; } >in
	sf-load <in >out
	assert_equal "$(verdicts out)" "created - Account abc
created - Account ABC"
	rm -f ledger.sqlite*
	{ code 1 abc one; code 2 ABC two; } >in
	sf-match <in | sf-load >out
	assert_equal "$(verdicts out)" "updated - Account abc
updated - Account ABC"
	assert_equal "$(sf-query 'SELECT Code__c, Name FROM Account' | jq -r '"\(.Code__c) \(.Name)"' | sort)" "ABC two
abc one"
}

@test "letters of any alphabet are alike in any case" {
	{
		contact 1 'MÜLLER-ÉNAN' '[{"LastName":"none"}]'
		contact 2 'ИВАНОВА' '[{"LastName":"none"}]'
	} | sf-load >/dev/null
	rm -f ledger.sqlite*
	{
		contact 1 'Müller-énan' '[{"LastName":"Müller-énan"}]'
		contact 2 'Иванова' '[{"LastName":"Иванова"}]'
	} >in
	sf-match <in | sf-load >out
	[ "$(verdicts out | grep -c ^updated)" -eq 2 ]
	rm -f ledger.sqlite*
	sf-load <in >out
	[ "$(verdicts out | grep -c ^updated)" -eq 2 ]
}

@test "an insert without an answer comes again where its match can be asked, alone" {
	FEW=2000 write_sf_conf
	{
		contact 1 Anna '[{"Cases.Subject":"z"},{"LastName":"Anna"}]'
		contact 2 Bert '[{"Cases.Subject":"z"}]'
		contact 3 Carl '[{"Department":null}]'
	} >in
	faults '{"method":"POST","path":"/composite/sobjects","nth":1,"reset":"after"}'
	run_status 3 bash -c "led-recall <in | sf-match | sf-load >out"
	[ "$(verdicts out | grep -c ^waiting)" -eq 3 ]
	led-record <out >/dev/null
	run_status 1 bash -c "led-recall <in | sf-match | sf-load >out"
	assert_equal "$(verdicts out | sort)" "held in-doubt Contact 2
held in-doubt Contact 3
updated - Contact 1"
	assert_equal "$(people)" "Anna Bert Carl"
}

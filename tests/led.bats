#!/usr/bin/env bats
# led: what is shown and mended.

load helpers

prepare()
{
	cat >m.conf <<-X
	[magento]
	url = http://shop.test/
	[salesforce]
	url = https://org.test/
	[ledger]
	path = ledger.sqlite
	[runs]
	attempts = 2
	X
	export MILLRACE_CONF=$WORK/m.conf
}

# v VERDICT REASON MAP OBJECT SOURCE KEY [ID]
v()
{
	printf '{"verdict":"%s","reason":"%s","message":"m","object":"%s","map":"%s","source":"%s","key":"%s"%s,"rev":"1","hash":"h"}\n' \
		"$1" "$2" "$4" "$3" "$5" "$6" "${7:+,\"id\":\"$7\"}"
}

some()
{
	{ v created "" order Order orders/1 1 801000000000001AAA
	v failed TOO_LONG order Order orders/2 2
	v waiting not-paid order Order orders/3 3
	v waiting UNABLE_TO_LOCK_ROW order Order orders/12 12
	v held ambiguous-match order Order orders/5 5
	v skipped zero-total order Order orders/6 6
	v created "" account Account customers/1 1 001000000000001AAA
	} | led-record >/dev/null
}

@test "status: a table of maps, as text and as JSON" {
	some
	run_status 0 led status
	assert_line --index 0 'customers: 1 synced'
	assert_line --index 1 'orders: 1 synced, 1 not due, 1 waiting, 1 held, 1 failed, 1 skipped'
	[[ "${lines[2]}" == entity*synced*queued*"not due"*waiting*held*rejected*failed*skipped ]]
	[[ "${lines[3]}" == customers*account*Account* ]]
	[[ "${lines[4]}" == orders*order*Order* ]]
	run_status 0 led status --json orders
	[ "${lines[0]}" = '{"entity":"orders","synced":1,"queued":0,"not_due":1,"waiting":1,"held":1,"rejected":0,"failed":1,"skipped":1}' ]
	[ "${lines[1]}" = '{"entity":"orders","map":"order","object":"Order","synced":1,"queued":0,"not_due":1,"waiting":1,"held":1,"rejected":0,"failed":1,"skipped":1}' ]
	run_status 3 bash -c 'led status >/dev/full'
}

@test "status folds what is open: count, an example, what to do and who can" {
	{ v failed STRING_TOO_LONG order Order orders/2 2
	v failed STRING_TOO_LONG order Order orders/3 3
	v failed STRING_TOO_LONG order-item OrderItem orders/3 3-1
	v held ambiguous-match account Account customers/5 5
	v rejected no-such-code order Order orders/6 6
	v waiting UNABLE_TO_LOCK_ROW order Order orders/7 7
	v created "" order Order orders/1 1 801000000000001AAA
	} | led-record >/dev/null
	run_status 0 led status orders
	assert_line --regexp '^  failed +2  order +STRING_TOO_LONG$'
	assert_line --regexp '^  failed +1  order-item +STRING_TOO_LONG$'
	assert_line --regexp '^ +e\.g\. orders/[23]: m$'
	assert_line --regexp '^ +The text is longer than the field\. .*\[who writes the mapping files\]$'
	assert_line --regexp '^  rejected +1  order +no-such-code$'
	assert_line --regexp '^  waiting +1  order +UNABLE_TO_LOCK_ROW$'
	refute_output --partial ambiguous-match
	run_status 0 led status
	assert_line --regexp '^  held +1  account +ambiguous-match$'
	# what was mended is told no more
	v updated "" order Order orders/2 2 801000000000002AAA | led-record >/dev/null
	run_status 0 led status orders
	assert_line --regexp '^  failed +1  order +STRING_TOO_LONG$'
	# a message with what a terminal would obey is shown, not obeyed
	printf '{"verdict":"failed","reason":"X","message":"a\\u001b[31mb \\"q\\"","object":"Order","map":"order","source":"orders/8","key":"8"}\n' | led-record >/dev/null
	run_status 0 led status orders
	[[ "$output" != *$'\e'* ]]
	assert_line --partial 'e.g. orders/8: a\u001b[31mb'
}

@test "status --json folds the same, with the key and the advice" {
	some
	run_status 0 bash -c 'led status --json orders | jq -c "select(.count) | [.entity, .map, .verdict, .reason, .count, .source, .key, .message]"'
	[ "$output" = '["orders","order","failed","TOO_LONG",1,"orders/2","2","m"]
["orders","order","held","ambiguous-match",1,"orders/5","5","m"]
["orders","order","waiting","UNABLE_TO_LOCK_ROW",1,"orders/12","12","m"]
["orders","order","waiting","not-paid",1,"orders/3","3","m"]' ]
	run_status 0 bash -c 'led status --json orders | jq -r "select(.reason == \"ambiguous-match\") | .kind, .who, .todo"'
	[[ "${lines[0]}" == duplicate:* ]]
	[ "${lines[1]}" = "a person who knows the record" ]
	[[ "${lines[2]}" == *"led tie"* ]]
}

@test "status of one record: verdict and link, or never tried" {
	some
	run_status 0 led status orders/1 orders/2 orders/99
	[[ "${lines[0]}" == "orders/1 order 1: created,"*"https://org.test/801000000000001AAA" ]]
	[[ "${lines[1]}" == "orders/2 order 2: failed, TOO_LONG: m,"* ]]
	[ "${lines[2]}" = "orders/99: never tried" ]
	run_status 0 led status --json orders/1
	[ "$(jq -r '.link + .verdict' <<<"$output")" = "https://org.test/801000000000001AAAcreated" ]
}

@test "status: a record is as well as its worst payload" {
	{ v created "" order Order orders/1 1 801000000000001AAA
	v failed TOO_LONG order-item OrderItem orders/1 11
	v skipped no-lines order Order orders/2 2
	v created "" order-item OrderItem orders/2 12 802000000000002AAA
	v deleted "" order-item OrderItem orders/2 13
	v waiting queued order Order orders/3 3
	v waiting parent-missing order-item OrderItem orders/3 14
	v waiting queued order Order orders/4 4
	v skipped zero-total order Order orders/6 6
	} | led-record >/dev/null
	run_status 0 led status orders
	assert_line --index 0 'orders: 1 synced, 1 queued, 1 waiting, 1 failed, 1 skipped'
}

@test "status finds payloads by state, reason, map, time and entity" {
	some
	run_status 0 led status --failed
	[ "$(cut -d' ' -f1-4 <<<"$output")" = $'orders/2 order 2: failed,\norders/5 order 5: held,' ]
	run_status 0 led status --state waiting,not-due orders
	[ "$(cut -d' ' -f1 <<<"$output")" = $'orders/3\norders/12' ]
	run_status 0 led status --json --reason zero-total
	[ "$(jq -r '.source + " " + .state' <<<"$output")" = "orders/6 skipped" ]
	run_status 0 led status --json --map account customers
	[ "$(jq -r '.state + " " + .link' <<<"$output")" = "synced https://org.test/001000000000001AAA" ]
	[ -z "$(led status --failed customers)" ]
	[ -z "$(led status --failed orders/1)" ]
	[ "$(led status --failed orders/2 orders/5 | wc -l)" -eq 2 ]
	sqlite3 ledger.sqlite "UPDATE entry SET changed = 1000000000 WHERE key = '5'"
	[ "$(led status --failed --since 1h | wc -l)" -eq 1 ]
	[ "$(led status --failed --since 2001-09-09 | wc -l)" -eq 2 ]
	[ "$(led status --failed --since 2001-09-09T01:46:41Z | wc -l)" -eq 1 ]
	while IFS='|' read -r options message; do
		# shellcheck disable=SC2086
		run_status 2 led status $options
		assert_output --partial "$message"
	done <<-'END'
	--state fialed|did you mean 'failed'?
	--state ,held|no state ''
	--state never-tried|is not in the ledger
	--since tomorrow|is no time
	--failed --state held|give one of them
	--faild|did you mean '--failed'?
	odrers|did you mean 'orders'?
	END
}

@test "requests: a line a day and system, with what is left" {
	led mark orders 1
	sqlite3 ledger.sqlite "INSERT INTO api VALUES('2026-11-20', 'magento', 'read', 5, NULL, NULL),
		('2026-11-21', 'salesforce', 'ingest', 7, NULL, NULL), ('2026-11-21', 'salesforce', 'limit', 0, 30, 100),
		('2026-11-21', 'salesforce', 'query', 2, NULL, NULL)"
	run_status 0 led requests
	assert_line --index 0 '2026-11-20  magento           5 calls: read 5'
	assert_line --index 1 "2026-11-21  salesforce        9 calls: ingest 7, query 2; of the day's 100 by whomever 30 used, 70 left"
	assert_equal "${#lines[@]}" 2
	[ "$(led requests --since 2026-11-21 | wc -l)" -eq 1 ]
	[ "$(led requests --json | jq -s 'map(.calls // 0) | add')" -eq 14 ]
}

@test "list: JSON lines, by source and by map" {
	some
	[ "$(led list | wc -l)" -eq 7 ]
	[ "$(led list orders/2 | jq -r '.reason + " " + (.attempts | tostring)')" = "TOO_LONG 1" ]
	[ "$(led list --map account | jq -r .id)" = 001000000000001AAA ]
}

@test "due: by number, until attempts are spent; not what is not due yet" {
	some
	[ "$(led due orders | paste -sd,)" = 2,5,12 ]
	[ -z "$(led due customers)" ]
	v failed TOO_LONG order Order orders/2 2 | led-record >/dev/null
	[ "$(led due orders | paste -sd,)" = 5,12 ]
	# the second hindrance has its time still to come
	v waiting UNABLE_TO_LOCK_ROW order Order orders/12 12 | led-record >/dev/null
	[ "$(led due orders | paste -sd,)" = 5 ]
	run_status 2 led due
}

@test "mark: set, shown, by store" {
	led mark orders 2026-11-21T02:00:00Z
	led mark --store de orders 2026-11-20T02:00:00Z
	[ "$(led mark orders)" = 2026-11-21T02:00:00Z ]
	[ "$(led mark --store de orders)" = 2026-11-20T02:00:00Z ]
	[ "$(led mark | jq -r '.store // "all"' | paste -sd,)" = all,de ]
	[ -z "$(led mark carts)" ]
	led mark carts 2026-11-21T03:00:00Z orders 2026-11-21T03:00:00Z
	[ "$(led mark carts)$(led mark orders)" = 2026-11-21T03:00:00Z2026-11-21T03:00:00Z ]
	run_status 2 led mark carts 2026-11-22T03:00:00Z orders
	[ "$(led mark carts)" = 2026-11-21T03:00:00Z ]
}

@test "forget: a record with its children, by name or by source" {
	{ v created "" account Account customers/1 1 001000000000001AAA
	v created "" contact Contact customers/1 1 003000000000001AAA |
		jq -c '. + {parent:"Account/1"}'; } | led-record >/dev/null
	run_status 0 led forget Account/1
	[[ "$output" == *"2 records forgotten"* ]]
	[ "$(led status customers/1)" = "customers/1: never tried" ]
	some
	run_status 0 led forget orders/1
	[ "$(led status orders/1)" = "orders/1: never tried" ]
	# what never reached Salesforce, too
	run_status 0 led forget orders/2
	[ "$(led status orders/2)" = "orders/2: never tried" ]
	[ "$(led due orders | paste -sd,)" = 5,12 ]
	run_status 0 led forget orders/77
	[[ "$output" == *"nothing is known of 'orders/77'"* ]]
	run_status 2 led forget
	run_status 2 led forget orders
}

@test "adopt: another store is refused until it is adopted" {
	some
	sed -i 's/shop.test/new.test/' m.conf
	run_status 2 led status
	[[ "$output" == *"'led adopt' accepts it"* ]]
	led adopt --store http://new.test
	run_status 0 led status
	led adopt
	sed -i 's/new.test/third.test/' m.conf
	run_status 0 led mark carts 1
	sed -i 's/third.test/new.test/' m.conf
	run_status 2 led status
}

@test "learn: ids by key, with parents, flat or nested" {
	cat >in <<-X
	{"Id":"801000000000001AAA","Magento_Id__c":"1","Account.Magento_Id__c":"7"}
	{"Id":"801000000000002AAA","Magento_Id__c":"2","Account":{"Magento_Id__c":"8"}}
	{"Id":"801000000000003AAA","Magento_Id__c":null,"Account":null}
	X
	run_status 0 bash -c 'led learn --object Order --key Magento_Id__c --parent Account=Account.Magento_Id__c <in'
	[ "$output" = "led: 2 records learnt" ]
	[ "$(sqlite3 ledger.sqlite "SELECT group_concat(key || ' ' || id || ' ' || parent, ',') FROM record")" = \
		"1 801000000000001AAA Account/7,2 801000000000002AAA Account/8" ]
	echo '{"object":"Order","map":"order","source":"orders/1","key":"1","rev":"1","fields":{}}' >p
	[ "$(led-recall <p | jq -r .id)" = 801000000000001AAA ]
	run_status 2 bash -c 'led learn <in'
	run_status 1 bash -c 'echo "{\"x\":1}" | led learn --object A --key K'
	run_status 1 bash -c 'echo "x" | led learn --object A --key K'
}

@test "what nobody made: no run yet, and wrong use is told" {
	run_status 0 led status
	assert_output 'no run yet'
	run_status 0 led status --json
	assert_output ''
	[ ! -e ledger.sqlite ]
	run_status 2 led
	run_status 2 led statsu
	[[ "$output" == *"did you mean 'status'"* ]]
	run_status 3 bash -c 'led mark a b; led mark >/dev/full'
}

@test "status tells how many records were never tried, by what Magento has" {
	run_status 0 led total orders 80
	printf '%s\n' '{"verdict":"created","object":"Order","map":"order","source":"orders/1","key":"1","id":"801000000000001AAA"}' \
	    '{"verdict":"created","object":"OrderItem","map":"order-item","source":"orders/1","key":"7","id":"802000000000001AAA"}' | led-record >/dev/null
	run_status 0 led status orders
	assert_line 'orders: 80 in Magento, 1 synced, 79 never tried'
	run_status 0 led status --json orders
	[ "$(jq -c 'select(.total) | [.total, .never_tried, .synced]' <<<"$output")" = '[80,79,1]' ]
	run_status 2 led total carts 5 orders many
	run_status 2 led total carts
}

@test "requests --since takes a day, and nothing else" {
	run_status 0 led requests --since 2026-11-21
	run_status 2 led requests --since yesterday
	assert_output --partial "--since 'yesterday' is no day"
	run_status 2 led requests --since 2026-11-211
}

#!/usr/bin/env bats
# run-report and run-why: one run, and one record, for a person.
load helpers

prepare()
{
	cat >millrace.conf <<-'END'
	[magento]
	url = https://shop.example/
	[salesforce]
	url = https://acme.my.salesforce.com
	[ledger]
	path = ledger.sqlite
	[runs]
	keep = all
	END
	export MILLRACE_CONF=$WORK/millrace.conf
	cat >records <<-'END'
	{"entity_id":1,"increment_id":"000000001","name":"x"}
	{"entity_id":11,"increment_id":"000000011","name":"y"}
	END
	cat >payloads <<-'END'
	{"object":"Order","map":"order","phase":20,"source":"orders/1","key":"1","extid":"M__c","insert":{"Status":"Draft"},"fields":{"Name":"x"}}
	{"object":"Order","map":"order","phase":20,"source":"orders/11","key":"11","extid":"M__c","fields":{"Name":"y"}}
	END
	cat >verdicts <<-'END'
	{"verdict":"created","object":"Order","map":"order","source":"orders/1","key":"1","extid":"M__c","id":"801000000000001AAA","hash":"1"}
	{"verdict":"failed","reason":"REQUIRED_FIELD_MISSING","message":"Required: \"[Date]\"","object":"Order","map":"order","source":"orders/11","key":"11","extid":"M__c","fields":{"Name":"y"}}
	END
	cat >pipe.sh <<-'END'
	run-stage orders.extract cat records | run-stage orders.map sh -c 'cat >/dev/null; cat payloads' |
		run-stage orders.load sh -c 'cat >/dev/null; cat verdicts' | run-stage orders.record led-record >/dev/null
	END
}

@test "a run: how it ended, its stages, verdicts with an example and advice" {
	run_status 1 run-open nightly bash -c '. ./pipe.sh; exit 1'
	run_status 0 run-report
	assert_line --index 0 --regexp '^Run 20.*-nightly, begun 20.*, ended after [0-9.]+ s with status 1: some records need a person$'
	assert_line --regexp '^  orders.load  +2 +[0-9]+ .* status 0$'
	assert_line 'Verdicts: 1 created, 1 failed'
	assert_line --regexp '^  failed +1  order +REQUIRED_FIELD_MISSING$'
	assert_line --partial 'e.g. orders/11: Required: \"[Date]\"'
	assert_line --partial '[who writes the mapping files]'
	# the copies are gone: the log still has the counts, and no texts
	rm runs/latest/*.gz
	run_status 0 run-report "$(readlink runs/latest)"
	assert_line 'Verdicts: 1 created, 1 failed'
	refute_output --partial '[Date]'
}

@test "as JSON for monitoring, as a page for a browser" {
	run-open nightly bash pipe.sh
	run_status 0 run-report --json
	[ "$(jq -c '[.kind,.status,.verdicts.failed,.verdicts.created,(.stages|length)]' <<<"$output")" = '["nightly",0,1,1,4]' ]
	run_status 0 run-report --html
	assert_line --index 0 '<!doctype html>'
	run_status 2 run-report --html --json
	run_status 2 run-report nosuch
	assert_output --partial "no run 'nosuch'"
	run_status 3 bash -c 'run-report >/dev/full'
}

@test "a run that was killed in its middle is told as it stands" {
	run-open nightly bash -c 'run-stage a.load sh -c "echo x; kill -9 \$\$"' || true
	run_status 0 run-report
	assert_line --regexp 'a.load .* signal KILL$'
	sed -i '$d' runs/latest/audit.ndjson
	sed -i '$d' runs/latest/audit.ndjson
	run_status 0 run-report
	assert_line --index 0 --partial 'not ended'
	assert_line --regexp 'a.load +not ended'
}

@test "why: the ledger's memory, then each stage's work" {
	run-open nightly bash pipe.sh
	run_status 0 run-why orders/1
	assert_line --index 0 'orders/1'
	assert_line --partial 'Order 1: created 801000000000001AAA'
	assert_line --partial 'https://acme.my.salesforce.com/801000000000001AAA'
	assert_line --regexp '^    extract +[0-9]+ bytes'
	assert_line --regexp '^    map +Order 1 \(order\)$'
	assert_line --regexp '^ +Status +"Draft"$'
	assert_line --regexp '^    load +Order 1 \(order\): created 801000000000001AAA$'
	refute_output --partial 'orders/11'
	[ "$(grep -c extract <<<"$output")" -eq 1 ]
}

@test "why: a failure with Salesforce's words and who can mend it" {
	run-open nightly bash pipe.sh
	run_status 0 run-why orders/11
	assert_line --partial 'failed (REQUIRED_FIELD_MISSING)'
	assert_line --partial 'Required: "[Date]"'
	assert_line --partial '[who writes the mapping files]'
}

@test "why: by object and key, by Salesforce id, in full, unknown" {
	run-open nightly bash pipe.sh
	for key in Order/1 801000000000001AAA; do
		run_status 0 run-why $key
		assert_line --index 0 orders/1
	done
	run_status 0 run-why --record orders/1
	assert_line --partial '"increment_id":"000000001"'
	run_status 0 run-why orders/77
	assert_output --partial 'never met'
	run_status 2 run-why Order/77
	run_status 2 run-why nonsense
	run_status 2 run-why
}

@test "why: the last run that met it, or all" {
	run-open nightly bash pipe.sh
	run-open nightly true
	run-open nightly bash pipe.sh
	run_status 0 run-why orders/1
	[ "$(grep -c '^  run ' <<<"$output")" -eq 1 ]
	run_status 0 run-why --all orders/1
	[ "$(grep -c '^  run ' <<<"$output")" -eq 2 ]
}

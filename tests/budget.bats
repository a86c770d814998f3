#!/usr/bin/env bats
# The org's calls of a day: forecast, counted, and never used to the last.
bats_require_minimum_version 1.5.0
load helpers
load sf

# org CALLS SETTING...: an org that allows so many a day
org_of()
{
	start_sf --set job_delay_ms=5 --set api_limit="$1" \
		--schema "$REPO/pipelines/setup/salesforce"
	shift
	FEW=2000 write_sf_conf "$@"
}

spend()	# CALLS: somebody else's
{
	local i token
	token=$(credential sf token)
	for ((i = 0; i < $1; i++)); do
		curl -sf -o /dev/null -H "Authorization: Bearer $token" \
			"$SF_URL/services/data/v62.0/sobjects"
	done
}

@test "the forecast is told with -v, and is about right" {
	org_of 1000
	customers 1 250 >in
	sf-load -v <in 2>err >out
	grep -q 'forecast: 500 rows, [0-9]* bytes, in about 4 calls, 0 jobs and 0 batches' err
	[ "$(requests | grep -c composite)" -eq 4 ]
	rm ledger.sqlite
	FEW=0 write_sf_conf
	sf-load -v <in 2>err >out
	grep -q 'in about 20 calls, 2 jobs and 2 batches' err
	[ "$(requests | grep -c PUT)" -eq 2 ]
}

@test "the forecast is in the audit of the run, beside the calls that were made" {
	org_of 1000
	customers 1 250 >in
	printf '[runs]\ndir = runs\n' >>"$MILLRACE_CONF"
	run_status 0 run-open nightly sh -c 'sf-load <in >out'
	first=$(readlink runs/latest)
	run_status 0 run-open nightly sh -c 'sf-load </dev/null >out'
	for folder in "runs/$first" runs/latest; do
		jq -c 'select(.event == "run-end") | .forecast | del(.bytes)' "$folder/audit.ndjson"
	done >told
	assert_equal "$(cat told)" '{"rows":500,"calls":4,"jobs":0,"batches":0}
null'
	run -0 run-report "$first"
	assert_line "Forecast of the load: 500 rows, $(wc -c <in | awk '{ print $1 - 500 }') bytes, 4 calls, 0 jobs, 0 batches"
	run -0 run-report --json "$first"
	assert_equal "$(jq .forecast.rows <<<"$output")" 500
	run -0 run-report
	refute_output --partial Forecast
}

@test "the forecast is in the ledger before the first row is sent" {
	org_of 1000
	faults '{"method":"PATCH","nth":1,"hang":30}'
	customers 1 3 >in
	sf-load <in >out 2>err 3>&- &
	pid=$!
	for _ in {1..200}; do
		[ -z "$(sqlite3 ledger.sqlite 'SELECT 1 FROM flight' 2>/dev/null)" ] || break
		sleep 0.02
	done
	kill -9 "$pid"
	assert_equal "$(sqlite3 ledger.sqlite 'SELECT rows, calls FROM forecast')" '6|2'
}

@test "at its share of the day a load stops: status 4, nothing sent, nothing lost" {
	org_of 100 'api_share = 50'
	spend 55
	customers 1 3 >in
	run_status 4 bash -c 'sf-load <in >out 2>err'
	grep -q "of the org's 100 API calls" err
	assert_equal "$(verdicts out | cut -d' ' -f1,2 | sort | uniq -c | tr -s ' ')" " 6 waiting limit-near"
	[ "$(requests | grep -c 'composite\|ingest')" -eq 0 ]
	led-record <out >/dev/null
	FEW=2000 write_sf_conf 'api_share = 100'
	run_status 0 bash -c 'sf-load <in >out'
	[ "$(verdicts out | grep -c ^created)" -eq 6 ]
}

@test "records of the first phases go first, the others wait whole" {
	org_of 100 'api_share = 50'
	{
		customers 1 3
		for i in 1 2; do
			payload Product2 product 30 "products/$i" "$i" ',"fields":{"Name":"P"}'
			payload Product2 product-more 40 "products/$i" "x$i" ',"fields":{"Name":"P"}'
		done
	} >in
	spend 46
	run_status 4 bash -c 'sf-load <in >out 2>err'
	assert_equal "$(verdicts out | cut -d' ' -f1-3 | sort | uniq -c | tr -s ' ')" " 3 created - Account
 3 created - Contact
 4 waiting limit-near Product2"
}

@test "waves behind the one that stopped wait too" {
	org_of 100 'api_share = 50' 'wave = 2'
	spend 48
	customers 1 3 >in
	run_status 4 bash -c 'sf-load <in >out 2>err'
	assert_equal "$(verdicts out | cut -d' ' -f1,2 | sort -u)" "waiting limit-near"
	[ "$(requests | grep -c '/limits$')" -eq 1 ]
}

@test "Bulk batches have their share too" {
	org_of 1000 'collections_below = 0'
	faults '{"path":"/limits$","status":200,"body_json":{"DailyApiRequests":{"Max":1000,"Remaining":999},"DailyBulkApiBatches":{"Max":15000,"Remaining":3000}}}'
	customers 1 1 >in
	run_status 4 bash -c 'sf-load <in >out 2>err'
	grep -q "12000 of the org's 15000 Bulk batches" err
}

@test "Bulk queries have their share: no job beyond it, status 4, every payload answered" {
	org_of 1000
	local day='{"DailyApiRequests":{"Max":1000,"Remaining":999},"DailyBulkV2QueryJobs":{"Max":10000,"Remaining":%d},"DailyBulkV2QueryFileStorageMB":{"Max":976562,"Remaining":%d}}'
	# shellcheck disable=SC2059  # the text above
	limits() { faults "{\"path\":\"/limits\$\",\"status\":200,\"body_json\":$(printf "$day" "$@")}"; }
	limits 2000 976562
	run_status 4 bash -c 'sf-query --bulk "SELECT Id FROM Account" >out 2>err'
	grep -q "8000 of the org's 10000 Bulk query jobs" err
	limits 2001 195000
	run_status 4 bash -c 'sf-query --bulk "SELECT Id FROM Account" >out 2>err'
	grep -q "781562 of the org's 976562 MB of Bulk query results" err
	run_status 0 bash -c 'sf-query "SELECT Id FROM Account" >out'
	# more keys than REST asks for: two jobs, of which one has room
	limits 2001 976562
	seq 1 5000 | jq -c '{object:"Account",map:"account",phase:10,source:"c/\(.)",key:"\(.)",extid:"Magento_Id__c",fields:{Name:"A"}},
		{object:"Contact",map:"contact",phase:10,source:"c/\(.)",key:"\(.)",extid:"Magento_Id__c",fields:{LastName:"A"}}' >in
	run_status 4 bash -c 'sf-match <in >out 2>err'
	[ "$(requests | grep -c 'POST.*jobs/query$')" -eq 1 ]
	assert_equal "$(jq -r '[.verdict, .reason] | join(" ")' out | sort | uniq -c | tr -s ' ')" " 10000 waiting limit-near"
	grep -q 'about 1 more are needed' err
}

@test "looks at a job end at the share: it is left to the next run" {
	start_sf --set job_delay_ms=5 --set api_limit=200 --set job_polls=30
	FEW=0 write_sf_conf 'api_share = 12'
	sed -i 's/^poll = 1$/poll = 0/' millrace.conf
	customers 1 3 | jq -c 'select(.object == "Account")' >in
	run_status 4 bash -o pipefail -c 'sf-load <in 2>err | tee out | led-record >/dev/null'
	assert_equal "$(verdicts out | cut -d' ' -f1-3 | sort -u)" 'waiting no-result Account'
	grep -q "job 750[^ ]* has not ended: .* of the org's 200 API calls" err
	used=$(requests | grep -c services/data)
	[ "$used" -gt 15 ] && [ "$used" -le 24 ]
	sed -i 's/^api_share = 12$/api_share = 100/' millrace.conf
	run_status 0 bash -o pipefail -c 'led-recall <in | sf-match | sf-load | led-record >out'
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 3 ]
}

@test "a job that is seen ended at the share is read" {
	org_of 60 'api_share = 50' 'collections_below = 0'
	spend 19
	customers 1 1 | jq -c 'select(.object == "Account")' >in
	faults '{"method":"PATCH","times":1,"fail_rows":{}}'
	# the last that a wave is let through with; the row that met a lock waits
	run_status 4 bash -c 'sf-load <in >out 2>err'
	assert_equal "$(verdicts out)" 'waiting limit-near Account 1'
	[ "$(requests | grep -c failedResults)" -eq 1 ]
	[ "$(requests | grep -c services/data)" -le 30 ]
}

@test "rows that met a lock go again while the day has room for it, else they wait" {
	local few
	for few in 0 5000; do
		start_sf --set job_delay_ms=1 --set api_limit=150
		FEW=$few write_sf_conf 'api_share = 40'
		seq 4000 | awk '{ printf "{\"object\":\"Account\",\"map\":\"account\",\"phase\":10,\"source\":\"customers/%d\",\"key\":\"%d\",\"extid\":\"Magento_Id__c\",\"fields\":{\"Name\":\"x\"}}\n", $1, $1, $1 }' >in
		payload Product2 product 30 products/1 1 ',"fields":{"Name":"P"}' >>in
		faults '{"method":"PATCH","path":"ingest|Account","times":1000,"fail_rows":{"every":2}}'
		run_status 4 bash -o pipefail -c 'sf-load <in 2>err | tee out | led-record >/dev/null'
		grep -q "of the org's 150 API calls .* api_share lets 40%" err
		[ "$(requests | grep -c services/data)" -le 60 ]
		assert_equal "$(verdicts out | cut -d' ' -f1,2 | sort | uniq -c | awk '$1 > 1 { print $2, $3 }')" 'created -
waiting limit-near'
		# what the wave had room for at first goes all the same
		verdicts out | grep -q '^created - Product2'
		[ "$(wc -l <out)" -eq 4001 ]
		faults ''
		sed -i 's/^api_share = 40$/api_share = 100/' millrace.conf
		run_status 0 bash -o pipefail -c 'led-recall <in | sf-match | sf-load | led-record >out'
		[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 4000 ]
		stop sf
		rm -f sf.state* ledger.sqlite*
	done
}

@test "a user who may not see the limits loads all the same" {
	org_of 1000
	faults '{"path":"/limits$","status":403,"body_json":[{"errorCode":"INSUFFICIENT_ACCESS","message":"no"}]}'
	customers 1 1 >in
	run_status 0 bash -c 'sf-load <in >out'
}

@test "led requests: calls by day, system and kind, and what is left" {
	org_of 1000
	customers 1 250 >in
	sf-match <in | sf-load >out
	run -0 led requests --json
	assert_equal "$(jq -r 'select(.kind=="collections").calls' <<<"$output")" 4
	assert_equal "$(jq -r 'select(.kind=="login").calls' <<<"$output")" 1
	jq -se 'map(select(.max)) | .[0] | .max == 1000 and .left == .max - .used' <<<"$output"
	# every call that the org counts is one of ours
	assert_equal "$(jq -s 'map(select(.system=="salesforce" and .kind!="login") | .calls // 0) | add' <<<"$output")" \
		"$(requests | grep -c /services/data/)"
	millrace requests --json | jq -se 'any(.kind == "collections")'
}

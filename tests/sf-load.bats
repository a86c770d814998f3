#!/usr/bin/env bats
# sf-load: what reaches Salesforce, and what each payload is answered.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf --set job_delay_ms=5
	write_sf_conf
}

# load STATUS FILE: into out, one verdict a payload, in their order
load_ok()
{
	run_status "$1" bash -c "sf-load <$2 >out"
	diff <(jq -r '"\(.object) \(.source) \(.key)"' "$2") \
		<(jq -r '"\(.object) \(.source) \(.key)"' out)
	[ "$(jq -r 'select(.verdict|not)' out)" = "" ]
}

# --- what is sent ---------------------------------------------------------

@test "creates, then updates by id, each payload one verdict in its place" {
	customers 1 30 >one
	load_ok 0 one
	[ "$(verdicts out | grep -c ^created)" -eq 60 ]
	jq -c '{object,key,id}' out >ids
	jq -cn --slurpfile ids ids '(reduce $ids[] as $i ({}; .["\($i.object)/\($i.key)"]=$i.id)) as $m | inputs | .id = $m["\(.object)/\(.key)"] | .fields |= with_entries(if .key=="LastName" then .value="New" else . end)' one >two
	load_ok 0 two
	[ "$(verdicts out | grep -c ^updated)" -eq 60 ]
	diff <(jq -r .id out) <(jq -r .id ids)
	[ "$(sf-query "SELECT Id FROM Contact WHERE LastName = 'New'" | wc -l)" -eq 30 ]
}

@test "the same creates again find what is there" {
	customers 1 5 >one
	load_ok 0 one
	org_sorted >before
	load_ok 0 one
	[ "$(verdicts out | grep -c ^updated)" -eq 10 ]
	org_sorted | cmp - before
}

@test "absent keeps, null and empty clear, text survives" {
	payload Account account 1 c/1 1 ',"fields":{"Name":"A, \"B\"","Phone":"1","BillingCity":"X","BillingStreet":"a\r\nb\rc"}' >one
	load_ok 0 one
	id=$(jq -r .id out)
	payload Account account 1 c/1 1 ",\"id\":\"$id\",\"fields\":{\"Phone\":null,\"BillingCity\":\"\"}" >two
	load_ok 0 two
	run -0 sf-query 'SELECT Name, Phone, BillingCity, BillingStreet FROM Account'
	assert_output '{"Name":"A, \"B\"","Phone":null,"BillingCity":null,"BillingStreet":"a\nb\nc"}'
}

@test "what is [own] is not sent to an adopted record" {
	payload Account account 1 c/1 1 ',"fields":{"Name":"Theirs","Phone":"1"}' >one
	load_ok 0 one
	payload Account account 1 c/1 1 ",\"own\":[\"Name\"],\"id\":\"$(jq -r .id out)\",\"adopted\":true,\"fields\":{\"Name\":\"Ours\",\"Phone\":\"2\"}" >two
	load_ok 0 two
	[ "$(jq -r .adopted out)" = true ]
	run -0 sf-query 'SELECT Name, Phone FROM Account'
	assert_output '{"Name":"Theirs","Phone":"2"}'
}

@test "deletes; what is gone already is deleted too" {
	payload Account account 1 c/1 1 ',"fields":{"Name":"x"}' >one
	load_ok 0 one
	payload Account account 1 c/1 1 ",\"id\":\"$(jq -r .id out)\",\"delete\":true" >two
	load_ok 0 two
	assert_equal "$(verdicts out)" "deleted - Account 1"
	load_ok 0 two
	assert_equal "$(verdicts out)" "deleted - Account 1"
	[ -z "$(sf-query 'SELECT Id FROM Account')" ]
}

@test "a shared key: the highest source wins, and an earlier wave's is updated" {
	stop sf
	start_sf
	write_sf_conf "wave = 2"
	for i in 2 10 9; do
		payload Account guest 1 "orders/$i" g ",\"shared\":true,\"insert\":{\"Site\":\"s$i\"},\"fields\":{\"Name\":\"N$i\"}"
	done >one
	payload Account guest 1 orders/30 g ',"shared":true,"insert":{"Site":"s30"},"fields":{"Name":"N30"}' >>one
	load_ok 0 one
	assert_equal "$(verdicts out)" "skipped same-key Account g
created - Account g
skipped same-key Account g
updated - Account g"
	run -0 sf-query 'SELECT Name, Site FROM Account'
	assert_output '{"Name":"N30","Site":"s10"}'
}

@test "lines that cannot be read keep their place where a wave ends" {
	write_sf_conf "wave = 1"
	{
		payload Account account 1 c/1 1 ',"fields":{"Name":"A"}'
		echo '{"verdict":"created","object":'
		payload Account account 1 c/2 2 ',"fields":{"Name":"B"}'
		echo 'no line of ours'
		payload Account account 1 c/3 3 ',"fields":{"Name":"C"}'
	} >in
	run_status 1 bash -c 'sf-load <in >out'
	[ "$(sed -n 2p out)" = '{"verdict":"created","object":' ]
	sed -n 4p out | grep -q '^{"verdict":"rejected","reason":"bad-json"'
	[ "$(grep -c '"verdict":"created","object":"Account"' out)" -eq 3 ]
}

@test "waves and files of one row each give the same as one" {
	customers 1 6 >one
	load_ok 0 one
	org_sorted >whole
	stop sf
	rm -f sf.state* ledger.sqlite*
	start_sf
	write_sf_conf "wave = 1" "max_upload = 1"
	load_ok 0 one
	org_sorted | cmp - whole
	[ "$(requests | grep -c PUT)" -eq 12 ]
}

@test "children of one parent stay in one file" {
	customers 1 3 >one
	load_ok 0 one
	write_sf_conf "max_upload = 120"
	for i in 1 2 3 4 5 6; do
		payload Contact contact 20 "x/$i" "k$i" \
			",\"parent\":\"Account/$((i % 3 + 1))\",\"fields\":{\"Account.Magento_Id__c\":\"$((i % 3 + 1))\",\"LastName\":\"long enough to fill the file\"}"
	done >two
	curl -sf -X DELETE "$SF_URL/sandbox/log"
	load_ok 0 two
	[ "$(requests | grep -c PUT)" -eq 3 ]
}

# role KEY EMAIL NAME: of an object that can have no external id
role()
{
	printf '{"object":"Contact","map":"role","phase":1,"source":"x/%s","key":"%s","match":[{"Email":"%s"}],"fields":{"Email":"%s","LastName":"%s"}}\n' "$1" "$1" "$2" "$2" "$3"
}

@test "without external id: found by match, else inserted, never doubled" {
	{ role 1 a@example.com A; role 2 b@example.com B; role 3 a@example.com C; } >one
	load_ok 0 one
	[ "$(jq -r .id out | sort -u | wc -l)" -eq 3 ]
	[ "$(sf-query "SELECT LastName FROM Contact WHERE Email = 'a@example.com'" | wc -l)" -eq 2 ]
	{ role 2 B@example.com Bee; role 4 d@example.com D; role 1 a@example.com A; } >two
	load_ok 1 two
	assert_equal "$(verdicts out)" "updated - Contact 2
created - Contact 4
held ambiguous-match Contact 1"
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 4 ]
}

@test "without a describe nothing is inserted blindly, compared with a guess, or held" {
	sf-query 'SELECT Id FROM Account' >/dev/null	# logs in
	role 1 a@example.com A >one
	load_ok 0 one
	role 2 b@example.com B >two
	faults '{"path":"Contact/describe","times":100,"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]}'
	load_ok 4 two
	assert_equal "$(verdicts out)" "waiting not-sent Contact 2"
	faults ''
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 1 ]
	# the lookup of a plan: its target cannot be described
	customers 1 2 >base
	sf-load <base | led-record >loaded
	id=$(jq -r 'select(.object == "Contact" and .key == "1").id' loaded)
	payload Contact contact 20 customers/1 1 ",\"id\":\"$id\",\"was\":{\"Account.Magento_Id__c\":\"7\"},\"fields\":{\"Account.Magento_Id__c\":\"2\"}" >plan
	faults '{"path":"Account/describe","times":100,"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]}'
	load_ok 4 plan
	assert_equal "$(verdicts out)" "waiting not-sent Contact 1"
	# children of parents that ended badly
	faults '{"path":"jobs/ingest","method":"POST","nth":1,"fail_rows":{"nth":1,"code":"FIELD_CUSTOM_VALIDATION_EXCEPTION"}}
{"path":"Contact/describe","times":100,"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]}'
	{ customers 8 8 | head -1
	payload Contact contact 20 customers/9 9 ',"fields":{"Account.Magento_Id__c":"8","LastName":"X"}'; } >one
	load_ok 4 one
	assert_equal "$(verdicts out | cut -d" " -f1)" "failed
waiting"
}

@test "what is sent is in flight until led-record has its verdict" {
	customers 1 1 >one
	load_ok 0 one
	led-recall <one >again
	cmp <(jq -r 'select(.verdict)|.verdict' again) /dev/null
	led-record <out >/dev/null
	jq -c 'del(.verdict)' again >/dev/null
	led-recall --again <one >again
	[ "$(jq -r .id again | grep -c 00)" -eq 2 ]
}

# --- orders ---------------------------------------------------------------

orders_ready()
{
	customers 1 1 | sf-load >/dev/null
	catalogue
	BOOK=$(book)
}

@test "an order goes as draft, lines, activated; and again after a change" {
	orders_ready
	order 7 1 >one
	load_ok 0 one
	[ "$(verdicts out | grep -c '^created')" -eq 3 ]
	assert_equal "$(tail -1 out | verdicts)" "updated - Order 7"
	assert_equal "$(jq -r 'select(.object=="Order").id' out | sort -u | wc -l)" 1
	run -0 sf-query 'SELECT Status, StatusCode FROM Order'
	assert_output '{"Status":"Activated","StatusCode":"Activated"}'
	id=$(jq -r 'select(.map=="order").id' out)
	sf-query 'SELECT Id, Magento_Id__c FROM OrderItem' >items
	ITEMS=items order 7 3 "$id" >two
	load_ok 0 two
	[ "$(verdicts out | grep -c '^updated')" -eq 5 ]
	run -0 sf-query 'SELECT Order.Status, Quantity FROM OrderItem'
	assert_line --index 0 '{"Order.Status":"Activated","Quantity":3.0}'
}

@test "a draft step is unchanged when nothing of its order goes on" {
	orders_ready
	order 7 1 >one
	load_ok 0 one
	id=$(jq -r 'select(.map=="order").id' out)
	order 7 1 "$id" | head -1 >two
	payload Order order 20 orders/7 7 ",\"only\":\"insert\",\"id\":\"$id\",\"fields\":{\"Description\":\"x\"}" >>two
	load_ok 0 two
	[ "$(sf-query 'SELECT Status FROM Order' | jq -r .Status)" = Activated ]
}

@test "lines of an order that failed wait, and it is not activated" {
	orders_ready
	{ order 7 1; order 8 1; } | sed '/"orders\/7"/s/2026-11-20/not a date/' >one
	load_ok 1 one
	assert_equal "$(verdicts out | head -4 | cut -d' ' -f1,2)" "rejected INVALID_TYPE_ON_FIELD_IN_RECORD
waiting parent-failed
waiting parent-failed
waiting parent-failed"
	[ "$(jq -r .fields.EffectiveDate out | head -1)" = "not a date" ]
	[ "$(sf-query 'SELECT Magento_Id__c, Status FROM Order')" = '{"Magento_Id__c":"8","Status":"Activated"}' ]
}

@test "an order with a bad line stays a draft" {
	orders_ready
	order 7 1 | sed '/"7-2"/s/"Quantity":1/"Quantity":0/' >one
	load_ok 1 one
	assert_equal "$(tail -1 out | verdicts)" "waiting parent-failed Order 7"
	[ "$(sf-query 'SELECT Status FROM Order' | jq -r .Status)" = Draft ]
}

# --- parents --------------------------------------------------------------

@test "a parent that failed, by parent, by relationship, in an earlier wave" {
	write_sf_conf "wave = 2"
	payload Account account 10 c/1 1 ',"fields":{"Name":""}' >one
	payload Contact contact 20 c/1 1 ',"parent":"Account/1","fields":{"LastName":"x"}' >>one
	payload Contact contact 20 c/2 2 ',"parent":"Account/1","fields":{"LastName":"x"}' >>one
	payload Contact contact 20 c/3 3 ',"fields":{"Account.Magento_Id__c":"1","LastName":"x"}' >>one
	payload Contact contact 20 c/4 4 ',"fields":{"Account.Magento_Id__c":"77","LastName":"x"}' >>one
	load_ok 1 one
	assert_equal "$(verdicts out)" "failed REQUIRED_FIELD_MISSING Account 1
waiting parent-failed Contact 1
waiting parent-failed Contact 2
waiting parent-failed Contact 3
waiting parent-missing Contact 4"
}

@test "verdicts are passed in their place, and what they say of parents counts" {
	echo '{"verdict":"held","reason":"ambiguous-match","message":"x","object":"Account","map":"account","source":"c/1","key":"1"}' >one
	payload Contact contact 20 c/1 1 ',"parent":"Account/1","fields":{"LastName":"x"}' >>one
	echo '{"verdict":"unchanged","object":"Account","map":"account","source":"c/2","key":"2","id":"0018c00002FInboAAD"}' >>one
	load_ok 1 one
	diff <(sed -n '1p;3p' one) <(sed -n '1p;3p' out)
	assert_equal "$(sed -n 2p out | verdicts)" "waiting parent-failed Contact 1"
}

@test "an update of what was deleted is waiting/gone, a bad lookup is failed" {
	customers 1 3 >one
	load_ok 0 one
	jq -c 'select(.object=="Account")' out >ids
	payload Account account 1 c/9 1 ",\"id\":\"$(sed -n 1p ids | jq -r .id)\",\"delete\":true" | sf-load >/dev/null
	payload Account account 1 customers/1 1 ",\"id\":\"$(sed -n 1p ids | jq -r .id)\",\"fields\":{\"Name\":\"x\"}" >two
	payload Account account 1 customers/2 2 ",\"id\":\"$(sed -n 2p ids | jq -r .id)\",\"fields\":{\"OwnerId\":\"0058c000002FInbAAG\"}" >>two
	payload Account account 1 customers/3 3 ",\"id\":\"$(sed -n 3p ids | jq -r .id)\",\"fields\":{\"Name\":\"y\"}" >>two
	load_ok 1 two
	assert_equal "$(verdicts out | cut -d' ' -f1)" "waiting
failed
updated"
	[ "$(jq -r .reason out | head -1)" = gone ]
}

# --- plans ----------------------------------------------------------------

@test "a plan is applied; where Salesforce has moved, the record is held" {
	customers 1 2 >one
	load_ok 0 one
	led-record <out >/dev/null
	plan() {
		jq -c 'select(.object=="Account")' out | while read -r v; do
			payload Account account 10 "customers/$(jq -r .key <<<"$v")" "$(jq -r .key <<<"$v")" \
				",\"id\":\"$(jq -r .id <<<"$v")\",\"was\":{\"Name\":\"Shop $(jq -r .key <<<"$v")\",\"Phone\":null},\"fields\":{\"Name\":\"Planned\",\"Phone\":\"5\"}"
		done
		payload Contact contact 20 customers/2 n2 ',"was":null,"fields":{"LastName":"New"}'
	}
	plan >two
	cp out first
	sed -n 2p two | jq -c 'del(.was)|.fields={"Phone":"moved"}' | sf-load | led-record >/dev/null
	load_ok 1 two
	assert_equal "$(verdicts out)" "updated - Account 1
held stale Account 2
held stale Contact n2"
	[ "$(jq -r '.fields.Phone' out | sed -n 2p)" = 5 ]
	# the same plan again: what it wrote itself is not a move
	load_ok 1 two
	assert_equal "$(verdicts out | head -1)" "updated - Account 1"
}

@test "a plan that creates is held when the record is there by now" {
	payload Account account 10 c/1 1 ',"was":null,"fields":{"Name":"Planned"}' >two
	payload Account account 10 c/1 1 ',"fields":{"Name":"Someone"}' | sf-load | led-record >/dev/null
	load_ok 1 two
	assert_equal "$(verdicts out)" "held stale Account 1"
}

@test "ids that differ in nothing but case are two records: none is stale" {
	jq -nc 'range(70) | {object: "Account", map: "account", phase: 10,
	    source: "c/\(.)", key: "\(.)", extid: "Magento_Id__c",
	    fields: {Name: "Shop \(.)"}}' >one
	load_ok 0 one
	led-record <out >/dev/null
	[ "$(jq -r '.id[:15] | ascii_downcase' out | sort | uniq -d | wc -l)" -gt 0 ]
	jq -c '{object, map, phase: 10, source, key, extid, id,
	    was: {Name: "Shop \(.key)"}, fields: {Name: "New \(.key)"}}' out >two
	load_ok 0 two
	[ "$(verdicts out | grep -c ^updated)" -eq 70 ]
	# and 15 characters are an id too
	jq -c '.id |= .[:15] | .fields.Name = "Newer" | del(.was)' two >three
	run_status 1 bash -c 'sf-diff <three >plan'
	[ "$(jq -r .was.Name plan | sort -u | wc -l)" -eq 70 ]
}

@test "a shared key: what an earlier wave wrote is no move, and it is not held with a record" {
	local was=',"was":{"Phone":"1"},"fields":{"Name":"P","Phone":"9"}'
	payload Account guest 1 orders/1 g ',"fields":{"Name":"N0"}' >one
	payload Account guest 1 orders/1 h ',"fields":{"Name":"H0"}' >>one
	payload Account account 1 c/1 1 ',"fields":{"Name":"A","Phone":"2"}' >>one
	load_ok 0 one
	led-record <out >/dev/null
	mapfile -t id < <(jq -r .id out)
	write_sf_conf "wave = 2"
	{	# the record of order 4 has moved, what it shares has not
		payload Account guest 1 orders/3 g ",\"id\":\"${id[0]}\",\"shared\":true,\"was\":{\"Name\":\"N0\"},\"fields\":{\"Name\":\"N3\"}"
		payload Account new 1 orders/3 n ',"shared":true,"was":null,"fields":{"Name":"M3"}'
		payload Account guest 1 orders/4 h ",\"id\":\"${id[1]}\",\"shared\":true,\"was\":{\"Name\":\"H0\"},\"fields\":{\"Name\":\"H4\"}"
		payload Account account 1 orders/4 1 ",\"id\":\"${id[2]}\"$was"
		payload Account guest 1 orders/5 g ",\"id\":\"${id[0]}\",\"shared\":true,\"was\":{\"Name\":\"N0\"},\"fields\":{\"Name\":\"N5\"}"
		payload Account new 1 orders/5 n ',"shared":true,"was":null,"fields":{"Name":"M5"}'
	} >two
	load_ok 1 two
	assert_equal "$(verdicts out)" "updated - Account g
created - Account n
updated - Account h
held stale Account 1
updated - Account g
updated - Account n"
	run -0 sf-query 'SELECT Name FROM Account ORDER BY Name'
	assert_output '{"Name":"A"}
{"Name":"H4"}
{"Name":"M5"}
{"Name":"N5"}'
}

# --- Salesforce has a bad day ---------------------------------------------

@test "locked rows go again in a follow-up job, for ever locked ones wait" {
	customers 1 4 >one
	faults '{"path":"/batches$","times":1,"fail_rows":{"match":"Shop 2"}}'
	load_ok 0 one
	[ "$(verdicts out | grep -c ^created)" -eq 8 ]
	[ "$(requests | grep -c PUT)" -eq 3 ]
	led-record <out >/dev/null
	faults '{"path":"/batches$","fail_rows":{"match":"Shop 3"}}'
	load_ok 1 one
	assert_equal "$(verdicts out | grep -v ^updated)" "waiting UNABLE_TO_LOCK_ROW Account 3
waiting parent-failed Contact 3"
}

@test "a row that is refused hurts itself alone, with code, text and data" {
	customers 1 3 >one
	faults '{"path":"/batches$","times":1,"fail_rows":{"match":"Shop 2","code":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"no: really","fields":"Name"}}'
	load_ok 1 one
	assert_equal "$(verdicts out | sed -n 3,4p)" "failed FIELD_CUSTOM_VALIDATION_EXCEPTION Account 2
waiting parent-failed Contact 2"
	[ "$(jq -r 'select(.verdict=="failed").message' out)" = "no: really (Name)" ]
	[ "$(jq -r 'select(.verdict=="failed").fields.Name' out)" = "Shop 2" ]
	[ "$(verdicts out | grep -c ^created)" -eq 4 ]
}

@test "all rows refused is no broken run" {
	customers 1 3 >one
	faults '{"path":"/batches$","fail_rows":{"every":1,"code":"STORAGE_LIMIT_EXCEEDED","message":"full"}}'
	load_ok 1 one
	[ "$(verdicts out | grep -c '^failed STORAGE_LIMIT_EXCEEDED')" -eq 3 ]
}

@test "a job given up half-way: its other half goes again" {
	customers 1 20 >one
	faults '{"path":"/batches$","times":1,"fail_job":{"after":7}}'
	load_ok 0 one
	[ "$(verdicts out | grep -c ^created)" -eq 40 ]
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 20 ]
}

@test "a job given up again and again leaves waiting rows, nothing doubled" {
	customers 1 12 >one
	faults '{"path":"/batches$","fail_job":{"after":2}}'
	run_status 1 bash -c 'sf-load <one >out'
	[ "$(wc -l <out)" -eq 24 ]
	verdicts out | grep -q '^created'
	[ "$(verdicts out | grep -c '^waiting unprocessed Account')" -eq 4 ]
	faults ''
	load_ok 0 one
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 12 ]
}

@test "rows that no result file has wait, and are not sent again" {
	customers 1 2 >one
	faults '{"path":"/successfulResults","status":200,"type":"text/csv","body_text":"\"sf__Id\",\"sf__Created\",Magento_Id__c,Name\n\"0018c00002FInboAAD\",\"true\",\"1\",\"x\"\n\"0018c00002FInboAAD\",\"true\",\"99\",\"x\"\n"}'
	run_status 1 bash -c 'sf-load <one >out 2>err'
	assert_equal "$(verdicts out | grep Account)" "created - Account 1
waiting no-result Account 2"
	grep -q 'none of ours' err
	[ "$(requests | grep -c PUT)" -eq 2 ]
}

@test "a column that does not exist: rejected, status 2, the rest not sent" {
	customers 1 2 | sed 's/"Email"/"Emial"/' >one
	write_sf_conf "wave = 2"
	load_ok 2 one
	assert_equal "$(verdicts out)" "created - Account 1
rejected job-refused Contact 1
waiting not-sent Account 2
waiting not-sent Contact 2"
	[[ $(jq -r .message out | sed -n 2p) == *"Field name not found : Emial"* ]]
}

@test "an unknown object is rejected, status 2" {
	payload Accunt account 1 c/1 1 ',"fields":{"Name":"x"}' >one
	load_ok 2 one
	assert_equal "$(verdicts out)" "rejected job-refused Accunt 1"
}

@test "a token that dies at any call is renewed" {
	customers 1 3 >one
	faults '{"path":"/jobs/ingest$","nth":1,"expire_token":true}
{"path":"/batches$","nth":2,"expire_token":true}
{"method":"PATCH","path":"/jobs/ingest/","nth":1,"expire_token":true}
{"method":"GET","path":"/jobs/ingest/","nth":2,"expire_token":true}
{"path":"/successfulResults","nth":1,"expire_token":true}'
	load_ok 0 one
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 3 ]
}

@test "500, 503, 429, HTML and half a body on the way" {
	customers 1 3 >one
	faults '{"method":"POST","path":"/jobs/ingest$","nth":1,"status":500,"body_text":"<html>"}
{"method":"PUT","path":"/batches$","nth":1,"status":503}
{"method":"PATCH","path":"/jobs/ingest/","nth":2,"status":502}
{"method":"GET","path":"/jobs/ingest/[0-9A-Za-z]*$","nth":1,"status":429,"headers":{"Retry-After":"0"}}
{"path":"/successfulResults","nth":1,"truncate":40}
{"path":"/successfulResults","nth":2,"status":200,"body_text":"<html>"}'
	run_status 0 bash -c 'sf-load <one >out' || { cat out; false; }
	[ "$(verdicts out | grep -c ^created)" -eq 6 ]
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 3 ]
}

@test "an upload whose answer is lost is not repeated into the same job" {
	customers 1 3 >one
	faults '{"method":"PUT","path":"/batches$","nth":1,"reset":"after"}
{"method":"PATCH","path":"/jobs/ingest/","nth":3,"reset":"after"}'
	load_ok 0 one
	[ "$(requests | grep PUT | sort | uniq -d | wc -l)" -eq 0 ]
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 3 ]
}

@test "a file of many pieces, sent again from its start, is nowhere on disk" {
	for i in $(seq 60); do
		payload Account account 1 "c/$i" "$i" ",\"fields\":{\"Description\":\"$(printf "$i, %.0s" $(seq 1200))end\",\"Name\":\"A\"}"
	done >one
	faults '{"method":"PUT","path":"/batches$","nth":1,"reset":"before"}'
	TMPDIR=$PWD/missing run_status 0 bash -c 'sf-load <one >out'
	[ "$(requests | grep -c ^PUT)" -eq 2 ]
	diff <(jq -c '[.key, .fields.Description]' one | sort) \
		<(sf-query 'SELECT Magento_Id__c, Description FROM Account' |
		jq -c '[.Magento_Id__c, .Description]' | sort)
}

@test "a used-up day: status 4, verdicts for all, later it goes on" {
	customers 1 3 >one
	faults '{"method":"PUT","path":"/batches$","nth":2,"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}],"times":9}'
	load_ok 4 one
	[ "$(verdicts out | grep -c '^created - Account')" -eq 3 ]
	[ "$(verdicts out | grep -c '^waiting not-sent Contact')" -eq 3 ]
	faults ''
	load_ok 0 one
}

@test "a job that does not end in time waits, and the next run waits for it" {
	stop sf
	start_sf --set job_delay_ms=6000
	write_sf_conf "timeout = 1"
	customers 1 1 | head -1 >one
	load_ok 4 one
	assert_equal "$(verdicts out)" "waiting no-result Account 1"
	write_sf_conf "timeout = 60"
	load_ok 0 one
	assert_equal "$(verdicts out)" "updated - Account 1"
}

# --- killed ---------------------------------------------------------------

# The server hangs at one request; sf-load is killed there; the same command
# again must end as if nothing had been.
kill_load()
{
	local pid n=0 was same=0
	faults "$2"
	sf-load <"$1" >out 2>err &
	pid=$!
	# Nothing new in the log for a while: it hangs.
	while [ $same -lt 4 ] && kill -0 $pid 2>/dev/null; do
		sleep 0.05
		was=$n
		n=$(curl -sf "$SF_URL/sandbox/log" | wc -l)
		same=$((n > 0 && n == was ? same + 1 : 0))
	done
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	faults ''
}

killed_at()
{
	customers 1 4 >one
	kill_load one "$1"
	load_ok 0 one
	org_sorted >"$WORK/state"
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 4 ]
	diff <(sort "$WORK/state") <(sort "$REPO/tests/sf-load.expected")
	[ "$(curl -sf "$SF_URL/services/data/v62.0/jobs/ingest" \
		-H "Authorization: Bearer $(credential sf token)" |
		jq '[.records[]|select(.state!="JobComplete" and .state!="Aborted" and .state!="Open")]|length')" -eq 0 ]
}

@test "killed while the job is created" {
	killed_at '{"method":"POST","path":"/jobs/ingest$","nth":1,"hang":30}'
}

@test "killed while the second job is uploaded" {
	killed_at '{"method":"PUT","path":"/batches$","nth":2,"hang":30}'
}

@test "killed while the job is closed" {
	killed_at '{"method":"PATCH","path":"/jobs/ingest/","nth":1,"hang":30}'
}

@test "killed while the job runs" {
	killed_at '{"method":"GET","path":"/jobs/ingest/[0-9A-Za-z]*$","nth":1,"hang":30}'
}

@test "killed while the results are read" {
	killed_at '{"path":"/successfulResults","nth":2,"hang":30}'
}

@test "the loss of power took the end of a job: it is looked at once more" {
	customers 1 4 >one
	load_ok 0 one
	jobs=$(sqlite3 ledger.sqlite 'SELECT count(*) FROM job')
	sqlite3 ledger.sqlite "UPDATE job SET state = 'open'"
	curl -sf -X DELETE "$SF_URL/sandbox/log"
	load_ok 0 one
	[ "$(requests | grep -c 'GET .*/jobs/ingest/[0-9A-Za-z]*$')" -ge "$jobs" ]
	run sqlite3 ledger.sqlite 'SELECT DISTINCT state FROM job'
	assert_output "done"
	[ "$(sf-query 'SELECT Id FROM Account' | wc -l)" -eq 4 ]
}

@test "what the ledger knew is not sent what only a new record is given" {
	for i in 1 2 3; do
		payload Account account 10 "customers/$i" "$i" ",\"insert\":{\"Phone\":\"$i\"},\"fields\":{\"Name\":\"A $i\"}"
	done >one
	head -n 1 one >first
	load_ok 0 first
	led-record <out >/dev/null
	sed 's/"Phone":"/&+49 /' one >again
	load_ok 0 again
	assert_equal "$(verdicts out)" "updated - Account 1
created - Account 2
created - Account 3"
	assert_equal "$(sf-query 'SELECT Phone FROM Account ORDER BY Magento_Id__c')" '{"Phone":"1"}
{"Phone":"+49 2"}
{"Phone":"+49 3"}'
}

@test "killed with an insert that nothing could find: held, but where no job ran" {
	role 1 a@example.com A | jq -c 'del(.match)' >one
	kill_load one '{"path":"/batches$","nth":1,"hang":30}'
	load_ok 0 one
	assert_equal "$(verdicts out)" "created - Contact 1"
	led-record <out >/dev/null
	role 2 b@example.com B | jq -c 'del(.match)' >one
	kill_load one '{"method":"GET","path":"/jobs/ingest/[0-9A-Za-z]*$","nth":1,"hang":30}'
	load_ok 1 one
	assert_equal "$(verdicts out)" "held in-doubt Contact 2"
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 2 ]
}

@test "a plan of new orders, killed before and behind each job" {
	orders_ready
	{ order 7 1; order 8 2; } | jq -c '.was = null' |
		jq -c 'if .map == "order-activate" then del(.was) else . end' >one
	for at in '"path":"/batches$","nth":1' '"path":"/batches$","nth":2' \
		'"path":"/batches$","nth":3' '"method":"PATCH","path":"/jobs/ingest/","nth":2,"delay":0' \
		'"method":"PATCH","path":"/jobs/ingest/","nth":3' '"path":"/successfulResults","nth":3'; do
		kill_load one "{$at,\"hang\":30}"
		curl -sf -X DELETE "$SF_URL/sandbox/log"
	done
	load_ok 0 one || { cat out; false; }
	assert_equal "$(sf-query 'SELECT Magento_Id__c, Status FROM Order ORDER BY Magento_Id__c')" '{"Magento_Id__c":"7","Status":"Activated"}
{"Magento_Id__c":"8","Status":"Activated"}'
	assert_equal "$(sf-query 'SELECT Magento_Id__c, Quantity FROM OrderItem ORDER BY Magento_Id__c')" '{"Magento_Id__c":"7-1","Quantity":1.0}
{"Magento_Id__c":"7-2","Quantity":1.0}
{"Magento_Id__c":"8-1","Quantity":2.0}
{"Magento_Id__c":"8-2","Quantity":2.0}'
	# Killed behind the very last answer: what is activated stays as it is.
	load_ok 0 one || { cat out; false; }
}

# answered CSV: what the next job's successful rows are said to be
answered()
{
	faults "{\"method\":\"GET\",\"path\":\"successfulResults\",\"nth\":${2:-1},\"status\":200,\"type\":\"text/csv\",\"body_text\":\"$1\"}"
}

@test "an update is answered with its record's id, a new record with a good one" {
	payload Account account 10 c/1 1 ',"fields":{"Name":"A"}' >one
	answered 'sf__Id,sf__Created,Magento_Id__c\n001,true,1\n'
	load_ok 1 one
	assert_equal "$(verdicts out)" "waiting no-result Account 1"
	faults ''
	load_ok 0 one
	id=$(jq -r .id out)
	payload Account account 10 c/1 1 ",\"id\":\"$id\",\"fields\":{\"Name\":\"B\"}" >two
	answered "sf__Id,sf__Created,Id\\n${id:0:3}XX00000000001AAA,false,$id\\n"
	run_status 1 bash -c 'sf-load <two >out'
	assert_output --partial '1 lines of its results are none of ours'
	assert_equal "$(jq -r '[.verdict,.reason,.id]|join(" ")' out)" "waiting no-result $id"
}

@test "a line of another lot's row settles nothing" {
	write_sf_conf 'max_upload = 12'
	{ blind aaaaaaaa; blind bbbbbbbb; } >one
	answered '\"sf__Id\",\"sf__Created\",Name\n\"01sWz00000ErTleIAF\",\"true\",bbbbbbbb\n'
	load_ok 1 one
	assert_equal "$(jq -r '[.verdict,.reason,.key]|join(" ")' out)" "waiting no-result aaaaaaaa
created  bbbbbbbb"
	assert_equal "$(jq -r 'select(.key == "bbbbbbbb").id' out)" "$(sf-query "SELECT Id FROM Pricebook2 WHERE Name = 'bbbbbbbb'" | jq -r .Id)"
	[ "$(sf-query 'SELECT Id FROM Pricebook2 WHERE IsStandard = false' | wc -l)" -eq 2 ]
}

@test "a job refused is status 2, whatever ends the one behind it" {
	write_sf_conf 'max_upload = 12'
	{ blind aaaaaaaa; blind bbbbbbbb; } >one
	faults '{"method":"PATCH","path":"/jobs/ingest","nth":1,"fail_job":{"after":0,"error":"InvalidBatch : Field name not found : Nam"}}
{"method":"GET","path":"successfulResults","status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"x"}]}'
	load_ok 2 one
	assert_equal "$(verdicts out)" "rejected job-refused Pricebook2 aaaaaaaa
waiting no-result Pricebook2 bbbbbbbb"
}

@test "a row of 5 MB that is refused hurts itself alone" {
	write_sf_conf 'check_values = no'
	customers 1 2 | grep '"Account"' >one
	payload Account account 10 c/3 3 ",\"fields\":{\"Name\":\"$(head -c 5000000 /dev/zero | tr '\0' a)\"}" >>one
	load_ok 1 one
	assert_equal "$(verdicts out)" "created - Account 1
created - Account 2
failed STRING_TOO_LONG Account 3"
}

# --- one at a time --------------------------------------------------------

# A Pricebook2 that nothing can be found by.
blind()
{
	printf '{"object":"Pricebook2","map":"book","phase":1,"source":"x/%s","key":"%s","rev":"r","fields":{"Name":"%s"}}\n' "$1" "$1" "$1"
}

# beside FILE FAULT: sf-load begins with it, and is at what FAULT delays; pid
beside()
{
	faults "$2"
	sf-load <"$1" >out 2>err 3>&- &
	pid=$!
	for _ in {1..200}; do
		[ -z "$(sqlite3 ledger.sqlite "SELECT 1 FROM job WHERE state IN ('intent', 'open')" 2>/dev/null)" ] || break
		sleep 0.02
	done
	sleep 0.2
}

@test "who reads beside a load that lives leaves its jobs and its memory alone" {
	local at n=0
	for at in '"method":"POST","path":"/jobs/ingest$"' '"method":"PUT"' '"method":"GET","path":"/jobs/ingest/"'; do
		curl -sf -X DELETE "$SF_URL/sandbox/log"
		blind $((++n)) >one
		beside one "{$at,\"nth\":1,\"delay\":1500}"
		payload Account account 10 c/9 9 ',"fields":{"Name":"X"}' >other
		sf-match <other >/dev/null
		[ "$(sqlite3 ledger.sqlite 'SELECT sum(n) FROM flight')" -eq 1 ]
		wait "$pid"
		assert_equal "$(jq -r .verdict out)" created
		[ "$(requests | grep -c 'POST .*/jobs/ingest$')" -eq 1 ]
		led-record <out >/dev/null
	done
}

@test "a load that was killed beside a reader is in doubt, not done again" {
	blind one >one
	beside one '{"method":"POST","path":"/jobs/ingest$","nth":1,"delay":1000}
{"path":"/jobs/ingest/[0-9A-Za-z]*$","method":"GET","nth":1,"hang":30}'
	sf-match </dev/null
	for _ in {1..200}; do
		[ "$(requests | grep -c PATCH)" -eq 0 ] || break
		sleep 0.05
	done
	kill -9 "$pid"
	wait "$pid" || true
	faults ''
	load_ok 1 one
	assert_equal "$(verdicts out)" "held in-doubt Pricebook2 one"
	[ "$(sf-query 'SELECT Id FROM Pricebook2 WHERE IsStandard = false' | wc -l)" -eq 1 ]
}

@test "no two loads at once: status 4, nothing read; within the run that has the lock it goes" {
	customers 1 2 >one
	customers 3 3 >two
	beside one '{"method":"PUT","nth":1,"delay":4000}'
	run_status 4 bash -c 'sf-load <two >out2'
	assert_output --partial 'another run holds the lock'
	[ ! -s out2 ]
	wait "$pid"
	run_status 0 bash -c 'sf-load <two >out2'
	printf '[runs]\ndir = runs\n' >>millrace.conf
	mkfifo go
	run-open nightly bash -c 'echo >go; until [ -e end ]; do sleep 0.05; done; sf-load <two >out3' 3>&- &
	read -r _ <go
	run_status 4 bash -c 'sf-load <two >out2'
	assert_output --partial nightly
	run_status 4 run-open --no-lock plan sf-load <two
	touch end
	wait $!
	assert_equal "$(verdicts out3)" "updated - Account 3
updated - Contact 3"
}

# --- what was surely not sent ----------------------------------------------

in_flight() { sqlite3 ledger.sqlite 'SELECT coalesce(sum(n), 0) FROM flight'; }

# books N STATUS FAULT: N blind inserts, refused by FAULT; then all is well
books()
{
	local i
	for ((i = 0; i < $1; i++)); do blind $i; done >one
	faults "$3"
	load_ok "$2" one
	led-record <out >/dev/null || true
	faults ''
}

# Nothing was in doubt.
then_created()	# N
{
	load_ok 0 one
	assert_equal "$(verdicts out | cut -d' ' -f1 | sort | uniq -c | tr -s ' ')" " $1 created"
	[ "$(sf-query 'SELECT Id FROM Pricebook2 WHERE IsStandard = false' | wc -l)" -eq "$1" ]
}

used_up='"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]'

@test "calls refused or not begun leave nothing in flight" {
	FEW=2000 write_sf_conf 'in_flight = 1'
	books 450 4 "{\"method\":\"POST\",\"path\":\"/composite/sobjects\",$used_up}"
	then_created 450
}

@test "one call done, one lost, one not begun: the lost one is in doubt alone" {
	FEW=2000 write_sf_conf 'in_flight = 1'
	books 450 3 '{"method":"POST","path":"/composite/sobjects","nth":2,"reset":"before"}'
	assert_equal "$(in_flight)" 200
	load_ok 1 one
	assert_equal "$(verdicts out | cut -d' ' -f1,2 | sort | uniq -c | tr -s ' ')" " 250 created -
 200 held in-doubt"
}

@test "what was in doubt before stays so where its next call is refused" {
	FEW=2000 write_sf_conf
	role 1 a@example.com A >one
	sf-load </dev/null
	fly "$(jq -r .map one)" "$(jq -r .key one)" "$(jq -r .source one)"
	faults "{\"method\":\"POST\",\"path\":\"/composite/sobjects\",$used_up}"
	load_ok 4 one
	assert_equal "$(requests | grep -c 'POST.*/composite/sobjects')" 1
	assert_equal "$(in_flight)" 1
}

@test "a job that could not be made leaves nothing in flight" {
	books 3 4 '{"method":"POST","path":"/jobs/ingest$","status":400,"body_json":[{"errorCode":"EXCEEDEDQUOTA","message":"x"}]}'
	then_created 3
}

@test "jobs that could not be filled leave nothing in flight" {
	books 3 3 '{"method":"PUT","reset":"after"}'
	[ "$(requests | grep -c PUT)" -eq 3 ]
	then_created 3
}

@test "killed with the second job made for the same rows: not in doubt" {
	blind 1 >one
	faults '{"method":"PUT","nth":1,"reset":"after"}
{"method":"PUT","nth":2,"hang":30}'
	sf-load <one >out 2>err 3>&- &
	for _ in {1..200}; do
		[ "$(sqlite3 ledger.sqlite "SELECT count(id) FROM job" 2>/dev/null)" != 2 ] || break
		sleep 0.02
	done
	kill -9 $!
	faults ''
	then_created 1
}

@test "a job that cannot be closed nor aborted may be done: it is in doubt, and waited for" {
	write_sf_conf 'timeout = 3'
	blind 1 >one
	faults '{"method":"PATCH","status":500}'
	load_ok 3 one
	assert_equal "$(verdicts out)" "waiting no-result Pricebook2 1"
	assert_equal "$(sqlite3 ledger.sqlite 'SELECT state FROM job')" open
	led-record <out >/dev/null || true
	assert_equal "$(in_flight)" 1
	faults ''
	then_created 1
}

# --- the ends of the pipe -------------------------------------------------

@test "a full disk is status 3, a stream cut off as well" {
	customers 1 2 >one
	run_status 3 bash -c 'sf-load <one >/dev/full'
	run_status 3 bash -c 'head -c -20 one | sf-load >out'
	[ "$(wc -l <out)" -eq 3 ]
}

@test "a reader that leaves ends it quietly" {
	customers 1 3 >one
	run -0 --separate-stderr bash -c 'sf-load <one | head -1 >out'
	[ -z "$stderr" ]
}

@test "a line that is no payload hurts itself alone, in its place" {
	write_sf_conf "wave = 1"
	{ customers 1 1; echo 'no json'; echo '[]'; customers 2 2; } >one
	run_status 1 bash -c 'sf-load <one >out'
	assert_equal "$(jq -r .verdict out | tr '\n' ' ')" \
		"created created rejected rejected created created "
}

@test "nothing in, nothing out, no job" {
	run -0 sf-load </dev/null
	assert_output ""
	[ -z "$(requests | grep jobs)" ]
}

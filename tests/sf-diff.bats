#!/usr/bin/env bats
# sf-diff: was, unchanged by type, steps, shared keys, what is gone.

load helpers
load match

prepare()
{
	prepare_sf
}

# with ID LINE: the payload as sf-match would give it
with()
{
	jq -c --arg id "$1" '.id = $id'
}

@test "what is not there yet: was is null, status 1" {
	payload Account account customers/1 1 >in
	run_status 1 bash -c 'sf-diff <in'
	[ "$(jq -c '[has("was"), .was]' <<<"$output")" = '[true,null]' ]
}

@test "was has what Salesforce holds, of update and fields, not of insert and quiet" {
	a=$(make_record Account '{"Name":"A","Phone":"1","BillingCity":"Ulm","Magento_Id__c":"1"}')
	payload Account account customers/1 1 ',"quiet":["BillingCity"],"insert":{"Type":"x"},"update":{"Phone":"2"},"fields":{"BillingCity":"Bonn","BillingStreet":null,"Name":"A"}' | with "$a" >in
	run_status 1 bash -c 'sf-diff <in'
	[ "$(jq -c .was <<<"$output")" = '{"Phone":"1","BillingStreet":null,"Name":"A"}' ]
	[ "$(jq -c '[.insert,.update,.fields]' <<<"$output")" = "$(jq -c '[.insert,.update,.fields]' in)" ]
}

@test "nothing differs: unchanged, status 0" {
	a=$(make_record Account '{"Name":"A","Phone":"1","Magento_Id__c":"1"}')
	payload Account account customers/1 1 ',"quiet":["Fax"],"fields":{"BillingCity":"","Fax":"9","Name":"A","Phone":"1"}' | with "$a" >in
	run_status 0 bash -c 'sf-diff <in'
	[ "$(fates <<<"$output")" = "1 unchanged" ]
}

@test "values by type: numbers, dates, instants, booleans, null" {
	acc=$(make_record Account '{"Name":"A","Magento_Id__c":"1"}')
	o=$(make_record Order "{\"AccountId\":\"$acc\",\"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\",\"Magento_Id__c\":\"7\",\"Magento_Grand_Total__c\":10.5,\"Magento_Placed_At__c\":\"2026-11-20T10:00:00.000+0000\"}")
	diff_of() { payload Order order orders/7 7 ",\"fields\":$1" | with "$o" | sf-diff | jq -r '.verdict // "differs"'; }
	[ "$(diff_of '{"Magento_Grand_Total__c":10.50}')" = unchanged ]
	[ "$(diff_of '{"Magento_Grand_Total__c":"10.500"}')" = unchanged ]
	[ "$(diff_of '{"Magento_Grand_Total__c":10.51}')" = differs ]
	[ "$(diff_of '{"EffectiveDate":"2026-11-20"}')" = unchanged ]
	[ "$(diff_of '{"EffectiveDate":"2026-11-21"}')" = differs ]
	[ "$(diff_of '{"Magento_Placed_At__c":"2026-11-20T11:00:00+01:00"}')" = unchanged ]
	[ "$(diff_of '{"Magento_Placed_At__c":"2026-11-20T10:00:01Z"}')" = differs ]
	[ "$(diff_of '{"Magento_Tax__c":null,"Description":""}')" = unchanged ]
	[ "$(diff_of '{"Account.Magento_Id__c":"1"}')" = unchanged ]
	[ "$(diff_of '{"Account.Magento_Id__c":"2"}')" = differs ]
	p=$(make_record Product2 '{"Name":"P","IsActive":true,"Magento_Id__c":"5"}')
	[ "$(payload Product2 product products/5 5 ',"fields":{"IsActive":true}' | with "$p" | sf-diff | jq -r .verdict)" = unchanged ]
	[ "$(payload Product2 product products/5 5 ',"fields":{"IsActive":false}' | with "$p" | sf-diff | jq -c .was)" = '{"IsActive":true}' ]
}

@test "a record that lacks its key is not unchanged" {
	a=$(make_record Account '{"Name":"A"}')
	payload Account account customers/1 1 ',"fields":{"Name":"A"}' | with "$a" | jq -c '.adopted = true' >in
	run_status 1 bash -c 'sf-diff <in'
	[ "$(jq -r .key <<<"$output")" = 1 ]
}

@test "a record that is gone: waiting, and led-record forgets it" {
	a=$(make_record Account '{"Name":"A","Magento_Id__c":"1"}')
	payload Account account customers/1 1 | with "$a" >in
	jq -c '{verdict:"created"} + del(.fields,.phase) + {hash:"h"}' in | led-record >/dev/null
	call DELETE "sobjects/Account/$a"
	run_status 1 bash -c 'sf-diff <in'
	[ "$(fates <<<"$output")" = "1 waiting gone" ]
	led-record <<<"$output" >/dev/null
	[ "$(payload Account account customers/1 1 | led-recall | fates)" = "1 new" ]
	[ "$(led due customers)" = 1 ]
}

@test "steps: what differs takes its steps along, an equal order does not" {
	acc=$(make_record Account '{"Name":"A"}')
	o=$(make_record Order "{\"AccountId\":\"$acc\",\"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\",\"Description\":\"x\",\"Magento_Id__c\":\"7\"}")
	order() {
		payload Order order-draft orders/7 7 ',"with":["order","order-activate"],"quiet":["Status"],"fields":{"Status":"Draft"}' | with "$o"
		payload Order order orders/7 7 ",\"fields\":{\"Description\":\"$1\"}" | with "$o" | jq -c '.phase = 20'
		payload Order order-activate orders/7 7 ",\"with\":[\"order\"],\"fields\":{\"Status\":\"$2\"}" | with "$o" | jq -c '.phase = 40'
	}
	[ "$(order x Draft | sf-diff | jq -r '.verdict // "goes"' | paste -sd,)" = unchanged,unchanged,unchanged ]
	[ "$(order y Draft | sf-diff | jq -r '.verdict // "goes"' | paste -sd,)" = goes,goes,goes ]
	[ "$(order x Activated | sf-diff | jq -r '.verdict // "goes"' | paste -sd,)" = goes,unchanged,goes ]
}

@test "shared: one of a key goes on, the highest source, or none" {
	a=$(make_record Account '{"Name":"A","Magento_Id__c":"k"}')
	{ payload Account m orders/9 k ',"shared":true,"fields":{"Name":"A"}'
	payload Account m orders/10 k ',"shared":true,"fields":{"Name":"B"}'
	payload Account m orders/8 k ',"shared":true,"fields":{"Name":"A"}'; } | with "$a" >in
	[ "$(sf-diff <in | jq -r '.reason // "goes"' | paste -sd,)" = same-key,goes,same-key ]
	sed -i 's/"B"/"A"/' in
	run_status 0 bash -c 'sf-diff <in'
	[ "$(jq -r '.reason // .verdict' <<<"$output" | paste -sd,)" = same-key,unchanged,same-key ]
}

@test "shared, in a later part of the stream: held against what went on before" {
	printf ',"shared":true,"fields":{"Description":"%5000000d","Name":"%%s"}' 0 >more
	# shellcheck disable=SC2059  # that is what it is for
	for n in A A B A; do
		payload Account m "orders/$((++i))" k "$(printf "$(cat more)" $n)"
	done >in
	[ "$(sf-diff <in | jq -r '.reason // "goes"' | paste -sd,)" = goes,same-key,goes,goes ]
	sed -i 's/"shared":true/"only":"insert",&/' in
	[ "$(sf-diff <in | jq -r '.reason // "goes"' | paste -sd,)" = goes,same-key,same-key,same-key ]
}

@test "a change is status 1, with --send only what waits is" {
	a=$(make_record Account '{"Name":"A","Magento_Id__c":"1"}')
	payload Account account customers/1 1 ',"fields":{"Name":"B"}' | with "$a" >in
	run_status 1 sf-diff <in
	run_status 0 sf-diff --send <in
	call DELETE "sobjects/Account/$a"
	run_status 1 sf-diff --send <in
}

@test "many records: few queries, order kept" {
	for i in $(seq 20); do
		printf '%s\n' "$(make_record Account "{\"Name\":\"N$i\",\"Magento_Id__c\":\"$i\"}")"
	done >ids
	for i in $(seq 20); do
		payload Account account customers/$i $i ",\"fields\":{\"Name\":\"N$((i - i % 10))\"}"
	done | paste ids - | while read -r id line; do with "$id" <<<"$line"; done >in
	before=$(queries | wc -l)
	run_status 1 bash -c 'sf-diff <in >out'
	[ "$(jq -r .key out | paste -sd,)" = "$(seq 20 | paste -sd,)" ]
	[ "$(grep -c unchanged out)" -eq 2 ]
	[ "$(($(queries | wc -l) - before))" -le 2 ]
}

@test "a field that is not there: status 2 and its name" {
	a=$(make_record Account '{"Name":"A"}')
	payload Account account customers/1 1 ',"fields":{"Nmae":"x"}' | with "$a" >in
	run_status 2 bash -c 'sf-diff <in'
	[[ "$output" == *Nmae* ]]
}

@test "Salesforce gives out: each payload still has one verdict" {
	a=$(make_record Account '{"Name":"A"}')
	{ payload Account account customers/1 1 | with "$a"
	echo '{"verdict":"skipped",  "source":"customers/x"}'
	payload Account account customers/2 2; } >in
	faults sf '{"path":"/query","api_limit":true}'
	run_status 4 bash -c 'sf-diff --send <in >out'
	[ "$(fates <out | paste -sd,)" = '1 waiting not-sent, skipped,2 waiting not-sent' ]
	# what was not tried is no attempt, and due at once
	led-record <out >/dev/null
	[ "$(sqlite3 ledger.sqlite "SELECT DISTINCT verdict, attempts FROM entry WHERE map = 'account'")" = 'waiting|0' ]
	led due customers | sort | paste -sd, | grep -qx 1,2
}

@test "verdicts pass, bad lines are answered, a cut-off stream and a full disk" {
	{ echo '{"verdict":"skipped",  "source":"customers/1"}'; echo '[1]'; } >in
	run_status 1 bash -c 'sf-diff <in 2>/dev/null'
	[ "${lines[0]}" = "$(head -1 in)" ]
	[ "$(jq -r .reason <<<"${lines[1]}")" = bad-json ]
	run_status 3 bash -c 'printf "{\"object\"" | sf-diff'
	payload Account account customers/1 1 >in
	run_status 3 bash -c 'sf-diff <in >/dev/full'
	run_status 2 sf-diff extra
}

@test "the whole way: match, diff, load, record, and nothing is left to do" {
	a=$(make_record Account '{"Name":"Old"}')
	make_record Contact "{\"LastName\":\"x\",\"Email\":\"x@y.z\",\"AccountId\":\"$a\"}"
	{ payload Account account customers/1 1 ',"match":[{"Contacts.Email":"x@y.z"}],"own":["Name"],"fields":{"Name":"New","Phone":"1"}'
	payload Account account customers/2 2 ',"fields":{"Name":"Two","Phone":"2"}'; } >in
	run bash -c 'led-recall <in | sf-match | sf-diff >plan; echo "${PIPESTATUS[@]}"'
	[ "$output" = "0 0 1" ]
	sf-load <plan | led-record >v
	[ "$(fates <v | paste -sd,)" = "1 updated,2 created" ]
	[ "$(call GET "sobjects/Account/$a" | jq -c '[.Name,.Phone,.Magento_Id__c]')" = '["Old","1","1"]' ]
	[ "$(led-recall <in | fates | cut -d' ' -f2 | paste -sd,)" = unchanged,unchanged ]
	run_status 0 bash -c 'led-recall --again <in | sf-match | sf-diff'
	[ "$(fates <<<"$output" | cut -d' ' -f2 | paste -sd,)" = unchanged,unchanged ]
}

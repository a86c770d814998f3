#!/usr/bin/env bats
# sf-match: external ids, rungs, owners, symbols, only, steps.

bats_require_minimum_version 1.5.0
load helpers
load match

prepare()
{
	prepare_sf
}

@test "by external id, in any case of letters; unknown ones stay without id" {
	a=$(make_record Account '{"Name":"A","Magento_Id__c":"guest:a@b.c"}')
	{ payload Account account customers/1 1
	payload Account account orders/2 'guest:A@B.c'; } >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "1 new,guest:A@B.c $a" ]
	[ "$(jq -r 'has("adopted")' <<<"$output" | sort -u)" = false ]
}

@test "many keys are one query, and those with ids none" {
	for i in $(seq 300); do payload Account account customers/$i "$i"; done >in
	sf-match <in >out
	[ "$(wc -l <out)" -eq 300 ]
	[ "$(queries | wc -l)" -le 2 ]
	before=$(queries | wc -l)
	jq -c '. + {id:"001000000000001AAA"}' in | sf-match >/dev/null
	[ "$(queries | wc -l)" -eq "$before" ]
}

@test "rungs: the first that hits; the record is adopted, its own fields go" {
	a=$(make_record Account '{"Name":"By Name"}')
	b=$(make_record Account '{"Name":"By Child"}')
	make_record Contact "{\"LastName\":\"x\",\"Email\":\"x@y.z\",\"AccountId\":\"$b\"}"
	m=',"match":[{"Contacts.Email":"X@y.z"},{"Name":"by name"}],"own":["Name","Owner.Username"],"insert":{"Owner.Username":"nobody"},"fields":{"Name":"Ours","Phone":"1"}'
	payload Account account customers/1 1 "$m" | led-recall >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(jq -r .id <<<"$output")" = "$b" ]
	[ "$(jq -c '[.adopted, .fields]' <<<"$output")" = '[true,{"Phone":"1"}]' ]
	# the hash is that of what goes: led-recall finds it unchanged next time
	jq -c '{verdict:"updated"} + del(.match,.insert,.fields,.phase)' <<<"$output" | led-record >/dev/null
	[ "$(payload Account account customers/1 1 "$m" | led-recall | jq -r .verdict)" = unchanged ]
	# the second key asks for the same e-mail: taken, so the name decides
	payload Account account customers/2 2 "$m" >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(jq -r .id <<<"$output")" = "$a" ]
}

@test "a rung of several fields must match in all of them" {
	c=$(make_record Contact '{"LastName":"x","Email":"x@y.z","Magento_Website__c":"de"}')
	d=$(make_record Contact '{"LastName":"x","Email":"x@y.z","Magento_Website__c":"fr"}')
	{ payload Contact contact customers/1 1 ',"match":[{"Email":"x@y.z","Magento_Website__c":"fr"}],"fields":{}'
	payload Contact contact customers/2 2 ',"match":[{"Email":"x@y.z","Magento_Website__c":"it"}],"fields":{}'; } >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "1 $d,2 new" ]
	[ "$c" != "$d" ]
}

@test "two hits are held, with the candidates" {
	a=$(make_record Account '{"Name":"Twin"}')
	b=$(make_record Account '{"Name":"twin"}')
	payload Account account customers/1 1 ',"match":[{"Name":"Twin"}],"fields":{"Name":"Twin"}' >in
	run_status 1 bash -c 'sf-match <in'
	[ "$(fates <<<"$output")" = "1 held ambiguous-match" ]
	[[ "$(jq -r .message <<<"$output")" == *"$a"* ]]
	[[ "$(jq -r .message <<<"$output")" == *"$b"* ]]
	[ "$(jq -c .fields <<<"$output")" = '{"Name":"Twin"}' ]
}

@test "no hit: what carries another key, what the ledger gives another key, what this run gave" {
	a=$(make_record Account '{"Name":"Acme","Magento_Id__c":"99"}')
	m=',"match":[{"Name":"Acme"}],"fields":{}'
	[ "$(payload Account account customers/1 1 "$m" | sf-match | fates)" = "1 new" ]
	call PATCH "sobjects/Account/$a" '{"Magento_Id__c":null}'
	printf '{"verdict":"created","object":"Account","map":"account","source":"customers/7","key":"7","id":"%s","hash":"h"}\n' "$a" |
		led-record >/dev/null
	[ "$(payload Account account customers/1 1 "$m" | sf-match | fates)" = "1 new" ]
	led forget Account/7 2>/dev/null
	{ payload Account account customers/1 1 "$m"; payload Account account customers/2 2 "$m"; } >in
	[ "$(sf-match <in | fates | paste -sd,)" = "1 $a,2 new" ]
}

@test "two twins, one of them owned: the other is the hit" {
	make_record Account '{"Name":"Twin","Magento_Id__c":"99"}'
	b=$(make_record Account '{"Name":"Twin"}')
	[ "$(payload Account account customers/1 1 ',"match":[{"Name":"Twin"}],"fields":{}' | sf-match | fates)" = "1 $b" ]
}

@test "what SOQL must escape" {
	for name in "O'Neil" 'back\\slash' 'quo\"te' "a' OR Name != '" '%_' 'Zoë 日本'; do
		a=$(make_record Account "{\"Name\":\"$name\"}")
		[ "$(payload Account account customers/1 "k$name" ",\"match\":[{\"Name\":\"$name\"}],\"fields\":{}" |
			sf-match | jq -r .id)" = "$a" ]
	done
}

@test "symbols become ids, in fields, own and quiet; asked once" {
	make_record Account '{"Name":"A"}' >/dev/null
	user=$(credential sf username)
	rt=$(call GET "query?q=SELECT+Id+FROM+RecordType+WHERE+DeveloperName='Consumer'" | jq -r '.records[0].Id')
	for i in 1 2 3; do
		payload Account account customers/$i $i ",\"own\":[\"Owner.Username\"],\"quiet\":[\"RecordType.DeveloperName\"],\"insert\":{\"Owner.Username\":\"$user\"},\"fields\":{\"Name\":\"x\",\"RecordType.DeveloperName\":\"Consumer\",\"Amount\":10.50}"
	done >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(jq -r .fields.RecordTypeId <<<"${lines[0]}")" = "$rt" ]
	[[ "${lines[0]}" == *'"own":["OwnerId"],"quiet":["RecordTypeId"]'* ]]
	[[ "${lines[0]}" == *'"insert":{"OwnerId":"005'*'"fields":{"Name":"x","RecordTypeId":"'*'","Amount":10.50}}' ]]
	[ "$(queries | grep -c RecordType.*DeveloperName)" -le 2 ]
	payload Order order orders/1 1 ',"insert":{"Pricebook2.IsStandard":true},"fields":{}' >in
	[[ "$(sf-match <in | jq -r .insert.Pricebook2Id)" == 01s* ]]
}

@test "an unknown symbol is rejected with what it is; its neighbours go on" {
	{ payload Account account customers/1 1 ',"insert":{"RecordType.DeveloperName":"Nope"},"fields":{"Name":"x"}'
	payload Account account customers/2 2; } >in
	run_status 1 bash -c 'sf-match <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "1 rejected unknown-symbol,2 new" ]
	[[ "$(jq -r 'select(.message).message' <<<"$output")" == *'no active record type "Nope" for Account'* ]]
	[ "$(jq -c 'select(.message).insert' <<<"$output")" = '{"RecordType.DeveloperName":"Nope"}' ]
}

@test "only insert, only update, after the ids are known" {
	a=$(make_record Account '{"Name":"A","Magento_Id__c":"1"}')
	{ payload Account m customers/1 1 ',"only":"insert","fields":{}'
	payload Account m customers/2 2 ',"only":"insert","fields":{}'
	payload Account n customers/1 1 ',"only":"update","fields":{}'
	payload Account n customers/2 2 ',"only":"update","fields":{}'; } >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "1 skipped only-insert,2 new,1 $a,2 skipped only-update" ]
	[ "$(jq -r .id <<<"${lines[0]}")" = "$a" ]
}

order()
{
	payload Order order-draft orders/7 7 ',"with":["order","order-item","order-activate"],"only":"update","fields":{"Status":"Draft"}'
	payload Order order orders/7 7 "${1:-},\"fields\":{\"Description\":\"x\"}" | sed 's/"phase":10/"phase":20/'
	payload OrderItem order-item orders/7 7-1 ',"parent":"Order/7","fields":{"Quantity":1}' | sed 's/"phase":10/"phase":30/'
	payload Order order-activate orders/7 7 ',"with":["order","order-item"],"fields":{"Status":"Activated"}' | sed 's/"phase":10/"phase":40/'
}

@test "steps: a new order has no draft; one that is left alone stays whole as it is" {
	order >in
	[ "$(sf-match <in | jq -r '.map + " " + (.reason // "goes")' | paste -sd,)" = \
		"order-draft only-update,order goes,order-item goes,order-activate goes" ]
	acc=$(make_record Account '{"Name":"A"}')
	make_record Order "{\"AccountId\":\"$acc\",\"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\",\"Magento_Id__c\":\"7\"}"
	[ "$(sf-match <in | jq -r '.map + " " + (.reason // "goes")' | paste -sd,)" = \
		"order-draft goes,order goes,order-item goes,order-activate goes" ]
	order ',"only":"insert"' >in
	run_status 0 bash -c 'sf-match <in'
	[ "$(jq -r .reason <<<"$output" | sort | uniq -c | tr -s ' ')" = " 4 only-insert" ]
}

@test "steps: what a match found is found for the record's steps too" {
	acc=$(make_record Account '{"Name":"A"}')
	o=$(make_record Order "{\"AccountId\":\"$acc\",\"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\",\"Description\":\"mine\"}")
	order ',"match":[{"PoNumber":"nothing"}]' >in
	sed -i 's/"match":\[{"PoNumber":"nothing"}\]/"match":[{"Status":"Draft","EffectiveDate":"2026-11-20"}]/' in
	run_status 0 bash -c 'sf-match <in'
	[ "$(jq -r 'select(.object == "Order") | .id' <<<"$output" | sort -u)" = "$o" ]
	[ "$(jq -r 'select(.object == "Order") | .adopted' <<<"$output" | sort -u)" = true ]
}

@test "verdicts and order are kept over batches; memory does not grow" {
	[[ $MILLRACE_BIN != */san/* ]] || skip "sanitizers take memory"
	command -v /usr/bin/time >/dev/null || skip "no /usr/bin/time"
	gen() { awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) { if (i % 3 == 0) printf "{\"verdict\":\"unchanged\",\"source\":\"customers/%d\",\"key\":\"%d\"}\n", i, i; else printf "{\"object\":\"Account\",\"map\":\"m\",\"source\":\"customers/%d\",\"key\":\"%d\",\"id\":\"001000000000001AAA\",\"fields\":{\"Name\":\"name %d\"}}\n", i, i, i } }'; }
	gen 20000 >in
	sf-match <in >out
	[ "$(jq -r .key out | md5sum)" = "$(seq 20000 | md5sum)" ]
	small=$(gen 20000 | /usr/bin/time -f %M sf-match 2>&1 >/dev/null | tail -1)
	big=$(gen 100000 | /usr/bin/time -f %M sf-match 2>&1 >/dev/null | tail -1)
	echo "$small KB, $big KB"
	[ "$big" -lt 65536 ]
	[ "$big" -lt $((small + 8192)) ]
}

@test "another org, a field that is not there, a wrong secret: status 2" {
	payload Account account customers/1 1 >in
	led adopt --org 00D000000000001AAA
	run_status 2 bash -c 'sf-match <in'
	[[ "$output" == *"led adopt"* ]]
	led adopt
	payload Account account customers/1 1 ',"match":[{"Nmae":"x"}],"fields":{}' >in
	run_status 2 bash -c 'sf-match <in 2>err'
	[ "$(fates <<<"$output")" = '1 waiting not-sent' ]
	grep -q Nmae err
	payload Account account customers/1 1 ',"match":[{"Kontacts.Email":"x"}],"fields":{}' >in
	run_status 2 bash -c 'sf-match <in'
	[[ "$output" == *"nor children 'Kontacts'"* ]]
	echo wrong >sf.secret
	run_status 2 bash -c 'sf-match <in'
}

@test "Salesforce is not there: an error, and no line that says nothing" {
	payload Account account customers/1 1 >in
	stop sf -KILL || true
	run bash -c 'sf-match <in 2>err'
	[ "$status" -ge 2 ]
	[ -z "$output" ]
	run_status 2 sf-match --no-such
}

@test "Salesforce gives out in the middle: each payload still has one verdict" {
	a=$(make_record Account '{"Name":"A"}')
	yes x | head -5000 | awk -v id="$a" '{ printf "{\"object\":\"Account\",\"map\":\"account\",\"source\":\"customers/%d\",\"key\":\"%d\",\"id\":\"%s\"}\n", NR, NR, id }' >in
	{ echo '{"verdict":"skipped",  "source":"customers/x"}'
	payload Account account customers/5001 5001
	payload Account account customers/5002 5002 ',"only":"insert"'
	yes x | head -5000 | awk -v id="$a" '{ printf "{\"object\":\"Account\",\"map\":\"account\",\"source\":\"customers/n%d\",\"key\":\"n%d\",\"id\":\"%s\"}\n", NR, NR, id }'; } >>in
	faults sf '{"path":"/query","api_limit":true}'
	run_status 4 bash -c 'sf-match <in >out'
	[[ $output == *"/query"* ]]
	assert_equal "$(jq -r '.key // "x"' out)" "$(jq -r '.key // "x"' in)"
	assert_equal "$(head -5001 out)" "$(head -5001 in)"
	assert_equal "$(tail -n +5002 out | jq -r '[.verdict, .reason] | join(" ")' | sort | uniq -c | tr -s ' ')" ' 5002 waiting not-sent'
	[[ $(tail -1 out | jq -r .message) == "the run stopped before it: "* ]]
}

# --- what several fit, settled by a person ---------------------------------

# twins: two accounts of one name, and the payload that both fit, held
twins()
{
	a=$(make_record Account '{"Name":"Twin","Phone":"1"}')
	b=$(make_record Account '{"Name":"Twin","Phone":"2"}')
	payload Account account customers/1 1 ',"hash":"h1","own":["Name"],"match":[{"Name":"Twin"}],"fields":{"Name":"Ours","Phone":"3"}' >in
	run_status 1 bash -o pipefail -c 'led-recall <in | sf-match | led-record >out'
}

@test "the candidates of what is held have names and links; led tie lists them" {
	twins
	[ "$(jq -r .message out)" = "2 records match: $a 'Twin' $SF_URL/$a, $b 'Twin' $SF_URL/$b" ]
	run -0 led tie
	assert_output "# Account/1, of customers/1
#Account/1 $a 'Twin' $SF_URL/$a
#Account/1 $b 'Twin' $SF_URL/$b"
}

@test "a tie is honoured by the next run, what is the owner's stays" {
	twins
	led tie >ties
	sed "/$b/s/^#//" ties >chosen
	run -0 led tie chosen
	assert_output --partial '1 tied'
	run -0 bash -o pipefail -c 'led-recall <in | sf-match | sf-load | led-record >out'
	[ "$(jq -r '[.verdict,.id,.adopted]|@csv' out)" = "\"updated\",\"$b\",true" ]
	assert_equal "$(sf-query 'SELECT Phone, Name, Magento_Id__c FROM Account ORDER BY Phone')" \
		'{"Phone":"1","Name":"Twin","Magento_Id__c":null}
{"Phone":"3","Name":"Twin","Magento_Id__c":"1"}'
	run -0 led tie
	assert_output ''
}

@test "ties that cannot be meant are refused, all of the file with them" {
	twins
	c=$(make_record Account '{"Name":"Other"}')
	d=$(make_record Contact '{"LastName":"x"}')
	refused() { run -2 led tie "${@:2}"; assert_output --partial "$1"; }
	refused 'is no Salesforce id' Account/1 "${a:0:17}_"
	refused 'is of another object: ids of Account begin with 001' Account/1 "$d"
	refused "is none of the records that Account/1 is held with: $a, $b" Account/1 "$c"
	refused 'Account/2 is not held' Account/2 "$a"
	refused "is not OBJECT/KEY" Account "$a"
	refused "no such" nosuchfile || assert_output --partial nosuchfile
	printf 'Account/1 %s\nAccount/2 %s\n' "$a" "$b" >ties
	refused 'line 2: Account/2 is not held' ties
	[ -z "$(led list | jq -r '.id // empty')" ]
	run -0 led tie --any Account/1 "$c"
	refused "$c is Account/1 by the ledger" --any Account/2 "$c"
}

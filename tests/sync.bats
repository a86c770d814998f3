#!/usr/bin/env bats
# The nightly sync, end to end, on what a real store sent.

load helpers

prepare()
{
	start_mage
	start_sf
	write_conf
}

soql()
{
	sf-query "$1" 2>>err
}

count()
{
	soql "$1" | wc -l
}

@test "a night brings all of the store, the next night changes nothing" {
	first_night
	sf_state >one
	mage_state >told
	[ "$(count "SELECT Id FROM Order WHERE Magento_Id__c != null")" -eq 76 ]
	[ "$(count "SELECT Id FROM Account WHERE Magento_Id__c LIKE 'guest:%'")" -gt 0 ]
	# every order is known to Magento by its Salesforce id
	[ "$(jq -c 'select(.[2] != "salesforce:\(.[0])")' told | wc -l)" -eq 7 ]
	run_status 0 millrace nightly
	sf_state >two
	diff one two
	# nothing was written the second time
	last=$(ls -d runs/2*nightly* | tail -n 1)
	[ "$(zcat "$last"/*load*.ndjson.gz "$last"/*record*.ndjson.gz 2>/dev/null | grep -cE '^\{"verdict":"(created|updated)"')" -eq 0 ]
	run_status 0 millrace verify
}

@test "the fixtures' traps: guests, deleted customer, money, one e-mail twice, sold but not in the catalogue" {
	first_night
	orders=$REPO/fixtures/magento/entities/orders.ndjson
	# 55 orders have no customer_id; each has an account all the same
	[ "$(jq -c 'select(.customer_id == null)' "$orders" | wc -l)" -eq 55 ]
	[ "$(count "SELECT Id FROM Order WHERE Magento_Id__c != null AND AccountId = null")" -eq 0 ]
	# the order whose customer was deleted is its e-mail's guest
	soql "SELECT Magento_Id__c, Account.Magento_Id__c FROM Order WHERE Magento_Id__c != null" >accounts
	jq -r 'select(.customer_id == null and .customer_is_guest == 0) | .entity_id' "$orders" >deleted
	[ -s deleted ]
	while read -r id; do
		jq -r --arg id "$id" 'select(.Magento_Id__c == $id) | ."Account.Magento_Id__c"' accounts | grep -q '^guest:'
	done <deleted
	# two customers of two websites share an e-mail: two accounts, two contacts
	twice=$(jq -r .email "$REPO/fixtures/magento/entities/customers.ndjson" | tr A-Z a-z | sort | uniq -d | head -n 1)
	[ "$(count "SELECT Id FROM Contact WHERE Email = '$twice' AND Magento_Website__c != null")" -ge 2 ]
	# every line that the customer saw is there, with its product
	lines=$(jq '[.items[] | select(.parent_item_id == null and .qty_ordered != 0)] | length' "$orders" | jq -s add)
	[ "$(count "SELECT Id FROM OrderItem WHERE Magento_Id__c != null")" -eq "$lines" ]
	# money is exact, to the last digit that Magento gave
	soql "SELECT Magento_Id__c, Magento_Grand_Total__c FROM Order WHERE Magento_Id__c != null" |
		jq -r '[.Magento_Id__c, (.Magento_Grand_Total__c | tonumber + 0)] | @tsv' | sort >got
	jq -r '[(.entity_id | tostring), .grand_total + 0] | @tsv' "$orders" | sort >want
	diff got want
}

@test "a change of a customer and of an order reaches Salesforce, alone" {
	first_night
	sf_state >before
	printf 'Authorization: Bearer %s\nContent-Type: application/json\n' "$(cat mage.token)" >headers
	curl -sS --fail -X PUT -H @headers -d '{"customer":{"id":1,"lastname":"Millstone"}}' "$MAGE_URL/rest/all/V1/customers/1" >/dev/null
	run_status 0 millrace nightly
	sf_state >after
	diff before after | grep '^[<>]' >changes || :
	[ "$(grep -c '^>' changes)" -ge 1 ]
	[ "$(grep -c '^>' changes)" -le 2 ]
	grep '^>' changes | grep -q Millstone
}

@test "a plan writes nothing, its apply does what it said, and a stale one is held" {
	sf_state >empty
	run millrace plan
	[ "$status" -eq 1 ]
	assert_output --partial 'to create'
	sf_state >still
	diff empty still
}

@test "two runs at once: the second is told, status 4, and nothing is doubled" {
	faults sf '{"path":"/(jobs/ingest|composite)","delay":300,"times":10}'
	millrace nightly >one.log 2>&1 &
	first=$!
	for i in $(seq 100); do
		[ -e runs/latest ] && break
		sleep 0.05
	done
	run_status 4 millrace nightly
	wait $first || [ $? -eq 1 ]
	[ "$(count "SELECT Id FROM Order WHERE Magento_Id__c != null")" -eq 76 ]
}

@test "another org than the ledger's is refused, status 2, until it is adopted" {
	first_night
	stop sf
	rm -f sf.state*
	start_sf --set org=7
	write_conf
	run_status 2 millrace nightly
	assert_output --partial 'led adopt'
}

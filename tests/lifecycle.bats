#!/usr/bin/env bats
# What happens to a store's records in the course of their lives.  After each
# night Salesforce holds what an org holds that sees the store for the first
# time.

load helpers

prepare()
{
	start_mage
	start_sf
	write_conf
}

# edit ENTITY FILTER: change records of the store
edit()
{
	curl -sS --fail "$MAGE_URL/sandbox/state?entity=$1" | jq -c "$2" |
		curl -sS --fail -X POST --data-binary @- \
		    "$MAGE_URL/sandbox/records/$1" >/dev/null
}

# A night and what it says: night STATUS
night()
{
	run_status "$1" millrace nightly
}

count()
{
	sf-query "$1" | wc -l
}

@test "the earlier of a guest's two unpaid orders is paid first" {
	printf '[orders]\ncreate_order = paid\n' >>millrace.conf
	edit orders 'select(.entity_id == 2 or .entity_id == 5)
		| .customer_email = "twice@example.com"
		| .total_invoiced = null | .items[0].product_id = 7777'
	night 1
	edit orders 'select(.entity_id == 2) | .total_invoiced = .grand_total'
	night 1		# its ext_order_id is somebody else's
	[ "$(count "SELECT Id FROM Order WHERE Magento_Id__c = '2'")" -eq 1 ]
	[ "$(count "SELECT Id FROM Account WHERE Magento_Id__c = 'guest:twice@example.com'")" -eq 1 ]
	night 0
}

@test "an order deleted in Salesforce is made anew with all its lines" {
	first_night
	sf_state >before
	id=$(sf-query "SELECT Id FROM Order WHERE Magento_Id__c = '75'" | jq -r .Id)
	curl -sS --fail -X DELETE -H "Authorization: Bearer $(credential sf token)" \
	    "$SF_URL/services/data/v62.0/sobjects/Order/$id"
	edit orders 'select(.entity_id == 75) | .billing_address.city = "Elsewhere"'
	run_status 1 millrace nightly
	assert_output --partial gone
	edit orders 'select(.entity_id == 75) | .billing_address.city = "Purchase"'
	night 0
	sf_state >after
	diff before after
}

@test "one bad line does not keep the others back" {
	first_night
	printf '[orders]\ntotal_mismatch = send\n' >>millrace.conf
	edit orders 'select(.entity_id == 8)
		| .items[0].qty_ordered = 7 | .items[0].row_invoiced = 1
		| .items[1].item_id = null'
	night 1
	run sf-query "SELECT Quantity FROM OrderItem WHERE Magento_Id__c = '12'"
	assert_output --partial 7
}

@test "a plan of an empty org counts each product once; applied twice it changes nothing" {
	run_status 1 millrace plan
	# 18 are in the catalogue, 14 are sold, two of them are not in it
	[ "$(grep -c '"map":"placeholder-product".*"was":null' runs/latest/plan.ndjson)" -eq 14 ]
	plan=$(readlink -f runs/latest)
	printf '[magento]\nwriteback = no\n' >>millrace.conf
	run_status 0 millrace apply "$plan"
	sf_state >one
	run_status 1 millrace apply "$plan"
	assert_output --partial stale
	sf_state >two
	diff one two
}

@test "a product deleted in Salesforce comes back with its price" {
	first_night
	sf_state >before
	id=$(sf-query "SELECT Id FROM Product2 WHERE Magento_Id__c = '14'" | jq -r .Id)
	curl -sS --fail -X DELETE -H "Authorization: Bearer $(credential sf token)" \
	    "$SF_URL/services/data/v62.0/sobjects/Product2/$id"
	edit products 'select(.id == 14) | .name += "!"'
	night 1
	edit products 'select(.id == 14) | .name |= .[:-1]'
	night 0
	sf_state >after
	diff before after
}

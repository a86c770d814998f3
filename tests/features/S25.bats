#!/usr/bin/env bats
# S25: record_type: an opportunity keeps the type that its cart gave it, also
# where the cart is ordered; a type that the org does not have is told before a
# run.
load ../helpers
load features

prepare()
{
	record_types Web_Cart Web_Order
}

@test "an ordered cart keeps its type; one that never was a cart has the orders'" {
	shop 18 25
	carts
	set_conf carts record_type = Web_Cart
	set_conf opportunities record_type = Web_Order
	sync 0 nightly
	edit carts 'select(.id == 28) | .is_active = false | .reserved_order_id = "000000022" | del(.items)'
	edit orders 'select(.entity_id == 25) | .quote_id = 28 | .customer_id = 140'
	curl -sS --fail -X DELETE "$MAGE_URL/sandbox/records/orders/18"
	sync 1 nightly	# 18 is gone
	[ "$(ask "SELECT Name, RecordType.DeveloperName FROM Opportunity WHERE Magento_Id__c IN ('18', '28') ORDER BY Name")" = \
		$'Order 000000015\tWeb_Order\nOrder 000000022\tWeb_Cart' ]
	# somebody who sells gives it another; it is his from then on
	id=$(ask "SELECT Id FROM Opportunity WHERE Magento_Id__c = '28'")
	type=$(ask "SELECT Id FROM RecordType WHERE DeveloperName = 'Web_Order'")
	salesforce PATCH "sobjects/Opportunity/$id" "{\"RecordTypeId\":\"$type\"}"
	edit orders 'select(.entity_id == 25) | .customer_note = "soon"'
	sync 0 resync orders
	[ "$(ask "SELECT Description, RecordType.DeveloperName FROM Opportunity WHERE Id = '$id'")" = $'soon\tWeb_Order' ]
}

@test "a type that is not there is told before anything is sent" {
	shop 18
	carts
	set_conf carts record_type = Web_Cart
	set_conf opportunities record_type = Web_Ordr
	run_status 1 millrace check
	assert_output --partial "Web_Ordr"
	refute_output --partial "'Web_Cart'"
}

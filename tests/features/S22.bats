#!/usr/bin/env bats
# S22: the sync status and the opportunity's id of each cart, with a link.
load ../helpers
load features

@test "synced with its id, not due, failed" {
	shop 18
	set_conf carts automatic = yes
	edit carts 'select(.id == 29) | .items[0].sku = "GRP"'	# which has no price
	sync 1 nightly
	id=$(ask "SELECT Id FROM Opportunity WHERE Magento_Id__c = '28'")
	run millrace status carts/28
	assert_line --regexp "^carts/28 cart 28: created, .*, $SF_URL/$id$"
	run millrace status carts/27
	assert_line --partial 'skipped, no-checkout'
	run millrace status carts/29
	assert_line --regexp '^carts/29 cart-line 54: waiting, parent-missing'
	# mended in the shop, the line follows
	edit carts 'select(.id == 29) | .items[0].sku = "DEC-3"'
	sync 0 nightly
	run millrace status carts/29
	assert_line --regexp '^carts/29 cart-line 54: created'
}

@test "two products of one SKU: the line is refused alone, with advice" {
	shop 18
	set_conf carts automatic = yes
	sync 0 nightly
	# a product was made anew in Magento; what the old one left is there still
	old=$(ask "SELECT Id FROM PricebookEntry WHERE Magento_Id__c = '2:standard'")
	salesforce PATCH "sobjects/PricebookEntry/$old" '{"Magento_Sku__c":"DEC-3:standard"}'
	edit carts 'select(.id == 29) | .items += [.items[0] | .item_id = 901 | .qty = 7]'
	sync 1 nightly
	run millrace status carts/29
	assert_line --regexp '^carts/29 cart-line 901: failed, '
	[ -n "$(ask "SELECT Id FROM Opportunity WHERE Magento_Id__c = '28'")" ]
	salesforce PATCH "sobjects/PricebookEntry/$old" '{"Magento_Sku__c":""}'
	sync 0 nightly
	[ "$(ask "SELECT Quantity FROM OpportunityLineItem WHERE Magento_Id__c = '901'")" = 7 ]
}

#!/usr/bin/env bats
# S22: the sync status and the opportunity's id of each cart, with a link.
load ../helpers
load features

@test "synced with its id, not due, failed" {
	shop 18
	set_conf carts automatic = yes
	edit carts 'select(.id == 29) | .items[0].sku = "NOT-THERE"'
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

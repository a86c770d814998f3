#!/usr/bin/env bats
# S46: the queue can be listed, entries deleted, and sent now.
load ../helpers
load features

@test "list, delete, send now" {
	shop 20 25
	set_conf orders mode = queue
	set_conf magento writeback = no
	sync 0 nightly
	millrace queue list orders >list
	[ "$(jq -r .source list)" = $'orders/20\norders/25' ]
	jq -e '.payloads > 3 and (.since | test("^20..-..-..T"))' list
	sync 0 queue delete orders/20
	sync 0 queue run
	[ "$(ask 'SELECT Magento_Id__c FROM Order')" = 25 ]
	# the change stays out, the next one does not
	sync 0 nightly
	assert_output --partial dequeued
	[ -z "$(millrace queue list)" ]
	edit orders 'select(.entity_id == 20) | .customer_note = "changed"'
	sync 0 nightly
	[ "$(millrace queue list | jq -r .source)" = orders/20 ]
	sync 0 queue run
	[ "$(ask 'SELECT Id FROM Order' | wc -l)" -eq 2 ]
}

@test "what came to nothing while it waited leaves the queue" {
	shop 18
	set_conf carts automatic = yes
	set_conf carts mode = queue
	set_conf customers mode = queue
	sync 0 nightly
	# a cart is ordered, another emptied, a customer leaves
	edit carts 'select(.id == 28) | .is_active = false | .reserved_order_id = "000000022" | del(.items)'
	edit carts 'select(.id == 29) | .items = []'
	magento DELETE customers/137 >/dev/null
	millrace queue list | grep -q '"carts/28"'
	millrace queue list | grep -q '"customers/137"'
	sync 0 queue run carts
	[ "$(ask 'SELECT Name FROM Opportunity')" = 'Cart 82' ]
	[ -z "$(millrace queue list carts)" ]
	sync 1 queue run
	assert_output --partial 'no customers/137 in Magento'
	[ "$(ask 'SELECT COUNT(Id) FROM Contact')" -gt 100 ]
	[ -z "$(millrace queue list)" ]
	sync 0 queue run
	assert_output --partial 'Verdicts: none'
}

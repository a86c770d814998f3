#!/usr/bin/env bats
# S11: placed but not paid, with create_order = paid: not due yet, and never
# shown as failed; after the invoice the order is there whole.
load ../helpers
load features

@test "not due yet; then id, details, products and notes" {
	shop 25
	set_conf orders create_order = paid
	sync 0 nightly
	assert_output --regexp 'waiting +[0-9]+  order .*not-paid'
	refute_output --partial failed
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	[ -z "$(ask 'SELECT Id FROM Note')" ]
	run_status 0 millrace status orders/25
	assert_line --partial 'waiting, not-paid'
	refute_output --regexp 'failed|rejected|held'
	run_status 0 millrace explain not-paid
	# another night changes nothing, and it is no attempt that could run out
	for night in 1 2 3 4 5 6; do
		sync 0 incremental
	done
	run millrace status orders/25
	assert_line --partial 'waiting, not-paid'
	pay 25
	sync 0 incremental
	id=$(ask "SELECT Id FROM Order WHERE Magento_Id__c = '25'")
	[ "$(ask "SELECT Status, Magento_Grand_Total__c, BillToContact.Magento_Id__c FROM Order")" = \
		$'Activated\t230.22\tguest:comments@example.com' ]
	[ "$(ask 'SELECT Magento_Sku__c FROM OrderItem ORDER BY Magento_Sku__c')" = $'24-MB01\n24-MB04' ]
	[ "$(ask 'SELECT Id FROM Note' | wc -l)" -eq 3 ]
	run millrace status orders/25
	assert_line --regexp "order 25: created, .*$SF_URL/$id"
	refute_output --partial waiting
	magento GET orders/25 | jq -e --arg id "$id" '.ext_order_id == $id'
}

#!/usr/bin/env bats
# S2: the sync status of each order, with its Salesforce id and a link; synced,
# failed, not due yet, waiting in the queue and never tried are told apart.
load ../helpers
load features

@test "what became of each order, and how many were never tried" {
	shop 12 14 18 22 25
	set_conf magento writeback = no
	set_conf orders create_order = paid
	# 14 is paid, 25 is not, and the parts of 12 do not add up any more
	edit orders 'select(.entity_id == 12) | .grand_total = 1'
	printf '%s\n' 12 14 25 >three
	sync 1 resync orders --keys three
	id=$(ask "SELECT Id FROM Order WHERE Magento_Id__c = '14'")
	run_status 0 millrace status orders/14
	assert_line --regexp "^orders/14 order 14: (created|updated), .*, $SF_URL/$id$"
	run_status 0 millrace status orders/25
	assert_line --partial 'orders/25 order 25: waiting, not-paid'
	run_status 0 millrace status orders/12
	assert_line --partial 'orders/12 order 12: held, total-mismatch'
	run_status 0 millrace status orders/22
	assert_output 'orders/22: never tried'

	# the same by filters: not due is not failed
	[ "$(millrace status --failed orders | cut -d' ' -f1 | sort -u)" = orders/12 ]
	[ "$(millrace status --state not-due --json orders | jq -r .source | sort -u)" = orders/25 ]
	[ "$(millrace status --state synced --json orders | jq -r 'select(.map == "order").id')" = "$id" ]
	[ "$(millrace status --reason total-mismatch orders | wc -l)" -ge 1 ]

	# what the store has, as a run notes it: two were never tried, then one
	led total orders 5
	run_status 0 millrace status orders
	assert_line --index 0 'orders: 5 in Magento, 1 synced, 1 not due, 1 held, 2 never tried'
	printf '22\n' >one
	sync 0 queue add orders --keys one
	run_status 0 millrace status orders
	assert_line --index 0 'orders: 5 in Magento, 1 synced, 1 queued, 1 not due, 1 held, 1 never tried'
	[ "$(ask 'SELECT Magento_Id__c FROM Order')" = 14 ]
}

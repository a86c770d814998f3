#!/usr/bin/env bats
# S7: default_status: the status in which an order is put whenever it must be
# written; of any name, but of the category Draft.
load ../helpers
load features

status()
{
	ask "SELECT Status, StatusCode FROM Order WHERE Magento_Id__c = '$1'"
}

@test "another name of the category Draft" {
	shop 20 76
	set_conf orders default_status = On Hold
	run_status 0 millrace check
	sync 0 nightly
	# the table has a status for the one, and none for what somebody made
	[ "$(status 20)" = $'Activated\tActivated' ]
	[ "$(status 76)" = $'On Hold\tDraft' ]
	# an activated order goes through it, or its lines could not change
	magento POST order/20/ship '{}' >/dev/null
	sync 0 nightly
	[ "$(status 20)" = $'Activated\tActivated' ]
	[ "$(ask "SELECT SUM(Magento_Quantity_Shipped__c) FROM OrderItem WHERE Order.Magento_Id__c = '20'")" -eq 6 ]
	# where its activation is refused, it is seen there
	magento POST order/20/invoice '{"capture":true}' >/dev/null
	faults sf '{"body":"Activated","times":9,"fail_rows":{"match":"Activated","code":"FAILED_ACTIVATION"}}'
	sync 1 nightly
	[ "$(status 20)" = $'On Hold\tDraft' ]
	faults sf
	sync 0 nightly
	[ "$(status 20)" = $'Activated\tActivated' ]
}

@test "a name of the category Activated, or of none, is told before a run" {
	shop 20
	set_conf orders default_status = Processing
	run_status 1 millrace check
	assert_output --partial "Processing"
	assert_output --partial 'not Draft'
	sed -i 's/^default_status = .*/default_status = Drafted/' millrace.conf
	run_status 1 millrace check
	assert_output --partial "'Drafted'"
	[ -z "$(ask 'SELECT Id FROM Order')" ]
}

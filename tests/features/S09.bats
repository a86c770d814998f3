#!/usr/bin/env bats
# S9: create_order: an order appears in Salesforce when it was placed, once it
# is invoiced, or never.
load ../helpers
load features

orders()
{
	ask 'SELECT Magento_Id__c FROM Order ORDER BY Magento_Id__c' | paste -sd,
}

@test "no, paid, every" {
	# invoiced in part, pending, of nothing to pay
	shop 20 25 72
	set_conf orders create_order = no
	sync 0 nightly
	[ -z "$(orders)" ]
	assert_output --partial 'create-order-off'
	[ -z "$(ask "SELECT Id FROM Account WHERE Magento_Id__c LIKE 'guest:%'")" ]
	sed -i 's/^create_order = .*/create_order = paid/' millrace.conf
	sync 0 nightly
	[ "$(orders)" = 20,72 ]
	sed -i 's/^create_order = .*/create_order = every/' millrace.conf
	sync 0 nightly
	[ "$(orders)" = 20,25,72 ]
	# what is there stays, whatever is set later
	sed -i 's/^create_order = .*/create_order = paid/' millrace.conf
	sync 0 nightly
	[ "$(orders)" = 20,25,72 ]
}

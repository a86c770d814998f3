#!/usr/bin/env bats
# S4: zero_grand_total: orders that cost nothing are sent, or skipped.
load ../helpers
load features

@test "skip: an order of 0 stays out with a reason; synchronize: it goes" {
	shop 25 72
	set_conf orders zero_grand_total = skip
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c FROM Order')" = 25 ]
	assert_output --regexp 'skipped +1 +order +zero-total'
	run millrace explain zero-total
	assert_output --partial zero_grand_total
	sed -i 's/^zero_grand_total.*/zero_grand_total = synchronize/' millrace.conf
	sync 0 resync orders
	[ "$(ask "SELECT Magento_Grand_Total__c, Magento_Discount__c FROM Order WHERE Magento_Id__c = '72'")" = $'0\t-33.5' ]
	[ "$(ask "SELECT Quantity, UnitPrice FROM OrderItem WHERE Order.Magento_Id__c = '72'")" = $'1\t28.5' ]
}

#!/usr/bin/env bats
# G3: the customer-group filter is for customers and for their orders.
load ../helpers
load features

buyers()
{
	ask 'SELECT Account.Magento_Id__c, BillToContact.Magento_Id__c FROM Order ORDER BY Name'
}

@test "who left the group in which he ordered has an account all the same" {
	# of customer 9, who is in group 1 now; of guests; of customer 27
	shop 25 31 49
	edit orders 'select(.entity_id == 31) | .customer_group_id = 2'
	set_conf customers groups = 2
	sync 0 nightly
	[ "$(buyers)" = $'9\t9' ]
	[ "$(ask "SELECT Magento_Id__c, Account.Magento_Id__c FROM Contact WHERE Magento_Id__c = '9'")" = $'9\t9' ]
	# he comes back: customers tell of him from then on, and orders do not
	edit customers 'select(.id == 9) | .group_id = 2 | .lastname = "Married"'
	sync 0 nightly
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '9'")" = Married ]
	before=$(sf_state)
	edit orders 'select(.entity_id == 31) | .customer_lastname = "Unmarried"'
	sync 0 nightly
	sync 0 resync orders --where 'entity_id eq 31'
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '9'")" = Married ]
	[ "$(sf_state)" = "$before" ]
}

@test "customers are not automatic: their orders come with what they tell" {
	shop 31
	set_conf customers automatic = no
	sync 0 nightly
	[ "$(buyers)" = $'9\t9' ]
	[ "$(ask 'SELECT COUNT(Id) FROM Contact')" = 1 ]
}

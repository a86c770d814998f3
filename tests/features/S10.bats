#!/usr/bin/env bats
# S10: create_opportunity: no order becomes an opportunity, or every one.
load ../helpers
load features

@test "no, the default: there is none, and no word about any" {
	shop 18
	sync 0 nightly
	[ -n "$(ask 'SELECT Id FROM Order')" ]
	[ -z "$(ask 'SELECT Id FROM Opportunity')" ]
	run millrace report
	refute_output --partial opportunity
}

@test "every: each order is an opportunity too, with its products" {
	shop 6 18
	set_conf orders create_opportunity = every
	sync 0 nightly
	[ "$(ask 'SELECT Id FROM Order' | wc -l)" -eq 2 ]
	ask 'SELECT Magento_Id__c, Name, Account.Magento_Id__c, Amount, Magento_Status__c FROM Opportunity ORDER BY Name' >opportunities
	diff opportunities - <<-'END'
	6	Order 000000006	1	12	complete
	18	Order 000000015	guest:cancel@example.com	184.96	canceled
	END
	ask "SELECT Magento_Id__c, Magento_Sku__c, PricebookEntry.Magento_Id__c, Quantity, UnitPrice FROM OpportunityLineItem WHERE Opportunity.Magento_Id__c = '18' ORDER BY Magento_Id__c" >lines
	diff lines - <<-'END'
	31	24-MB01	1:standard	4	29.99
	32	24-MB04	2:standard	2	32.5
	END
	sync 0 nightly
	run millrace report
	assert_output --partial unchanged
	refute_output --regexp '(created|updated) +[1-9]'
}

@test "in the place of orders, and before they are paid for" {
	shop 18 25
	set_conf orders create_opportunity = every
	printf 'create_order = no\n' >>millrace.conf
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	[ "$(ask 'SELECT Id FROM Opportunity' | wc -l)" -eq 2 ]
	[ "$(ask 'SELECT Id FROM OpportunityLineItem' | wc -l)" -eq 4 ]
	sed -i 's/^create_order = no/create_order = paid/' millrace.conf
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	[ "$(ask 'SELECT Id FROM Opportunity' | wc -l)" -eq 2 ]
}

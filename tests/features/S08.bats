#!/usr/bin/env bats
# S8: sync_all_orders and statuses: all orders, or those of some Magento
# statuses.
load ../helpers
load features

@test "no: only the listed statuses, from the day on which an order gets one" {
	shop 18 20 25
	set_conf orders sync_all_orders = no
	printf 'statuses = processing, canceled\n' >>millrace.conf
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c FROM Order ORDER BY Magento_Id__c')" = $'18\n20' ]
	assert_output --regexp 'skipped +1  order .*status'
	# nor his account, who is no guest elsewhere
	[ -z "$(ask "SELECT Id FROM Account WHERE Magento_Id__c = 'guest:comments@example.com'")" ]
	pay 25
	sync 0 incremental
	[ "$(ask "SELECT Magento_Status__c FROM Order WHERE Magento_Id__c = '25'")" = processing ]
	# where it leaves the list it stays as it was
	magento POST order/25/ship '{}' >/dev/null
	sync 0 nightly
	[ "$(ask "SELECT Magento_Status__c FROM Order WHERE Magento_Id__c = '25'")" = processing ]
	printf 'sync_all_orders = yes\n' >>millrace.conf
	sed -i '/^sync_all_orders = no/d' millrace.conf
	sync 0 nightly
	[ "$(ask "SELECT Magento_Status__c FROM Order WHERE Magento_Id__c = '25'")" = complete ]
}

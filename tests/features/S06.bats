#!/usr/bin/env bats
# S6: update_order_info: whether orders that are in Salesforce already are
# updated at all.
load ../helpers
load features

order()
{
	ask "SELECT Status, Magento_Status__c, Description FROM Order WHERE Magento_Id__c = '$1'"
}

@test "no: a new order comes whole, and stays as it came; then yes" {
	shop 20 25
	set_conf orders update_order_info = no
	sync 0 nightly
	[ "$(order 25)" = $'Draft\tpending\t' ]
	[ "$(ask 'SELECT COUNT(Id) FROM OrderItem')" = 4 ]
	[ "$(ask 'SELECT COUNT(Id) FROM Note')" = 4 ]
	pay 25
	edit orders 'select(.entity_id == 25) | .customer_note = "ring twice"'
	sync 0 nightly
	[ "$(order 25)" = $'Draft\tpending\t' ]
	assert_output --partial 'only-insert'
	[ -z "$(ask "SELECT Id FROM OrderItem WHERE Magento_Quantity_Invoiced__c > 0 AND Order.Magento_Id__c = '25'")" ]
	# not by hand either: it is a setting of the shop, not of the night
	printf '25\n' >one
	sync 0 resync orders --keys one
	[ "$(order 25)" = $'Draft\tpending\t' ]
	sed -i 's/^update_order_info = no/update_order_info = yes/' millrace.conf
	sync 0 nightly
	[ "$(order 25)" = $'Activated\tprocessing\tring twice' ]
}

@test "no: an order that came in part is finished all the same" {
	shop 25
	set_conf orders update_order_info = no
	faults sf '{"body":"OrderItem","times":9,"fail_rows":{"match":"24-MB01","code":"UNABLE_TO_LOCK_ROW"}}'
	sync 1 nightly
	[ "$(ask 'SELECT Magento_Sku__c FROM OrderItem')" = 24-MB04 ]
	faults sf
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Sku__c FROM OrderItem ORDER BY Magento_Sku__c')" = $'24-MB01\n24-MB04' ]
}

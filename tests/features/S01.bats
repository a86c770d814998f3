#!/usr/bin/env bats
# S1: [orders] automatic: new orders, and any change of one, reach Salesforce by
# themselves, or not.
load ../helpers
load features

orders()
{
	ask 'SELECT Magento_Id__c, Magento_Status__c FROM Order ORDER BY Magento_Id__c'
}

@test "yes: a new order, a comment, a changed status" {
	shop 20 25
	curl -sS "$MAGE_URL/sandbox/state?entity=orders" | jq -c 'select(.entity_id == 25)' >new
	curl -sS --fail -X DELETE "$MAGE_URL/sandbox/records/orders/25"
	sync 0 nightly
	[ "$(orders)" = $'20\tprocessing' ]
	curl -sS --fail -X POST --data-binary @new "$MAGE_URL/sandbox/records/orders"
	magento POST orders/20/comments '{"statusHistory":{"comment":"new here",
	    "status":"processing","is_customer_notified":0,"is_visible_on_front":0}}'
	sync 0 nightly
	[ "$(orders)" = $'20\tprocessing\n25\tpending' ]
	ask "SELECT Body FROM Note WHERE Parent.Name = '000000017'" | grep -q 'new here$'
	magento POST orders/25/hold '{}'
	sync 0 incremental
	[ "$(orders)" = $'20\tprocessing\n25\tholded' ]
}

@test "no: runs by themselves send none and say so; by hand it goes" {
	shop 20 25
	set_conf orders automatic = no
	sync 0 nightly
	assert_output --partial 'automatic-off'
	sync 0 incremental
	[ -z "$(orders)" ]
	# nor what hangs on them: guests, placeholders
	[ -z "$(ask "SELECT Id FROM Account WHERE Magento_Id__c LIKE 'guest:%'")" ]
	[ -z "$(ask 'SELECT Id FROM Product2 WHERE Magento_Placeholder__c = true')" ]
	printf '25\n' >one
	sync 0 resync orders --keys one
	[ "$(orders)" = $'25\tpending' ]
	magento POST orders/25/hold '{}'
	sync 0 nightly
	[ "$(orders)" = $'25\tpending' ]
}

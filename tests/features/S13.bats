#!/usr/bin/env bats
# S13: order-status.csv: a shipment in Magento changes the order's status in
# Salesforce by the table; what the table lacks stays a draft or is held (G6).
load ../helpers
load features

status()
{
	ask "SELECT Status FROM Order WHERE Magento_Id__c = '$1'"
}

@test "paid, shipped, refunded: by the table" {
	shop 25
	cp -r "$REPO/pipelines/mappings" mappings
	export MILLRACE_MAPPINGS=$WORK/mappings
	sed -i -e 's/^pending,.*/pending,On Hold/' -e 's/^processing,.*/processing,Processing/' \
		-e 's/^complete,.*/complete,Completed/' -e 's/^closed,.*/closed,Cancelled/' \
		mappings/order-status.csv
	sync 0 nightly
	[ "$(status 25)" = 'On Hold' ]
	pay 25
	sync 0 incremental
	[ "$(status 25)" = Processing ]
	magento POST order/25/ship '{}' >/dev/null
	sync 0 incremental
	[ "$(status 25)" = Completed ]
	magento POST order/25/refund '{}' >/dev/null
	sync 0 incremental
	[ "$(status 25)" = Cancelled ]
}

@test "a status that is not in the table: a draft, or held" {
	shop 20 76
	set_conf orders unmapped_status = hold
	sync 1 nightly
	[ -z "$(status 76)" ]
	[ "$(status 20)" = Activated ]
	assert_output --regexp 'held +1  order .*unmapped-status, e\.g\. orders/76'
	sed -i 's/^unmapped_status = hold/unmapped_status = draft/' millrace.conf
	sync 0 nightly
	[ "$(status 76)" = Draft ]
	# an order that is there and gets such a status is left as it was
	sed -i 's/^unmapped_status = draft/unmapped_status = hold/' millrace.conf
	edit orders 'select(.entity_id == 20) | .status = "packed" | .customer_note = "soon"'
	sync 1 nightly
	[ "$(ask "SELECT Status, Description FROM Order WHERE Magento_Id__c = '20'")" = $'Activated\t' ]
}

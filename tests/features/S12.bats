#!/usr/bin/env bats
# S12: the mappings of orders, of their lines and of their statuses are the
# shop's to edit.
load ../helpers
load features

@test "each of the three, in a copy of the mappings" {
	shop 20
	cp -r "$REPO/pipelines/mappings" mappings
	export MILLRACE_MAPPINGS=$WORK/mappings
	sync 0 nightly
	[ "$(ask 'SELECT Name, Status FROM Order')" = $'000000017\tActivated' ]
	sed -i 's/^Name  *=.*/Name = "M " + .increment_id/' mappings/order.map
	sed -i 's/^Description  *=.*/Description = $item.name + " (" + $item.sku + ")"/' mappings/order-item.map
	sed -i 's/^processing,.*/processing,Processing/' mappings/order-status.csv
	sync 0 nightly
	[ "$(ask 'SELECT Name, Status FROM Order')" = $'M 000000017\tProcessing' ]
	[ "$(ask "SELECT Description FROM OrderItem WHERE Magento_Sku__c = '24-MB01'")" = 'Joust Duffle Bag (24-MB01)' ]
	# a mistake is told with its place, and nothing is sent
	before=$(sf_state)
	sed -i 's/\$item\.name/$itm.name/' mappings/order-item.map
	sync 2 nightly
	assert_output --regexp 'order-item\.map:[0-9]+:[0-9]+:'
	assert_output --partial "\$item"
	[ "$(sf_state)" = "$before" ]
}

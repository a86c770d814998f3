#!/usr/bin/env bats
# G6: drop-down attributes go as labels, multi-selects joined by `;`, dates in
# the store's time zone, an unmapped status as the draft status or held.
load ../helpers
load features

@test "labels, several of them, and days of the store near midnight" {
	# 25 in Chicago, 11 in Paris; UTC says another day for each
	CUSTOMERS="1 4" shop 25 11
	edit orders 'select(.entity_id == 25) | .created_at = "2026-03-08 05:59:59"'
	edit orders 'select(.entity_id == 11) | .created_at = "2026-07-01 22:00:00"'
	edit customers 'select(.id == 4) | .custom_attributes = [{attribute_code: "tier", value: "99"}]'
	cp -r "$REPO/pipelines/mappings" own
	sed -i '/^\[runs\]/a mappings = own' millrace.conf
	millrace maps add -q contact Department 'custom("interests") | label("interests")' >/dev/null
	millrace maps add -q contact Title 'custom("tier") | label("tier")' >/dev/null
	sync 1 nightly
	options=$REPO/fixtures/magento/entities/customer-attributes.ndjson
	tier=$(jq -r 'select(.attribute_code == "tier").options[] | select(.value == "6").label' "$options")
	[ -n "$tier" ]
	[ "$(ask "SELECT Department, Title FROM Contact WHERE Magento_Id__c = '1'")" = $'Running;Fahrräder\t'"$tier" ]
	# a number that is no option is no label: that record says so, and only it
	[ -z "$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '4'")" ]
	run_status 0 millrace status customers/4
	assert_output --partial mapping-error
	# the customer's group by its name
	[ "$(ask "SELECT Magento_Group__c FROM Account WHERE Magento_Id__c = '1'")" = \
		"$(jq -r 'select(.id == 2).code' "$REPO/fixtures/magento/entities/customer-groups.ndjson")" ]
	ask 'SELECT Magento_Id__c, EffectiveDate, Magento_Placed_At__c FROM Order ORDER BY Magento_Id__c' >got
	diff got - <<-'END'
	11	2026-07-02	2026-07-01T22:00:00.000+0000
	25	2026-03-07	2026-03-08T05:59:59.000+0000
	END
}

@test "a status that the table does not have: the draft status, or held, by choice" {
	shop 25
	edit orders '.status = "packing"'
	sync 0 nightly
	[ "$(ask 'SELECT Status, Magento_Status__c FROM Order')" = $'Draft\tpacking' ]
	edit orders '.status = "gift_wrapping"'
	set_conf orders unmapped_status = hold
	sync 1 nightly
	assert_output --partial unmapped-status
	[ "$(ask 'SELECT Status, Magento_Status__c FROM Order')" = $'Draft\tpacking' ]
	# a line more in the table, and it goes
	cp -r "$REPO/pipelines/mappings" own
	sed -i '/^\[runs\]/a mappings = own' millrace.conf
	echo 'gift_wrapping,Activated' >>own/order-status.csv
	sync 0 nightly
	[ "$(ask 'SELECT Status, Magento_Status__c FROM Order')" = $'Activated\tgift_wrapping' ]
}

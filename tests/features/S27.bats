#!/usr/bin/env bats
# S27: sales_cycle_length: the close date is that many days after the order, by
# the calendar of the shop, and then it is the seller's.
load ../helpers
load features

@test "thirty days, or as many as are set" {
	shop 18 25
	# 2026-11-22 02:00 in UTC is the evening before in Chicago
	edit orders 'select(.entity_id == 18) | .created_at = "2026-11-22 02:00:00"'
	set_conf orders create_opportunity = every
	sync 0 nightly
	[ "$(ask 'SELECT CloseDate FROM Opportunity' | sort -u)" = 2026-12-21 ]
	set_conf opportunities sales_cycle_length = 7
	edit orders 'select(.entity_id == 25) | .quote_id = 1025'
	sync 0 nightly
	[ "$(ask "SELECT CloseDate FROM Opportunity WHERE Magento_Id__c = '1025'")" = 2026-11-28 ]
}

@test "a close date that a seller moved stays" {
	shop 18
	set_conf orders create_opportunity = every
	sync 0 nightly
	id=$(ask 'SELECT Id FROM Opportunity')
	salesforce PATCH "sobjects/Opportunity/$id" '{"CloseDate":"2027-05-01"}'
	edit orders '.customer_note = "soon"'
	sync 0 nightly
	[ "$(ask 'SELECT CloseDate, Description FROM Opportunity')" = $'2027-05-01\tsoon' ]
}

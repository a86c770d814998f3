#!/usr/bin/env bats
# S40: a field map has type, Magento field, Salesforce field, description and
# status; each of them is listed, can be changed, and counts in Salesforce.
load ../helpers
load features

bats_require_minimum_version 1.5.0

@test "a field map has type, both fields, description and status, and each counts" {
	shop 7
	cp -r "$REPO/pipelines/mappings" own
	echo 'mappings = own' >>millrace.conf	# under [runs]

	run_status 0 millrace maps show order Description
	assert_line --index 0 --regexp '^Order\.Description  .*/own/order\.map:[0-9]+$'
	assert_line --index 1 --regexp '^    magento  +\.customer_note \|'
	assert_line --index 2 --regexp '^    when  +always$'
	assert_line --index 3 --regexp '^    description  no more fits$'
	assert_line --index 4 --regexp '^    status  +enabled$'
	# as data
	millrace maps export --json order >maps
	jq -es 'map(select(.field == "Description")) | length == 1 and (.[0] |
	    .object == "Order" and .map == "order" and .enabled
	    and .description == "no more fits"
	    and .expression == ".customer_note | .[0:32000]")' maps

	# its Magento field, its status, one that is new: what Salesforce gets
	run_status 0 millrace maps set order Description '"number " + .increment_id' \
		--description 'for the phone'
	run_status 0 millrace maps disable order PoNumber BillingCity
	run_status 0 millrace maps add order ShipToContact.Magento_Id__c \
		'.customer_id | text' --when insert --disabled
	run_status 0 millrace maps export --disabled order
	assert_line --regexp '^Order,order,PoNumber,'
	assert_line --regexp '^Order,order,ShipToContact\.Magento_Id__c,\.customer_id \| text,insert,'
	[ "${#lines[@]}" -eq 4 ]
	sync 0 nightly
	[ "$(ask 'SELECT Description, BillingCity, BillingStreet FROM Order' | cut -f 1,2)" = \
		"number $(jq -r .increment_id store/orders.ndjson)	" ]
	[ -n "$(ask 'SELECT BillingStreet FROM Order')" ]
}

#!/usr/bin/env bats
# S37: both directions.  What comes back to Magento is the Salesforce ids and
# the sync status, and nothing else: Salesforce's own edits stay there.
load ../helpers
load features

attribute()	# ID CODE: of a customer, as Magento has it
{
	magento GET "customers/$1" |
		jq -r --arg c "$2" '.custom_attributes[]? | select(.attribute_code == $c).value'
}

@test "ids and sync status are read back from Magento; Salesforce's edits are not" {
	CUSTOMERS="1 4" shop 7 18
	sed -i '/^\[magento\]/a customer_attribute_account = sf_account_id\ncustomer_attribute_contact = sf_contact_id\ncustomer_attribute_status = bio' millrace.conf
	sed -i '/^\[magento\]/a product_attribute = sf_product_id' millrace.conf
	edit customers 'select(.id == 4) | .lastname = ("x" * 90)'
	set_conf salesforce check_values = no
	sync 1 nightly
	# an order: its id, as Salesforce has it, and still its own status
	for order in 7 18; do
		[ "$(magento GET orders/$order | jq -r .ext_order_id)" = \
			"$(ask "SELECT Id FROM Order WHERE Magento_Id__c = '$order'")" ]
	done
	[ "$(magento GET orders/7 | jq -r .status)" = complete ]
	# customers: both ids
	[ "$(attribute 1 sf_contact_id)" = "$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '1'")" ]
	[ "$(attribute 1 sf_account_id)" = "$(ask "SELECT Id FROM Account WHERE Magento_Id__c = '1'")" ]
	# and how it went
	[ "$(attribute 1 bio)" = synced ]
	[ "$(attribute 4 bio)" = 'failed: STRING_TOO_LONG' ]
	# products
	sku=$(jq -r 'select(.id == 1).sku' "$REPO/fixtures/magento/entities/products.ndjson")
	[ "$(magento GET "products/$sku" | jq -r '.custom_attributes[] | select(.attribute_code == "sf_product_id").value')" = \
		"$(ask "SELECT Id FROM Product2 WHERE Magento_Id__c = '1'")" ]

	# edits of Salesforce's users stay where they are
	id=$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '1'")
	salesforce PATCH "sobjects/Contact/$id" '{"Phone":"000","LastName":"Theirs"}'
	magento GET customers/1 >before
	sync 1 nightly
	magento GET customers/1 | diff before -
}

@test "an order's id in a comment instead, once" {
	shop 7
	sed -i '/^\[magento\]/a order_place = comment' millrace.conf
	sync 0 resync orders --where 'entity_id eq 7'
	sync 0 resync orders --where 'entity_id eq 7'
	id=$(ask "SELECT Id FROM Order WHERE Magento_Id__c = '7'")
	[ "$(magento GET orders/7 | jq -r "[.status_histories[].comment // \"\" | select(contains(\"$id\"))] | length")" = 1 ]
	# nor does it come as a note
	[ -z "$(ask "SELECT Id FROM Note WHERE Body LIKE '%Salesforce Order%'")" ]
}

#!/usr/bin/env bats
# S3: orders by hand: many that are chosen, one, after an edit.
load ../helpers
load features

orders()
{
	ask 'SELECT Magento_Id__c FROM Order ORDER BY Magento_Id__c' | sort -n | paste -sd,
}

@test "one by its number, many by a list, those that Magento finds so" {
	shop 18 20 25 31 49
	sync 0 resync orders --where 'increment_id eq 000000028'
	[ "$(orders)" = 31 ]
	# with the customer that it names, and no other
	[ "$(ask 'SELECT Account.Magento_Id__c FROM Order')" = 9 ]
	[ "$(ask 'SELECT Magento_Id__c FROM Contact')" = 9 ]
	[ "$(ask 'SELECT COUNT(Id) FROM OrderItem')" = 2 ]
	printf '18\n25\n25\n' >many
	sync 0 resync orders --keys many
	[ "$(orders)" = 18,25,31 ]
	sync 0 resync orders --where 'status eq processing'
	[ "$(orders)" = 18,20,25,31,49 ]
	# one that is not there is told, the others go
	printf '18\n999\n' >many
	sync 1 resync orders --keys many
	assert_output --partial 'no orders/999 in Magento'
	sync 0 nightly
	[ "$(orders)" = 18,20,25,31,49 ]
	refute_output --regexp 'created +[0-9]+  order '
}

@test "after an edit, there or here" {
	shop 25 26
	sync 0 nightly
	# in Magento, in a way that updated_at does not tell
	edit orders 'select(.entity_id == 25) | .billing_address.city = "Nome"'
	# in Salesforce, by somebody's hand
	id=$(ask "SELECT Id FROM Order WHERE Magento_Id__c = '25'")
	other=$(ask "SELECT Id FROM Order WHERE Magento_Id__c = '26'")
	salesforce PATCH "sobjects/Order/$id" '{"ShippingCity":"Nowhere"}'
	salesforce PATCH "sobjects/Order/$other" '{"ShippingCity":"Nowhere"}'
	before=$(ask "SELECT SystemModstamp FROM Order WHERE Id = '$other'")
	printf '25\n' >one
	sync 0 resync orders --keys one
	[ "$(ask "SELECT BillingCity, ShippingCity FROM Order WHERE Id = '$id'")" = $'Nome\tPurchase' ]
	# what was not asked for is left alone
	[ "$(ask "SELECT ShippingCity, SystemModstamp FROM Order WHERE Id = '$other'")" = "Nowhere"$'\t'"$before" ]
}

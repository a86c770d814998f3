#!/usr/bin/env bats
# S21: a cart left at checkout becomes an opportunity with its products; later
# changes of products and quantities follow, removed lines disappear.
load ../helpers
load features

lines()
{
	ask 'SELECT Opportunity.Name, Magento_Sku__c, PricebookEntry.Magento_Id__c, Quantity, UnitPrice FROM OpportunityLineItem ORDER BY Magento_Id__c'
}

@test "carts of customers, and of guests who told an address; no others" {
	shop 18
	set_conf carts automatic = yes
	sync 0 nightly
	ask 'SELECT Name, Account.Magento_Id__c, Amount, StageName FROM Opportunity ORDER BY Name' >carts
	diff carts - <<-'END'
	Cart 28	140	93.5	Qualification
	Cart 29	139	3.33	Qualification
	Cart 82	guest:abandoned@example.com	32.5	Qualification
	END
	lines >lines
	diff lines - <<-'END'
	Cart 82	24-MB04	2:standard	1	32.5
	Cart 28	24-MB04	2:standard	2	32.5
	Cart 29	DEC-3	5:standard	1	3.33
	Cart 28	24-MB01	1:standard	1	28.5
	END
	run millrace report
	assert_output --partial no-checkout
	sync 0 nightly
	run millrace report
	refute_output --regexp '[0-9] (created|updated|deleted)'
}

@test "a quantity changes, a line goes, all go" {
	shop 18
	set_conf carts automatic = yes
	sync 0 nightly
	edit carts 'select(.id == 28) | .items |= [.[0] | .qty = 5]'
	sync 0 nightly
	lines >lines
	diff lines - <<-'END'
	Cart 82	24-MB04	2:standard	1	32.5
	Cart 28	24-MB04	2:standard	5	32.5
	Cart 29	DEC-3	5:standard	1	3.33
	END
	edit carts 'select(.id == 28) | .items = []'
	sync 0 nightly
	[ "$(lines | grep -c 'Cart 28')" -eq 0 ]
	[ -n "$(ask "SELECT Id FROM Opportunity WHERE Name = 'Cart 28'")" ]
}

@test "a guest's cart has the account that his order goes on with" {
	shop 18
	carts
	sync 0 nightly
	account=$(ask "SELECT Id FROM Account WHERE Magento_Id__c = 'guest:abandoned@example.com'")
	[ "$(ask "SELECT AccountId, Name, Email FROM Contact WHERE Magento_Id__c = 'guest:abandoned@example.com'")" = \
		"$account"$'\tJane Doe\tabandoned@example.com' ]
	edit carts 'select(.id == 82) | .is_active = false | .reserved_order_id = "000000022" | del(.items)'
	jq -c 'select(.entity_id == 25) | .quote_id = 82 | .customer_email = "Abandoned@example.com"
	    | .customer_lastname = "Doe-Smith"' "$REPO/fixtures/magento/entities/orders.ndjson" |
		curl -sS --fail -X POST --data-binary @- "$MAGE_URL/sandbox/records/orders"
	sync 0 nightly
	[ "$(ask "SELECT Name, AccountId FROM Opportunity WHERE Magento_Id__c = '82'")" = $'Order 000000022\t'"$account" ]
	[ "$(ask "SELECT AccountId, Name FROM Contact WHERE Email = 'abandoned@example.com'")" = "$account"$'\tJane Doe-Smith' ]
	sync 0 nightly
	refute_output --regexp '[0-9] (created|updated|deleted)'
}

@test "guests = no, or one account for all: a guest's cart goes with what there is" {
	shop 18
	set_conf carts automatic = yes
	set_conf guests guests = no
	sync 0 nightly
	[ "$(ask "SELECT AccountId FROM Opportunity WHERE Magento_Id__c = '82'")" = '' ]
	[ -z "$(ask "SELECT Id FROM Contact WHERE Email = 'abandoned@example.com'")" ]
	salesforce POST sobjects/Account '{"Name":"Guests","Magento_Id__c":"GUESTS"}' >/dev/null
	set_conf guests account = GUESTS
	sync 0 nightly
	[ "$(ask "SELECT Account.Name FROM Opportunity WHERE Magento_Id__c = '82'")" = Guests ]
}

@test "no: carts stay alone, a resync sends them" {
	shop 18
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Opportunity')" ]
	curl -sS "$MAGE_URL/sandbox/log" | jq -r .path | { ! grep /carts; }
	printf '28\n' >ids
	sync 0 resync carts --keys ids
	[ "$(ask 'SELECT Name FROM Opportunity')" = 'Cart 28' ]
}

@test "mode = queue: carts wait until somebody sends them" {
	shop 18
	set_conf carts automatic = yes
	set_conf carts mode = queue
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Opportunity')" ]
	sync 0 queue run carts
	[ "$(ask 'SELECT Id FROM Opportunity' | wc -l)" -eq 3 ]
}

@test "a bundle in a cart, and custom options, have a product and a price of their own" {
	shop 18
	set_conf carts automatic = yes
	edit carts 'select(.id == 29) | .items[0] += {product_type: "bundle", sku: "KIT-a-b"}'
	edit carts 'select(.id == 28) | .items[1].sku = "24-MB01-engraved"'
	sync 0 nightly
	lines | grep -Fx $'Cart 29\tKIT-a-b\tsku:KIT-a-b:standard\t1\t3.33'
	[ "$(ask "SELECT Magento_Placeholder__c FROM Product2 WHERE ProductCode = 'KIT-a-b'")" = true ]
	lines | grep '^Cart 28' | sort >lines
	diff lines - <<-'END'
	Cart 28	24-MB01-engraved	sku:24-MB01-engraved:standard	1	28.5
	Cart 28	24-MB04	2:standard	2	32.5
	END
	[ "$(ask "SELECT Magento_Id__c, Magento_Placeholder__c FROM Product2 WHERE StockKeepingUnit LIKE '24-MB01%' ORDER BY Id")" = \
		$'1\tfalse\nsku:24-MB01-engraved\ttrue' ]
}

#!/usr/bin/env bats
# The shipped maps all the way into the sandbox org: what Salesforce holds
# afterwards, asked by its own API.
load helpers

prepare()
{
	start_mage
	start_sf
	write_conf
	api=$SF_URL/services/data/v62.0
	auth="Authorization: Bearer $(credential sf token)"
}

create()	# OBJECT JSON: its id
{
	curl -sSf -H "$auth" -H 'Content-Type: application/json' -d "$2" \
	    "$api/sobjects/$1" | jq -r .id
}

ask()	# SOQL: records without their attributes, a line each
{
	curl -sSfG -H "$auth" --data-urlencode "q=$1" "$api/query" |
	    jq -c '.records[] | del(.attributes, .[]?.attributes?)'
}

# Orders that another system has marked are held by the write-back: status 1.
nightly()
{
	millrace nightly >nightly.out 2>&1 || [ $? -eq 1 ] ||
		{ cat nightly.out; return 1; }
}

failures()
{
	grep -E '"verdict":"(failed|rejected|waiting)"' <(zcat runs/latest/*.load.ndjson.gz) | head -n 3
}

@test "an empty org gets the whole store, and the amounts agree" {
	nightly
	run failures
	assert_output ""
	ask 'SELECT Magento_Id__c, Status, TotalAmount, Magento_Subtotal__c, Magento_Grand_Total__c, Account.Magento_Id__c FROM Order' >orders
	[ "$(wc -l <orders)" -eq 76 ]
	run jq -c 'select(.TotalAmount != .Magento_Subtotal__c)' orders
	assert_output ""
	diff <(jq -r '"\(.Magento_Id__c) \(.Magento_Grand_Total__c + 0)"' orders | sort) \
	    <(jq -r '"\(.entity_id) \(.grand_total + 0)"' "$REPO/fixtures/magento/entities/orders.ndjson" | sort)
	[ "$(jq -r 'select(.Magento_Id__c == "16").Account.Magento_Id__c' orders)" = guest:todelete@example.com ]
	[ "$(jq -r .Status orders | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = ' 35 Activated; 41 Draft;' ]
	[ "$(ask "SELECT Id FROM Contact WHERE Email = 'roni_cost@example.com'" | wc -l)" -eq 2 ]
	[ "$(ask 'SELECT Magento_Id__c FROM Product2 WHERE Magento_Placeholder__c = true' | jq -r .Magento_Id__c | sort | tr '\n' ' ')" = '19 sku:NEWSKU ' ]
	# and once more: nothing is sent
	nightly
	grep -E '^Verdicts:' nightly.out | { ! grep -E 'created|updated|failed'; }
}

@test "what was there before us is taken over, its name and owner kept" {
	company=$(create Account '{"Name":"Costello & Daughters"}')
	person=$(create Contact '{"LastName":"Costello","Email":"roni_cost@example.com","AccountId":"'"$company"'"}')
	acme=$(create Account '{"Name":"ACME, Inc."}')
	book=$(ask 'SELECT Id FROM Pricebook2 WHERE IsStandard = true' | jq -r .Id)
	bag=$(create Product2 '{"Name":"The old bag","StockKeepingUnit":"24-MB01","IsActive":true}')
	price=$(create PricebookEntry '{"Product2Id":"'"$bag"'","Pricebook2Id":"'"$book"'","UnitPrice":1,"IsActive":true}')
	nightly
	run failures
	assert_output ""
	ask "SELECT Id, Name, Phone, Magento_Id__c FROM Account WHERE Magento_Id__c = '1'" >got
	echo '{"Id":"'"$company"'","Name":"Costello & Daughters","Phone":"1","Magento_Id__c":"1"}' | diff got -
	[ "$(ask "SELECT Magento_Id__c FROM Contact WHERE Id = '$person'" | jq -r .Magento_Id__c)" = 1 ]
	# the e-mail came first, so the company of that name is nobody's
	[ "$(ask "SELECT Magento_Id__c FROM Account WHERE Id = '$acme'" | jq -r .Magento_Id__c)" = null ]
	ask "SELECT Id, Name, Magento_Id__c FROM Product2 WHERE StockKeepingUnit = '24-MB01'" >got
	echo '{"Id":"'"$bag"'","Name":"Joust Duffle Bag","Magento_Id__c":"1"}' | diff got -
	ask "SELECT Id, UnitPrice, Magento_Id__c FROM PricebookEntry WHERE Product2Id = '$bag'" >got
	echo '{"Id":"'"$price"'","UnitPrice":35.5,"Magento_Id__c":"1:standard"}' | diff got -
}

@test "owner, price book, prefix and one account for guests, as set" {
	create Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	create Account '{"Name":"Guests","Magento_Id__c":"GUESTS"}' >/dev/null
	cat >>millrace.conf <<-EOF
	[magento]
	prefix = de-
	[customers]
	owner = $(credential sf username)
	[guests]
	account = GUESTS
	[prices]
	pricebook = Shop
	currency = USD
	EOF
	nightly
	run failures
	assert_output ""
	# 3 of 76 are in euros, and held
	[ "$(ask 'SELECT Id FROM Order' | wc -l)" -eq 73 ]
	[ "$(ask "SELECT Id FROM Order WHERE Pricebook2.Name = 'Shop'" | wc -l)" -eq 73 ]
	[ "$(ask "SELECT Id FROM Account WHERE Magento_Id__c LIKE 'de-%'" | wc -l)" -eq 142 ]
	[ "$(ask "SELECT Id FROM Contact WHERE Account.Name = 'Guests'" | wc -l)" -eq 55 ]
}

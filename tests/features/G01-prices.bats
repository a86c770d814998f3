#!/usr/bin/env bats
# G1: the prices of a product by website and currency.
load ../helpers
load features

# market: three products, two websites with prices and a book of their own
market()
{
	CUSTOMERS=0 PRODUCTS="1 2 6" MAGE_SET=website_prices=on shop
	local book
	for book in Retail Europe; do
		salesforce POST sobjects/Pricebook2 "{\"Name\":\"$book\",\"IsActive\":true}" >/dev/null
	done
	set_conf prices pricebooks = 'base: Retail, eu: Europe'
}

# of_store STORE SKU JSON: saved in a store view, as its page in the admin does
of_store()
{
	curl -sS --fail-with-body -X PUT -d "{\"product\":$3}" \
		-H "Authorization: Bearer $(credential mage token)" \
		-H 'Content-Type: application/json' \
		"$MAGE_URL/rest/$1/V1/products/$2" >/dev/null
}

# entries FIELDS [WHERE]
entries()
{
	ask "SELECT Magento_Id__c, Pricebook2.Name, $1 FROM PricebookEntry ${2-} ORDER BY Magento_Id__c"
}

@test "each website that sells it has an entry in its book, at its price and in its currency" {
	SF_SET=currencies=USD,EUR market
	set_conf prices multi_currency = yes
	of_store fr 24-MB01 '{"price":31}'
	edit products 'select(.id == 2) | .extension_attributes.website_ids = [1]'
	sync 0 nightly
	entries "CurrencyIsoCode, UnitPrice, IsActive" >entries
	diff entries - <<-END
	1:Europe:EUR	Europe	EUR	31	true
	1:Retail:USD	Retail	USD	35.5	true
	1:standard:EUR	Standard Price Book	EUR	31	true
	1:standard:USD	Standard Price Book	USD	35.5	true
	2:Retail:USD	Retail	USD	32.5	true
	2:standard:USD	Standard Price Book	USD	32.5	true
	6:Europe:EUR	Europe	EUR	5	true
	6:Retail:USD	Retail	USD	5	true
	6:standard:EUR	Standard Price Book	EUR	5	true
	6:standard:USD	Standard Price Book	USD	5	true
	END
	# besides the catalogue and its end, one list for each website
	curl -sS "$MAGE_URL/sandbox/log" | jq -r .path | grep -c '/fr/V1/products$' >lists
	[ "$(<lists)" -eq 1 ]

	# A price of one website alone: what stands in the other books is not sent.
	salesforce PATCH sobjects/PricebookEntry/Magento_Id__c/1:Retail:USD '{"UnitPrice":99}'
	of_store fr 24-MB01 '{"price":29.9}'
	sync 0 incremental
	[ "$(entries UnitPrice "WHERE Magento_Id__c IN ('1:Europe:EUR', '1:Retail:USD')")" = \
		$'1:Europe:EUR\tEurope\t29.9\n1:Retail:USD\tRetail\t99' ]

	# Sold in Europe no more, and in America for the first time.
	of_store all OOS '{"extension_attributes":{"website_ids":[1]}}'
	of_store all 24-MB04 '{"extension_attributes":{"website_ids":[1,2]}}'
	sync 0 nightly
	[ "$(entries IsActive "WHERE Magento_Id__c IN ('6:Europe:EUR', '6:Retail:USD', '2:Europe:EUR')")" = \
		$'2:Europe:EUR\tEurope\ttrue\n6:Europe:EUR\tEurope\tfalse\n6:Retail:USD\tRetail\ttrue' ]
	of_store all OOS '{"extension_attributes":{"website_ids":[1,2]}}'
	sync 0 nightly
	[ "$(entries IsActive "WHERE Magento_Id__c = '6:Europe:EUR'")" = $'6:Europe:EUR\tEurope\ttrue' ]
}

@test "special prices hold where they are asked for, from the first day to the last" {
	market
	set_conf prices currency = USD
	set_conf prices pricebook = Outlet
	salesforce POST sobjects/Pricebook2 '{"Name":"Outlet","IsActive":true}' >/dev/null
	set_conf prices special_prices = yes
	edit products 'select(.id == 2) | .custom_attributes = [
		{attribute_code: "special_price", value: "20.000000"},
		{attribute_code: "special_from_date", value: "2020-01-01 00:00:00"},
		{attribute_code: "special_to_date", value: "2020-02-01 00:00:00"}]'
	edit products 'select(.id == 6) | .custom_attributes = [
		{attribute_code: "special_price", value: "7.000000"}]'
	sync 0 nightly
	# over, and dearer; Europe's euros have no place in an org with dollars
	entries UnitPrice >entries
	diff entries - <<-END
	1:Outlet	Outlet	28.5
	1:Retail	Retail	28.5
	1:standard	Standard Price Book	35.5
	2:Outlet	Outlet	32.5
	2:Retail	Retail	32.5
	2:standard	Standard Price Book	32.5
	6:Outlet	Outlet	5
	6:Retail	Retail	5
	6:standard	Standard Price Book	5
	END
}

@test "websites and books that are not there, and a book for two, are refused" {
	market
	set_conf prices currency = USD
	set_conf prices pricebooks = 'base: Retail, eux: Europa'
	run_status 2 millrace config check
	[[ $output = *"Magento has no website 'eux'; it has base, eu"* ]]
	[[ $output = *"Europa"* ]]
	run_status 2 mage-extract --with prices products
	[[ $output = *"no website 'eux'; did you mean 'eu'?"* ]]
	set_conf prices pricebooks = 'base: Retail, eu: Retail'
	run_status 2 millrace config check
	[[ $output = *"base and eu share 'Retail'"* ]]
	run_status 2 mage-extract --with prices products
	[[ $output = *"share 'Retail'"* ]]
	# two currencies are two entries
	set_conf prices currency =
	set_conf prices multi_currency = yes
	run_status 0 mage-extract --with prices --limit 1 products
	jq -e '.children.prices | map([.website, .website_id, .store, .currency]) ==
		[["base",1,"default","USD"],["eu",2,"fr","EUR"]]' <<<"$output"
	set_conf prices pricebooks =
	run_status 2 mage-extract --with prices products
	run_status 2 mage-extract --with invoices products
}

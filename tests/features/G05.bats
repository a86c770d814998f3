#!/usr/bin/env bats
# G5: tax, shipping and discount as fee products, in the item prices, or in
# fields of the order; lines and fees add up to the grand total.
load ../helpers
load features

# sums: of each order, what Salesforce has of its lines and what was paid
sums()
{
	ask "SELECT Magento_Id__c, TotalAmount, Magento_Grand_Total__c FROM Order ORDER BY Magento_Id__c"
}

# lines ORDER: of its lines
lines()
{
	ask "SELECT Magento_Id__c, Quantity, UnitPrice, Description FROM OrderItem WHERE Order.Magento_Id__c = '$1' ORDER BY Magento_Id__c"
}

# store MODEL: four orders of the fixtures, and some by chance: bundles, tax in
# prices, fixed product taxes, wrapping, gift cards, half pieces, currencies
store()
{
	shop 8 9 71 72
	jq -c 'select(.entity_id == 25)' "$REPO/fixtures/magento/entities/orders.ndjson" |
		jq -nc --argjson n 16 --argjson seed 4 -f "$REPO/tests/money/orders.jq" |
		jq -c 'select(.wrong == 0)' >made
	curl -sS --fail -X POST --data-binary @made "$MAGE_URL/sandbox/records/orders" >/dev/null
	edit orders '.ext_order_id = null'
	set_conf orders fees = "$1"
	sync 0 nightly
	[ "$(ask 'SELECT Id FROM Order' | wc -l)" -eq 19 ]
}

@test "fees are products: a line each, of the order and of the opportunity" {
	store products
	sums | awk -F'\t' '$2 != $3' >wrong
	diff wrong /dev/null
	lines 8 >got
	diff got - <<-'END'
	12	3	29.99	Joust Duffle Bag
	13	7	3.33	Third of ten
	8:discount	1	-11.33	Discount
	8:shipping	1	50	Shipping
	8:tax	1	8.41	Tax
	END
	# made once, standard price before custom price
	[ "$(ask "SELECT Name FROM Product2 WHERE Magento_Id__c = 'fee:tax'")" = Tax ]
	[ "$(ask "SELECT UnitPrice, Pricebook2.IsStandard FROM PricebookEntry WHERE Product2.Magento_Id__c = 'fee:tax'")" = $'0\ttrue' ]
	set_conf orders create_opportunity = every
	printf '%s\n' 8 9 >ids
	sync 0 resync orders --keys ids
	ask "SELECT Amount FROM Opportunity" | sort >amounts
	sums | awk '$1 ~ /^[89]$/ { print $2 }' | sort | diff amounts -
	# and the other way, they go
	sed -i 's/^fees = .*/fees = price/' millrace.conf
	sync 0 resync orders --keys ids
	lines 8 >got
	diff got - <<-'END'
	12	3	42.45	Joust Duffle Bag
	13	7	4.71	Third of ten
	8:rounding	1	0.04	Rounding
	END
	[ "$(ask "SELECT TotalAmount FROM Order WHERE Magento_Id__c = '8'")" = 160.36 ]
	ask "SELECT Amount FROM Opportunity" | sort | diff amounts -
}

@test "fees are in the prices: no line but the cents that no price has" {
	store price
	sums | awk -F'\t' '$2 != $3' >wrong
	diff wrong /dev/null
	[ "$(lines 72)" = $'137\t1\t0\tJoust Duffle Bag' ]
	[ -z "$(ask "SELECT Id FROM OrderItem WHERE Magento_Sku__c IN ('tax', 'shipping', 'discount')")" ]
}

@test "fees are fields of the order: with the lines they are the grand total" {
	store fields
	ask "SELECT Magento_Id__c, TotalAmount, Magento_Discount__c, Magento_Shipping__c, Magento_Tax__c, Magento_Other_Fees__c, Magento_Grand_Total__c FROM Order" |
		awk -F'\t' '{ d = $2 + $3 + $4 + $5 + $6 - $7 } d * d > 1e-6' >wrong
	diff wrong /dev/null
	[ -z "$(ask "SELECT Id FROM OrderItem WHERE Magento_Id__c LIKE '%:%'")" ]
}

#!/usr/bin/env bats
# G4: products are found by Magento's id, then by SKU; standard price before
# custom price; what was deleted but sold is a placeholder; bundles three ways;
# a configurable is one line with the child's SKU and the parent's price.
load ../helpers
load features

# lines ORDER: product, SKU, quantity, price
lines()
{
	ask "SELECT Product2.Magento_Id__c, Magento_Sku__c, Quantity, UnitPrice FROM OrderItem WHERE Order.Magento_Id__c = '$1' ORDER BY Magento_Id__c"
}

# product JSON: made by somebody else, before us; its id
product()
{
	salesforce POST sobjects/Product2 "$1" | jq -r .id
}

@test "a product is found by Magento's id, then by SKU, and never guessed; standard price first" {
	local known by_sku
	CUSTOMERS=0 PRODUCTS="1 2 6" shop
	known=$(product '{"Name":"Old name","Magento_Id__c":"1","StockKeepingUnit":"WAS-1"}')
	# its SKU is another product's there: the id counts
	product '{"Name":"Not this","StockKeepingUnit":"24-MB01","Magento_Id__c":"900"}' >/dev/null
	by_sku=$(product '{"Name":"By hand","StockKeepingUnit":"24-MB04"}')
	product '{"Name":"One","StockKeepingUnit":"OOS"}' >/dev/null
	product '{"Name":"Two","StockKeepingUnit":"OOS"}' >/dev/null
	salesforce POST sobjects/Pricebook2 '{"Name":"Retail","IsActive":true}' >/dev/null
	set_conf prices pricebook = Retail
	sync 1 nightly
	ask 'SELECT StockKeepingUnit, Name, Magento_Id__c FROM Product2 ORDER BY Id' >products
	diff products - <<-'END'
	24-MB01	Joust Duffle Bag	1
	24-MB01	Not this	900
	24-MB04	Strive "Shoulder" Pack – Größe L’s\tTab	2
	OOS	One	
	OOS	Two	
	END
	[ "$(ask "SELECT Id FROM Product2 WHERE Magento_Id__c = '1'")" = "$known" ]
	[ "$(ask "SELECT Id FROM Product2 WHERE Magento_Id__c = '2'")" = "$by_sku" ]
	# in the order in which they were made; of what is held none
	ask 'SELECT Magento_Id__c, UnitPrice FROM PricebookEntry ORDER BY Id' >entries
	diff entries - <<-END
	1:standard	35.5
	2:standard	32.5
	1:Retail	35.5
	2:Retail	32.5
	END
	# a SKU that changes goes with its product
	edit products 'select(.id == 1) | .sku = "24-MB01-B"'
	sync 1 nightly
	[ "$(ask "SELECT Id FROM Product2 WHERE StockKeepingUnit = '24-MB01-B'")" = "$known" ]
	# the person decides, by the id
	salesforce PATCH "sobjects/Product2/$(ask "SELECT Id FROM Product2 WHERE Name = 'Two'")" '{"Magento_Id__c":"6"}'
	sync 0 nightly
	[ "$(ask "SELECT Name, Magento_Id__c FROM Product2 WHERE StockKeepingUnit = 'OOS' ORDER BY Id")" = $'One\t\nOut of stock\t6' ]
}

@test "deleted but sold, bundles three ways, a configurable with its variant" {
	CUSTOMERS=0 PRODUCTS="2 5 12 15 16" shop 3 4 5
	edit orders '.ext_order_id = null'
	sync 0 nightly
	# product 19 is in no catalogue: a placeholder, with a price
	[ "$(ask "SELECT Magento_Id__c, StockKeepingUnit, IsActive FROM Product2 WHERE Magento_Placeholder__c = true")" = $'19\tOPT-w1\ttrue' ]
	[ "$(lines 5)" = $'19\tOPT-w1\t1\t23.5' ]
	# the variant's product and SKU, the price that stood on the parent
	[ "$(lines 3)" = $'12\tWS-Red-M\t3\t27' ]
	[ "$(lines 4)" = $'16\tBUND-24-MB04-DEC-3\t2\t39.16' ]
	set_conf orders bundles = both
	echo 4 >ids
	sync 0 resync orders --keys ids
	[ "$(lines 4)" = $'16\tBUND-24-MB04-DEC-3\t2\t39.16\n2\t24-MB04\t2\t0\n5\tDEC-3\t4\t0' ]
	sed -i 's/^bundles = .*/bundles = parts/' millrace.conf
	sync 0 resync orders --keys ids
	[ "$(lines 4)" = $'2\t24-MB04\t2\t32.5\n5\tDEC-3\t4\t3.33' ]
	# whichever way, the order comes to the same
	[ "$(ask "SELECT TotalAmount FROM Order WHERE Magento_Id__c = '4'")" = 78.32 ]
	# deleted when it was sold already: nothing on its order changes
	magento DELETE products/DEC-3
	sync 1 nightly
	[ "$(lines 4 | tail -n 1)" = $'5\tDEC-3\t4\t3.33' ]
	[ "$(ask "SELECT Name FROM Product2 WHERE Magento_Id__c = '5'")" = 'Third of ten' ]
	sync 0 resync orders --keys ids
	[ "$(lines 4 | tail -n 1)" = $'5\tDEC-3\t4\t3.33' ]
}

#!/usr/bin/env bats
# G1: the entities beside customers and orders: products with prices, invoices,
# shipments with their tracking numbers, credit memos.  Campaigns from cart
# price rules, their members and leads are in S38, subscribers in S39.
load ../helpers
load features

@test "invoices, with their lines, stand below their order" {
	shop 1
	sync 1 nightly	# its ext_order_id is somebody else's
	ask "SELECT Name, Order__r.Magento_Id__c, State__c, Currency__c, Subtotal__c, Shipping__c, Tax__c, Grand_Total__c FROM Magento_Invoice__c" >invoice
	diff invoice - <<<$'000000001\t1\tpaid\tUSD\t92.48\t15\t7.63\t115.11'
	ask "SELECT Sku__c, Product__r.Magento_Id__c, Quantity__c, Price__c, Row_Total__c, Tax__c FROM Magento_Invoice_Item__c WHERE Invoice__r.Name = '000000001' ORDER BY Sku__c" >items
	diff items - <<<$'24-MB01\t1\t2\t29.99\t59.98\t4.95\n24-MB04\t2\t1\t32.5\t32.5\t2.68'
}

@test "a shipment with its track; a track that Magento loses goes" {
	shop 20
	sync 0 nightly
	ask 'SELECT Name, Order__r.Magento_Id__c, Quantity__c, Tracking_Numbers__c FROM Magento_Shipment__c' >shipment
	diff shipment - <<<$'000000001\t20\t1\t1Z999AA10123456784'
	[ "$(ask 'SELECT Sku__c, Product__r.Magento_Id__c, Quantity__c FROM Magento_Shipment_Item__c')" = $'24-MB04\t2\t1' ]
	[ "$(ask 'SELECT Name, Carrier__c, Carrier_Code__c, Shipment__r.Name FROM Magento_Track__c')" = $'1Z999AA10123456784\tUPS "Ground"\tups\t000000001' ]
	edit shipments 'select(.order_id == 20) | .tracks = []'
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Magento_Track__c')" ]
	[ -n "$(ask 'SELECT Id FROM Magento_Shipment__c')" ]
}

@test "a credit memo, what was given back and what was kept" {
	shop 23
	sync 0 nightly
	ask "SELECT Name, State__c, Grand_Total__c, Adjustment_Refund__c, Adjustment_Fee__c, Order__r.Magento_Id__c FROM Magento_Credit_Memo__c" >memo
	diff memo - <<<$'000000001\trefunded\t32.47\t1.5\t0.25\t23'
	[ "$(ask 'SELECT Sku__c, Quantity__c, Row_Total__c, Credit_Memo__r.Name FROM Magento_Credit_Memo_Item__c')" = $'24-MB01\t1\t29.99\t000000001' ]
}

@test "documents that are not automatic come with a resync alone" {
	shop 1 20
	for kind in invoices shipments creditmemos; do
		set_conf $kind automatic = no
	done
	sync 1 nightly
	[ -z "$(ask 'SELECT Id FROM Magento_Invoice__c')" ]
	[ -z "$(ask 'SELECT Id FROM Magento_Shipment__c')" ]
	curl -sS "$MAGE_URL/sandbox/log" | jq -r .path | { ! grep -E '/(invoices|shipments|creditmemos)'; }
	sync 0 resync orders
	[ "$(ask 'SELECT Id FROM Magento_Invoice__c' | wc -l)" -eq 3 ]
	[ "$(ask 'SELECT Id FROM Magento_Shipment__c' | wc -l)" -eq 1 ]
}

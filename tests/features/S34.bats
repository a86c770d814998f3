#!/usr/bin/env bats
# S34: cart and order share one opportunity: the order goes on with the cart's.
load ../helpers
load features

@test "an ordered cart: the same opportunity, its lines, none that went" {
	shop 18 25
	carts
	set_conf opportunities contact_roles = yes
	# cart 28 is ordered as order 25, but for one of its lines
	sync 0 nightly
	id=$(ask "SELECT Id FROM Opportunity WHERE Name = 'Cart 28'")
	line=$(ask "SELECT Id FROM OpportunityLineItem WHERE OpportunityId = '$id' AND Magento_Sku__c = '24-MB04'")
	[ -n "$line" ]
	edit carts 'select(.id == 28) | .is_active = false | .reserved_order_id = "000000022" | del(.items)'
	edit orders 'select(.entity_id == 25) | .quote_id = 28 | .customer_id = 140 |
	    .subtotal = 65 | .grand_total = 110.26 |
	    .items |= map(select(.sku == "24-MB04") | .quote_item_id = 52)'
	sync 0 nightly
	[ "$(ask "SELECT Name, Account.Magento_Id__c, StageName FROM Opportunity WHERE Id = '$id'")" = \
		$'Order 000000022\t140\tProposal/Price Quote' ]
	[ "$(ask "SELECT Id, Magento_Sku__c FROM OpportunityLineItem WHERE OpportunityId = '$id'")" = "$line"$'\t24-MB04' ]
	[ "$(ask "SELECT Contact.Magento_Id__c FROM OpportunityContactRole WHERE OpportunityId = '$id'")" = 140 ]
	[ "$(stages 28)" = 'Prospecting,Qualification,Prospecting,Proposal/Price Quote' ]
	# the cart has no say any more
	printf '28\n' >ids
	sync 0 resync carts --keys ids
	run millrace report
	assert_output --partial converted
	[ "$(ask "SELECT Name FROM Opportunity WHERE Id = '$id'")" = 'Order 000000022' ]
}

# Magento puts the same quote_id on each order of a checkout to several
# addresses, and the cart's line on each order's share of it.
@test "one cart, several addresses: an opportunity for each order, and no quarrel" {
	shop 18
	carts
	sync 0 nightly
	id=$(ask "SELECT Id FROM Opportunity WHERE Name = 'Cart 28'")
	jq -c 'select(.entity_id | IN(25, 26)) | .quote_id = 28 | .customer_id = 140
	    | .updated_at = (now | strftime("%Y-%m-%d %H:%M:%S"))
	    | .items |= map(.quote_item_id = if .sku == "24-MB04" then 52 else 59 end)' \
		"$REPO/fixtures/magento/entities/orders.ndjson" >both
	# one payment failed at first: the cart is open still
	edit carts 'select(.id == 28) | .updated_at = "2099-01-01 00:00:00"'
	head -1 both | curl -sS --fail -X POST --data-binary @- "$MAGE_URL/sandbox/records/orders"
	sync 0 incremental
	[ "$(ask "SELECT Name FROM Opportunity WHERE Id = '$id'")" = 'Order 000000022' ]
	tail -1 both | curl -sS --fail -X POST --data-binary @- "$MAGE_URL/sandbox/records/orders"
	sync 0 incremental
	ask "SELECT Magento_Id__c, Name, Amount FROM Opportunity WHERE Name LIKE 'Order 00000002%' ORDER BY Name" >two
	diff two - <<-'END'
	28	Order 000000022	184.96
	order:26	Order 000000023	184.96
	END
	[ "$(ask "SELECT Id FROM Opportunity WHERE Magento_Id__c = '28'")" = "$id" ]
	# each follows its own order, whichever is written
	magento POST orders/26/cancel '{}'
	sync 0 nightly
	[ "$(ask "SELECT StageName FROM Opportunity WHERE Name LIKE 'Order 00000002%' ORDER BY Name")" = \
		$'Proposal/Price Quote\nClosed Lost' ]
	before=$(sf_state)
	sync 0 resync orders
	sync 0 resync carts
	[ "$(sf_state)" = "$before" ]
}

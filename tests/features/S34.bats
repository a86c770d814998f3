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

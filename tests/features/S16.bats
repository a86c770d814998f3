#!/usr/bin/env bats
# S16: place, comment, invoice, shipment, track, credit memo, cancel: each
# reaches Salesforce, as an order and as the opportunity that began as a cart
# (S21, S26, S27, S29, S31, S32, S33 in one life).  After each step the run that
# a shop has then: incremental, which a comment or a track of an order that is no
# longer young escapes, or nightly.
load ../helpers
load features

# at TIME: Magento's clock stands there
at()
{
	now="$1"
	curl -sS --fail -X POST -d "${now/ /T}Z" "$MAGE_URL/sandbox/clock"
}

# the cart's opportunity: who, stage, close date
opportunity()
{
	ask "SELECT Name, Account.Magento_Id__c, StageName, CloseDate FROM Opportunity WHERE Magento_Id__c = '28'"
}

lines()
{
	ask "SELECT Magento_Sku__c, Quantity FROM OpportunityLineItem WHERE Opportunity.Magento_Id__c = '28' ORDER BY Magento_Sku__c"
}

# order ID: its status here and there, what was paid and given back
order()
{
	ask "SELECT Status, Magento_Status__c, Magento_Total_Paid__c, Magento_Total_Refunded__c FROM Order WHERE Magento_Id__c = '$1'"
}

items()
{
	ask "SELECT Magento_Sku__c, Quantity, Magento_Quantity_Invoiced__c, Magento_Quantity_Shipped__c, Magento_Quantity_Refunded__c FROM OrderItem WHERE Order.Magento_Id__c = '25' ORDER BY Magento_Sku__c"
}

notes()
{
	ask "SELECT Body FROM Note" | sed 's/.*\\n\\n//' | sort
}

comment()	# ORDER STATUS TEXT
{
	magento POST "orders/$1/comments" "{\"statusHistory\":{\"comment\":\"$3\",
	    \"status\":\"$2\",\"is_customer_notified\":0,\"is_visible_on_front\":0}}"
}

@test "the life of an order, from a cart to a refund; another is canceled" {
	shop 26
	carts
	for setting in 'contact_roles = yes' 'contact_role = Influencer' \
	    'sales_cycle_length = 10' 'draft_stage = Prospecting' \
	    'convert = yes' 'converted_status = Closed Won' \
	    'invoice_date_as_close_date = yes'; do
		set_conf opportunities "$setting"
	done
	at '2026-11-24 02:00:00'
	sync 0 nightly
	[ "$(opportunity)" = $'Cart 28\t140\tQualification\t2026-12-01' ]
	[ "$(lines)" = $'24-MB01\t1\n24-MB04\t2' ]
	[ "$(order 26)" = $'Draft\tpending\t\t' ]

	# a line is taken out of the cart
	at '2026-11-25 10:00:00'
	edit carts "select(.id == 28) | .items |= .[:1] | .updated_at = \"$now\""
	sync 0 incremental
	[ "$(lines)" = $'24-MB04\t2' ]

	# placed: the order goes on with the cart's opportunity
	at '2026-11-25 11:00:00'
	id=$(ask "SELECT Id FROM Opportunity WHERE Magento_Id__c = '28'")
	edit carts "select(.id == 28) | .is_active = false
	    | .reserved_order_id = \"000000022\" | del(.items) | .updated_at = \"$now\""
	jq -c "select(.entity_id == 25) | .quote_id = 28 | .customer_id = 140
	    | .customer_is_guest = 0 | .status_histories = [] | .created_at = \"$now\"
	    | .updated_at = \"$now\" | .items[0].quote_item_id = 59
	    | .items[1].quote_item_id = 52" \
		"$REPO/fixtures/magento/entities/orders.ndjson" >placed
	curl -sS --fail -X POST --data-binary @placed "$MAGE_URL/sandbox/records/orders"
	sync 0 incremental
	[ "$(order 25)" = $'Draft\tpending\t\t' ]
	[ "$(items)" = $'24-MB01\t4\t0\t0\t0\n24-MB04\t2\t0\t0\t0' ]
	[ "$(opportunity)" = $'Order 000000022\t140\tProposal/Price Quote\t2026-12-01' ]
	[ "$(lines)" = $'24-MB01\t4\n24-MB04\t2' ]
	[ "$(ask "SELECT Id, Magento_Id__c FROM Opportunity WHERE Name = 'Order 000000022'")" = "$id"$'\t28' ]

	# a comment moves no updated_at; the order is young, so it is seen
	at '2026-11-25 12:00:00'
	comment 25 pending 'call first'
	sync 0 incremental
	[ "$(notes)" = 'call first' ]

	# paid: converted, on the day of the invoice where the shop is
	at '2026-11-26 04:00:00'
	pay 25
	sync 0 incremental
	[ "$(order 25)" = $'Activated\tprocessing\t230.22\t' ]
	[ "$(ask 'SELECT Order__r.Magento_Id__c, State__c, Grand_Total__c FROM Magento_Invoice__c')" = $'25\tpaid\t230.22' ]
	[ "$(opportunity)" = $'Order 000000022\t140\tClosed Won\t2026-11-25' ]

	# shipped in part; then a track and a comment, of which Magento's
	# updated_at tell nothing
	at '2026-11-27 10:00:00'
	magento POST order/25/ship '{"items":[{"order_item_id":45,"qty":1}]}' >/dev/null
	at '2026-11-27 11:00:00'
	sync 0 incremental
	[ "$(items)" = $'24-MB01\t4\t4\t1\t0\n24-MB04\t2\t2\t0\t0' ]
	[ "$(ask 'SELECT Order__r.Magento_Id__c, Quantity__c FROM Magento_Shipment__c')" = $'25\t1' ]
	at '2026-11-29 10:00:00'
	shipment=$(curl -sS "$MAGE_URL/sandbox/state?entity=shipments" |
		jq 'select(.order_id == 25).entity_id')
	magento POST shipment/track "{\"entity\":{\"order_id\":25,\"parent_id\":$shipment,
	    \"track_number\":\"1Z25\",\"carrier_code\":\"ups\",\"title\":\"UPS\",
	    \"weight\":1,\"qty\":1,\"description\":\"\"}}" >/dev/null
	comment 25 processing 'sent by UPS'
	sync 0 incremental
	[ -z "$(ask 'SELECT Id FROM Magento_Track__c')" ]
	sync 0 nightly
	[ "$(ask 'SELECT Shipment__r.Magento_Id__c, Name FROM Magento_Track__c')" = "$shipment"$'\t1Z25' ]
	[ "$(notes)" = $'call first\nsent by UPS' ]

	# the rest; then half a refund, then the other
	at '2026-11-30 10:00:00'
	magento POST order/25/ship '{}' >/dev/null
	sync 0 incremental
	[ "$(order 25)" = $'Activated\tcomplete\t230.22\t' ]
	at '2026-11-30 11:00:00'
	magento POST order/25/refund '{"items":[{"order_item_id":45,"qty":1}],
	    "arguments":{"shipping_amount":0}}' >/dev/null
	sync 0 incremental
	[ "$(order 25 | cut -f 2,4)" = $'complete\t32.47' ]
	at '2026-11-30 12:00:00'
	magento POST order/25/refund '{}' >/dev/null
	sync 0 incremental
	[ "$(order 25)" = $'Activated\tclosed\t230.22\t230.22' ]
	[ "$(items)" = $'24-MB01\t4\t4\t4\t4\n24-MB04\t2\t2\t2\t2' ]
	[ "$(ask 'SELECT Grand_Total__c FROM Magento_Credit_Memo__c ORDER BY Name')" = $'32.47\n197.75' ]

	# the other one is canceled
	at '2026-11-30 13:00:00'
	magento POST orders/26/cancel '{}'
	sync 0 incremental
	[ "$(order 26)" = $'Draft\tcanceled\t\t' ]
	[ "$(stages 26)" = 'Prospecting,Proposal/Price Quote,Prospecting,Closed Lost' ]

	# the opportunity: won, whatever was given back; a draft while Magento
	# wrote; its customer once
	[ "$(opportunity)" = $'Order 000000022\t140\tClosed Won\t2026-11-25' ]
	stages 28 | grep -Ex '(Prospecting,Qualification,)+Prospecting,Proposal/Price Quote(,Prospecting,Closed Won)+'
	[ "$(ask "SELECT Contact.Magento_Id__c, Role FROM OpportunityContactRole WHERE Opportunity.Magento_Id__c = '28'")" = $'140\tInfluencer' ]
	[ "$(ask 'SELECT Id FROM Opportunity' | wc -l)" -eq "$(ask 'SELECT Magento_Id__c FROM Opportunity' | sort -u | wc -l)" ]

	# nothing is left to do, and notes are there once
	before=$(sf_state)
	sync 0 nightly
	[ "$(sf_state)" = "$before" ]
	[ "$(notes | grep -c .)" -eq "$(notes | sort -u | grep -c .)" ]
}

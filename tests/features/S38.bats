#!/usr/bin/env bats
# S38: mappings per type: the types that are neither customer nor order are
# Campaign, from cart price rules, and Lead.
load ../helpers
load features

campaigns()
{
	ask "SELECT Magento_Id__c, Name, IsActive, Status, Type, StartDate, EndDate, Magento_Coupon_Type__c, Magento_Discount__c FROM Campaign ORDER BY Magento_Id__c"
}

members()
{
	ask "SELECT Campaign.Magento_Id__c, Contact.Magento_Id__c, Status, Magento_Coupon__c, Magento_Order__c FROM CampaignMember ORDER BY Campaign.Magento_Id__c, Contact.Magento_Id__c"
}

leads()
{
	ask "SELECT Magento_Id__c, Name, Company, LeadSource, Status, Magento_Website__c FROM Lead ORDER BY Magento_Id__c"
}

# sent: what the last run sent of these
sent()
{
	millrace report | awk '$1 ~ /^(created|updated|deleted)$/ && $3 ~ /campaign|lead/'
}

CUSTOMERS="1 2 9 10 139 140"	# whose carts are open

@test "a cart price rule is a campaign; its change, its end and its loss follow, at once or by the queue" {
	shop 18
	salesforce POST sobjects/Campaign '{"Name":"FREE100","Type":"Email"}' >/dev/null
	sync 0 resync sales-rules	# by hand, though they are not automatic
	campaigns >is
	diff is - <<-'END'
	1	10% "off" ü	true	In Progress	Other	2026-01-01	2027-12-31	SPECIFIC_COUPON	10%
	2	Auto gen	true	In Progress	Other			SPECIFIC_COUPON	5.00
	3	No coupon free	false	Aborted	Other			NO_COUPON	1.50
	4	FREE100	true	In Progress	Email	2026-11-01		SPECIFIC_COUPON	100%
	END
	printf '[campaigns]\nautomatic = yes\nmode = queue\n' >>millrace.conf
	sync 0 nightly
	[ -z "$(sent)$(millrace queue list)" ]
	edit sales-rules 'select(.rule_id == 1) | .to_date = "2026-02-01" | .name = "Ten"'
	edit sales-rules 'select(.rule_id == 2) | .from_date = "2099-01-01"'
	run_status 1 millrace plan sales-rules
	assert_output --partial '2099-01-01'
	sync 0 incremental	# a rule has no time of change: all are read
	campaigns | diff is -
	sync 0 queue run
	campaigns | head -n 2 >is
	diff is - <<-'END'
	1	Ten	false	Completed	Other	2026-01-01	2026-02-01	SPECIFIC_COUPON	10%
	2	Auto gen	false	Planned	Other	2099-01-01		SPECIFIC_COUPON	5.00
	END
	curl -sS --fail -X DELETE "$MAGE_URL/sandbox/records/sales-rules/3" >/dev/null
	sync 1 nightly
	[ -z "$(sent)" ]
	[[ $(millrace status sales-rules/3) == *source-gone* ]]
	[ -n "$(ask "SELECT Id FROM Campaign WHERE Magento_Id__c = '3'")" ]
}

@test "who used a coupon is a member, once; who orders next becomes one" {
	shop 6 9 23 31 72
	# order 6: a rule without a coupon, and one that Magento has no more
	edit orders 'select(.entity_id == 6) | .applied_rule_ids = "3,99"'
	edit orders 'select(.entity_id == 9) | .applied_rule_ids = "3,1"'
	printf '[campaigns]\nautomatic = yes\nmember_status = Bought\n' >>millrace.conf
	run_status 0 millrace doctor
	assert_line 'ok     Magento lets us read cart price rules'
	assert_line --regexp "^ok +campaign-member.map: Salesforce's CampaignMember takes"
	refute_output --partial lead.map
	run millrace nightly
	members >is
	diff is - <<-'END'
	1	1	Bought	TEN-OFF	000000009
	1	9	Bought	TEN-OFF	000000028
	1	guest:refund_partial@example.com	Bought	TEN-OFF	000000020
	4	guest:zero@example.com	Bought	FREE100	000000058
	END
	edit orders 'select(.entity_id == 6) | .applied_rule_ids = "2,3,99" | .coupon_code = "TVT5KBX7"'
	sync 0 nightly
	members | diff is - | grep '^>' >new
	diff new - <<<$'> 2\t1\tBought\tTVT5KBX7\t000000006'
	set_conf campaigns members = every
	sync 0 nightly
	members | grep '^3' >new
	diff new - <<<$'3\t1\tBought\tTEN-OFF\t000000009'
	sync 0 nightly
	[ -z "$(sent)" ]
}

@test "leads: guests and customers who are no contacts, carts; members too; a converted one is left alone" {
	shop 23
	printf '[leads]\nfrom = customers, guests, carts\nsource = Other\n[customers]\ngroups = 0, 1, 4\n[guests]\nguests = no\n[carts]\nautomatic = yes\n[campaigns]\nautomatic = yes\n[subscribers]\nautomatic = yes\n' >>millrace.conf
	# customers/10 was a lead of somebody's, and is a contact by now
	salesforce POST sobjects/Lead '{"LastName":"Gone","Company":"G","Email":"bulk0002@example.com","IsConverted":true}' >/dev/null
	edit customers 'select(.id == 10) | .group_id = 2'
	sync 0 nightly
	leads | sed 's/^\t/-\t/' >is
	diff is - <<-'END'
	-	Gone	G		Open - Not Contacted	
	1	Veronica Costello	ACME, Inc.	Other	Open - Not Contacted	base
	guest:abandoned@example.com	Jane Doe	Jane Doe	Other	Open - Not Contacted	base
	guest:refund_partial@example.com	Jane Doe	Jane Doe	Other	Open - Not Contacted	base
	END
	# Nobody is lead and contact.
	ask "SELECT Magento_Id__c FROM Contact WHERE Magento_Id__c IN ('1','10','guest:refund_partial@example.com')" | diff /dev/null -
	ask 'SELECT Campaign.Magento_Id__c, Lead.Magento_Id__c, Contact.Magento_Id__c, Status FROM CampaignMember ORDER BY Lead.Magento_Id__c' | sort >is
	diff is - <<-'END'
	1	guest:refund_partial@example.com		Responded
	newsletter:1	1		Subscribed
	newsletter:2		2	Subscribed
	END
	[[ $(millrace status customers/10) == *converted* ]]
	# It is over, whatever changes.
	edit customers 'select(.id == 10) | .lastname = "New"'
	edit customers 'select(.id == 1) | .lastname = "Millstone" | .extension_attributes.is_subscribed = false'
	sync 0 nightly
	[ "$(leads | sed -n '1p;2p' | cut -f 2 | paste -sd,)" = 'Gone,Veronica Millstone' ]
	[ "$(ask "SELECT Status FROM CampaignMember WHERE Lead.Magento_Id__c = '1'")" = Unsubscribed ]
	curl -sS --fail -X DELETE "$SF_URL/sandbox/log"
	sync 0 nightly
	curl -sS "$SF_URL/sandbox/log" | { ! grep -E 'Lead|CampaignMember'; }
	# A word that is none of the list's.
	set_conf leads from = guests, prospects
	run_status 2 millrace nightly
	assert_output --partial "[leads] from is 'guests, prospects', not some of customers|guests|carts"
}

#!/usr/bin/env bats
# G3: guests, the filter of customer groups for customers and for their orders,
# one account for all guests, person accounts.
load ../helpers
load features

buyers()
{
	ask 'SELECT Account.Magento_Id__c, BillToContact.Magento_Id__c FROM Order ORDER BY Name'
}

@test "who left the group in which he ordered has an account all the same" {
	# of customer 9, who is in group 1 now; of guests; of customer 27
	shop 25 31 49
	edit orders 'select(.entity_id == 31) | .customer_group_id = 2'
	set_conf customers groups = 2
	sync 0 nightly
	[ "$(buyers)" = $'9\t9' ]
	[ "$(ask "SELECT Magento_Id__c, Account.Magento_Id__c FROM Contact WHERE Magento_Id__c = '9'")" = $'9\t9' ]
	# he comes back: customers tell of him from then on, and orders do not
	edit customers 'select(.id == 9) | .group_id = 2 | .lastname = "Married"'
	sync 0 nightly
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '9'")" = Married ]
	before=$(sf_state)
	edit orders 'select(.entity_id == 31) | .customer_lastname = "Unmarried"'
	sync 0 nightly
	sync 0 resync orders --where 'entity_id eq 31'
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '9'")" = Married ]
	[ "$(sf_state)" = "$before" ]
}

@test "customers are not automatic: their orders come with what they tell" {
	shop 31
	set_conf customers automatic = no
	sync 0 nightly
	[ "$(buyers)" = $'9\t9' ]
	[ "$(ask 'SELECT COUNT(Id) FROM Contact')" = 1 ]
}

@test "person accounts: private customers and guests, companies stay companies" {
	SF_SET=person_accounts=on shop 6 18 29
	set_conf customers person_accounts = private
	set_conf orders create_opportunity = every
	set_conf opportunities contact_roles = yes
	printf '[subscribers]\nautomatic = yes\nopt_out = yes\n' >>millrace.conf
	run_status 0 millrace config check
	sync 0 nightly
	ask "SELECT Magento_Id__c, Name, IsPersonAccount FROM Account WHERE Magento_Id__c IN ('1','4','guest:cancel@example.com')" | sort >got
	diff got - <<-'END'
	1	ACME, Inc.	false
	4	Sub Sb	true
	guest:cancel@example.com	Jane Doe	true
	END
	# the contact within is found as any other
	ask "SELECT Magento_Id__c, BillToContact.Magento_Id__c FROM Order" | sort >got
	diff got - <<-'END'
	18	guest:cancel@example.com
	29	4
	6	1
	END
	[ "$(ask 'SELECT COUNT(Id) FROM OpportunityContactRole')" = 3 ]
	[ "$(ask 'SELECT Contact.Magento_Id__c, Contact.IsPersonAccount FROM CampaignMember ORDER BY Contact.Magento_Id__c')" = \
		$'1\tfalse\n2\ttrue' ]
	[ "$(ask "SELECT PersonHasOptedOutOfEmail FROM Account WHERE Magento_Id__c IN ('2','4') ORDER BY Magento_Id__c")" = $'false\ntrue' ]
	# an edit follows, and then nothing is sent again
	magento PUT customers/4 '{"customer":{"id":4,"lastname":"Newman"}}' >/dev/null
	sync 0 incremental
	[ "$(ask "SELECT Name FROM Account WHERE Magento_Id__c = '4'")" = 'Sub Newman' ]
	[ "$(ask "SELECT PersonEmail FROM Account WHERE Magento_Id__c = '4'")" = sub@example.com ]
	was=$(ask 'SELECT Id, SystemModstamp FROM Account')
	sync 0 nightly
	[ "$(ask 'SELECT Id, SystemModstamp FROM Account')" = "$was" ]
}

@test "guests = no: their orders stay out, or go to the one account that is given" {
	shop 6 18
	set_conf guests guests = no
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c FROM Order')" = 6 ]
	run millrace status orders/18
	assert_output --partial guest
	one=$(salesforce POST sobjects/Account '{"Name":"All guests","Magento_Id__c":"guests"}' | jq -r .id)
	set_conf guests account = guests
	sync 0 nightly
	[ "$(ask "SELECT AccountId FROM Order WHERE Magento_Id__c = '18'")" = "$one" ]
	[ -z "$(ask "SELECT Id FROM Contact WHERE AccountId = '$one'")" ]
	set_conf guests guests = yes
	sync 0 resync orders
	[ "$(ask "SELECT Magento_Id__c FROM Contact WHERE AccountId = '$one'")" = guest:cancel@example.com ]
}

@test "two customers of one company: an account each, the company's own goes to the first" {
	CUSTOMERS="1 4 9" shop 18
	printf '%s\n' 1 4 9 >three
	for id in 4 9; do
		magento PUT customers/$id "$(jq -c --argjson id $id 'select(.id == 1) | {customer: {id: $id,
		    addresses: [.addresses[0] | del(.id, .customer_id) | .default_billing = true]}}' store/customers.ndjson)" >/dev/null
	done
	acme=$(salesforce POST sobjects/Account '{"Name":"ACME, Inc.","Phone":"1"}' | jq -r .id)
	sync 0 resync customers --keys three
	ask "SELECT Account.Magento_Id__c, Magento_Id__c, Account.Name FROM Contact ORDER BY Magento_Id__c" >got
	diff got - <<-'END'
	1	ACME, Inc.	1
	4	ACME, Inc.	4
	9	ACME, Inc.	9
	END
	[ "$(ask "SELECT Magento_Id__c FROM Account WHERE Id = '$acme'")" = 1 ]
	# put together by hand in Salesforce, they stay so: a contact's account is
	# set once
	nine=$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '9'")
	salesforce PATCH "sobjects/Contact/$nine" "{\"AccountId\":\"$acme\"}"
	magento PUT customers/9 '{"customer":{"id":9,"lastname":"New"}}' >/dev/null
	sync 0 resync customers --keys three
	[ "$(ask "SELECT LastName, AccountId FROM Contact WHERE Magento_Id__c = '9'")" = "New	$acme" ]
}

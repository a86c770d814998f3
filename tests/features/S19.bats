#!/usr/bin/env bats
# S19: customers by hand: one, several, those that Magento finds so, whatever
# [customers] automatic says.
load ../helpers
load features

contacts()
{
	ask 'SELECT Magento_Id__c FROM Contact' | sort -n | paste -sd, -
}

@test "one customer, several, those of a filter, and after an edit" {
	shop 18
	set_conf customers automatic = no
	printf '1\n' >one
	sync 0 resync customers --keys one
	[ "$(contacts)" = 1 ]
	printf '%s\n' 2 3 1 >three
	sync 0 resync customers --keys three
	[ "$(contacts)" = 1,2,3 ]
	email=$(magento GET customers/8 | jq -r .email)
	sync 0 resync customers --where "email eq $email"
	[ "$(contacts)" = 1,2,3,8 ]
	# an edit on either side: what Magento has is there again
	magento PUT customers/1 '{"customer":{"id":1,"lastname":"Millstone"}}' >/dev/null
	id=$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '2'")
	name=$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '2'")
	salesforce PATCH "sobjects/Contact/$id" '{"LastName":"Other"}'
	sync 0 resync customers --keys three
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '1'")" = Millstone ]
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '2'")" = "$name" ]
	# one that Magento does not have is told, and hurts nobody
	printf '%s\n' 6 99999 >gone
	sync 1 resync customers --keys gone
	assert_output --partial 'no customers/99999 in Magento'
	[ "$(contacts)" = 1,2,3,6,8 ]
	[ "$(ask 'SELECT COUNT(Id) FROM Contact')" = 5 ]
}

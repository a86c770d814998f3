#!/usr/bin/env bats
# S17: [customers] automatic: a customer becomes an Account and a Contact;
# edits of name, e-mail and addresses follow, and it stays the same account.
load ../helpers
load features

# change ID FILTER: edit a customer by Magento's own API, as the admin does
change()
{
	magento PUT "customers/$1" "$(magento GET "customers/$1" | jq -c "{customer: ($2)}")" >/dev/null
}

who()
{
	ask "SELECT Id, AccountId, FirstName, LastName, Email, MailingCity, Account.Name, Account.BillingCity
	    FROM Contact WHERE Magento_Id__c = '4'" | cut -f "$1"
}

@test "yes: an account and a contact; name, e-mail and addresses follow" {
	CUSTOMERS="1 4" shop 18
	edit customers 'select(.id == 4) | .addresses[0] += {default_billing: true, city: "Austin"}'
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c, Account.Magento_Id__c, Account.Name FROM Contact' | grep -v guest | sort)" = \
		$'1\t1\tACME, Inc.\n4\t4\tSub Sb' ]
	ids=$(who 1,2)
	[ "$(who 3-)" = $'Sub\tSb\tsub@example.com\tAustin\tSub Sb\tAustin' ]
	# by the window of what changed
	change 4 '.firstname = "Subira" | .lastname = "Sebastian" | .email = "Subira@Elsewhere.example"'
	sync 0 incremental
	[ "$(who 3-)" = $'Subira\tSebastian\tsubira@elsewhere.example\tAustin\tSubira Sebastian\tAustin' ]
	[ "$(who 1,2)" = "$ids" ]
	change 4 '.addresses[0].city = "Nairobi"'
	sync 0 nightly
	[ "$(who 6,8)" = $'Nairobi\tNairobi' ]
	# an address that is gone leaves what Salesforce knows
	change 4 '.addresses = []'
	sync 0 nightly
	[ "$(who 6,8)" = $'Nairobi\tNairobi' ]
	# whoever takes the old e-mail now is somebody else
	change 1 '.email = "sub@example.com"'
	sync 0 nightly
	[ "$(who 1,2)" = "$ids" ]
	[ "$(ask "SELECT Magento_Id__c FROM Contact WHERE Email = 'sub@example.com'")" = 1 ]
	[ "$(ask 'SELECT COUNT(Id) FROM Account')" = 3 ]	# one is a guest's
}

@test "no: runs by themselves leave customers alone and say so; by hand they go" {
	CUSTOMERS="1 4" shop 18
	set_conf customers automatic = no
	sync 0 nightly
	assert_output --partial automatic-off
	sync 0 incremental
	[ -z "$(who 1)" ]
	printf '4\n' >one
	sync 0 resync customers --keys one
	[ "$(who 4)" = Sb ]
	change 4 '.lastname = "Other"'
	sync 0 nightly
	[ "$(who 4)" = Sb ]
	sync 0 resync customers --where 'lastname eq Other'
	[ "$(who 4)" = Other ]
	[ -z "$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '1'")" ]
}

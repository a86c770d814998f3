#!/usr/bin/env bats
# S18: the sync status of each customer, with the ids of account and contact,
# and links.
load ../helpers
load features

@test "synced with both ids, failed with its text, never tried" {
	shop 18
	# a name that is longer than Salesforce takes
	edit customers 'select(.id == 2) | .lastname = ("x" * 90)'
	set_conf salesforce check_values = no
	printf '%s\n' 1 2 >two
	sync 1 resync customers --keys two
	account=$(ask "SELECT Id FROM Account WHERE Magento_Id__c = '1'")
	contact=$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '1'")
	run_status 0 millrace status customers/1
	assert_line --regexp "^customers/1 account 1: created, .*, $SF_URL/$account$"
	assert_line --regexp "^customers/1 contact 1: created, .*, $SF_URL/$contact$"
	run_status 0 millrace status customers/2 customers/3
	assert_line --partial 'customers/2 contact 2: failed, STRING_TOO_LONG: '
	assert_line 'customers/3: never tried'
	run_status 0 millrace status --json customers/1
	[ "$(jq -r '[.map, .state, .id, .link] | join(" ")' <<<"$output")" = \
		"account synced $account $SF_URL/$account
contact synced $contact $SF_URL/$contact" ]
	[ "$(millrace status --failed customers | cut -d' ' -f1-3)" = 'customers/2 contact 2:' ]
	# mended in the shop, it is failed no more
	magento PUT customers/2 '{"customer":{"id":2,"lastname":"Short"}}' >/dev/null
	sync 0 resync customers --keys two
	[ -z "$(millrace status --failed)" ]
	[ "$(ask "SELECT LastName FROM Contact WHERE Magento_Id__c = '2'")" = Short ]
}

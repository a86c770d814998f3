#!/usr/bin/env bats
# G7: retries with a limit of attempts; a child waits for its failed parent;
# what is unchanged is not sent; what we told Magento is no change.
load ../helpers
load features

# when OBJECT KEY: the run that sent it last.  Magento_Sync_Time__c goes along
# with what is sent, and never by itself.
when()
{
	ask "SELECT Magento_Sync_Time__c FROM $1 WHERE Magento_Id__c = '$2'"
}

@test "a failed parent keeps its child and its order back; mended, all go" {
	CUSTOMERS="1 4" shop 7
	set_conf salesforce check_values = no
	edit customers 'select(.id == 1) | .addresses[0].company = ("x" * 300)'
	sync 1 nightly
	[ -z "$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '1'")" ]
	[ "$(ask "SELECT Account.Magento_Id__c FROM Contact WHERE Magento_Id__c = '4'")" = 4 ]
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	run_status 0 millrace status customers/1
	assert_line --partial 'customers/1 account 1: failed, STRING_TOO_LONG'
	assert_line --partial 'customers/1 contact 1: waiting, parent-failed'
	edit customers 'select(.id == 1) | .addresses[0].company = "ACME"'
	sync 0 nightly
	[ "$(ask "SELECT Account.Name FROM Contact WHERE Magento_Id__c = '1'")" = ACME ]
	[ "$(ask 'SELECT Account.Name FROM Order')" = ACME ]
}

@test "so many attempts, and then it is a person's" {
	CUSTOMERS="4" shop 18
	sed -i '/^\[runs\]/a attempts = 2' millrace.conf
	theirs=$(salesforce POST sobjects/Account '{"Name":"Theirs"}' | jq -r .id)
	for i in 1 2; do	# two hits are never guessed
		twin=$(salesforce POST sobjects/Contact "{\"LastName\":\"$i\",\"Email\":\"sub@example.com\",\"AccountId\":\"$theirs\"}" | jq -r .id)
	done
	sync 1 nightly
	sync 1 incremental
	curl -sS --fail -X DELETE -H "Authorization: Bearer $(credential sf token)" \
		"$SF_URL/services/data/v62.0/sobjects/Contact/$twin"
	# there is but one hit now, and nobody tries any more; a night says so
	sync 0 incremental
	sync 1 nightly
	assert_output --partial ambiguous-match
	[ -z "$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '4'")" ]
	# by hand it goes
	sync 0 resync customers --where 'entity_id eq 4'
	[ "$(ask "SELECT Account.Id FROM Contact WHERE Magento_Id__c = '4'")" = "$theirs" ]
}

@test "what is unchanged, or moved only because we told it, is not sent again" {
	CUSTOMERS="1 4" shop 7 18
	sed -i '/^\[magento\]/a customer_attribute_contact = sf_contact_id\nproduct_attribute = sf_product_id' millrace.conf
	moved=$(magento GET orders/7 | jq -r .updated_at)
	sync 0 nightly
	# telling moved the store's own time of change
	[ "$(magento GET orders/7 | jq -r .updated_at)" != "$moved" ]
	order=$(when Order 7) contact=$(when Contact 1) product=$(when Product2 1)
	[ -n "$order" ] && [ -n "$contact" ] && [ -n "$product" ]
	before=$(sf_state)
	sleep 1
	sync 0 incremental
	sync 0 nightly
	[ "$(when Order 7),$(when Contact 1),$(when Product2 1)" = "$order,$contact,$product" ]
	[ "$(sf_state)" = "$before" ]
	# a change is sent, and nothing beside it
	magento PUT customers/4 '{"customer":{"id":4,"lastname":"New"}}' >/dev/null
	other=$(when Contact 4)
	sync 0 incremental
	[ "$(when Contact 4)" != "$other" ]
	[ "$(when Order 7),$(when Contact 1)" = "$order,$contact" ]
}

#!/usr/bin/env bats
# S50: a link that opens the record in Salesforce: My Domain and the id.
load ../helpers
load features

@test "status, list and story of a record have its link" {
	shop 18
	printf '1\n' >one
	# as many write the address: the link has one slash
	sed -i "s,^url = $SF_URL$,&/," millrace.conf
	sync 0 resync customers --keys one
	id=$(ask "SELECT Id FROM Contact WHERE Magento_Id__c = '1'")
	[ ${#id} -eq 18 ]
	link=$SF_URL/$id
	millrace status customers/1 | grep -qF ", $link"
	[ "$(millrace status --json --map contact | jq -r .link)" = "$link" ]
	millrace why customers/1 | grep -qxF "      $link"
	# the record that it opens
	salesforce GET "sobjects/Contact/${link##*/}" '' | jq -e '.Magento_Id__c == "1"'
}

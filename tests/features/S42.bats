#!/usr/bin/env bats
# S42: fields that Salesforce's field-level security hides from the
# integration user are named, with what to grant.
load ../helpers
load features

# org OPTION...: the shop, and an org with settings of its own
org()
{
	start_mage
	start_sf "$@"
	write_conf
}

@test "S42: doctor names each field, with the line of the map and what to grant" {
	org --set hide=Order.Magento_Tax__c,Order.PoNumber \
		--set read_only=Account.Magento_Group__c --set rights=Note:ru
	run_status 2 millrace doctor
	assert_line --regexp "^mend +order.map:[0-9]+: Order.Magento_Tax__c: field-level security hides it from the integration user; grant Read and Edit on it; permission set 'Millrace' grants it: assign it to the user"
	assert_line --regexp "^mend +order.map:[0-9]+: Order.PoNumber: field-level security hides it"
	assert_line --regexp "^mend +account.map:[0-9]+: Account.Magento_Group__c: the integration user may only read it; grant Edit on it"
	assert_line --regexp "^mend +order-note.map:[0-9]+: Note: the integration user may not create it"
	assert_line --regexp "^mend .*deploy pipelines/setup/salesforce .*permission set Millrace"
	# the others are fine, and told so
	assert_line --partial "contact.map: Salesforce's Contact takes"
	refute_line --partial "order.map: Salesforce's Order takes"
	# nothing came into the org by asking
	assert_equal "$(ask "SELECT Id FROM Account")" ""
}

@test "S42: a map of the shop's own is looked at, and who may not ask does not guess" {
	org --set hide=Order.Magento_Tax__c --set view_setup=off
	cp -r "$REPO/pipelines/mappings" own
	echo 'Nonsense__c = .increment_id' >>own/order.map
	MILLRACE_MAPPINGS=$WORK/own run_status 2 millrace doctor
	assert_line --regexp "^mend +order.map:[0-9]+: Order.Magento_Tax__c: no such field.*or field-level security hides it.*View Setup and Configuration"
	assert_line --regexp "^mend +order.map:[0-9]+: Order.Nonsense__c: no such field"
}

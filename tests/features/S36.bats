#!/usr/bin/env bats
# S36: a connection check that says connected or not, and with what.
load ../helpers
load features

@test "S36: both are connected, and with what" {
	shop 1
	run_status 0 millrace doctor
	refute_line --regexp '^(mend|later)'
	assert_line --regexp "^ok +Magento: connected; 3 store views: default \(America/Chicago\), fr \(Europe/Paris\)"
	assert_line --regexp "^ok +Magento: the store at $MAGE_URL says it is Magento/2.4 \(Community\)"
	assert_line --regexp "^ok +Salesforce: logged in to $SF_URL, organisation $(ask "SELECT Id FROM Organization")"
	assert_line --partial "Salesforce: $(ask "SELECT Name, OrganizationType FROM Organization" | sed 's/\t/, /')"
	assert_line --partial "Salesforce: we are integration@millrace.test, profile System Administrator, licence Salesforce"
	assert_line --regexp '^ok +the API has version 62.0; its newest is [0-9]+.0'
	assert_line --regexp '^ok +[0-9]+ of 100000 API calls are left today'
	assert_line --regexp "^ok +runs: '.*' can be written, [0-9]+ GB are left|^note +runs: .* MB are left"
	assert_line --partial "no other user can read the 2 files of secrets"
	# what is off is not asked for
	refute_line --partial "read carts"
	refute_line --partial "cart.map"
	assert_line --regexp '^note .*maps are not used as things are set'
	carts
	run_status 0 millrace doctor
	assert_line --partial "Magento lets us read carts"
	assert_line --partial "cart.map: Salesforce's Opportunity takes"
}

@test "S36: not connected, and what to do; the other side is looked at all the same" {
	shop 1
	chmod 644 mage.token
	set_conf salesforce api_version = 12.0
	set_conf runs dir = locked/runs
	mkdir locked
	chmod 500 locked
	run_status 2 millrace doctor
	assert_line --regexp '^mend +secret: .*mage.token.*can be read by others \(mode 644\); chmod 600 it'
	assert_line --regexp '^mend +Magento: not connected: '
	[ "$(id -u)" -eq 0 ] ||
		assert_line --regexp "^mend +runs: cannot write in '.*locked'"
	assert_line --partial "Salesforce: logged in"
	assert_line --regexp "^mend +api_version: .*no version '12.0'.*set \[salesforce\] api_version"
	stop sf
	chmod 600 mage.token
	run_status 2 millrace doctor
	assert_line --partial "Magento: connected"
	assert_line --regexp '^mend +Salesforce: not connected: .*is it up'
}

@test "S36: a right that is missing is named as the admin's tree has it" {
	shop 1
	stop mage
	MAGE_DATA=$WORK/store start_mage --set deny=Magento_Sales::sales_invoice
	rm -f ledger.sqlite*
	write_conf
	run_status 2 millrace doctor
	assert_line --regexp '^mend +may not read invoices: .*Magento_Sales::sales_invoice \(Sales > Operations > Invoices\)'
	# who does not send invoices does not need it
	set_conf invoices automatic = no
	run_status 0 millrace doctor
	refute_line --partial invoices
}

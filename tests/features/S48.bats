#!/usr/bin/env bats
# S48: a report per record: OK, or what is wrong and its text.
load ../helpers
load features

@test "each record of a run: OK or its error" {
	shop 18
	edit customers 'select(.id == 2) | .lastname = ("x" * 90)'
	set_conf salesforce check_values = no
	printf '%s\n' 1 2 3 >three
	sync 1 resync customers --keys three
	id=$(ask "SELECT Id FROM Account WHERE Magento_Id__c = '1'")
	run_status 0 millrace report --each
	assert_line --index 0 "customers/1  OK  Account $id"
	assert_line --index 1 --regexp '^customers/2  failed  Account 001'
	assert_line --index 2 --regexp '^    contact 2: STRING_TOO_LONG: .*(long|large)'
	assert_line --index 3 --regexp '^customers/3  OK  Account 001'
	assert_equal "${#lines[@]}" 4
	run_status 0 millrace report --failed
	assert_line --index 0 --partial 'customers/2  failed'
	assert_equal "${#lines[@]}" 2
	[ "$(millrace report --each --json | jq -r '[.source, .state, .verdicts[0].reason // "-"] | join(" ")')" = \
		"customers/1 synced -
customers/2 failed STRING_TOO_LONG
customers/3 synced -" ]
	# every record of the run is there once
	[ "$(ask 'SELECT Magento_Id__c FROM Account' | wc -l)" -eq 3 ]
	run_status 2 millrace report --each --html
	set_conf runs keep = none
	sync 1 resync customers --keys three
	run_status 2 millrace report --each
	assert_output --partial "the verdicts of 'customers.writeback' were not kept"
}

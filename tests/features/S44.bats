#!/usr/bin/env bats
# S44: how long data waits in the queue: manual, 15m, 1h, 2h.
load ../helpers
load features

@test "run-due sends what has waited for sync_time, and nothing else" {
	shop 25
	set_conf orders mode = queue
	sync 0 nightly
	set_conf queue sync_time = 15m
	sync 0 run-due
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	[ "$(ls -d runs/*-queue 2>/dev/null | wc -l)" -eq 0 ]	# no run for nothing
	sqlite3 ledger.sqlite "UPDATE entry SET due = due - 901 WHERE reason = 'queued'"
	sync 0 nightly		# seen again, it does not wait from the beginning
	sync 0 run-due
	[ "$(ask 'SELECT Magento_Id__c FROM Order')" = 25 ]
}

@test "manual: run-due sends nothing; a time that is none is refused" {
	shop 25
	set_conf orders mode = queue
	sync 0 nightly
	sqlite3 ledger.sqlite "UPDATE entry SET due = 1 WHERE reason = 'queued'"
	sync 0 run-due
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	set_conf queue sync_time = 20m
	sync 2 run-due
	assert_output --partial sync_time
	run_status 2 led queue --older soon
}

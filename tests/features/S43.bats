#!/usr/bin/env bats
# S43: per type, changes are sent by themselves, or put in the queue.
load ../helpers
load features

@test "mode = queue: nothing is sent, and what waits is no failure" {
	shop 25
	set_conf orders mode = queue
	sync 0 nightly
	assert_output --regexp 'waiting +1  order .*queued, e\.g\. orders/25'
	[ -z "$(ask 'SELECT Id FROM Order')" ]
	[ -z "$(ask 'SELECT Id FROM Note')" ]
	[ "$(ask 'SELECT COUNT(Id) FROM Contact')" -gt 100 ]	# those are not queued
	sync 0 queue run
	[ "$(ask 'SELECT Magento_Id__c FROM Order')" = 25 ]
	[ "$(ask 'SELECT Id FROM Note' | wc -l)" -eq 3 ]
	sync 0 nightly
	refute_output --partial queued
}

@test "a change of what is there waits, too; a resync does not" {
	shop 25
	sync 0 nightly
	set_conf orders mode = queue
	edit orders 'select(.entity_id == 25) | .customer_note = "ring twice"'
	sync 0 incremental
	[ -z "$(ask "SELECT Description FROM Order" | grep ring)" ]
	sync 0 resync orders
	ask "SELECT Description FROM Order" | grep -qx 'ring twice'
	[ -z "$(millrace queue list)" ]
}

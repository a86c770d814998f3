#!/usr/bin/env bats
# S15: a comment added later becomes a note of the order that is there already;
# notes are never doubled.
load ../helpers
load features

comment()
{
	magento POST orders/25/comments "{\"statusHistory\":{\"comment\":\"$1\",
		\"status\":\"pending\",\"is_customer_notified\":1,\"is_visible_on_front\":0}}"
}

notes()
{
	ask 'SELECT Title, Body FROM Note'
}

@test "a comment added later is one more note, and the order is left in peace" {
	shop 25
	sync 0 nightly
	[ "$(notes | wc -l)" -eq 3 ]
	before=$(ask 'SELECT LastModifiedDate FROM Order')
	comment 'out of stock'
	sync 0 nightly
	[ "$(notes | wc -l)" -eq 4 ]
	notes | grep 'pending, customer notified\\n\\nout of stock$'
	[ "$(ask 'SELECT LastModifiedDate FROM Order')" = "$before" ]
	sync 0 nightly
	[ "$(notes | wc -l)" -eq 4 ]
}

@test "when the ledger is lost the notes are found again" {
	shop 25
	sync 0 nightly
	rm ledger.sqlite*
	comment 'one more'
	sync 0 resync orders
	[ "$(notes | wc -l)" -eq 4 ]
}

@test "what the write-back says in a comment comes not back as a note" {
	shop 25
	set_conf magento order_place = comment
	sync 0 nightly
	magento GET orders/25/comments | grep -q '"Salesforce Order 801'
	sync 0 nightly
	[ "$(notes | wc -l)" -eq 3 ]
}

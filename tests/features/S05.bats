#!/usr/bin/env bats
# S5: order comments become notes of the Salesforce order, or do not.
load ../helpers
load features

@test "each comment of an order is a note of the order" {
	shop 25
	sync 0 nightly
	ask "SELECT Parent.Type, Title, Body FROM Note ORDER BY Title" >notes
	diff notes - <<'END'
Order	Magento comment 3	2026-11-21 17:52:11, pending\n\nFirst "comment"\nüñ 日本
Order	Magento comment 4	2026-11-21 17:52:12, pending\n\nmin
Order	Magento comment 5	2026-11-21 17:52:12, pending\n\nonly comment
END
	[ "$(ask "SELECT ParentId FROM Note" | sort -u)" = "$(ask 'SELECT Id FROM Order')" ]
}

@test "synchronize_notes = no: there are none, and the run says why" {
	shop 25
	set_conf orders synchronize_notes = no
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Note')" ]
	[ -n "$(ask 'SELECT Id FROM Order')" ]
	run millrace report
	assert_output --partial notes-off
}

@test "a comment as long as a note may be is cut, and holds nothing up" {
	shop 25
	jq -nc '{statusHistory: {comment: ("ü" * 32000), status: "pending",
	    is_customer_notified: 0, is_visible_on_front: 0}}' >long
	magento POST orders/25/comments "$(cat long)"
	edit orders '.customer_note = "x" * 40000'
	sync 0 nightly
	ask 'SELECT Body FROM Note' | grep 'ü' >body
	grep -q '^2026[^ü]*ü*\.\.\. (more in Magento)$' body
	[ "$(ask 'SELECT Description FROM Order' | tr -d '\n' | wc -m)" -eq 32000 ]
}

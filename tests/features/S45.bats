#!/usr/bin/env bats
# S45: sync all now, or queue all.
load ../helpers
load features

@test "all orders into the queue, whatever is known of them, and out again" {
	shop 20 25
	sync 0 nightly
	sync 0 queue add orders
	[ "$(millrace queue list | jq -r .source)" = $'orders/20\norders/25' ]
	sync 0 queue run orders
	[ -z "$(millrace queue list)" ]
	[ "$(ask 'SELECT Id FROM Order' | wc -l)" -eq 2 ]
	[ "$(ask 'SELECT Id FROM Note' | wc -l)" -eq 4 ]
}

@test "what is asked for wrongly is told before anything begins" {
	shop 25
	sync 2 queue
	sync 2 queue fill
	sync 2 queue run carrots
	assert_output --partial "no entity 'carrots'"
	sync 2 queue run orders --oldre 15m
	assert_output --partial "unknown option '--oldre'"
	sync 2 queue run orders --older
	assert_output --partial 'nothing given for --older'
	sync 2 queue run orders --older soon
	sync 2 queue add
	sync 2 run-due orders
	[ -z "$(ask 'SELECT Id FROM Order')" ]
}

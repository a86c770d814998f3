#!/usr/bin/env bats
# S24: the record type of opportunities from carts, and of those from orders;
# one that the org does not have is a mistake that is named.
load ../helpers
load features

prepare()
{
	record_types Web_Cart Web_Order
}

@test "a type for carts, another for orders" {
	shop 18
	carts
	set_conf carts record_type = Web_Cart
	set_conf opportunities record_type = Web_Order
	sync 0 nightly
	[ "$(ask 'SELECT Name, RecordType.DeveloperName FROM Opportunity ORDER BY Name')" = \
		$'Cart 28\tWeb_Cart\nCart 29\tWeb_Cart\nCart 82\tWeb_Cart\nOrder 000000015\tWeb_Order' ]
}

@test "a type that is not there" {
	shop 18
	set_conf carts automatic = yes
	set_conf carts record_type = Nonesuch
	run millrace nightly
	[ "$status" -ne 0 ]
	assert_output --partial Nonesuch
	[ -z "$(ask 'SELECT Id FROM Opportunity')" ]
}

#!/usr/bin/env bats
# S23: carts by hand: one, several, those that Magento finds so.
load ../helpers
load features

names()
{
	ask 'SELECT Name FROM Opportunity ORDER BY Name' | paste -sd, -
}

@test "one cart, with its customer and products; then more" {
	shop 18
	printf '28\n' >one
	sync 0 resync carts --keys one
	[ "$(names)" = 'Cart 28' ]
	[ "$(ask 'SELECT Account.Magento_Id__c FROM Opportunity')" = 140 ]
	printf '28\n82\n' >two
	sync 0 resync carts --keys two
	[ "$(names)" = 'Cart 28,Cart 82' ]
	sync 0 resync carts --where 'is_active = 1'
	[ "$(names)" = 'Cart 28,Cart 29,Cart 82' ]
}

@test "a plan of carts changes nothing" {
	shop 18
	sync 0 nightly
	printf '28\n' >one
	run_status 1 millrace plan carts --again --keys one
	assert_line --partial 'Opportunity 28'
	[ -z "$(names)" ]
}

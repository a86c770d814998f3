#!/usr/bin/env bats
# S28: abandoned_status: the stage of a cart when the checkout has begun.
load ../helpers
load features

@test "the stage that is set, from the night on in which somebody is known" {
	shop 18
	set_conf carts automatic = yes
	set_conf carts abandoned_status = Needs Analysis
	sync 0 nightly
	[ "$(ask 'SELECT StageName FROM Opportunity' | sort -u)" = 'Needs Analysis' ]
	[ -z "$(ask "SELECT Id FROM Opportunity WHERE Name = 'Cart 27'")" ]
	edit carts 'select(.id == 27) | .billing_address.email = "late@example.com"'
	sync 0 nightly
	[ "$(ask "SELECT StageName FROM Opportunity WHERE Name = 'Cart 27'")" = 'Needs Analysis' ]
	[ "$(ask "SELECT COUNT(Id) FROM OpportunityLineItem WHERE Opportunity.Name = 'Cart 27'")" = 2 ]
}

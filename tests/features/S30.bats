#!/usr/bin/env bats
# S30: convert = no: the stage follows the order by the table of S35, as it is
# invoiced, shipped and refunded.
load ../helpers
load features

stage()
{
	ask 'SELECT StageName FROM Opportunity'
}

@test "pending, invoiced, shipped, refunded" {
	shop 25
	set_conf orders create_opportunity = every
	sync 0 nightly
	[ "$(stage)" = 'Proposal/Price Quote' ]
	pay 25
	sync 0 nightly
	[ "$(stage)" = Negotiation/Review ]
	magento POST order/25/ship '{}' >/dev/null
	sync 0 nightly
	[ "$(stage)" = 'Closed Won' ]
	magento POST order/25/refund '{}' >/dev/null
	sync 0 nightly
	[ "$(stage)" = 'Closed Lost' ]
}

#!/usr/bin/env bats
# S31: convert = yes: once all of an order is paid for, its opportunity is
# converted; until then the table of S35 counts.
load ../helpers
load features

@test "paid in part, nothing; in full, converted; refunded, it stays" {
	shop 20 25
	set_conf orders create_opportunity = every
	set_conf opportunities convert = yes
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c, StageName FROM Opportunity ORDER BY Magento_Id__c')" = \
		$'20\tNegotiation/Review\n25\tProposal/Price Quote' ]
	pay 25
	sync 0 nightly
	won="SELECT StageName, IsWon FROM Opportunity WHERE Magento_Id__c = '25'"
	[ "$(ask "$won")" = $'Closed Won\ttrue' ]
	magento POST order/25/refund '{}' >/dev/null
	sync 0 nightly
	[ "$(ask "$won")" = $'Closed Won\ttrue' ]
	[ "$(ask "SELECT Magento_Status__c FROM Opportunity WHERE Magento_Id__c = '25'")" = closed ]
}

#!/usr/bin/env bats
# S32: converted_status: the stage that a converted opportunity gets.
load ../helpers
load features

@test "any stage of the org will do" {
	shop 6 25
	set_conf orders create_opportunity = every
	set_conf opportunities convert = yes
	set_conf opportunities converted_status = Id. Decision Makers
	sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c, StageName FROM Opportunity ORDER BY Magento_Id__c')" = \
		$'25\tProposal/Price Quote\n6\tId. Decision Makers' ]
}

#!/usr/bin/env bats
# S29: draft_stage: the stage in which an opportunity is put while Magento
# writes; it is seen in Salesforce's stage history.
load ../helpers
load features

@test "draft, stage; then draft and stage again, but only when something changed" {
	shop 18 25
	set_conf orders create_opportunity = every
	set_conf opportunities draft_stage = Qualification
	sync 0 nightly
	[ "$(stages 18)" = 'Qualification,Closed Lost' ]
	[ "$(stages 25)" = 'Qualification,Proposal/Price Quote' ]
	edit orders 'select(.entity_id == 25) | .items[0].name = "Duffle"'
	sync 0 nightly
	[ "$(stages 18)" = 'Qualification,Closed Lost' ]
	[ "$(stages 25)" = 'Qualification,Proposal/Price Quote,Qualification,Proposal/Price Quote' ]
	[ -n "$(ask "SELECT Id FROM OpportunityLineItem WHERE Description = 'Duffle'")" ]
}

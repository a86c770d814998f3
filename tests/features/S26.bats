#!/usr/bin/env bats
# S26: contact_roles and contact_role: the customer becomes a contact role.
load ../helpers
load features

roles()
{
	ask 'SELECT Opportunity.Magento_Id__c, Contact.Magento_Id__c, Role, IsPrimary FROM OpportunityContactRole ORDER BY Opportunity.Magento_Id__c'
}

@test "no: opportunities have no roles" {
	shop 6 18
	set_conf orders create_opportunity = every
	sync 0 nightly
	[ -z "$(roles)" ]
	run millrace report
	assert_output --partial contact-roles-off
}

@test "yes: who ordered, or whose cart it is; never doubled" {
	shop 6 18
	carts
	set_conf opportunities contact_roles = yes
	set_conf opportunities contact_role = Influencer
	sync 0 nightly
	roles >roles
	diff roles - <<-'END'
	18	guest:cancel@example.com	Influencer	true
	28	140	Influencer	true
	29	139	Influencer	true
	6	1	Influencer	true
	82	guest:abandoned@example.com	Influencer	true
	END
	rm ledger.sqlite*
	sync 0 resync orders
	[ "$(roles | wc -l)" -eq 5 ]
}

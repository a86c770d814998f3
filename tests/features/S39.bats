#!/usr/bin/env bats
# S39: newsletter subscribers need no mapping: with the setting, the shipped
# maps make them members of the newsletter's campaign.
load ../helpers
load features

# subscribed JSON ID: what Magento says of a customer from now on
subscribed()
{
	edit customers "select(.id == $2) | .extension_attributes.is_subscribed = $1"
}

newsletter()
{
	ask "SELECT Campaign.Name, Contact.Magento_Id__c, Status, HasResponded FROM CampaignMember ORDER BY Contact.Magento_Id__c"
}

# sent: what the last run sent of campaigns and members
sent()
{
	millrace report | awk '$1 ~ /^(created|updated|deleted)$/ && $3 ~ /newsletter|subscriber|contact|lead/'
}


CUSTOMERS="1 2 3 4"

@test "a campaign for each website; who subscribes and unsubscribes follows" {
	shop 18
	set_conf subscribers automatic = yes
	sync 0 nightly
	newsletter >members
	diff members - <<-'END'
	Newsletter, Main Website	1	Subscribed	true
	Newsletter, Europe € Site	2	Subscribed	true
	END
	ask "SELECT Label, HasResponded FROM CampaignMemberStatus WHERE Campaign.Magento_Id__c = 'newsletter:1' ORDER BY SortOrder" >labels
	diff labels - <<<$'Sent\tfalse\nResponded\ttrue\nSubscribed\ttrue\nUnsubscribed\tfalse'
	curl -sS --fail -X DELETE "$SF_URL/sandbox/log"
	sync 0 nightly
	[ -z "$(sent)" ]
	# Nobody is asked again for those who never were subscribed.
	curl -sS "$SF_URL/sandbox/log" | { ! grep CampaignMember; }
	subscribed false 1
	subscribed true 4
	sync 0 nightly
	newsletter >members
	diff members - <<-'END'
	Newsletter, Main Website	1	Unsubscribed	false
	Newsletter, Europe € Site	2	Subscribed	true
	Newsletter, Main Website	4	Subscribed	true
	END
	subscribed true 1
	sync 0 nightly
	[ "$(newsletter | head -n 1)" = $'Newsletter, Main Website\t1\tSubscribed\ttrue' ]
}

@test "one campaign that is there, statuses of its own, who leaves goes, e-mail is opted out" {
	shop 18
	start_campaign=$(salesforce POST sobjects/Campaign '{"Name":"News","IsActive":false,"Type":"Other"}' | jq -r .id)
	printf '[subscribers]\nautomatic = yes\nper_website = no\ncampaign = News\nstatus = Reads\nunsubscribed = remove\nopt_out = yes\n' >>millrace.conf
	sync 0 nightly
	[ "$(ask 'SELECT Id, IsActive, Type, Magento_Id__c FROM Campaign')" = "$start_campaign"$'\tfalse\tOther\tnewsletter' ]
	newsletter >members
	diff members - <<<$'News\t1\tReads\ttrue\nNews\t2\tReads\ttrue'
	[ "$(ask "SELECT Label FROM CampaignMemberStatus" | sort | paste -sd,)" = Reads,Responded,Sent ]
	[ "$(ask 'SELECT Magento_Id__c FROM Contact WHERE HasOptedOutOfEmail = false' | grep -v guest: | sort | paste -sd,)" = 1,2 ]
	subscribed false 1
	subscribed null 2	# a release that does not say: nothing is made of it
	sync 0 nightly
	[ "$(newsletter)" = $'News\t2\tReads\ttrue' ]
	[ "$(ask 'SELECT HasOptedOutOfEmail FROM Contact WHERE Magento_Id__c IN ('"'1','2'"') ORDER BY Magento_Id__c' | paste -sd,)" = true,false ]
	run millrace report
	assert_output --partial not-told
}

@test "not automatic: a resync of subscribers alone, by the maps as they are shipped" {
	shop 18
	sync 0 nightly
	[ -z "$(ask 'SELECT Id FROM Campaign')" ]
	printf '1\n2\n3\n' >ids
	sync 0 resync subscribers --keys ids
	[ "$(newsletter | cut -f 2 | paste -sd,)" = 1,2 ]
	subscribed false 1
	sync 0 nightly		# leaves them alone
	[ "$(newsletter | cut -f 3 | sort -u)" = Subscribed ]
	run git -C "$REPO" diff --quiet -- pipelines/mappings
}

#!/usr/bin/env bats
# S35: opportunity-status.csv: the stage of each Magento status; it is the
# shop's to edit.
load ../helpers
load features

@test "a changed table changes the stages; what it lacks stays a draft" {
	shop 18 76
	set_conf orders create_opportunity = every
	sync 0 nightly
	# awaiting_sf_sync is a status that somebody made
	[ "$(ask 'SELECT Magento_Id__c, StageName FROM Opportunity ORDER BY Magento_Id__c')" = \
		$'18\tClosed Lost\n81\tProspecting' ]
	cp -r "$REPO/pipelines/mappings" mappings
	sed -i 's/^canceled,.*/canceled,Perception Analysis/' mappings/opportunity-status.csv
	echo 'awaiting_sf_sync,Needs Analysis' >>mappings/opportunity-status.csv
	MILLRACE_MAPPINGS=$WORK/mappings sync 0 nightly
	[ "$(ask 'SELECT Magento_Id__c, StageName FROM Opportunity ORDER BY Magento_Id__c')" = \
		$'18\tPerception Analysis\n81\tNeeds Analysis' ]
}

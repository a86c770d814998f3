#!/usr/bin/env bats
# S24, S25: the record type of opportunities from carts, and of those from
# orders; one that the org does not have is a mistake that is named.
load ../helpers
load features

prepare()
{
	local type at=schema/force-app/main/default/objects/Opportunity/recordTypes
	cp -r "$REPO/pipelines/setup/salesforce" schema
	mkdir "$at"
	sed -i '/<\/PermissionSet>/d' schema/force-app/main/default/permissionsets/*
	for type in Web_Cart Web_Order; do
		cat >"$at/$type.recordType-meta.xml" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<RecordType xmlns="http://soap.sforce.com/2006/04/metadata">
		<fullName>$type</fullName><active>true</active>
		<businessProcess>Sales</businessProcess><label>$type</label>
		</RecordType>
		END
		cat >>schema/force-app/main/default/permissionsets/Millrace.permissionset-meta.xml <<-END
		<recordTypeVisibilities><recordType>Opportunity.$type</recordType>
		<visible>true</visible></recordTypeVisibilities>
		END
	done
	echo '</PermissionSet>' >>schema/force-app/main/default/permissionsets/Millrace.permissionset-meta.xml
	export SF_SCHEMA=$WORK/schema
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

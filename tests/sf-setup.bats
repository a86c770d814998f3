#!/usr/bin/env bats
# pipelines/setup/salesforce against the maps: what is deployed is what they
# write, no less and no more, and the permission set grants it.
load helpers

setup_file()
{
	export META=$BATS_TEST_DIRNAME/../pipelines/setup/salesforce/force-app/main/default
}

# OBJECT.FIELD of every custom field that a map names: its own, the lookup of
# Order__r.Magento_Id__c, and the field that a lookup goes by, as ANY.FIELD
# where the lookup's name does not say of what.
wanted()
{
	touch empty.conf
	rec-map -c empty.conf --list=json "$REPO"/pipelines/mappings/*.map </dev/null |
		jq -r 'select(.when | IN("key", "match", "always", "insert", "update")) |
		    .object as $o | .field | split(".") as $p |
		    ($p[0] | split(":") | last) as $of |
		    if ($p | length) == 1 then "\($o).\(.)"
		    else (if $of | endswith("__r") then "\($o).\($of[:-1])c", "ANY.\($p[1])"
		        elif $p[0] | contains(":") then "\($p[0] | split(":")[0]).\($p[1])"
		        else "ANY.\($p[1])" end) end | select(endswith("__c"))' | sort -u
}

fields()	# OBJECT.FIELD of every file
{
	(cd "$META/objects" && printf '%s\n' */fields/*.field-meta.xml) |
		sed 's,/fields/,.,; s,\.field-meta\.xml$,,' | sort
}

@test "every file is well-formed, and its name is the one that it gives" {
	if command -v xmllint >/dev/null; then
		find "$META" -name '*.xml' -exec xmllint --noout {} +
	fi
	jq -e '.packageDirectories[0].path == "force-app"' "$META/../../../sfdx-project.json"
	while IFS=. read -r object field; do
		grep -q "<fullName>$field</fullName>" "$META/objects/$object/fields/$field.field-meta.xml" ||
			{ echo "$object.$field has another name inside"; return 1; }
		[[ $object != *__c ]] || [ -e "$META/objects/$object/$object.object-meta.xml" ] ||
			{ echo "$object is not there"; return 1; }
	done < <(fields)
}

@test "each custom field of each map is deployed, and none that no map names" {
	wanted >wanted
	fields >have
	[ "$(wc -l <wanted)" -gt 50 ]
	comm -23 <(grep -v '^ANY' wanted) have >missing
	grep '^ANY' wanted | cut -d. -f2 | sort -u |
		comm -23 - <(cut -d. -f2 have | sort -u) >>missing
	comm -13 <(cat wanted <(grep '^ANY' wanted | cut -d. -f2 |
		while read -r f; do grep "\.$f\$" have; done) | sort -u) have >spare
	assert_equal "missing: $(paste -sd' ' missing)" "missing: "
	assert_equal "spare: $(paste -sd' ' spare)" "spare: "
}

@test "the permission set grants each of them, and each object" {
	set=$META/permissionsets/Millrace.permissionset-meta.xml
	tr -d ' \n' <"$set" | grep -oE '<fieldPermissions><editable>true</editable><field>[^<]*</field><readable>true' |
		sed 's,.*<field>,,; s,</field>.*,,' | sort >granted
	assert_equal "$(uniq -d granted)" ""
	assert_equal "$(grep -c '<fieldPermissions>' "$set")" "$(wc -l <granted)"
	# required ones and master details are everybody's, and take no entry
	while IFS=. read -r object field; do
		grep -qE '<type>MasterDetail</type>|<required>true</required>' \
			"$META/objects/$object/fields/$field.field-meta.xml" || echo "$object.$field"
	done < <(fields) >grantable
	diff <(sort grantable) <(grep '__c$' granted)
	# these have no rights of their own: their parents' count
	touch empty.conf
	rec-map -c empty.conf --list=json "$REPO"/pipelines/mappings/*.map </dev/null | jq -r .object | sort -u |
		grep -vxE 'PricebookEntry|OrderItem|OpportunityLineItem|OpportunityContactRole|Note|CampaignMember|CampaignMemberStatus' >objects
	grep -oE '<object>[^<]*' "$set" | cut -d'>' -f2 | sort >allowed
	assert_equal "$(comm -23 objects allowed)" ""
}

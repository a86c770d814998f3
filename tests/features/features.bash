# shellcheck shell=bash disable=SC2154  # bats sets output, status
# What the tests of features share, beside ../helpers: a small store and an
# empty org; the store is changed by its own API, Salesforce asked by its own.

# shop ORDER_ID...: start both, the store with these orders and all else that
# the fixtures have; with CUSTOMERS="1 2" or PRODUCTS="1 2", of those these, with
# MAGE_SET or SF_SET="NAME=VALUE ..." these switches of the store or the org
shop()
{
	local from=$REPO/fixtures/magento/entities
	mkdir store
	ln -s "$from"/*.ndjson store/
	rm store/orders.ndjson
	jq -c --args 'select(.entity_id | tostring | IN($ARGS.positional[]))' \
		"$@" <"$from/orders.ndjson" >store/orders.ndjson
	[ -z "${CUSTOMERS-}" ] || these customers "$CUSTOMERS"
	[ -z "${PRODUCTS-}" ] || these products "$PRODUCTS"
	# shellcheck disable=SC2086  # several words
	MAGE_DATA=$WORK/store start_mage ${MAGE_SET:+--set ${MAGE_SET// / --set }}
	# shellcheck disable=SC2086  # several words
	start_sf ${SF_SET:+--set ${SF_SET// / --set }}
	write_conf
}

# these ENTITY "ID..."
these()
{
	rm "store/$1.ndjson"
	jq -c --arg ids " $2 " 'select(.id as $i | $ids | contains(" \($i) "))' \
		<"$REPO/fixtures/magento/entities/$1.ndjson" >"store/$1.ndjson"
}

# set_conf SECTION NAME = VALUE
set_conf()
{
	printf '[%s]\n%s %s %s\n' "$1" "$2" "$3" "${*:4}" >>millrace.conf
}

# magento METHOD PATH [JSON]
magento()
{
	curl -sS --fail-with-body -X "$1" ${3:+-d "$3"} \
		-H "Authorization: Bearer $(credential mage token)" \
		-H 'Content-Type: application/json' "$MAGE_URL/rest/all/V1/$2"
}

# edit ENTITY FILTER: change records behind Magento's back
edit()
{
	curl -sS --fail "$MAGE_URL/sandbox/state?entity=$1" | jq -c "$2" |
		curl -sS --fail -X POST --data-binary @- \
			"$MAGE_URL/sandbox/records/$1" >/dev/null
}

# ask SOQL: what Salesforce holds, a line each, values apart by tabs
ask()
{
	curl -sS --fail -G --data-urlencode "q=$1" \
		-H "Authorization: Bearer $(credential sf token)" \
		"$SF_URL/services/data/v62.0/query" |
		jq -r '.records[] | del(.attributes) | [.[] |
		    if type == "object" then del(.attributes)[] else . end] | @tsv'
}

# sync STATUS VERB...: a run, and how it ends
sync()
{
	run_status "$1" millrace "${@:2}"
}

# stages ID: the stages of the opportunity of cart ID so far, one after another
stages()
{
	ask "SELECT StageName FROM OpportunityHistory WHERE Opportunity.Magento_Id__c = '$1' ORDER BY Id" |
		uniq | paste -sd, -
}

# pay ORDER_ID: its invoice, in Magento
pay()
{
	magento POST "order/$1/invoice" '{"capture":true}' >/dev/null
}

# salesforce METHOD PATH JSON
salesforce()
{
	curl -sS --fail-with-body -X "$1" -d "$3" \
		-H "Authorization: Bearer $(credential sf token)" \
		-H 'Content-Type: application/json' \
		"$SF_URL/services/data/v62.0/$2"
}

# carts: opportunities from carts, and from orders
carts()
{
	set_conf carts automatic = yes
	set_conf orders create_opportunity = every
}

# record_types NAME...: the org has these of Opportunity; before start_sf
record_types()
{
	local type at=schema/force-app/main/default/objects/Opportunity/recordTypes
	local may=schema/force-app/main/default/permissionsets/Millrace.permissionset-meta.xml
	cp -r "$REPO/pipelines/setup/salesforce" schema
	mkdir "$at"
	sed -i '/<\/PermissionSet>/d' "$may"
	for type; do
		cat >"$at/$type.recordType-meta.xml" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<RecordType xmlns="http://soap.sforce.com/2006/04/metadata">
		<fullName>$type</fullName><active>true</active>
		<businessProcess>Sales</businessProcess><label>$type</label>
		</RecordType>
		END
		cat >>"$may" <<-END
		<recordTypeVisibilities><recordType>Opportunity.$type</recordType>
		<visible>true</visible></recordTypeVisibilities>
		END
	done
	echo '</PermissionSet>' >>"$may"
	export SF_SCHEMA=$WORK/schema
}

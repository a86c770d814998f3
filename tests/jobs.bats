#!/usr/bin/env bats
# The jobs on both sandboxes: resync, incremental, plan and apply.  sync.bats
# has the nights, bad-days.bats the kills.
load helpers

prepare()
{
	start_mage
	start_sf
	write_conf
}

# Salesforce, as somebody else there would change it: PATH JSON
salesforce()
{
	curl -sS --fail -X PATCH -d "$2" -H 'Content-Type: application/json' \
		-H "Authorization: Bearer $(credential sf token)" \
		"$SF_URL/services/data/v62.0/sobjects/$1"
}

# Magento, as the shop's people would: METHOD PATH [JSON]
magento()
{
	curl -sS --fail -X "$1" ${3:+-d "$3"} -H 'Content-Type: application/json' \
		-H "Authorization: Bearer $(credential mage token)" \
		"$MAGE_URL/rest/all/V1/$2"
}

# How many of an object Salesforce has.
count()
{
	sf-query "SELECT Id FROM $1" | wc -l
}

counts()
{
	for o in Account Contact Product2 PricebookEntry Order OrderItem; do
		echo "$o $(count $o)"
	done
}

id_of()	# MAP SOURCE
{
	led list --map "$1" "$2" | jq -r .id
}

@test "plan writes nothing; apply does just that; a stale one is held" {
	before=$(counts)
	run_status 1 millrace plan customers
	assert_output --partial 'Plan: 284 to create, 0 to update'
	[ "$before" = "$(counts)" ]
	cp runs/latest/plan.ndjson plan
	run_status 0 millrace apply plan
	[ "$(millrace report --json | jq .verdicts.created)" -eq 284 ]
	run_status 0 millrace verify
	run_status 0 millrace plan customers
	# drift: somebody changes an account in Salesforce
	salesforce "Account/$(id_of account customers/2)" '{"Phone":"999"}'
	run_status 0 millrace plan customers
	run_status 1 millrace plan customers --again
	assert_output --partial 'Plan: 0 to create, 1 to update'
	assert_line --regexp '^ +Phone +"999" -> '
	cp runs/latest/plan.ndjson plan
	salesforce "Account/$(id_of account customers/2)" '{"Phone":"888"}'
	run_status 1 millrace apply plan
	assert_output --partial stale
	run_status 0 millrace verify
	run_status 0 millrace resync customers --where 'entity_id eq 2'
	run sf-query "SELECT Phone FROM Account WHERE Magento_Id__c = '2'"
	refute_output --partial 888
}

@test "resync of an order brings its customer and products first" {
	echo 6 >keys
	run_status 0 millrace resync orders --keys keys
	[ "$(count Order)" -eq 1 ]
	[ -n "$(id_of account customers/1)" ]
	run_status 0 millrace verify
	run_status 0 millrace why orders/6
	assert_output --partial "Order 6: created"
}

@test "incremental after nightly sends what changed" {
	millrace nightly || [ $? -eq 1 ]
	magento PUT customers/2 "$(magento GET customers/2 |
		jq -c '{customer: (. + {lastname: "Millstone"})}')" >/dev/null
	run_status 0 millrace incremental
	run sf-query "SELECT LastName FROM Contact WHERE Magento_Id__c = '2'"
	assert_output --partial Millstone
	run_status 0 millrace verify
}

@test "what was deleted in Magento is held by the nightly, until it is forgotten" {
	first_night
	curl -sf -X DELETE "$MAGE_URL/sandbox/records/orders/76"
	curl -sf -X DELETE "$MAGE_URL/sandbox/records/customers/2"
	run_status 0 millrace incremental
	run_status 1 millrace nightly
	run_status 0 led list orders/76
	assert_output --partial '"verdict":"held","reason":"source-gone"'
	run_status 0 bash -c 'led list customers/2 | grep -c source-gone'
	assert_output 1
	[ "$(count Order)" -eq 76 ]
	run_status 0 led forget orders/76 customers/2
	run_status 0 bash -c 'led known orders | grep -c .'
	assert_output 75
	run_status 1 bash -c 'millrace nightly >/dev/null; led list | grep source-gone'
	run_status 0 millrace verify
}

@test "a wrong token, a store that is gone: the right status, and no mark" {
	echo wrong >mage.token
	run_status 2 millrace nightly
	credential mage token >mage.token
	echo wrong >sf.secret
	run_status 2 millrace nightly
	run_status 0 millrace verify
	run_status 0 led mark orders
	assert_output ''
}

@test "a whole plan, applied, is what a nightly would have done" {
	millrace plan >/dev/null || [ $? -eq 1 ]
	millrace apply runs/latest || [ $? -eq 1 ]
	[ "$(count Order)" -eq 76 ]
	run_status 0 millrace nightly
	[ "$(millrace report --json | jq '.verdicts.created + .verdicts.updated')" -eq 0 ]
}

#!/usr/bin/env bats
# The jobs on both sandboxes, whole: nightly, resync, plan and apply.
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

@test "nightly: all arrives, the next one sends nothing, the books balance" {
	before=$(counts)
	run millrace nightly
	[ "$status" -le 1 ]
	[ "$(count Order)" -eq 76 ]
	[ "$(sf-query "SELECT Id FROM Account WHERE Magento_Id__c != null" | wc -l)" -eq \
		"$(($(wc -l <"$REPO/fixtures/magento/entities/customers.ndjson") + 55))" ]
	[ "$(millrace report --json | jq .verdicts.failed)" -eq 0 ]
	[ "$(millrace report --json | jq .verdicts.waiting)" -eq 0 ]
	[ "$(millrace report --json | jq .verdicts.rejected)" -eq 0 ]
	run_status 0 millrace verify
	[ "$before" != "$(counts)" ]
	after=$(counts)
	run_status 0 millrace nightly
	[ "$(millrace report --json | jq '.verdicts.created + .verdicts.updated + .verdicts.deleted')" -eq 0 ]
	[ "$after" = "$(counts)" ]
	run_status 0 millrace verify
	run_status 0 millrace status orders/1
	assert_output --partial "$SF_URL/$(id_of order orders/1)"
	[ "$(magento GET orders/6 | jq -r .ext_order_id)" = "$(id_of order orders/6)" ]
}

@test "a change in Magento is all that the next nightly sends" {
	millrace nightly || [ $? -eq 1 ]
	magento PUT customers/2 "$(magento GET customers/2 |
		jq -c '{customer: (. + {lastname: "Millstone"})}')" >/dev/null
	run_status 0 millrace nightly
	[ "$(millrace report --json | jq '.verdicts.updated')" -gt 0 ]
	[ "$(millrace report --json | jq '.verdicts.created')" -eq 0 ]
	run sf-query "SELECT LastName FROM Contact WHERE Magento_Id__c = '2'"
	assert_output --partial Millstone
	run zcat runs/latest/customers.load.ndjson.gz
	[ "$(grep -c '"updated"' <<<"$output")" -le 2 ]
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

# killed STAGE SECONDS: a resync whose stage dies without a word, then the
# same command again, against one that nobody disturbed.
killed()
{
	seq 4 8 >keys
	millrace resync orders --keys keys || [ $? -eq 1 ]
	want=$(counts)
	stop sf
	rm -rf runs ledger.sqlite* sf.state*
	start_sf
	write_conf
	mkdir bin
	ln -s "$MILLRACE_BIN"/* bin/
	rm bin/run-stage
	cat >bin/run-stage <<-END
	#!/bin/bash
	name=\$1
	shift
	[ "\$name" != "orders.$1" ] || set -- timeout -s KILL $2 "\$@"
	exec "$MILLRACE_BIN/run-stage" "\$name" "\$@"
	END
	chmod 755 bin/run-stage
	MILLRACE_BIN=$PWD/bin run millrace resync orders --keys keys
	[ "$status" -eq 3 ] || [ "$status" -le 1 ]	# it may have been done
	run millrace resync orders --keys keys
	[ "$status" -le 1 ]
	[ "$(counts)" = "$want" ] || { echo "$1: $(counts), not $want"; return 1; }
	run_status 0 millrace verify
}

@test "the extract killed, the same command again: the same end" {
	killed extract 0.01
}

@test "the load killed early, the same command again: the same end" {
	killed load 0.1
}

@test "the load killed late, the same command again: the same end" {
	killed load 0.4
}

@test "the record killed, the same command again: the same end" {
	killed record 0.1
}

@test "the write-back killed, the same command again: the same end" {
	killed writeback 0.1
}

@test "a whole plan, applied, is what a nightly would have done" {
	millrace plan >/dev/null || [ $? -eq 1 ]
	millrace apply runs/latest || [ $? -eq 1 ]
	[ "$(count Order)" -eq 76 ]
	run_status 0 millrace nightly
	[ "$(millrace report --json | jq '.verdicts.created + .verdicts.updated')" -eq 0 ]
}

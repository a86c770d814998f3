#!/usr/bin/env bats
# sf-load refuses what Salesforce would refuse, and nothing else.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf --set job_delay_ms=5
	write_sf_conf
}

# long N [CHARACTER]
long()
{
	printf "%.0s${2:-x}" $(seq "$1")
}

# value OBJECT FIELD JSON: one payload that sets this field of a new record
value()
{
	local base
	N=$((N + 1))
	case $1 in
	Account) base='"Name":"N"' ;;
	Contact) base='"LastName":"L"' ;;
	Product2) base='"Name":"P"' ;;
	esac
	[ "$2" != Name ] && [ "$2" != LastName ] || base='"Description":"d"'
	payload "$1" v 1 "v/$N" "v$N" ",\"fields\":{$base,\"$2\":$3}"
}

values()
{
	local v
	N=0
	value Account Name "\"$(long 255)\""
	value Account Name "\"$(long 256)\""
	value Account Name "\"$(long 255 é)\""
	value Account Name "\"$(long 127 😀)\""
	value Account Name "\"$(long 128 😀)\""
	value Account BillingPostalCode "\"$(long 21)\""
	value Contact LastName "\"$(long 80)\""
	value Contact LastName "\"$(long 81)\""
	for v in 250 -7 '"+7"' 0 '"250"' 250.0 2.5e2 '"250.0"' 2147483647 2147483648 -2147483649 '"x"' '"1 000"' '"1,5"'; do
		value Account NumberOfEmployees "$v"
	done
	for v in 10.50 1e3 '"1e3"' '".5"' '"5."' '"1E+2"' '"1e"' '"--1"' '"0x10"' '"12 "' '"1,5"' '"nan"' 999999999999999999.994 1000000000000000000 99999999999999999999 true; do
		value Account AnnualRevenue "$v"
	done
	for v in 2026-11-20 2024-02-29 2026-02-29 2026-04-31 2026-13-01 20261120 2026-11-20T00:00:00Z 20.11.2026 2026-1-5 0000-01-01; do
		value Contact Birthdate "\"$v\""
	done
	for v in true false '"TRUE"' '"False"' 1 0 '"yes"' '"no"' 2 '"wahr"'; do
		value Product2 IsActive "$v"
	done
	for v in a@b.de a.b+c@sub.example.com x@y @b.de a@ a@b..de .a@b.de a.@b.de 'a b@c.de' a@-b.de a@b.de. a..b@c.de "a'b@c.de" a@b@c.de a@b_c.de 'a@b.de ' "$(long 65)@b.de" "$(long 70)@$(long 20).de"; do
		value Contact Email "\"$v\""
	done
	for v in 005Wz000000DEMOAA2 001 'not an id' 0058c00000aBcDeAAK 0058c00000aBcDeAAA; do
		value Account OwnerId "\"$v\""
	done
	for v in 2026-11-20T09:30:00Z 2026-11-20T09:30:00.000Z 2026-11-20T09:30:00.123456+0100 2026-11-20T09:30:00+01:00 2026-11-20T09:30:00 2026-11-20 '2026-11-20 09:30:00' 2026-11-20T24:00:00Z 2026-11-20T09:60:00Z 2026-11-20T09:30Z 2026-11-20T09:30:00.Z 2026-11-20T09:30:00+15:00 2026-02-30T09:30:00Z; do
		value Account Magento_Sync_Time__c "\"$v\""
	done
}

@test "the same values are refused with and without our check, by the same codes" {
	values >one
	run_status 1 bash -c 'sf-load <one >ours'
	curl -sf -X POST "$SF_URL/sandbox/reset" >/dev/null
	rm -f ledger.sqlite*
	write_sf_conf 'check_values = no'
	run_status 1 bash -c 'sf-load <one >theirs'
	[ "$(jq -r .verdict theirs | grep -c rejected)" -eq 0 ]
	say() { paste <(jq -r '[.verdict//"-",.reason//"-"]|join(" ")' "$1" | sed 's/^rejected/failed/') <(jq -c .fields one | cut -c1-120); }
	say ours >a
	say theirs >b
	diff a b
	[ "$(grep -c ^failed a)" -gt 40 ]
	[ "$(grep -c ^created a)" -gt 25 ]
}

@test "a create-only field is never sent in an update" {
	local id
	catalogue
	id=$(sf-query 'SELECT Id FROM PricebookEntry ORDER BY Magento_Id__c LIMIT 1' | jq -r .Id)
	payload PricebookEntry price 1 p/1 1 ",\"id\":\"$id\",\"fields\":{\"UnitPrice\":11,\"Product2.Magento_Id__c\":\"1\"}" >one
	curl -sf -X DELETE "$SF_URL/sandbox/log"
	run_status 1 bash -c 'sf-load <one >ours'
	[ "$(jq -r '.verdict+" "+.reason' ours)" = 'rejected INVALID_FIELD_FOR_INSERT_UPDATE' ]
	[[ $(jq -r .message ours) == *'(Product2Id)'*'flag it [insert] (map price)' ]]
	[ "$(requests | grep -c ingest)" -eq 0 ]
	write_sf_conf 'check_values = no'
	run_status 1 bash -c 'sf-load <one >theirs'
	[ "$(jq -r '.verdict+" "+.reason' theirs)" = 'failed INVALID_FIELD_FOR_INSERT_UPDATE' ]
}

@test "a restricted picklist takes its values in any case, the children of what is refused wait" {
	# shellcheck disable=SC2034  # order() reads it
	BOOK=$(book)
	catalogue
	customers 1 1 | sf-load >/dev/null
	order 7 1 | jq -c 'if .map == "order" then .insert.Status = "Drafted" else . end' >one
	run_status 1 bash -c 'sf-load <one >ours'
	[ "$(verdicts ours | cut -d' ' -f1,2 | sort | uniq -c | tr -s ' ')" = \
		' 1 rejected INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST
 3 waiting parent-failed' ]
	[[ $(jq -r 'select(.verdict=="rejected").message' ours) == *"'Drafted' is not in the restricted picklist, which has "*Draft** ]]
	order 7 1 | jq -c 'if .map == "order" then .insert.Status = "draft" else . end' >one
	run_status 0 bash -c 'sf-load <one >ours'
}

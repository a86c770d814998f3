# shellcheck shell=bash disable=SC2154  # bats sets
# What the tests of steps share, beside helpers and sf: an org whose sales
# objects have our external id, and lines for them.

# start_sales [OPTION...]
start_sales()
{
	local from=$REPO/pipelines/setup/salesforce o field
	field=$(find "$from" -path '*/Order/fields/Magento_Id__c.*')
	cp -r "$from" schema
	for o in Campaign CampaignMember Lead; do
		[ ! -e "${field/Order/$o}" ] || continue
		mkdir -p "schema/objects/$o/fields"
		cp "$field" "schema/objects/$o/fields/"
	done
	start sf sf-sandbox --state "$WORK/sf.state" --port 0 \
		--schema "$WORK/schema" --set job_delay_ms=5 "$@" || return 1
	first sf
}

api()
{
	curl -s -H "Authorization: Bearer $(credential sf token)" \
		-H 'Content-Type: application/json' -X "$1" ${3:+-d "$3"} \
		"$SF_URL/services/data/v62.0/$2"
}

# make OBJECT JSON: somebody else's record; its id
make()
{
	api POST "sobjects/$1" "$2" | jq -r .id
}

# run_lines STATUS FILE: the whole way of a run, verdicts into out
run_lines()
{
	run_status "$1" bash -o pipefail -c \
		"led-recall <$2 | sf-match | sf-load | led-record >out"
}

# both TEST [OPTION...]: by Bulk, and by Collections, each in an org of its own
both()
{
	local test=$1 few
	shift
	for few in 0 2000; do
		start_sales "$@" || return 1
		FEW=$few write_sf_conf
		"$test"
		stop sf
		rm -rf sf.state* ledger.sqlite* schema
	done
}

# shellcheck shell=bash disable=SC2034,SC2154  # bats and the tests
# What the tests of mage-sandbox share: calls of its API, beside helpers.

SC='searchCriteria[filter_groups][0][filters][0]'

prepare()
{
	export TMPDIR=$WORK
	PARENT=$$
}

# sandbox [OPTION...]: one that keeps its state; URL and TOKEN set
sandbox()
{
	start_mage --set "parent=$PARENT" "$@"
	URL=$MAGE_URL
	TOKEN=$(credential mage token)
}

# ask METHOD PATH [CURL-OPTION...]: status on the last line
ask()
{
	local method=$1 path=$2
	shift 2
	curl -sg --path-as-is -X "$method" -H "Authorization: Bearer $TOKEN" \
	    -w '\n%{http_code}\n' "$@" "$URL$path"
}

send()	# METHOD PATH JSON
{
	ask "$1" "$2" -H 'Content-Type: application/json' -d "$3"
}

answer()	# METHOD PATH [CURL-OPTION...]: the body alone
{
	ask "$@" | sed '$d'
}

status_of()
{
	ask "$@" | tail -n 1
}

# queue METHOD PATH JSON: the answer in `taken`, its uuid in BULK
queue()
{
	send "$1" "$2" "$3" >taken
	BULK=$(head -n 1 taken | jq -r '.bulk_uuid // empty')
}

# operations: "status message" of each, as far as the consumer is
operations()
{
	answer GET "/rest/V1/bulk/$BULK/status" |
	    jq -r '.operations_list[] | "\(.status) \(.result_message)"'
}

# get PATH FILTER: what jq makes of the answer
get()
{
	answer GET "/rest/V1/$1" | jq -c "$2"
}

# product SKU [STORE]: what jq makes of it
product()
{
	answer GET "/rest/${2:-all}/V1/products/$1" | jq -c "$3"
}

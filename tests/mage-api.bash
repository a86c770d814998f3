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

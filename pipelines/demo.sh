#!/bin/bash
# demo.sh - the main job on two loopback sandboxes: a plan, a nightly sync of
# a real store's data, two changes, another nightly, and what became of them.
# Nothing leaves this machine; the servers end with the script.
set -euo pipefail
umask 077

home=$(cd "$(dirname "$0")/.." && pwd)
PATH=${MILLRACE_BIN:-$home/bin}:$PATH
data=${MILLRACE_FIXTURES:-$home/fixtures/magento}/entities
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-demo.XXXXXX")
servers=()

finish()
{
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || :
	wait 2>/dev/null || :
}
trap finish EXIT
trap 'exit 130' INT TERM

title() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@"; }

# Status 1 says that some records need a person; the demo shows them.
sync() { show "$@" || [ $? -eq 1 ]; }

serve()	# NAME PROGRAM OPTION...
{
	local name=$1 i
	shift
	"$@" >"$work/$name.first" 2>"$work/$name.log" &
	servers+=($!)
	for ((i = 0; i < 100; i++)); do
		[ -s "$work/$name.first" ] && return 0
		sleep 0.05
	done
	cat "$work/$name.log" >&2
	return 1
}

said() { jq -r ".$2" "$work/$1.first"; }

configure()
{
	said magento credentials.token >"$work/magento.token"
	said salesforce credentials.client_secret >"$work/salesforce.secret"
	cat >"$work/millrace.conf" <<-EOF
	[magento]
	url = $(said magento url)
	token_file = magento.token

	[salesforce]
	url = $(said salesforce url)
	client_id = $(said salesforce credentials.client_id)
	client_secret_file = salesforce.secret

	[ledger]
	path = ledger.sqlite

	[runs]
	dir = runs
	EOF
	export MILLRACE_CONF=$work/millrace.conf
}

magento()	# METHOD PATH [BODY], as the shop's own people would
{
	curl -sS --fail-with-body -X "$1" -H @- ${3:+-d "$3"} \
	    "$(said magento url)/rest/all/V1/$2" <<-EOF
	Authorization: Bearer $(cat "$work/magento.token")
	Content-Type: application/json
	EOF
}

title "two sandboxes: a Magento store, and a Salesforce org with the fields of pipelines/setup/salesforce"
serve magento mage-sandbox --data "$data" --port 0 --state "$work/magento.sqlite"
serve salesforce sf-sandbox --state "$work/salesforce.sqlite" --port 0 \
    --schema "$home/pipelines/setup/salesforce"
configure
echo "Magento at $(said magento url), Salesforce at $(said salesforce url), settings in $MILLRACE_CONF"

title "are both sides ready?"
show millrace doctor

title "the plan: each field that a sync would change; nothing is written"
sync millrace plan >"$work/plan.txt"
head -n 1 "$work/plan.txt"	# the command
sed -n '/^customers\/1$/,/^customers\/2$/{ /^customers\/2$/d; p; }' "$work/plan.txt"
echo "..."
sed -n '/^Plan:/,$p' "$work/plan.txt"

title "the nightly sync"
sync millrace nightly
echo "(The seven that are held: the store's data came with another system's ids in ext_order_id.)"

title "the ids went back: order 12 as Magento has it now"
magento GET orders/12 | jq -c '{entity_id, increment_id, status, ext_order_id}'

title "a customer marries, an order is completed; the next night sends these two"
magento PUT customers/1 '{"customer":{"id":1,"lastname":"Millstone"}}' >/dev/null
magento POST orders '{"entity":{"entity_id":12,"increment_id":"3000000002","state":"complete","status":"complete"}}' >/dev/null
sync millrace nightly >"$work/second.txt"
head -n 1 "$work/second.txt"
sed -n '/^Verdicts:/,$p' "$work/second.txt"

title "where everything stands"
show millrace status

title "one order, followed through (the fields of its payloads are left out here)"
show millrace why orders/12 >"$work/why.txt"
grep -v '^ \{18\}' "$work/why.txt"

title "the audit of the last run, verified"
show millrace verify

title "the sandboxes are stopped; ledger, runs and their audit stay in $work"
ls "$work"/runs/latest/
cat <<END

Look on:  export MILLRACE_CONF="$MILLRACE_CONF" PATH="${MILLRACE_BIN:-$home/bin}:\$PATH"
          millrace report; millrace why orders/1; millrace status customers/1
Then README.md: with a real store and a real org.
END

# shellcheck shell=bash disable=SC2034,SC2154  # of run, which reads this
# The Salesforce side of the matrix: what loads and queries make of it.

limit=60	# seconds that any run may take
id='[0-9A-Za-z-]+'	# what ID in the name of an exchange stands for

# --- an org of its own ---

# server SCENARIO: a sandbox on ./sf.state, URL and TOKEN
server()
{
	sandbox sf-sandbox --state sf.state \
	    --schema "$root/pipelines/setup/salesforce" \
	    --set job_delay_ms=1 --set bulk_page=2 --set page=2 || return 1
	given client_secret && echo "$REPLY" >secret
	given token && TOKEN=$REPLY
	given client_id && ID=$REPLY
	printf '%s\n' '[magento]' 'url = http://shop.test/' '[ledger]' \
	    'path = ledger.sqlite' '[salesforce]' "url = $URL" \
	    "client_id = $ID" 'client_secret_file = secret' 'poll = 1s' \
	    'timeout = 15s' >conf
	[ ! -e more.conf ] || cat more.conf >>conf
}

held()
{
	curl -sf "$URL/sandbox/state" | jq -cS -s -f "$root/tests/state.jq"
}

# --- the scenarios ---

# load FILE: the whole pipe; PIPESTATUS worst in STATUS, each in `status`
load()
{
	timeout "$limit" led-recall -c conf <"$1" 2>err.1 |
	    timeout "$limit" sf-match -c conf 2>err.2 |
	    timeout "$limit" sf-load -c conf 2>err.3 |
	    timeout "$limit" led-record -c conf >out 2>err.4
	status=("${PIPESTATUS[@]}")
}

ask()
{
	timeout "$limit" sf-query -c conf "$1" \
	    'SELECT Id, Name, Magento_Id__c FROM Account ORDER BY Name' \
	    >out 2>err.1
	status=($?)
}

# few	the usual one, by sObject Collections
# load	the usual one, by Bulk jobs, as all below
# refused	the same with rows that Salesforce refuses
# halved	the same, its first job given up by Salesforce behind one row
# crashed	what follows a load that died while uploading
# rest, bulk	a query
scenarios='few load refused halved crashed rest bulk'
# scenario SCENARIO: into `out`, err.*, and `status`, of each program
scenario()
{
	case $1 in
	rest) ask --rest ;;
	bulk) ask --bulk ;;
	*) load in ;;
	esac
}

# standing SCENARIO: a fault that is always there
standing()
{
	[ "$1" != halved ] ||
		echo '{"method":"PUT","nth":1,"fail_job":{"after":1}}'
}

# What outlives the plan that it came with.
lift()
{
	echo '{"path":"/services/data/","nth":1,"api_limit":false,"batch_limit":false,"storage_limit":false}'
}

# --- what all cases begin with ---

books()
{
	curl -sf -G -H "Authorization: Bearer $TOKEN" \
	    "$URL/services/data/v62.0/query" --data-urlencode \
	    'q=SELECT Id FROM Pricebook2 WHERE IsStandard = true' |
	    jq -r '.records[0].Id'
}

# METHOD PATH as a name: ids are cut out.
# shellcheck disable=SC2016
exchange='def ex: .method + "_" + (.path
	| sub("^/services/"; "") | sub("data/v[0-9.]+/?"; "")
	| gsub("/[0-9a-zA-Z]{3}[0-9A-Za-z]{12}([A-Z0-9]{3})?(-[0-9]+)?(?=/|$)"; "/ID")
	| gsub("/"; "."));'

begin()
{
	mkdir -p "$work/base" && cd "$work/base" || exit 3
	server base || { cat sandbox.err >&2; exit 3; }
	curl -sf -X POST -d '{"Name":"Stranger"}' -o /dev/null \
	    -H "Authorization: Bearer $TOKEN" \
	    -H 'Content-Type: application/json' \
	    "$URL/services/data/v62.0/sobjects/Account"
	book=$(books)
	"$here/payloads" base "$book" >base.in
	"$here/payloads" load "$book" >in
	load base.in
	[ "${status[*]}" = '0 0 0 0' ] || {
		echo "the first load failed: ${status[*]}" >&2
		cat err.* out >&2
		exit 3
	}
	gone
	cp -r ../base ../crashed
	(cd ../crashed && crash) || exit 3
}

# A load that dies while its second job's file is on the way.
crash()
{
	local i pid
	echo 'collections_below = 0' >more.conf
	server crashed || exit 3
	led-recall -c conf <in | sf-match -c conf >matched
	faults '{"method":"PUT","nth":2,"hang":60}'
	sf-load -c conf <matched >/dev/null 2>&1 &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		sleep 0.02
		[ "$(curl -sf "$URL/sandbox/log" | grep -c '"POST".*jobs/ingest')" -ge 2 ] && break
	done
	sleep 0.2
	{ kill -9 "$pid" && wait "$pid"; } 2>/dev/null
	gone
}

# copy SCENARIO: its beginning, here
copy()
{
	local from=$work/base
	[ "$1" != crashed ] || from=$work/crashed
	cp "$from"/{sf.state,sf.state.jwt.pem,in} .
	cp "$from"/sf.state-* "$from"/ledger.sqlite* . 2>/dev/null
	# a session of the same port would spare the case its login
	rm -f ledger.sqlite-session
	[ "$1" != refused ] || "$here/payloads" refused - >>in
	[ "$1" = few ] || echo 'collections_below = 0' >more.conf
	return 0
}

# Which exchanges a scenario adds to those of `load`.
own()
{
	case $1:$2 in
	load:* | few:*composite* | bulk:*query* | rest:GET_query*) return 0 ;;
	bulk:*describe | refused:*failedResults | halved:*records) return 0 ;;
	halved:POST_jobs.ingest | crashed:*_jobs.ingest.ID) return 0 ;;
	esac
	return 1
}

writes()
{
	case $1 in
	POST_oauth2.token | GET_*) return 1 ;;
	esac
}

# suits SCENARIO EXCHANGE FAULT EXPECT: can it meet that?
suits()
{
	case $4:$2 in
	write:*) writes "$2" ;;
	job:POST_jobs.ingest | job:POST_*sobjects* | job:PATCH_*sobjects*) ;;
	job:*) return 1 ;;
	esac
}

# nths SCENARIO EXCHANGE FAULT EXPECT N: which of the N times it is made
nths()
{
	local n=$5 w=
	# how often a job is asked for its state is a matter of time; half of
	# it is always reached
	[ "$2" != GET_jobs.ingest.ID ] || n=$(((n + 1) / 2))
	! writes "$2" || w=1
	echo 1
	case $w$4$3 in
	1write* | 1job* | *reset-after | *hang | *limit)
		[ "$n" -eq 1 ] || echo "$n" ;;
	esac
}

# --- judging ---

# Each payload has exactly one verdict.
balanced()
{
	# the line that is deleted is no payload, and answered only once
	jq -r '[.map, .key] | join(" ")' in | sort >want
	jq -r '[.map, .key] | join(" ")' out 2>/dev/null |
	    grep -vxF 'order-item 1-2' | sort >got
	diff want got >difference
}

# A program that cannot log in, or does not come to know what became of a
# killed run's job, has not begun: it reads nothing, and all have no verdict.
not_begun()
{
	case $scenario:$ex in
	*:POST_oauth2.token | crashed:*_jobs.ingest.ID) [ ! -s out ] ;;
	*) return 1 ;;
	esac
}

# judge_first, judge_second: what the run with the fault, and the one behind it,
# came to; of $case with $scenario, $ex, $fault, $expect
judge_first()
{
	local s worst=0 well
	well=$(cat "$work/calm/$scenario/status")
	for s in "${status[@]}"; do
		[ "$s" -ne 124 ] || { bad "it did not end in $limit seconds"; return; }
		[ "$s" -le 4 ] || { bad "a program died"; return; }
		[ "$s" -ne 2 ] || [ "$expect" = setup ] ||
			{ bad "status 2 for what is not the set-up's fault"; return; }
		[ "$s" -eq 0 ] || worst=$s
	done
	case $expect:$ex in
	over:* | read:GET_* | read:POST_oauth2.token)
		[ "${status[*]}" = "$well" ] ||
			{ bad "it was to get over it"; return; } ;;
	esac
	[ "$worst" -le 1 ] || cat err.* | grep -q . ||
		{ bad "it failed without a word"; return; }
	case $scenario in
	load | few | refused | halved | crashed)
		balanced || { [ "$worst" -gt 1 ] && not_begun; } ||
			{ bad "verdicts and payloads differ" d; return; } ;;
	*)
		[ "$worst" -ne 0 ] || cmp -s out "$work/calm/$scenario/out" ||
			{ bad "half an answer, status 0"; return; } ;;
	esac
}

judge_second()
{
	[ "${status[*]}" = "$(cat "$work/calm/$scenario/status")" ] ||
		{ bad "not well again"; return; }
	case $scenario in
	rest | bulk)
		cmp -s out "$work/calm/$scenario/out" || bad "another answer" ;;
	*)
		balanced || { bad "again: verdicts and payloads differ" d; return; }
		held >now
		diff "$work/calm/$scenario/state" now >difference ||
			bad "the org differs" d ;;
	esac
}


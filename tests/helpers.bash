# shellcheck shell=bash disable=SC2034,SC2154  # bats sets, tests read
# What the tests share.  load helpers; programs are on PATH.
#
#	start_mage [OPTION...]	Magento sandbox: MAGE_URL MAGE_CREDENTIALS
#	start_sf [OPTION...]	Salesforce sandbox: SF_URL SF_CREDENTIALS
#	write_conf		$WORK/millrace.conf for both, MILLRACE_CONF set;
#				FEW=0: Salesforce by Bulk alone
#	stop_all		called by teardown
#
# Each test works in its own $WORK.

# Their load.bash, which every test would read, forks fifteen times.
for REPO in "${BATS_LIB_PATH:-none}"/bats-{support,assert}/src/*.bash; do
	# shellcheck disable=SC1090
	[ ! -e "$REPO" ] || . "$REPO"
done
declare -F assert_output >/dev/null || {
	bats_load_library bats-support
	bats_load_library bats-assert
}

REPO=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
: "${MILLRACE_BIN:=$REPO/bin}"
export MILLRACE_BIN REPO
PATH=$MILLRACE_BIN:$PATH
export TZ=America/New_York	# nothing may depend on the machine's zone
umask 077

setup()
{
	WORK=$BATS_TEST_TMPDIR
	cd "$WORK" || return 1
	unset MILLRACE_CONF MILLRACE_RUN
	if declare -F prepare >/dev/null; then prepare; fi
}

teardown()
{
	if declare -F cleanup >/dev/null; then cleanup; fi
	stop_all
}

# start NAME PROGRAM OPTION...: waits for the first line, pid in $WORK/NAME.pid
start()
{
	local name=$1 i
	shift
	: >"$WORK/$name.first"
	"$@" >"$WORK/$name.first" 2>"$WORK/$name.log" 3>&- 4>&- &
	echo $! >"$WORK/$name.pid"
	for ((i = 0; i < 200; i++)); do
		[ "$(wc -l <"$WORK/$name.first")" -gt 0 ] && return 0
		kill -0 "$(cat "$WORK/$name.pid")" 2>/dev/null || break
		sleep 0.05
	done
	echo "$name did not start:" >&2
	cat "$WORK/$name.log" >&2
	return 1
}

stop()
{
	local pid
	[ -f "$WORK/$1.pid" ] || return 0
	pid=$(cat "$WORK/$1.pid")
	kill "${2:--TERM}" "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	rm -f "$WORK/$1.pid"
	return 0
}

stop_all()
{
	local f
	for f in "$WORK"/*.pid; do
		[ -e "$f" ] || continue
		f=${f##*/}
		stop "${f%.pid}"
	done
}

start_mage()
{
	start mage mage-sandbox --data "${MAGE_DATA:-$REPO/fixtures/magento/entities}" \
		--port "${MAGE_PORT:-0}" --state "$WORK/mage.state" "$@" || return 1
	first mage
}

start_sf()
{
	start sf sf-sandbox --state "$WORK/sf.state" --port "${SF_PORT:-0}" \
		--schema "${SF_SCHEMA:-$REPO/pipelines/setup/salesforce}" "$@" ||
		return 1
	first sf
}

# first mage|sf: what its first line says.  (jq would take longer to start than
# most tests do.)
first()
{
	[[ $(<"$WORK/$1.first") =~ \"url\":\"([^\"]*)\".*\"credentials\":(\{[^{}]*\}) ]] ||
		return 1
	printf -v "${1^^}_URL" %s "${BASH_REMATCH[1]}"
	printf -v "${1^^}_CREDENTIALS" %s "${BASH_REMATCH[2]}"
}

credential()
{
	[[ $(<"$WORK/$1.first") =~ \"$2\":\"([^\"\\]*)\" ]] &&
		echo "${BASH_REMATCH[1]}"
}

write_conf()
{
	credential mage token >"$WORK/mage.token"
	credential sf client_secret >"$WORK/sf.secret"
	cat >"$WORK/millrace.conf" <<EOF
[magento]
url = $MAGE_URL
token_file = mage.token
lag = 0s

[salesforce]
url = $SF_URL
client_id = $(credential sf client_id)
client_secret_file = sf.secret
collections_below = ${FEW:-2000}

[ledger]
path = ledger.sqlite

[runs]
dir = runs
EOF
	export MILLRACE_CONF=$WORK/millrace.conf
}

# run_status N CMD...: run, and hold the exit status against N.
run_status()
{
	local want=$1
	shift
	run "$@"
	if [ "$status" -ne "$want" ]; then
		echo "status $status, not $want: $*" >&2
		echo "$output" >&2
		return 1
	fi
}

# What Salesforce holds, comparable between runs: ids are told as OBJECT/KEY,
# what the server stamps is left out.
sf_state()
{
	curl -sS "$SF_URL/sandbox/state" | jq -cS -s -f "$REPO/tests/state.jq"
}

# What Magento was told: orders with the key of the Salesforce order whose id
# they carry, and how many comments each has.
mage_state()
{
	curl -sS "$SF_URL/sandbox/state" | jq -c -s 'map({ key: .Id, value: ("salesforce:" + (.Magento_Id__c // "?")) }) | from_entries' >known.json
	curl -sS -H "Authorization: Bearer $(cat "$WORK/mage.token")" -g \
	    "$MAGE_URL/rest/V1/orders?searchCriteria[pageSize]=1000&searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[sortOrders][0][direction]=ASC" |
	    jq -cS --slurpfile known known.json '.items[] | [.entity_id, .increment_id, (.ext_order_id // null | if . == null then null else ($known[0][.] // .) end), .status, (.status_histories | length)]'
}

faults()	# mage|sf FAULT...: the plan from now on; none: all is well
{
	local url=$MAGE_URL
	[ "$1" = mage ] || url=$SF_URL
	shift
	printf '%s\n' "$@" | curl -sS --fail -X POST --data-binary @- "$url/sandbox/faults" >/dev/null
}

# The first night on the fixtures: seven orders carry an ext_order_id that
# somebody else wrote (the capture's own experiments), so they are held.
first_night()
{
	run millrace nightly
	[ "$status" -eq 1 ] && [[ $output == *"7 held"* ]] && return 0
	echo "status $status: $output" >&2
	return 1
}

# fnv TEXT TEXT: as the ledger knows what is in flight, in hexadecimals
fnv()
{
	local h=$((0xcbf29ce484222325)) i c
	for ((i = 0; i < ${#1}; i++)); do
		printf -v c %d "'${1:i:1}"
		h=$(((h ^ c) * 0x100000001b3))
	done
	h=$((h * 0x100000001b3))
	for ((i = 0; i < ${#2}; i++)); do
		printf -v c %d "'${2:i:1}"
		h=$(((h ^ c) * 0x100000001b3))
	done
	h=$((h ^ ((h >> 32) & 0xffffffff)))
	for ((i = 0; i < 64; i += 8)); do printf %02x $(((h >> i) & 255)); done
}

# fly MAP KEY SOURCE
fly()
{
	sqlite3 ledger.sqlite "INSERT INTO flight(job, n, payloads)
		VALUES(0, 1, X'$(fnv "$1" "$2")$(fnv "$3" "")')"
}

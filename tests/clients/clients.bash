# shellcheck shell=bash disable=SC2034,SC2154  # bats sets
# What the tests of real clients share.  load clients
#
#	open_org [OPTION...]	in setup_file: a sandbox for the whole file,
#				SF_URL TOKEN CLIENT_ID JWT_KEY USERNAME
#	open_shop [OPTION...]	the same for Magento: MAGE_URL MAGE_CREDENTIALS
#	login			sf logs in to it with TOKEN
#	own_home DIR		forget that, there
#	sf COMMAND...		the Salesforce CLI: JSON in out.json
#	js <code		jsforce: `conn` is logged in, see js.cjs
#	mage <code		magento-api-rest and oauth-1.0a, see mage.cjs
#	soql QUERY		what the sandbox says itself, one record a line
#	state OBJECT		its records, one a line
#	want FILTER [FILE]	jq finds it true of out.json, or it is shown
#
# A client's word is not the proof: the end state is asked of the sandbox.

load ../helpers

: "${MILLRACE_CLIENTS:=$REPO/.o/clients/node_modules}"
export MILLRACE_CLIENTS

with_node()
{
	local n
	for n in "$MILLRACE_CLIENTS"/node-linux-*/bin; do
		[ -x "$n/node" ] && PATH=$n:$MILLRACE_CLIENTS/.bin:$PATH
	done
	export PATH
	WORK=$BATS_FILE_TMPDIR
}

open_shop()
{
	with_node
	start_mage "$@" || return 1
	export MAGE_URL MAGE_CREDENTIALS
}

open_org()
{
	with_node
	# sf looks after a job at once, and then only every 5 s
	start_sf --set job_delay_ms=1 "$@" || return 1
	export SF_URL CLIENT_ID JWT_KEY TOKEN USERNAME
	TOKEN=$(credential sf token)
	CLIENT_ID=$(credential sf client_id)
	JWT_KEY=$(credential sf jwt_key_file)
	USERNAME=$(credential sf username)
	own_home "$BATS_FILE_TMPDIR/home"
}

# Nothing of the clients leaves the test's folder, and they call nobody else.
own_home()	# DIR
{
	export HOME=$1 NO_COLOR=1 CI=true
	export SF_DISABLE_TELEMETRY=true SF_DISABLE_AUTOUPDATE=true
	export SF_SKIP_NEW_VERSION_CHECK=true SF_HIDE_RELEASE_NOTES=true
	export SF_DISABLE_DNS_CHECK=true SF_DISABLE_LOG_FILE=true
	# the keychain in a file: there may be no desktop
	export SF_USE_GENERIC_UNIX_KEYCHAIN=true
	unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME
	mkdir -p "$HOME"
}

login()
{
	SF_ACCESS_TOKEN=$TOKEN sf org login access-token --no-prompt \
	    --instance-url "$SF_URL" --set-default --alias box
}

teardown_file()
{
	WORK=$BATS_FILE_TMPDIR
	stop_all
}

sf()
{
	command sf "$@" --json >out.json 2>err.txt
}

js()
{
	node "$BATS_TEST_DIRNAME/js.cjs" >out.json 2>err.txt
}

mage()
{
	node "$BATS_TEST_DIRNAME/mage.cjs" >out.json 2>err.txt
}

# Its status 0, or what it said.
ok()
{
	"$@" && return 0
	echo "status $?: $*" >&2
	cat out.json err.txt >&2
	return 1
}

# Its status not 0.
fails()
{
	"$@" || return 0
	echo "went well: $*" >&2
	cat out.json >&2
	return 1
}

want()
{
	jq -e "$1" "${2:-out.json}" >/dev/null && return 0
	echo "not so: $1" >&2
	cat "${2:-out.json}" err.txt >&2
	return 1
}

api()	# METHOD PATH [CURL OPTION...]
{
	local method=$1 path=$2
	shift 2
	curl -sS -X "$method" -H "Authorization: Bearer $TOKEN" "$@" \
	    "$SF_URL/services/data/v62.0$path"
}

soql()
{
	api GET /query -G --data-urlencode "q=$1" | jq -c '.records[]'
}

state()
{
	curl -sS "$SF_URL/sandbox/state?object=$1"
}

# holds OBJECT FILTER: jq finds it true of the array of the object's records
holds()
{
	state "$1" | jq -s . >state.json
	want "$2" state.json
}

# make OBJECT JSON: a record, its id printed
make()
{
	api POST "/sobjects/$1" -H 'Content-Type: application/json' -d "$2" |
	    jq -re .id
}

# The requests so far: "STATUS METHOD PATH" a line; forget: and forgets them.
requests()
{
	curl -sS "$SF_URL/sandbox/log" | jq -r '"\(.status) \(.method) \(.path)"'
}

forget()
{
	curl -sS -X DELETE "$SF_URL/sandbox/log"
}

# How mage-extract and mage-writeback end when their output goes nowhere, and
# when they are told to stop in the middle of something.
load helpers
load mage-told

ENTITIES=$BATS_TEST_DIRNAME/../fixtures/magento/entities

# full STATUS PROGRAM...: ends so with its output on a full disk, in one line
full()
{
	local want=$1 status=0
	shift
	"$@" >/dev/full 2>err || status=$?
	[ "$status" -eq "$want" ] || { echo "status $status, not $want: $*"; cat err; return 1; }
	if [ "$want" -eq 3 ]; then grep -q 'No space left on device' err; fi
	[ "$(wc -l <err)" -le 1 ]
}

@test "a full disk is 3, whatever was to be written" {
	local what
	for what in customers customer-groups orders carts products invoices shipments creditmemos sales-rules coupons \
		subscribers reference '--highest orders' '--with invoices orders' '--limit 1 orders'; do
		# shellcheck disable=SC2086
		mage-extract -q $what >some
		[ -s some ]
		# shellcheck disable=SC2086
		full 3 mage-extract -q $what
	done
	order 15 >in
	full 3 mage-writeback <in
	printf '{"verdict":"failed"}\n' >in
	full 3 mage-writeback <in
	full 0 mage-writeback </dev/null	# nothing to write
}

# What was in flight when the disk was full is known, or found, next time.
@test "what was told when the disk was full is told once" {
	free | head -n 30 | while read -r n; do order "$n"; done >in
	full 3 mage-writeback <in
	mage-writeback <in | cmp - in
	[ "$(writes)" -eq 30 ]
}

@test "a reader that leaves is no fault" {
	conf 'page_size = 2'
	for what in orders customers reference '--with invoices orders'; do
		# shellcheck disable=SC2086
		mage-extract $what 2>err | head -n 1 >one
		[ "${PIPESTATUS[0]}" -eq 0 ]
		[ ! -s err ]
		jq -e 'type == "object"' one >/dev/null
		# shellcheck disable=SC2086
		mage-extract $what 2>err | true
		[ "${PIPESTATUS[0]}" -eq 0 ]
		[ ! -s err ]
	done
	free | head -n 30 | while read -r n; do order "$n"; done >in
	mage-writeback <in 2>err | true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! -s err ]
	mage-writeback <in | cmp - in
	[ "$(writes)" -eq 30 ]
}

# stopped SIGNAL PROGRAM...: begun, and told to stop when `there` is
# true.  It goes by the signal, soon, as one that says nothing about data does.
stopped()
{
	local signal=$1 status=0 i
	shift
	rm -f out
	env --default-signal="$signal" "$@" <&0 >out 2>err 3>&- &
	echo $! >prog.pid
	for ((i = 0; i < 200; i++)); do
		! there || break
		sleep 0.02
	done
	there
	kill -s "$signal" "$(<prog.pid)"
	wait "$(<prog.pid)" || status=$?
	rm prog.pid
	[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
	[ ! -s out ] || [ "$(tail -c 1 out)" = "" ]
	jq -c . out >/dev/null
}

@test "extraction that is stopped: whole lines, and the same command again gives all" {
	local signal
	conf 'page_size = 5' 'in_flight = 2'
	there() { [ -s out ]; }
	for signal in TERM INT HUP; do
		faults '{"path":"/V1/orders$","nth":6,"times":99,"hang":true}'
		stopped $signal mage-extract orders
		faults ''
		[ "$(wc -l <out)" -lt 76 ]
		# what came is the beginning
		mage-extract orders >all
		cmp out <(head -n "$(wc -l <out)" all)
		sort all | cmp - <(sort "$ENTITIES/orders.ndjson")
	done
	[ "$(sqlite3 ledger.sqlite 'PRAGMA integrity_check')" = ok ]
}

# answered JQ: of the requests that had an answer
answered()
{
	curl -sf "$MAGE_URL/sandbox/log" | jq -s "map(select(.status == 200 and (.path | startswith(\"/rest/\")) and ($1))) | length"
}

# Stopped while it tells, while it makes sure, and while it has a comment to
# post: the same command again leaves it told, once.
@test "a write-back that is stopped in flight: told once by the same command again" {
	local signal stop ids
	local -A at=([tells]='{"method":"POST","times":99,"hang":true}' [checks]='{"method":"GET","nth":2,"times":99,"hang":true}')
	mapfile -t ids < <(free)
	for stop in tells checks; do
		# what is there before it hangs
		there() { [ "$(answered "$([ $stop = tells ] && echo '.method == "GET"' || echo '.method == "POST"')")" -gt 0 ]; }
		for signal in TERM INT; do
			order "${ids[0]}" >in
			curl -sf -X DELETE "$MAGE_URL/sandbox/log"
			faults "${at[$stop]}"
			stopped $signal mage-writeback <in
			faults ''
			mage-writeback <in | cmp - in
			assert_equal "$(has orders "${ids[0]}" | jq -r .ext_order_id)" "$(sfid 801 "${ids[0]}")"
			mage-writeback <in | cmp - in
			[ "$(answered '.method == "POST"')" -eq 1 ]
			ids=("${ids[@]:1}")
		done
	done
	conf 'order_place = comment'
	stop=tells
	for signal in TERM INT; do
		order "${ids[0]}" >in
		curl -sf -X DELETE "$MAGE_URL/sandbox/log"
		faults "${at[tells]}"
		stopped $signal mage-writeback <in
		faults ''
		mage-writeback <in | cmp - in
		mage-writeback <in | cmp - in
		[ "$(has orders "${ids[0]}" | jq '.status_histories | map(select(.comment | contains("Salesforce"))) | length')" -eq 1 ]
		ids=("${ids[@]:1}")
	done
}

#!/usr/bin/env bats
# Bad days: servers that are slow, wrong or gone, stages that are killed.  Each
# ends in success or in a clear message; then the same command again, and both
# vendors hold what they hold after a night without trouble.

load helpers

FEW=0		# the faults are of jobs

setup_file()
{
	export CALM=$BATS_FILE_TMPDIR/calm
	mkdir -p "$CALM"
	(
		WORK=$CALM
		cd "$CALM" || exit 1
		start_mage && start_sf && write_conf
		millrace nightly >log 2>&1 || [ $? -eq 1 ]
		sf_state >sf
		mage_state >mage
		stop_all
	)
	[ "$(cat "$CALM/sf" | wc -l)" -gt 300 ] || {
		echo "the night without trouble brought little:" >&2
		tail -n 30 "$CALM/log" >&2
		return 1
	}
}

prepare()
{
	start_mage
	start_sf
	write_conf
}

calm_again()
{
	sf_state >sf.now
	diff "$CALM/sf" sf.now | head -n 20 >&2
	cmp -s "$CALM/sf" sf.now || return 1
	mage_state >mage.now
	diff "$CALM/mage" mage.now | head -n 20 >&2
	cmp -s "$CALM/mage" mage.now
}

# A night that ends well: 0, or 1 for the seven orders whose ext_order_id is
# somebody else's.
night()
{
	run millrace nightly
	[ "$status" -le 1 ] || {
		echo "status $status: $output" >&2
		return 1
	}
}

# bad STATUS TEXT: the night ends so, says so; the next night mends all.
bad()
{
	run_status "$1" millrace nightly
	assert_output --partial "$2"
	faults mage
	faults sf
	night
	calm_again
}

# fine: the night gets over it by itself.
fine()
{
	night
	calm_again
}

@test "Magento: 500 once, 503 and 429 with Retry-After, a reset, half a body: got over" {
	faults mage \
	    '{"path":"/V1/orders","nth":2,"status":500,"body_text":"oops"}' \
	    '{"path":"/V1/customers","nth":1,"status":503,"headers":{"Retry-After":"1"},"body_text":"<html>busy</html>"}' \
	    '{"path":"/V1/products","nth":1,"status":429,"headers":{"Retry-After":"1"}}' \
	    '{"path":"/V1/orders","nth":3,"reset":"before"}' \
	    '{"path":"/V1/customers","nth":2,"truncate":1000}'
	fine
}

@test "Magento: HTML instead of JSON, for ever" {
	printf '[magento]\nattempts = 2\n' >>millrace.conf
	faults mage '{"path":"/V1/","status":200,"body_text":"<html><body>Please log in</body></html>"}'
	bad 3 'a page for people instead of JSON: "Please log in"'
}

@test "Magento: maintenance, for ever" {
	printf '[magento]\ntimeout = 5s\nattempts = 2\n' >>millrace.conf
	faults mage '{"path":"/rest/","status":503,"body_text":"<h1>Service Temporarily Unavailable</h1>"}'
	bad 4 '503'
}

@test "Magento: a wrong token" {
	echo wrong >mage.token
	run_status 2 millrace nightly
	assert_output --partial '401'
	credential mage token >mage.token
	night
	calm_again
}

@test "Magento: nobody there" {
	stop mage
	run millrace nightly
	[ "$status" -eq 4 ] || [ "$status" -eq 3 ]
	assert_output --partial "$(sed 's,^http://,,' <<<"$MAGE_URL")"
	MAGE_PORT=${MAGE_URL##*:}
	start_mage
	night
	calm_again
}

@test "Salesforce: 500, 503 and a reset where a repetition is safe: got over" {
	faults sf \
	    '{"method":"GET","path":"/jobs/ingest/","nth":1,"status":500,"body_text":"<html>oops</html>"}' \
	    '{"method":"GET","path":"/jobs/ingest/","nth":3,"status":503,"headers":{"Retry-After":"1"}}' \
	    '{"method":"GET","path":"/query","nth":1,"reset":"before"}' \
	    '{"method":"GET","path":"successfulResults","nth":1,"truncate":40}'
	fine
}

@test "Salesforce: the connection breaks after an upload, a create and a close took effect" {
	faults sf \
	    '{"method":"PUT","path":"/batches","nth":1,"reset":"after"}' \
	    '{"method":"POST","path":"/jobs/ingest$","nth":2,"reset":"after"}' \
	    '{"method":"PATCH","path":"/jobs/ingest/","nth":3,"reset":"after"}'
	run millrace nightly
	faults sf
	night
	calm_again
}

@test "Salesforce: the token dies in mid-run and is renewed" {
	faults sf '{"method":"GET","path":"/jobs/ingest/","nth":2,"status":401,"body_json":[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]}' \
	    '{"method":"POST","path":"/jobs/ingest$","nth":3,"status":401,"body_json":[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]}'
	fine
}

@test "Salesforce: the day's calls are spent" {
	faults sf '{"path":"/services/data/","status":403,"body_json":[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]}'
	bad 4 'REQUEST_LIMIT_EXCEEDED'
}

@test "Salesforce: a wrong secret" {
	echo wrong >sf.secret
	run_status 2 millrace nightly
	credential sf client_secret >sf.secret
	night
	calm_again
}

@test "Salesforce: HTML for ever" {
	faults sf '{"path":"/services/data/","status":200,"body_text":"<html>We are down for maintenance</html>"}'
	run millrace nightly
	[ "$status" -ge 2 ]
	assert_output --partial 'We are down for maintenance'
	faults sf
	night
	calm_again
}

# Each stage killed as soon as it runs, and once more a little later.
kill_stage()
{
	local name=$1 wait=$2 i pid
	faults sf '{"path":"/jobs/ingest","delay":60}'
	faults mage '{"path":"/V1/","delay":30}'
	setsid bash -c 'echo $$ >night.pid; exec millrace nightly >night.log 2>&1' &
	for ((i = 0; i < 400; i++)); do
		pid=$(pgrep -x -s "$(cat night.pid 2>/dev/null || echo 1)" "$name" | head -n 1) && [ -n "$pid" ] && break
		sleep 0.02
	done
	[ -n "$pid" ]
	sleep "$wait"
	kill -9 "$pid" 2>/dev/null || :
	wait $! || :
	faults sf
	faults mage
	night
	calm_again
}

@test "kill -9 of mage-extract"   { kill_stage mage-extract 0.1; }
@test "kill -9 of rec-map"        { kill_stage rec-map 0.2; }
@test "kill -9 of led-recall"     { kill_stage led-recall 0.2; }
@test "kill -9 of sf-match"       { kill_stage sf-match 0.3; }
@test "kill -9 of sf-load, early" { kill_stage sf-load 0.3; }
@test "kill -9 of sf-load, late"  { kill_stage sf-load 1.2; }
@test "kill -9 of led-record"     { kill_stage led-record 1; }
@test "kill -9 of mage-writeback" { kill_stage mage-writeback 1; }

@test "kill -9 of the Salesforce sandbox itself, and back" {
	faults sf '{"path":"/jobs/ingest","delay":60}'
	millrace nightly >night.log 2>&1 &
	night=$!
	sleep 2
	stop sf -9
	wait $night || :
	SF_PORT=${SF_URL##*:}
	start_sf
	night
	calm_again
}

#!/usr/bin/env bats
# G8: an alert on failure, API call statistics, retention of logs.  (The test
# of the connection is S36.)
load ../helpers
load features

# alerts: a program that keeps what it is told, a file for each time
alerts()
{
	cat >tell <<-'END'
	#!/bin/bash
	n=$(ls "$(dirname "$0")" | grep -c '^told\.')
	{ printf '%s\n' "$@" "subject: $MILLRACE_SUBJECT"; cat; } >"$(dirname "$0")/told.$n"
	END
	chmod 755 tell
	set_conf runs alert = "$WORK/tell \$(touch pwned) && touch stolen"
}

told() { find . -maxdepth 1 -name 'told.*' | wc -l; }

@test "G8: a failed run is told once, with its report; nothing is a shell's" {
	shop 1
	alerts
	set_conf magento attempts = 1
	faults sf '{"path":"/services/data","status":500,"body_text":"down"}'
	run millrace nightly
	[ "$status" -ge 2 ]
	assert_equal "$(told)" 1
	assert_equal "$(head -n 5 told.0 | paste -sd' ')" '$(touch pwned) && touch stolen'
	grep -q "^millrace on .*: .*-nightly failed: status $status, " told.0
	grep -q 'products.match' told.0	# the report
	assert [ ! -e pwned ]
	assert [ ! -e stolen ]
	# what a person only plans, and what goes well, is nobody's alarm
	millrace plan customers --limit 1 || :
	faults sf
	sync 0 resync customers --limit 1
	assert_equal "$(told)" 1
	assert_equal "$(ask 'SELECT COUNT(Id) n FROM Contact')" 1
	run_status 0 millrace verify
}

@test "G8: a run that died is told once, by the next or by --ended; Ctrl-C is not" {
	printf '[runs]\nalert_from = records\n' >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
	alerts
	begin() { run-open nightly sleep 60 3>&- 4>&- & pid=$!
		for ((i = 0; i < 100; i++)); do
			grep -q run-start runs/latest/audit.ndjson 2>/dev/null &&
				pgrep -P $pid >/dev/null && break
			sleep 0.05
		done; }
	begin
	run_status 0 run-open --ended	# it is at work
	assert_equal "$(told)" 0
	child=$(pgrep -P $pid)
	died=$(readlink runs/latest)
	kill -9 "$pid" "$child"
	wait $pid || :
	flock ledger.sqlite.lock true
	run_status 0 run-open --ended
	run_status 0 run-open --ended
	assert_equal "$(told)" 1
	grep -q "^millrace on .*: ${died##*/} died: process $pid, " told.0
	begin
	kill -9 "$pid" "$(pgrep -P $pid)"
	wait $pid || :
	flock ledger.sqlite.lock true	# until the child is gone too
	run_status 0 run-open nightly true
	assert_equal "$(told)" 2
	begin
	kill -INT "$pid"
	wait $pid || :
	assert_equal "$(told)" 2
	# records that need a person, where that is asked for; and no lock, no run
	run_status 1 run-open nightly false
	assert_equal "$(told)" 3
	rm runs/latest && mkdir runs/latest
	run run-open nightly true
	assert_equal "$(told)" 4
	grep -q 'could not begin' told.3
}

@test "G8: an alert that fails, hangs on to the lock, or is not there" {
	printf '[runs]\nalert = %s/tell\n' "$WORK" >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
	run_status 2 run-open nightly sh -c 'exit 2'
	assert_output --partial "cannot run '$WORK/tell'"
	printf '#!/bin/sh\nsleep 60 3>&- 4>&- >/dev/null 2>&1 &\necho $! >%s/left\n' "$WORK" >tell
	chmod 755 tell
	run_status 2 run-open nightly sh -c 'exit 2'
	run_status 0 run-open nightly true	# its sleep holds no lock
	kill "$(cat left)"
	run_status 0 run-verify
}

@test "G8: calls are counted as the vendors count them, runs go after audit_days" {
	shop 1
	sync 0 resync customers --limit 1
	run_status 0 millrace requests
	for of in magento salesforce; do
		url=$MAGE_URL
		[ $of = magento ] || url=$SF_URL
		counted=$(led requests --json | jq -s --arg s $of 'map(select(.system == $s) | .calls // 0) | add')
		seen=$(curl -sS "$url/sandbox/log" | jq -s '[.[] | select(.path | startswith("/sandbox") | not)] | length')
		assert_equal "$of $counted" "$of $seen"
	done
	set_conf runs audit_days = 10
	mv runs/*-resync runs/2020-01-02T020000Z-resync
	cp -r runs/2020-01-02T020000Z-resync runs/2020-01-01T020000Z-resync
	sync 0 resync customers --limit 1
	assert [ ! -e runs/2020-01-01T020000Z-resync ]
	# the one before stays, since our log begins with its hash
	assert [ -e runs/2020-01-02T020000Z-resync/audit.ndjson ]
	run_status 0 millrace verify
}

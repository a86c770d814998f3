#!/usr/bin/env bats
# S49: the daily report of API requests, by system and kind, and what is left
# of the org's day.
load ../helpers
load features

@test "the calls of the day, as either side counts them" {
	shop 18
	printf "%s\n" 1 2 3 >three
	sync 0 resync customers --keys three
	run_status 0 millrace requests
	today=$(date -u +%F)
	assert_line --regexp "^$today  magento  +[0-9]+ calls: .*read [0-9]+"
	assert_line --regexp "^$today  salesforce +[0-9]+ calls: .*login 1, .*; of the day's [0-9]+ by whomever [0-9]+ used, [0-9]+ left$"
	# the sandboxes' own logs of requests, not ours
	[ "$(millrace requests --json | jq -s 'map(select(.system == "magento") | .calls) | add')" -eq \
		"$(curl -sf "$MAGE_URL/sandbox/log" | jq -s 'map(select(.path | startswith("/rest/"))) | length')" ]
	[ -z "$(millrace requests --since 2999-01-01)" ]
	run_status 2 millrace requests --since yesterday
}

#!/usr/bin/env bats
# Writers change Magento while the pipelines run, and are killed: nothing is
# missed.  A thousand: make torture.
bats_require_minimum_version 1.5.0
load helpers

@test "fifty schedules: nothing missed, nothing doubled, what was deleted told" {
	run -0 "$REPO/tests/schedules/run" -n 50 -s "${MILLRACE_SEED:-1}"
	assert_output '50 passed, 0 failed'
}

@test "schedules are missed by a window without overlap" {
	run -1 "$REPO/tests/schedules/run" -s 8 -n 4 -b overlap=0s
	assert_output --partial 'is missed: version'
}

# change STEP: some of the store's records become others, some are new
change()
{
	local now
	now=$(date -u +'%F %T')
	curl -sf "$MAGE_URL/sandbox/state?entity=orders" | jq -c --arg now "$now" --arg s "$1" '
		($s | tonumber) as $n | select(.entity_id % 25 == $n)
		| .updated_at = $now | .customer_note = "changed " + $s,
		  (select(.entity_id < 50) | .entity_id += 1000 | .increment_id += "-" + $s
		    | .created_at = $now | .items |= map(.item_id += 100000 | .order_id += 1000
		      | if .parent_item_id then .parent_item_id += 100000 else . end))' >some
	[ -s some ]
	curl -sf -X POST --data-binary @some "$MAGE_URL/sandbox/records/orders" >/dev/null
	curl -sf "$MAGE_URL/sandbox/state?entity=customers" | jq -c --arg now "$now" --arg s "$1" '
		select(.id % 40 == ($s | tonumber)) | .updated_at = $now | .lastname = "Mill" + $s' |
		curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/records/customers" >/dev/null
}

# killed AFTER: an incremental run and all of its programs
killed()
{
	local pid
	setsid millrace incremental >/dev/null 2>&1 &
	pid=$!
	sleep "$1"
	# shellcheck disable=SC2046  # pids
	while kill -9 $(ps -o pid= -s $pid); do :; done 2>/dev/null
	wait $pid || :
}

@test "the whole pipeline, killed and run again, ends as a first night would" {
	start_mage
	start_sf
	write_conf
	sed -i '/^lag/a writeback = no' millrace.conf
	millrace nightly >/dev/null || [ $? -eq 1 ]
	for step in 1 2 3; do
		change $step
		killed 0.$((step * 3))
		millrace incremental >/dev/null || [ $? -eq 1 ]
	done
	millrace nightly >/dev/null || [ $? -eq 1 ]
	millrace verify
	sf_state >got
	stop sf
	rm -rf sf.state* ledger.sqlite* runs
	start_sf
	write_conf
	sed -i '/^lag/a writeback = no' millrace.conf
	millrace nightly >/dev/null || [ $? -eq 1 ]
	sf_state >want
	[ "$(wc -l <want)" -gt 1 ] || [ "$(wc -c <want)" -gt 100000 ]
	diff got want
}

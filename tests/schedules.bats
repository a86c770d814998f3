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

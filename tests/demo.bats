#!/usr/bin/env bats
# make demo keeps its promise: it tells its story, and leaves nothing running.

load helpers

@test "the demo ends well, and its servers with it" {
	export TMPDIR=$WORK
	run_status 0 "$REPO/pipelines/demo.sh"
	assert_line 'Plan: 929 to create, 0 to update; 319 skipped.'
	assert_line --partial '829 created'
	assert_line --regexp '"increment_id":"3000000002".*"ext_order_id":"801'
	assert_line --partial '977 unchanged, 4 updated'
	assert_line --partial 'intact'
	refute_output --regexp '[Ee]rror|No such|not found'
	for port in $(grep -oE 'http://127\.0\.0\.1:[0-9]+' <<<"${lines[1]}"); do
		! curl -s "$port" || return 1
	done
}

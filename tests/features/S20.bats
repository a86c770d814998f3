#!/usr/bin/env bats
# S20: a retired option in the configuration is a warning, an unknown one an
# error that names the nearest; neither lets a run begin with half a meaning.
load ../helpers

@test "retired: a warning, and what is instead; unknown: an error before anything is asked" {
	printf '[customers]\nguests = no\n[orders]\ndraft_status = Draft\n[salesforce]\nsecurity_token_file = x\n' >millrace.conf
	run_status 0 millrace config show --origin
	assert_output --partial "millrace.conf:2: warning: setting 'guests' in [customers] is retired: it is 'guests' in [guests] now"
	assert_output --partial "millrace.conf:4: warning: setting 'draft_status' in [orders] is retired"
	assert_output --partial "millrace.conf:6: warning: setting 'security_token_file' in [salesforce] is retired"
	refute_line --regexp '^customers\.guests'
	printf '[orders]\nautomatik = no\n[order]\nmode = queue\n' >>millrace.conf
	run_status 2 millrace config check
	assert_output --partial "millrace.conf:8: unknown setting 'automatik' in [orders]; did you mean 'automatic'?"
	assert_output --partial "millrace.conf:10: unknown section [order]; did you mean [orders]?"
	run_status 2 millrace nightly
	assert_output --partial "unknown setting 'automatik'"
	[ ! -e ledger.sqlite ]
}

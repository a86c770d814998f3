#!/usr/bin/env bats
# Lines for which an expression is true, byte for byte.
bats_require_minimum_version 1.5.0
load helpers

prepare()
{
	cat >in <<'EOF'
{"id":1,  "total":10.50,"tags":["a","b"]}
{"id":2,"total":7, "name":"\u00e9"}
{"verdict":"failed","object":"Order","key":"3"}
{"verdict":"created","object":"Order","key":"4"}
EOF
}

@test "what is picked is not touched" {
	run rec-pick '.total > 8' <in
	assert_success
	assert_output '{"id":1,  "total":10.50,"tags":["a","b"]}'
	run rec-pick '.name == "é"' <in
	assert_output '{"id":2,"total":7, "name":"\u00e9"}'
}

@test "verdicts are lines like others" {
	run rec-pick '.verdict == "failed"' <in
	assert_output '{"verdict":"failed","object":"Order","key":"3"}'
}

@test "--invert gives the rest" {
	cat <(rec-pick '.id' <in) <(rec-pick --invert '.id' <in) | cmp - in
}

@test "of several values the last counts, none is not true" {
	[ "$(rec-pick '.tags[]? == "b"' <in | wc -l)" -eq 1 ]
	[ "$(rec-pick '.tags[]? == "a"' <in | wc -l)" -eq 0 ]
	[ "$(rec-pick 'empty' <in | wc -l)" -eq 0 ]
}

@test "a line that cannot be asked is answered, a verdict passes" {
	{ echo nonsense; cat in; } >with
	run -1 rec-pick '.total + 1 > 0' <with
	[ "$(jq -rs 'map(.verdict // "line") | sort | unique | join(" ")' <<<"$output")" = 'created failed line rejected' ]
	run -1 rec-pick '.total - 1 > 0' <in <<<'{"total":"x"}'
	[ "$(jq -r .reason <<<"$output")" = mapping-error ]
	run -0 rec-pick '.total - 1 > 0' <<<'{"verdict":"failed"}'
	assert_output '{"verdict":"failed"}'
}

@test "settings are there with a configuration" {
	: >c.conf
	run rec-pick -c c.conf '.id == 1 and $orders.default_status == "Draft"' <in
	assert_line --partial '"id":1'
	run -2 rec-pick '$orders.default_status' <in
	assert_output --partial 'unknown variable $orders'
}

@test "a mistake, no expression, two of them" {
	run -2 rec-pick '.a = 1' <in
	assert_output --partial "a record is not changed; == compares"
	run -2 rec-pick <in
	run -2 rec-pick . . <in
}

@test "a full disk, a cut stream, a reader that leaves" {
	run -3 bash -c 'rec-pick . <in >/dev/full'
	run -3 rec-pick . < <(printf '{}\n{')
	for i in {1..50000}; do echo '{"id":1}'; done >many
	run -0 bash -c 'set -o pipefail; rec-pick . <many | head -1 >/dev/null'
}

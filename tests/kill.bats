#!/usr/bin/env bats
# sf-load and led-record killed: the same command again ends as undisturbed.
bats_require_minimum_version 1.5.0
load helpers

# All points, and thousands of instants: make torture.
# kills OPTION...
kills()
{
	run -0 "$REPO/tests/kill" -s "${MILLRACE_SEED:-1}" -p 25 -i 25 "$@"
	assert_line --regexp '^50 kills, 0 of them with another end'
}

@test "fifty kills by Bulk leave nothing behind" {
	kills
}

@test "fifty kills by Collections leave nothing behind" {
	kills -c
}

@test "a kill that is not healed is told" {
	# a led-record that forgets what it is given leaves the rows in flight
	mkdir bin
	cp "$MILLRACE_BIN"/* bin
	rm -f bin/led-record
	printf '#!/bin/sh\nexec cat\n' >bin/led-record
	chmod +x bin/led-record
	run -1 env MILLRACE_BIN="$PWD/bin" "$REPO/tests/kill" -k load:0.01
	assert_output --partial 'in flight'
}

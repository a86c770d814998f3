#!/usr/bin/env bats
# sf-load, led-record and mage-writeback killed: the same command again ends as undisturbed.
bats_require_minimum_version 1.5.0
load helpers

# All points, and thousands of instants: make torture.
# kills N OPTION...
kills()
{
	local n=$1
	shift
	run -0 "$REPO/tests/kill" -s "${MILLRACE_SEED:-1}" "$@"
	assert_line --regexp "^$n kills, 0 of them with another end"
	[ "${lines[-1]}" = "$n passed, 0 failed" ]
}

@test "fifty kills by Bulk leave nothing behind" {
	kills 50 -p 25 -i 25
}

@test "fifty kills by Collections leave nothing behind" {
	kills 50 -p 25 -i 25 -c
}

@test "the power lost twenty times, with all that the disk was not asked to keep" {
	kills 20 -d -p 20
	kills 20 -d -c -p 20
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

@test "kills of mage-writeback leave nothing behind, nothing doubled" {
	local mode
	for mode in save comment bulk; do
		run -0 "$REPO/tests/kill-tell" -m $mode -s "${MILLRACE_SEED:-1}" -p 10 -i 7
		assert_line --regexp "^17 kills of '$mode', 0 of them with another end"
	done
}

@test "a mage-writeback that does not go on where it was killed is told" {
	# the first run is as it should be, what comes after a kill does nothing
	mkdir bin
	cp "$MILLRACE_BIN"/* bin
	rm -f bin/mage-writeback
	printf '#!/bin/sh\n[ -e ran ] && exec cat\ntouch ran\nexec "%s/mage-writeback"\n' "$MILLRACE_BIN" >bin/mage-writeback
	chmod +x bin/mage-writeback
	run -1 env MILLRACE_BIN="$PWD/bin" "$REPO/tests/kill-tell" -k 0.001
	assert_output --partial 'another end'
}

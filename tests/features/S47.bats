#!/usr/bin/env bats
# S47: long work shows progress: on a terminal in one line, elsewhere in a line
# now and then.
load ../helpers
load features

@test "a resync on a terminal, and without one, against a slow org" {
	shop 18
	set_conf runs progress = 1s
	printf '%s\n' 1 2 3 4 >four
	faults sf '{"method":"PATCH","path":"/composite/sobjects","delay":1400}'
	NO_COLOR=1 TERM=xterm script -qefc 'stty cols 120; millrace resync customers --keys four' shown </dev/null >/dev/null 2>&1
	tr '\r' '\n' <shown >lines
	grep -E $'^\e\[Kcustomers\.load [0-9]+ of 4 \([0-9]+ %\)' lines
	# then the report, and one line as the last
	grep -q '^Verdicts: 8 created' lines
	grep -aE '^run-open: resync: all well: 8 created; .* status 0; ' lines
	[ "$(ask 'SELECT COUNT(Id) FROM Contact')" = 4 ]

	for id in 1 2 3 4; do
		edit customers "select(.id == $id) | .lastname = \"New $id\""
	done
	faults sf '{"method":"PATCH","path":"/composite/sobjects","delay":1400}'
	millrace resync customers --keys four >report 2>told
	grep -E '^run-open: customers\.load [0-9]+ of 4 ' told
	[ "$(grep -c $'[\e\r]' told report | paste -sd' ')" = 'told:0 report:0' ]
	[ "$(ask "SELECT COUNT(Id) FROM Contact WHERE LastName LIKE 'New%'")" = 4 ]
}

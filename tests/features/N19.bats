#!/usr/bin/env bats
# N19: one summary line, an exit code and a metrics file for monitoring.
load ../helpers
load features

# metric NAME{LABELS}: its value, where the configuration has the file
metric()
{
	sed -n "s/^$1 //p" "${file:-collector/millrace-resync.prom}"
}

@test "the line, the exit code and the file agree with what Salesforce has" {
	shop 18
	mkdir collector
	set_conf runs metrics = collector
	set_conf salesforce check_values = no
	edit customers 'select(.id == 2) | .lastname = ("x" * 90)'
	printf '%s\n' 1 2 3 >three
	began=$(date +%s)
	status=0
	millrace resync customers --keys three >report 2>told || status=$?
	[ "$status" -eq 1 ]
	run=$(basename "$(readlink -f runs/latest)")
	[ "$(wc -l <told)" -eq 1 ]
	grep -E "^run-open: resync: some records need a person: 5 created, 1 failed; [0-9.]+ s; [0-9]+ calls of magento; [0-9]+ calls of salesforce; status 1; $run$" told

	[ "$(stat -c %a collector/millrace-resync.prom)" = 644 ]
	cmp collector/millrace-resync.prom runs/latest/metrics.prom
	[ "$(metric 'millrace_run_status{kind="resync"}')" = 1 ]
	[ "$(metric 'millrace_run_start_timestamp_seconds{kind="resync"}')" -ge "$began" ]
	created=$(($(ask 'SELECT COUNT(Id) FROM Account') + $(ask 'SELECT COUNT(Id) FROM Contact')))
	[ "$(metric 'millrace_run_verdicts{kind="resync",verdict="created"}')" -eq "$created" ]
	[ "$(metric 'millrace_run_verdicts{kind="resync",verdict="failed"}')" -eq 1 ]
	[ "$(metric 'millrace_run_verdicts{kind="resync",verdict="held"}')" -eq 0 ]
	[ "$(metric 'millrace_run_reasons{kind="resync",map="contact",verdict="failed",reason="STRING_TOO_LONG"}')" -eq 1 ]
	[ "$(metric 'millrace_run_api_calls{kind="resync",system="magento"}')" -eq \
		"$(curl -sf "$MAGE_URL/sandbox/log" | jq -s 'map(select(.path | startswith("/rest/"))) | length')" ]

	# the text format: a sample a line, its family told before, none twice
	awk '/^# (HELP|TYPE) millrace_run_[a-z_]+ ./ { told[$3]++; next }
	    /^millrace_run_[a-z_]+\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\} [0-9.e+-]+$/ {
		name = $0; sub(/\{.*/, "", name)
		if (told[name] == 2 && !seen[$1]++) next }
	    { print "bad: " $0; bad = 1 }
	    END { exit bad }' collector/millrace-resync.prom

	# other kinds have files of their own, and a run that is well says so
	sync 0 queue run
	assert_line --regexp '^run-open: queue: all well: no verdicts; '
	[ "$(file=collector/millrace-queue.prom metric 'millrace_run_status{kind="queue"}')" = 0 ]
	[ "$(metric 'millrace_run_status{kind="resync"}')" = 1 ]
	# what only reads leaves them alone
	run_status 0 millrace plan customers --limit 0
	[ "$(ls collector | paste -sd' ')" = 'millrace-queue.prom millrace-resync.prom' ]
	# a folder that is gone is told, and no reason to fail
	mv collector elsewhere
	sync 0 queue run
	assert_line --partial 'no metrics for monitoring: '
}

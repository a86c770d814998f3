#!/usr/bin/env bats
# run-open: the lock, the folder, the audit around a command.
load helpers

prepare()
{
	printf '[ledger]\npath = led.db\n[runs]\nkeep_days = 30\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
}

# event N MEMBER: of the latest run's log
event()
{
	sed -n "${1}p" runs/latest/audit.ndjson | jq -r "$2"
}

@test "a run has a folder, a link and a log with a start and an end" {
	run_status 0 run-open nightly sh -c 'echo "$MILLRACE_RUN $MILLRACE_CONF"'
	assert_line --index 0 "$(readlink -f runs/latest) $WORK/m.conf"
	[[ $(readlink runs/latest) =~ ^20..-..-..T......Z-nightly$ ]]
	[ "$(wc -l <runs/latest/audit.ndjson)" -eq 2 ]
	[ "$(event 1 .event)/$(event 1 .kind)" = run-start/nightly ]
	[ "$(event 1 '.arguments[0]')" = sh ]
	[ "$(event 2 .event)/$(event 2 .status)" = run-end/0 ]
	[ "$(event 2 .before)" = "$(sed -n 1p runs/latest/audit.ndjson |
		tr -d '\n' | sha256sum | cut -d' ' -f1)" ]
	[ "$(stat -c %a runs/latest/audit.ndjson)" = 600 ]
	[ "$(stat -Lc %a runs/latest)" = 700 ]
}

@test "the end status is the command's; what is no status of ours is 3" {
	for s in 0 1 2 3 4; do run_status $s run-open nightly sh -c "exit $s"; done
	run_status 3 run-open nightly sh -c 'exit 77'
	[ "$(event 2 .status)" = 77 ]
	run_status 2 run-open nightly sh -c 'exit 127'
	run_status 2 run-open nightly no-such-program
	assert_output --partial "cannot run 'no-such-program'"
}

@test "two runs at once: the second is told who holds the lock, status 4" {
	run-open nightly sh -c 'echo go; exec sleep 30' >first 3>&- &
	pid=$!
	until [ -s first ]; do sleep 0.05; done
	run_status 4 run-open resync true
	assert_output --regexp 'another run holds the lock: 20.*-nightly, process [0-9]+, since 20.*Z'
	run_status 0 run-open --no-lock plan true
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	run_status 0 run-open resync true
}

@test "a signal is passed on, and the log says how it ended" {
	run-open nightly sh -c 'echo go; sleep 30 | sleep 30' >first 3>&- &
	pid=$!
	until [ -s first ]; do sleep 0.05; done
	kill -HUP $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	[ "$(event 2 .signal)" = HUP ]
}

@test "killed by kill -9, its children still hold the lock, then nobody" {
	run-open nightly sh -c 'echo $$; while [ ! -e done ]; do sleep 0.05; done' >first 3>&- &
	pid=$!
	until [ -s first ]; do sleep 0.05; done
	kill -KILL $pid
	wait $pid || true
	run_status 4 run-open resync true
	touch "$WORK/done"
	for _ in $(seq 100); do
		kill -0 "$(cat first)" 2>/dev/null || break
		sleep 0.05
	done
	run_status 0 run-open resync true
}

@test "the run's start repeats the hash of the log before" {
	run-open nightly true
	first=$(readlink runs/latest)
	hash=$(tail -n 1 runs/latest/audit.ndjson | tr -d '\n' | sha256sum | cut -d' ' -f1)
	run-open nightly true
	[ "$(event 1 '"\(.previous.run) \(.previous.hash)"')" = "$first $hash" ]
}

@test "copies older than keep_days go, their log says so, and stays" {
	old=runs/2020-01-02T030405Z-nightly
	run-open nightly run-stage a.extract echo x
	mkdir $old && cp runs/latest/* $old
	run-open nightly true
	[ ! -e $old/a.extract.ndjson.gz ]
	run tail -n 1 $old/audit.ndjson
	assert_output --partial '"event":"pruned","files":["a.extract.ndjson.gz"]'
	run_status 0 run-verify ./$old
	[ -e "$(dirname "$(readlink -f runs/latest)")"/*-nightly/a.extract.ndjson.gz ]
}

@test "stopped while copies of old runs go, it is no death" {
	old=runs/2020-01-02T030405Z-nightly
	run-open nightly run-stage a.extract echo x
	mkdir $old && cp runs/latest/* $old
	exec 5<$old/audit.ndjson
	flock 5		# its log waits
	run-open nightly true 3>&- 4>&- 5>&- &
	pid=$!
	while [ -e $old/a.extract.ndjson.gz ]; do sleep 0.05; done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	assert_equal "$status" 143
	exec 5>&-
	run_status 0 run-open nightly true
	refute_output --partial died
}

@test "e-mail addresses in arguments are hidden in the log, equal ones alike" {
	run-open resync sh -c true --where 'email eq Ann@Shop.example' guest:ann@shop.example
	run cat runs/latest/audit.ndjson
	refute_output --partial -i ann
	[ "$(event 1 '.arguments[4]' | grep -o 'email:.*')" = \
		"$(event 1 '.arguments[5]' | grep -o 'email:.*')" ]
	[[ $(event 1 '.arguments[4]') =~ ^email\ eq\ email:[0-9a-f]{16}$ ]]
}

@test "what is wrong with the call or the set-up is status 2" {
	run_status 2 run-open
	run_status 2 run-open nightly
	run_status 2 run-open ../x true
	run_status 2 run-open --nolock plan true
	assert_output --partial "did you mean '--no-lock'"
	MILLRACE_CONF=/nonexistent run_status 2 run-open nightly true
}

@test "a full disk: no log, no run" {
	[ -w /dev/full ] || skip "no /dev/full"
	mkdir runs && ln -s /dev/full runs/audit.key
	run_status 2 run-open nightly true
}

@test "a closed standard error is no lock's; a run whose log cannot be ended is told, and not as dead" {
	run-open nightly sh -c 'readlink /proc/self/fd/2 /proc/self/fd/0' >fds <&- 2>&-
	assert_equal "$(cat fds)" $'/dev/null\n/dev/null'
	run_status 3 bash -c 'run-open --version >&-'
	printf '[ledger]\npath = led.db\n[runs]\nalert = tee -a %s/told\n' "$WORK" >m.conf
	run_status 3 run-open nightly sh -c 'rm -r "$MILLRACE_RUN"'
	assert [ ! -s led.db.lock ]
	assert_equal "$(grep -c 'nightly.* broke: .*No such file' told)" 1
}

@test "no room for the progress of the stages: a run without" {
	unshare -rm true 2>/dev/null || skip "no mounts here"
	run_status 0 unshare -rm bash -c 'mkdir small && mount -t tmpfs -o size=16k,mode=700 none small && cp m.conf small &&
		cd small && MILLRACE_CONF=$PWD/m.conf run-open nightly sh -c "echo works"'
	assert_line works
}

@test "an alert is told of a broken pipe, as anybody is" {
	printf '[ledger]\npath = led.db\n[runs]\nalert_from = records\nalert = %s/tell\n' "$WORK" >m.conf
	printf '#!/bin/bash\n(yes; echo $? >told) 2>&1 | true\n' >tell
	chmod +x tell
	run_status 1 run-open nightly false
	until [ -s told ]; do sleep 0.05; done
	assert_equal "$(cat told)" 141
}

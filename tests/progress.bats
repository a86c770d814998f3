#!/usr/bin/env bats
# Progress: one line for all stages of a run on a terminal, now and then one
# elsewhere; it is never in the way.
load helpers

prepare()
{
	printf '[ledger]\npath = led.db\n[runs]\nprogress = 1s\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf TERM=xterm
	# Ten records, of which a load refuses those with a 3; it goes on when
	# the file "seen" is there.
	cat >pipe.sh <<-'END'
	run-stage orders.extract seq -f '{"id":%.0f}' 10 |
		run-stage orders.load bash -c '
			while read -r line && ((++n <= 5)); do
				v=created; ((n != 3)) || v=failed
				echo "{\"verdict\":\"$v\",\"source\":\"orders/$n\"}"
			done
			for ((i = 0; i < 400; i++)); do
				[ ! -e seen ] || break
				sleep 0.05
			done' >/dev/null
	echo report
	END
}

# until_shown PATTERN: then lets the pipeline go on
until_shown()
{
	for ((i = 0; i < 300; i++)); do
		! tr '\r' '\n' <shown 2>/dev/null | grep -qE "$1" || break
		sleep 0.05
	done
	touch seen
}

# on_terminal COMMAND: what the terminal got is in "shown"
on_terminal()
{
	: >shown
	script -qefc "$1" shown </dev/null >/dev/null 2>&1 3>&- &
}

@test "on a terminal: stage, done, total, rate, time left, failures; then it is gone" {
	on_terminal 'stty cols 100; run-open nightly bash pipe.sh'
	until_shown '5 of 10'
	wait
	tr '\r' '\n' <shown | grep -E '^.\[Korders\.load 5 of 10 \(50 %\), [0-9.]+/s, 0:[0-9]+ left, 1 failed$'
	# the line is taken away before the report begins, and one says the sum
	tr -d '\n' <shown | grep -qF $'left, 1 failed\r\r\e[Kreport\r'
	grep -a 'run-open: nightly: all well: 4 created, 1 failed; .* status 0; 20.*-nightly' shown
	[ ! -e runs/latest/.progress ]
}

@test "a narrow terminal, and one that is resized: never a second line" {
	on_terminal 'stty cols 12; (sleep 0.9; stty cols 24) & run-open nightly bash pipe.sh'
	until_shown 'orders\.load 5 of 10 \(5$'
	wait
	tr '\r' '\n' <shown | grep -qE $'^\e\[Korders.load$'
	# as wide as it was told, less the last column
	[ "$(tr '\r' '\n' <shown | sed -n 's/^\x1b\[K\(orders.*\)$/\1/p' | wc -L)" -le 23 ]
}

@test "a dumb terminal, and none: a line now and then, no control characters" {
	on_terminal 'TERM=dumb run-open nightly bash pipe.sh'
	until_shown 'run-open: orders\.load 5 of 10'
	wait
	[ "$(grep -c $'\e' shown)" -eq 0 ]
	rm seen
	run-open nightly bash pipe.sh >shown 2>&1 3>&- &
	until_shown 'run-open: orders\.load 5 of 10 \(50 %\), .* left, 1 failed$'
	wait
	[ "$(grep -c '[[:cntrl:]]' shown)" -eq 0 ]
	tail -n 1 shown | grep '^run-open: nightly: all well: '
	# NO_COLOR is about colours; there are none
	rm seen
	on_terminal 'NO_COLOR=1 run-open nightly bash pipe.sh'
	until_shown '5 of 10'
	wait
	[ "$(grep -ac $'\e\[[0-9;]*m' shown)" -eq 0 ]
}

@test "quiet, and progress = 0: nothing is told" {
	touch seen
	run_status 0 run-open -q nightly bash pipe.sh
	assert_output report
	sed -i 's/1s/0/' m.conf
	rm seen
	(sleep 1.5; touch seen) 3>&- &
	run_status 0 run-open --no-lock plan bash pipe.sh
	assert_output report
}

@test "who is told is gone, or was never there: the run goes on" {
	for to in '2>&-' '2>/dev/full' '2> >(exit)'; do
		rm -f seen
		(sleep 1.2; touch seen) 3>&- &
		run_status 0 bash -c "run-open nightly bash pipe.sh $to"
		assert_line report
		wait
	done
}

@test "messages stand on lines of their own; a killed stage leaves no line" {
	cat >tell.sh <<-'END'
	run-stage orders.extract bash -c 'echo "{}"; for ((i = 0; i < 400; i++)); do [ ! -e seen ] || break; sleep 0.05; done; led nosuch; kill -9 $PPID; sleep 0.2'
	sleep 0.7
	echo report
	END
	on_terminal 'stty cols 80; run-open nightly bash tell.sh'
	until_shown 'orders\.extract 1'
	wait
	grep -aq $'\e\[Kled: unknown verb' shown
	grep -aF $'\e[Kreport' shown || grep -a $'^report' shown
}

@test "a file that is none of ours is left alone" {
	echo 'not ours' >other
	for name in other nosuch other:3 other:x "$WORK" ''; do
		MILLRACE_RUN=$WORK MILLRACE_PROGRESS=$name run_status 0 run-stage a.map echo '{}'
		assert_line '{}'
	done
	[ "$(cat other)" = 'not ours' ]
}

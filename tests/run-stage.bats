#!/usr/bin/env bats
# run-stage: a stage of a run is counted and kept, and not changed.
load helpers

prepare()
{
	mkdir runs runs/2026-11-21T020000Z-test
	export MILLRACE_RUN=$WORK/runs/2026-11-21T020000Z-test
	LOG=$MILLRACE_RUN/audit.ndjson
}

ended()
{
	tail -n 1 "$LOG" | jq -r "$1"
}

@test "outside a run it is the command" {
	unset MILLRACE_RUN
	run_status 7 run-stage a.map sh -c 'echo hello; exit 7'
	assert_output hello
	run_status 2 run-stage a.map no-such-program
}

@test "lines, bytes, digest and status are those of the command" {
	run-stage a.extract seq 1 1000 >out
	cmp out <(seq 1 1000)
	[ "$(ended '"\(.lines) \(.bytes) \(.status)"')" = "1000 3893 0" ]
	[ "$(ended .sha256)" = "$(seq 1 1000 | sha256sum | cut -d' ' -f1)" ]
	run_status 1 run-stage a.extract sh -c 'exit 1'
	[ "$(ended .status)" = 1 ]
}

@test "the copy is whole, private and equal, in members that stand alone" {
	seq 1 2000000 >in
	run-stage a.extract cat in >out
	cmp in out
	copy=$MILLRACE_RUN/a.extract.ndjson.gz
	[ "$(stat -c %a "$copy")" = 600 ]
	gzip -dc "$copy" | cmp - in
	[ "$(grep -c $'\x1f\x8b\x08' -a "$copy")" -ge 2 ]
	[ "$(ended .kept)" = a.extract.ndjson.gz ]
}

@test "what is kept is what [runs] keep names" {
	for keep in none "" "load, map" orders.extract; do
		MILLRACE_KEEP=$keep run-stage a.extract echo x
		[ "$(ended .kept)" = null ]
	done
	for keep in all extract "map,extract" a.extract; do
		rm -f "$MILLRACE_RUN"/*.gz
		MILLRACE_KEEP=$keep run-stage a.extract echo x
		[ "$(ended .kept)" = a.extract.ndjson.gz ]
	done
	run-stage a.extract echo y
	[ "$(ended .kept)" = a.extract-2.ndjson.gz ]
}

@test "verdicts are counted by map, verdict and reason; messages are not kept" {
	cat >in <<-'END'
	{"id":1}
	{"object":"Order","map":"order","phase":20,"source":"orders/1","key":"1","fields":{}}
	{"object":"OrderItem","map":"order-item","phase":30,"source":"orders/1","key":"9","id":"802","delete":true}
	{"object":"OrderItem","map":"order-item","phase":30,"source":"orders/1","key":"9","fields":{"X":"\"delete\":true"}}
	{"verdict":"failed","reason":"REQUIRED_FIELD_MISSING","message":"Ann \"said\" {\\","object":"Order","map":"order","source":"orders/2"}
	{"verdict":"failed","reason":"Ann said: a b","object":"Order","map":"order","source":"orders/3"}
	{"verdict":"created","object":"Order","map":"order","source":"orders/4"}
	{"verdict":"created","object":"Order","map":"order","source":"orders/5"}
	{"verdict":"created","object":"magento/orders","source":"orders/5"}
	END
	run-stage a.load cat in >/dev/null
	[ "$(ended '"\(.records) \(.payloads) \(.verdicts) \(.deletes) \(.told) \(.sources)"')" = \
		"1 3 5 1 1 5" ]
	run ended '.counts|map("\(.map) \(.verdict) \(.reason) \(.lines)")|.[]'
	assert_output - <<-'END'
	 created null 1
	order created null 2
	order failed REQUIRED_FIELD_MISSING 1
	order failed other 1
	END
	run cat "$LOG"
	refute_output --partial Ann
}

@test "a line is known however the command cuts its writes" {
	run-stage a.load sh -c 'printf "{\"verd"; sleep 0.1; printf "ict\":\"created\",\"object\":\"A\","
		sleep 0.1; printf "\"map\":\"a\"}\n{\"verdict\":\"held\",\"map\":\"b\"}\n"' >/dev/null
	[ "$(ended '.counts|map("\(.map) \(.verdict)")|join(",")')" = "a created,b held" ]
}

@test "the end of a command by a signal is told as a shell tells it" {
	run_status 137 run-stage a.load sh -c 'echo x; kill -9 $$'
	[ "$(ended .signal)" = KILL ]
	[ "$(ended .lines)" = 1 ]
}

@test "a reader that leaves ends the command quietly" {
	run-stage a.extract sh -c 'exec yes' | head -n 1 >out
	[ "$(cat out)" = y ]
	for _ in $(seq 100); do
		[ "$(ended .event)" = stage-end ] && break
		sleep 0.05
	done
	[ "$(ended .reader)" = left ]
}

@test "neighbours in a pipe name the same pipe" {
	run-stage a.extract echo 1 | run-stage a.map cat | cat
	w=$(grep stage-start "$LOG" | jq -r 'select(.stage=="a.extract").writes')
	r=$(grep stage-start "$LOG" | jq -r 'select(.stage=="a.map").reads')
	[[ $w =~ ^pipe: ]]
	[ "$w" = "$r" ]
}

@test "eight stages at once write one chain" {
	for i in 1 2 3 4 5 6 7 8; do run-stage s.$i echo $i >/dev/null & done
	wait
	[ "$(wc -l <"$LOG")" -eq 16 ]
	[ "$(jq -s 'map(.n) == [range(1;17)]' "$LOG")" = true ]
	before=$(printf '0%.0s' {1..64})
	while IFS= read -r line; do
		[ "$(jq -r .before <<<"$line")" = "$before" ]
		before=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
	done <"$LOG"
}

@test "a torn tail is cut off and noted" {
	run-stage a.map echo 1 >/dev/null
	printf '{"audit":1,"n":3,"bef' >>"$LOG"
	run-stage b.map echo 1 >/dev/null
	[ "$(jq -s 'map(.event)|join(",")' "$LOG")" = \
		'"stage-start,stage-end,torn,stage-start,stage-end"' ]
	[ "$(jq -s '.[2].bytes' "$LOG")" = 21 ]
}

@test "what cannot be written is broken, status 3" {
	[ -w /dev/full ] || skip "no /dev/full"
	run_status 3 bash -c 'run-stage a.map echo x >/dev/full'
	assert_output --partial "cannot write"
	chmod 500 "$MILLRACE_RUN"
	[ "$(id -u)" -eq 0 ] || run_status 3 run-stage a.map echo x
	chmod 700 "$MILLRACE_RUN"
}

@test "a full disk: the stream goes on whole, the lost copy is told, status 3" {
	mount -t tmpfs -o size=256k none "$MILLRACE_RUN" 2>/dev/null ||
		skip "cannot mount a small disk here"
	head -c 3000000 /dev/urandom | base64 >in
	status=0
	run-stage a.map cat in >out 2>err || status=$?
	ls "$MILLRACE_RUN" >left
	umount "$MILLRACE_RUN"
	[ "$status" -eq 3 ]
	cmp in out
	grep -q 'no copy is kept: .*No space left' err
	[ "$(cat left)" = audit.ndjson ]
}

@test "a signal to the stage is passed on, and its end is noted" {
	run-stage a.load sh -c 'echo go; exec sleep 30' >first 3>&- &
	pid=$!
	until [ -s first ]; do sleep 0.05; done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
	[ "$(ended .signal)" = TERM ]
}

@test "wrong calls are status 2" {
	run_status 2 run-stage
	run_status 2 run-stage a.map
	run_status 2 run-stage a/b cat
}

#!/usr/bin/env bats
# led-record: what is passed is on disk; kills, two at once, full disks.

load helpers

prepare()
{
	printf '[magento]\nurl = http://shop.test/\n[ledger]\npath = %s/ledger.sqlite\n' "$WORK" >m.conf
	export MILLRACE_CONF=$WORK/m.conf MILLRACE_RUN=/runs/one
}

# verdicts FROM TO [HASH]: as sf-load gives them
verdicts()
{
	awk -v a="$1" -v b="$2" -v h="${3:-h}" 'BEGIN { for (i = a; i <= b; i++)
		printf "{\"verdict\":\"created\",\"object\":\"A\",\"map\":\"m\",\"source\":\"customers/%d\",\"key\":\"%d\",\"rev\":\"1\",\"id\":\"001%015d\",\"hash\":\"%s\"}\n", i, i, i, h }'
}

# All that matters of the ledger, without times.
dump()
{
	sqlite3 "${1:-ledger.sqlite}" "SELECT * FROM record ORDER BY 1, 2;
		SELECT map, key, object, source, hash, rev, run, sent, tried, tried_rev,
		verdict, reason, message, attempts FROM entry ORDER BY 1, 2;
		SELECT * FROM flight; SELECT * FROM run"
}

@test "lines pass byte for byte; payloads and store verdicts are not remembered" {
	{ verdicts 1 1
	echo '{"verdict":"updated",   "object":"magento/orders","map":"x","source":"orders/1","key":"1"}'
	echo '{"object":"A","map":"m","source":"customers/2","key":"2","fields":{}}'
	echo '{"verdict":"rejected","reason":"bad-json","bytes":"eA=="}'; } >in
	run_status 0 bash -c 'led-record <in >out'
	cmp in out
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM entry')" = 1 ]
	[ "$(stat -c %a ledger.sqlite)" = 600 ]
	[ "$(sqlite3 ledger.sqlite 'SELECT name FROM run')" = one ]
}

@test "a bad line in the middle is answered in its place" {
	{ verdicts 1 1; echo nonsense; verdicts 2 2; } >in
	run_status 1 bash -c 'led-record <in 2>/dev/null'
	[ "$(jq -r .verdict <<<"$output" | paste -sd,)" = created,rejected,created ]
}

@test "what the run did not come to is no attempt, and stays in flight" {
	verdicts 1 2 >in
	led-record <in >/dev/null
	jq -c '.verdict = "failed" | .reason = "X" | .hash = "n"' in >failed
	led-record <failed >/dev/null
	for n in 1 2; do
		fly m "$n" "customers/$n"
	done
	{ sed -n 1p failed | jq -c '.verdict = "waiting" | .reason = "not-sent"'
	sed -n 2p failed | jq -c '.verdict = "waiting" | .reason = "limit-near"'; } | led-record >/dev/null
	[ "$(sqlite3 ledger.sqlite 'SELECT key, attempts, tried FROM entry' | paste -sd,)" = '1|1|n,2|1|n' ]
	[ "$(sqlite3 ledger.sqlite 'SELECT sum(n) FROM flight')" = 2 ]
	[ "$(led due customers)" = 1 ]
	led-record <in >/dev/null
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM flight')" = 0 ]
}

@test "verdicts are passed on while the writer pauses" {
	verdicts 1 3 >in
	mkfifo pipe
	led-record <pipe >out &
	pid=$!
	exec 9>pipe
	cat in >&9
	for _ in $(seq 100); do [ -s out ] && break; sleep 0.05; done
	cmp in out
	exec 9>&-
	wait $pid
}

@test "kill -9 in the middle and again: the same ledger, nothing passed is lost" {
	verdicts 1 35000 >in
	led-record <in >whole
	dump >want
	mkfifo slow
	for at in 0.05 0.2 0.5; do
		rm -f ledger.sqlite*
		# a pause, so that there are two batches
		{ head -n 20000 in; sleep 0.4; tail -n +20001 in; } >slow 2>/dev/null &
		led-record <slow >out &
		pid=$!
		sleep $at
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		# what was passed is there
		passed=$(tail -n 1 out | jq -r .key 2>/dev/null || true)
		if [ -n "$passed" ]; then
			[ "$(sqlite3 ledger.sqlite "SELECT count(*) FROM entry WHERE key = '$passed'")" = 1 ]
		fi
		led-record <in >again
		cmp whole again
		dump | cmp - want
	done
}

@test "two programs at once: all is there, nobody fails" {
	verdicts 1 20000 >a
	verdicts 20001 40000 >b
	led-record <a >a.out & p=$!
	led-record <b >b.out & q=$!
	wait $p
	wait $q
	cmp a a.out
	cmp b b.out
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM entry')" = 40000 ]
	[ "$(sqlite3 ledger.sqlite 'PRAGMA integrity_check')" = ok ]
}

@test "eight programs make a new ledger at once" {
	for i in 1 2 3 4 5 6 7 8; do
		verdicts $i $i >in.$i
		led-record <in.$i >/dev/null 2>err.$i &
		echo $! >>pids
	done
	while read -r p; do wait "$p"; done <pids
	cat err.*
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM entry')" = 8 ]
}

@test "recall reads while record writes" {
	verdicts 1 30000 >v
	led-record <v >/dev/null
	verdicts 1 30000 other >v2
	awk 'BEGIN { for (i = 1; i <= 30000; i++) printf "{\"object\":\"A\",\"map\":\"m\",\"source\":\"customers/%d\",\"key\":\"%d\",\"rev\":\"1\",\"fields\":{}}\n", i, i }' >p
	led-record <v2 >/dev/null & q=$!
	led-recall <p >out
	wait $q
	[ "$(grep -c '"id":"001' out)" -eq 30000 ]
}

@test "a full disk: status 3, and what was not recorded is not passed" {
	verdicts 1 60000 >in
	run_status 3 bash -c 'ulimit -f 2000; trap "" XFSZ; led-record <in 2>err | cat >/dev/null
		s=${PIPESTATUS[0]}; cat err; exit $s'
	[[ "$output" == *ledger* ]]
	[ "$(sqlite3 ledger.sqlite 'PRAGMA integrity_check')" = ok ]
	run_status 0 bash -c 'led-record <in >out'
	cmp in out
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM entry')" = 60000 ]
}

@test "a small tmpfs" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	mkdir small
	mount -t tmpfs -o size=256k tmpfs small 2>/dev/null || skip "no mount"
	sed -i "s,path.*,path = $WORK/small/ledger.sqlite," m.conf
	verdicts 1 5000 >in
	run led-record <in
	umount small
	[ "$status" -eq 3 ]
	[[ "$output" == *full* ]] || [[ "$output" == *"disk I/O error"* ]]
}

@test "a read-only ledger: status 2, nothing is read" {
	verdicts 1 1 | led-record >/dev/null
	if [ "$(id -u)" -eq 0 ]; then
		chattr +i ledger.sqlite 2>/dev/null || skip "root writes everywhere"
	else
		chmod 400 ledger.sqlite
	fi
	run bash -c 'echo x | led-record'
	chattr -i ledger.sqlite 2>/dev/null || chmod 600 ledger.sqlite
	[ "$status" -eq 2 ]
	[[ "$output" == *ledger* ]]
}

@test "a folder that is not there: status 2" {
	sed -i "s,path.*,path = $WORK/none/ledger.sqlite," m.conf
	run_status 2 bash -c 'echo x | led-record'
	[[ "$output" == *"No such file or directory"* ]]
}

@test "a damaged page: an error, never a silent loss" {
	verdicts 1 5000 | led-record >/dev/null
	dd if=/dev/urandom of=ledger.sqlite bs=4096 seek=20 count=60 conv=notrunc 2>/dev/null
	verdicts 1 5000 other >in
	run bash -c 'led-record <in >out'
	[ "$status" -ge 2 ]
	[[ "$output" == *"ledger"* ]]
	[ ! -s out ]
}

@test "shared keys: a lower source does not take the entry over" {
	v() { printf '{"verdict":"%s","reason":"%s","object":"A","map":"m","source":"orders/%s","key":"k","rev":"1","id":"001000000000000001","hash":"%s"}\n' "$@"; }
	v created "" 10 h10 | led-record >/dev/null
	v skipped same-key 9 h9 | led-record >/dev/null
	[ "$(sqlite3 ledger.sqlite 'SELECT source, hash, verdict FROM entry')" = "orders/10|h10|created" ]
	v unchanged "" 11 h10 | led-record >/dev/null
	[ "$(sqlite3 ledger.sqlite 'SELECT source, hash FROM entry')" = "orders/11|h10" ]
}

@test "an unchanged record costs no write" {
	verdicts 1 3 | led-record >/dev/null
	before=$(sqlite3 ledger.sqlite 'SELECT max(changed), max(run) FROM entry')
	sleep 1.1
	verdicts 1 3 | sed 's/created/unchanged/' | MILLRACE_RUN=/runs/two led-record >/dev/null
	[ "$(sqlite3 ledger.sqlite 'SELECT max(changed), max(run) FROM entry')" = "$before" ]
}

@test "verdicts that keep on coming are passed on before they end" {
	mkfifo pipe
	led-record <pipe >out &
	pid=$!
	exec 9>pipe
	for i in $(seq 80); do
		verdicts "$i" "$i" >&9
		[ ! -s out ] || break
		sleep 0.1
	done
	[ -s out ]
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM entry')" -ge "$(wc -l <out)" ]
	exec 9>&-
	wait $pid
}

@test "verdicts in any order leave the same ledger; those of one key count in their order" {
	{ verdicts 1 3000; verdicts 100 200 later; } >in
	led-record <in >/dev/null
	dump >want
	[ "$(sqlite3 ledger.sqlite "SELECT count(*) FROM entry WHERE hash = 'later'")" = 101 ]
	rm ledger.sqlite
	{ verdicts 1 3000 | shuf; verdicts 100 200 later | tac; } >in
	run_status 0 bash -c 'led-record <in >out'
	cmp in out
	dump | cmp - want
}

@test "300,000 verdicts take no more memory than 140,000, and at most 46 MB" {
	[[ $MILLRACE_BIN != */san/* ]] || skip "sanitizers take memory"
	command -v /usr/bin/time >/dev/null || skip "no /usr/bin/time"
	small=$(verdicts 1 140000 | /usr/bin/time -f %M led-record 2>&1 >/dev/null | tail -1)
	rm -f ledger.sqlite*
	big=$(verdicts 1 300000 | /usr/bin/time -f %M led-record 2>&1 >/dev/null | tail -1)
	echo "$small KB, $big KB"
	[ "$big" -lt $((46 * 1024)) ]
	[ "$big" -lt $((small + 4096)) ]
}

@test "an output that is full" {
	verdicts 1 3 >in
	run_status 3 bash -c 'led-record <in >/dev/full'
	run_status 3 bash -c 'printf "{\"verdict\"" | led-record'
}

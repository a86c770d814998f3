#!/usr/bin/env bats
# led-recall: ids, unchanged, steps, shared and repeated keys, attempts.

load helpers

prepare()
{
	printf '[magento]\nurl = http://shop.test/\n[ledger]\npath = ledger.sqlite\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
}

# payload MAP OBJECT SOURCE KEY FIELDS [MORE]: one payload line
payload()
{
	printf '{"object":"%s","map":"%s","phase":10,"source":"%s","key":"%s"%s,"rev":"%s","fields":%s}\n' \
		"$2" "$1" "$3" "$4" "${6:-}" "${REV:-1}" "$5"
}

# All that goes on becomes `created`, as sf-load would say it.
load_all()
{
	jq -c 'if .verdict then . else
	    {verdict:"created"} + (del(.fields,.with,.phase,.only,.shared,.quiet)
	    | .id //= "001000000000" + (.key + "000000")[:6]) end'
}

# The verdict, or "goes", of each line.
fates()
{
	jq -r '.map + " " + (.verdict // "goes") + (if .reason then " " + .reason else "" end)'
}

# An order as four maps give it: order HEADER ITEM [ITEM...]
order()
{
	local header=$1 n=0
	shift
	printf '{"object":"Order","map":"order-draft","phase":10,"source":"orders/7","key":"7","with":["order","order-item","order-activate"],"only":"update","quiet":["Status"],"rev":"1","fields":{"Status":"Draft"}}\n'
	printf '{"object":"Order","map":"order","phase":20,"source":"orders/7","key":"7","rev":"1","fields":{"H":"%s"}}\n' "$header"
	for i in "$@"; do
		n=$((n + 1))
		printf '{"object":"OrderItem","map":"order-item","phase":30,"source":"orders/7","key":"7-%s","parent":"Order/7","rev":"1","fields":{"I":"%s"}}\n' $n "$i"
	done
	printf '{"object":"Order","map":"order-activate","phase":40,"source":"orders/7","key":"7","with":["order","order-item"],"rev":"1","fields":{"Status":"Activated"}}\n'
}

@test "unknown payloads go on with a hash, and children is eaten" {
	payload account Account customers/1 1 '{"Name":"x"}' ',"children":{"c":{"phase":20,"keys":["1"]}}' >in
	run_status 0 bash -c 'led-recall <in'
	[ "$(jq -r .hash <<<"$output" | wc -c)" -eq 65 ]
	[ "$(jq -r 'has("children") or has("id") or has("verdict")' <<<"$output")" = false ]
}

@test "what was sent is unchanged, with its id; new data goes on with the id" {
	payload account Account customers/1 1 '{"Name":"x"}' >in
	led-recall <in | load_all | led-record >v
	run_status 0 bash -c 'led-recall <in'
	[ "$(jq -r '.verdict + .id' <<<"$output")" = "unchanged$(jq -r .id v)" ]
	payload account Account customers/1 1 '{"Name":"y"}' >in
	run_status 0 bash -c 'led-recall <in'
	[ "$(jq -r '(.verdict // "goes") + .id' <<<"$output")" = "goes$(jq -r .id v)" ]
}

@test "quiet fields are no change; own fields of adopted records neither" {
	payload account Account customers/1 1 '{"A":1,"T":"1"}' ',"own":["A"],"quiet":["T"]' >in
	led-recall <in | load_all | jq -c '.adopted = true' >v
	# sf-match gives the hash of what is really sent to an adopted record
	payload account Account customers/1 1 '{}' >empty
	hash=$(led-recall <empty | jq -r .hash)
	jq -c --arg h "$hash" '.hash = $h' v | led-record >/dev/null
	payload account Account customers/1 1 '{"A":2,"T":"2"}' ',"own":["A"],"quiet":["T"]' >in
	[ "$(led-recall <in | fates)" = "account unchanged" ]
	payload account Account customers/1 1 '{"A":2,"B":1,"T":"2"}' ',"own":["A"],"quiet":["T"]' >in
	[ "$(led-recall <in | fates)" = "account goes" ]
}

@test "10.50 is not 10.5: the hash is of bytes" {
	payload account Account customers/1 1 '{"A":10.50}' >in
	led-recall <in | load_all | led-record >v
	payload account Account customers/1 1 '{"A":10.5}' >in
	[ "$(led-recall <in | fates)" = "account goes" ]
}

@test "--again: ids, but nothing is unchanged" {
	order h a >in
	led-recall <in | load_all | led-record >/dev/null
	run_status 0 bash -c 'led-recall --again <in'
	[ "$(fates <<<"$output" | cut -d" " -f2 | sort -u)" = goes ]
	[ "$(jq -r .id <<<"$output" | grep -c 001)" -eq 4 ]
}

@test "a repeated key is rejected, but not a shared one" {
	{ payload m A customers/1 k '{}'; payload m A customers/2 k '{}'
	payload n A customers/2 k '{}'; } >in
	run_status 1 bash -c 'led-recall <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "m goes,m rejected duplicate-key,n goes" ]
	[ "$(jq -r 'select(.verdict).fields' <<<"$output")" = "{}" ]
	sed -i 's/,"rev"/,"shared":true,"rev"/' in
	run_status 0 bash -c 'led-recall <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "m goes,m goes,n goes" ]
}

@test "shared: the highest source wins, by number and not by text" {
	payload m A orders/10 k '{"v":10}' ',"shared":true' >in
	led-recall <in | load_all | led-record >/dev/null
	payload m A orders/9 k '{"v":9}' ',"shared":true' >in
	[ "$(led-recall <in | fates)" = "m skipped same-key" ]
	led-recall <in | led-record >/dev/null
	payload m A orders/11 k '{"v":10}' ',"shared":true' >in
	[ "$(led-recall <in | fates)" = "m unchanged" ]
	led-recall <in | led-record >/dev/null
	payload m A orders/10 k '{"v":9}' ',"shared":true' >in
	[ "$(led-recall <in | fates)" = "m skipped same-key" ]
}

@test "shared: a higher source that is not due yet stands for nothing" {
	waits='{"verdict":"waiting","reason":"not-paid","object":"A","map":"m","source":"orders/10","key":"k"}'
	led-record <<<"$waits" >/dev/null
	payload m A orders/9 k '{"v":9}' ',"shared":true' >in
	[ "$(led-recall <in | fates)" = "m goes" ]
	led-recall <in | load_all | led-record >/dev/null
	# nor does it take over what the lower one brought
	led-record <<<"$waits" >/dev/null
	[ "$(led-recall <in | fates)" = "m unchanged" ]
	payload m A orders/9 k '{"v":8}' ',"shared":true' >in
	[ "$(led-recall <in | fates)" = "m goes" ]
}

@test "steps: a new order goes whole, an unchanged one not at all" {
	order h a b >in
	[ "$(led-recall <in | fates | grep -c goes)" -eq 5 ]
	led-recall <in | load_all | led-record >/dev/null
	[ "$(led-recall <in | fates | grep -c unchanged)" -eq 5 ]
}

@test "steps: one changed line takes draft and activation with it" {
	order h a b >in
	led-recall <in | load_all | led-record >/dev/null
	order h a c >in
	[ "$(led-recall <in | fates | paste -sd,)" = \
		"order-draft goes,order unchanged,order-item unchanged,order-item goes,order-activate goes" ]
}

@test "what is only to be inserted is left alone with its children" {
	order h a b | sed 's/"map":"order","phase":20,/&"only":"insert",/' >in
	[ "$(led-recall <in | fates | grep -c goes)" -eq 5 ]
	led-recall <in | load_all | led-record >/dev/null
	[ "$(led-recall <in | fates | grep -c unchanged)" -eq 5 ]
	order h a c | sed 's/"map":"order","phase":20,/&"only":"insert",/' >in
	[ "$(led-recall <in | fates | paste -sd,)" = \
		"order-draft unchanged,order unchanged,order-item unchanged,order-item skipped only-insert,order-activate unchanged" ]
	# a line that was never made still goes
	order h a b z | sed 's/"map":"order","phase":20,/&"only":"insert",/' >in
	[ "$(led-recall <in | fates | paste -sd,)" = \
		"order-draft goes,order unchanged,order-item unchanged,order-item unchanged,order-item goes,order-activate goes" ]
}

@test "a delete that was taken out of the queue stays out, until the record changes" {
	{ payload p A x/1 1 '{"F":1}'; payload c B x/1 1-1 '{}' ',"parent":"A/1"'; } >in
	led-recall <in | load_all | led-record >/dev/null
	payload p A x/1 1 '{"F":1}' ',"children":{"c":{"phase":10,"keys":[],"rev":"1"}}' >in
	[ "$(led-recall --queue <in | tee queued | fates | sort | paste -sd,)" = "c waiting queued,p unchanged" ]
	led-record <queued >/dev/null
	led dequeue x/1
	[ "$(led-recall <in | fates | sort | paste -sd,)" = "c skipped dequeued,p unchanged" ]
	sed 's/"F":1/"F":2/' in >changed
	[ "$(led-recall <changed | fates | sort | paste -sd,)" = "c goes,p goes" ]
}

@test "steps: an activation that failed is due alone, with its draft" {
	order h a >in
	led-recall <in | load_all | jq -c 'if .map == "order-activate" then
		.verdict = "failed" | .reason = "FAILED_ACTIVATION" else . end' |
		led-record >/dev/null
	[ "$(led-recall <in | fates | paste -sd,)" = \
		"order-draft goes,order unchanged,order-item unchanged,order-activate goes" ]
}

@test "steps: lines sent in a later run than the last activation" {
	order h a >in
	led-recall <in | load_all | led-record >/dev/null
	# the next run died after the line was recorded, before the activation
	order h b >in
	led-recall <in | load_all | grep order-item | led-record >/dev/null
	[ "$(led-recall <in | fates | paste -sd,)" = \
		"order-draft goes,order unchanged,order-item unchanged,order-activate goes" ]
}

@test "steps: a line at fault holds the activation back" {
	order h a b >in
	led-recall <in | load_all | led-record >/dev/null
	order i a b | jq -c 'if .key == "7-2" then {verdict:"rejected",
		reason:"mapping-error", object, map, source, key, parent} else . end' >in
	run_status 1 bash -c 'led-recall <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "order-draft goes,order goes,order-item unchanged,order-item rejected mapping-error,order-activate waiting parent-failed" ]
}

@test "in flight: neither the key nor a step of its record is unchanged" {
	order h a >in
	led-recall <in | load_all | led-record >/dev/null
	fly order-item 7-1 orders/7
	[ "$(led-recall <in | fates | paste -sd,)" = \
		"order-draft goes,order unchanged,order-item goes,order-activate goes" ]
}

@test "attempts spent: its last verdict again, until data or map change" {
	echo '[runs]' >>m.conf
	echo 'attempts = 2' >>m.conf
	payload m A customers/1 1 '{"v":1}' >in
	for _ in 1 2; do
		[ "$(led-recall <in | fates)" = "m goes" ]
		led-recall <in | jq -c '{verdict:"failed",reason:"TOO_LONG",message:"Name: too long"} + .' |
			led-record >/dev/null
	done
	run_status 1 bash -c 'led-recall <in'
	[ "$(jq -r '.verdict + " " + .reason + " " + .message' <<<"$output")" = \
		"failed TOO_LONG Name: too long" ]
	[ "$(led-recall --again <in | fates)" = "m goes" ]
	REV=2 payload m A customers/1 1 '{"v":1}' >other
	[ "$(led-recall <other | fates)" = "m goes" ]
	payload m A customers/1 1 '{"v":2}' >other
	[ "$(led-recall <other | fates)" = "m goes" ]
}

@test "attempts spent on what waited: failed" {
	printf '[runs]\nattempts = 1\n' >>m.conf
	payload m A customers/1 1 '{"v":1}' >in
	led-recall <in | jq -c '{verdict:"waiting",reason:"UNABLE_TO_LOCK_ROW"} + .' | led-record >/dev/null
	[ "$(led-recall <in | fates)" = "m failed UNABLE_TO_LOCK_ROW" ]
}

@test "resend_limit: what a changed map would send again beyond it is held" {
	printf '[runs]\nresend_limit = 2\n' >>m.conf
	for i in 1 2 3 4; do payload m A customers/$i $i '{"v":1}'; done >in
	led-recall <in | load_all | led-record >/dev/null
	for i in 1 2 3 4; do REV=2 payload m A customers/$i $i '{"v":2}'; done >in
	run_status 1 bash -c 'led-recall <in'
	[ "$(fates <<<"$output" | paste -sd,)" = "m goes,m goes,m held map-changed,m held map-changed" ]
	# new data by the same map is no matter of the limit
	for i in 1 2 3 4; do payload m A customers/$i $i '{"v":2}'; done >in
	[ "$(led-recall <in | fates | grep -c goes)" -eq 4 ]
}

@test "verdicts pass byte for byte and in place, bad lines are answered there" {
	{ payload m A customers/1 1 '{}'
	echo '{"verdict":"skipped",  "reason":"x","map":"m","source":"customers/2"}'
	echo 'no json'
	payload m A customers/3 3 '{}'; } >in
	run_status 1 bash -c 'led-recall <in 2>/dev/null'
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[1]}" = "$(sed -n 2p in)" ]
	[ "$(jq -r '.reason + " " + (.bytes | @base64d)' <<<"${lines[2]}")" = "bad-json no json" ]
	[ "$(jq -r .key <<<"${lines[3]}")" = 3 ]
}

@test "a line that is cut off: status 3" {
	printf '{"object":"A"' >in
	run_status 3 bash -c 'led-recall <in'
}

@test "a full disk and a reader that leaves" {
	payload m A customers/1 1 '{}' | awk '{ for (i = 1; i <= 9000; i++) { l = $0; gsub(/"1"/, "\"" i "\"", l); print l } }' >in
	run_status 3 bash -c 'led-recall <in >/dev/full'
	[[ "$output" == *"cannot write the output"* ]]
	run_status 0 bash -c 'led-recall <in | head -1 >/dev/null; exit ${PIPESTATUS[0]}'
}

@test "no room for the run's keys: status 3, and nothing wrong is said" {
	awk 'BEGIN { for (i = 1; i <= 60000; i++) printf "{\"object\":\"A\",\"map\":\"m\",\"source\":\"customers/%d\",\"key\":\"%0300d\",\"rev\":\"1\",\"fields\":{}}\n", i, i }' >in
	run_status 3 bash -c 'ulimit -f 100; trap "" XFSZ; led-recall <in 2>&1 >/dev/null | cat
		exit ${PIPESTATUS[0]}'
	[[ "$output" == *"run's keys in a temporary file"* ]]
}

@test "another store, a ledger that is none, a damaged one, a newer one: status 2" {
	payload m A customers/1 1 '{}' >in
	led-recall <in | load_all | led-record >/dev/null
	sed 's/shop.test/other.test/' m.conf >o.conf
	run_status 2 bash -c 'led-recall -c o.conf <in'
	[[ "$output" == *"belongs to store http://shop.test"* ]]
	cp ledger.sqlite whole
	sqlite3 ledger.sqlite 'PRAGMA user_version = 99'
	run_status 2 bash -c 'led-recall <in'
	[[ "$output" == *"newer millrace"* ]]
	head -c 5000 /dev/urandom >ledger.sqlite
	run_status 2 bash -c 'led-recall <in'
	[[ "$output" == *"not a database"* ]]
	rm ledger.sqlite
	sqlite3 ledger.sqlite 'CREATE TABLE t(a); INSERT INTO t VALUES(1)'
	run_status 2 bash -c 'led-recall <in'
	[[ "$output" == *"not a ledger"* ]]
	[ "$(sqlite3 ledger.sqlite 'PRAGMA journal_mode')" = delete ]
}

@test "a ledger of version 1: what was in flight stays so, and is taken away by its verdict" {
	payload m A customers/1 1 '{}' >in
	led-recall <in | load_all | led-record >/dev/null
	payload m A customers/2 2 '{}' >in
	sqlite3 ledger.sqlite 'DROP TABLE flight;
		CREATE TABLE flight(map TEXT NOT NULL, key TEXT NOT NULL,
		source TEXT, job INTEGER, PRIMARY KEY(map, key)) WITHOUT ROWID;
		CREATE INDEX flight_source ON flight(source);
		INSERT INTO flight VALUES("m", "2", "customers/2", NULL);
		INSERT INTO flight VALUES("m", "3", NULL, 7);
		DROP TABLE forecast; DROP INDEX told_again;
		ALTER TABLE told DROP COLUMN asked; ALTER TABLE told DROP COLUMN attempts;
		PRAGMA user_version = 1'
	led status >status
	grep '^2 in flight' status
	[ "$(sqlite3 ledger.sqlite "SELECT lower(hex(payloads)) FROM flight WHERE job = 0")" = "$(fnv m 2)$(fnv customers/2 '')" ]
	load_all <in | led-record >/dev/null
	led status >status
	grep '^1 in flight' status
	[ "$(sqlite3 ledger.sqlite 'SELECT count(*) FROM record')" = 2 ]
}

@test "no ledger yet: all goes, and none is made" {
	payload m A customers/1 1 '{}' >in
	[ "$(led-recall <in | fates)" = "m goes" ]
	[ ! -e ledger.sqlite ]
}

@test "100,000 payloads take no more memory than 10,000" {
	[[ $MILLRACE_BIN != */san/* ]] || skip "sanitizers take memory"
	command -v /usr/bin/time >/dev/null || skip "no /usr/bin/time"
	make_lines()
	{
		awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"object\":\"A\",\"map\":\"m\",\"source\":\"customers/%d\",\"key\":\"%d\",\"rev\":\"1\",\"fields\":{\"Name\":\"a name of some length %d\"}}\n", i, i, i }'
	}
	small=$(make_lines 10000 | /usr/bin/time -f %M led-recall 2>&1 >/dev/null | tail -1)
	big=$(make_lines 100000 | /usr/bin/time -f %M led-recall 2>&1 >/dev/null | tail -1)
	echo "$small KB, $big KB"
	[ "$big" -lt 65536 ]
	[ "$big" -lt $((small + 16384)) ]
}

@test "usage" {
	run_status 2 led-recall --agian
	run_status 2 led-recall x
	run_status 0 led-recall --help
	[[ "$output" == *--again* ]]
}

#!/usr/bin/env bats
# millrace preview: what changed maps would change, on the records of a run.
bats_require_minimum_version 1.5.0
load helpers

MAPS=$REPO/pipelines/mappings
E=$REPO/fixtures/magento/entities

# A run that kept its extracts: kept NAME ENTITY...
kept()
{
	local run=$WORK/runs/$1 e
	mkdir -p "$run"
	cp "$REPO/fixtures/magento/reference.ndjson" "$run"
	shift
	for e; do
		gzip -c "$E/$e.ndjson" >"$run/$e.extract.ndjson.gz"
	done
}

prepare()
{
	printf '[ledger]\npath = led.db\n[runs]\ndir = runs\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
	cp -r "$MAPS" new
	kept 2026-11-20T020000Z-nightly customers orders products
}

# Nothing is asked, so nothing may be there to ask.
quietly() { run --separate-stderr "$@"; }

@test "preview: the fields that a changed map changes, in how many records" {
	sed -i 's/^BillingCity .*/BillingCity = $billing.city | ascii_upcase/' new/order.map
	quietly millrace preview new
	[ "$status" -eq 1 ]
	assert_line --index 0 'Against: 76 of 76 records would change.'
	assert_line --index 1 '  order                       76 changed, 0 as before'
	assert_line --partial '    BillingCity                           76  orders/1  "Purchase" -> "PURCHASE"'
	[ "$stderr" = "preview: orders of 2026-11-20T020000Z-nightly" ]
	# the map alone, in place of its folder; and both sides named
	cp new/order.map .
	cp "$MAPS"/order-{status.csv,money.inc} .
	quietly millrace preview order.map
	[ "$status" -eq 1 ]
	assert_line --index 0 'Against: 76 of 76 records would change.'
	quietly millrace preview new "$MAPS"
	[ "$status" -eq 1 ]
	assert_line --partial '"PURCHASE" -> "Purchase"'
	quietly millrace preview new/ order.map
	[ "$status" -eq 0 ]
}

@test "preview: runs/latest stays what it was" {
	quietly millrace preview new
	[ "$status" -eq 0 ]
	[ ! -e runs/latest ]
	ln -s 2026-11-20T020000Z-nightly runs/latest
	quietly millrace preview new
	[ "$(readlink runs/latest)" = 2026-11-20T020000Z-nightly ]
	[ "$(cat runs/*-preview*/audit.ndjson | grep -c '"event":"run-end"')" -eq 2 ]
}

@test "preview: maps that are the same, or give the same, change nothing" {
	quietly millrace preview new
	[ "$status" -eq 0 ]
	assert_output 'Nothing would change: 0 records.'
	echo '# a comment' >>new/order.map
	quietly millrace preview new
	[ "$status" -eq 0 ]
	assert_output 'Nothing would change: 76 records.'
}

@test "preview: a table is a part of its map" {
	sed -i 's/^pending,.*/pending,Elsewhere/' new/order-status.csv
	quietly millrace preview new
	[ "$status" -eq 1 ]
	assert_line --partial '"Draft" -> "Elsewhere"'
}

@test "preview: gates that close, new rejections, keys, each record, JSON, HTML" {
	sed -i 's/^skip    guest .*/skip  zero-total if .grand_total < 50/' new/order.map
	sed -i 's/^Email .*/Email = if .id == 1 then error("no") else .email end/' new/contact.map
	sed -i 's/^key .*/key Magento_Id__c = "p" + (.id | text)/' new/product.map
	quietly millrace preview new
	[ "$status" -eq 1 ]
	assert_line --regexp '    now skipped \(zero-total\), was sent: [0-9]+, e.g. orders/2'
	assert_line '    now rejected (mapping-error), was sent: 1, e.g. customers/1'
	assert_line --regexp '^      contact:[0-9]+: .*: no$'
	assert_line --regexp '^    key  +18  products/1  1 -> p1'
	quietly millrace preview new --json
	[ "$(jq '[.maps[] | select(.map == "contact") | .turned, .changed] | tojson' <<<"$output")" = '"[1,1]"' ]
	quietly millrace preview new --entity products --each
	assert_line --index 0 'products/1'
	assert_line --index 1 '  ~ Product2 1 -> p1  product'
	quietly millrace preview new --html
	[ "${lines[0]}" = '<!doctype html>' ]
}

@test "preview: mistakes of either side are told, all of them, with status 2" {
	echo 'Broken = .x | nofunc' >>new/order.map
	echo 'Broken = $nobody' >>new/contact.map
	quietly millrace preview new
	[ "$status" -eq 2 ]
	[[ $stderr == *"new/contact.map:"*"unknown variable"* ]]
	quietly millrace preview new "$MAPS" --entity orders
	[ "$status" -eq 2 ]
	[[ $stderr == *"new/order.map:"*"unknown function 'nofunc'"* ]]
	rm new/order-status.csv
	cp "$MAPS/order.map" new/order.map
	quietly millrace preview new --entity orders
	[ "$status" -eq 2 ]
	[[ $stderr == *order-status.csv* ]]
}

@test "preview: the newest nightly that kept something, else any, or the one named" {
	sed -i 's/^PoNumber .*//' new/order.map
	kept 2026-11-21T020000Z-incremental orders
	kept 2026-11-21T010000Z-nightly customers
	quietly millrace preview new
	[ "$stderr" = "preview: orders of 2026-11-20T020000Z-nightly" ]
	rm runs/2026-11-20T020000Z-nightly/orders.extract.ndjson.gz
	quietly millrace preview new
	[ "$stderr" = "preview: orders of 2026-11-21T020000Z-incremental" ]
	quietly millrace preview new --run 2026-11-21T010000Z-nightly
	[ "$status" -eq 2 ]
	[[ $stderr == *"kept no orders; left out"*"kept none of orders"* ]]
	sed -i 's/^LastName .*/LastName = "x"/' new/contact.map
	quietly millrace preview new --run runs/2026-11-21T010000Z-nightly
	[ "$status" -eq 1 ]
	[[ $stderr == *"kept no orders; left out"* ]]
	assert_line --partial LastName
	rm -r runs/*Z-*
	quietly millrace preview new
	[ "$status" -eq 2 ]
	[[ $stderr == *'kept what it extracted'* ]]
	quietly millrace preview new --run gone
	[ "$status" -eq 2 ]
}

@test 'preview: $run and the reference are those of the run, settings those of now' {
	sed -i 's/^PoNumber .*/PoNumber = "\\($run.id) \\($run.kind) \\($run.started) \\($store.code) \\($orders.default_status)"/' new/order.map
	printf '[orders]\ndefault_status = Entwurf\n' >>m.conf
	quietly millrace preview new
	assert_line --partial '"2026-11-20T020000Z-nightly nightly 2026-11-20T02:00:00Z default Entwurf"'
	rm -r runs/*
	quietly millrace preview new --entity orders --records "$E/orders.ndjson" --ref "$REPO/fixtures/magento/reference.ndjson"
	[ "$status" -eq 1 ]
	assert_line --partial '"null manual null default Entwurf"'
}

@test "preview: no records, a damaged copy, and what is no map" {
	sed -i 's/^PoNumber .*//' new/order.map
	gzip -c </dev/null >runs/2026-11-20T020000Z-nightly/orders.extract.ndjson.gz
	quietly millrace preview new
	[ "$status" -eq 0 ]
	assert_output 'Nothing would change: 0 records.'
	gzip -c "$E/orders.ndjson" | head -c 20000 >runs/2026-11-20T020000Z-nightly/orders.extract.ndjson.gz
	quietly millrace preview new
	[ "$status" -eq 3 ]
	mkdir empty
	for bad in empty nowhere m.conf; do
		quietly millrace preview $bad
		[ "$status" -eq 2 ]
		[[ $stderr == preview:*$bad* ]]
	done
	for bad in "" "new --entity coupons" "new --records x" "new --entity orders --records nowhere" "a b c" "new --wat" "new --run"; do
		quietly millrace preview $bad
		[ "$status" -eq 2 ]
		[ -n "$stderr" ]
	done
}

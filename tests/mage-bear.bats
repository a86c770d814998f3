#!/usr/bin/env bats
# mage-extract - what a store can bear: pages that it cannot make, records that
# it can never show, ids that lie thinly.
load helpers

ENTITIES=$BATS_TEST_DIRNAME/../fixtures/magento/entities

# shop LINE... -- OPTION...: a store, and lines for [magento]
shop()
{
	local lines=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	stop mage
	rm -f ledger.sqlite* mage.state*
	start_mage "${@:2}"
	credential mage token >token
	printf '%s\n' '[magento]' "url = $MAGE_URL" 'token_file = token' \
		'attempts = 2' "${lines[@]}" >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
}

all_but()	# FILE ID...: all orders but these came
{
	local file=$1
	shift
	printf '%s\n' "$@" >missed
	jq -r .entity_id "$ENTITIES/orders.ndjson" | grep -vxFf missed | sort -n >want
	jq -r 'select(.verdict | not) | .entity_id' "$file" | cmp - want
	jq -r 'select(.reason == "unreadable") | .source' "$file" | cmp - <(printf 'orders/%s\n' "$@")
}

@test "a poisoned record stands alone, however the store says it" {
	for as in report fatal message; do
		shop 'page_size = 20' -- --set poison=orders:1,orders:33,orders:76 --set poison_as=$as
		run_status 1 bash -c 'mage-extract orders 2>/dev/null >got'
		all_but got 1 33 76
	done
}

@test "a poisoned record that only takes too long" {
	shop 'page_size = 20' 'timeout = 1s' 'patience = 1s' --
	curl -sf -X POST --data-binary '{"poison":"orders:30","as":"timeout"}' "$MAGE_URL/sandbox/faults"
	run_status 1 bash -c 'mage-extract orders 2>/dev/null >got'
	all_but got 30
}

@test "pages that are more than PHP's memory are made smaller" {
	shop 'page_size = 50' -- --set memory=120000
	run_status 0 mage-extract -v orders
	assert_output --regexp 'pages of [0-9]+ records from now on'
	mage-extract orders | jq -c .entity_id | cmp - <(jq .entity_id "$ENTITIES/orders.ndjson" | sort -n)
}

@test "pages that take longer than the time limit are made smaller" {
	shop 'page_size = 80' 'timeout = 1s' -- --set row_latency=16000
	run_status 0 mage-extract -v orders
	assert_output --regexp 'pages of [0-9]+ records from now on'
	[ "$(grep -c '^{' <<<"$output")" -eq 76 ]
}

@test "a store that fails all but a page without records: in the end it is told" {
	shop 'page_size = 20' --
	curl -sf -X POST --data-binary '{"path":"/V1/orders$","query":"lteq","status":503}' "$MAGE_URL/sandbox/faults"
	run_status 4 mage-extract orders
}

@test "ids lie thinly, and above 2^31" {
	shop 'page_size = 2' --
	for id in 5000 700000 2147483648 4294967294; do
		printf '{"entity_id":%s,"updated_at":"2026-01-01 00:00:00"}\n' $id
	done | curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/records/orders" >/dev/null
	mage-extract orders | jq -c .entity_id >got
	{ jq .entity_id "$ENTITIES/orders.ndjson" | sort -n; printf '%s\n' 5000 700000 2147483648 4294967294; } | cmp - got
	[ "$(curl -sf "$MAGE_URL/sandbox/log" | wc -l)" -lt 300 ]
}

@test "errors and limits halve what is asked for at once" {
	shop 'page_size = 2' 'in_flight = 8' --
	curl -sf -X POST --data-binary '{"path":"/V1/orders$","nth":4,"times":1,"status":429,"headers":{"Retry-After":"0"}}' "$MAGE_URL/sandbox/faults"
	run_status 0 mage-extract -v orders
	assert_output --partial '4 requests at once from now on'
	[ "$(grep -c '^{' <<<"$output")" -eq 76 ]
}

# sizes: of the pages of orders, in the order in which they were asked for
sizes()
{
	curl -sf "$MAGE_URL/sandbox/log" | jq -r 'select(.path | endswith("/orders")) | .query' |
		sed -nE 's/.*(pageSize|page_size)(\]|%5D|%5d)=([0-9]+).*/\3/p'
}

@test "heavy records come in short pages, light ones in long pages" {
	mkdir store
	for id in {1..60}; do
		printf '{"entity_id":%d,"increment_id":"%d","customer_note":"%0200000d"}\n' $id $id 0
	done >store/orders.ndjson
	MAGE_DATA=$PWD/store shop 'page_size = 100' 'in_flight = 3' --
	run_status 0 bash -c 'mage-extract orders >got'
	[ "$(wc -l <got)" -eq 60 ]
	# twice as many windows as requests are held: six in 4.5 MiB
	sizes | sed 1,2d >later
	[ "$(wc -l <later)" -ge 8 ]
	! grep -vx 3 later || return 1
	stop mage
	MAGE_DATA= shop 'page_size = 60' --
	run_status 0 bash -c 'mage-extract orders >got'
	[ "$(sizes | sort -n | tail -n 1)" -eq 60 ]
}

# fewer FAULT: from now on Magento counts two and gives none
fewer()
{
	curl -sf -X POST --data-binary "{\"path\":\"/V1/\",$1,\"status\":200,\"body_json\":{\"items\":[],\"total_count\":2}}" \
		"$MAGE_URL/sandbox/faults"
}

@test "fewer records than Magento counts: asked for again, then in parts, and told of one by one" {
	local n
	for n in 1 2; do		# a page's fault
		shop 'page_size = 20' 'in_flight = 1'
		fewer "\"query\":\"lteq\",\"times\":$n"
		mage-extract orders | jq .entity_id | cmp - <(jq .entity_id "$ENTITIES/orders.ndjson" | sort -n)
	done
	fewer '"query":"lteq"'		# the records'
	run_status 1 bash -c 'mage-extract --up-to 3 orders 2>/dev/null'
	assert_equal "${#lines[@]}" 4		# of the ids from 0 to 3
	assert_line --index 3 --partial '"reason":"unreadable","message":"Magento counts 2 orders and gives none of them","source":"orders/3"'
}

@test "a key that Magento counts and does not give is no key that it does not have" {
	shop
	printf '5\n6\n' >keys
	fewer '"query":"=in&"'
	run_status 1 bash -c 'mage-extract --keys keys orders 2>err'
	assert_equal "$(grep -c '"source":"orders/[56]"' <<<"$output")" 2
	refute_output --partial 'no orders/5'
	echo 500 >known
	mage-extract --known known orders >got 2>err
	assert_equal "$(grep -c source-gone got)" 0
	faults mage
	run_status 1 bash -c 'mage-extract --known known orders 2>/dev/null >got'
	grep -q '"reason":"source-gone".*"source":"orders/500"' got
}

@test "an order whose invoices do not all come is no order without them" {
	shop
	fewer '"query":"=order_id"'
	run_status 1 bash -c 'mage-extract --with invoices --up-to 2 orders 2>/dev/null'
	assert_equal "${#lines[@]}" 2
	assert_line --index 0 --partial '"message":"its invoices: Magento counts 2 invoices and gives none of them"'
}

@test "a page that turns out too heavy is broken off and asked for in parts" {
	mkdir store
	for id in {1..400}; do
		printf '{"entity_id":%d,"increment_id":"%d","customer_note":"%0*d"}\n' \
			$id $id $((id < 300 || id % 9 ? 10 : 900000)) 0
	done >store/orders.ndjson
	MAGE_DATA=$PWD/store shop 'page_size = 100' 'in_flight = 3' -- --set gzip=off
	run_status 0 bash -c 'mage-extract -v orders 2>said | jq -c .entity_id >got'
	cmp got <(seq 400)
	# 11 heavy ones, all on one page if that were taken: 9.9 MB
	sed -nE 's/.* 200,? .*, ([0-9]+) bytes.*/\1/p; s/.*: 200, ([0-9]+) bytes.*/\1/p' said | sort -n | tail -n 1 >longest
	[ "$(cat longest)" -lt 2000000 ]
}

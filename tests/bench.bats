#!/usr/bin/env bats
# The generator of the bench: what it measures must be worth measuring.
load helpers

prepare()
{
	# not by the flags of the make that runs us
	env -u MAKEFLAGS -u MFLAGS -u SAN make -s -C "$REPO" .o/bench/gen .o/bench/shuffle .o/bench/floor >/dev/null
	gen=$REPO/.o/bench/gen
}

@test "the same arguments give the same bytes, another seed others" {
	for kind in orders customers products; do
		"$gen" $kind 50 1 >one
		"$gen" $kind 50 1 | cmp - one
		"$gen" $kind 50 2 >two
		! cmp -s one two || return 1
		# a record is the same, however many follow
		"$gen" $kind 20 1 | tail -n 1 >last
		[ $kind = orders ] || sed -n 20p one | cmp - last
	done
}

@test "orders are as long as Magento's, and have the same members" {
	"$gen" orders 300 1 >orders
	awk 'length($0) < 8000 || length($0) > 13500 { bad++ } END { exit bad > 0 }' orders
	paths() { jq -r 'paths | map(if type == "number" then "[]" else . end) | join(".")' "$1" | sort -u; }
	paths orders >ours
	paths "$REPO/fixtures/magento/entities/orders.ndjson" >real
	run comm -23 ours real
	assert_output ""
}

@test "orders add up, lines have their own numbers" {
	"$gen" orders 300 1 >orders
	run jq -n '[inputs | select((.subtotal + .discount_amount + .shipping_amount + .tax_amount - .grand_total) | fabs > 0.001)] | length' orders
	assert_output 0
	[ -z "$(jq -r '.items[].item_id' orders | sort | uniq -d)" ]
}

@test "carts and documents: Magento's members, and the amounts of their orders" {
	paths() { jq -r 'paths | map(if type == "number" then "[]" else . end) | join(".")' "$1" | sort -u; }
	for kind in carts invoices shipments creditmemos; do
		"$gen" $kind 100 1 40 >$kind
		run comm -23 <(paths $kind) <(paths "$REPO/fixtures/magento/entities/$kind.ndjson")
		assert_output ""
	done
	"$gen" orders 100 1 40 >orders
	run jq -n --slurpfile o orders '[inputs | . as $d | $o[.order_id - 1]
	    | select(.entity_id != $d.order_id or .grand_total != $d.grand_total
		or .total_due != 0 or ([.items[].item_id] != [$d.items[].order_item_id]))]
	    | length' invoices
	assert_output 0
	[ "$(jq -s 'map(.order_id) - [range(1; 101)] | length' invoices)" -eq 0 ]
	[ "$(jq -s 'map(select(.customer.id > 40)) | length' carts)" -eq 0 ]
	[ "$(wc -l <carts)" -eq 100 ] && [ -s shipments ] && [ -s creditmemos ]
}

@test "customers have their own e-mail each" {
	[ -z "$("$gen" customers 2000 1 | jq -r .email | sort | uniq -d)" ]
}

@test "the floor reads every line, and nothing that is no JSON" {
	"$gen" products 40 1 >products
	run "$REPO/.o/bench/floor" products
	assert_output 40
	echo '{"a":' >>products
	run "$REPO/.o/bench/floor" products
	assert_failure 1
}

@test "shuffled records say the same, in another order each" {
	"$gen" orders 50 1 >orders
	"$REPO/.o/bench/shuffle" 1 <orders >shuffled
	"$REPO/.o/bench/shuffle" 1 <orders | cmp - shuffled
	cmp <(jq -cS . orders) <(jq -cS . shuffled)
	# no two have one order of members
	jq -c keys_unsorted shuffled | sort | uniq -d >twice
	[ ! -s twice ]
}

@test "the job is what jq makes of it, shuffled or not" {
	: >millrace.conf
	"$gen" orders 50 1 >orders
	{ cat "$REPO/tests/bench/prelude.jq"; "$REPO/tests/bench/map2jq" "$REPO/tests/bench/job.map"; } >job.jq
	jq -nc --argjson set "$(millrace-config show --json)" \
	    --slurpfile ref "$REPO/fixtures/magento/reference.ndjson" \
	    -f job.jq orders | jq -cS 'select(.fields)' >by-jq
	rec-map "$REPO/tests/bench/job.map" <orders >by-us
	[ "$(grep -c '"fields":' by-us)" -gt 40 ]
	[ "$(head -n 1 by-us | jq '.fields | length')" -eq 21 ]
	jq -cS 'select(.fields) | del(.rev)' by-us | cmp - by-jq
	"$REPO/.o/bench/shuffle" 1 <orders | rec-map "$REPO/tests/bench/job.map" | cmp - by-us
}

@test "jq and node, by hand, write the rows that rec-map writes" {
	: >millrace.conf
	bench=$REPO/tests/bench
	for job in job customers products; do
		kind=${job/job/orders}
		"$gen" $kind 60 1 >$kind
		rec-map "$bench/$job.map" <$kind |
		    sed -e '/^{"verdict":/d' -e 's/"rev":"[0-9a-f]*",//' >ours
		[ "$(wc -l <ours)" -ge 60 ]
		jq -c -f "$bench/$job.jq" $kind | cmp - ours
		! command -v node >/dev/null || {
			node "$bench/$job.mjs" $kind theirs
			cmp theirs ours
		}
	done
}

# mage-writeback - tells Magento the ids that Salesforce gave.
load helpers
load mage-told

@test "an id on its order, and nothing else changed" {
	has orders 15 >before
	order 15 >in
	mage-writeback <in >out
	cmp in out
	has orders 15 >after
	assert_equal "$(jq -r .ext_order_id after)" "$(sfid 801 15)"
	cmp <(jq -S 'del(.ext_order_id, .updated_at)' before) <(jq -S 'del(.ext_order_id, .updated_at)' after)
	assert_equal "$(writes)" 1
}

@test "what Magento was told is remembered: no call the second time" {
	for i in 11 12 13; do order $i; done >in
	mage-writeback <in >out
	n=$(reads) m=$(writes)
	mage-writeback <in | cmp - in
	sed 's/created/unchanged/' in | mage-writeback >/dev/null
	assert_equal "$(reads) $(writes)" "$n $m"
	mage-writeback --again <in | cmp - in
	assert_equal "$(writes)" "$m"		# it is there already
	[ "$(reads)" -gt "$n" ]
}

@test "led requests has every call that the store had" {
	order 15 | mage-writeback >out
	led requests --json >requests
	[ "$(jq -s 'map(select(.system == "magento") | .calls) | add' requests)" -eq $(($(reads) + $(writes))) ]
	[ "$(writes)" -gt 0 ]
}

@test "a new id for the same record replaces ours" {
	order 14 | mage-writeback >/dev/null
	order 14 "$(sfid 801 44)" | mage-writeback >out
	[ "$(wc -l <out)" -eq 1 ]
	assert_equal "$(has orders 14 | jq -r .ext_order_id)" "$(sfid 801 44)"
}

@test "a foreign ext_order_id is held, not overwritten" {
	curl -sf -X POST -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' \
		-d "{\"entity\":{\"entity_id\":16,\"increment_id\":$(has orders 16 | jq .increment_id),\"ext_order_id\":\"ERP-77\"}}" \
		"$MAGE_URL/rest/all/V1/orders" >/dev/null
	order 16 >in
	run_status 1 bash -c 'mage-writeback <in >out'
	run cat out
	assert_line --index 0 "$(cat in)"
	assert_line --index 1 --partial '{"verdict":"held","reason":"foreign-value"'
	assert_line --index 1 --partial 'ERP-77'
	assert_line --index 1 --partial '"object":"magento/orders","map":"writeback","source":"orders/16","key":"16"'
	assert_line --index 1 --partial "\"fields\":{\"ext_order_id\":\"$(sfid 801 16)\"}"
	assert_equal "$(has orders 16 | jq -r .ext_order_id)" ERP-77
	sed -i.bak 's/created/unchanged/' in
	run_status 0 mage-writeback <in	# told once
}

@test "every line in its place; what gives no id tells nothing" {
	{
		order 11
		echo '{"verdict":"created","object":"OrderItem","map":"order-item","source":"orders/11","key":"1","id":"8025e0000000001AAA"}'
		echo '{"verdict":"failed","reason":"X","object":"Order","map":"order","source":"orders/2","key":"2","fields":{"a":1}}'
		echo '{"verdict":"deleted","object":"Order","map":"order","source":"orders/3","key":"3","id":"8015e0000000003AAA"}'
		echo '{"verdict":"created","object":"Account","map":"guest-account","source":"orders/4","key":"g","id":"0015e0000000004AAA"}'
		echo '{"verdict":"created","object":"Product2","map":"product","source":"products/4","key":"x","id":"01t5e0000000004AAA"}'
		order 15 "801'; DROP TABLE--"
		order 99999
		echo '{"verdict":"rejected","reason":"bad-json","message":"x","bytes":"eA=="}'
	} >in
	mage-writeback <in >out
	grep -v '"map":"writeback"' out | cmp - in
	assert_equal "$(writes)" 1
	run grep '"map":"writeback"' out
	assert_output --partial '"verdict":"skipped","reason":"not-in-magento"'
	assert_output --partial '"source":"orders/99999"'
	[ "$(sed -n 9p out | grep -c writeback)" -eq 1 ]	# behind its own
}

@test "a line that is none keeps its place where a batch ends" {
	yes '{"verdict":"unchanged","object":"Order","map":"order","source":"orders/1","key":"1"}' |
		head -4095 >in
	echo 'no line of ours' >>in
	echo '{"verdict":"skipped","reason":"x","object":"Order","map":"order","source":"orders/2","key":"2"}' >>in
	run_status 1 bash -c 'mage-writeback <in >out 2>err'
	assert_equal "$(wc -l <out)" "$(wc -l <in)"
	sed -n 4096p out | grep -q '^{"verdict":"rejected","reason":"bad-json"'
}

@test "customers: custom attributes, sparse, read back" {
	conf "customer_attribute_account = sf_account_id" "customer_attribute_contact = sf_contact_id"
	has customers 1 >before
	customer 1 >in
	mage-writeback <in | cmp - in
	has customers 1 >after
	assert_equal "$(jq -r '.custom_attributes[] | select(.attribute_code == "sf_account_id").value' after)" "$(sfid 001 1)"
	assert_equal "$(jq -r '.custom_attributes[] | select(.attribute_code == "sf_contact_id").value' after)" "$(sfid 003 1)"
	cmp <(jq -S '.addresses, .email, .group_id' before) <(jq -S '.addresses, .email, .group_id' after)
	assert_equal "$(writes)" 1
	mage-writeback <in >/dev/null
	assert_equal "$(writes)" 1
}

@test "customers without configured attributes are left alone" {
	customer 1 | mage-writeback >/dev/null
	assert_equal "$(writes)" 0
	conf "customer_attribute_account = no_such_thing" "customer_attribute_contact = sf_contact_id"
	customer 1 >in
	run_status 0 bash -c "mage-writeback <in"
	assert_output --partial "no_such_thing"
	assert_equal "$(writes)" 1
	assert_equal "$(has customers 1 | jq -c '[.custom_attributes[]? | select(.attribute_code | startswith("sf_")).attribute_code]')" '["sf_contact_id"]'
}

@test "writeback = no: lines pass, Magento hears nothing" {
	conf "writeback = no"
	order 1 | mage-writeback | cmp - <(order 1)
	assert_equal "$(writes)" 0
	assert_equal "$(reads)" 0
}

@test "many, several at once, in order" {
	for i in $(free); do order "$i"; done >in
	mage-writeback <in | cmp - in
	assert_equal "$(mage-extract orders | jq -r .ext_order_id | sort -u | wc -l)" 76
	assert_equal "$(writes)" 69
}

@test "an echo is no change: only ext_order_id and updated_at differ" {
	mage-extract orders | jq -cS 'del(.ext_order_id, .updated_at)' >before
	for i in $(free); do order "$i"; done | mage-writeback >/dev/null
	mage-extract orders | jq -cS 'del(.ext_order_id, .updated_at)' | cmp - before
}

@test "a comment instead of ext_order_id: once, with the order's status, for nobody's eyes" {
	conf 'order_place = comment'
	has orders 12 >before
	order 12 >in
	mage-writeback <in | cmp - in
	run comments 12 'select(.comment | startswith("Salesforce")) | [.comment, .status, .is_customer_notified, .is_visible_on_front, .parent_id]'
	assert_output "$(jq -c --arg id "$(sfid 801 12)" '["Salesforce Order " + $id, .status, 0, 0, 12]' before)"
	has orders 12 | jq -S 'del(.status_histories)' | cmp - <(jq -S 'del(.status_histories)' before)
	n=$(writes)
	mage-writeback <in >/dev/null
	mage-writeback --again <in >/dev/null		# it is found
	rm ledger.sqlite
	mage-writeback <in >/dev/null
	assert_equal "$(writes)" "$n"
	order 12 "$(sfid 801 44)" | mage-writeback >/dev/null	# another id is news
	assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 2
}

@test "a comment has the status of the moment, not the one that was read before" {
	conf 'order_place = comment' 'in_flight = 1'
	for i in 11 12; do order $i; done >in
	# a payment comes while the first comment is on its way
	faults "$(jq -cn --argjson o "$(has orders 12 | jq '.status = "holded" | .state = "holded"')" \
		'{method: "POST", path: "/orders/11/comments$", change: [{put: "orders", record: $o}]}')"
	mage-writeback <in >out
	assert_equal "$(has orders 12 | jq -r .status)" holded
	assert_equal "$(comments 12 'select(.comment | startswith("Salesforce")).status')" '"holded"'
}

@test "a status that does not belong to the order's state is left to the store" {
	conf 'order_place = comment'
	put orders "$(has orders 12 | jq -c '.status = "special"')"
	order 12 | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .status)" special
	assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 1
}

@test "a comment does not take the status from an order of an older release" {
	stop mage
	start_mage --set release=2.4.6 --set bearer=on
	conf 'order_place = comment'
	want=$(has orders 12 | jq -r .status)
	[ "$want" != null ]
	order 12 | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .status)" "$want"
	assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 1
}

@test "an order is not numbered anew by old releases" {
	stop mage
	start_mage --set release=2.3.2
	conf
	n=$(has orders 12 | jq -r .increment_id)
	order 12 | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .increment_id)" "$n"
}

@test "the sync status of a customer, the worst of its verdicts" {
	conf 'customer_attribute_contact = sf_contact_id' 'customer_attribute_status = sf_account_id'
	status()
	{
		has customers "$1" | jq -r '.custom_attributes[]? | select(.attribute_code == "sf_account_id").value'
	}
	customer 1 | mage-writeback >/dev/null
	assert_equal "$(status 1)" synced
	customer 1 | sed '2s/"created"/"failed","reason":"INVALID_EMAIL_ADDRESS"/' | mage-writeback >/dev/null
	assert_equal "$(status 1)" 'failed: INVALID_EMAIL_ADDRESS'
	n=$(writes)
	customer 1 | sed '2s/"created"/"failed","reason":"INVALID_EMAIL_ADDRESS"/' | mage-writeback >/dev/null
	assert_equal "$(writes)" "$n"
	echo '{"verdict":"skipped","reason":"group","object":"Account","map":"account","source":"customers/2","key":"2"}' |
		mage-writeback >/dev/null
	assert_equal "$(status 2)" 'skipped: group'
}

@test "products: the attribute in the scope of all stores, nothing else, whatever the SKU" {
	conf 'product_attribute = sf_product_id' 'store = default'
	mage-extract products | jq -c 'select(.sku | test("[ /%]|[^ -~]"))' >odd
	mage-extract products | head -3 >>odd
	[ "$(wc -l <odd)" -gt 4 ]
	for i in $(jq .id odd); do product "$i"; done >in
	mage-writeback <in | cmp - in
	for i in $(jq .id odd); do assert_equal "$(sold "$i")" "$(sfid 01t "$i")"; done
	log 'map(select(.method == "POST" or (.method == "GET" and (.path | endswith("products")))) | .path | split("/")[2]) | unique | join(",")' |
		grep -q 'all'
	assert_equal "$(log 'map(select(.method == "POST" or .method == "PUT") | .method + " " + .path) | unique | join(",")')" '"POST /rest/all/V1/products"'
	jq -cS 'del(.updated_at, .custom_attributes)' odd >before
	for i in $(jq .id odd); do has products "$i"; done | jq -cS 'del(.updated_at, .custom_attributes)' | cmp - before
	n=$(writes)
	mage-writeback <in >/dev/null
	assert_equal "$(writes)" "$n"
}

@test "a product attribute that is missing is said once, with what to do" {
	conf 'product_attribute = no_such_thing'
	for i in 1 2 3; do product $i; done >in
	run_status 0 mage-writeback <in
	assert_equal "$(grep -c "no attribute 'no_such_thing' of products" <<<"$output")" 1
	assert_output --partial 'Stores, Attributes, Product'
	assert_equal "$(writes)" 0
}

@test "many customers go by bulk, with what it needs and no more" {
	mage-extract customers >before
	# shellcheck disable=SC2046  # numbers
	many $(jq .id before | head -40)
	sed -i 's/bulk_from = 3/bulk_from = 40/' millrace.conf
	run_status 0 bash -c 'mage-writeback <in >out'
	mapfile -t bad < <(jq -r 'select(.map == "writeback") | .key' out)
	[ "${#bad[@]}" -eq 0 ]
	assert_equal "$(bulks) $(alone)" '1 0'
	told 1; told 20
	mage-extract customers | jq -cS 'del(.updated_at, .custom_attributes)' |
		cmp - <(jq -cS 'del(.updated_at, .custom_attributes)' before)
	n=$(writes)
	mage-writeback <in | cmp - in
	assert_equal "$(writes)" "$n"
	head -78 in | mage-writeback --again >/dev/null
	assert_equal "$(writes)" "$n"
}

@test "fewer, or with bulk = products, customers go one by one" {
	many 1 2
	mage-writeback <in | cmp - in
	assert_equal "$(bulks) $(alone)" '0 2'
	conf 'customer_attribute_contact = sf_contact_id' 'bulk_from = 2'
	for i in 3 4 6; do customer $i; done | mage-writeback >/dev/null
	assert_equal "$(bulks) $(alone)" '0 5'
}

@test "many products go by bulk, unless bulk = no; what the store no longer has is skipped" {
	conf 'product_attribute = sf_product_id' 'bulk_from = 3' 'bulk_patience = 30s'
	for i in 3 4 11 15 16 999; do product $i; done >in
	mage-extract products | jq -cS 'del(.updated_at, .custom_attributes)' >before
	run_status 0 bash -c 'mage-writeback <in >out'
	assert_equal "$(grep -c '"map":"writeback"' out)" 1
	tail -1 out | grep -q '"skipped","reason":"not-in-magento"'
	assert_equal "$(bulks) $(alone)" '1 0'
	assert_equal "$(log 'map(select(.path | contains("/async/")) | .path) | .[0]')" '"/rest/all/async/bulk/V1/products/bySku"'
	for i in 3 4 11 15 16; do assert_equal "$(sold $i)" "$(sfid 01t $i)"; done
	mage-extract products | jq -cS 'del(.updated_at, .custom_attributes)' | cmp - before
	sed -i 's/bulk_from = 3/bulk_from = 3\nbulk = no/' millrace.conf
	for i in 5 6 7; do product $i; done | mage-writeback >/dev/null
	assert_equal "$(bulks) $(alone)" '1 3'
}

@test "its own echo brings no new sync: the second night is all unchanged" {
	start_sf
	write_conf
	sed -i '/^\[magento\]/a customer_attribute_account = sf_account_id\ncustomer_attribute_contact = sf_contact_id' millrace.conf
	run_status 1 millrace nightly	# seven orders are another's
	assert_equal "$(mage-extract orders | jq -r .ext_order_id | grep -c '^801...............$')" 70
	n=$(writes)
	[ "$n" -gt 200 ]
	run_status 0 millrace nightly
	refute_output --regexp '[1-9][0-9]* (created|updated|held|failed|rejected)'
	assert_equal "$(writes)" "$n"
}

# clock TIME: what the store's shows
clock()
{
	curl -sf -X POST -d "$1" "$MAGE_URL/sandbox/clock" >/dev/null
}

# echoes SETTING...: after a night that told much, two incremental runs; the
# first has to read the echoes
echoes()
{
	start_sf
	write_conf
	for i; do sed -i "/^\[magento\]/a $i" millrace.conf; done
	clock 2026-12-01T02:00:00Z
	run_status 1 millrace nightly	# seven orders are another's, or none
	n=$(writes)
	[ "$n" -gt 50 ]
	clock 2026-12-01T03:00:00Z
	run_status 0 millrace incremental
	refute_output --regexp '[1-9][0-9]* (created|updated|held|failed|rejected|waiting)'
	jq -s 'map(select(.stage == "customers.extract") | .lines // 0) | add' runs/latest/audit.ndjson >echoed
	[ "$(cat echoed)" -gt 50 ]
	clock 2026-12-01T04:00:00Z
	run_status 0 millrace incremental
	refute_output --regexp '[1-9][0-9]* (created|updated|held|failed|rejected|waiting)'
	jq -s 'map(select(.stage == "customers.extract") | .lines // 0) | add' runs/latest/audit.ndjson >echoed
	[ "$(cat echoed)" -eq 0 ]
	assert_equal "$(writes)" "$n"
}

@test "incremental runs read the echoes of a write-back, send nothing, tell nothing" {
	echoes 'customer_attribute_account = sf_account_id' 'customer_attribute_status = sf_contact_id' \
		'product_attribute = sf_product_id' 'bulk = all' 'bulk_from = 10'
	[ "$(bulks)" -ge 2 ]
	assert_equal "$(mage-extract products | jq -r '.custom_attributes[] | select(.attribute_code == "sf_product_id").value' | grep -c '^01t')" 18
}

@test "status tells of how many records Magento would not be told, and why of one" {
	start_sf
	write_conf
	printf '%s\n' '{"verdict":"created","object":"Order","map":"order","source":"orders/1","key":"1","id":"801000000000009AAA"}' |
	    led-record | mage-writeback >/dev/null || [ $? -eq 1 ]
	run_status 0 led status orders
	assert_line --partial 'orders: 1 not told to Magento'
	run_status 0 led status orders/1
	assert_line --partial "orders/1: not told to Magento: ext_order_id is '801000000000001AAA', which is not ours"
}
